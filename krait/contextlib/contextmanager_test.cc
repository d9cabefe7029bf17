#include "krait/contextlib/contextmanager.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/none.h"

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

// Enters, and leaves however the body ended.
Generator<int> traced(Trace& trace, int value) {
  trace.push_back("enter");
  std::exception_ptr error;
  try {
    co_yield value;
  } catch (...) {
    error = std::current_exception();
  }
  trace.push_back("exit " + repr(error));
  if (error) std::rethrow_exception(error);
}
AsyncGenerator<int> async_traced(Trace& trace, int value) {
  trace.push_back("enter");
  std::exception_ptr error;
  try {
    co_yield value;
  } catch (...) {
    error = std::current_exception();
  }
  trace.push_back("exit " + repr(error));
  if (error) std::rethrow_exception(error);
}

TEST(Contextmanager, enters_gives_what_is_yielded_and_exits) {
  Trace trace;
  auto manager = contextmanager([&trace](int value) { return traced(trace, value); });
  EXPECT_EQ(with(manager(5), [](int value) { return value + 1; }), 6);
  EXPECT_EQ(trace, (Trace{"enter", "exit None"}));
}
TEST(Contextmanager, takes_a_lambda_that_is_a_generator) {
  Trace trace;
  auto make_mark = contextmanager([&trace]() -> Generator<NoneType> {
    trace.push_back("《");
    co_yield None;
    trace.push_back("》");
  });
  with(make_mark(), [&] { trace.push_back("活着"); });
  EXPECT_EQ(trace, (Trace{"《", "活着", "》"}));
}
TEST(Contextmanager, lets_the_body_change_what_lies_in_the_generator) {
  int left = 0;
  auto manager = contextmanager([&left]() -> Generator<int> {
    int value = 1;
    co_yield value;
    left = value;
  });
  with(manager(), [](int& value) { value = 7; });
  EXPECT_EQ(left, 7);
}
TEST(Contextmanager, moves_its_arguments_in) {
  auto manager = contextmanager([](std::unique_ptr<int> p) -> Generator<int> { co_yield *p; });
  EXPECT_EQ(with(manager(std::make_unique<int>(3)), [](int value) { return value; }), 3);
}
TEST(Contextmanager, throws_the_exception_of_the_body_in_at_the_yield_and_lets_it_through) {
  Trace trace;
  auto manager = contextmanager([&trace]() { return traced(trace, 1); });
  std::exception_ptr thrown = std::make_exception_ptr(ValueError("boom")), caught;
  try {
    with(manager(), [&] { std::rethrow_exception(thrown); });
  } catch (...) {
    caught = std::current_exception();
  }
  EXPECT_EQ(caught, thrown);  // the very same
  EXPECT_EQ(trace, (Trace{"enter", "exit ValueError('boom')"}));
}
TEST(Contextmanager, skips_the_exit_when_nothing_catches_at_the_yield) {
  Trace trace;
  auto manager = contextmanager([&trace]() -> Generator<NoneType> {
    trace.push_back("enter");
    co_yield None;
    trace.push_back("exit");
  });
  EXPECT_EQ(thrown_by([&] { with(manager(), [] { throw ValueError("v"); }); }), "ValueError('v')");
  EXPECT_EQ(trace, Trace{"enter"});
}
TEST(Contextmanager, swallows_by_returning) {
  auto manager = contextmanager([]() -> Generator<NoneType> {
    try {
      co_yield None;
    } catch (const ValueError&) {
    }
  });
  EXPECT_EQ(thrown_by([&] { with(manager(), [] { throw ValueError("v"); }); }), "nothing");
  EXPECT_EQ(thrown_by([&] { with(manager(), [] { throw KeyError("k"); }); }), "KeyError('k')");
}
TEST(Contextmanager, may_throw_another) {
  auto manager = contextmanager([]() -> Generator<NoneType> {
    try {
      co_yield None;
    } catch (const ValueError&) {
      throw KeyError("instead");
    }
  });
  try {
    with(manager(), [] { throw ValueError("v"); });
    FAIL() << "it threw nothing";
  } catch (const KeyError& error) {
    EXPECT_STREQ(error.what(), "'instead'");
    EXPECT_EQ(repr(error.cause()), "ValueError('v')");
  }
}

Generator<NoneType> yields(int times) {
  for (int i = 0; i < times; ++i) {
    try {
      co_yield None;
    } catch (const ValueError&) {
    }
  }
}
TEST(Contextmanager, must_yield) {
  auto manager = contextmanager(yields);
  EXPECT_EQ(thrown_by([&] { with(manager(0), [] {}); }), "RuntimeError(\"generator didn't yield\")");
}
TEST(Contextmanager, must_not_yield_twice) {
  auto manager = contextmanager(yields);
  EXPECT_EQ(thrown_by([&] { with(manager(2), [] {}); }), "RuntimeError(\"generator didn't stop\")");
}
TEST(Contextmanager, must_not_yield_after_a_throw) {
  auto manager = contextmanager(yields);
  EXPECT_EQ(thrown_by([&] { with(manager(2), [] { throw ValueError("v"); }); }),
            "RuntimeError(\"generator didn't stop after throw()\")");
}
TEST(Contextmanager, lets_stop_iteration_through) {
  Trace trace;
  auto transparent = contextmanager([]() -> Generator<NoneType> { co_yield None; });
  EXPECT_EQ(thrown_by([&] { with(transparent(), [] { throw StopIteration("s"); }); }), "StopIteration('s')");
  EXPECT_EQ(thrown_by([&] { with(transparent(), [] { throw StopAsyncIteration("s"); }); }), "StopAsyncIteration('s')");
  auto careful = contextmanager([&trace]() { return traced(trace, 1); });
  EXPECT_EQ(thrown_by([&] { with(careful(), [] { throw StopIteration("s"); }); }), "StopIteration('s')");
}
TEST(Contextmanager, lets_a_runtime_error_through_that_wraps_something_else) {
  auto manager = contextmanager([]() -> Generator<NoneType> {
    try {
      co_yield None;
    } catch (const ValueError&) {
      RuntimeError error("wrapped");
      error.set_cause(std::current_exception());
      throw error;
    }
  });
  EXPECT_EQ(thrown_by([&] { with(manager(), [] { throw ValueError("v"); }); }), "RuntimeError('wrapped')");
  EXPECT_EQ(thrown_by([&] { with(manager(), [] { throw RuntimeError("own"); }); }), "RuntimeError('own')");
}
TEST(Contextmanager, serves_once) {
  auto manager = contextmanager(yields)(1);
  with(manager, [] {});
  EXPECT_EQ(thrown_by([&] { with(manager, [] {}); }),
            "AttributeError(\"'_GeneratorContextManager' object has no attribute 'args'\")");
}
TEST(Contextmanager, does_not_keep_its_arguments) {
  auto held = std::make_shared<int>(1);
  auto manager = contextmanager([](std::shared_ptr<int> p) -> Generator<NoneType> {
    p.reset();
    co_yield None;
  })(held);
  EXPECT_EQ(held.use_count(), 2);
  with(manager, [&] { EXPECT_EQ(held.use_count(), 1); });
}
TEST(Contextmanager, may_be_used_within_itself) {
  int depth = 0;
  auto manager = contextmanager([&depth]() -> Generator<NoneType> {
    ++depth;
    co_yield None;
    --depth;
  });
  with(manager(), [&] { with(manager(), [&] { EXPECT_EQ(depth, 2); }); });
  EXPECT_EQ(depth, 0);
}
TEST(Contextmanager, decorates_and_is_made_anew_for_each_call) {
  Trace trace;
  auto manager = contextmanager([&trace](std::string name) -> Generator<NoneType> {
    trace.push_back("enter " + name);
    co_yield None;
    trace.push_back("exit " + name);
  });
  auto add = manager("m")([](int a, int b) { return a + b; });
  EXPECT_EQ(add(1, 2), 3);
  EXPECT_EQ(add(3, 4), 7);
  EXPECT_EQ(trace, (Trace{"enter m", "exit m", "enter m", "exit m"}));
}
TEST(Contextmanager, decorates_a_coroutine_function_and_awaits_it_within) {
  Trace trace;
  auto manager = contextmanager([&trace]() { return traced(trace, 1); });
  auto call = manager()([&trace](std::string text) -> Coroutine<int> {
    trace.push_back(text);
    co_return 4;
  });
  EXPECT_EQ(run(call("body")), 4);
  EXPECT_EQ(trace, (Trace{"enter", "body", "exit None"}));
}

TEST(Asynccontextmanager, enters_gives_what_is_yielded_and_exits) {
  Trace trace;
  auto manager = asynccontextmanager([&trace](int value) { return async_traced(trace, value); });
  EXPECT_EQ(run(async_with(manager(5), [](int& value) -> Coroutine<int> { co_return value + 1; })), 6);
  EXPECT_EQ(trace, (Trace{"enter", "exit None"}));
}
TEST(Asynccontextmanager, lends_what_can_only_be_moved) {
  auto manager = asynccontextmanager([]() -> AsyncGenerator<std::unique_ptr<int>> {
    auto mine = std::make_unique<int>(1);
    co_yield std::move(mine);
    EXPECT_EQ(*mine, 2);  // it has been here all the time
  });
  run(async_with(manager(), [](std::unique_ptr<int>& lent) { *lent = 2; }));
}
TEST(Asynccontextmanager, throws_the_exception_of_the_body_in_at_the_yield_and_lets_it_through) {
  Trace trace;
  auto manager = asynccontextmanager([&trace]() { return async_traced(trace, 1); });
  std::exception_ptr thrown = std::make_exception_ptr(ValueError("boom")), caught;
  try {
    run(async_with(manager(), [&] { std::rethrow_exception(thrown); }));
  } catch (...) {
    caught = std::current_exception();
  }
  EXPECT_EQ(caught, thrown);
  EXPECT_EQ(trace, (Trace{"enter", "exit ValueError('boom')"}));
}
AsyncGenerator<NoneType> async_yields(int times) {
  for (int i = 0; i < times; ++i) {
    try {
      co_yield None;
    } catch (const ValueError&) {
    }
  }
}
TEST(Asynccontextmanager, swallows_by_returning) {
  auto manager = asynccontextmanager(async_yields);
  EXPECT_EQ(thrown_by([&] { run(async_with(manager(1), [] { throw ValueError("v"); })); }), "nothing");
  EXPECT_EQ(thrown_by([&] { run(async_with(manager(1), [] { throw KeyError("k"); })); }), "KeyError('k')");
}
TEST(Asynccontextmanager, must_yield_once) {
  auto manager = asynccontextmanager(async_yields);
  EXPECT_EQ(thrown_by([&] { run(async_with(manager(0), [] {})); }), "RuntimeError(\"generator didn't yield\")");
  EXPECT_EQ(thrown_by([&] { run(async_with(manager(2), [] {})); }), "RuntimeError(\"generator didn't stop\")");
  EXPECT_EQ(thrown_by([&] { run(async_with(manager(2), [] { throw ValueError("v"); })); }),
            "RuntimeError(\"generator didn't stop after athrow()\")");
}
TEST(Asynccontextmanager, lets_what_stops_iterations_through) {
  auto manager = asynccontextmanager(async_yields);
  EXPECT_EQ(thrown_by([&] { run(async_with(manager(1), [] { throw StopIteration("s"); })); }), "StopIteration('s')");
  EXPECT_EQ(thrown_by([&] { run(async_with(manager(1), [] { throw StopAsyncIteration("s"); })); }),
            "StopAsyncIteration('s')");
  EXPECT_EQ(thrown_by([&] { run(async_with(manager(1), [] { throw GeneratorExit("g"); })); }), "GeneratorExit('g')");
}
TEST(Asynccontextmanager, serves_once) {
  auto manager = asynccontextmanager(async_yields)(1);
  run(async_with(manager, [] {}));
  EXPECT_EQ(thrown_by([&] { run(async_with(manager, [] {})); }),
            "AttributeError(\"'_AsyncGeneratorContextManager' object has no attribute 'args'\")");
}
TEST(Asynccontextmanager, decorates_and_is_made_anew_for_each_call) {
  Trace trace;
  auto manager = asynccontextmanager([&trace]() { return async_traced(trace, 1); });
  auto add = manager()([](int a, int b) -> Coroutine<int> { co_return a + b; });
  EXPECT_EQ(run(add(1, 2)), 3);
  EXPECT_EQ(run(add(3, 4)), 7);
  EXPECT_EQ(trace, (Trace{"enter", "exit None", "enter", "exit None"}));
}

struct Tracked : ContextDecorator<Tracked> {
  std::shared_ptr<Trace> trace = std::make_shared<Trace>();
  void enter() { trace->push_back("enter"); }
  bool exit(const std::exception_ptr& error) {
    trace->push_back("exit " + repr(error));
    return isinstance<ValueError>(error);
  }
};
TEST(ContextDecorator, runs_the_function_within_the_manager) {
  Tracked tracked;
  auto half = tracked([](int n) -> int {
    if (n % 2 == 1) throw ValueError("odd");
    return n / 2;
  });
  EXPECT_EQ(half(4), 2);
  EXPECT_EQ(half(3), 0);
  EXPECT_EQ(*tracked.trace, (Trace{"enter", "exit None", "enter", "exit ValueError('odd')"}));
}
struct AsyncTracked : AsyncContextDecorator<AsyncTracked> {
  std::shared_ptr<Trace> trace = std::make_shared<Trace>();
  Coroutine<> aenter() {
    trace->push_back("enter");
    co_return;
  }
  Coroutine<> aexit(std::exception_ptr error) {
    trace->push_back("exit " + repr(error));
    co_return;
  }
};
TEST(AsyncContextDecorator, makes_a_coroutine_function) {
  AsyncTracked tracked;
  auto twice = tracked([](int n) -> Coroutine<int> { co_return n * 2; });
  EXPECT_EQ(run(twice(4)), 8);
  EXPECT_EQ(*tracked.trace, (Trace{"enter", "exit None"}));
}

static_assert(AbstractContextManager<Tracked> && !AbstractContextManager<AsyncTracked>);
static_assert(AbstractAsyncContextManager<AsyncTracked> && !AbstractAsyncContextManager<Tracked>);

}  // namespace
}  // namespace krait::contextlib
