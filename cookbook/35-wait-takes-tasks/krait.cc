// wait() takes tasks; a list of coroutines does not compile. Run: ./dev cookbook 35
//
// What Python 3.11 says when the line runs, the compiler says before: the two static_asserts hold.
#include <krait/asyncio.h>

#include <chrono>
#include <iostream>
#include <string>
#include <vector>

using namespace krait;
using namespace std::chrono_literals;
using asyncio::Task;

template <class T>
concept CanWaitFor = requires(std::vector<T> list) { asyncio::wait(std::move(list)); };
static_assert(CanWaitFor<Task<std::string>>);
static_assert(!CanWaitFor<Coroutine<std::string>>);

Coroutine<std::string> fun(int number) {
  std::cout << "start\n";
  co_await asyncio::sleep(200ms);
  std::cout << "end\n";
  co_return "返回值" + std::to_string(number);
}

Coroutine<asyncio::WaitResult<Task<std::string>>> main_() {
  std::vector task_list{asyncio::create_task(fun(1)), asyncio::create_task(fun(2))};
  co_return co_await asyncio::wait(task_list, {.timeout = 2s});
}

int main() {
  auto [done, pending] = asyncio::run(main_());
  std::cout << "已完成 " << done.size() << " 个，未完成 " << pending.size() << " 个\n";
  for (const auto& task : done) std::cout << task.result() << "\n";
}
