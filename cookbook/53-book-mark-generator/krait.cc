// 《 and 》 around what is printed, by a generator; and a function that always runs within. Run: ./dev cookbook 53
//
// A generator that yields nothing is a `Generator<NoneType>`. What Python puts above a function with `@make_mark()` is a call
// here, `make_mark()(function)`, and gives the function that runs within.
#include <krait/builtins.h>
#include <krait/contextlib.h>

#include <iostream>
#include <string>

using namespace krait;

struct Finally {
  std::string line;
  ~Finally() { std::cout << line; }
};

auto make_mark = contextlib::contextmanager([]() -> Generator<NoneType> {
  std::cout << "《";
  Finally close{"》\n"};
  co_yield None;
});

auto title = make_mark()([](std::string name) { std::cout << name; });

int main() {
  with(make_mark(), [] { std::cout << "活着"; });

  try {
    with(make_mark(), [] {
      std::cout << "活";
      throw ValueError("没写完");
    });
  } catch (const ValueError& error) {
    std::cout << "ValueError: " << error.what() << "\n";
  }

  title("许三观卖血记");
  title("第七天");

  auto once = make_mark();
  with(once, [] { std::cout << "兄弟"; });
  try {
    with(once, [] { std::cout << "在细雨中呼喊"; });
  } catch (const AttributeError&) {
    std::cout << "一个管理器只能用一次\n";
  }
}
