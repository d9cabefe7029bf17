// A pool of threads: running, waiting, cancelled, shut down. Run: ./dev cookbook 38
//
// A future has the type of the result. The pool's destructor is the end of `with`: it waits for the jobs, and for the
// threads. A job that takes a reference says so with `std::ref`; everything else moves into it.
#include <krait/concurrent/futures.h>

#include <algorithm>
#include <iostream>
#include <latch>
#include <vector>

using namespace krait;
using concurrent::futures::Future;
using concurrent::futures::ThreadPoolExecutor;

std::latch started(5), gate(1);

int func(int value) {
  if (value < 5) started.count_down();
  gate.wait();  // blocks its thread, as a sleep or a request would
  return value * value;
}

int main() {
  ThreadPoolExecutor pool(5);
  std::vector<Future<int>> futures;
  for (int i = 0; i < 10; ++i) futures.push_back(pool.submit(func, i));
  started.wait();
  auto running = std::ranges::count_if(futures, [](const Future<int>& fut) { return fut.running(); });
  std::cout << "运行中 " << running << " 等待中 " << 10 - running << "\n";
  std::cout << futures[0].repr() << "\n" << futures[9].repr() << "\n";
  std::cout << "取消第 0 个： " << (futures[0].cancel() ? "True" : "False") << "\n";
  std::cout << "取消第 9 个： " << (futures[9].cancel() ? "True" : "False") << "\n";
  gate.count_down();
  for (int i = 0; i < 10; ++i) {
    std::cout << i << " ";
    if (futures[i].cancelled()) {
      std::cout << "已取消\n";
    } else {
      std::cout << futures[i].result() << "\n";
    }
  }
  std::cout << futures[0].repr() << "\n";
  pool.shutdown();

  try {
    pool.submit(func, 10);
  } catch (const RuntimeError& error) {
    std::cout << "关闭之后： " << error.what() << "\n";
  }
}
