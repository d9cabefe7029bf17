#pragma once
// ThreadPoolExecutor: calls made by a few threads, which come when there is work and are used again.
//
//   concurrent::futures::ThreadPoolExecutor pool(5);
//   auto page = pool.submit(download, url);
//   print(page.result());
//
// Its destructor is the end of Python's `with`: it waits for what was submitted. Python: concurrent.futures.thread

#include "krait/concurrent/futures/executor.h"

namespace krait::concurrent::futures {

// A thread's initializer failed: the pool makes no calls.
KRAIT_EXCEPTION(BrokenThreadPool, BrokenExecutor);

struct ThreadPoolOptions {
  std::optional<int> max_workers = std::nullopt;  // min(32, process_cpu_count() + 4)
  // Threads are named PREFIX_0, PREFIX_1 …, which the system cuts to 15 characters. Default: ThreadPoolExecutor-0
  std::string thread_name_prefix = {};
  // Called first in each thread, in several at once. When it throws, the pool is broken.
  _base::Function<void()> initializer = {};
};

class _ThreadPool;

// Python: concurrent.futures.ThreadPoolExecutor
class ThreadPoolExecutor final : public Executor {
 public:
  // Throws ValueError "max_workers must be greater than 0".
  explicit ThreadPoolExecutor(ThreadPoolOptions options = {});
  explicit ThreadPoolExecutor(int max_workers);
  ~ThreadPoolExecutor() override;

  // Without `wait`, the threads make the calls that were submitted and then end; the process waits for them at its exit.
  void shutdown(ShutdownOptions options = {}) override;
  void _enqueue(_JobPtr job) override;

 private:
  std::shared_ptr<_ThreadPool> pool_;
};

// The processors that this process may use. Python: os.process_cpu_count
int _process_cpu_count();

}  // namespace krait::concurrent::futures
