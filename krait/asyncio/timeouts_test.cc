#include "krait/asyncio/timeouts.h"

#include <gtest/gtest.h>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/runners.h"

namespace krait::asyncio {
namespace {

nanoseconds now() { return get_running_loop().time(); }
Coroutine<> forever() { co_await Future<>(get_running_loop()); }

// B2.22
TEST(Timeout, cancels_what_is_inside_and_comes_out_as_a_timeout_error) {
  run_virtually([]() -> Coroutine<> {
    std::string inside;
    try {
      co_await async_with(timeout(2s), [&](Timeout& scope) -> Coroutine<> {
        inside = co_await awaited_failure(forever());
        EXPECT_TRUE(scope.expired());
        EXPECT_EQ(current_task().cancelling(), 1);
        throw CancelledError("again");
      });
      ADD_FAILURE() << "no timeout";
    } catch (const TimeoutError& error) {
      EXPECT_EQ(repr(error.cause()), "CancelledError('again')");
    }
    EXPECT_EQ(inside, "CancelledError()");
    EXPECT_EQ(now(), 2s);
    EXPECT_EQ(current_task().cancelling(), 0);
    co_await sleep(1s);  // the task itself is not cancelled
  });
}

// B2.22
TEST(Timeout, in_time_changes_nothing) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    int given = co_await async_with(timeout(2s), [](Timeout& scope) -> Coroutine<int> {
      co_await sleep(1s);
      EXPECT_FALSE(scope.expired());
      EXPECT_EQ(scope.when(), 2s);
      co_return 7;
    });
    EXPECT_EQ(given, 7);
  }());
  EXPECT_EQ(clock.elapsed(), 1s);  // and leaves no timer behind
}

TEST(Timeout, an_exception_in_time_comes_out_as_it_is) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](Timeout&) -> Coroutine<> {
      co_await sleep(1s);
      throw ValueError("boom");
    };
    EXPECT_EQ(co_await awaited_failure(async_with(timeout(2s), body)), "ValueError('boom')");
  });
}

TEST(Timeout, an_exception_that_takes_the_cancellation_s_place_comes_out_as_it_is) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](Timeout&) -> Coroutine<> {
      co_await awaited_failure(forever());
      throw ValueError("instead");
    };
    EXPECT_EQ(co_await awaited_failure(async_with(timeout(1s), body)), "ValueError('instead')");
    EXPECT_EQ(current_task().cancelling(), 0);
  });
}

TEST(Timeout, a_body_that_swallows_the_cancellation_gives_its_result) {
  run_virtually([]() -> Coroutine<> {
    bool expired = false;
    int given = co_await async_with(timeout(1s), [&](Timeout& scope) -> Coroutine<int> {
      co_await awaited_failure(forever());
      expired = scope.expired();
      co_return 7;
    });
    EXPECT_EQ(given, 7);
    EXPECT_TRUE(expired);
    EXPECT_EQ(current_task().cancelling(), 0);
  });
}

TEST(Timeout, of_zero_expires_at_the_first_wait) {
  run_virtually([]() -> Coroutine<> {
    bool reached = false;
    auto body = [&](Timeout&) -> Coroutine<> {
      reached = true;
      co_await sleep(0);
      ADD_FAILURE() << "went on";
    };
    EXPECT_EQ(co_await awaited_failure(async_with(timeout(0s), body)), "TimeoutError()");
    EXPECT_TRUE(reached);
    EXPECT_EQ(co_await awaited_failure(async_with(timeout(-1s), body)), "TimeoutError()");
    EXPECT_EQ(co_await awaited_failure(async_with(timeout_at(-1s), body)), "TimeoutError()");
    EXPECT_EQ(now(), 0s);
  });
}

TEST(Timeout, of_zero_leaves_a_body_alone_that_does_not_wait) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](Timeout&) -> Coroutine<int> { co_return 7; };
    EXPECT_EQ(co_await async_with(timeout(0s), body), 7);
    co_await sleep(0);
  });
}

TEST(TimeoutAt, is_a_moment_of_the_loop_s_clock) {
  run_virtually([]() -> Coroutine<> {
    co_await sleep(3s);
    auto body = [](Timeout&) -> Coroutine<> { co_await forever(); };
    EXPECT_EQ(co_await awaited_failure(async_with(timeout_at(5s), body)), "TimeoutError()");
    EXPECT_EQ(now(), 5s);
  });
}

TEST(Timeout, of_nothing_never_expires) {
  run_virtually([]() -> Coroutine<> {
    co_await async_with(timeout(std::nullopt), [](Timeout& scope) -> Coroutine<> {
      EXPECT_EQ(scope.when(), std::nullopt);
      co_await sleep(1000h);
    });
  });
}

// B2.22
TEST(Timeout, the_inner_one_of_two_expires_alone) {
  run_virtually([]() -> Coroutine<> {
    co_await async_with(timeout(5s), [](Timeout& outer) -> Coroutine<> {
      auto body = [](Timeout&) -> Coroutine<> { co_await forever(); };
      EXPECT_EQ(co_await awaited_failure(async_with(timeout(1s), body)), "TimeoutError()");
      EXPECT_FALSE(outer.expired());
      co_await sleep(1s);
    });
    EXPECT_EQ(now(), 2s);
  });
}

// B2.22
TEST(Timeout, the_outer_one_of_two_passes_through_the_inner_one_as_a_cancellation) {
  run_virtually([]() -> Coroutine<> {
    std::string inner;
    auto body = [&](Timeout&) -> Coroutine<> {
      inner = co_await awaited_failure(async_with(timeout(5s), [](Timeout&) -> Coroutine<> { co_await forever(); }));
      throw CancelledError();
    };
    EXPECT_EQ(co_await awaited_failure(async_with(timeout(1s), body)), "TimeoutError()");
    EXPECT_EQ(inner, "CancelledError()");
    EXPECT_EQ(now(), 1s);
  });
}

// B2.22, both deadlines at once: CPython gives the inner block a CancelledError, and the outer one the TimeoutError.
TEST(Timeout, when_both_expire_at_once_the_outer_one_gets_the_error) {
  run_virtually([]() -> Coroutine<> {
    std::string inner;
    auto body = [&](Timeout&) -> Coroutine<> {
      inner = co_await awaited_failure(async_with(timeout(1s), [](Timeout&) -> Coroutine<> { co_await forever(); }));
      throw CancelledError();
    };
    EXPECT_EQ(co_await awaited_failure(async_with(timeout(1s), body)), "TimeoutError()");
    EXPECT_EQ(inner, "CancelledError()");
    EXPECT_EQ(current_task().cancelling(), 0);
  });
}

// B2.22
TEST(Timeout, a_cancellation_from_outside_at_the_same_time_wins) {
  run_virtually([]() -> Coroutine<> {
    for (bool outside_first : {false, true}) {
      Task<> task;
      auto cancel = [&task] { task.cancel("outside"); };
      if (outside_first) get_running_loop().call_at(now() + 1s, cancel);
      task = create_task(async_with(timeout_at(now() + 1s), [](Timeout&) -> Coroutine<> { co_await forever(); }));
      co_await sleep(0);
      if (!outside_first) get_running_loop().call_at(now() + 1s, cancel);
      EXPECT_EQ((co_await awaited_failure(task)).substr(0, 14), "CancelledError") << outside_first;
      EXPECT_TRUE(task.cancelled());
      EXPECT_EQ(task.cancelling(), 1);
    }
  });
}

TEST(Timeout, a_cancellation_from_outside_before_it_passes_through) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(async_with(timeout(5s), [](Timeout&) -> Coroutine<> { co_await forever(); }));
    co_await sleep(1s);
    task.cancel("outside");
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('outside')");
    EXPECT_EQ(now(), 1s);
  });
}

// The request of before is not this timeout's: it counts only what came since it was entered.
TEST(Timeout, works_in_a_task_that_swallowed_a_cancellation_before) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task([]() -> Coroutine<std::string> {
      co_await awaited_failure(forever());
      EXPECT_EQ(current_task().cancelling(), 1);
      auto body = [](Timeout&) -> Coroutine<> { co_await forever(); };
      std::string ended = co_await awaited_failure(async_with(timeout(1s), body));
      EXPECT_EQ(current_task().cancelling(), 1);
      co_return ended;
    });
    co_await sleep(0);
    task.cancel();
    EXPECT_EQ(co_await task, "TimeoutError()");
  });
}

// B2.22
TEST(Reschedule, moves_the_deadline_either_way) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](Timeout& scope) -> Coroutine<> {
      co_await sleep(1s);
      scope.reschedule(now() + 9s);
      co_await sleep(8s);
      scope.reschedule(now() + 500ms);
      co_await forever();
    };
    EXPECT_EQ(co_await awaited_failure(async_with(timeout(2s), body)), "TimeoutError()");
    EXPECT_EQ(now(), 9s + 500ms);
  });
}

TEST(Reschedule, into_the_past_expires_at_the_next_wait) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](Timeout& scope) -> Coroutine<> {
      scope.reschedule(now());
      co_await sleep(1s);
    };
    EXPECT_EQ(co_await awaited_failure(async_with(timeout(1h), body)), "TimeoutError()");
    EXPECT_EQ(now(), 0s);
  });
}

TEST(Reschedule, to_nothing_lifts_the_limit) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    co_await async_with(timeout(1s), [](Timeout& scope) -> Coroutine<> {
      scope.reschedule(std::nullopt);
      EXPECT_EQ(scope.when(), std::nullopt);
      co_await sleep(1h);
    });
  }());
  EXPECT_EQ(clock.elapsed(), 1h);
}

TEST(Reschedule, says_why_it_cannot) {
  run_virtually([]() -> Coroutine<> {
    Timeout scope = timeout(1s);
    EXPECT_EQ(failure([&] { scope.reschedule(1s); }), "RuntimeError('Timeout has not been entered')");
    scope._enter();
    co_await awaited_failure(forever());
    EXPECT_EQ(failure([&] { scope.reschedule(1s); }), "RuntimeError('Cannot change state of expiring Timeout')");
    scope._exit(nullptr);
    EXPECT_EQ(failure([&] { scope.reschedule(1s); }), "RuntimeError('Cannot change state of expired Timeout')");
    Timeout in_time = timeout(1s);
    in_time._enter();
    in_time._exit(nullptr);
    EXPECT_EQ(failure([&] { in_time.reschedule(1s); }), "RuntimeError('Cannot change state of finished Timeout')");
  });
}

TEST(Timeout, is_entered_once) {
  run_virtually([]() -> Coroutine<> {
    Timeout scope = timeout(1s);
    co_await scope.aenter();
    EXPECT_EQ(co_await awaited_failure(scope.aenter()), "RuntimeError('Timeout has already been entered')");
    EXPECT_FALSE(co_await scope.aexit(nullptr));
  });
}

// B2.22
TEST(Timeout, is_for_tasks_only) {
  run_virtually([]() -> Coroutine<> {
    std::string said;
    get_running_loop().call_soon([&said] {
      Timeout scope = timeout(1s);
      said = failure([&] { scope._enter(); });
    });
    co_await sleep(0);
    EXPECT_EQ(said, "RuntimeError('Timeout should be used inside a task')");
  });
}

TEST(Timeout, one_left_pending_is_freed_when_the_loop_closes) {
  VirtualClock clock;
  auto loop = new_event_loop();
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  auto held = std::make_shared<int>();
  auto body = [](std::shared_ptr<int>) -> Coroutine<> {
    co_await async_with(timeout(1h), [](Timeout&) -> Coroutine<> { co_await forever(); });
  };
  loop->create_task(body(held));
  loop->stop();
  loop->run_forever();
  loop->close();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace krait::asyncio
