#include "krait/concurrent/futures/process.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <deque>
#include <system_error>
#include <thread>

#include "krait/builtins/traceback.h"
#include "krait/concurrent/futures/_remote_error.h"
#include "krait/concurrent/futures/thread.h"
#include "krait/multiprocessing/_channel.h"
#include "krait/multiprocessing/_shared.h"
#include "krait/multiprocessing/process.h"

namespace krait::concurrent::futures {

namespace {

// Each worker has a channel of its own, whose ends are both read and written:
//
//   request := serve:address [function:address] arguments        reply := 0 result | 1 error
//
// It gets its next request after its reply, so that there is one message at most on either way, and it is known which call a
// worker that is killed was at. An end of the channel is the end of the worker; a worker's death is the end of the channel.
enum class Reply : std::uint8_t { Result, Error };

using multiprocessing::_Reader;
using multiprocessing::_Received;
using multiprocessing::_Writer;

std::string reply_of(const std::exception_ptr& error) {
  _Writer out;
  out.byte(static_cast<std::uint8_t>(Reply::Error));
  _write_error(out, error);
  return std::move(out.bytes);
}

std::string serve(const std::string& request) {
  try {
    _Reader in(request);
    _Writer out;
    out.byte(static_cast<std::uint8_t>(Reply::Result));
    _Serve function;
    in.raw(&function, sizeof function);
    function(in, out);
    return std::move(out.bytes);
  } catch (...) {
    return reply_of(std::current_exception());
  }
}

void send_all(int channel, const multiprocessing::_Message& message) {
  // Where descriptors on their way are what there is no room for, it may be written all the same.
  while (!message.send(channel)) {
    if (multiprocessing::_wait_for(channel, false, -1)) ::poll(nullptr, 0, 1);
  }
}

void send_reply(int channel, std::string reply) {
  std::optional<multiprocessing::_Message> message;
  try {
    message.emplace(std::move(reply));
  } catch (...) {  // no file for a large one
    message.emplace(reply_of(std::current_exception()));
  }
  send_all(channel, *message);
}

int open_process(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

// False: no more will come.
bool next_request(int channel, int owner, std::string& request) {
  for (;;) {
    // Another child of the pool's owner may hold the other end of the channel: the owner itself tells better.
    pollfd ready[] = {{channel, POLLIN, 0}, {owner, POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0 && errno != EINTR) return false;
    if (ready[1].revents != 0) return false;
    if (ready[0].revents == 0) continue;
    _Received received = multiprocessing::_receive(channel, request);
    if (received == _Received::End) return false;
    if (received == _Received::Message) return true;
  }
}

// In the worker. True: it made as many calls as it may. Python: concurrent.futures.process._process_worker
bool work(int channel, pid_t owner, pid_t parent, _base::Function<void()>& initializer, std::optional<int> max_tasks) {
  _base::UniqueFd owner_fd(open_process(owner));
  if ((!owner_fd && errno == ESRCH) || ::getppid() != parent) return false;
  if (initializer) {
    try {
      initializer();
    } catch (...) {
      std::string text = "Exception in initializer:\n" + format_exception(std::current_exception());
      std::fwrite(text.data(), 1, text.size(), stderr);
      throw SystemExit(1);
    }
  }
  std::string request;
  for (int tasks = 0; next_request(channel, owner_fd.get(), request);) {
    send_reply(channel, serve(request));
    request.clear();
    if (max_tasks && ++tasks == *max_tasks) return true;
  }
  return false;
}

// In a process that does nothing else, so that it may fork: has one worker after the other.
void keep_working(int channel, pid_t owner, _base::Function<void()>& initializer, int max_tasks) {
  auto another = multiprocessing::_make_shared_memory<std::atomic<bool>>();
  do {
    *another = false;
    const pid_t keeper = ::getpid();
    multiprocessing::Process worker([&] {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // whoever kills the keeper means the worker
      *another = work(channel, owner, keeper, initializer, max_tasks);
    });
    worker.start();
    worker.join();
    if (worker.exitcode() != 0) throw SystemExit(1);
  } while (*another && ::getppid() == owner);
}

}  // namespace

bool _RemoteCall::_begin() noexcept {
  try {
    begun_ = future_.set_running_or_notify_cancel();
    return begun_;
  } catch (...) {
    _report_worker_error(std::current_exception());  // somebody else has set its outcome
    return false;
  }
}

void _RemoteCall::_give(const std::string& reply) noexcept {
  try {
    std::exception_ptr error;
    try {
      _Reader in(reply);
      if (static_cast<Reply>(in.byte()) == Reply::Result) return set_result(in);
      error = _read_error(in);
    } catch (const InvalidStateError&) {
      throw;
    } catch (...) {
      error = std::current_exception();
    }
    future_.set_exception(std::move(error));
  } catch (...) {
    _report_worker_error(std::current_exception());
  }
}

void _RemoteCall::_fail(std::exception_ptr why) noexcept {
  try {
    if (begun_ || future_.set_running_or_notify_cancel()) future_.set_exception(std::move(why));
  } catch (...) {
    _report_worker_error(std::current_exception());
  }
}

void _RemoteCall::_drop() noexcept {
  if (--future_._refs == 0) future_._unreferenced();
}

class _ProcessPool : public std::enable_shared_from_this<_ProcessPool> {
 public:
  explicit _ProcessPool(ProcessPoolOptions options);
  _ProcessPool(const _ProcessPool&) = delete;
  _ProcessPool& operator=(const _ProcessPool&) = delete;
  ~_ProcessPool();

  void start();
  void enqueue(_RemoteCallPtr call);
  void shutdown(ShutdownOptions options);
  // In a child: the pool is the parent's.
  void begin_anew() noexcept;
  bool is_own() const noexcept { return owner_ == ::getpid(); }

 private:
  struct Worker {
    _base::UniqueFd channel;
    std::optional<multiprocessing::Process> process;
    int sentinel = -1;
    _RemoteCallPtr call;                              // that it is at, or that is to be sent
    std::optional<multiprocessing::_Message> unsent;  // there was no room for it
  };
  using Failed = std::vector<std::pair<_RemoteCallPtr, std::exception_ptr>>;

  void start_worker(Worker& worker);
  void manage();
  bool listen();
  bool receive(Worker& worker, bool ended);
  void hand_out(Failed& failed);
  void send(Worker& worker, Failed& failed);
  bool is_through();
  void break_down(const std::exception_ptr& cause);
  void join_workers();
  void wake_manager() noexcept;

  const pid_t owner_ = ::getpid();
  ProcessPoolOptions options_;
  std::vector<Worker> workers_;  // as many as ever; the manager's, but for what it says under the lock
  _base::UniqueFd wake_;

  std::mutex mutex_;
  std::deque<_RemoteCallPtr> waiting_;
  bool shut_down_ = false, broken_ = false, ended_ = false;
  std::thread manager_;
  std::condition_variable all_ended_;
};

namespace {

// Every pool, for a child to leave alone and for the exit to wait for. Never destroyed.
struct Pools {
  std::mutex mutex;
  std::vector<std::weak_ptr<_ProcessPool>> pools;

  std::vector<std::shared_ptr<_ProcessPool>> alive() {
    std::lock_guard lock(mutex);
    std::vector<std::shared_ptr<_ProcessPool>> found;
    for (const auto& each : pools) {
      if (auto pool = each.lock()) found.push_back(std::move(pool));
    }
    return found;
  }
};
Pools& pools() {
  static Pools* all = new Pools;
  return *all;
}

void register_pool(const std::shared_ptr<_ProcessPool>& pool) {
  static const bool registered = [] {
    multiprocessing::_register_after_fork([] {
      Pools& all = pools();
      new (&all.mutex) std::mutex;
      for (const auto& each : all.pools) {
        if (auto inherited = each.lock()) {
          inherited->begin_anew();
        }
      }
      all.pools.clear();
    });
    multiprocessing::_register_before_children_are_joined([] {
      for (const auto& each : pools().alive()) each->shutdown({});
    });
    return true;
  }();
  (void)registered;
  Pools& all = pools();
  std::lock_guard lock(all.mutex);
  std::erase_if(all.pools, [](const auto& each) { return each.expired(); });
  all.pools.push_back(pool);
}

}  // namespace

_ProcessPool::_ProcessPool(ProcessPoolOptions options) : options_(std::move(options)) {
  int max_workers = options_.max_workers.value_or(_process_cpu_count());
  if (max_workers <= 0) throw ValueError("max_workers must be greater than 0");
  if (options_.max_tasks_per_child && *options_.max_tasks_per_child <= 0)
    throw ValueError("max_tasks_per_child must be >= 1");
  workers_.resize(static_cast<std::size_t>(max_workers));
}

// The last of its holders may be its own thread.
_ProcessPool::~_ProcessPool() {
  if (manager_.joinable()) manager_.detach();
}

void _ProcessPool::start() {
  register_pool(shared_from_this());
  try {
    wake_ = _base::UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_) raise_os_error(errno, "make a process pool");
    for (Worker& each : workers_) start_worker(each);
    // A signal is for one of the user's threads.
    sigset_t every, before;
    ::sigfillset(&every);
    ::pthread_sigmask(SIG_BLOCK, &every, &before);
    try {
      manager_ = std::thread([self = shared_from_this()] { self->manage(); });
    } catch (const std::system_error&) {
      ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
      throw RuntimeError("can't start new thread");
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  } catch (...) {
    join_workers();
    ended_ = shut_down_ = true;
    throw;
  }
}

void _ProcessPool::start_worker(Worker& worker) {
  multiprocessing::_Ends ends = multiprocessing::_make_channel();
  worker.channel = std::move(ends.writer);
  // The child is a copy, and its stack is as deep as ours: `this` is good there.
  worker.process.emplace(multiprocessing::ProcessOptions{.daemon = false, .allow_threads = options_.allow_threads},
                         [this, channel = ends.reader.get()] {
                           if (options_.max_tasks_per_child) {
                             keep_working(channel, owner_, options_.initializer, *options_.max_tasks_per_child);
                           } else {
                             work(channel, owner_, owner_, options_.initializer, std::nullopt);
                           }
                         });
  worker.process->start();
  try {
    worker.sentinel = worker.process->sentinel();
  } catch (const ValueError&) {  // a kernel without: the end of the channel has to do
  }
}

void _ProcessPool::begin_anew() noexcept {
  for (Worker& each : workers_) each.channel.reset();
  wake_.reset();
}

void _ProcessPool::enqueue(_RemoteCallPtr call) {
  if (!is_own()) throw RuntimeError("cannot schedule new futures in a child of the process that made the pool");
  Failed failed;
  {
    std::lock_guard lock(mutex_);
    if (broken_) throw BrokenProcessPool("A child process terminated abruptly, the process pool is not usable anymore");
    if (shut_down_) throw RuntimeError("cannot schedule new futures after shutdown");
    waiting_.push_back(std::move(call));
    hand_out(failed);
  }
  for (auto& [each, why] : failed) each->_fail(std::move(why));
}

// With the lock held: gives what waits to the workers that are free.
void _ProcessPool::hand_out(Failed& failed) {
  for (Worker& worker : workers_) {
    if (worker.call || broken_) continue;
    while (!waiting_.empty() && !worker.call) {
      worker.call = std::move(waiting_.front());
      waiting_.pop_front();
      if (!worker.call->_begin()) {
        worker.call.reset();
        continue;
      }
      try {
        worker.unsent.emplace(std::move(worker.call->_request));
      } catch (...) {
        failed.emplace_back(std::move(worker.call), std::current_exception());
        continue;
      }
      send(worker, failed);
    }
    if (waiting_.empty()) return;
  }
}

// With the lock held.
void _ProcessPool::send(Worker& worker, Failed& failed) {
  try {
    if (worker.unsent->send(worker.channel.get())) {
      worker.unsent.reset();
    } else {
      wake_manager();  // it tries again
    }
  } catch (const BrokenPipeError&) {
    worker.unsent.reset();  // the manager sees its end
  } catch (...) {
    worker.unsent.reset();
    failed.emplace_back(std::move(worker.call), std::current_exception());
  }
}

void _ProcessPool::wake_manager() noexcept {
  std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
}

void _ProcessPool::manage() {
  multiprocessing::_OwnThread own;
  std::exception_ptr cause;
  bool intact = true;
  while (intact && !is_through()) {
    try {
      intact = listen();
    } catch (...) {
      intact = false;
      cause = std::current_exception();
    }
  }
  if (!intact) break_down(cause);
  join_workers();
  std::lock_guard lock(mutex_);
  ended_ = true;
  all_ended_.notify_all();
}

bool _ProcessPool::is_through() {
  std::lock_guard lock(mutex_);
  return shut_down_ && waiting_.empty() &&
         std::ranges::all_of(workers_, [](const Worker& each) { return each.call == nullptr; });
}

// Waits for something to happen, and deals with it; false: a worker has ended.
bool _ProcessPool::listen() {
  std::vector<pollfd> ready{{wake_.get(), POLLIN, 0}};
  bool unsent = false;
  {
    std::lock_guard lock(mutex_);
    for (const Worker& each : workers_) {
      ready.push_back({each.channel.get(), POLLIN, 0});
      ready.push_back({each.sentinel, POLLIN, 0});
      unsent = unsent || each.unsent;
    }
  }
  if (::poll(ready.data(), ready.size(), unsent ? 20 : -1) < 0 && errno != EINTR) raise_os_error(errno, "poll");
  std::uint64_t wakes;
  (void)!::read(wake_.get(), &wakes, sizeof wakes);
  bool intact = true;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    bool ended = ready[2 + 2 * i].revents != 0;
    if (ready[1 + 2 * i].revents != 0 || ended) intact = receive(workers_[i], ended) && intact;
  }
  if (!intact) return false;
  Failed failed;
  {
    std::lock_guard lock(mutex_);
    for (Worker& each : workers_) {
      if (each.unsent) send(each, failed);
    }
    hand_out(failed);
  }
  multiprocessing::_UserCode user_code;
  for (auto& [each, why] : failed) each->_fail(std::move(why));
  return true;
}

// What `worker` sent before it ended counts. False: it has ended.
bool _ProcessPool::receive(Worker& worker, bool ended) {
  std::string reply;
  for (;;) {
    _Received received = multiprocessing::_receive(worker.channel.get(), reply);
    if (received != _Received::Message) return received == _Received::NothingNow && !ended;
    multiprocessing::_UserCode user_code;
    _RemoteCallPtr call;
    {
      std::lock_guard lock(mutex_);
      call = std::move(worker.call);
    }
    if (call) call->_give(reply);
  }
}

// Python: concurrent.futures.process._ExecutorManagerThread._terminate_broken
void _ProcessPool::break_down(const std::exception_ptr& cause) {
  std::vector<_RemoteCallPtr> lost;
  {
    std::lock_guard lock(mutex_);
    broken_ = shut_down_ = true;
    for (Worker& each : workers_) {
      if (each.call) lost.push_back(std::move(each.call));
      each.unsent.reset();
    }
    for (_RemoteCallPtr& each : waiting_) lost.push_back(std::move(each));
    waiting_.clear();
  }
  for (Worker& each : workers_) each.process->kill();
  multiprocessing::_UserCode user_code;
  for (const _RemoteCallPtr& each : lost) {
    // One for each: whoever waits for it adds to its traceback.
    BrokenProcessPool broken(
        "A process in the process pool was terminated abruptly while the future was running or pending.");
    broken.set_cause(cause);
    each->_fail(std::make_exception_ptr(std::move(broken)));
  }
}

void _ProcessPool::join_workers() {
  for (Worker& each : workers_) each.channel.reset();
  for (Worker& each : workers_) {
    if (each.process && each.process->pid()) each.process->join();
  }
}

void _ProcessPool::shutdown(ShutdownOptions options) {
  if (!is_own()) return;
  std::deque<_RemoteCallPtr> cancelled;
  std::unique_lock lock(mutex_);
  shut_down_ = true;
  if (options.cancel_futures) cancelled.swap(waiting_);
  if (!ended_) wake_manager();
  lock.unlock();
  for (const _RemoteCallPtr& each : cancelled) each->_cancel();
  cancelled.clear();
  if (!options.wait) return;
  lock.lock();
  // A callback of a future, in the manager's own thread, cannot wait for it.
  if (manager_.get_id() == std::this_thread::get_id()) return;
  std::thread manager = std::move(manager_);
  all_ended_.wait(lock, [this] { return ended_; });
  lock.unlock();
  if (manager.joinable()) manager.join();
}

ProcessPoolExecutor::ProcessPoolExecutor(ProcessPoolOptions options)
    : pool_(std::make_shared<_ProcessPool>(std::move(options))) {
  pool_->start();
}

ProcessPoolExecutor::ProcessPoolExecutor(int max_workers)
    : ProcessPoolExecutor(ProcessPoolOptions{.max_workers = max_workers}) {}

ProcessPoolExecutor::~ProcessPoolExecutor() {
  // In a child the pool is a copy whose thread is not there.
  if (pool_->is_own()) pool_->shutdown({});
}

void ProcessPoolExecutor::shutdown(ShutdownOptions options) { pool_->shutdown(options); }

void ProcessPoolExecutor::enqueue(_RemoteCallPtr call) { pool_->enqueue(std::move(call)); }

}  // namespace krait::concurrent::futures
