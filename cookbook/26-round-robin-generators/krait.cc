// Two generators take turns, each resumed when it is due. Run: ./dev cookbook 26
//
// `def` with `yield` is a function that returns `Generator<T>`. `next()` gives an optional: an empty one is Python's
// StopIteration, so the end of a generator needs no `try`.
#include <krait/builtins.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

using namespace krait;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

struct Now {};
std::ostream& operator<<(std::ostream& out, Now) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return out << std::put_time(std::localtime(&now.tv_sec), "%F %T.") << std::setfill('0') << std::setw(6)
             << now.tv_nsec / 1000;
}

Generator<milliseconds> print_message_periodical(milliseconds interval, int times, std::string message) {
  for (int i = 0; i < times; ++i) {
    std::cout << Now() << " - " << message << "\n";
    co_yield interval;  // "wake me up after so long"
  }
  std::cout << message << " 结束\n";
}

struct Turn {
  milliseconds due;  // counted from the start
  Generator<milliseconds> generator;
};

void run(std::vector<Turn> waiting) {
  auto start = std::chrono::steady_clock::now();
  while (!waiting.empty()) {
    auto turn = std::ranges::min_element(waiting, {}, &Turn::due);
    std::this_thread::sleep_until(start + turn->due);
    if (auto delay = turn->generator.next()) {
      turn->due += *delay;
    } else {
      waiting.erase(turn);
    }
  }
}

int main() {
  std::vector<Turn> turns;
  turns.push_back({0ms, print_message_periodical(300ms, 6, "three")});
  turns.push_back({0ms, print_message_periodical(1s, 2, "ten")});
  run(std::move(turns));
}
