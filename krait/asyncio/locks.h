#pragma once
// Python: asyncio.locks

#include "krait/asyncio/tasks.h"

namespace krait::asyncio {

// Waiters in the order they came. A waiter leaves when it is woken, cancelled or destroyed, so each one here is alive.
class _WaiterLine {
 public:
  // Waits its turn: co_await line.wait()
  class Waiter final : public _Waiter, public _base::ListLink {
   public:
    explicit Waiter(_WaiterLine& line) noexcept : line_(line) {}
    ~Waiter() { unlink(); }
    void await_suspend(std::coroutine_handle<> waiting) {
      suspend(waiting);
      line_.waiters_.push_back(this);
    }

   private:
    void on_cancel() noexcept override { unlink(); }
    _WaiterLine& line_;
  };

  Waiter wait() noexcept { return Waiter(*this); }
  bool empty() const noexcept { return waiters_.empty(); }
  // Wakes the first; false when nobody waits.
  bool wake_next() noexcept {
    Waiter* first = waiters_.pop_front();
    if (first) first->wake();
    return first != nullptr;
  }
  void wake_all() noexcept {
    while (wake_next()) {
    }
  }

 private:
  _base::IntrusiveList<Waiter> waiters_;
};

// A flag to wait for. Python: asyncio.Event
class Event {
 public:
  bool is_set() const noexcept { return value_; }
  // Wakes all that wait. Python: event.set()
  void set() noexcept;
  void clear() noexcept { value_ = false; }
  // Waits until the flag is set; true, as in Python. Python: await event.wait()
  Coroutine<bool> wait();

 private:
  bool value_ = false;
  _WaiterLine line_;
};

}  // namespace krait::asyncio
