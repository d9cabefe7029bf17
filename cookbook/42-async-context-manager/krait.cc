// async with: what is opened and closed by awaiting. Run: ./dev cookbook 42
//
// A destructor cannot await, so a manager has `aenter()` and `aexit()`, and the block is a body that async_with awaits
// between them. The manager moves into the block: two tasks cannot share it by accident.
#include <krait/asyncio.h>
#include <krait/builtins.h>

using namespace krait;
using namespace std::chrono_literals;

class Connection {
 public:
  explicit Connection(std::string name) : name_(std::move(name)) {}
  Coroutine<std::string> do_something() { co_return "asked " + conn_; }

  Coroutine<> aenter() {
    conn_ = co_await asyncio::sleep(100ms, name_);
    print("opened", conn_);
  }
  Coroutine<> aexit(std::exception_ptr) {
    co_await asyncio::sleep(100ms);
    print("closed", conn_);
  }

 private:
  std::string name_, conn_;
};

Coroutine<std::string> ask(std::string name) {
  co_return co_await async_with(Connection(name), [](Connection& connection) { return connection.do_something(); });
}

Coroutine<> stay(std::string name) {
  co_await async_with(Connection(name), []() -> Coroutine<> { co_await asyncio::sleep(1h); });
}

Coroutine<> run_all() {
  print(co_await ask("db"));
  auto task = asyncio::create_task(stay("cache"));
  co_await asyncio::sleep(200ms);
  task.cancel();
  try {
    co_await task;
  } catch (const asyncio::CancelledError&) {
    print("cancelled");
  }
}

int main() { asyncio::run(run_all()); }
