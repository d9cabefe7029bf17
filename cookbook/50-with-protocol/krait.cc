// What with asks for: enter() and exit(). Run: ./dev cookbook 50
//
// `with(manager, body)` is Python's `with manager as r: body`. Whether a class is a manager the compiler knows, so
// `with(make_plain(), …)` does not compile: "the object does not support the context manager protocol". Where the exit need
// not know of exceptions, a destructor is the shorter way.
#include <krait/builtins.h>

#include <iostream>

using namespace krait;

class MyResource {
 public:
  void enter() { std::cout << "connect to resource\n"; }
  void exit(std::exception_ptr) { std::cout << "close resource connection\n"; }

  void query() { std::cout << "query data\n"; }
  void broken_query() { throw ValueError("no data"); }
};

class Plain {
 public:
  void query() { std::cout << "query data\n"; }
};

Plain make_plain() {
  std::cout << "connect to resource\n";
  return Plain();
  std::cout << "close resource connection\n";
}

int main() {
  with(MyResource(), [](MyResource& r) { r.query(); });

  try {
    with(MyResource(), [](MyResource& r) { r.broken_query(); });
  } catch (const ValueError& error) {
    std::cout << "ValueError: " << error.what() << "\n";
  }

  Plain r = make_plain();
  r.query();
  std::cout << "MyResource 是上下文管理器： " << (ContextManager<MyResource> ? "True" : "False") << "\n";
  std::cout << "Plain 是上下文管理器： " << (ContextManager<Plain> ? "True" : "False") << "\n";
}
