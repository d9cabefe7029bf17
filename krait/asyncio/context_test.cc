// Which context a task, a callback and a thread run in. Python: test_context.py, test_tasks.py (ContextVars)

#include <gtest/gtest.h>

#include "krait/asyncio.h"
#include "krait/contextvars.h"
#include "krait/unittest/virtual_clock.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;
using unittest::VirtualClock;

contextvars::ContextVar<int> number("number", 0);

Coroutine<int> set_and_get(int value) {
  number.set(value);
  co_await sleep(1ms);
  co_return number.get();
}

TEST(TaskContext, what_a_task_sets_stays_in_it) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    number.set(1);
    auto [a, b] = co_await gather(set_and_get(2), set_and_get(3));
    EXPECT_EQ(a, 2);
    EXPECT_EQ(b, 3);
    EXPECT_EQ(number.get(), 1);
  }());
}

TEST(TaskContext, a_task_sees_what_was_set_when_it_was_made) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    number.set(1);
    Task<int> task = create_task([]() -> Coroutine<int> { co_return number.get(); }());
    number.set(2);
    EXPECT_EQ(co_await task, 1);
  }());
}

TEST(TaskContext, a_coroutine_that_is_awaited_shares_its_callers) {
  run([]() -> Coroutine<> {
    co_await set_and_get(5);
    EXPECT_EQ(number.get(), 5);
  }());
}

TEST(TaskContext, an_eager_task_has_its_own_from_its_first_step_on) {
  run([]() -> Coroutine<> {
    number.set(1);
    Task<int> task = create_task(set_and_get(2), {.eager_start = true});
    EXPECT_EQ(number.get(), 1);
    EXPECT_EQ(co_await task, 2);
  }());
}

TEST(TaskContext, one_that_is_given_is_used_itself) {
  run([]() -> Coroutine<> {
    contextvars::Context context;
    co_await create_task(set_and_get(7), {.context = context});
    EXPECT_EQ(context.at(number), 7);
    EXPECT_EQ(number.get(), 0);
  }());
}

TEST(TaskContext, a_task_group_hands_it_on) {
  run([]() -> Coroutine<> {
    contextvars::Context context;
    co_await async_with(TaskGroup(), [&](TaskGroup& group) -> Coroutine<> {
      group.create_task(set_and_get(8), {.context = context});
      co_return;
    });
    EXPECT_EQ(context.at(number), 8);
  }());
}

TEST(CallbackContext, a_callback_runs_in_a_copy_of_the_one_it_was_scheduled_in) {
  VirtualClock clock;
  std::vector<int> seen;
  auto note = [&seen] {
    seen.push_back(number.get());
    number.set(99);
  };
  run([](auto note) -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    Future<> future(loop);
    number.set(1);
    loop.call_soon(note);
    number.set(2);
    loop.call_later(1ms, note);
    number.set(3);
    loop.call_at(loop.time() + 2ms, note);
    number.set(4);
    future.add_done_callback([note](FutureBase) mutable { note(); });
    number.set(5);
    loop.call_soon_threadsafe(note);
    number.set(6);
    co_await sleep(3ms);
    future.set_result();
    co_await sleep(0s);
    co_await sleep(0s);
    EXPECT_EQ(number.get(), 6);
  }(note));
  EXPECT_EQ(seen, (std::vector{1, 5, 2, 3, 4}));
}

TEST(CallbackContext, one_that_is_given_is_used_itself) {
  run([]() -> Coroutine<> {
    contextvars::Context context;
    get_running_loop().call_soon([] { number.set(4); }, context);
    co_await sleep(0s);
    co_await sleep(0s);
    EXPECT_EQ(context.at(number), 4);
    EXPECT_EQ(number.get(), 0);
  }());
}

TEST(ThreadContext, to_thread_runs_in_a_copy_of_the_tasks) {
  run([]() -> Coroutine<> {
    number.set(4);
    const int seen = co_await to_thread([] {
      const int before = number.get();
      number.set(5);
      return before;
    });
    EXPECT_EQ(seen, 4);
    EXPECT_EQ(number.get(), 4);
  }());
}

TEST(RunnerContext, what_one_run_sets_the_next_one_sees) {
  Runner runner;
  runner.run([]() -> Coroutine<> {
    number.set(3);
    co_return;
  }());
  EXPECT_EQ(number.get(), 0);
  runner.run([]() -> Coroutine<> {
    EXPECT_EQ(number.get(), 3);
    co_return;
  }());
}

}  // namespace
}  // namespace krait::asyncio
