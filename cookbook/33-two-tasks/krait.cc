// Two tasks sleep at the same time. Run: ./dev cookbook 33
//
// A Task is a handle: copies share one task, and each may be awaited.
#include <krait/asyncio.h>

#include <chrono>
#include <iostream>
#include <string>

using namespace krait;
using namespace std::chrono_literals;

Coroutine<std::string> fun() {
  std::cout << "start\n";
  co_await asyncio::sleep(200ms);
  std::cout << "end\n";
  co_return "返回值";
}

Coroutine<> main_() {
  std::cout << "执行协程函数内部代码\n";
  asyncio::Task<std::string> task1 = asyncio::create_task(fun());
  asyncio::Task<std::string> task2 = asyncio::create_task(fun());
  std::cout << "main finish\n";

  std::string result1 = co_await task1;
  std::string result2 = co_await task2;
  std::cout << "IO操作完成，结果为： " << result1 << " " << result2 << "\n";
}

int main() { asyncio::run(main_()); }
