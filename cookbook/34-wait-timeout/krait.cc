// wait() with a timeout: what is done, what is left, and cancelling the rest. Run: ./dev cookbook 34
//
// `done` and `pending` are vectors in the order of the list, not sets, so the loop over `done` prints in a known order.
#include <krait/asyncio.h>

#include <chrono>
#include <iostream>
#include <string>
#include <vector>

using namespace krait;
using namespace std::chrono_literals;

Coroutine<std::string> fun() {
  std::cout << "start\n";
  co_await asyncio::sleep(300ms);
  std::cout << "end\n";
  co_return "返回值";
}

Coroutine<> wait_for_both(std::chrono::nanoseconds timeout) {
  std::vector task_list{asyncio::create_task(fun(), "任务1"), asyncio::create_task(fun(), "任务2")};
  std::cout << "main finish\n";
  auto [done, pending] = co_await asyncio::wait(task_list, {.timeout = timeout});
  std::cout << "IO操作完成，已完成 " << done.size() << " 个，未完成 " << pending.size() << " 个\n";

  for (const auto& task : done) std::cout << task.get_name() << " 结果为： " << task.result() << "\n";
  for (const auto& task : pending) task.cancel();
  co_await asyncio::gather(asyncio::return_exceptions, pending);
  for (const auto& task : task_list) {
    if (task.cancelled()) std::cout << task.get_name() << " 已取消\n";
  }
}

Coroutine<> main_() {
  std::cout << "执行协程函数内部代码\n";
  co_await wait_for_both(300ms);
  co_await wait_for_both(3s);
}

int main() { asyncio::run(main_()); }
