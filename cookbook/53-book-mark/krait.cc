// 《活着》: two managers that look the same, and differ when the block fails. Run: ./dev cookbook 53
//
// A generator that yields nothing yields None. A manager made from one decorates a function, too, and is made anew for each
// call; used in a block, it serves once.
#include <krait/builtins.h>
#include <krait/contextlib.h>

#include <iostream>

using namespace krait;
using contextlib::suppress;
using std::cout;

struct BookMark {
  void enter() { cout << "《"; }
  void exit(std::exception_ptr) { cout << "》"; }
};

const auto make_mark = contextlib::contextmanager([]() -> Generator<NoneType> {
  cout << "《";
  co_yield None;
  cout << "》";
});

int main() {
  with(BookMark(), [] { cout << "活着"; });
  cout << "\n";

  with(make_mark(), [] { cout << "活着"; });
  cout << "\n";

  auto title = make_mark()([](std::string name) { cout << name; });
  title("兄弟");
  cout << "\n";

  auto fails = [](auto mark) {
    with(suppress<ValueError>(), [&] { with(mark, [] { throw ValueError("没有书名"); }); });
    cout << "\n";
  };
  fails(BookMark());
  fails(make_mark());
}
