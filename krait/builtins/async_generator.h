#pragma once
// AsyncGenerator<T>: what an `async def` with `yield` returns: a coroutine that may co_await and co_yield.
//
//   AsyncGenerator<int> ticks(int n) {
//     for (int i = 0; i < n; ++i) {
//       co_await asyncio::sleep(1s);
//       co_yield i;
//     }
//   }
//   auto numbers = ticks(3);
//   while (auto n = co_await numbers.anext()) print(*n);                // async for n in numbers
//   co_await async_for(ticks(3), [](int n) { print(n); });              // the same, for one that has no name
//
// Destroying one that stands at a yield runs the destructors of its locals there and then. Departs from Python, which
// leaves a generator that was broken out of to the event loop, so that its `finally` runs some turns later, or at the
// loop's end. What awaits after the yield runs only with aclose(): contextlib::aclosing calls it.
//
// C++ allows neither co_yield nor co_await within a catch block: keep std::current_exception(), and go on after it.

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "krait/builtins/awaitable.h"
#include "krait/builtins/coroutine.h"

namespace krait {

struct _AsyncGeneratorPromise;

// The generator object, as its frame sees it. Null: there is nothing left to run.
struct _AsyncGeneratorOwner {
  _AsyncGeneratorPromise* promise = nullptr;
};

// The part of a generator that does not know its type. `continuation` is who awaits the step under way, and
// stale at a yield.
struct _AsyncGeneratorPromise : _PromiseBase {
  // Running: a step is under way, perhaps within a co_await of the generator's.
  enum class State : std::uint8_t { Created, AtYield, Running, Ended } state = State::Created;
  bool is_lvalue = false;   // what was yielded is a variable of the generator's: a step must copy it
  int refs = 0;             // the generator object and the steps
  void* current = nullptr;  // what was yielded; it lives in the frame until the generator goes on
  _AsyncGeneratorOwner* owner = nullptr;
  std::exception_ptr thrown_in, error;

  struct YieldAwaiter {
    _AsyncGeneratorPromise* promise;
    bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept { return promise->continuation; }
    void await_resume() {
      if (promise->thrown_in) [[unlikely]]
        std::rethrow_exception(std::exchange(promise->thrown_in, nullptr));
    }
  };
  // Holds a copy of what was yielded as const.
  template <class T>
  struct YieldCopy : YieldAwaiter {
    T copy;
    YieldCopy(_AsyncGeneratorPromise* p, const T& value) : YieldAwaiter{p}, copy(value) {}
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> self) noexcept {
      this->promise->current = std::addressof(copy);
      return YieldAwaiter::await_suspend(self);
    }
  };
  void return_void() noexcept {}
  // StopIteration and StopAsyncIteration become a RuntimeError.
  void unhandled_exception() noexcept;

  std::coroutine_handle<> frame() noexcept {
    return std::coroutine_handle<_AsyncGeneratorPromise>::from_promise(*this);
  }
  void unref() noexcept {
    if (--refs == 0) frame().destroy();
  }
  // The generator object lets go of the frame, which goes when the last step has.
  void disown() noexcept {
    if (!owner) return;
    std::exchange(owner, nullptr)->promise = nullptr;
    unref();
  }
  void end() noexcept {
    state = State::Ended;
    disown();
  }
};

// One step: what anext(), athrow() and aclose() give. Nothing happens until it is awaited, and it is awaited once. It
// keeps the frame alive, so that a task may make the step when the generator object has gone already.
class [[nodiscard("a step of an async generator does nothing until it is awaited")]] _AsyncGeneratorStep {
 public:
  _AsyncGeneratorStep(_AsyncGeneratorStep&& other) noexcept
      : promise_(std::exchange(other.promise_, nullptr)), phase_(other.phase_), kind_(other.kind_) {}
  _AsyncGeneratorStep& operator=(_AsyncGeneratorStep&&) = delete;
  ~_AsyncGeneratorStep() {
    if (!promise_) return;
    // The task that was making it is destroyed. What the generator waits for will never come.
    if (phase_ == Phase::Stepping) [[unlikely]]
      promise_->end();
    promise_->unref();
  }

  bool await_ready() {
    if (phase_ == Phase::Fresh && promise_ && promise_->state < State::Running) [[likely]]
      return false;
    return refuse();
  }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    phase_ = Phase::Stepping;
    promise_->continuation = caller;
    promise_->state = State::Running;
    std::coroutine_handle<> frame = promise_->frame();
    if (--_preemption.budget <= 0 && _preemption.yield && _preemption.yield(frame)) [[unlikely]]
      return std::noop_coroutine();
    return frame;
  }

 protected:
  using State = _AsyncGeneratorPromise::State;
  enum class Phase : std::uint8_t { Fresh, Stepping, Done };
  enum class Kind : std::uint8_t { Next, Throw, Close };
  _AsyncGeneratorStep(_AsyncGeneratorPromise* promise, Kind kind) noexcept : promise_(promise), kind_(kind) {
    if (promise_) ++promise_->refs;
  }
  // True: a value was yielded. False: the generator has ended. Throws what it threw.
  bool finish() {
    if (phase_ == Phase::Stepping) [[likely]] {
      phase_ = Phase::Done;
      if (!promise_->frame().done()) [[likely]] {
        promise_->state = State::AtYield;
        return true;
      }
    }
    end();
    return false;
  }
  template <class T>
  std::optional<T> value() {
    T& current = *static_cast<T*>(promise_->current);
    if constexpr (std::is_copy_constructible_v<T>) {
      if (promise_->is_lvalue) return std::optional<T>(std::in_place, std::as_const(current));
    }
    return std::optional<T>(std::in_place, std::move(current));
  }

  _AsyncGeneratorPromise* promise_;
  Phase phase_ = Phase::Fresh;
  const Kind kind_;

 private:
  // True: nothing is left to run. Otherwise throws RuntimeError.
  bool refuse();
  void end();
};

// A step that throws something in at the yield.
class _AsyncGeneratorThrow : public _AsyncGeneratorStep {
 public:
  bool await_ready();
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
    promise_->thrown_in = std::move(error_);
    return _AsyncGeneratorStep::await_suspend(caller);
  }

 protected:
  _AsyncGeneratorThrow(_AsyncGeneratorPromise* promise, Kind kind, std::exception_ptr error) noexcept
      : _AsyncGeneratorStep(promise, kind), error_(std::move(error)) {}

 private:
  std::exception_ptr error_;
};

class _AsyncGeneratorClose final : public _AsyncGeneratorThrow {
 public:
  explicit _AsyncGeneratorClose(_AsyncGeneratorPromise* promise);
  void await_resume();
};

// Python: the asynchronous generator that calling an `async def` function with a `yield` makes.
template <class T>
class [[nodiscard("an async generator does nothing until it is iterated")]] AsyncGenerator
    : private _AsyncGeneratorOwner {
 public:
  static_assert(!std::is_reference_v<T> && !std::is_void_v<T>,
                "an AsyncGenerator gives values: yield a pointer, or std::reference_wrapper");
  using value_type = T;

  struct promise_type : _AsyncGeneratorPromise {
    AsyncGenerator get_return_object() noexcept { return AsyncGenerator(this); }
    // What cannot be copied is yielded with std::move.
    YieldAwaiter yield_value(T& value) noexcept
      requires std::is_copy_constructible_v<T>
    {
      current = std::addressof(value);
      is_lvalue = true;
      return {this};
    }
    YieldAwaiter yield_value(T&& value) noexcept {
      current = std::addressof(value);  // the temporary lives until the generator is resumed
      is_lvalue = false;
      return {this};
    }
    YieldCopy<T> yield_value(const T& value)
      requires std::is_copy_constructible_v<T>
    {
      is_lvalue = false;
      return {this, value};
    }
  };

  AsyncGenerator(AsyncGenerator&& other) noexcept { take(other); }
  AsyncGenerator& operator=(AsyncGenerator&& other) noexcept {
    if (this != &other) {
      if (promise) promise->disown();
      take(other);
    }
    return *this;
  }
  ~AsyncGenerator() {
    if (promise) promise->disown();
  }

  class Next final : public _AsyncGeneratorStep {
   public:
    explicit Next(_AsyncGeneratorPromise* p) noexcept : _AsyncGeneratorStep(p, Kind::Next) {}
    std::optional<T> await_resume() {
      if (!finish()) return std::nullopt;
      return value<T>();
    }
  };
  // Gives the value where it lies in the generator, until the next step; null at the end.
  class Advance final : public _AsyncGeneratorStep {
   public:
    explicit Advance(_AsyncGeneratorPromise* p) noexcept : _AsyncGeneratorStep(p, Kind::Next) {}
    T* await_resume() { return finish() ? static_cast<T*>(promise_->current) : nullptr; }
  };
  class Throw final : public _AsyncGeneratorThrow {
   public:
    Throw(_AsyncGeneratorPromise* p, std::exception_ptr error) noexcept
        : _AsyncGeneratorThrow(p, Kind::Throw, std::move(error)) {}
    std::optional<T> await_resume() {
      if (!finish()) return std::nullopt;
      return value<T>();
    }
  };

  // Awaited: the next value, or nullopt at the end and ever after (where Python raises StopAsyncIteration). Throws what
  // the generator throws, CancelledError among it, and that ends it; RuntimeError while another task awaits a step.
  // Python: generator.__anext__()
  Next anext() & noexcept { return Next(promise); }
  Next anext() && = delete;  // every turn of a loop would make a new generator: give it a name

  Advance _advance() & noexcept { return Advance(promise); }

  // Awaited: throws `error` in at the yield and gives the next value. One that has not started throws it straight back,
  // and has ended then; one that has ended gives nullopt. Python: generator.athrow(error)
  Throw athrow(std::exception_ptr error) & noexcept { return Throw(promise, std::move(error)); }

  // Awaited: throws GeneratorExit in at the yield, so that what stands after it may await, and ends. Throws RuntimeError
  // "async generator ignored GeneratorExit" when the generator yields again. Python: generator.aclose()
  _AsyncGeneratorClose aclose() & { return _AsyncGeneratorClose(promise); }

 private:
  explicit AsyncGenerator(promise_type* p) noexcept {
    promise = p;
    p->owner = this;
    p->refs = 1;
  }
  void take(AsyncGenerator& other) noexcept {
    promise = std::exchange(other.promise, nullptr);
    if (promise) promise->owner = this;
  }
};

// What awaiting `iterator.anext()` gives, if that is a std::optional; its value_type is the iterator's.
template <class I>
using _anext_result = _await_result<decltype(std::declval<I&>().anext())>;

// An object with `anext()` that gives, awaited, a std::optional: an AsyncGenerator, a Reader. Python: __anext__
template <class I>
concept AsyncIterator = std::same_as<_anext_result<I>, std::optional<typename _anext_result<I>::value_type>>;

// What `async for` takes: an AsyncIterator, or an object whose `aiter()` gives one. Python: __aiter__
template <class A>
concept AsyncIterable = AsyncIterator<A> || requires(A& object) {
  { object.aiter() } -> AsyncIterator;
};

// The iterator of an iterable; an iterator itself. Python: aiter(async_iterable)
template <class A>
decltype(auto) aiter(A& iterable) {
  static_assert(AsyncIterable<A>,
                "'async for' requires an object with aiter(), or with anext() that gives an optional");
  if constexpr (requires { iterable.aiter(); }) {
    return iterable.aiter();
  } else {
    return (iterable);
  }
}

// Python: anext(async_iterator)
template <AsyncIterator I>
auto anext(I& iterator) {
  return iterator.anext();
}
// `fallback` at the end. The iterator must live until it is awaited. Python: anext(async_iterator, default)
template <AsyncIterator I>
Coroutine<typename _anext_result<I>::value_type> anext(I& iterator, typename _anext_result<I>::value_type fallback) {
  auto item = co_await iterator.anext();
  if (item) co_return std::move(*item);
  co_return std::move(fallback);
}

template <class A, class Body>
Coroutine<> _async_for(A iterable, Body body) {
  auto&& iterator = aiter(iterable);
  while (auto item = co_await iterator.anext()) {
    if constexpr (Awaitable<decltype(body(std::move(*item)))>) {
      co_await body(std::move(*item));
    } else {
      body(std::move(*item));
    }
  }
}
// Calls `body(item)` for each, and awaits what it gives when that can be awaited. A named iterable is used in place and
// must live until the end. For a loop that breaks, write `while (auto item = co_await iterator.anext())`.
// Python: async for item in iterable: body
template <class A, class Body>
Coroutine<> async_for(A&& iterable, Body body) {
  return _async_for<A, Body>(std::forward<A>(iterable), std::move(body));
}

}  // namespace krait
