#pragma once
// Generator<T>: what a `def` with `yield` returns.
//
//   Generator<int> count(int n) { for (int i = 0; i < n; ++i) co_yield i; }
//   for (int i : count(3)) print(i);
//   auto g = count(3);  std::optional<int> first = g.next();      // nullopt = StopIteration
//
//   Generator<double, int> average() {                            // one that values are sent to
//     double total = 0;
//     for (int n = 1;; ++n) total += (co_yield total / n).value_or(0);
//   }
//
// Leaving early destroys the frame, which runs the destructors of its locals (Python: close() and `finally`).

#include <coroutine>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "krait/_base/frame_allocator.h"

namespace krait {

// Within a catch block: what leaves a generator goes on, but for a StopIteration, which becomes a RuntimeError: PEP 479.
[[noreturn]] void _leave_generator();
[[noreturn]] void _raise_running_generator();
[[noreturn]] void _raise_sent_too_early();

template <class Sent>
struct _SentIn {
  std::optional<Sent> sent;
};
template <>
struct _SentIn<void> {};

// Yields T. With Sent, what `co_yield` gives back is a std::optional<Sent>: what send() was given, nothing for next().
template <class T, class Sent = void>
class [[nodiscard("a generator does nothing until it is iterated")]] Generator {
 public:
  struct promise_type : _SentIn<Sent> {
    T* current = nullptr;
    bool is_lvalue = false;  // the generator's own variable: next() must copy it
    bool running = false;
    std::optional<T> copy;  // of what was yielded as a const lvalue
    std::exception_ptr thrown_in;

    Generator get_return_object() noexcept { return Generator(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    // The exception leaves through next(), in the caller's own stack.
    void unhandled_exception() {
      running = false;
      _leave_generator();
    }
    void return_void() noexcept {}

    struct YieldAwaiter {
      promise_type* promise;
      bool await_ready() noexcept { return false; }
      void await_suspend(std::coroutine_handle<>) noexcept {}
      auto await_resume() {
        if (promise->thrown_in) std::rethrow_exception(std::exchange(promise->thrown_in, nullptr));
        if constexpr (!std::is_void_v<Sent>) return std::exchange(promise->sent, std::nullopt);
      }
    };
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
    YieldAwaiter yield_value(const T& value)
      requires std::is_copy_constructible_v<T>
    {
      copy = value;
      current = std::addressof(*copy);
      is_lvalue = false;
      return {this};
    }
    template <class U>
    void await_transform(U&&) = delete;  // a Generator cannot await

    static void* operator new(std::size_t size) { return _base::FrameAllocator::allocate(size); }
    static void operator delete(void* frame, std::size_t size) noexcept {
      _base::FrameAllocator::deallocate(frame, size);
    }
  };

  Generator(Generator&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Generator& operator=(Generator&& other) noexcept {
    if (this != &other) {
      close();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Generator() { close(); }

  // The next value, or nullopt at the end and ever after (where Python raises StopIteration).
  // Throws what the generator throws; ValueError from within itself. Python: next(generator)
  std::optional<T> next() {
    if (!advance()) return std::nullopt;
    promise_type& promise = handle_.promise();
    if constexpr (std::is_copy_constructible_v<T>) {
      if (promise.is_lvalue) return *promise.current;
    }
    return std::move(*promise.current);
  }

  // The next value, when `value` is what the yield at which the generator stands gives back. Throws TypeError when it has
  // not started: it has no yield yet to give it. Python: generator.send(value)
  template <class U = Sent>
    requires(!std::is_void_v<U>)
  std::optional<T> send(std::type_identity_t<U> value) {
    if (handle_ && !handle_.promise().current) _raise_sent_too_early();
    if (handle_) handle_.promise().sent.emplace(std::move(value));
    return next();
  }

  // Throws `error` in at the yield and gives the next value. A generator that has not started, or has
  // ended, throws it straight back. Python: generator.throw(error)
  std::optional<T> throw_(std::exception_ptr error) {
    refuse_if_running();
    if (!handle_ || handle_.done() || !handle_.promise().current) {
      close();
      std::rethrow_exception(std::move(error));
    }
    handle_.promise().thrown_in = std::move(error);
    return next();
  }

  // Python: generator.close()
  void close() noexcept {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }

  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    explicit iterator(Generator* generator) : generator_(generator) {}
    T& operator*() const { return *generator_->handle_.promise().current; }
    iterator& operator++() {
      generator_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return !generator_->handle_ || generator_->handle_.done(); }

   private:
    Generator* generator_;
  };
  iterator begin() {
    advance();
    return iterator(this);
  }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  using Handle = std::coroutine_handle<promise_type>;
  explicit Generator(Handle handle) noexcept : handle_(handle) {}
  void refuse_if_running() {
    if (handle_ && handle_.promise().running) _raise_running_generator();
  }
  bool advance() {
    refuse_if_running();
    if (!handle_ || handle_.done()) return false;
    handle_.promise().running = true;
    handle_.resume();
    handle_.promise().running = false;
    return !handle_.done();
  }
  Handle handle_;
};

}  // namespace krait
