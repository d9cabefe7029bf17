#pragma once
// Lock, Event, Condition, Semaphore, BoundedSemaphore, Barrier.
//
//   asyncio::Lock lock;
//   co_await async_with(lock, [&](auto&) -> Coroutine<> { co_await change(); });
//   co_await lock.acquire();  …  lock.release();
//
// All are fair: who came first goes first, and a waiter that is cancelled hands its turn on. None may be destroyed while
// somebody holds it, or waits for it, unless all who wait are cancelled before they go on. Python: asyncio.locks

#include "krait/asyncio/tasks.h"

namespace krait::asyncio {

// Waiters in the order they came. A waiter leaves when it is woken, cancelled or destroyed, so each one here is alive.
class _WaiterLine {
 public:
  // Waits its turn: co_await line.wait("Event.wait")
  class Waiter final : public _Waiter, public _base::ListLink {
   public:
    Waiter(_WaiterLine& line, const char* what) noexcept : _Waiter(what), line_(line) {}
    ~Waiter() { unlink(); }
    void await_suspend(std::coroutine_handle<> waiting) {
      suspend(waiting);
      line_.waiters_.push_back(this);
    }
    void require_thread() const { task_->loop()._check_thread(); }

   private:
    void on_cancel() noexcept override { unlink(); }
    _WaiterLine& line_;
  };

  Waiter wait(const char* what) noexcept { return Waiter(*this, what); }
  bool empty() const noexcept { return waiters_.empty(); }
  // Throws RuntimeError when those who wait belong to another thread than this one, and may not be woken here.
  void require_thread() {
    if (const Waiter* first = waiters_.front()) first->require_thread();
  }
  // Wakes the first; false when nobody waits.
  bool wake_next() {
    Waiter* first = waiters_.front();
    if (!first) return false;
    first->wake();
    first->unlink();
    return true;
  }
  void wake_all() {
    while (wake_next()) {
    }
  }

 private:
  _base::IntrusiveList<Waiter> waiters_;
};

// Waiters in the order they came, each in line until its task has gone on: between a wake-up and the step that it causes
// nobody may jump the queue, and one that was cancelled hands on its turn only when it knows. That is how CPython's locks do
// it, and the order of wake-ups depends on it.
class _FairLine {
 public:
  class Waiter final : public _Waiter, public _base::ListLink {
   public:
    Waiter(_FairLine& line, const char* what) noexcept : _Waiter(what), line_(line) {}
    ~Waiter() { unlink(); }
    void await_suspend(std::coroutine_handle<> waiting) {
      suspend(waiting);
      line_.waiters_.push_back(this);
    }
    void await_resume() {
      outlived_ = !linked();
      unlink();
      finish();
    }
    // True when the line (and the lock that it belongs to) has died while this one waited: a task that is cancelled at the
    // end of a program has nothing to hand on to.
    bool outlived_line() const noexcept { return outlived_; }

   private:
    _FairLine& line_;
    bool outlived_ = false;
  };

  // Wakes up to `count` that are not done yet; gives how many.
  std::size_t wake(std::size_t count);
  // Wakes the one at the head, unless it is done already. Python: Lock._wake_up_first
  void wake_head();
  // True when one waits that was not cancelled.
  bool has_living() noexcept;
  std::size_t size() noexcept;

 private:
  _base::IntrusiveList<Waiter> waiters_;
};

// Python: asyncio.Lock
class Lock {
 public:
  Lock() = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  // Waits until it is free, and takes it; true, as in Python. Python: await lock.acquire()
  Coroutine<bool> acquire();
  // Throws RuntimeError "Lock is not acquired." Python: lock.release()
  void release();
  bool locked() const noexcept { return locked_; }

  // Python: async with lock
  Coroutine<> aenter();
  Coroutine<bool> aexit(std::exception_ptr error);

 private:
  bool locked_ = false;
  _FairLine line_;
};

// A flag to wait for. Python: asyncio.Event
class Event {
 public:
  bool is_set() const noexcept { return value_; }
  // Wakes all that wait. Python: event.set()
  void set();
  void clear() noexcept { value_ = false; }
  // Waits until the flag is set; true, as in Python. Python: await event.wait()
  Coroutine<bool> wait();

 private:
  bool value_ = false;
  _WaiterLine line_;
};

// Waits for word from another task, about what a lock guards. Python: asyncio.Condition
class Condition {
 public:
  Condition() : lock_(own_) {}
  // Guarded by a lock that others use, too; it must outlive this. Python: Condition(lock)
  explicit Condition(Lock& lock) noexcept : lock_(lock) {}
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  Coroutine<bool> acquire() { return lock_.acquire(); }
  void release() { lock_.release(); }
  bool locked() const noexcept { return lock_.locked(); }
  // Gives the lock up, waits to be notified, and takes the lock again, also when it is cancelled. It may return without a
  // reason: look at what you wait for again. True, as in Python. Throws RuntimeError "cannot wait on un-acquired lock".
  // Python: await condition.wait()
  Coroutine<bool> wait();
  // Waits until `predicate()` is true, and gives what it gave. Python: await condition.wait_for(predicate)
  template <class Predicate>
  Coroutine<std::decay_t<std::invoke_result_t<Predicate&>>> wait_for(Predicate predicate) {
    auto result = predicate();
    while (!result) {
      co_await wait();
      result = predicate();
    }
    co_return result;
  }
  // Wakes up to `n` that wait; they go on once they have the lock. Throws RuntimeError "cannot notify on un-acquired lock".
  // Python: condition.notify(n=1)
  void notify(std::size_t n = 1);
  // Python: condition.notify_all()
  void notify_all();

  // Python: async with condition
  Coroutine<> aenter();
  Coroutine<bool> aexit(std::exception_ptr error);

 private:
  Lock own_;
  Lock& lock_;
  _FairLine line_;
};

// A number of permits. Python: asyncio.Semaphore
class Semaphore {
 public:
  // Throws ValueError "Semaphore initial value must be >= 0". Python: Semaphore(value=1)
  explicit Semaphore(std::ptrdiff_t value = 1);
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  virtual ~Semaphore() = default;

  // Waits for a permit; true, as in Python. Python: await semaphore.acquire()
  Coroutine<bool> acquire();
  // Python: semaphore.release()
  virtual void release();
  // True when acquire() would have to wait. Python: semaphore.locked()
  bool locked() noexcept { return value_ == 0 || line_.has_living(); }

  // Python: async with semaphore
  Coroutine<> aenter();
  Coroutine<bool> aexit(std::exception_ptr error);

 protected:
  std::ptrdiff_t value_;

 private:
  bool wake_next();
  void wake_as_many_as_may();
  _FairLine line_;
};

// A semaphore that is never released more often than acquired. Python: asyncio.BoundedSemaphore
class BoundedSemaphore final : public Semaphore {
 public:
  explicit BoundedSemaphore(std::ptrdiff_t value = 1) : Semaphore(value), bound_(value) {}
  // Throws ValueError "BoundedSemaphore released too many times". Python: semaphore.release()
  void release() override;

 private:
  std::ptrdiff_t bound_;
};

// A place where `parties` tasks wait for each other. Python: asyncio.Barrier
class Barrier {
 public:
  // Throws ValueError "parties must be > 0". Python: Barrier(parties)
  explicit Barrier(std::ptrdiff_t parties);
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  // Waits until all have come; gives each its number, from 0. Throws BrokenBarrierError "Barrier aborted", "Abort or reset
  // of barrier". Python: await barrier.wait()
  Coroutine<std::ptrdiff_t> wait();
  // Back to empty: who waits gets BrokenBarrierError. Python: await barrier.reset()
  Coroutine<> reset();
  // Broken for good: who waits or comes gets BrokenBarrierError. Python: await barrier.abort()
  Coroutine<> abort();
  std::ptrdiff_t parties() const noexcept { return parties_; }
  // How many wait. Python: barrier.n_waiting
  std::ptrdiff_t n_waiting() const noexcept { return state_ == State::Filling ? count_ : 0; }
  bool broken() const noexcept { return state_ == State::Broken; }

  // The body runs once all have come, and is given its number. Python: async with barrier as position
  Coroutine<std::ptrdiff_t> aenter();
  Coroutine<bool> aexit(std::exception_ptr error);

 private:
  enum class State : std::uint8_t { Filling, Draining, Resetting, Broken };
  Coroutine<std::ptrdiff_t> wait_locked();
  Coroutine<> wait_for_the_others();
  void leave();

  Condition condition_;  // its lock guards what follows
  std::ptrdiff_t parties_;
  std::ptrdiff_t count_ = 0;  // of tasks inside
  State state_ = State::Filling;
};

}  // namespace krait::asyncio
