#pragma once
// Python: asyncio.exceptions

#include "krait/builtins/exceptions.h"

namespace krait::asyncio {

// The task (or future) was cancelled. No std::exception: `catch (std::exception&)` lets it pass.
KRAIT_EXCEPTION(CancelledError, virtual BaseException);

using krait::TimeoutError;  // Python: asyncio.TimeoutError is TimeoutError

// An operation that the object's state does not allow: a result set twice, or asked for too early.
KRAIT_EXCEPTION(InvalidStateError, Exception);

KRAIT_EXCEPTION(QueueEmpty, Exception);
KRAIT_EXCEPTION(QueueFull, Exception);
KRAIT_EXCEPTION(QueueShutDown, Exception);
KRAIT_EXCEPTION(BrokenBarrierError, RuntimeError);

// The stream ended before the bytes asked for had come. Python: IncompleteReadError(partial, expected)
class IncompleteReadError : public EOFError {
 public:
  // `expected` of -1: read until a separator that never came.
  IncompleteReadError(std::string partial, long expected);
  std::string partial;
  long expected;
};

// The separator was not found within the stream's limit; `consumed` bytes were looked at.
class LimitOverrunError : public Exception {
 public:
  LimitOverrunError(std::string message, std::size_t consumed)
      : BaseException(std::move(message)), consumed(consumed) {}
  std::size_t consumed;
};

// Every task waits and nothing can wake one. krait's own: CPython would hang for ever. Thrown out of run() when
// time is virtual.
KRAIT_EXCEPTION(DeadlockError, RuntimeError);

}  // namespace krait::asyncio
