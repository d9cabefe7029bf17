// A coroutine object runs nothing until it is awaited, and only once. Run: ./dev cookbook 29
//
// `Coroutine<T>` is `[[nodiscard]]`: for a call `func();` without `co_await` the compiler warns. Mind the order of
// output: `std::cout << a << co_await b()` writes `a` before it runs `b`, while Python's print evaluates all its
// arguments first. Hence the variable.
#include <krait/asyncio.h>

#include <iostream>
#include <string>

using namespace krait;

Coroutine<std::string> func() {
  std::cout << "来了，来了\n";
  co_return "返回值";
}

Coroutine<> main_() {
  Coroutine<std::string> coroutine = func();
  std::cout << "得到协程对象，函数还没有执行\n";
  std::string result = co_await coroutine;
  std::cout << "结果为： " << result << "\n";
  try {
    co_await coroutine;
  } catch (const RuntimeError& error) {
    std::cout << "第二次 await： " << error.what() << "\n";
  }
}

int main() { asyncio::run(main_()); }
