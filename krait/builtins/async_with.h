#pragma once
// Python: async with manager as value: body
//
//   co_await async_with(asyncio::timeout(2s), [&](asyncio::Timeout& scope) -> Coroutine<> { co_await work(); });
//
// A manager has `aenter()` and `aexit(std::exception_ptr)`, coroutines both: what aenter gives goes to the body, and
// aexit gets what left it (null: nothing) and swallows that by giving true. A destructor cannot await; this can.

#include <concepts>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "krait/builtins/awaitable.h"
#include "krait/builtins/coroutine.h"
#include "krait/builtins/with.h"

namespace krait {

// Python: the asynchronous context manager protocol, contextlib.AbstractAsyncContextManager. One whose aenter() gives
// nothing hands itself to the body (`return self`). An aexit() that gives nothing swallows nothing.
template <class M>
concept AsyncContextManager = requires(M& manager, std::exception_ptr error) {
  { manager.aenter() } -> Awaitable;
  { manager.aexit(error) } -> Awaitable;
  requires _BoolOrVoid<_await_result<decltype(manager.aexit(error))>>;
};

// What aenter() gave, for as long as the block lasts.
template <class Entered>
struct _Entered {
  std::optional<Entered> value;
  template <class Manager>
  Entered& argument(Manager&) {
    return *value;
  }
};
template <class Entered>
struct _Entered<Entered&> {
  std::optional<std::reference_wrapper<Entered>> value;
  template <class Manager>
  Entered& argument(Manager&) {
    return *value;
  }
};
template <>
struct _Entered<void> {
  template <class Manager>
  Manager& argument(Manager& manager) {
    return manager;
  }
};

// Owns the manager, unless Manager is a reference, and the body.
template <class T, class Manager, class Body>
Coroutine<T> _async_with(Manager manager, Body body) {
  using Gives = _await_result<decltype(manager.aenter())>;
  _Entered<Gives> entered;
  if constexpr (std::is_void_v<Gives>) {
    co_await manager.aenter();
  } else {
    entered.value.emplace(co_await manager.aenter());
  }
  auto& argument = entered.argument(manager);
  std::exception_ptr error;
  std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> result;
  try {
    if constexpr (Awaitable<decltype(_call_body(body, argument))>) {
      if constexpr (std::is_void_v<T>) {
        co_await _call_body(body, argument);
      } else {
        result.emplace(co_await _call_body(body, argument));
      }
    } else if constexpr (std::is_void_v<T>) {
      _call_body(body, argument);
    } else {
      result.emplace(_call_body(body, argument));
    }
  } catch (...) {
    error = std::current_exception();
  }
  bool swallowed = false;
  try {
    if constexpr (std::is_void_v<_await_result<decltype(manager.aexit(error))>>) {
      co_await manager.aexit(error);
    } else {
      swallowed = static_cast<bool>(co_await manager.aexit(error));
    }
  } catch (...) {
    if constexpr (!_SeesToCauses<Manager>) _note_earlier(error);
    throw;
  }
  if (error && !swallowed) std::rethrow_exception(error);
  if constexpr (!std::is_void_v<T>) {
    if (!result) co_return _no_result<T>();
    co_return std::move(*result);
  }
}

// Gives, awaited, what the body gives: a coroutine function, or a plain one. A named manager is used in place and must
// live as long. When aexit swallows the exception of a body that gives a T, the result is a T{}; where T has no default,
// RuntimeError. An exception of aexit replaces the body's, and has it for its cause.
template <class Manager, class Body>
auto async_with(Manager&& manager, Body body) {
  if constexpr (!AsyncContextManager<Manager>) {
    static_assert(AsyncContextManager<Manager>,
                  "the object does not support the asynchronous context manager protocol: it needs aenter() and "
                  "aexit(std::exception_ptr), coroutines both");
  } else {
    using Argument = _with_argument<Manager, _await_result<decltype(manager.aenter())>>;
    static_assert(_WithBody<Body, Argument>,
                  "the body of async_with() takes what the manager's aenter() gives, or nothing");
    if constexpr (_WithBody<Body, Argument>) {
      using T = typename _called<decltype(_call_body(body, std::declval<Argument>()))>::type;
      return _async_with<std::decay_t<T>, Manager>(std::forward<Manager>(manager), std::move(body));
    }
  }
}

}  // namespace krait
