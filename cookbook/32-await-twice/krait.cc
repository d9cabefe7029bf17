// Two awaits in a row wait one after the other. Run: ./dev cookbook 32
#include <krait/asyncio.h>

#include <chrono>
#include <iostream>
#include <string>

using namespace krait;
using namespace std::chrono_literals;

Coroutine<std::string> others() {
  std::cout << "start\n";
  co_await asyncio::sleep(200ms);
  std::cout << "end\n";
  co_return "返回值";
}

Coroutine<> func() {
  std::cout << "执行协程函数内部代码\n";
  std::string result = co_await others();
  std::cout << "IO操作完成，结果为： " << result << "\n";
  std::string result1 = co_await others();
  std::cout << "IO操作完成，结果为： " << result1 << "\n";
}

int main() { asyncio::run(func()); }
