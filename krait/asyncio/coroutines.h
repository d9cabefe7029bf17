#pragma once
// What can be awaited, and what awaiting it gives. Python: asyncio.coroutines

#include <type_traits>
#include <utility>

#include "krait/builtins/awaitable.h"
#include "krait/builtins/coroutine.h"

namespace krait::asyncio {

// What `co_await` takes: a Coroutine, Task, Future, or an awaiter such as sleep() gives.
using krait::_await_result;
using krait::Awaitable;

template <class A>
inline constexpr bool _is_coroutine = false;
template <class T>
inline constexpr bool _is_coroutine<Coroutine<T>> = true;

template <class T>
Coroutine<T> _as_coroutine(Coroutine<T> coroutine) {
  return coroutine;
}
template <Awaitable A>
  requires(!_is_coroutine<A> && !std::is_convertible_v<A, Coroutine<_await_result<A>>>)
Coroutine<_await_result<A>> _as_coroutine(A awaitable) {
  co_return co_await std::move(awaitable);
}

// What can say itself how it is a coroutine.
template <Awaitable A>
  requires(!_is_coroutine<A> && std::is_convertible_v<A, Coroutine<_await_result<A>>>)
Coroutine<_await_result<A>> _as_coroutine(A awaitable) {
  return std::move(awaitable);
}

// Owns the callable and its arguments for as long as the call lasts. A plain function's result is the result.
template <class F, class... Args>
Coroutine<typename _called<std::invoke_result_t<F&, Args...>>::type> _call(F function, Args... arguments) {
  if constexpr (Awaitable<std::invoke_result_t<F&, Args...>>) {
    co_return co_await function(std::move(arguments)...);
  } else {
    co_return function(std::move(arguments)...);
  }
}

}  // namespace krait::asyncio
