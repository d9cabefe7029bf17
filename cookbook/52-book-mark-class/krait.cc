// 《 and 》 around what is printed, by a class. Run: ./dev cookbook 52
#include <krait/builtins.h>

#include <iostream>

using namespace krait;

class BookMark {
 public:
  void enter() { std::cout << "《"; }
  void exit(std::exception_ptr) { std::cout << "》\n"; }
};

int main() {
  with(BookMark(), [] { std::cout << "活着"; });

  try {
    with(BookMark(), [] {
      std::cout << "活";
      throw ValueError("没写完");
    });
  } catch (const ValueError& error) {
    std::cout << "ValueError: " << error.what() << "\n";
  }
}
