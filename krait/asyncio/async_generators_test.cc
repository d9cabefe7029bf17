// Async generators and `with` blocks where there is a loop: what waits, what is cancelled, who else gets a turn.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "krait/asyncio.h"
#include "krait/builtins.h"
#include "krait/unittest/virtual_clock.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;
using unittest::VirtualClock;
using Trace = std::vector<std::string>;

// What awaiting throws, as repr() prints it; "nothing".
template <class A>
Coroutine<std::string> thrown_by(A awaitable) {
  try {
    co_await std::move(awaitable);
    co_return "nothing";
  } catch (...) {
    co_return repr(std::current_exception());
  }
}

AsyncGenerator<int> ticks(int n) {
  for (int i = 0; i < n; ++i) {
    co_await sleep(1s);
    co_yield i;
  }
}

TEST(AsyncGenerators, wait_between_their_items) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    int sum = 0;
    auto numbers = ticks(4);
    while (auto n = co_await numbers.anext()) sum += *n;
    EXPECT_EQ(sum, 6);
  }());
  EXPECT_EQ(clock.elapsed(), 4s);
}
TEST(AsyncGenerators, let_other_tasks_run_meanwhile) {
  VirtualClock clock;
  Trace trace;
  run([](Trace& trace) -> Coroutine<> {
    auto read = [](Trace& trace, std::string name) -> Coroutine<> {
      auto numbers = ticks(2);
      while (auto n = co_await numbers.anext()) trace.push_back(name + std::to_string(*n));
    };
    co_await gather(read(trace, "a"), read(trace, "b"));
  }(trace));
  EXPECT_EQ(trace, (Trace{"a0", "b0", "a1", "b1"}));
}

// How a generator saw its end.
AsyncGenerator<int> telling(Trace& trace) {
  std::exception_ptr left;
  try {
    co_await sleep(1s);
    co_yield 1;
    co_await sleep(1h);
  } catch (...) {
    left = std::current_exception();
  }
  trace.push_back(left ? type_name(left) : "returned");
  co_await sleep(1s);
  trace.push_back("cleaned up");
  if (left) std::rethrow_exception(left);
}
TEST(AsyncGenerators, a_cancelled_step_throws_in_where_the_generator_waits_and_ends_it) {
  VirtualClock clock;
  Trace trace;
  run([](Trace& trace) -> Coroutine<> {
    auto generator = telling(trace);
    EXPECT_EQ(co_await generator.anext(), 1);
    auto stepping = create_task(thrown_by(generator.anext()));
    co_await sleep(1s);
    stepping.cancel("enough");
    EXPECT_EQ(co_await stepping, "CancelledError('enough')");
    EXPECT_EQ(trace, (Trace{"CancelledError", "cleaned up"}));
    EXPECT_EQ(co_await generator.anext(), std::nullopt);
  }(trace));
  EXPECT_EQ(clock.elapsed(), 3s);
}
TEST(AsyncGenerators, a_cancel_at_a_yield_does_not_concern_the_generator) {
  VirtualClock clock;
  Trace trace;
  run([](Trace& trace) -> Coroutine<> {
    auto generator = telling(trace);
    auto reading = create_task([&]() -> Coroutine<> {
      co_await generator.anext();
      co_await sleep(1h);
    });
    co_await sleep(2s);
    reading.cancel();
    EXPECT_EQ(co_await thrown_by(reading), "CancelledError()");
    EXPECT_TRUE(trace.empty());
    co_await generator.aclose();
    EXPECT_EQ(trace, (Trace{"GeneratorExit", "cleaned up"}));
  }(trace));
}
TEST(AsyncGenerators, a_cancelled_aclose_throws_in_where_the_clean_up_waits) {
  VirtualClock clock;
  Trace trace;
  run([](Trace& trace) -> Coroutine<> {
    auto generator = telling(trace);
    co_await generator.anext();
    auto closing = create_task(thrown_by(generator.aclose()));
    co_await sleep(0);
    closing.cancel();
    EXPECT_EQ(co_await closing, "CancelledError()");
    EXPECT_EQ(trace, Trace{"GeneratorExit"});
  }(trace));
}
TEST(AsyncGenerators, two_tasks_cannot_step_one_at_once) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    auto numbers = ticks(1);
    auto first = create_task(numbers.anext());
    co_await sleep(0);
    EXPECT_EQ(co_await thrown_by(numbers.anext()),
              "RuntimeError('anext(): asynchronous generator is already running')");
    EXPECT_EQ(co_await thrown_by(numbers.aclose()),
              "RuntimeError('aclose(): asynchronous generator is already running')");
    EXPECT_EQ(co_await first, 0);
  }());
}
TEST(AsyncGenerators, a_step_is_limited_by_wait_for) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    auto numbers = ticks(3);
    EXPECT_EQ(co_await wait_for(numbers.anext(), 2s), 0);
    EXPECT_EQ(co_await thrown_by(wait_for(numbers.anext(), 500ms)), "TimeoutError()");
    EXPECT_EQ(co_await numbers.anext(), std::nullopt);
  }());
}
TEST(AsyncGenerators, a_task_that_was_never_started_leaves_the_generator_as_it_is) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    auto numbers = ticks(1);
    auto step = create_task(numbers.anext());
    step.cancel();
    EXPECT_EQ(co_await thrown_by(step), "CancelledError()");
    EXPECT_EQ(co_await numbers.anext(), 0);
  }());
}

// The loop is closed while a task awaits a step of a generator that outlives it.
TEST(AsyncGenerators, outlive_a_loop_that_was_closed_within_a_step) {
  AsyncGenerator<int> numbers = ticks(2);
  {
    VirtualClock clock;
    auto loop = new_event_loop();
    loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
    auto step = loop->create_task(thrown_by(numbers.anext()));
    loop->call_soon([&loop] { loop->stop(); });
    loop->run_forever();
    EXPECT_FALSE(step.done());
    loop->close();
  }
  VirtualClock clock;
  run([](AsyncGenerator<int>& numbers) -> Coroutine<> { EXPECT_EQ(co_await numbers.anext(), std::nullopt); }(numbers));
}

AsyncGenerator<long> endless() {
  for (long i = 0;; ++i) co_yield i;
}
TEST(AsyncGenerators, items_that_come_at_once_do_not_starve_a_timer) {
  bool fired = false;
  run([](bool& fired) -> Coroutine<> {
    get_running_loop().call_later(1ms, [&fired] { fired = true; });
    auto numbers = endless();
    for (long i = 0; i < 200'000'000 && !fired; ++i) EXPECT_EQ(co_await numbers.anext(), i);
  }(fired));
  EXPECT_TRUE(fired);
}
TEST(AsyncGenerators, a_million_items_in_a_task_need_no_stack) {
  run([]() -> Coroutine<> {
    auto numbers = endless();
    long sum = 0;
    for (int i = 0; i < 1'000'000; ++i) sum += *co_await numbers.anext();
    EXPECT_EQ(sum, 499'999'500'000);
  }());
}

// A door that takes a second to open and a second to close.
struct Door {
  Trace& trace;
  Coroutine<> aenter() {
    trace.push_back("opening");
    co_await sleep(1s);
    trace.push_back("open");
  }
  Coroutine<bool> aexit(std::exception_ptr error) {
    trace.push_back("closing " + type_name(error));
    co_await sleep(1s);
    trace.push_back("closed");
    co_return false;
  }
};
// Cancels a task that goes through the door for an hour, `after` that long; gives how it ended.
Coroutine<std::string> cancelled_after(std::chrono::nanoseconds after, Trace& trace) {
  auto task = create_task(async_with(Door{trace}, []() -> Coroutine<> { co_await sleep(1h); }));
  co_await sleep(after);
  task.cancel();
  co_return co_await thrown_by(task);
}
TEST(AsyncWithBlocks, a_cancel_within_goes_through_the_exit) {
  VirtualClock clock;
  Trace trace;
  EXPECT_EQ(run(cancelled_after(2s, trace)), "CancelledError()");
  EXPECT_EQ(trace, (Trace{"opening", "open", "closing CancelledError", "closed"}));
  EXPECT_EQ(clock.elapsed(), 3s);
}
TEST(AsyncWithBlocks, a_cancel_while_entering_leaves_nothing_to_exit) {
  VirtualClock clock;
  Trace trace;
  EXPECT_EQ(run(cancelled_after(500ms, trace)), "CancelledError()");
  EXPECT_EQ(trace, Trace{"opening"});
}
TEST(AsyncWithBlocks, a_cancel_while_exiting_throws_in_where_the_exit_waits) {
  VirtualClock clock;
  Trace trace;
  run([](Trace& trace) -> Coroutine<> {
    auto task = create_task(async_with(Door{trace}, [] { throw ValueError("v"); }));
    co_await sleep(1500ms);
    task.cancel("now");
    try {
      co_await task;
    } catch (const CancelledError& error) {
      EXPECT_STREQ(error.what(), "now");
      EXPECT_EQ(repr(error.cause()), "ValueError('v')");
    }
    EXPECT_TRUE(task.cancelled());
  }(trace));
  EXPECT_EQ(trace, (Trace{"opening", "open", "closing ValueError"}));
}

struct Suppresses {
  void enter() {}
  bool exit(std::exception_ptr error) { return isinstance<CancelledError>(error); }
};
TEST(WithBlocks, an_awaited_body_is_cancelled_within_the_block) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    auto task = create_task(with(Suppresses(), []() -> Coroutine<> { co_await sleep(1h); }));
    co_await sleep(1s);
    task.cancel();
    EXPECT_EQ(co_await thrown_by(task), "nothing");
  }());
}

}  // namespace
}  // namespace krait::asyncio
