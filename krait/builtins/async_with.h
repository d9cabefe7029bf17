#pragma once
// Python: async with manager as value: body
//
//   co_await async_with(asyncio::timeout(2s), [&](asyncio::Timeout& scope) -> Coroutine<> { co_await work(); });
//
// A manager has `aenter()` and `aexit(std::exception_ptr)`, coroutines both: what aenter gives goes to the body, and
// aexit gets what left it (null: nothing) and swallows that by giving true. A destructor cannot await; this can.

#include <exception>
#include <optional>
#include <type_traits>

#include "krait/builtins/coroutine.h"

namespace krait {

// Gives what the body gives. When aexit swallows the exception of a body that gives a T, the result is a T{}.
template <class Manager, class Body>
auto async_with(Manager manager, Body body) -> std::invoke_result_t<Body&, std::remove_reference_t<Manager>&> {
  using T = typename std::invoke_result_t<Body&, std::remove_reference_t<Manager>&>::value_type;
  co_await manager.aenter();
  std::exception_ptr error;
  if constexpr (std::is_void_v<T>) {
    try {
      co_await body(manager);
    } catch (...) {
      error = std::current_exception();
    }
    if (!co_await manager.aexit(error) && error) std::rethrow_exception(error);
  } else {
    std::optional<T> result;
    try {
      result.emplace(co_await body(manager));
    } catch (...) {
      error = std::current_exception();
    }
    if (!co_await manager.aexit(error) && error) std::rethrow_exception(error);
    co_return result ? std::move(*result) : T{};
  }
}

}  // namespace krait
