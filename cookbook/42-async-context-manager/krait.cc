// An asynchronous context manager, left well, by an exception and by a cancel. Run: ./dev cookbook 42
//
// A manager is a class with `aenter()` and `aexit(error)`; the block is a coroutine function that gets the manager. A
// destructor could not do this: it cannot await. An `aexit` that gives nothing swallows nothing. `AsyncContextManager` is the
// name of the protocol, a concept, hence `Manager`.
#include <krait/asyncio.h>
#include <krait/builtins.h>

#include <chrono>
#include <iostream>
#include <string>
#include <vector>

using namespace krait;
using namespace std::chrono_literals;

Coroutine<std::string> connect(std::string name) {
  co_await asyncio::sleep(50ms);
  co_return name + " 的连接";
}

class Manager {
 public:
  explicit Manager(std::string name) : name_(std::move(name)) {}

  Coroutine<std::string> do_something() {
    co_await asyncio::sleep(50ms);
    co_return "用 " + conn_ + " 查询";
  }
  Coroutine<> aenter() {
    conn_ = co_await connect(name_);
    std::cout << name_ << " 进入\n";
  }
  Coroutine<> aexit(std::exception_ptr error) {
    co_await asyncio::sleep(50ms);
    std::cout << name_ << " 退出，因为 " << (error ? type_name(error) : "正常结束") << "\n";
  }

 private:
  std::string name_, conn_;
};

Coroutine<> query(std::string name, asyncio::Event* inside = nullptr) {
  co_await async_with(Manager(name), [&](Manager& f) -> Coroutine<> {
    if (inside) inside->set();
    std::string result = co_await f.do_something();
    std::cout << result << "\n";
  });
}

Coroutine<> fail(std::string name) {
  co_await async_with(Manager(name), [] { throw ValueError("查询失败"); });
}

Coroutine<> main_() {
  co_await query("一");
  try {
    co_await fail("二");
  } catch (const ValueError& error) {
    std::cout << "捕获： " << error.what() << "\n";
  }

  asyncio::Event inside;
  auto task = asyncio::create_task(query("三", &inside));
  co_await inside.wait();
  task.cancel();
  co_await asyncio::wait(std::vector{task});
  std::cout << "三 " << (task.cancelled() ? "已取消" : "完成") << "\n";
}

int main() { asyncio::run(main_()); }
