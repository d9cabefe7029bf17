// A context manager made of a generator. Run: ./dev cookbook 51
//
// C++ has no `finally`; what must happen either way is a destructor of the generator's. It runs when the exception that is
// thrown in at the `co_yield` leaves the generator, and when its last line is reached.
#include <krait/contextlib.h>

#include <iostream>
#include <string>

using namespace krait;

class MyResource {
 public:
  void query() { std::cout << "query data\n"; }
};

struct Finally {
  std::string line;
  ~Finally() { std::cout << line; }
};

auto make_myresource = contextlib::contextmanager([]() -> Generator<MyResource> {
  std::cout << "connect to resource\n";
  Finally close{"close resource connection\n"};
  co_yield MyResource();
});

auto careless = contextlib::contextmanager([]() -> Generator<MyResource> {
  std::cout << "connect to resource\n";
  co_yield MyResource();
  std::cout << "close resource connection\n";
});

template <class Make>
void fail_within(const Make& make) {
  try {
    with(make(), [](MyResource&) { throw ValueError("no data"); });
  } catch (const ValueError& error) {
    std::cout << "ValueError: " << error.what() << "\n";
  }
}

int main() {
  with(make_myresource(), [](MyResource& r) { r.query(); });

  fail_within(make_myresource);
  fail_within(careless);
}
