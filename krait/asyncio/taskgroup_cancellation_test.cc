// A task group that is cancelled: from outside, from inside, and within another one. What comes out, and how the requests
// are counted.

#include <gtest/gtest.h>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"

namespace krait::asyncio {
namespace {

nanoseconds now() { return get_running_loop().time(); }
Coroutine<> forever() { co_await Future<>(get_running_loop()); }
template <class E>
Coroutine<> fails_after(nanoseconds delay, E error) {
  co_await sleep(delay);
  throw error;
}
// Takes `time` to clean up after having been cancelled.
Coroutine<> cleans_up(nanoseconds time) {
  std::exception_ptr error;
  try {
    co_await forever();
  } catch (const CancelledError&) {
    error = std::current_exception();
  }
  co_await sleep(time);
  std::rethrow_exception(error);
}

// B2.24
TEST(TaskGroupCancel, from_outside_while_the_body_waits_cancels_every_task_and_comes_out) {
  run_virtually([]() -> Coroutine<> {
    Task<> first, second;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      first = group.create_task(forever());
      second = group.create_task(cleans_up(2s));
      co_await forever();
    };
    auto parent = create_task(async_with(TaskGroup(), body));
    co_await sleep(1s);
    parent.cancel("why");
    EXPECT_EQ(co_await awaited_failure(parent), "CancelledError('why')");
    EXPECT_TRUE(first.cancelled() && second.cancelled());
    EXPECT_EQ(now(), 3s);
    EXPECT_EQ(parent.cancelling(), 1);
  });
}

// B2.24
TEST(TaskGroupCancel, from_outside_while_it_waits_for_its_tasks_cancels_them_and_comes_out) {
  run_virtually([]() -> Coroutine<> {
    Task<> child;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      child = group.create_task(cleans_up(2s));
      co_return;
    };
    auto parent = create_task(async_with(TaskGroup(), body));
    co_await sleep(1s);
    parent.cancel("why");
    EXPECT_EQ(co_await awaited_failure(parent), "CancelledError('why')");
    EXPECT_TRUE(child.cancelled());
    EXPECT_EQ(now(), 3s);
  });
}

TEST(TaskGroupCancel, a_second_time_while_the_tasks_clean_up_is_waited_out) {
  run_virtually([]() -> Coroutine<> {
    Task<> child;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      child = group.create_task(cleans_up(5s));
      co_return;
    };
    auto parent = create_task(async_with(TaskGroup(), body));
    co_await sleep(1s);
    for (int i = 0; i < 3; ++i) {
      parent.cancel();
      co_await sleep(1s);
      EXPECT_FALSE(parent.done());
    }
    EXPECT_EQ(co_await awaited_failure(parent), "CancelledError()");
    EXPECT_EQ(now(), 6s);
    EXPECT_EQ(parent.cancelling(), 3);
  });
}

// B2.24
TEST(TaskGroupCancel, a_failure_of_a_task_that_was_cancelled_from_outside_goes_before_the_cancellation) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](TaskGroup& group) -> Coroutine<> {
      group.create_task([]() -> Coroutine<> {
        co_await awaited_failure(forever());
        throw ValueError("instead");
      });
      co_await forever();
    };
    int cancelling = -1;
    auto parent = create_task([&]() -> Coroutine<> {
      EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
                "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('instead')])");
      cancelling = current_task().cancelling();
      co_await sleep(1h);  // the request from outside is delivered here
    });
    co_await sleep(1s);
    parent.cancel();
    EXPECT_EQ(co_await awaited_failure(parent), "CancelledError()");
    EXPECT_EQ(cancelling, 1);
    EXPECT_EQ(now(), 1s);
  });
}

// B2.24
TEST(TaskGroupCancel, a_body_that_fails_instead_of_being_cancelled_comes_out_in_a_group) {
  run_virtually([]() -> Coroutine<> {
    Task<> child;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      child = group.create_task(forever());
      co_await awaited_failure(forever());
      throw ValueError("instead");
    };
    auto parent = create_task(async_with(TaskGroup(), body));
    co_await sleep(1s);
    parent.cancel();
    EXPECT_EQ(co_await awaited_failure(parent),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('instead')])");
    EXPECT_TRUE(child.cancelled());
  });
}

TEST(TaskGroupCancel, a_body_that_throws_one_by_itself_cancels_the_tasks_and_comes_out) {
  run_virtually([]() -> Coroutine<> {
    Task<> child;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      child = group.create_task(forever());
      co_await sleep(1s);
      throw CancelledError("mine");
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)), "CancelledError('mine')");
    EXPECT_TRUE(child.cancelled());
    EXPECT_EQ(current_task().cancelling(), 0);
  });
}

// B2.24: the group's own request to its parent is taken back.
TEST(TaskGroupCancel, a_failure_leaves_no_request_behind) {
  run_virtually([]() -> Coroutine<> {
    int during = -1;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(1s, ValueError("boom")));
      co_await awaited_failure(forever());
      during = current_task().cancelling();
    };
    co_await awaited_failure(async_with(TaskGroup(), body));
    EXPECT_EQ(during, 1);
    EXPECT_EQ(current_task().cancelling(), 0);
    co_await sleep(1s);  // the task itself is not cancelled
    EXPECT_EQ(now(), 2s);
  });
}

// B2.24
TEST(TaskGroupCancel, a_failure_while_it_waits_for_its_tasks_leaves_no_request_behind) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(0s, RuntimeError("boom")));
      co_return;
    };
    co_await awaited_failure(async_with(TaskGroup(), body));
    EXPECT_EQ(current_task().cancelling(), 0);
    co_await sleep(1s);
  });
}

// B2.24, python/cpython#116720: a cancel from outside in the turn of a failure is not lost.
TEST(TaskGroupCancel, from_outside_in_the_turn_of_a_failure_is_delivered_at_the_next_wait) {
  run_virtually([]() -> Coroutine<> {
    Event about_to_fail;
    bool swallowed = true;
    int after_group = -1;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      group.create_task([&]() -> Coroutine<> {
        about_to_fail.set();
        co_await sleep(0);
        throw RuntimeError("boom");
      });
      co_await sleep(1h);
    };
    auto parent = create_task([&]() -> Coroutine<> {
      EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
                "ExceptionGroup('unhandled errors in a TaskGroup', [RuntimeError('boom')])");
      after_group = current_task().cancelling();
      co_await sleep(1h);
      swallowed = false;
    });
    co_await about_to_fail.wait();
    EXPECT_EQ(parent.cancelling(), 0);
    parent.cancel();
    EXPECT_EQ(parent.cancelling(), 1);
    EXPECT_EQ(co_await awaited_failure(parent), "CancelledError()");
    EXPECT_TRUE(parent.cancelled());
    EXPECT_EQ(after_group, 1);
    EXPECT_TRUE(swallowed);
    EXPECT_EQ(now(), 0s);
  });
}

TEST(TaskGroupCancel, of_the_parent_by_itself_comes_out_of_its_first_wait) {
  run_virtually([]() -> Coroutine<> {
    Task<> child;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      current_task().cancel("early");
      child = group.create_task(forever());
      co_return;
    };
    auto parent = create_task(async_with(TaskGroup(), body));
    EXPECT_EQ(co_await awaited_failure(parent), "CancelledError('early')");
    EXPECT_TRUE(child.cancelled());
  });
}

// B2.24
TEST(TaskGroupCancel, of_an_outer_group_s_task_reaches_the_tasks_of_the_inner_group) {
  run_virtually([]() -> Coroutine<> {
    Task<> innermost;
    auto inner = [&](TaskGroup& group) -> Coroutine<> {
      innermost = group.create_task(forever());
      co_await forever();
    };
    auto outer = [&](TaskGroup& group) -> Coroutine<> {
      group.create_task(async_with(TaskGroup(), inner));
      group.create_task(fails_after(1s, ValueError("boom")));
      co_await forever();
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), outer)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('boom')])");
    EXPECT_TRUE(innermost.cancelled());
    EXPECT_EQ(now(), 1s);
  });
}

// B2.24
TEST(TaskGroupCancel, a_failure_in_an_inner_group_nests_in_the_outer_one_s_error) {
  run_virtually([]() -> Coroutine<> {
    auto inner = [](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(1s, KeyError("k")));
      co_await forever();
    };
    auto outer = [&](TaskGroup& group) -> Coroutine<> {
      group.create_task(forever());
      co_await async_with(TaskGroup(), inner);
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), outer)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ExceptionGroup('unhandled errors in a TaskGroup', "
              "[KeyError('k')])])");
    EXPECT_EQ(current_task().cancelling(), 0);
  });
}

TEST(TaskGroupCancel, a_failure_of_the_inner_group_that_is_caught_does_not_concern_the_outer_one) {
  run_virtually([]() -> Coroutine<> {
    Task<> other;
    auto inner = [](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(1s, KeyError("k")));
      co_await forever();
    };
    co_await async_with(TaskGroup(), [&](TaskGroup& group) -> Coroutine<> {
      other = group.create_task(sleep(2s));
      EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), inner)),
                "ExceptionGroup('unhandled errors in a TaskGroup', [KeyError('k')])");
    });
    EXPECT_FALSE(other.cancelled());
    EXPECT_EQ(now(), 2s);
  });
}

// B2.24, python/cpython#95289: both groups asked for the parent's cancellation, and each takes back its own.
TEST(TaskGroupCancel, of_two_groups_at_once_is_counted_for_each) {
  run_virtually([]() -> Coroutine<> {
    int after_inner = -1;
    auto outer = [&](TaskGroup& outer_group) -> Coroutine<> {
      auto inner = [&](TaskGroup& inner_group) -> Coroutine<> {
        inner_group.create_task(fails_after(0s, RuntimeError("inner")));
        outer_group.create_task(fails_after(0s, ValueError("outer")));
        co_return;
      };
      EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), inner)),
                "ExceptionGroup('unhandled errors in a TaskGroup', [RuntimeError('inner')])");
      after_inner = current_task().cancelling();
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), outer)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('outer')])");
    EXPECT_EQ(after_inner, 1);
    EXPECT_EQ(current_task().cancelling(), 0);
  });
}

TEST(TaskGroupCancel, a_timeout_around_a_group_cancels_it_and_stays_a_timeout) {
  run_virtually([]() -> Coroutine<> {
    Task<> child;
    auto group_body = [&](TaskGroup& group) -> Coroutine<> {
      child = group.create_task(cleans_up(1s));
      co_return;
    };
    auto limited = [&](Timeout&) -> Coroutine<> { co_await async_with(TaskGroup(), group_body); };
    EXPECT_EQ(co_await awaited_failure(async_with(timeout(2s), limited)), "TimeoutError()");
    EXPECT_TRUE(child.cancelled());
    EXPECT_EQ(now(), 3s);
    EXPECT_EQ(current_task().cancelling(), 0);
  });
}

TEST(TaskGroupCancel, of_a_body_that_swallows_it_lets_the_tasks_finish) {
  run_virtually([]() -> Coroutine<> {
    Task<> child;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      child = group.create_task(sleep(5s));
      EXPECT_EQ(co_await awaited_failure(forever()), "CancelledError()");
    };
    auto parent = create_task(async_with(TaskGroup(), body));
    co_await sleep(1s);
    parent.cancel();
    co_await parent;
    EXPECT_FALSE(child.cancelled());
    EXPECT_EQ(now(), 5s);
  });
}

// Whatever turn the cancel comes in, every task of the group has ended when the parent has.
TEST(TaskGroupCancel, in_any_turn_leaves_no_task_behind) {
  for (int turn = 0; turn < 12; ++turn) {
    run_virtually([turn]() -> Coroutine<> {
      int begun = 0, ended = 0;
      auto child = [&](int waits) -> Coroutine<> {
        struct Ends {
          int& count;
          ~Ends() { ++count; }
        } ends{ended};
        ++begun;
        for (int i = 0; i < waits; ++i) co_await sleep(0);
      };
      auto body = [&](TaskGroup& group) -> Coroutine<> {
        for (int i = 1; i < 6; ++i) group.create_task(child(i));
        co_await sleep(0);
        group.create_task(child(7));
      };
      auto parent = create_task(async_with(TaskGroup(), body));
      for (int i = 0; i < turn; ++i) co_await sleep(0);
      const bool asked = parent.cancel();
      EXPECT_EQ(co_await awaited_failure(parent), asked ? "CancelledError()" : "nothing") << turn;
      EXPECT_EQ(begun, ended) << turn;
      EXPECT_EQ(all_tasks().size(), 1U) << turn;
    });
  }
}

}  // namespace
}  // namespace krait::asyncio
