#include "krait/concurrent/futures/thread.h"

#include <pthread.h>
#include <sched.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <thread>

namespace krait::concurrent::futures {

namespace {

// Every pool that has threads, so that the process can wait for them at its exit. Never destroyed: threads outlive statics.
struct Pools {
  std::mutex mutex;
  std::vector<std::weak_ptr<_ThreadPool>> pools;
};
Pools& pools() {
  static Pools* all = new Pools;
  return *all;
}

int next_pool_number() {
  static std::atomic<int> number = 0;
  return number++;
}

// The system takes 15 characters: the number at the end is worth more than the prefix.
void name_this_thread(const std::string& prefix, std::size_t number) {
  std::string suffix = "_" + std::to_string(number);
  std::string name = prefix.substr(0, 15 - std::min<std::size_t>(suffix.size(), 15)) + suffix;
  ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
}

}  // namespace

int _process_cpu_count() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

void _report_worker_error(const std::exception_ptr& error) noexcept {
  try {
    std::string text = "Exception in worker\n" + type_name(error) + ": " + krait::str(error) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
  } catch (...) {
    std::fputs("out of memory while reporting an error\n", stderr);
  }
}

// What the threads share with their executor. They keep it alive, so that an executor may go before they end.
class _ThreadPool : public std::enable_shared_from_this<_ThreadPool> {
 public:
  _ThreadPool(int max_workers, std::string prefix, _base::Function<void()> initializer)
      : max_workers_(static_cast<std::size_t>(max_workers)),
        prefix_(std::move(prefix)),
        initializer_(std::move(initializer)) {}
  // The last of its threads may be who lets it go.
  ~_ThreadPool() {
    for (std::thread& each : threads_) each.detach();
  }

  void enqueue(_JobPtr job);
  void shutdown(ShutdownOptions options);

 private:
  void work(std::size_t number);
  bool initialize();
  _JobPtr next_job();
  void start_thread();
  _JobPtr pop() noexcept;

  const std::size_t max_workers_;
  const std::string prefix_;
  _base::Function<void()> initializer_;

  std::mutex mutex_;
  std::condition_variable work_or_end_;
  // The jobs that nobody has begun, first in, first out.
  _Job* first_ = nullptr;
  _Job* last_ = nullptr;
  std::size_t waiting_jobs_ = 0;
  std::size_t idle_threads_ = 0;
  bool shut_down_ = false, broken_ = false;
  std::vector<std::thread> threads_;
  std::size_t live_threads_ = 0;
  std::condition_variable all_ended_;
};

void _ThreadPool::enqueue(_JobPtr job) {
  std::unique_lock lock(mutex_);
  if (broken_) throw BrokenThreadPool("A thread initializer failed, the thread pool is not usable anymore");
  if (shut_down_) throw RuntimeError("cannot schedule new futures after shutdown");
  if (waiting_jobs_ + 1 > idle_threads_ && threads_.size() < max_workers_) start_thread();
  _Job* added = job.release();
  added->_next = nullptr;
  (last_ ? last_->_next : first_) = added;
  last_ = added;
  ++waiting_jobs_;
  const bool somebody_sleeps = idle_threads_ > 0;
  // One that is woken while the lock is held runs straight into it and sleeps again.
  lock.unlock();
  if (somebody_sleeps) work_or_end_.notify_one();
}

void _ThreadPool::start_thread() {
  if (threads_.empty()) {
    Pools& all = pools();
    static const int at_exit = std::atexit([] {
      std::vector<std::weak_ptr<_ThreadPool>> left;
      {
        std::lock_guard guard(pools().mutex);
        left.swap(pools().pools);
      }
      for (const auto& each : left) {
        if (auto pool = each.lock()) pool->shutdown({});
      }
    });
    (void)at_exit;
    std::lock_guard guard(all.mutex);
    std::erase_if(all.pools, [](const auto& each) { return each.expired(); });
    all.pools.push_back(weak_from_this());
  }
  try {
    threads_.emplace_back([self = shared_from_this(), number = threads_.size()] { self->work(number); });
    ++live_threads_;
  } catch (const std::system_error&) {
    if (threads_.empty()) throw RuntimeError("can't start new thread");  // else the others will come to it
  }
}

_JobPtr _ThreadPool::pop() noexcept {
  _Job* job = first_;
  first_ = job->_next;
  if (!first_) last_ = nullptr;
  --waiting_jobs_;
  return _JobPtr(job);
}

// Null: the thread is to end.
_JobPtr _ThreadPool::next_job() {
  std::unique_lock lock(mutex_);
  while (!first_) {
    if (shut_down_) return nullptr;
    ++idle_threads_;
    work_or_end_.wait(lock);
    --idle_threads_;
  }
  return pop();
}

bool _ThreadPool::initialize() {
  if (!initializer_) return true;
  try {
    multiprocessing::_UserCode user_code;
    initializer_();
    return true;
  } catch (...) {
    std::string text = "Exception in initializer:\n" + type_name(std::current_exception()) + ": " +
                       krait::str(std::current_exception()) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
  std::unique_lock lock(mutex_);
  broken_ = true;
  while (first_) {
    _JobPtr job = pop();
    lock.unlock();
    job->_refuse(std::make_exception_ptr(
        BrokenThreadPool("A thread initializer failed, the thread pool is not usable anymore")));
    job.reset();
    lock.lock();
  }
  return false;
}

void _ThreadPool::work(std::size_t number) {
  multiprocessing::_OwnThread own;
  name_this_thread(prefix_, number);
  if (initialize()) {
    while (_JobPtr job = next_job()) job->_run();
  }
  std::lock_guard lock(mutex_);
  if (--live_threads_ == 0) all_ended_.notify_all();
}

void _ThreadPool::shutdown(ShutdownOptions options) {
  std::unique_lock lock(mutex_);
  shut_down_ = true;
  work_or_end_.notify_all();
  while (options.cancel_futures && first_) {
    _JobPtr job = pop();
    lock.unlock();
    job->_refuse(nullptr);
    job.reset();
    lock.lock();
  }
  if (!options.wait) return;
  std::vector<std::thread> threads = std::move(threads_);
  threads_.clear();
  lock.unlock();
  bool within = false;
  for (std::thread& each : threads) {
    // One of its own threads that drops the executor cannot wait for itself.
    if (each.get_id() == std::this_thread::get_id()) {
      each.detach();
      within = true;
    } else {
      each.join();
    }
  }
  // Another call may be about to join them: this one, too, returns when they have ended.
  lock.lock();
  if (!within && threads.empty()) all_ended_.wait(lock, [this] { return live_threads_ == 0; });
}

ThreadPoolExecutor::ThreadPoolExecutor(ThreadPoolOptions options) {
  int max_workers = options.max_workers.value_or(std::min(32, _process_cpu_count() + 4));
  if (max_workers <= 0) throw ValueError("max_workers must be greater than 0");
  if (options.thread_name_prefix.empty())
    options.thread_name_prefix = "ThreadPoolExecutor-" + std::to_string(next_pool_number());
  pool_ =
      std::make_shared<_ThreadPool>(max_workers, std::move(options.thread_name_prefix), std::move(options.initializer));
}

ThreadPoolExecutor::ThreadPoolExecutor(int max_workers)
    : ThreadPoolExecutor(ThreadPoolOptions{.max_workers = max_workers}) {}

ThreadPoolExecutor::~ThreadPoolExecutor() { pool_->shutdown({}); }

void ThreadPoolExecutor::shutdown(ShutdownOptions options) { pool_->shutdown(options); }

void ThreadPoolExecutor::_enqueue(_JobPtr job) { pool_->enqueue(std::move(job)); }

}  // namespace krait::concurrent::futures
