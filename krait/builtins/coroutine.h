#pragma once
// Coroutine<T>: what `async def` returns. Lazy (nothing runs until it is awaited), move-only, awaited once.
//
//   Coroutine<int> answer() { co_return 42; }
//   Coroutine<> caller() { int n = co_await answer(); }
//
// Ownership: the object owns the frame; awaiting moves nothing, the frame lives until the object dies.
// Parameters are copied into the frame by the language: take values, not references to the caller's temporaries.

#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

#include "krait/_base/frame_allocator.h"

namespace krait {

template <class T = void>
class Coroutine;

// Awaits that complete at once never reach the event loop. So that a million of them in a row starve neither
// timers nor I/O, each one spends a little of a budget; when it is spent, the loop may take the coroutine's
// first step over into its next turn. (No loop: the budget only counts.)
struct _Preemption {
  int budget = 0;
  // True when the loop will resume `coroutine` itself; false: go on now, the budget is renewed.
  bool (*yield)(std::coroutine_handle<> coroutine) = nullptr;
};
extern constinit thread_local _Preemption _preemption;

// KRAIT_DEBUG=1, or a loop that was set to debug. Coroutines then remember where they were made, and one that is dropped
// without having been awaited is reported. Python: the development mode
extern bool _development_mode;
struct _PromiseBase;
void _remember_maker(_PromiseBase* promise) noexcept;
void _forget_maker(_PromiseBase* promise) noexcept;
// "coroutine 'f' was never awaited" and where it was made, to _never_awaited_hook or stderr.
void _report_never_awaited(std::coroutine_handle<> frame) noexcept;
extern void (*_never_awaited_hook)(const std::string& message) noexcept;

// The first base of every promise that can await, at the same place in every frame: whoever holds a suspended frame
// can walk up its chain of awaits.
struct _PromiseBase {
  std::coroutine_handle<> continuation;  // who awaits this one; null for the root of a task
  std::source_location where;            // the await it stands at; the coroutine itself before the first

  std::suspend_always initial_suspend(std::source_location at = std::source_location::current()) noexcept {
    where = at;
    return {};
  }
  template <class A>
  A&& await_transform(A&& awaitable, std::source_location at = std::source_location::current()) noexcept {
    where = at;
    return static_cast<A&&>(awaitable);
  }
  static _PromiseBase& of(std::coroutine_handle<> frame) noexcept {
    return std::coroutine_handle<_PromiseBase>::from_address(frame.address()).promise();
  }
  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) noexcept {
      std::coroutine_handle<> next = done.promise().continuation;
      return next ? next : std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }

  static void* operator new(std::size_t size) { return _base::FrameAllocator::allocate(size); }
  static void operator delete(void* frame, std::size_t size) noexcept {
    _base::FrameAllocator::deallocate(frame, size);
  }

 protected:
  // In the constructor, not with the frame's memory: the compiler may do without that.
  _PromiseBase() noexcept {
    if (_development_mode) [[unlikely]]
      _remember_maker(this);
  }
  ~_PromiseBase() {
    if (_development_mode) [[unlikely]]
      _forget_maker(this);
  }
};

// The exception that is being caught, after having noted in it that it leaves a coroutine at `where`.
std::exception_ptr _leaving(std::source_location where) noexcept;

// Where a coroutine leaves its outcome: a T, an exception, or nothing yet.
template <class T>
struct _Outcome {
  enum class Kind : unsigned char { None, Value, Error } kind = Kind::None;
  union {
    T value;
    std::exception_ptr error;
  };

  _Outcome() noexcept {}
  _Outcome(const _Outcome&) = delete;
  _Outcome& operator=(const _Outcome&) = delete;
  ~_Outcome() {
    if (kind == Kind::Value) value.~T();
    if (kind == Kind::Error) error.~exception_ptr();
  }
  template <class U>
  void set_value(U&& v) {
    new (&value) T(std::forward<U>(v));
    kind = Kind::Value;
  }
  void set_error(std::exception_ptr e) noexcept {
    if (kind == Kind::Value) value.~T();  // `co_return x` whose locals' destructors threw
    new (&error) std::exception_ptr(std::move(e));
    kind = Kind::Error;
  }
  T take() {
    if (kind == Kind::Error) std::rethrow_exception(error);
    return std::move(value);
  }
};

template <>
struct _Outcome<void> {
  std::exception_ptr error;
  void set_error(std::exception_ptr e) noexcept { error = std::move(e); }
  void take() {
    if (error) std::rethrow_exception(error);
  }
};

template <class T>
struct _Promise : _PromiseBase {
  _Outcome<T> outcome;
  Coroutine<T> get_return_object() noexcept;
  template <class U = T>
    requires std::is_convertible_v<U&&, T>
  void return_value(U&& value) {
    outcome.set_value(std::forward<U>(value));
  }
  void unhandled_exception() noexcept { outcome.set_error(_leaving(where)); }
};

template <>
struct _Promise<void> : _PromiseBase {
  _Outcome<void> outcome;
  Coroutine<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void unhandled_exception() noexcept { outcome.set_error(_leaving(where)); }
};

[[noreturn]] void _raise_reused_coroutine();

// Python: the coroutine object that calling an `async def` function makes.
template <class T>
class [[nodiscard("a coroutine does nothing until it is awaited or made a task")]] Coroutine {
 public:
  static_assert(!std::is_reference_v<T>, "a Coroutine gives a value: return a pointer, or std::reference_wrapper");
  using promise_type = _Promise<T>;
  using value_type = T;
  using Handle = std::coroutine_handle<promise_type>;

  Coroutine(Coroutine&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Coroutine& operator=(Coroutine&& other) noexcept {
    if (this != &other) {
      drop();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Coroutine() { drop(); }

  // Drops a coroutine that shall not run, without a report. Python: coroutine.close()
  void close() noexcept {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }

  // Python: await coroutine. Throws what the coroutine throws; RuntimeError
  // "cannot reuse already awaited coroutine" the second time (and for one moved away).
  auto operator co_await() { return Awaiter(start()); }

  // Gives the frame away (to a Task). Throws as operator co_await does.
  Handle _release() {
    start();
    return std::exchange(handle_, nullptr);
  }

 private:
  friend promise_type;
  explicit Coroutine(Handle handle) noexcept : handle_(handle) {}

  struct Awaiter {
    Handle child;
    explicit Awaiter(Handle h) noexcept : child(h) {}
    bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
      child.promise().continuation = caller;
      if (--_preemption.budget <= 0 && _preemption.yield && _preemption.yield(child)) [[unlikely]]
        return std::noop_coroutine();
      return child;
    }
    T await_resume() { return child.promise().outcome.take(); }
  };

  void drop() noexcept {
    if (!handle_) return;
    if (_development_mode && !handle_.done() && !handle_.promise().continuation) [[unlikely]]
      _report_never_awaited(handle_);
    handle_.destroy();
  }
  Handle start() {
    if (!handle_ || handle_.done() || handle_.promise().continuation) [[unlikely]]
      _raise_reused_coroutine();
    return handle_;
  }

  Handle handle_;
};

template <class T>
Coroutine<T> _Promise<T>::get_return_object() noexcept {
  return Coroutine<T>(std::coroutine_handle<_Promise>::from_promise(*this));
}
inline Coroutine<void> _Promise<void>::get_return_object() noexcept {
  return Coroutine<void>(std::coroutine_handle<_Promise>::from_promise(*this));
}

}  // namespace krait
