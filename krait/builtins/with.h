#pragma once
// Python: with manager as value: body
//
//   with(contextlib::suppress<FileNotFoundError>(), [&] { os::remove(name); });
//   std::string text = with(open(name), [](File& file) { return file.read(); });
//   co_await with(contextlib::suppress<TimeoutError>(), [&]() -> Coroutine<> { co_await slow(); });
//
// A manager has `enter()`, and `exit(std::exception_ptr)`, which gets what left the body (null: nothing) and swallows it
// by giving true. Where nobody need know of exceptions, a C++ class with a destructor does the same in fewer words.

#include <concepts>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "krait/builtins/awaitable.h"
#include "krait/builtins/coroutine.h"

namespace krait {

template <class R>
concept _BoolOrVoid = std::is_void_v<R> || std::convertible_to<R, bool>;

// Python: the context manager protocol, contextlib.AbstractContextManager. What enter() gives goes to the body; one that
// gives nothing hands itself to the body (`return self`). An exit() that gives nothing swallows nothing.
template <class M>
concept ContextManager = requires(M& manager, std::exception_ptr error) {
  manager.enter();
  { manager.exit(error) } -> _BoolOrVoid;
};

// A manager that sees to the causes of what it throws itself: an ExitStack, of whose exits one may have swallowed it.
template <class M>
concept _SeesToCauses = requires { typename std::remove_reference_t<M>::_sees_to_causes; };

// Within a catch block: the exception being handled came up while `earlier` was. It gets that for its cause, unless it
// has one: krait's exceptions keep no __context__ beside the __cause__. Python: e.__context__
void _note_earlier(const std::exception_ptr& earlier) noexcept;
// For a result that the body did not come to give, its exception swallowed: throws RuntimeError.
[[noreturn]] void _raise_no_result();

// What the body is called with: what entering gave, or the manager.
template <class Manager, class Entered>
using _with_argument = std::conditional_t<std::is_void_v<Entered>, std::remove_reference_t<Manager>&,
                                          std::add_lvalue_reference_t<std::remove_reference_t<Entered>>>;

// A body takes that, or nothing.
template <class Body, class Argument>
concept _WithBody = std::invocable<Body&, Argument> || std::invocable<Body&>;
template <class Body, class Argument>
decltype(auto) _call_body(Body& body, Argument& argument) {
  if constexpr (std::invocable<Body&, Argument&>) {
    return std::invoke(body, argument);
  } else {
    return std::invoke(body);
  }
}

template <class Manager>
bool _exit(Manager& manager, const std::exception_ptr& error) {
  if constexpr (std::is_void_v<decltype(manager.exit(error))>) {
    manager.exit(error);
    return false;
  } else {
    return static_cast<bool>(manager.exit(error));
  }
}
// Returns when the manager swallowed `error`; throws it, or what exit() threw in its place.
template <class Manager>
void _exit_with(Manager& manager, const std::exception_ptr& error) {
  bool swallowed = false;
  try {
    swallowed = _exit(manager, error);
  } catch (...) {
    if constexpr (!_SeesToCauses<Manager>) _note_earlier(error);
    throw;
  }
  if (!swallowed) std::rethrow_exception(error);
}
template <class T>
T _no_result() {
  if constexpr (std::is_void_v<T>) {
    return;
  } else if constexpr (std::default_initializable<T>) {
    return T{};
  } else {
    _raise_no_result();
  }
}

template <class Manager, class Argument, class Body>
auto _with_entered(Manager& manager, Argument& argument, Body& body) {
  using T = std::decay_t<decltype(_call_body(body, argument))>;
  std::exception_ptr error;
  if constexpr (std::is_void_v<T>) {
    try {
      _call_body(body, argument);
    } catch (...) {
      error = std::current_exception();
    }
    if (error) return _exit_with(manager, error);
    _exit(manager, nullptr);
  } else {
    std::optional<T> result;
    try {
      result.emplace(_call_body(body, argument));
    } catch (...) {
      error = std::current_exception();
    }
    if (error) {
      _exit_with(manager, error);
      return _no_result<T>();
    }
    _exit(manager, nullptr);
    return std::move(*result);
  }
}

template <class Manager, class Argument, class Body>
auto _with_awaiting(Manager& manager, Argument& argument, Body& body)
    -> Coroutine<_await_result<decltype(_call_body(body, argument))>> {
  using T = _await_result<decltype(_call_body(body, argument))>;
  std::exception_ptr error;
  if constexpr (std::is_void_v<T>) {
    try {
      co_await _call_body(body, argument);
    } catch (...) {
      error = std::current_exception();
    }
    if (error) {
      _exit_with(manager, error);
    } else {
      _exit(manager, nullptr);
    }
  } else {
    std::optional<T> result;
    try {
      result.emplace(co_await _call_body(body, argument));
    } catch (...) {
      error = std::current_exception();
    }
    if (error) {
      _exit_with(manager, error);
      co_return _no_result<T>();
    }
    _exit(manager, nullptr);
    co_return std::move(*result);
  }
}
// Owns the manager, unless Manager is a reference, and the body.
template <class Manager, class Body, class T>
Coroutine<T> _with_coroutine(Manager manager, Body body) {
  if constexpr (std::is_void_v<decltype(manager.enter())>) {
    manager.enter();
    co_return co_await _with_awaiting(manager, manager, body);
  } else {
    auto&& entered = manager.enter();
    co_return co_await _with_awaiting(manager, entered, body);
  }
}

// Enters `manager`, calls `body` with what that gave (or with nothing, if it takes nothing), and exits. Gives what the
// body gives. A body that gives a Coroutine is awaited within: `co_await with(…)`. A named manager is used in place, and
// then it must live as long. When exit() swallows the exception of a body that gives a T, the result is a T{}; where T
// has no default, RuntimeError. An exception of exit() replaces the body's, and has it for its cause.
template <class Manager, class Body>
auto with(Manager&& manager, Body&& body) {
  if constexpr (!ContextManager<Manager>) {
    static_assert(
        ContextManager<Manager>,
        "the object does not support the context manager protocol: it needs enter() and exit(std::exception_ptr)");
  } else {
    using Entered = decltype(manager.enter());
    using Argument = _with_argument<Manager, Entered>;
    static_assert(_WithBody<Body, Argument>, "the body of with() takes what the manager's enter() gives, or nothing");
    if constexpr (_WithBody<Body, Argument>) {
      using Result = decltype(_call_body(body, std::declval<Argument>()));
      if constexpr (Awaitable<Result>) {
        return _with_coroutine<Manager, std::decay_t<Body>, _await_result<Result>>(std::forward<Manager>(manager),
                                                                                   std::forward<Body>(body));
      } else if constexpr (std::is_void_v<Entered>) {
        manager.enter();
        return _with_entered(manager, manager, body);
      } else {
        auto&& entered = manager.enter();
        return _with_entered(manager, entered, body);
      }
    }
  }
}

}  // namespace krait
