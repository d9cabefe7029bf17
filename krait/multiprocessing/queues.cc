#include "krait/multiprocessing/queues.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "krait/multiprocessing/_channel.h"
#include "krait/multiprocessing/_shared.h"
#include "krait/multiprocessing/_threads.h"
#include "krait/multiprocessing/process.h"

namespace krait::multiprocessing {

namespace {

// What the processes share. The mutex is robust: when its holder is killed, the next one is told, and puts the account right
// by what the kernel says is in the channel. Nothing is waited for while it is held.
struct Shared {
  enum Operation : std::uint32_t { None, Send, Receive };
  // A process with items that it has accepted and not handed over. The first entry is everybody's who finds no other.
  struct Producer {
    _ProcessId process;
    std::int64_t unsent = 0;
  };

  pthread_mutex_t mutex;
  std::int64_t in_channel = 0;  // messages
  // What its holder was at, and how things stood before.
  std::atomic<std::uint32_t> operation = None;
  std::int64_t messages_before = 0, bytes_before = 0;
  std::array<Producer, 64> producers;
  _Word taken;  // changes when there is room again
  std::int64_t unfinished = 0;
  _Word finished;  // changes when that comes down to zero

  Shared() {
    pthread_mutexattr_t robust;
    ::pthread_mutexattr_init(&robust);
    ::pthread_mutexattr_setpshared(&robust, PTHREAD_PROCESS_SHARED);
    ::pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
    ::pthread_mutex_init(&mutex, &robust);
    ::pthread_mutexattr_destroy(&robust);
  }
  std::int64_t size() const {
    std::int64_t size = in_channel;
    for (const Producer& each : producers) size += each.unsent;
    return size;
  }
};

// Every queue of this process, for a child to begin anew with and for the exit to wait for. Never destroyed.
struct Queues {
  std::mutex mutex;
  std::vector<std::weak_ptr<_QueueCore>> queues;
};
Queues& queues() {
  static Queues* all = new Queues;
  return *all;
}

}  // namespace

class _QueueCore : public std::enable_shared_from_this<_QueueCore> {
 public:
  _QueueCore(long maxsize, const char* python_name)
      : maxsize_(maxsize), python_name_(python_name), shared_(_make_shared_memory<Shared>()), ends_(_make_channel()) {}
  _QueueCore(const _QueueCore&) = delete;
  _QueueCore& operator=(const _QueueCore&) = delete;
  // The thread holds the queue while it feeds it, so it is through, or this is its end.
  ~_QueueCore() {
    if (local_->feeder.joinable()) local_->feeder.detach();
    delete local_;
  }

  void put(std::string bytes, const QueueWait& wait);
  std::string get(const QueueWait& wait);
  long qsize();
  bool empty() { return _waiting_bytes(ends_.reader.get()) == 0; }
  bool full() { return maxsize_ > 0 && qsize() >= maxsize_; }
  void close();
  void join_thread();
  void cancel_join_thread();
  void task_done();
  void join();

  // In a child: the parent's thread and what it has still to feed are the parent's.
  void begin_anew() { local_ = new Local; }
  void end_of_process();

 private:
  // What this process alone has. A child makes its own and leaves the inherited one, whose thread it has not.
  struct Local {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<_Message> unsent;  // in order; the first stays until it is sent
    std::thread feeder;
    bool feeding = false, closed = false, join_cancelled = false;
    Shared::Producer* account = nullptr;
  };
  class Lock {
   public:
    explicit Lock(_QueueCore& queue);
    ~Lock() { ::pthread_mutex_unlock(&queue_.shared_->mutex); }

   private:
    _QueueCore& queue_;
  };

  void require_open() const;
  void repair();
  void take_back_from_the_dead();
  bool send_now(const _Message& message);
  Shared::Producer& account();
  void feed();
  void start_feeder();

  const long maxsize_;
  const char* const python_name_;
  std::shared_ptr<Shared> shared_;
  _Ends ends_;
  Local* local_ = new Local;
};

_QueueCore::Lock::Lock(_QueueCore& queue) : queue_(queue) {
  if (::pthread_mutex_lock(&queue.shared_->mutex) == EOWNERDEAD) {
    queue.repair();
    ::pthread_mutex_consistent(&queue.shared_->mutex);
  }
}

// The holder was killed: was its message through or not?
void _QueueCore::repair() {
  Shared& shared = *shared_;
  std::uint32_t operation = shared.operation.load();
  if (operation == Shared::None) return;
  bool happened = _waiting_bytes(ends_.reader.get()) != shared.bytes_before;
  shared.in_channel = shared.messages_before;
  if (happened) shared.in_channel += operation == Shared::Send ? 1 : -1;
  shared.operation = Shared::None;
  shared.taken.change();
}

// Slow, and only asked for by who has waited long.
void _QueueCore::take_back_from_the_dead() {
  Lock lock(*this);
  bool any = false;
  for (std::size_t i = 1; i < shared_->producers.size(); ++i) {
    Shared::Producer& each = shared_->producers[i];
    if (each.process.pid == 0 || each.process.alive()) continue;
    any = any || each.unsent > 0;
    each = {};
  }
  if (any) shared_->taken.change();
}

// With the lock held: false when there is no room in the channel.
bool _QueueCore::send_now(const _Message& message) {
  Shared& shared = *shared_;
  shared.messages_before = shared.in_channel;
  shared.bytes_before = _waiting_bytes(ends_.reader.get());
  shared.operation = Shared::Send;
  bool sent = false;
  try {
    sent = message.send(ends_.writer.get());
  } catch (...) {
    shared.operation = Shared::None;
    throw;
  }
  if (sent) ++shared.in_channel;
  shared.operation = Shared::None;
  return sent;
}

// With the lock held.
Shared::Producer& _QueueCore::account() {
  if (local_->account) return *local_->account;
  local_->account = &shared_->producers[0];
  for (std::size_t i = 1; i < shared_->producers.size(); ++i) {
    Shared::Producer& each = shared_->producers[i];
    if (each.process.pid != 0 && each.process.alive()) continue;
    each = {_ProcessId::self(), 0};
    local_->account = &each;
    break;
  }
  return *local_->account;
}

void _QueueCore::require_open() const {
  if (!local_->closed) return;
  char address[32];
  std::snprintf(address, sizeof address, "%p", static_cast<const void*>(this));
  throw ValueError("Queue <" + std::string(python_name_) + " object at " + address + "> is closed");
}

void _QueueCore::put(std::string bytes, const QueueWait& wait) {
  _Deadline deadline = _deadline_after(wait.timeout);
  _Message message(std::move(bytes));
  for (int waits = 0;; ++waits) {
    std::uint32_t seen = shared_->taken.load();
    {
      std::lock_guard here(local_->mutex);
      require_open();
      Lock lock(*this);
      if (maxsize_ <= 0 || shared_->size() < maxsize_) {
        if (local_->unsent.empty() && send_now(message)) {
          ++shared_->unfinished;
          return;
        }
        ++account().unsent;
        ++shared_->unfinished;
        local_->unsent.push_back(std::move(message));
        start_feeder();
        return;
      }
    }
    if (!wait.block) throw Full();
    if (waits > 0) take_back_from_the_dead();
    if (!shared_->taken.wait(seen, deadline)) throw Full();
  }
}

void _QueueCore::start_feeder() {
  if (local_->feeding) {
    local_->changed.notify_one();
    return;
  }
  if (local_->feeder.joinable()) local_->feeder.join();
  local_->feeding = true;
  local_->feeder = std::thread([self = shared_from_this()] { self->feed(); });
}

void _QueueCore::feed() {
  _OwnThread own;
  Local& local = *local_;
  std::unique_lock here(local.mutex);
  for (;;) {
    local.changed.wait(here, [&] { return !local.unsent.empty() || local.closed; });
    if (local.unsent.empty()) break;
    const _Message& first = local.unsent.front();
    here.unlock();
    bool sent = false, broken = false;
    try {
      Lock lock(*this);
      sent = send_now(first);
      if (sent) --account().unsent;
    } catch (const OSError&) {
      broken = true;  // nobody is left to read it, not even this process
    }
    if (!sent && !broken) _wait_for(ends_.writer.get(), false, 50);
    here.lock();
    if (sent) local.unsent.pop_front();
    if (broken || (local.join_cancelled && local.closed)) {
      Lock lock(*this);
      account().unsent -= static_cast<std::int64_t>(local.unsent.size());
      local.unsent.clear();
      if (broken) break;
    }
  }
  local.feeding = false;
}

std::string _QueueCore::get(const QueueWait& wait) {
  require_open();
  _Deadline deadline = _deadline_after(wait.timeout);
  for (;;) {
    {
      std::string bytes;
      Lock lock(*this);
      Shared& shared = *shared_;
      shared.messages_before = shared.in_channel;
      shared.bytes_before = _waiting_bytes(ends_.reader.get());
      shared.operation = Shared::Receive;
      _Received received;
      try {
        received = _receive(ends_.reader.get(), bytes);
      } catch (...) {
        --shared.in_channel;  // it is gone all the same
        shared.operation = Shared::None;
        throw;
      }
      if (received == _Received::Message) --shared.in_channel;
      shared.operation = Shared::None;
      if (received == _Received::Message) {
        if (maxsize_ > 0) shared.taken.change();
        return bytes;
      }
    }
    if (!wait.block) throw Empty();
    if (!_wait_for(ends_.reader.get(), true, _milliseconds_until(deadline))) throw Empty();
    if (deadline && *deadline <= std::chrono::steady_clock::now() && empty()) throw Empty();
  }
}

long _QueueCore::qsize() {
  Lock lock(*this);
  return shared_->size();
}

void _QueueCore::close() {
  std::lock_guard here(local_->mutex);
  local_->closed = true;
  local_->changed.notify_one();
}

void _QueueCore::join_thread() {
  std::thread feeder;
  {
    std::lock_guard here(local_->mutex);
    if (!local_->closed) throw AssertionError("Queue not closed");
    feeder = std::move(local_->feeder);
    if (local_->join_cancelled) {
      if (feeder.joinable()) feeder.detach();
      return;
    }
  }
  if (feeder.joinable()) feeder.join();
}

void _QueueCore::cancel_join_thread() {
  std::lock_guard here(local_->mutex);
  local_->join_cancelled = true;
}

void _QueueCore::end_of_process() {
  close();
  join_thread();
}

void _QueueCore::task_done() {
  Lock lock(*this);
  if (shared_->unfinished == 0) throw ValueError("task_done() called too many times");
  if (--shared_->unfinished == 0) shared_->finished.change();
}

void _QueueCore::join() {
  for (;;) {
    std::uint32_t seen = shared_->finished.load();
    {
      Lock lock(*this);
      if (shared_->unfinished == 0) return;
    }
    shared_->finished.wait(seen, std::nullopt);
  }
}

namespace {

void register_queue(const std::shared_ptr<_QueueCore>& queue) {
  static bool once = [] {
    _register_after_fork([] {
      Queues& inherited = queues();
      new (&inherited.mutex) std::mutex;
      for (const auto& each : inherited.queues) {
        if (auto queue = each.lock()) queue->begin_anew();
      }
    });
    _register_at_exit([] {
      std::vector<std::weak_ptr<_QueueCore>> left;
      {
        std::lock_guard guard(queues().mutex);
        left = queues().queues;
      }
      for (const auto& each : left) {
        if (auto queue = each.lock()) queue->end_of_process();
      }
    });
    return true;
  }();
  (void)once;
  Queues& all = queues();
  std::lock_guard lock(all.mutex);
  std::erase_if(all.queues, [](const auto& each) { return each.expired(); });
  all.queues.push_back(queue);
}

}  // namespace

// The last handle of this process: the thread, if there is one, keeps the queue until it has fed everything.
_QueueHandle::_QueueHandle(long maxsize, const char* python_name) {
  auto core = std::make_shared<_QueueCore>(maxsize, python_name);
  register_queue(core);
  core_ = std::shared_ptr<_QueueCore>(core.get(), [core](_QueueCore* queue) mutable {
    queue->close();
    core.reset();
  });
}

void _QueueHandle::put(std::string bytes, const QueueWait& wait) const { core_->put(std::move(bytes), wait); }
std::string _QueueHandle::get(const QueueWait& wait) const { return core_->get(wait); }
long _QueueHandle::qsize() const { return core_->qsize(); }
bool _QueueHandle::empty() const { return core_->empty(); }
bool _QueueHandle::full() const { return core_->full(); }
void _QueueHandle::close() const { core_->close(); }
void _QueueHandle::join_thread() const { core_->join_thread(); }
void _QueueHandle::cancel_join_thread() const { core_->cancel_join_thread(); }
void _QueueHandle::task_done() const { core_->task_done(); }
void _QueueHandle::join() const { core_->join(); }

}  // namespace krait::multiprocessing
