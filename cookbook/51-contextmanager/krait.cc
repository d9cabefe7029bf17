// A context manager: as a class, and as a generator. Run: ./dev cookbook 51
//
// `with(manager, body)` hands the body what entering gave. Python's `finally` is a destructor: what a generator keeps in a
// local is closed whether the block ended well or not.
#include <krait/builtins.h>
#include <krait/contextlib.h>

using namespace krait;

struct MyResource {
  void enter() { print("connect to resource"); }
  void exit(std::exception_ptr) { print("close resource connection"); }
  void query() { print("query data"); }
};

const auto make_myresource = contextlib::contextmanager([]() -> Generator<MyResource> {
  print("connect to resource");
  struct Finally {
    ~Finally() { print("close resource connection"); }
  } closes;
  co_yield MyResource();
});

int main() {
  with(MyResource(), [](MyResource& r) { r.query(); });

  with(make_myresource(), [](MyResource& r) { r.query(); });

  try {
    with(make_myresource(), [](MyResource&) { throw ValueError("no such table"); });
  } catch (const ValueError& error) {
    print("failed:", error);
  }
}
