#pragma once
// wait, wait_for, shield. Python: asyncio.wait, asyncio.wait_for, asyncio.shield

#include "krait/asyncio/timeouts.h"

namespace krait::asyncio {

enum class ReturnWhen : std::uint8_t { FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED };
using enum ReturnWhen;

struct WaitOptions {
  std::optional<nanoseconds> timeout = std::nullopt;  // for ever
  ReturnWhen return_when = ALL_COMPLETED;
};

// Python's sets of futures, in the order of the argument.
template <class F>
struct WaitResult {
  std::vector<F> done, pending;
};

// Waits until `return_when` holds for the distinct `futures`, or for `timeout`; gives the set of those that are done.
Coroutine<> _wait(std::vector<_base::Ref<_FutureCore>> futures, WaitOptions options);

// Waits for futures or tasks; cancels none, throws none of their exceptions. Throws ValueError for an empty list.
// Coroutines do not go in: make tasks of them first, so that they can be found in the result.
//   auto [done, pending] = co_await asyncio::wait(tasks, {.timeout = 2s});
// Python: asyncio.wait(fs, *, timeout=None, return_when=ALL_COMPLETED)
template <class F>
  requires std::is_base_of_v<FutureBase, F>
Coroutine<WaitResult<F>> wait(std::vector<F> futures, WaitOptions options = {}) {
  std::vector<_base::Ref<_FutureCore>> cores;
  std::vector<F> distinct;
  for (F& each : futures) each.core();  // throws for an empty one, before any is marked
  for (F& each : futures) {
    if (!each.core().mark()) continue;
    cores.emplace_back(&each.core());
    distinct.push_back(each);
  }
  for (F& each : distinct) each.core().unmark();
  co_await _wait(std::move(cores), options);
  WaitResult<F> result;
  for (F& each : distinct) (each.done() ? result.done : result.pending).push_back(std::move(each));
  co_return result;
}
template <class T>
void wait(std::vector<Coroutine<T>> coroutines, WaitOptions = {}) = delete;  // make tasks of them

// Cancels `future` and waits until it is done. Python: asyncio.tasks._cancel_and_wait
Coroutine<> _cancel_and_wait(FutureBase future);

// Awaits `awaitable`; when that takes longer than `timeout`, cancels it, waits for its end and throws TimeoutError.
// A timeout of zero or less does not even start a coroutine. Python: asyncio.wait_for(aw, timeout)
template <Awaitable A>
Coroutine<_await_result<A>> wait_for(A awaitable, std::optional<nanoseconds> timeout) {
  if (timeout && timeout->count() <= 0) {
    auto future = ensure_future(std::move(awaitable));
    if (!future.done()) {
      co_await _cancel_and_wait(future);
      if (future.cancelled()) {
        TimeoutError error;
        error.set_cause(future.core().make_cancelled_error());
        throw error;
      }
    }
    future.core().raise_unless_result();
    if constexpr (std::is_void_v<_await_result<A>>) {
      co_return;
    } else {
      co_return _take_result<_await_result<A>>(future.core());
    }
  }
  Timeout scope = asyncio::timeout(timeout);
  scope._enter();
  std::exception_ptr error;
  if constexpr (std::is_void_v<_await_result<A>>) {
    try {
      co_await std::move(awaitable);
    } catch (...) {
      error = std::current_exception();
    }
    scope._exit(error);
    if (error) std::rethrow_exception(error);
  } else {
    std::optional<_await_result<A>> result;
    try {
      result.emplace(co_await std::move(awaitable));
    } catch (...) {
      error = std::current_exception();
    }
    scope._exit(error);
    if (error) std::rethrow_exception(error);
    co_return std::move(*result);
  }
}

// What shield() gives: a future that knows, for those who look on, which one it stands before.
class _ShieldCore : public _FutureOfMany {
 public:
  explicit _ShieldCore(const FutureBase& inner)
      : _FutureOfMany(inner.get_loop(), Kind::Shield, &inner_), inner_{_base::Ref<_FutureCore>(&inner.core())} {}

 private:
  std::vector<_base::Ref<_FutureCore>> inner_;  // one
};

// Connects a future to one that may be cancelled without it. `copy` moves a result from the first to the second.
void _shield(const FutureBase& inner, const FutureBase& outer, void (*copy)(_FutureCore& from, _FutureCore& to));

// Waits for `awaitable`, but a cancelled wait leaves it running. An exception that it ends with after that is
// reported like any that nobody retrieves; CPython drops it. Python: asyncio.shield(aw)
template <Awaitable A>
Future<_await_result<A>> shield(A awaitable) {
  using T = _await_result<A>;
  Future<T> inner = ensure_future(std::move(awaitable));
  if (inner.done()) return inner;
  Future<T> outer(_base::Ref<_FutureCore>(new _WithResult<T, _ShieldCore>(inner)));
  _shield(inner, outer, [](_FutureCore& from, _FutureCore& to) {
    static_cast<_WithResult<T, _ShieldCore>&>(to).set_result(_take_result<_Stored<T>>(from));
  });
  return outer;
}

}  // namespace krait::asyncio
