#include "krait/builtins/with.h"

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

  void enter() { trace.push_back("enter"); }
  bool exit(std::exception_ptr error) {
    trace.push_back("exit " + (error ? repr(error) : "None"));
    return swallows && isinstance<ValueError>(error);
  }
};

// What `call` throws, as repr() prints it; "nothing".
std::string thrown_by(auto call) {
  try {
    call();
    return "nothing";
  } catch (...) {
    return repr(std::current_exception());
  }
}
template <class T>
T run(Coroutine<T> coroutine) {
  auto frame = coroutine._release();
  frame.resume();
  EXPECT_TRUE(frame.done());
  struct Destroy {
    typename Coroutine<T>::Handle frame;
    ~Destroy() { frame.destroy(); }
  } destroy{frame};
  return frame.promise().outcome.take();
}

TEST(With, enters_runs_the_body_and_exits) {
  Trace trace;
  with(Manager{trace}, [&] { trace.push_back("body"); });
  EXPECT_EQ(trace, (Trace{"enter", "body", "exit None"}));
}
TEST(With, gives_what_the_body_gives) {
  Trace trace;
  EXPECT_EQ(with(Manager{trace}, [] { return 7; }), 7);
  EXPECT_EQ(*with(Manager{trace}, [] { return std::make_unique<int>(8); }), 8);
}
TEST(With, hands_the_manager_to_a_body_that_takes_it) {
  Trace trace;
  with(Manager{trace}, [](Manager& manager) { manager.trace.push_back("body"); });
  EXPECT_EQ(trace[1], "body");
}
TEST(With, hands_what_enter_gives_to_the_body) {
  struct Opens {
    std::unique_ptr<int> enter() { return std::make_unique<int>(5); }
    void exit(std::exception_ptr) {}
  };
  EXPECT_EQ(with(Opens(), [](std::unique_ptr<int>& opened) { return *opened; }), 5);
}
TEST(With, hands_on_a_reference_that_enter_gives) {
  struct Lends {
    int value = 1;
    int& enter() { return value; }
    void exit(std::exception_ptr) {}
  };
  Lends lends;
  with(lends, [](int& value) { value = 2; });
  EXPECT_EQ(lends.value, 2);
}
TEST(With, uses_a_named_manager_in_place) {
  struct Counts {
    int entered = 0, exited = 0;
    void enter() { ++entered; }
    void exit(std::exception_ptr) { ++exited; }
  };
  Counts counts;
  with(counts, [] {});
  with(counts, [] {});
  EXPECT_EQ(counts.entered, 2);
  EXPECT_EQ(counts.exited, 2);
}

TEST(With, an_exception_goes_through_the_exit_and_out) {
  Trace trace;
  auto block = [&] { with(Manager{trace, true}, [] { throw KeyError("k"); }); };
  EXPECT_EQ(thrown_by(block), "KeyError('k')");
  EXPECT_EQ(trace, (Trace{"enter", "exit KeyError('k')"}));
}
TEST(With, the_exit_may_swallow_an_exception) {
  Trace trace;
  EXPECT_EQ(thrown_by([&] { with(Manager{trace, true}, [] { throw ValueError("v"); }); }), "nothing");
}
TEST(With, an_exit_that_gives_nothing_swallows_nothing) {
  struct Quiet {
    void enter() {}
    void exit(std::exception_ptr) {}
  };
  EXPECT_EQ(thrown_by([] { with(Quiet(), [] { throw ValueError("v"); }); }), "ValueError('v')");
}
TEST(With, what_is_no_std_exception_exits_too) {
  Trace trace;
  EXPECT_EQ(thrown_by([&] { with(Manager{trace}, [] { throw KeyboardInterrupt(); }); }), "KeyboardInterrupt()");
  EXPECT_EQ(trace.back(), "exit KeyboardInterrupt()");
}
TEST(With, a_swallowed_exception_leaves_an_empty_result) {
  Trace trace;
  auto body = []() -> std::string { throw ValueError("v"); };
  EXPECT_EQ(with(Manager{trace, true}, body), "");
}
TEST(With, cannot_give_a_result_that_has_no_default) {
  struct Bare {
    explicit Bare(int) {}
  };
  Trace trace;
  auto block = [&] { with(Manager{trace, true}, []() -> Bare { throw ValueError("v"); }); };
  EXPECT_EQ(thrown_by(block), "RuntimeError('cannot give a result: the exception of the body was swallowed')");
}
TEST(With, what_was_not_entered_is_not_exited) {
  struct Fails : Manager {
    void enter() { throw RuntimeError("cannot enter: closed"); }
  };
  Trace trace;
  EXPECT_EQ(thrown_by([&] { with(Fails{{trace}}, [] {}); }), "RuntimeError('cannot enter: closed')");
  EXPECT_TRUE(trace.empty());
}

struct FailsToExit {
  void enter() {}
  bool exit(std::exception_ptr) { throw RuntimeError("cannot exit: stuck"); }
};
TEST(With, an_exception_of_the_exit_replaces_the_body_s_and_keeps_it_for_its_cause) {
  try {
    with(FailsToExit(), [] { throw KeyError("k"); });
    FAIL() << "it threw nothing";
  } catch (const RuntimeError& error) {
    EXPECT_STREQ(error.what(), "cannot exit: stuck");
    EXPECT_EQ(repr(error.cause()), "KeyError('k')");
  }
}
TEST(With, an_exception_of_the_exit_alone_has_no_cause) {
  try {
    with(FailsToExit(), [] {});
    FAIL() << "it threw nothing";
  } catch (const RuntimeError& error) {
    EXPECT_EQ(error.cause(), nullptr);
  }
}
TEST(With, leaves_the_cause_alone_that_an_exception_has) {
  struct Explains {
    void enter() {}
    void exit(std::exception_ptr) {
      RuntimeError error("cannot exit");
      error.set_cause(std::make_exception_ptr(ValueError("its own")));
      throw error;
    }
  };
  try {
    with(Explains(), [] { throw KeyError("k"); });
    FAIL() << "it threw nothing";
  } catch (const RuntimeError& error) {
    EXPECT_EQ(repr(error.cause()), "ValueError('its own')");
  }
}
TEST(With, an_exit_that_throws_the_same_again_makes_no_chain_without_an_end) {
  struct Rethrows {
    void enter() {}
    void exit(std::exception_ptr error) { std::rethrow_exception(error); }
  };
  try {
    with(Rethrows(), [] { throw KeyError("k"); });
    FAIL() << "it threw nothing";
  } catch (const KeyError& error) {
    EXPECT_EQ(error.cause(), nullptr);
  }
}
TEST(With, an_exit_that_throws_what_stands_behind_makes_no_chain_without_an_end) {
  struct Unwraps {
    void enter() {}
    void exit(std::exception_ptr error) {
      try {
        std::rethrow_exception(error);
      } catch (const KeyError& e) {
        std::rethrow_exception(e.cause());
      }
    }
  };
  auto body = [] {
    KeyError error("outer");
    error.set_cause(std::make_exception_ptr(ValueError("inner")));
    throw error;
  };
  try {
    with(Unwraps(), body);
    FAIL() << "it threw nothing";
  } catch (const ValueError& error) {
    EXPECT_EQ(error.cause(), nullptr);
  }
}

TEST(With, a_body_that_can_be_awaited_is_awaited_within) {
  Trace trace;
  auto body = [&trace](Manager&) -> Coroutine<int> {
    trace.push_back("body");
    co_return 7;
  };
  Coroutine<int> block = with(Manager{trace}, body);
  EXPECT_TRUE(trace.empty());
  EXPECT_EQ(run(std::move(block)), 7);
  EXPECT_EQ(trace, (Trace{"enter", "body", "exit None"}));
}
TEST(With, an_exception_of_an_awaited_body_may_be_swallowed) {
  Trace trace;
  auto body = []() -> Coroutine<> {
    throw ValueError("v");
    co_return;
  };
  EXPECT_EQ(thrown_by([&] { run(with(Manager{trace, true}, body)); }), "nothing");
  EXPECT_EQ(thrown_by([&] { run(with(Manager{trace, false}, body)); }), "ValueError('v')");
  EXPECT_EQ(trace.back(), "exit ValueError('v')");
}
TEST(With, an_awaited_body_gets_what_enter_gives) {
  struct Opens {
    int enter() { return 5; }
    void exit(std::exception_ptr) {}
  };
  auto body = [](int opened) -> Coroutine<int> { co_return opened + 1; };
  EXPECT_EQ(run(with(Opens(), body)), 6);
}

static_assert(ContextManager<Manager> && ContextManager<Manager&> && !ContextManager<int>);

}  // namespace
}  // namespace krait
