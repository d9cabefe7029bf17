#pragma once
// Future<T>: a result that somebody will set. A handle: copies share one future.
//
//   Future<std::string> answer = asyncio::get_running_loop().create_future<std::string>();
//   answer.set_result("0");              // elsewhere
//   std::string data = co_await answer;  // waits until it is set
//
// Callbacks and waiting tasks are scheduled through the loop, in the order they came, never called inline.
// Python: asyncio.futures

#include <optional>

#include "krait/asyncio/events.h"

namespace krait::asyncio {

using _CancelMessage = std::optional<std::string>;

class _FutureCore;

// What a suspended task waits on.
class _Suspension {
 public:
  // `what` names it for those who look on: "sleep", "Event.wait". A literal.
  explicit _Suspension(const char* what) noexcept : what_(what) {}
  // Python: fut_waiter.cancel(msg). False when it is done already, and its wake-up on the way.
  virtual bool _cancel(const _CancelMessage& message) = 0;
  const char* what() const noexcept { return what_; }
  // The future that is awaited, when it is one.
  virtual _FutureCore* awaited() const noexcept { return nullptr; }

 protected:
  ~_Suspension() = default;

 private:
  friend _ToolsLayout;
  const char* what_;
};

// One who is told of a future's end: `ready` goes into the ready queue.
struct _DoneCallback : _base::ListLink {
  _ReadyNode* ready = nullptr;
};

// Frees `node` when it is a future's scheduled callback that will not run any more.
void _drop_done_callback(_ReadyNode* node) noexcept;

// Throws CancelledError, with the message if there is one.
[[noreturn]] void _raise_cancelled(const _CancelMessage& message);

// The part of a future that does not know its type. While pending it stands in one of its loop's lists.
class _FutureCore : public _base::ListLink {
 public:
  enum class State : std::uint8_t { Pending, Cancelled, Finished };

  enum class Kind : std::uint8_t { Future, Task, Gather, Group, Wait, Shield };
  // Throws RuntimeError in a thread that is not the loop's.
  explicit _FutureCore(EventLoop& loop, Kind kind = Kind::Future, std::string name = {});
  _FutureCore(const _FutureCore&) = delete;
  _FutureCore& operator=(const _FutureCore&) = delete;
  virtual ~_FutureCore();

  bool done() const noexcept { return state_ != State::Pending; }
  bool cancelled() const noexcept { return state_ == State::Cancelled; }
  EventLoop& loop() const noexcept { return *loop_; }
  virtual bool cancel(const _CancelMessage& message);
  void set_exception(std::exception_ptr exception);
  // Throws InvalidStateError when pending, CancelledError when cancelled.
  std::exception_ptr exception();
  // Throws what awaiting this future would throw; returns when it has a result.
  void raise_unless_result();
  // Python: _make_cancelled_error: the error that ended a task comes out once, later askers get a fresh one.
  std::exception_ptr make_cancelled_error();

  void require_pending() const;
  // For what users set: `what` is "result" or "exception".
  void require_settable(const char* what) const;
  void finish(State state) noexcept;  // schedules the callbacks
  void add_callback(_DoneCallback* callback) noexcept;
  std::uint64_t add_done_callback(_base::Function<void(FutureBase)> function);
  std::size_t remove_done_callback(std::uint64_t id) noexcept;
  // The loop is closing: whoever waits will never be told.
  void drop_callbacks() noexcept;
  void mark_retrieved() noexcept { unretrieved_ = false; }
  const _CancelMessage cancel_message() const { return message_ ? _CancelMessage(*message_) : std::nullopt; }

  // To see one future twice in a list: true the first time.
  bool mark() noexcept { return !std::exchange(marked_, true); }
  void unmark() noexcept { marked_ = false; }

  virtual void* result_address() noexcept = 0;
  virtual std::string repr() const;
  // What a gather, a task group, a wait() or a shield() waits for; for those who look on.
  virtual std::vector<_FutureCore*> children() const { return {}; }
  Kind kind() const noexcept { return kind_; }
  // The name it was given; "" when it got none.
  virtual std::string name() const { return name_ ? *name_ : std::string(); }
  // What "<Future pending cb=[1]>" says after the name.
  std::string describe_state() const;

  std::uint32_t _refs = 0;
  void _unreferenced() noexcept {
    if (unretrieved_) [[unlikely]]
      report_unretrieved();
    delete this;
  }
  static void* operator new(std::size_t size) { return _base::FrameAllocator::allocate(size); }
  static void operator delete(void* p, std::size_t size) noexcept { _base::FrameAllocator::deallocate(p, size); }

 private:
  friend _ToolsLayout;
  void report_unretrieved() noexcept;

 protected:
  State state_ = State::Pending;
  bool unretrieved_ = false;  // holds an exception that nobody has looked at
  Kind kind_;
  bool marked_ = false;
  _base::Ref<EventLoop> loop_;
  _base::IntrusiveList<_DoneCallback> callbacks_;
  std::exception_ptr exception_;  // of a cancelled one: the CancelledError that ended it
  std::unique_ptr<std::string> message_;
  std::unique_ptr<std::string> name_;
};

// The future of a gather, a task group, a wait() or a shield(), which is done when others are.
class _FutureOfMany : public _FutureCore {
 public:
  // `others` is where they stand, as long as this is pending.
  _FutureOfMany(EventLoop& loop, Kind kind, const std::vector<_base::Ref<_FutureCore>>* others)
      : _FutureCore(loop, kind), others_(others) {}
  std::vector<_FutureCore*> children() const override;

 private:
  friend _ToolsLayout;
  const std::vector<_base::Ref<_FutureCore>>* others_;
};

template <class T, class Base>
class _WithResult : public Base {
 public:
  using Base::Base;
  void* result_address() noexcept override { return &result_; }
  template <class U>
  void set_result(U&& value) {
    this->require_pending();
    result_.emplace(std::forward<U>(value));
    this->finish(_FutureCore::State::Finished);
  }

 protected:
  std::optional<_Stored<T>> result_;
};
template <class T>
using _FutureState = _WithResult<T, _FutureCore>;

// A future of whatever type. Comparing handles compares identities, as `is` does.
class FutureBase {
 public:
  FutureBase() = default;
  explicit FutureBase(_base::Ref<_FutureCore> core) : core_(std::move(core)) {}

  // Python: future.done(), cancelled()
  bool done() const { return core().done(); }
  bool cancelled() const { return core().cancelled(); }
  // Asks for the end; what waits gets CancelledError(message). False when it is done already. Python: future.cancel(msg)
  bool cancel() const { return core().cancel(std::nullopt); }
  bool cancel(std::string message) const { return core().cancel(std::move(message)); }
  // The exception it ended with, or null. Throws InvalidStateError "Exception is not set." when pending and
  // CancelledError when cancelled. Python: future.exception()
  std::exception_ptr exception() const { return core().exception(); }
  // Calls `function(future)` through the loop once this is done; at once in the next turn when it is done already.
  // Gives a number for remove_done_callback. Python: future.add_done_callback(fn)
  std::uint64_t add_done_callback(_base::Function<void(FutureBase)> function) const {
    return core().add_done_callback(std::move(function));
  }
  // How many were removed: 0 or 1. Departs from Python, which compares functions: C++ callables do not compare.
  std::size_t remove_done_callback(std::uint64_t id) const { return core().remove_done_callback(id); }
  // Python: future.get_loop()
  EventLoop& get_loop() const { return core().loop(); }
  // "<Task pending name='Task-2'>". Python: repr(future)
  std::string repr() const { return core().repr(); }

  explicit operator bool() const noexcept { return static_cast<bool>(core_); }
  bool operator==(const FutureBase& other) const noexcept { return core_ == other.core_; }
  _FutureCore& core() const {
    if (!core_) [[unlikely]]
      raise_empty();
    return *core_;
  }

 protected:
  [[noreturn]] static void raise_empty();
  _base::Ref<_FutureCore> core_;
};

// The wait for a future, in the waiting coroutine's frame.
class _FutureWait : public _Suspension {
 public:
  explicit _FutureWait(_base::Ref<_FutureCore> future) noexcept : _Suspension("future"), future_(std::move(future)) {}
  _FutureWait(const _FutureWait&) = delete;
  _FutureWait& operator=(const _FutureWait&) = delete;
  ~_FutureWait() { callback_.unlink(); }

  // What is done is awaited at once, but a row of such awaits gives way to the loop now and then, as Coroutine's does.
  bool await_ready() const noexcept { return future_->done() && (--_preemption.budget > 0 || !_preemption.yield); }
  bool await_suspend(std::coroutine_handle<> waiting);
  bool _cancel(const _CancelMessage& message) override { return future_->cancel(message); }
  _FutureCore* awaited() const noexcept override { return future_.get(); }

 protected:
  void finish();
  _base::Ref<_FutureCore> future_;
  _DoneCallback callback_;  // its `ready` is null while nothing was waited for
  _TaskCore* task_ = nullptr;

 private:
  friend _ToolsLayout;
  [[noreturn]] void raise_refused();
};

template <class T>
class _FutureAwaiter : public _FutureWait {
 public:
  using _FutureWait::_FutureWait;
  T await_resume() {
    finish();
    if constexpr (!std::is_void_v<T>) return _take_result<T>(*future_);
  }
};

[[noreturn]] void _raise_result_taken();

template <class T>
const T& _result_of(_FutureCore& core) {
  auto& result = *static_cast<std::optional<T>*>(core.result_address());
  if (!result) _raise_result_taken();
  return *result;
}

// A copy for those who share the future; the value itself for the only holder. What cannot be copied is given once.
template <class T>
T _take_result(_FutureCore& core) {
  auto& result = *static_cast<std::optional<T>*>(core.result_address());
  if constexpr (std::is_copy_constructible_v<T>) {
    if (core._refs > 1) return *result;
    return std::move(*result);
  } else {
    if (!result) _raise_result_taken();
    T value = std::move(*result);
    result.reset();
    return value;
  }
}

// Python: asyncio.Future
template <class T = void>
class Future : public FutureBase {
 public:
  using value_type = T;
  Future() = default;
  // `name` is for messages: "main waits on Future 'x', which nobody can set". Not in Python, where futures have none.
  explicit Future(EventLoop& loop, std::string name = {})
      : FutureBase(_base::Ref<_FutureCore>(new _FutureState<T>(loop, _FutureCore::Kind::Future, std::move(name)))) {}
  explicit Future(_base::Ref<_FutureCore> core) : FutureBase(std::move(core)) {}

  // Throws InvalidStateError "invalid state" when it is done, RuntimeError when it is a Task's.
  // Python: future.set_result(result)
  template <class U = _Stored<T>>
    requires std::is_constructible_v<_Stored<T>, U&&>
  void set_result(U&& value) const {
    core().require_settable("result");
    static_cast<std::optional<_Stored<T>>*>(core().result_address())->emplace(std::forward<U>(value));
    core().finish(_FutureCore::State::Finished);
  }
  void set_result() const
    requires std::is_void_v<T>
  {
    set_result(None);
  }
  void set_exception(std::exception_ptr exception) const {
    core().require_settable("exception");
    core().set_exception(std::move(exception));
  }
  template <class E>
    requires(!std::is_same_v<std::remove_cvref_t<E>, std::exception_ptr>)
  void set_exception(E&& exception) const {
    set_exception(std::make_exception_ptr(std::forward<E>(exception)));
  }

  // The result, or throws the exception; InvalidStateError "Result is not set." when pending.
  // A reference that lives as long as the future. Python: future.result()
  decltype(auto) result() const {
    core().raise_unless_result();
    if constexpr (!std::is_void_v<T>) return _result_of<T>(core());
  }

  // Python: await future. A copy of the result where T can be copied, else the result itself, once.
  _FutureAwaiter<T> operator co_await() const& { return _FutureAwaiter<T>((core(), core_)); }
  _FutureAwaiter<T> operator co_await() && { return _FutureAwaiter<T>((core(), std::move(core_))); }
};

template <class T>
Future<T> EventLoop::create_future(std::string name) {
  return Future<T>(*this, std::move(name));
}

}  // namespace krait::asyncio
