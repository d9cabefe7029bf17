#pragma once
// A context manager made of a generator that yields once: before the yield is the entry, after it the exit.
//
//   auto make_mark = contextlib::contextmanager([]() -> Generator<NoneType> {
//     print("《");
//     co_yield None;
//     print("》");
//   });
//   with(make_mark(), [] { print("活着"); });
//
// An exception of the body is thrown in at the yield. Let nothing catch it there, and the exit is skipped: write a `try`,
// or leave the exit to a destructor. Catching it and returning swallows it.
// Python: contextlib.contextmanager, contextlib.asynccontextmanager

#include <exception>
#include <functional>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "krait/builtins/async_generator.h"
#include "krait/builtins/async_with.h"
#include "krait/builtins/generator.h"
#include "krait/builtins/with.h"
#include "krait/contextlib/_reference.h"

namespace krait::contextlib {

// Python: contextlib.AbstractContextManager, of which a class need not derive
template <class M>
concept AbstractContextManager = ContextManager<M>;
// Python: contextlib.AbstractAsyncContextManager
template <class M>
concept AbstractAsyncContextManager = AsyncContextManager<M>;

// Owns everything that the call needs, for as long as it lasts.
template <class Manager, class F, class... Args>
auto _await_within(Manager manager, F function, Args... arguments)
    -> Coroutine<typename _called<std::invoke_result_t<F&, Args...>>::type> {
  auto body = [&] { return std::invoke(function, std::move(arguments)...); };
  if constexpr (AsyncContextManager<Manager>) {
    co_return co_await async_with(manager, body);
  } else {
    co_return co_await with(manager, body);
  }
}

// A function that runs within a manager; `make` gives the manager for each call.
template <class Make, class F>
auto _decorated(Make make, F function) {
  return [make = std::move(make), function = std::move(function)]<class... Args>(Args&&... arguments) mutable {
    using Manager = std::invoke_result_t<Make&>;
    if constexpr (AsyncContextManager<Manager> || Awaitable<std::invoke_result_t<F&, Args...>>) {
      return _await_within<Manager, F, std::decay_t<Args>...>(make(), function, std::forward<Args>(arguments)...);
    } else {
      return with(make(), [&] { return std::invoke(function, std::forward<Args>(arguments)...); });
    }
  };
}

// A base that lets a manager be applied to a function: `auto g = tracked("x")(f)` calls f within it. Each call enters a copy
// of the manager (Python: the manager itself), so it needs no care when calls overlap. A coroutine function is awaited
// within, where Python would have left before it began. Python: contextlib.ContextDecorator
template <class Derived>
class ContextDecorator {
 public:
  template <class F>
  auto operator()(F function) const {
    return _decorated([manager = static_cast<const Derived&>(*this)] { return manager; }, std::move(function));
  }
};
// The same for an asynchronous one; what it makes is a coroutine function. Python: contextlib.AsyncContextDecorator
template <class Derived>
using AsyncContextDecorator = ContextDecorator<Derived>;

// "'_GeneratorContextManager' object has no attribute 'args'", as a second use says.
[[noreturn]] void _raise_used_manager(const char* name);
[[noreturn]] void _raise_generator(const char* what);
// Within a catch block, after `error` was thrown in: true when that very exception is what came back, or the RuntimeError
// that a generator makes of a StopIteration.
bool _came_back(const std::exception_ptr& error);

// What calling the result of contextmanager() gives: a manager that serves once, and decorates as often as one likes.
template <class F, class... Args>
class _GeneratorContextManager {
  using Made = std::invoke_result_t<F&, Args...>;
  using Value = std::remove_reference_t<decltype(*std::declval<Made&>().begin())>;

 public:
  template <class... Given>
  explicit _GeneratorContextManager(const F& function, Given&&... given)
      : function_(function), arguments_(std::in_place, std::forward<Given>(given)...) {}

  // What the generator yields, where it lies. Throws RuntimeError "generator didn't yield".
  Value& enter() {
    if (!arguments_) _raise_used_manager("_GeneratorContextManager");
    generator_.emplace(
        std::apply([this](Args&... each) { return std::invoke(function_, std::move(each)...); }, *arguments_));
    arguments_.reset();
    auto first = generator_->begin();
    if (first == generator_->end()) _raise_generator("generator didn't yield");
    return *first;
  }
  // Throws RuntimeError "generator didn't stop", "generator didn't stop after throw()".
  bool exit(const std::exception_ptr& error) {
    if (!error) {
      if (generator_->begin() == generator_->end()) return false;
      generator_->close();
      _raise_generator("generator didn't stop");
    }
    try {
      if (!generator_->throw_(error)) return true;
    } catch (...) {
      if (_came_back(error)) return false;
      throw;
    }
    generator_->close();
    _raise_generator("generator didn't stop after throw()");
  }
  // Python: @manager(…) above a function
  template <class Function>
  auto operator()(Function function) const {
    if (!arguments_) _raise_used_manager("_GeneratorContextManager");
    auto make = [function = function_, arguments = *arguments_] {
      return std::apply([&](const Args&... each) { return _GeneratorContextManager(function, each...); }, arguments);
    };
    return _decorated(std::move(make), std::move(function));
  }

 private:
  F function_;                                    // what a lambda captured, the generator uses
  std::optional<std::tuple<Args...>> arguments_;  // until it is entered
  std::optional<Made> generator_;
};

// What calling the result of asynccontextmanager() gives.
template <class F, class... Args>
class _AsyncGeneratorContextManager {
  using Made = std::invoke_result_t<F&, Args...>;
  using Value = typename Made::value_type;

 public:
  template <class... Given>
  explicit _AsyncGeneratorContextManager(const F& function, Given&&... given)
      : function_(function), arguments_(std::in_place, std::forward<Given>(given)...) {}

  // Gives, awaited, what the generator yields, where it lies. Throws RuntimeError "generator didn't yield".
  _Reference<Value> aenter() { return start(); }
  // Throws RuntimeError "generator didn't stop", "generator didn't stop after athrow()".
  Coroutine<bool> aexit(std::exception_ptr error) {
    if (!error) {
      if (!co_await generator_->_advance()) co_return false;
      co_await generator_->aclose();
      _raise_generator("generator didn't stop");
    }
    try {
      if (!co_await generator_->athrow(error)) co_return true;
    } catch (...) {
      if (_came_back(error)) co_return false;
      throw;
    }
    co_await generator_->aclose();
    _raise_generator("generator didn't stop after athrow()");
  }
  // Python: @manager(…) above an `async def`
  template <class Function>
  auto operator()(Function function) const {
    if (!arguments_) _raise_used_manager("_AsyncGeneratorContextManager");
    auto make = [function = function_, arguments = *arguments_] {
      return std::apply([&](const Args&... each) { return _AsyncGeneratorContextManager(function, each...); },
                        arguments);
    };
    return _decorated(std::move(make), std::move(function));
  }

 private:
  Coroutine<Value*> start() {
    if (!arguments_) _raise_used_manager("_AsyncGeneratorContextManager");
    generator_.emplace(
        std::apply([this](Args&... each) { return std::invoke(function_, std::move(each)...); }, *arguments_));
    arguments_.reset();
    Value* value = co_await generator_->_advance();
    if (!value) _raise_generator("generator didn't yield");
    co_return value;
  }
  F function_;                                    // what a lambda captured, the generator uses
  std::optional<std::tuple<Args...>> arguments_;  // until it is entered
  std::optional<Made> generator_;
};

template <class F, template <class, class...> class Manager>
class _ManagerFunction {
 public:
  explicit constexpr _ManagerFunction(F function) : function_(std::move(function)) {}
  // Arguments are copied or moved, as into a coroutine.
  template <class... Args>
    requires std::invocable<const F&, std::decay_t<Args>...>
  auto operator()(Args&&... arguments) const {
    return Manager<F, std::decay_t<Args>...>(function_, std::forward<Args>(arguments)...);
  }

 private:
  F function_;
};

// Takes a function that gives a Generator; gives one that makes managers, which serve once each. A manager's enter() gives
// what is yielded; yield None when that is nothing. An argument that the function takes by reference is a copy.
// Python: @contextlib.contextmanager
template <class F>
constexpr auto contextmanager(F function) {
  return _ManagerFunction<F, _GeneratorContextManager>(std::move(function));
}
// The same with an AsyncGenerator, for async_with. Python: @contextlib.asynccontextmanager
template <class F>
constexpr auto asynccontextmanager(F function) {
  return _ManagerFunction<F, _AsyncGeneratorContextManager>(std::move(function));
}

}  // namespace krait::contextlib
