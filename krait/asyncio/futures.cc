#include "krait/asyncio/futures.h"

#include "krait/asyncio/tasks.h"

namespace krait::asyncio {

namespace {

// A function to call at a future's end. It owns itself from the moment it is scheduled.
struct FunctionCallback : _DoneCallback, _ReadyNode {
  FunctionCallback(_FutureCore& owner, _base::Function<void(FutureBase)> f, std::uint64_t number)
      : future(&owner), function(std::move(f)), id(number) {
    ready = this;
    run = &call;
  }
  static void call(_ReadyNode* node) {
    std::unique_ptr<FunctionCallback> self(static_cast<FunctionCallback*>(node));
    _base::Ref<_FutureCore> future = std::move(self->held);
    contextvars::_Within within(self->context);
    try {
      self->function(FutureBase(future));
    } catch (const KeyboardInterrupt&) {
      throw;
    } catch (const SystemExit&) {
      throw;
    } catch (...) {
      future->loop().call_exception_handler(
          {"Exception in callback of " + future->repr(), std::current_exception(), future->repr()});
    }
  }
  _FutureCore* future;
  _base::Ref<_FutureCore> held;  // set once scheduled: the future must live until the call
  _base::Function<void(FutureBase)> function;
  contextvars::_Slot context = contextvars::_Slot::copy_current();
  std::uint64_t id;
};

FunctionCallback* as_function(_DoneCallback* callback) {
  return callback->ready && callback->ready->run == &FunctionCallback::call ? static_cast<FunctionCallback*>(callback)
                                                                            : nullptr;
}

}  // namespace

void _drop_done_callback(_ReadyNode* node) noexcept {
  if (node->run == &FunctionCallback::call) delete static_cast<FunctionCallback*>(node);
}

void _raise_cancelled(const _CancelMessage& message) {
  if (message) throw CancelledError(*message);
  throw CancelledError();
}

void _raise_result_taken() {
  throw InvalidStateError("cannot give the result twice: it cannot be copied and was taken already");
}

void FutureBase::raise_empty() {
  throw InvalidStateError("cannot use a Future that was default-constructed or moved away");
}

_FutureCore::_FutureCore(EventLoop& loop, Kind kind, std::string name) : kind_(kind) {
  loop._check_thread();
  loop_ = _base::Ref<EventLoop>(&loop);
  if (!name.empty()) name_ = std::make_unique<std::string>(std::move(name));
  if (kind != Kind::Task) loop._futures().push_back(this);
}

void _FutureCore::drop_callbacks() noexcept {
  while (_DoneCallback* callback = callbacks_.pop_front()) {
    if (FunctionCallback* function = as_function(callback)) delete function;
  }
}

_FutureCore::~_FutureCore() {
  unlink();
  drop_callbacks();
}

void _FutureCore::report_unretrieved() noexcept {
  unretrieved_ = false;
  loop_->call_exception_handler(
      {std::string(kind_ == Kind::Task ? "Task" : "Future") + " exception was never retrieved", exception_, repr()});
}

void _FutureCore::require_pending() const {
  loop_->_check_thread();
  if (state_ != State::Pending) throw InvalidStateError("invalid state");
}

void _FutureCore::require_settable(const char* what) const {
  if (kind_ == Kind::Task) throw RuntimeError(std::string("Task does not support set_") + what + " operation");
  require_pending();
}

bool _FutureCore::cancel(const _CancelMessage& message) {
  loop_->_check_thread();
  unretrieved_ = false;
  if (done()) return false;
  message_ = message ? std::make_unique<std::string>(*message) : nullptr;
  finish(State::Cancelled);
  return true;
}

void _FutureCore::set_exception(std::exception_ptr exception) {
  require_pending();
  if (!exception) throw TypeError("invalid exception object");
  if (isinstance<StopIteration>(exception)) {
    RuntimeError error("StopIteration interacts badly with generators and cannot be raised into a Future");
    error.set_cause(std::move(exception));
    exception = std::make_exception_ptr(std::move(error));
  }
  exception_ = std::move(exception);
  unretrieved_ = true;
  finish(State::Finished);
}

std::exception_ptr _FutureCore::exception() {
  if (cancelled()) std::rethrow_exception(make_cancelled_error());
  if (!done()) throw InvalidStateError("Exception is not set.");
  unretrieved_ = false;
  return exception_;
}

void _FutureCore::raise_unless_result() {
  if (cancelled()) std::rethrow_exception(make_cancelled_error());
  if (!done()) throw InvalidStateError("Result is not set.");
  unretrieved_ = false;
  if (exception_) std::rethrow_exception(exception_);
}

std::exception_ptr _FutureCore::make_cancelled_error() {
  if (cancelled() && exception_) return std::exchange(exception_, nullptr);
  return message_ ? std::make_exception_ptr(CancelledError(*message_)) : std::make_exception_ptr(CancelledError());
}

void _FutureCore::finish(State state) noexcept {
  state_ = state;
  unlink();
  if (!callbacks_.empty() && loop_->is_closed()) [[unlikely]] {
    drop_callbacks();  // there is nobody to run them
    return;
  }
  while (_DoneCallback* callback = callbacks_.pop_front()) {
    if (FunctionCallback* function = as_function(callback)) function->held = _base::Ref<_FutureCore>(this);
    loop_->_push(callback->ready);
  }
}

void _FutureCore::add_callback(_DoneCallback* callback) noexcept { callbacks_.push_back(callback); }

std::uint64_t _FutureCore::add_done_callback(_base::Function<void(FutureBase)> function) {
  if (done()) loop_->_check_closed();
  static thread_local std::uint64_t numbers = 0;
  auto* callback = new FunctionCallback(*this, std::move(function), ++numbers);
  if (done()) {
    callback->held = _base::Ref<_FutureCore>(this);
    loop_->_push(callback);
  } else {
    callbacks_.push_back(callback);
  }
  return callback->id;
}

std::size_t _FutureCore::remove_done_callback(std::uint64_t id) noexcept {
  for (_DoneCallback& each : callbacks_) {
    FunctionCallback* function = as_function(&each);
    if (!function || function->id != id) continue;
    function->unlink();
    delete function;
    return 1;
  }
  return 0;
}

std::string _FutureCore::describe_state() const {
  switch (state_) {
    case State::Pending:
      return "pending";
    case State::Cancelled:
      return "cancelled";
    case State::Finished:
      return "finished";
  }
  return {};
}

std::string _FutureCore::repr() const {
  std::string text = "<Future " + describe_state();
  if (name_) text += " name='" + *name_ + "'";
  if (state_ == State::Finished && exception_) text += " exception=" + krait::repr(exception_);
  return text + ">";
}

std::vector<_FutureCore*> _FutureOfMany::children() const {
  std::vector<_FutureCore*> all;
  for (const auto& other : *others_) all.push_back(other.get());
  return all;
}

bool _FutureWait::await_suspend(std::coroutine_handle<> waiting) {
  if (future_->done()) return _preemption.yield(waiting);
  task_ = _running.task;
  if (!task_) throw RuntimeError("no running event loop");
  if (&future_->loop() != _running.loop || static_cast<_FutureCore*>(task_) == future_.get()) {
    // Refused a turn later, as in CPython: a cancel that comes meanwhile is thrown instead.
    _running.loop->_push(task_->suspend(waiting, nullptr));
    return true;
  }
  callback_.ready = task_->suspend(waiting, this);
  future_->add_callback(&callback_);
  return true;
}

void _FutureWait::raise_refused() {
  task_->raise_if_cancelled();
  if (static_cast<_FutureCore*>(task_) == future_.get())
    throw RuntimeError("Task cannot await on itself: " + task_->repr());
  throw RuntimeError("Task " + task_->repr() + " got Future " + future_->repr() + " attached to a different loop");
}

void _FutureWait::finish() {
  if (task_ && !callback_.ready) [[unlikely]]
    raise_refused();
  if (task_ && task_->must_cancel()) {
    // A gather that was cancelled is not cancelled() but ends with a CancelledError: that one counts, too.
    if (future_->cancelled() || isinstance<CancelledError>(future_->exception())) {
      task_->forget_cancel();
    } else {
      task_->raise_if_cancelled();
    }
  }
  future_->raise_unless_result();
}

}  // namespace krait::asyncio
