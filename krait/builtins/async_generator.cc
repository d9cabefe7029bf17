#include "krait/builtins/async_generator.h"

#include "krait/builtins/exceptions.h"

namespace krait {

void _AsyncGeneratorPromise::unhandled_exception() noexcept {
  error = _leaving(where);
  const char* stopped = isinstance<StopIteration>(error)        ? "StopIteration"
                        : isinstance<StopAsyncIteration>(error) ? "StopAsyncIteration"
                                                                : nullptr;
  if (!stopped) return;
  RuntimeError raised(std::string("async generator raised ") + stopped);
  raised.set_cause(std::move(error));
  error = std::make_exception_ptr(std::move(raised));
}

bool _AsyncGeneratorStep::refuse() {
  Phase phase = std::exchange(phase_, Phase::Done);
  if (phase != Phase::Fresh)
    throw RuntimeError(kind_ == Kind::Next ? "cannot reuse already awaited __anext__()/asend()"
                                           : "cannot reuse already awaited aclose()/athrow()");
  if (!promise_ || promise_->state == State::Ended) return true;
  constexpr const char* kNames[] = {"anext()", "athrow()", "aclose()"};
  throw RuntimeError(std::string(kNames[static_cast<int>(kind_)]) + ": asynchronous generator is already running");
}

void _AsyncGeneratorStep::end() {
  if (!promise_) return;
  promise_->end();
  if (promise_->error) std::rethrow_exception(std::exchange(promise_->error, nullptr));
}

bool _AsyncGeneratorThrow::await_ready() {
  if (_AsyncGeneratorStep::await_ready()) return true;
  if (promise_->state != State::Created) return false;
  // There is no yield yet to throw it in at.
  phase_ = Phase::Done;
  if (kind_ == Kind::Throw) promise_->error = std::move(error_);
  promise_->end();
  return true;
}

_AsyncGeneratorClose::_AsyncGeneratorClose(_AsyncGeneratorPromise* promise)
    : _AsyncGeneratorThrow(promise, Kind::Close, promise ? std::make_exception_ptr(GeneratorExit()) : nullptr) {}

void _AsyncGeneratorClose::await_resume() {
  try {
    if (!finish()) return;
  } catch (const GeneratorExit&) {
    return;
  }
  throw RuntimeError("async generator ignored GeneratorExit");
}

}  // namespace krait
