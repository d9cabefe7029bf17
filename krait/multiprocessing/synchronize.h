#pragma once
// Lock, RLock, Semaphore and Event that children forked later share. Copies are one lock.
//
//   multiprocessing::Lock lock;
//   multiprocessing::Process child([lock]() mutable { std::lock_guard guard(lock); … });
//
// A process that was killed while it held a Lock or RLock lets go of it; CPython's others would wait for ever. A Semaphore
// belongs to nobody, so what a killed process took of it is lost, as in Python. Python: multiprocessing.synchronize

#include <memory>
#include <optional>

#include "krait/builtins/exceptions.h"
#include "krait/multiprocessing/_shared.h"

namespace krait::multiprocessing {

struct AcquireOptions {
  bool block = true;
  std::optional<nanoseconds> timeout = std::nullopt;  // for ever
};

struct _LockState;

// Python: multiprocessing.Lock
class Lock {
 public:
  Lock();
  // True when it has it. Python: lock.acquire(block=True, timeout=None)
  bool acquire(AcquireOptions options = {});
  // Any process or thread may. Throws ValueError "semaphore or lock released too many times". Python: lock.release()
  void release();
  // For std::lock_guard, which is Python's `with lock:`.
  void lock() { acquire(); }
  void unlock() { release(); }

 private:
  std::shared_ptr<_LockState> state_;
};

// Taken as often as its owner, a thread of a process, likes. Python: multiprocessing.RLock
class RLock {
 public:
  RLock();
  bool acquire(AcquireOptions options = {});
  // Throws AssertionError "attempt to release recursive lock not owned by thread".
  void release();
  void lock() { acquire(); }
  void unlock() { release(); }

 private:
  std::shared_ptr<_LockState> state_;
};

// Python: multiprocessing.Semaphore(value=1)
class Semaphore {
 public:
  // Throws ValueError "semaphore initial value must be >= 0".
  explicit Semaphore(int value = 1);
  bool acquire(AcquireOptions options = {});
  void release();
  // Python: semaphore.get_value()
  int get_value() const;

 private:
  std::shared_ptr<_Word> state_;
};

// Python: multiprocessing.Event
class Event {
 public:
  Event();
  bool is_set() const;
  void set();
  void clear();
  // True when it is set. Python: event.wait(timeout=None)
  bool wait(std::optional<nanoseconds> timeout = std::nullopt);

 private:
  std::shared_ptr<_Word> state_;
};

}  // namespace krait::multiprocessing
