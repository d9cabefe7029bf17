// A task sets a future's result after a while. Run: ./dev cookbook 37
//
// A future has the type of its result, and is a handle: `set_after` gets a copy of the handle, not of the future.
#include <krait/asyncio.h>

#include <chrono>
#include <iostream>
#include <string>

using namespace krait;
using namespace std::chrono_literals;

Coroutine<> set_after(asyncio::Future<std::string> fut) {
  co_await asyncio::sleep(200ms);
  fut.set_result("0");
}

Coroutine<> main_() {
  asyncio::EventLoop& loop = asyncio::get_running_loop();
  auto fut = loop.create_future<std::string>();
  try {
    fut.result();
  } catch (const asyncio::InvalidStateError& error) {
    std::cout << "还没有结果： " << error.what() << "\n";
  }

  // set_after is bound to fut: it sets the result by hand, and that ends the future.
  auto task = loop.create_task(set_after(fut));
  std::string data = co_await fut;
  std::cout << "data: " << data << "\n";
  co_await task;

  try {
    fut.set_result("1");
  } catch (const asyncio::InvalidStateError& error) {
    std::cout << "不能设置两次： " << error.what() << "\n";
  }
  std::cout << "data: " << fut.result() << "\n";
}

int main() { asyncio::run(main_()); }
