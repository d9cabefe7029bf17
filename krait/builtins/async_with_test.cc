#include "krait/builtins/async_with.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "krait/builtins/exceptions.h"

namespace krait {
namespace {

using Trace = std::vector<std::string>;

// Tells what is done to it, and swallows a ValueError when asked to.
struct Manager {
  Trace& trace;
  bool swallows = false;

  Coroutine<> aenter() {
    trace.push_back("enter");
    co_return;
  }
  Coroutine<bool> aexit(std::exception_ptr error) {
    trace.push_back("exit " + (error ? repr(error) : "None"));
    co_return swallows&& isinstance<ValueError>(error);
  }
};

// Runs a coroutine that never waits, without a loop; gives what it throws, as repr() prints it.
template <class T>
std::string outcome(Coroutine<T> coroutine) {
  auto frame = coroutine._release();
  frame.resume();
  std::string text = "result";
  try {
    if constexpr (std::is_void_v<T>) {
      frame.promise().outcome.take();
    } else {
      text += " " + std::to_string(frame.promise().outcome.take());
    }
  } catch (...) {
    text = repr(std::current_exception());
  }
  frame.destroy();
  return text;
}

// The text that a coroutine gives.
std::string text_of(Coroutine<std::string> coroutine) {
  auto frame = coroutine._release();
  frame.resume();
  std::string text = frame.promise().outcome.take();
  frame.destroy();
  return text;
}

TEST(AsyncWith, enters_runs_the_body_and_exits) {
  Trace trace;
  auto body = [&](Manager&) -> Coroutine<> {
    trace.push_back("body");
    co_return;
  };
  EXPECT_EQ(outcome(async_with(Manager{trace}, body)), "result");
  EXPECT_EQ(trace, (Trace{"enter", "body", "exit None"}));
}

TEST(AsyncWith, gives_what_the_body_gives) {
  Trace trace;
  EXPECT_EQ(outcome(async_with(Manager{trace}, [](Manager&) -> Coroutine<int> { co_return 7; })), "result 7");
  EXPECT_EQ(trace, (Trace{"enter", "exit None"}));
}

TEST(AsyncWith, an_exception_goes_through_the_exit_and_out) {
  Trace trace;
  auto body = [](Manager&) -> Coroutine<> {
    throw KeyError("k");
    co_return;
  };
  EXPECT_EQ(outcome(async_with(Manager{trace, true}, body)), "KeyError('k')");
  EXPECT_EQ(trace, (Trace{"enter", "exit KeyError('k')"}));
}

TEST(AsyncWith, the_exit_may_swallow_an_exception) {
  Trace trace;
  auto body = [](Manager&) -> Coroutine<> {
    throw ValueError("v");
    co_return;
  };
  EXPECT_EQ(outcome(async_with(Manager{trace, true}, body)), "result");
}

TEST(AsyncWith, a_swallowed_exception_leaves_an_empty_result) {
  Trace trace;
  auto body = [](Manager&) -> Coroutine<int> {
    throw ValueError("v");
    co_return 7;
  };
  EXPECT_EQ(outcome(async_with(Manager{trace, true}, body)), "result 0");
}

TEST(AsyncWith, what_passes_through_a_program_exits_too) {
  Trace trace;
  auto body = [](Manager&) -> Coroutine<> {
    throw KeyboardInterrupt();
    co_return;
  };
  EXPECT_EQ(outcome(async_with(Manager{trace}, body)), "KeyboardInterrupt()");
  EXPECT_EQ(trace.back(), "exit KeyboardInterrupt()");
}

struct FailsToEnter : Manager {
  Coroutine<> aenter() {
    throw RuntimeError("cannot enter: closed");
    co_return;
  }
};
TEST(AsyncWith, what_was_not_entered_is_not_exited) {
  Trace trace;
  auto body = [&](Manager&) -> Coroutine<> {
    trace.push_back("body");
    co_return;
  };
  EXPECT_EQ(outcome(async_with(FailsToEnter{{trace}}, body)), "RuntimeError('cannot enter: closed')");
  EXPECT_TRUE(trace.empty());
}

struct FailsToExit : Manager {
  Coroutine<bool> aexit(std::exception_ptr) {
    throw RuntimeError("cannot exit: stuck");
    co_return true;
  }
};
TEST(AsyncWith, an_exception_of_the_exit_replaces_the_body_s) {
  Trace trace;
  auto body = [](Manager&) -> Coroutine<> {
    throw KeyError("k");
    co_return;
  };
  EXPECT_EQ(outcome(async_with(FailsToExit{{trace}}, body)), "RuntimeError('cannot exit: stuck')");
}

TEST(AsyncWith, the_manager_lives_as_long_as_the_block) {
  struct Owner {
    std::shared_ptr<int> held;
    Coroutine<> aenter() { co_return; }
    Coroutine<bool> aexit(std::exception_ptr) { co_return false; }
  };
  auto shared = std::make_shared<int>(5);
  auto body = [](Owner& owner) -> Coroutine<int> { co_return static_cast<int>(owner.held.use_count()); };
  EXPECT_EQ(outcome(async_with(Owner{shared}, body)), "result 2");
  EXPECT_EQ(shared.use_count(), 1);
}

TEST(AsyncWith, an_exception_of_the_exit_has_the_body_s_for_its_cause) {
  Trace trace;
  auto block = [](Trace& trace) -> Coroutine<std::string> {
    auto body = [](Manager&) { throw KeyError("k"); };
    try {
      co_await async_with(FailsToExit{{trace}}, body);
    } catch (const RuntimeError& error) {
      co_return repr(error.cause());
    }
    co_return "nothing was thrown";
  };
  EXPECT_EQ(text_of(block(trace)), "KeyError('k')");
}

TEST(AsyncWith, hands_what_aenter_gives_to_the_body) {
  struct Opens {
    Coroutine<std::unique_ptr<int>> aenter() { co_return std::make_unique<int>(5); }
    Coroutine<> aexit(std::exception_ptr) { co_return; }
  };
  EXPECT_EQ(outcome(async_with(Opens(), [](std::unique_ptr<int>& opened) { return *opened; })), "result 5");
}
TEST(AsyncWith, an_exit_that_gives_nothing_swallows_nothing) {
  struct Quiet {
    Coroutine<> aenter() { co_return; }
    Coroutine<> aexit(std::exception_ptr) { co_return; }
  };
  EXPECT_EQ(outcome(async_with(Quiet(), [] { throw ValueError("v"); })), "ValueError('v')");
}
TEST(AsyncWith, takes_a_plain_function_for_its_body) {
  Trace trace;
  EXPECT_EQ(outcome(async_with(Manager{trace}, [&] { trace.push_back("body"); })), "result");
  EXPECT_EQ(trace, (Trace{"enter", "body", "exit None"}));
  EXPECT_EQ(outcome(async_with(Manager{trace}, [](Manager&) { return 7; })), "result 7");
  EXPECT_EQ(outcome(async_with(Manager{trace, true}, [] { throw ValueError("v"); })), "result");
}
TEST(AsyncWith, uses_a_named_manager_in_place) {
  struct Counts {
    int entered = 0, exited = 0;
    Coroutine<> aenter() {
      ++entered;
      co_return;
    }
    Coroutine<bool> aexit(std::exception_ptr) {
      ++exited;
      co_return false;
    }
  };
  Counts counts;
  EXPECT_EQ(outcome(async_with(counts, [] {})), "result");
  EXPECT_EQ(outcome(async_with(counts, [] {})), "result");
  EXPECT_EQ(counts.entered, 2);
  EXPECT_EQ(counts.exited, 2);
}
TEST(AsyncWith, cannot_give_a_result_that_has_no_default) {
  struct Bare {
    explicit Bare(int) {}
    explicit operator int() const { return 0; }
  };
  Trace trace;
  auto block = [](Trace& trace) -> Coroutine<> {
    co_await async_with(Manager{trace, true}, []() -> Bare { throw ValueError("v"); });
  };
  EXPECT_EQ(outcome(block(trace)), "RuntimeError('cannot give a result: the exception of the body was swallowed')");
}

static_assert(AsyncContextManager<Manager> && AsyncContextManager<Manager&> && !AsyncContextManager<int>);

}  // namespace
}  // namespace krait
