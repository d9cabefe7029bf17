#include "krait/queue/queues.h"

namespace krait::queue {

namespace {

using Clock = std::chrono::steady_clock;

void require_timeout(std::chrono::nanoseconds timeout) {
  if (timeout.count() < 0) throw ValueError("'timeout' must be a non-negative number");
}

// `timeout` from now; a very long one ends before the clock does.
Clock::time_point deadline(std::chrono::nanoseconds timeout) {
  constexpr std::chrono::nanoseconds kLongest = std::chrono::hours(24 * 365 * 50);
  return Clock::now() + std::min(timeout, kLongest);
}

// Waits until `ready`, as long as `wait` says; false: it is not. With the lock held.
template <class Ready>
bool wait_until(std::condition_variable& condition, _QueueCore::Lock& lock, const Wait& wait, Ready ready) {
  if (!wait.block) return ready();
  if (!wait.timeout) {
    condition.wait(lock, ready);
    return true;
  }
  require_timeout(*wait.timeout);
  return condition.wait_until(lock, deadline(*wait.timeout), ready);
}

}  // namespace

_QueueCore::Lock _QueueCore::wait_for_room(const Wait& wait) {
  Lock lock(mutex_);
  if (shut_down_) throw ShutDown();
  if (maxsize_ <= 0) return lock;
  if (!wait_until(not_full_, lock, wait, [&] { return !is_full() || shut_down_; })) throw Full();
  if (shut_down_) throw ShutDown();
  return lock;
}

_QueueCore::Lock _QueueCore::wait_for_item(const Wait& wait) {
  Lock lock(mutex_);
  if (shut_down_ && size_ == 0) throw ShutDown();
  if (!wait_until(not_empty_, lock, wait, [&] { return size_ > 0 || shut_down_; })) throw Empty();
  if (size_ == 0) throw ShutDown();
  return lock;
}

void _QueueCore::was_put() {
  ++size_;
  ++unfinished_;
  not_empty_.notify_one();
}

void _QueueCore::was_got() {
  --size_;
  not_full_.notify_one();
}

_QueueCore::Lock _QueueCore::shut_down(bool immediate) {
  Lock lock(mutex_);
  shut_down_ = true;
  if (immediate) {
    unfinished_ -= std::min(size_, unfinished_);
    size_ = 0;
    all_done_.notify_all();
  }
  not_empty_.notify_all();
  not_full_.notify_all();
  return lock;
}

void _QueueCore::task_done() {
  const Lock lock(mutex_);
  if (unfinished_ == 0) throw ValueError("task_done() called too many times");
  if (--unfinished_ == 0) all_done_.notify_all();
}

void _QueueCore::join() {
  Lock lock(mutex_);
  all_done_.wait(lock, [&] { return unfinished_ == 0; });
}

std::size_t _QueueCore::size() const {
  const Lock lock(mutex_);
  return size_;
}

bool _QueueCore::full() const {
  const Lock lock(mutex_);
  return is_full();
}

}  // namespace krait::queue
