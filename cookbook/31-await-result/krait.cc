// A coroutine awaits another one and uses its result. Run: ./dev cookbook 31
//
// The type says what comes back: `co_await others()` is a std::string. To print what `others()` gives without the
// `co_await` does not compile; Python would print `<coroutine object others at 0x...>`.
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
}

int main() { asyncio::run(func()); }
