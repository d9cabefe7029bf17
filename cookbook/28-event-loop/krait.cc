// An event loop by hand: ready queue, timers, run_until_complete. Run: ./dev cookbook 28
//
// Callbacks are lambdas, which bring their own arguments. Programs write `asyncio::run(main_())`; this is what it does.
#include <krait/asyncio.h>

#include <chrono>
#include <iostream>
#include <string>

using namespace krait;
using namespace std::chrono_literals;

Coroutine<std::string> work(std::string name, std::chrono::nanoseconds delay) {
  std::cout << name << " 开始\n";
  co_await asyncio::sleep(delay);
  std::cout << name << " 完成\n";
  co_return name + " 的返回值";
}

int main() {
  auto loop = asyncio::new_event_loop();
  loop->call_later(20ms, [] { std::cout << "定时器 0.02\n"; });
  loop->call_later(10ms, [] { std::cout << "定时器 0.01\n"; });
  loop->call_soon([] { std::cout << "就绪 1\n"; });
  loop->call_soon([] { std::cout << "就绪 2\n"; });

  auto background = loop->create_task(work("后台", 1s));
  std::string result = loop->run_until_complete(work("主任务", 100ms));
  std::cout << "结果为： " << result << "\n";
  std::cout << "后台 " << (background.done() ? "已完成" : "未完成") << "\n";
  result = loop->run_until_complete(background);
  std::cout << "结果为： " << result << "\n";
  loop->close();
}
