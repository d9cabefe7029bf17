#include "krait/contextlib/exit_stack.h"

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/contextlib/managers.h"

namespace krait::contextlib {
namespace {

using Trace = std::vector<std::string>;

std::string thrown_by(auto call) {
  try {
    call();
    return "nothing";
  } catch (...) {
    return repr(std::current_exception());
  }
}
// Runs a coroutine that never waits.
template <class T>
T run(Coroutine<T> coroutine) {
  struct Frame {
    typename Coroutine<T>::Handle handle;
    ~Frame() { handle.destroy(); }
  } frame{coroutine._release()};
  frame.handle.resume();
  EXPECT_TRUE(frame.handle.done());
  return frame.handle.promise().outcome.take();
}
// An exception and what stands behind it: "RuntimeError('c') < KeyError('b') < ValueError('a')".
std::string chain(std::exception_ptr error) {
  std::string text;
  while (error) {
    text += (text.empty() ? "" : " < ") + repr(error);
    try {
      std::rethrow_exception(error);
    } catch (const BaseException& e) {
      error = e.cause();
    }
  }
  return text;
}
std::string chain_thrown_by(auto call) {
  try {
    call();
    return "nothing";
  } catch (...) {
    return chain(std::current_exception());
  }
}

// Both protocols in one.
struct Manager {
  Trace& trace;
  std::string name;
  bool swallows = false;

  void enter() { trace.push_back("enter " + name); }
  bool exit(const std::exception_ptr& error) {
    trace.push_back("exit " + name + " " + repr(error));
    return swallows;
  }
  Coroutine<> aenter() {
    enter();
    co_return;
  }
  Coroutine<bool> aexit(std::exception_ptr error) { co_return exit(error); }
};
struct Opens {
  std::unique_ptr<int> enter() { return std::make_unique<int>(5); }
  void exit(const std::exception_ptr&) {}
  Coroutine<std::unique_ptr<int>> aenter() { co_return std::make_unique<int>(6); }
  Coroutine<> aexit(std::exception_ptr) { co_return; }
};
struct FailsToEnter {
  void enter() { throw RuntimeError("cannot enter"); }
  bool exit(const std::exception_ptr&) { return true; }
  Coroutine<> aenter() {
    enter();
    co_return;
  }
  Coroutine<bool> aexit(std::exception_ptr) { co_return true; }
};

TEST(ExitStack, without_anything_does_nothing) {
  with(ExitStack(), [] {});
  EXPECT_EQ(thrown_by([] { with(ExitStack(), [] { throw ValueError("v"); }); }), "ValueError('v')");
}
TEST(ExitStack, leaves_the_last_one_first) {
  Trace trace;
  with(ExitStack(), [&](ExitStack& stack) {
    stack.enter_context(Manager{trace, "a"});
    stack.callback([&trace](std::string text, int n) { trace.push_back(text + std::to_string(n)); }, "callback ", 7);
    stack.enter_context(Manager{trace, "b"});
    trace.push_back("body");
  });
  EXPECT_EQ(trace, (Trace{"enter a", "enter b", "body", "exit b None", "callback 7", "exit a None"}));
}
TEST(ExitStack, gives_what_entering_gives_and_keeps_it) {
  with(ExitStack(), [](ExitStack& stack) {
    std::unique_ptr<int>& opened = stack.enter_context(Opens());
    for (int i = 0; i < 100; ++i) stack.enter_context(Opens());
    EXPECT_EQ(*opened, 5);
  });
}
TEST(ExitStack, uses_a_named_manager_in_place) {
  Trace trace;
  Manager named{trace, "named"};
  with(ExitStack(), [&](ExitStack& stack) { EXPECT_EQ(&stack.enter_context(named), &named); });
}
TEST(ExitStack, does_not_leave_what_could_not_be_entered) {
  Trace trace;
  auto body = [&](ExitStack& stack) {
    stack.enter_context(Manager{trace, "a"});
    stack.enter_context(FailsToEnter());
  };
  EXPECT_EQ(thrown_by([&] { with(ExitStack(), body); }), "RuntimeError('cannot enter')");
  EXPECT_EQ(trace, (Trace{"enter a", "exit a RuntimeError('cannot enter')"}));
}
TEST(ExitStack, shows_the_exception_to_each_until_one_swallows_it) {
  Trace trace;
  auto body = [&](ExitStack& stack) {
    stack.enter_context(Manager{trace, "outer"});
    stack.enter_context(Manager{trace, "swallows", true});
    stack.enter_context(Manager{trace, "inner"});
    trace.clear();
    throw ValueError("v");
  };
  EXPECT_EQ(thrown_by([&] { with(ExitStack(), body); }), "nothing");
  EXPECT_EQ(trace, (Trace{"exit inner ValueError('v')", "exit swallows ValueError('v')", "exit outer None"}));
}
TEST(ExitStack, takes_an_exit_without_an_entry) {
  Trace trace;
  auto body = [&](ExitStack& stack) {
    stack.push(Manager{trace, "object"});
    stack.push([&](const std::exception_ptr& error) { trace.push_back("function " + repr(error)); });
    stack.push([](const std::exception_ptr& error) { return isinstance<KeyError>(error); });
    throw ValueError("v");
  };
  EXPECT_EQ(thrown_by([&] { with(ExitStack(), body); }), "ValueError('v')");
  EXPECT_EQ(trace, (Trace{"function ValueError('v')", "exit object ValueError('v')"}));
}
TEST(ExitStack, a_callback_swallows_nothing) {
  auto body = [](ExitStack& stack) {
    stack.callback([] { return true; });
    throw ValueError("v");
  };
  EXPECT_EQ(thrown_by([&] { with(ExitStack(), body); }), "ValueError('v')");
}
TEST(ExitStack, an_exception_of_an_exit_is_what_the_next_one_sees) {
  Trace trace;
  auto body = [&](ExitStack& stack) {
    stack.enter_context(Manager{trace, "outer"});
    stack.callback([] { throw KeyError("k"); });
  };
  EXPECT_EQ(thrown_by([&] { with(ExitStack(), body); }), "KeyError('k')");
  EXPECT_EQ(trace.back(), "exit outer KeyError('k')");
}
TEST(ExitStack, each_exception_has_the_one_before_for_its_cause) {
  auto body = [](ExitStack& stack) {
    stack.callback([] { throw RuntimeError("c"); });
    stack.callback([] { throw KeyError("b"); });
    throw ValueError("a");
  };
  EXPECT_EQ(chain_thrown_by([&] { with(ExitStack(), body); }), "RuntimeError('c') < KeyError('b') < ValueError('a')");
}
TEST(ExitStack, a_swallowed_exception_is_no_cause_of_a_later_one) {
  auto body = [](ExitStack& stack) {
    stack.callback([] { throw KeyError("later"); });
    stack.push([](const std::exception_ptr&) { return true; });
    throw ValueError("swallowed");
  };
  EXPECT_EQ(chain_thrown_by([&] { with(ExitStack(), body); }), "KeyError('later')");
}
TEST(ExitStack, swallows_what_an_exit_threw) {
  auto body = [](ExitStack& stack) {
    stack.enter_context(suppress<KeyError>());
    stack.callback([] { throw KeyError("k"); });
  };
  EXPECT_EQ(thrown_by([&] { with(ExitStack(), body); }), "nothing");
}
TEST(ExitStack, closes_at_once_and_only_once) {
  Trace trace;
  ExitStack stack;
  stack.enter_context(Manager{trace, "a"});
  stack.close();
  EXPECT_EQ(trace, (Trace{"enter a", "exit a None"}));
  stack.close();
  EXPECT_EQ(trace.size(), 2u);
}
TEST(ExitStack, hands_everything_over) {
  Trace trace;
  ExitStack kept;
  {
    ExitStack stack;
    stack.callback([&] { trace.push_back("left"); });
    ExitStack other = stack.pop_all();
    EXPECT_EQ(stack.size(), 0u);
    EXPECT_EQ(other.size(), 1u);
    ExitStack last = other.pop_all();
    last.close();
  }
  EXPECT_EQ(trace, Trace{"left"});
}
TEST(ExitStack, leaves_a_thousand) {
  int left = 0;
  with(ExitStack(), [&](ExitStack& stack) {
    for (int i = 0; i < 1000; ++i) stack.callback([&left] { ++left; });
  });
  EXPECT_EQ(left, 1000);
}
TEST(ExitStack, may_be_added_to_while_it_is_left) {
  Trace trace;
  with(ExitStack(), [&](ExitStack& stack) {
    stack.callback([&] { trace.push_back("first"); });
    stack.callback([&] { stack.callback([&] { trace.push_back("added"); }); });
  });
  EXPECT_EQ(trace, (Trace{"added", "first"}));
}

TEST(ExitStackAsObject, leaves_at_the_end_of_its_scope) {
  Trace trace;
  {
    ExitStack stack;
    stack.enter_context(Manager{trace, "a"});
  }
  EXPECT_EQ(trace, (Trace{"enter a", "exit a None"}));
}
TEST(ExitStackAsObject, tells_failure_from_success) {
  Trace trace;
  auto block = [&] {
    ExitStack stack;
    stack.enter_context(Manager{trace, "a", true});
    throw ValueError("v");
  };
  EXPECT_EQ(thrown_by(block), "ValueError('v')");  // which a destructor cannot swallow
  EXPECT_EQ(trace.back(), "exit a GeneratorExit()");
}
TEST(ExitStackAsObject, reports_what_it_cannot_throw) {
  std::ostringstream text;
  with(redirect_stderr(text), [] {
    ExitStack stack;
    stack.callback([] { throw ValueError("lost"); });
  });
  EXPECT_EQ(text.str(), "Exception ignored in: <ExitStack>\nValueError('lost')\n");
}

TEST(AsyncExitStack, leaves_plain_and_awaited_ones_the_last_one_first) {
  Trace trace;
  run(async_with(AsyncExitStack(), [&](AsyncExitStack& stack) -> Coroutine<> {
    stack.enter_context(Manager{trace, "plain"});
    Manager& entered = co_await stack.enter_async_context(Manager{trace, "async"});
    EXPECT_EQ(entered.name, "async");
    stack.push_async_callback(
        [&trace](std::string text) -> Coroutine<> {
          trace.push_back(text);
          co_return;
        },
        "callback");
    stack.push_async_exit(Manager{trace, "object"});
    stack.push_async_exit([&trace](std::exception_ptr error) -> Coroutine<> {
      trace.push_back("function " + repr(error));
      co_return;
    });
    trace.clear();
  }));
  EXPECT_EQ(trace, (Trace{"function None", "exit object None", "callback", "exit async None", "exit plain None"}));
}
TEST(AsyncExitStack, gives_what_entering_gives_and_keeps_it) {
  run(async_with(AsyncExitStack(), [](AsyncExitStack& stack) -> Coroutine<> {
    std::unique_ptr<int>& opened = co_await stack.enter_async_context(Opens());
    for (int i = 0; i < 100; ++i) co_await stack.enter_async_context(Opens());
    EXPECT_EQ(*opened, 6);
    Opens named;
    co_await stack.enter_async_context(named);
  }));
}
TEST(AsyncExitStack, does_not_leave_what_could_not_be_entered) {
  auto body = [](AsyncExitStack& stack) -> Coroutine<> { co_await stack.enter_async_context(FailsToEnter()); };
  EXPECT_EQ(thrown_by([&] { run(async_with(AsyncExitStack(), body)); }), "RuntimeError('cannot enter')");
}
TEST(AsyncExitStack, shows_the_exception_to_each_until_one_swallows_it) {
  Trace trace;
  auto body = [&](AsyncExitStack& stack) -> Coroutine<> {
    co_await stack.enter_async_context(Manager{trace, "outer"});
    co_await stack.enter_async_context(Manager{trace, "swallows", true});
    stack.enter_context(Manager{trace, "inner"});
    trace.clear();
    throw ValueError("v");
  };
  EXPECT_EQ(thrown_by([&] { run(async_with(AsyncExitStack(), body)); }), "nothing");
  EXPECT_EQ(trace, (Trace{"exit inner ValueError('v')", "exit swallows ValueError('v')", "exit outer None"}));
}
TEST(AsyncExitStack, each_exception_has_the_one_before_for_its_cause) {
  auto body = [](AsyncExitStack& stack) -> Coroutine<> {
    stack.callback([] { throw RuntimeError("c"); });
    stack.push_async_callback([]() -> Coroutine<bool> {
      throw KeyError("b");
      co_return true;
    });
    throw ValueError("a");
    co_return;
  };
  EXPECT_EQ(chain_thrown_by([&] { run(async_with(AsyncExitStack(), body)); }),
            "RuntimeError('c') < KeyError('b') < ValueError('a')");
}
TEST(AsyncExitStack, an_async_callback_swallows_nothing) {
  auto body = [](AsyncExitStack& stack) -> Coroutine<> {
    stack.push_async_callback([]() -> Coroutine<bool> { co_return true; });
    throw ValueError("v");
    co_return;
  };
  EXPECT_EQ(thrown_by([&] { run(async_with(AsyncExitStack(), body)); }), "ValueError('v')");
}
TEST(AsyncExitStack, closes_and_hands_over) {
  Trace trace;
  AsyncExitStack stack;
  stack.push_async_exit(Manager{trace, "a"});
  AsyncExitStack other = stack.pop_all();
  run(stack.aclose());
  EXPECT_TRUE(trace.empty());
  run(other.aclose());
  EXPECT_EQ(trace, Trace{"exit a None"});
}

}  // namespace
}  // namespace krait::contextlib
