// contextlib's managers where there is a loop: what is cancelled goes through every exit.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "krait/asyncio.h"
#include "krait/contextlib.h"
#include "krait/unittest/virtual_clock.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;
using unittest::VirtualClock;
using Trace = std::vector<std::string>;

template <class A>
Coroutine<std::string> failure_of(A awaitable) {
  try {
    co_await std::move(awaitable);
    co_return "nothing";
  } catch (...) {
    co_return repr(std::current_exception());
  }
}

// A connection that takes a second to open and a second to close.
AsyncGenerator<std::string> connection(Trace& trace, std::string name) {
  co_await sleep(1s);
  trace.push_back("open " + name);
  std::exception_ptr left;
  try {
    co_yield name;
  } catch (...) {
    left = std::current_exception();
  }
  co_await sleep(1s);
  trace.push_back("close " + name + " " + repr(left));
  if (left) std::rethrow_exception(left);
}
auto connected(Trace& trace) {
  return contextlib::asynccontextmanager([&trace](std::string name) { return connection(trace, name); });
}
// Runs `make(trace)` as a task, cancels it `after` so long, and gives how it ended.
template <class Make>
std::string cancelled(Trace& trace, std::chrono::nanoseconds after, Make make) {
  VirtualClock clock;
  return run([](Trace& trace, std::chrono::nanoseconds after, Make make) -> Coroutine<std::string> {
    auto task = create_task(make(trace));
    co_await sleep(after);
    task.cancel("enough");
    co_return co_await failure_of(task);
  }(trace, after, make));
}

Coroutine<> use_one(Trace& trace) {
  auto session = connected(trace);
  co_await async_with(session("db"), [](std::string&) -> Coroutine<> { co_await sleep(1h); });
}
TEST(Managers, a_cancel_in_the_body_closes_and_goes_on) {
  Trace trace;
  EXPECT_EQ(cancelled(trace, 2s, use_one), "CancelledError('enough')");
  EXPECT_EQ(trace, (Trace{"open db", "close db CancelledError('enough')"}));
}
TEST(Managers, a_cancel_while_entering_leaves_nothing_to_close) {
  Trace trace;
  EXPECT_EQ(cancelled(trace, 500ms, use_one), "CancelledError('enough')");
  EXPECT_TRUE(trace.empty());
}
TEST(Managers, a_second_cancel_interrupts_the_closing) {
  Trace trace;
  VirtualClock clock;
  std::string ended = run([](Trace& trace) -> Coroutine<std::string> {
    auto task = create_task(use_one(trace));
    co_await sleep(2s);
    task.cancel("first");
    co_await sleep(500ms);
    task.cancel("second");
    co_return co_await failure_of(task);
  }(trace));
  EXPECT_EQ(ended, "CancelledError('second')");
  EXPECT_EQ(trace, Trace{"open db"});
}

Coroutine<> use_stack(Trace& trace) {
  auto session = connected(trace);
  co_await async_with(contextlib::AsyncExitStack(), [&](contextlib::AsyncExitStack& stack) -> Coroutine<> {
    co_await stack.enter_async_context(session("a"));
    co_await stack.enter_async_context(session("b"));
    co_await sleep(1h);
  });
}
TEST(Managers, a_cancel_goes_through_a_whole_stack) {
  Trace trace;
  EXPECT_EQ(cancelled(trace, 3s, use_stack), "CancelledError('enough')");
  EXPECT_EQ(trace, (Trace{"open a", "open b", "close b CancelledError('enough')", "close a CancelledError('enough')"}));
}
TEST(Managers, a_cancel_between_two_entries_leaves_what_was_entered) {
  Trace trace;
  EXPECT_EQ(cancelled(trace, 1500ms, use_stack), "CancelledError('enough')");
  EXPECT_EQ(trace, (Trace{"open a", "close a CancelledError('enough')"}));
}
Coroutine<> suppressed(Trace& trace) {
  auto body = []() -> Coroutine<> { co_await sleep(1h); };
  co_await with(contextlib::suppress<CancelledError>(), body);
  trace.push_back("went on");
}
TEST(Managers, a_cancel_may_be_suppressed) {
  Trace trace;
  EXPECT_EQ(cancelled(trace, 1s, suppressed), "nothing");
  EXPECT_EQ(trace, Trace{"went on"});
}

AsyncGenerator<int> numbers(Trace& trace) {
  std::exception_ptr left;
  try {
    for (int i = 0;; ++i) {
      co_await sleep(1s);
      co_yield i;
    }
  } catch (...) {
    left = std::current_exception();
  }
  co_await sleep(1s);
  trace.push_back("closed " + repr(left));
  std::rethrow_exception(left);
}
TEST(Managers, aclosing_awaits_the_end_of_a_generator_that_is_left_early) {
  VirtualClock clock;
  Trace trace;
  run(async_with(contextlib::aclosing(numbers(trace)), [](AsyncGenerator<int>& items) -> Coroutine<> {
    while (auto item = co_await items.anext()) {
      if (*item == 2) break;
    }
  }));
  EXPECT_EQ(trace, Trace{"closed GeneratorExit()"});
  EXPECT_EQ(clock.elapsed(), 4s);
}

}  // namespace
}  // namespace krait::asyncio
