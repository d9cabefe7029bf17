// Blocking calls made by the loop's threads, a pool's threads and another process. Run: ./dev cookbook 39
//
// `nullptr` stands for the loop's own pool. A process pool is forked, so it is made first, while there is one thread; it takes
// functions, not lambdas with captures, and what cannot be made bytes does not compile. `asyncio::to_thread(func1, 2)` is the
// short form of the first.
#include <krait/asyncio.h>
#include <krait/concurrent/futures.h>

#include <unistd.h>

#include <iostream>
#include <string>

using namespace krait;
using concurrent::futures::ProcessPoolExecutor;
using concurrent::futures::ThreadPoolExecutor;

int func1(int value) {
  if (value < 0) throw ValueError("负数");
  return value * value;
}

std::string where(int main_thread, int main_process) {
  if (::getpid() != main_process) return "另一个进程";
  return ::gettid() == main_thread ? "同一个线程" : "另一个线程";
}

template <class Pool>
Coroutine<> report_error(Pool pool) {
  try {
    co_await asyncio::get_running_loop().run_in_executor(pool, func1, -1);
  } catch (const ValueError& error) {
    std::cout << "ValueError： " << error.what() << "\n";
  }
}

Coroutine<> main_(ProcessPoolExecutor* process_pool) {
  asyncio::EventLoop& loop = asyncio::get_running_loop();

  // 1. the loop's own pool of threads
  int result = co_await loop.run_in_executor(nullptr, func1, 2);
  std::cout << "default thread pool " << result << "\n";
  std::string place = co_await loop.run_in_executor(nullptr, where, ::gettid(), ::getpid());
  std::cout << "在 " << place << "\n";

  // 2. a pool of one's own
  {
    ThreadPoolExecutor pool;
    result = co_await loop.run_in_executor(&pool, func1, 3);
    std::cout << "custom thread pool " << result << "\n";
  }

  // 3. a pool of processes
  result = co_await loop.run_in_executor(process_pool, func1, 4);
  std::cout << "custom process pool " << result << "\n";
  place = co_await loop.run_in_executor(process_pool, where, ::gettid(), ::getpid());
  std::cout << "在 " << place << "\n";

  // An exception comes out of the await, from wherever it was thrown.
  co_await report_error(nullptr);
  co_await report_error(process_pool);
}

int main() {
  ProcessPoolExecutor process_pool(1);
  asyncio::run(main_(&process_pool));
}
