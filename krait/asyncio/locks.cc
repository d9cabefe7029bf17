#include "krait/asyncio/locks.h"

namespace krait::asyncio {

std::size_t _FairLine::wake(std::size_t count) {
  std::size_t woken = 0;
  for (Waiter& each : waiters_) {
    if (woken == count) break;
    if (each.done()) continue;
    each.wake();
    ++woken;
  }
  return woken;
}

void _FairLine::wake_head() {
  Waiter* head = waiters_.front();
  if (head && !head->done()) head->wake();
}

bool _FairLine::has_living() noexcept {
  for (Waiter& each : waiters_) {
    if (!each.cancelled()) return true;
  }
  return false;
}

std::size_t _FairLine::size() noexcept {
  std::size_t count = 0;
  for (Waiter& each : waiters_) {
    (void)each;
    ++count;
  }
  return count;
}

Coroutine<bool> Lock::acquire() {
  if (!locked_ && !line_.has_living()) {
    locked_ = true;
    co_return true;
  }
  _FairLine::Waiter waiter(line_, "Lock.acquire");
  try {
    co_await waiter;
  } catch (const CancelledError&) {
    // It may have been woken before, and the lock must not lie idle while others wait.
    if (!waiter.outlived_line() && !locked_) line_.wake_head();
    throw;
  }
  locked_ = true;
  co_return true;
}

void Lock::release() {
  if (!locked_) throw RuntimeError("Lock is not acquired.");
  line_.wake_head();  // first, since it throws in the wrong thread
  locked_ = false;
}

Coroutine<> Lock::aenter() { co_await acquire(); }

Coroutine<bool> Lock::aexit(std::exception_ptr) {
  release();
  co_return false;
}

void Event::set() {
  if (value_) return;
  line_.wake_all();  // first, since it throws in the wrong thread
  value_ = true;
}

Coroutine<bool> Event::wait() {
  if (!value_) co_await line_.wait("Event.wait");
  co_return true;
}

Coroutine<bool> Condition::wait() {
  if (!locked()) throw RuntimeError("cannot wait on un-acquired lock");
  release();
  std::exception_ptr error;
  _FairLine::Waiter waiter(line_, "Condition.wait");
  try {
    co_await waiter;
  } catch (...) {
    if (waiter.outlived_line()) throw;
    error = std::current_exception();
  }
  // The caller holds the lock again whatever happens; the last cancellation comes out after that.
  for (bool acquired = false; !acquired;) {
    try {
      acquired = co_await acquire();
    } catch (const CancelledError&) {
      error = std::current_exception();
    }
  }
  if (error) {
    line_.wake(1);  // a notification that came for this one goes to the next
    std::rethrow_exception(error);
  }
  co_return true;
}

void Condition::notify(std::size_t n) {
  if (!locked()) throw RuntimeError("cannot notify on un-acquired lock");
  line_.wake(n);
}

void Condition::notify_all() { notify(line_.size()); }

Coroutine<> Condition::aenter() { co_await acquire(); }

Coroutine<bool> Condition::aexit(std::exception_ptr) {
  release();
  co_return false;
}

Semaphore::Semaphore(std::ptrdiff_t value) : value_(value) {
  if (value < 0) throw ValueError("Semaphore initial value must be >= 0");
}

// The permit goes to the waiter at once: nobody may take it before it has gone on.
bool Semaphore::wake_next() {
  if (line_.wake(1) == 0) return false;
  --value_;
  return true;
}

Coroutine<bool> Semaphore::acquire() {
  if (!locked()) {
    --value_;
    co_return true;
  }
  _FairLine::Waiter waiter(line_, "Semaphore.acquire");
  try {
    co_await waiter;
  } catch (const CancelledError&) {
    if (waiter.outlived_line()) throw;
    if (waiter.done() && !waiter.cancelled()) ++value_;  // it had its permit already
    wake_as_many_as_may();
    throw;
  }
  wake_as_many_as_may();
  co_return true;
}

// Newcomers may have queued up behind one that waited while there were permits.
void Semaphore::wake_as_many_as_may() {
  while (value_ > 0 && wake_next()) {
  }
}

void Semaphore::release() {
  if (line_.wake(1) == 0) ++value_;  // else it has gone to the one that was woken
}

Coroutine<> Semaphore::aenter() { co_await acquire(); }

Coroutine<bool> Semaphore::aexit(std::exception_ptr) {
  release();
  co_return false;
}

void BoundedSemaphore::release() {
  if (value_ >= bound_) throw ValueError("BoundedSemaphore released too many times");
  Semaphore::release();
}

Barrier::Barrier(std::ptrdiff_t parties) : parties_(parties) {
  if (parties < 1) throw ValueError("parties must be > 0");
}

Coroutine<std::ptrdiff_t> Barrier::wait() {
  co_await condition_.acquire();
  std::ptrdiff_t index;
  try {
    index = co_await wait_locked();
  } catch (...) {
    condition_.release();
    throw;
  }
  condition_.release();
  co_return index;
}

Coroutine<std::ptrdiff_t> Barrier::wait_locked() {
  // A barrier that lets its tasks out, or is being reset, takes no new ones until it is empty.
  co_await condition_.wait_for([this] { return state_ != State::Draining && state_ != State::Resetting; });
  if (broken()) throw BrokenBarrierError("Barrier aborted");
  const std::ptrdiff_t index = count_++;
  try {
    if (index + 1 == parties_) {
      state_ = State::Draining;
      condition_.notify_all();
    } else {
      co_await wait_for_the_others();
    }
  } catch (...) {
    leave();
    throw;
  }
  leave();
  co_return index;
}

Coroutine<> Barrier::wait_for_the_others() {
  co_await condition_.wait_for([this] { return state_ != State::Filling; });
  if (broken() || state_ == State::Resetting) throw BrokenBarrierError("Abort or reset of barrier");
}

void Barrier::leave() {
  if (--count_ > 0) return;
  if (state_ == State::Resetting || state_ == State::Draining) state_ = State::Filling;
  condition_.notify_all();
}

Coroutine<> Barrier::reset() {
  co_await condition_.acquire();
  state_ = count_ > 0 ? State::Resetting : State::Filling;
  condition_.notify_all();
  condition_.release();
}

Coroutine<> Barrier::abort() {
  co_await condition_.acquire();
  state_ = State::Broken;
  condition_.notify_all();
  condition_.release();
}

Coroutine<std::ptrdiff_t> Barrier::aenter() { return wait(); }

Coroutine<bool> Barrier::aexit(std::exception_ptr) { co_return false; }

}  // namespace krait::asyncio
