// What cancelling a task means: when it is thrown, what becomes of its message, and how it is counted.

#include <gtest/gtest.h>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"

namespace krait::asyncio {
namespace {

Coroutine<> forever() { co_await Future<>(get_running_loop()); }

// B2.13
TEST(Cancel, before_the_first_step_the_body_never_runs) {
  run_virtually([]() -> Coroutine<> {
    auto held = std::make_shared<int>(0);
    auto body = [](std::shared_ptr<int> h) -> Coroutine<> {
      ++*h;
      co_return;
    };
    auto task = create_task(body(held));
    EXPECT_TRUE(task.cancel("early"));
    EXPECT_FALSE(task.done());
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('early')");
    EXPECT_TRUE(task.cancelled());
    EXPECT_EQ(*held, 0);
    EXPECT_EQ(held.use_count(), 1);
  });
}

// B2.13
TEST(Cancel, of_what_is_done_is_refused) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(sleep(0));
    co_await task;
    EXPECT_FALSE(task.cancel());
    EXPECT_FALSE(task.cancelled());
    EXPECT_EQ(task.cancelling(), 0);
  });
}

// B2.13, B2.14
TEST(Cancel, is_thrown_where_the_task_waits_and_its_message_reaches_the_awaiter) {
  run_virtually([]() -> Coroutine<> {
    std::string inside;
    auto task = create_task([&inside]() -> Coroutine<> {
      inside = co_await awaited_failure(forever());
      throw CancelledError("passed on");
    });
    co_await sleep(1s);
    EXPECT_TRUE(task.cancel("why"));
    EXPECT_EQ(task.cancelling(), 1);
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('passed on')");
    EXPECT_EQ(inside, "CancelledError('why')");
  });
}

// CPython: the error that ended the task comes out once, with its message; later askers get a bare one.
TEST(Cancel, its_message_is_told_once) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(forever());
    co_await sleep(0);
    task.cancel("why");
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('why')");
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError()");
  });
}

// B2.13
TEST(Cancel, of_a_chain_is_delivered_innermost_first) {
  Trace trace;
  run_virtually([&]() -> Coroutine<> {
    struct Level {
      Trace& trace;
      Coroutine<> enter(int depth) {
        std::exception_ptr error;
        try {
          depth == 0 ? co_await sleep(1h) : co_await enter(depth - 1);
        } catch (const CancelledError&) {
          error = std::current_exception();
        }
        trace.push_back(std::to_string(depth) + " " + repr(error));
        std::rethrow_exception(error);
      }
    } level{trace};
    auto task = create_task(level.enter(2));
    co_await sleep(1s);
    task.cancel("x");
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('x')");
  });
  EXPECT_EQ(trace, (Trace{"0 CancelledError('x')", "1 CancelledError('x')", "2 CancelledError('x')"}));
}

// B2.13
TEST(Cancel, goes_through_tasks_that_await_tasks) {
  run_virtually([]() -> Coroutine<> {
    auto inner = create_task(forever());
    auto middle = create_task([inner]() -> Coroutine<> { co_await inner; });
    auto outer = create_task([middle]() -> Coroutine<> { co_await middle; });
    co_await sleep(0);
    co_await sleep(0);
    outer.cancel("deep");
    EXPECT_EQ(co_await awaited_failure(outer), "CancelledError('deep')");
    EXPECT_TRUE(inner.cancelled());
    EXPECT_TRUE(middle.cancelled());
  });
}

TEST(Cancel, of_one_of_two_who_await_a_task_cancels_the_task_for_both) {
  run_virtually([]() -> Coroutine<> {
    auto inner = create_task(forever());
    auto wait = [inner]() -> Coroutine<> { co_await inner; };
    auto a = create_task(wait), b = create_task(wait);
    co_await sleep(0);
    a.cancel();
    EXPECT_EQ(co_await awaited_failure(a), "CancelledError()");
    EXPECT_EQ(co_await awaited_failure(b), "CancelledError()");
  });
}

// B2.15
TEST(Cancel, may_be_swallowed_and_the_result_wins) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task([]() -> Coroutine<int> {
      co_await awaited_failure(forever());
      co_await sleep(1s);
      co_return 7;
    });
    co_await sleep(0);
    task.cancel();
    EXPECT_EQ(co_await task, 7);
    EXPECT_FALSE(task.cancelled());
    EXPECT_EQ(task.cancelling(), 1);
  });
}

TEST(Cancel, may_become_another_exception) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task([]() -> Coroutine<> {
      co_await awaited_failure(forever());
      throw ValueError("instead");
    });
    co_await sleep(0);
    task.cancel();
    EXPECT_EQ(co_await awaited_failure(task), "ValueError('instead')");
    EXPECT_FALSE(task.cancelled());
  });
}

// B2.16
TEST(Cancel, lets_the_clean_up_await_and_a_second_one_interrupts_it) {
  run_virtually([]() -> Coroutine<> {
    Trace trace;
    auto task = create_task([&trace]() -> Coroutine<> {
      trace.push_back(co_await awaited_failure(forever()));
      trace.push_back(co_await awaited_failure(sleep(1s)));
      trace.push_back(co_await awaited_failure(sleep(1h)));
      throw CancelledError("done");
    });
    co_await sleep(0);
    task.cancel("first");
    co_await sleep(5s);
    task.cancel("second");
    EXPECT_EQ(task.cancelling(), 2);
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('done')");
    EXPECT_EQ(trace, (Trace{"CancelledError('first')", "nothing", "CancelledError('second')"}));
    EXPECT_EQ(get_running_loop().time(), 5s);
  });
}

TEST(Cancel, twice_before_it_is_delivered_throws_once) {
  run_virtually([]() -> Coroutine<> {
    Trace trace;
    auto task = create_task([&trace]() -> Coroutine<> {
      trace.push_back(co_await awaited_failure(sleep(1h)));
      trace.push_back(co_await awaited_failure(sleep(0)));
      trace.push_back(co_await awaited_failure(sleep(1s)));
    });
    co_await sleep(0);
    task.cancel("a");
    task.cancel("b");
    co_await task;
    EXPECT_EQ(task.cancelling(), 2);
    EXPECT_EQ(trace, (Trace{"CancelledError('a')", "nothing", "nothing"}));
  });
}

// B2.13: what a task asks of itself is delivered at its next wait.
TEST(Cancel, of_oneself_is_thrown_at_the_next_wait) {
  run_virtually([]() -> Coroutine<> {
    for (nanoseconds delay : {0s, 1s}) {
      bool after = false;
      auto task = create_task([&after, delay]() -> Coroutine<> {
        current_task().cancel("me");
        after = true;
        co_await sleep(delay);
      });
      EXPECT_EQ(co_await awaited_failure(task), "CancelledError('me')");
      EXPECT_TRUE(after);
      EXPECT_EQ(get_running_loop().time(), 0s);  // at once, not when the wait is over
    }
  });
}

TEST(Cancel, that_no_wait_follows_cancels_the_task_in_the_end) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task([]() -> Coroutine<int> {
      current_task().cancel("late");
      co_return 7;
    });
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('late')");
    EXPECT_TRUE(task.cancelled());
  });
}

TEST(Cancel, after_the_wake_up_is_delivered_instead_of_the_result) {
  run_virtually([]() -> Coroutine<> {
    Future<int> future(get_running_loop());
    auto task = create_task([future]() -> Coroutine<int> { co_return co_await future; });
    co_await sleep(0);
    future.set_result(7);
    task.cancel("late");
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('late')");
    EXPECT_EQ(future.result(), 7);
  });
}

TEST(Cancel, after_the_wake_up_by_a_failure_takes_the_failure_for_retrieved) {
  Trace reports;
  VirtualClock clock;
  Runner runner;
  runner.get_loop().set_exception_handler(
      [&reports](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
  runner.run([]() -> Coroutine<> {
    Future<int> future(get_running_loop());
    auto task = create_task([future]() -> Coroutine<int> { co_return co_await future; });
    co_await sleep(0);
    future.set_exception(ValueError("boom"));
    task.cancel("late");
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('late')");
  }());
  runner.close();
  EXPECT_EQ(reports, Trace{});
}

TEST(Cancel, after_the_wake_up_by_a_cancelled_future_is_that_cancellation) {
  run_virtually([]() -> Coroutine<> {
    Future<> future(get_running_loop());
    Trace trace;
    auto task = create_task([&trace, future]() -> Coroutine<> {
      trace.push_back(co_await awaited_failure(future));
      trace.push_back(co_await awaited_failure(sleep(1s)));
    });
    co_await sleep(0);
    future.cancel("future");
    task.cancel("task");
    co_await task;
    EXPECT_EQ(trace, (Trace{"CancelledError('future')", "nothing"}));
  });
}

// A gather that was cancelled is not cancelled(), but what it ends with counts as a cancellation.
TEST(Cancel, after_the_wake_up_by_a_cancelled_gather_is_that_cancellation) {
  run_virtually([]() -> Coroutine<> {
    auto gathered = gather(create_task(forever()));
    Trace trace;
    auto task = create_task([&trace, gathered]() -> Coroutine<> {
      trace.push_back(co_await awaited_failure(gathered));
      trace.push_back(co_await awaited_failure(sleep(1s)));
    });
    co_await sleep(1s);
    gathered.cancel("gather");
    while (!gathered.done()) co_await sleep(0);
    task.cancel("task");
    co_await task;
    EXPECT_EQ(trace, (Trace{"CancelledError('gather')", "nothing"}));
  });
}

TEST(Cancel, of_the_awaited_future_itself_cancels_the_task) {
  run_virtually([]() -> Coroutine<> {
    Future<> future(get_running_loop());
    auto task = create_task([future]() -> Coroutine<> { co_await future; });
    co_await sleep(0);
    future.cancel("future");
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('future')");
    EXPECT_EQ(task.cancelling(), 0);
  });
}

// CPython recurses until it dies of that.
TEST(Cancel, of_a_circle_of_tasks_says_so) {
  VirtualClock clock;
  auto held = std::make_shared<int>();
  std::string said;
  auto main = [&said](std::shared_ptr<int> h) -> Coroutine<> {
    Task<> a, b;
    a = create_task([&b, h]() -> Coroutine<> { co_await b; });
    b = create_task([&a, h]() -> Coroutine<> { co_await a; });
    a.set_name("a");
    co_await sleep(0);
    try {
      a.cancel();
    } catch (const RuntimeError& error) {
      said = error.what();
    }
  };
  ::testing::internal::CaptureStderr();
  EXPECT_THROW(run(main(held)), RuntimeError);  // which cancels what is left
  (void)::testing::internal::GetCapturedStderr();
  EXPECT_EQ(said, "cannot cancel <Task pending name='a'>: it awaits itself through other tasks");
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Cancel, leaves_no_timer_behind) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    auto task = create_task(sleep(1h));
    co_await sleep(1s);
    task.cancel();
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError()");
  }());
  EXPECT_EQ(clock.elapsed(), 1s);
}

// B2.13
TEST(Uncancel, counts_down_and_takes_back_what_was_not_delivered) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task([]() -> Coroutine<int> {
      AnyTask self = current_task();
      self.cancel();
      self.cancel();
      EXPECT_EQ(self.cancelling(), 2);
      EXPECT_EQ(self.uncancel(), 1);
      EXPECT_EQ(self.uncancel(), 0);
      EXPECT_EQ(self.uncancel(), 0);
      co_await sleep(1s);
      co_return 7;
    });
    EXPECT_EQ(co_await task, 7);
    EXPECT_FALSE(task.cancelled());
  });
}

TEST(Uncancel, of_one_of_two_keeps_the_request) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task([]() -> Coroutine<> {
      current_task().cancel("a");
      current_task().cancel("b");
      current_task().uncancel();
      co_await sleep(1s);
    });
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('b')");
  });
}

}  // namespace
}  // namespace krait::asyncio
