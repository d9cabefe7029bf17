#include "krait/asyncio/timeouts.h"

namespace krait::asyncio {

namespace {

// Python: Timeout._insert_timeout_error has no twin: C++ exceptions keep no __context__ to insert into.
[[noreturn]] void raise_timeout(const std::exception_ptr& cause) {
  TimeoutError error;
  error.set_cause(cause);
  throw error;
}

}  // namespace

Timeout timeout(std::optional<nanoseconds> delay) {
  if (!delay) return Timeout(std::nullopt);
  return Timeout(nanoseconds(get_running_loop()._deadline(*delay)));
}

Timeout timeout_at(std::optional<nanoseconds> when) { return Timeout(when); }

void Timeout::reschedule(std::optional<nanoseconds> when) {
  switch (state_) {
    case State::Created:
      throw RuntimeError("Timeout has not been entered");
    case State::Expiring:
      throw RuntimeError("Cannot change state of expiring Timeout");
    case State::Expired:
      throw RuntimeError("Cannot change state of expired Timeout");
    case State::Exited:
      throw RuntimeError("Cannot change state of finished Timeout");
    case State::Entered:
      break;
  }
  when_ = when;
  handle_.cancel();
  handle_ = {};
  if (!when) return;
  EventLoop& loop = get_running_loop();
  if (when->count() <= loop._now()) {
    handle_ = loop.call_soon([this] { expire(); });
  } else {
    handle_ = loop.call_at(*when, [this] { expire(); });
  }
}

void Timeout::expire() {
  task_.cancel();
  state_ = State::Expiring;
  handle_ = {};
}

void Timeout::_enter() {
  if (state_ != State::Created) throw RuntimeError("Timeout has already been entered");
  AnyTask task = current_task();
  if (!task) throw RuntimeError("Timeout should be used inside a task");
  state_ = State::Entered;
  task_ = std::move(task);
  cancelling_ = task_.cancelling();
  reschedule(when_);
}

void Timeout::_exit(const std::exception_ptr& error) {
  handle_.cancel();
  handle_ = {};
  if (state_ == State::Entered) {
    state_ = State::Exited;
    return;
  }
  state_ = State::Expired;
  // More requests than there were on entry: somebody else wants the task cancelled, too, and wins.
  if (task_.uncancel() <= cancelling_ && error && isinstance<CancelledError>(error)) raise_timeout(error);
}

Coroutine<> Timeout::aenter() {
  _enter();
  co_return;
}

Coroutine<bool> Timeout::aexit(std::exception_ptr error) {
  _exit(error);
  co_return false;
}

}  // namespace krait::asyncio
