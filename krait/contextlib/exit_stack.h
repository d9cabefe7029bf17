#pragma once
// Managers and callbacks whose number a program learns as it runs, left together, the last one first.
//
//   with(contextlib::ExitStack(), [&](contextlib::ExitStack& stack) {
//     for (const auto& name : names) files.push_back(&stack.enter_context(closing(open(name))));
//     stack.callback([] { print("all closed"); });
//   });
//
// An exit may swallow the exception, and those before it then see none. An exception that an exit throws takes the place
// of the earlier one and has it for its cause, unless it has one of its own: krait's exceptions keep no __context__.
// Python: contextlib.ExitStack, contextlib.AsyncExitStack

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "krait/_base/function.h"
#include "krait/builtins/async_with.h"
#include "krait/builtins/with.h"
#include "krait/contextlib/_reference.h"

namespace krait::contextlib {

// One thing to leave: by a plain function, or by a coroutine.
struct _Exit {
  _base::Function<bool(const std::exception_ptr&)> plain;
  _base::Function<Coroutine<bool>(std::exception_ptr)> awaited;
};

// A manager and what its entry gave, where both stay until it is left.
template <class Manager, class Entered>
struct _Held {
  Manager manager;
  std::optional<Entered> entered;
};

template <class F>
bool _call_exit(F& exit, const std::exception_ptr& error) {
  if constexpr (std::is_void_v<std::invoke_result_t<F&, const std::exception_ptr&>>) {
    std::invoke(exit, error);
    return false;
  } else {
    return static_cast<bool>(std::invoke(exit, error));
  }
}
// `exit` must live as long: it stands in the stack's entry.
template <class F>
Coroutine<bool> _call_async_exit(F& exit, std::exception_ptr error) {
  if constexpr (std::is_void_v<_await_result<std::invoke_result_t<F&, std::exception_ptr>>>) {
    co_await std::invoke(exit, error);
    co_return false;
  } else {
    co_return static_cast<bool>(co_await std::invoke(exit, error));
  }
}

// What both kinds of stack take.
class _ExitStackBase {
 public:
  using _sees_to_causes = void;

  // Enters `manager` and gives what that gives, by reference; a manager that gives nothing, itself. The stack keeps a
  // manager that has no name, and what it gave. Python: stack.enter_context(cm)
  template <class Manager>
  decltype(auto) enter_context(Manager&& manager) {
    static_assert(
        ContextManager<Manager>,
        "the object does not support the context manager protocol: it needs enter() and exit(std::exception_ptr)");
    using Entered = decltype(manager.enter());
    using Value = std::conditional_t<std::is_void_v<Entered> || std::is_reference_v<Entered>, bool, Entered>;
    auto held = std::make_unique<_Held<Manager, Value>>(std::forward<Manager>(manager));
    auto* place = held.get();
    auto leave = [held = std::move(held)](const std::exception_ptr& error) { return _exit(held->manager, error); };
    exits_.reserve(exits_.size() + 1);  // so that what was entered is not lost to a lack of memory
    if constexpr (std::is_void_v<Entered>) {
      place->manager.enter();
      exits_.push_back({std::move(leave), {}});
      return static_cast<std::remove_reference_t<Manager>&>(place->manager);
    } else if constexpr (std::is_reference_v<Entered>) {
      auto& entered = place->manager.enter();
      exits_.push_back({std::move(leave), {}});
      return static_cast<std::remove_reference_t<Entered>&>(entered);
    } else {
      place->entered.emplace(place->manager.enter());
      exits_.push_back({std::move(leave), {}});
      return static_cast<Value&>(*place->entered);
    }
  }
  // Calls exit(error) of an object at the end, without having entered it; or a function that takes a std::exception_ptr,
  // and swallows the exception by giving true. Python: stack.push(exit)
  template <class E>
  void push(E exit) {
    if constexpr (requires(const std::exception_ptr& error) { exit.exit(error); }) {
      add([exit = std::move(exit)](const std::exception_ptr& error) mutable { return _exit(exit, error); });
    } else {
      add([exit = std::move(exit)](const std::exception_ptr& error) mutable { return _call_exit(exit, error); });
    }
  }
  // Calls `function(arguments…)` at the end. It swallows nothing. Python: stack.callback(callback, *args)
  template <class F, class... Args>
  void callback(F function, Args... arguments) {
    add([function = std::move(function), ... arguments = std::move(arguments)](const std::exception_ptr&) mutable {
      std::invoke(function, std::move(arguments)...);
      return false;
    });
  }
  // How many exits are on the stack.
  std::size_t size() const noexcept { return exits_.size(); }

 protected:
  _ExitStackBase() = default;
  _ExitStackBase(_ExitStackBase&&) noexcept = default;
  _ExitStackBase& operator=(_ExitStackBase&&) noexcept = default;
  ~_ExitStackBase() = default;
  void add(_base::Function<bool(const std::exception_ptr&)> exit) { exits_.push_back({std::move(exit), {}}); }
  _Exit pop() noexcept {
    _Exit last = std::move(exits_.back());
    exits_.pop_back();
    return last;
  }
  std::vector<_Exit> exits_;
};

// Python: contextlib.ExitStack
class ExitStack : public _ExitStackBase {
 public:
  ExitStack() = default;
  ExitStack(ExitStack&&) noexcept = default;
  ExitStack& operator=(ExitStack&&) = delete;
  // Leaves what is still there, as close() does. Departs from Python, where nobody would. A destructor cannot see the
  // exception that it is run for, so exits then get a GeneratorExit in its place, as they do when a generator is dropped:
  // they can tell failure from success, not which one. An exception of an exit goes to std::cerr and no further. Where
  // either matters, use with(), or close().
  ~ExitStack();

  void enter() noexcept {}
  bool exit(std::exception_ptr error);
  // Leaves everything now, as if no exception came. Python: stack.close()
  void close() { exit(nullptr); }
  // Hands what is on this stack to another: it is not left with this one. Python: stack.pop_all()
  [[nodiscard]] ExitStack pop_all() noexcept { return std::move(*this); }

 private:
  int exceptions_ = std::uncaught_exceptions();
};

// One with coroutines among its exits. Its destructor cannot await: what is still there is dropped without being left.
// Python: contextlib.AsyncExitStack
class AsyncExitStack : public _ExitStackBase {
 public:
  AsyncExitStack() = default;
  AsyncExitStack(AsyncExitStack&&) noexcept = default;
  AsyncExitStack& operator=(AsyncExitStack&&) = delete;

  // Awaited: as enter_context, for a manager with aenter() and aexit(). Python: await stack.enter_async_context(cm)
  template <class Manager>
  auto enter_async_context(Manager&& manager) {
    static_assert(AsyncContextManager<Manager>,
                  "the object does not support the asynchronous context manager protocol: it needs aenter() and "
                  "aexit(std::exception_ptr), coroutines both");
    using Entered = _await_result<decltype(manager.aenter())>;
    if constexpr (std::is_void_v<Entered>) {
      return _Reference<std::remove_reference_t<Manager>>(
          enter_async<Manager, Entered>(std::forward<Manager>(manager)));
    } else {
      return _Reference<std::remove_reference_t<Entered>>(
          enter_async<Manager, Entered>(std::forward<Manager>(manager)));
    }
  }
  // Awaits aexit(error) of an object at the end, without having entered it; or a coroutine function that takes a
  // std::exception_ptr. Python: stack.push_async_exit(exit)
  template <class E>
  void push_async_exit(E exit) {
    if constexpr (requires(std::exception_ptr error) { exit.aexit(error); }) {
      add_async([exit = std::move(exit)](std::exception_ptr error) mutable {
        auto leave = [&exit](std::exception_ptr e) { return exit.aexit(std::move(e)); };
        return _leave(std::move(leave), std::move(error));
      });
    } else {
      add_async([exit = std::move(exit)](std::exception_ptr error) mutable {
        return _call_async_exit(exit, std::move(error));
      });
    }
  }
  // Awaits `function(arguments…)` at the end. It swallows nothing. Python: stack.push_async_callback(callback, *args)
  template <class F, class... Args>
  void push_async_callback(F function, Args... arguments) {
    add_async([function = std::move(function), ... arguments = std::move(arguments)](std::exception_ptr) mutable {
      auto leave = [&](std::exception_ptr) { return std::invoke(function, std::move(arguments)...); };
      return _leave(std::move(leave), nullptr, false);
    });
  }

  Coroutine<> aenter() { co_return; }
  Coroutine<bool> aexit(std::exception_ptr error);
  // Leaves everything now, as if no exception came. Python: await stack.aclose()
  Coroutine<> aclose() { co_await aexit(nullptr); }
  // Python: stack.pop_all()
  [[nodiscard]] AsyncExitStack pop_all() noexcept { return std::move(*this); }

 private:
  void add_async(_base::Function<Coroutine<bool>(std::exception_ptr)> exit) { exits_.push_back({{}, std::move(exit)}); }
  template <class Leave>
  static Coroutine<bool> _leave(Leave leave, std::exception_ptr error, bool may_swallow = true) {
    if constexpr (std::is_void_v<_await_result<decltype(leave(error))>>) {
      co_await leave(error);
      co_return false;
    } else {
      bool swallows = static_cast<bool>(co_await leave(error));
      co_return may_swallow&& swallows;
    }
  }
  template <class Manager, class Entered>
  auto enter_async(Manager manager)
      -> Coroutine<std::remove_reference_t<std::conditional_t<std::is_void_v<Entered>, Manager, Entered>>*> {
    using Value = std::conditional_t<std::is_void_v<Entered> || std::is_reference_v<Entered>, bool, Entered>;
    auto held = std::make_unique<_Held<Manager, Value>>(std::forward<Manager>(manager));
    auto* place = held.get();
    auto leave = [held = std::move(held)](std::exception_ptr error) {
      return _leave([place = held.get()](std::exception_ptr e) { return place->manager.aexit(std::move(e)); },
                    std::move(error));
    };
    if constexpr (std::is_void_v<Entered>) {
      co_await place->manager.aenter();
      add_async(std::move(leave));
      co_return &place->manager;
    } else if constexpr (std::is_reference_v<Entered>) {
      auto& entered = co_await place->manager.aenter();
      add_async(std::move(leave));
      co_return &entered;
    } else {
      place->entered.emplace(co_await place->manager.aenter());
      add_async(std::move(leave));
      co_return &*place->entered;
    }
  }
};

}  // namespace krait::contextlib
