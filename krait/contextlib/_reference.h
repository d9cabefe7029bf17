#pragma once
// An awaitable that gives a reference, which a Coroutine cannot.

#include <coroutine>
#include <utility>

#include "krait/builtins/coroutine.h"

namespace krait::contextlib {

template <class T>
class [[nodiscard]] _Reference {
 public:
  _Reference(Coroutine<T*> coroutine) : coroutine_(std::move(coroutine)) {}
  auto operator co_await() { return Awaiter{coroutine_.operator co_await()}; }

 private:
  template <class Inner>
  struct Awaiter {
    Inner inner;
    explicit Awaiter(Inner i) : inner(std::move(i)) {}
    bool await_ready() { return inner.await_ready(); }
    auto await_suspend(std::coroutine_handle<> waiting) { return inner.await_suspend(waiting); }
    T& await_resume() { return *inner.await_resume(); }
  };
  template <class Inner>
  Awaiter(Inner) -> Awaiter<Inner>;
  Coroutine<T*> coroutine_;
};

}  // namespace krait::contextlib
