#pragma once
// What can be awaited, and what awaiting it gives. Python: asyncio.coroutines

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

#include "krait/builtins/coroutine.h"

namespace krait::asyncio {

template <class A>
concept _Awaiter = requires(A& a) {
  { a.await_ready() } -> std::convertible_to<bool>;
  a.await_resume();
};
template <class A>
concept _HasCoAwait = requires(A&& a) { std::forward<A>(a).operator co_await(); };

// What `co_await` takes: a Coroutine, Task, Future, or an awaiter such as sleep() gives.
template <class A>
concept Awaitable = _Awaiter<A> || _HasCoAwait<A>;

template <class A>
struct _await_result_of {};
template <_Awaiter A>
struct _await_result_of<A> {
  using type = decltype(std::declval<A&>().await_resume());
};
template <_HasCoAwait A>
struct _await_result_of<A> {
  using type = decltype(std::declval<A>().operator co_await().await_resume());
};
template <class A>
using _await_result = typename _await_result_of<A>::type;

template <class A>
inline constexpr bool _is_coroutine = false;
template <class T>
inline constexpr bool _is_coroutine<Coroutine<T>> = true;

template <class T>
Coroutine<T> _as_coroutine(Coroutine<T> coroutine) {
  return coroutine;
}
template <Awaitable A>
  requires(!_is_coroutine<A>)
Coroutine<_await_result<A>> _as_coroutine(A awaitable) {
  co_return co_await std::move(awaitable);
}

template <class R>
struct _called {
  using type = R;
};
template <Awaitable R>
struct _called<R> {
  using type = _await_result<R>;
};

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
