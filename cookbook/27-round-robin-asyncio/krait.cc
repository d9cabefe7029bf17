// Two tasks take turns on an event loop that sleeps in between. Run: ./dev cookbook 27
//
// `async def` is a function that returns `Coroutine<T>`, and `await` is `co_await`. krait's loop keeps every task until
// it is done, so a handle that nobody keeps loses nothing.
#include <krait/asyncio.h>

#include <chrono>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <string>

using namespace krait;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

struct Now {};
std::ostream& operator<<(std::ostream& out, Now) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return out << std::put_time(std::localtime(&now.tv_sec), "%F %T.") << std::setfill('0') << std::setw(6)
             << now.tv_nsec / 1000;
}

Coroutine<> print_message_periodical(nanoseconds interval, int times, std::string message) {
  asyncio::EventLoop& loop = asyncio::get_running_loop();
  nanoseconds due = loop.time();
  for (int i = 0; i < times; ++i) {
    std::cout << Now() << " - " << message << "\n";
    due += interval;  // from the deadline before, so that small delays do not add up
    co_await asyncio::sleep(due - loop.time());
  }
  std::cout << message << " 结束\n";
}

Coroutine<> main_() {
  auto three = asyncio::create_task(print_message_periodical(300ms, 6, "three"));
  auto ten = asyncio::create_task(print_message_periodical(1s, 2, "ten"));
  co_await asyncio::gather(three, ten);
}

int main() { asyncio::run(main_()); }
