// A future that nobody sets: a limit helps, and a virtual clock finds it out. Run: ./dev cookbook 36
//
// With real time krait waits for ever, as Python does. With KRAIT_DEBUG=1, and always on a `unittest::VirtualClock`, in
// tests, it knows better: when every task waits, and no timer and no I/O could wake one, `run()` throws
// `asyncio::DeadlockError`, which says who waits on what. The second half of `main` shows it; the program fails unless the
// error comes.
#include <krait/asyncio.h>
#include <krait/unittest.h>

#include <chrono>
#include <iostream>

using namespace krait;
using namespace std::chrono_literals;

Coroutine<> wait_for_ever() {
  asyncio::Future<> fut = asyncio::get_running_loop().create_future();
  co_await fut;
}

Coroutine<> main_() {
  // The loop this coroutine runs in.
  asyncio::EventLoop& loop = asyncio::get_running_loop();

  // A future that no code will ever give a result.
  asyncio::Future<> fut = loop.create_future();

  std::cout << "等待 fut，没有人会给它结果：await fut 会一直等下去\n";
  try {
    co_await asyncio::wait_for(fut, 200ms);
  } catch (const TimeoutError&) {
    std::cout << "超时\n";
  }
  std::cout << "fut " << (fut.cancelled() ? "已取消" : "还在等待") << "\n";
}

int main() {
  asyncio::run(main_());

  unittest::VirtualClock clock;
  try {
    asyncio::run(wait_for_ever());
  } catch (const asyncio::DeadlockError&) {
    return 0;
  }
  return 1;
}
