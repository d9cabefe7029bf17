#pragma once
// What can be awaited, and what awaiting it gives. Python: collections.abc.Awaitable

#include <concepts>
#include <coroutine>
#include <utility>

namespace krait {

template <class A>
concept _Awaiter = requires(A& a) {
  { a.await_ready() } -> std::convertible_to<bool>;
  a.await_resume();
};
template <class A>
concept _HasCoAwait = requires(A&& a) { std::forward<A>(a).operator co_await(); };

// What `co_await` takes: a Coroutine, Task, Future, or an awaiter such as asyncio::sleep() gives.
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

// What a function that may be a coroutine function gives in the end: what its result gives when it is awaited, or
// that result itself.
template <class R>
struct _called {
  using type = R;
};
template <Awaitable R>
struct _called<R> {
  using type = _await_result<R>;
};

}  // namespace krait
