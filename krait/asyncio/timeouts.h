#pragma once
// timeout(delay): a limit on a block of code, that cancels what is inside and comes out as TimeoutError.
//
//   try {
//     co_await async_with(asyncio::timeout(2s), [&](asyncio::Timeout&) -> Coroutine<> { co_await slow(); });
//   } catch (const TimeoutError&) { ... }
//
// Python: asyncio.timeouts

#include "krait/asyncio/tasks.h"
#include "krait/builtins/async_with.h"

namespace krait::asyncio {

// Python: asyncio.Timeout
class Timeout {
 public:
  // `when` in the loop's time; nullopt: no limit yet. Made by timeout() and timeout_at().
  explicit Timeout(std::optional<nanoseconds> when) : when_(when) {}
  Timeout(Timeout&& other) noexcept : when_(other.when_) {}
  Timeout(const Timeout&) = delete;

  // The deadline in the loop's time; nullopt: none. Python: scope.when()
  std::optional<nanoseconds> when() const noexcept { return when_; }
  // Sets another deadline. Throws RuntimeError before the block, and after it has expired or ended.
  // Python: scope.reschedule(when)
  void reschedule(std::optional<nanoseconds> when);
  // True when the deadline has passed within the block. Python: scope.expired()
  bool expired() const noexcept { return state_ == State::Expiring || state_ == State::Expired; }

  // Throws RuntimeError "Timeout has already been entered", "Timeout should be used inside a task".
  Coroutine<> aenter();
  // Throws TimeoutError, caused by the CancelledError, when this timeout was what cancelled the block.
  Coroutine<bool> aexit(std::exception_ptr error);
  // The same without a coroutine, for those who write the try themselves.
  void _enter();
  void _exit(const std::exception_ptr& error);

 private:
  enum class State : std::uint8_t { Created, Entered, Expiring, Expired, Exited };
  void expire();
  std::optional<nanoseconds> when_;
  State state_ = State::Created;
  int cancelling_ = 0;
  AnyTask task_;
  Handle handle_;
};

// Python: asyncio.timeout(delay); no argument: no limit until reschedule()
Timeout timeout(std::optional<nanoseconds> delay);
// Python: asyncio.timeout_at(when), in the loop's time
Timeout timeout_at(std::optional<nanoseconds> when);

}  // namespace krait::asyncio
