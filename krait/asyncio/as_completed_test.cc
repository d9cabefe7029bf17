#include "krait/asyncio/as_completed.h"

#include <gtest/gtest.h>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/wait.h"

namespace krait::asyncio {
namespace {

nanoseconds now() { return get_running_loop().time(); }
Coroutine<int> gives_after(nanoseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
Coroutine<int> fails_after(nanoseconds delay, std::string message) {
  co_await sleep(delay);
  throw ValueError(message);
}
template <class T>
std::vector<T> list() {
  return {};
}
template <class T, class... More>
std::vector<T> list(T first, More... more) {
  std::vector<T> all;
  all.push_back(std::move(first));
  (all.push_back(std::move(more)), ...);
  return all;
}

// B2.21
TEST(AsCompleted, gives_results_in_the_order_in_which_they_come) {
  run_virtually([]() -> Coroutine<> {
    std::vector<int> results;
    std::vector<nanoseconds> times;
    for (Coroutine<int> next : as_completed(list(gives_after(3s, 3), gives_after(1s, 1), gives_after(2s, 2)))) {
      results.push_back(co_await std::move(next));
      times.push_back(now());
    }
    EXPECT_EQ(results, (std::vector{1, 2, 3}));
    EXPECT_EQ(times, (std::vector<nanoseconds>{1s, 2s, 3s}));
  });
}

// B2.21
TEST(AsCompleted, gives_the_tasks_themselves_in_the_order_in_which_they_end) {
  run_virtually([]() -> Coroutine<> {
    auto slow = create_task(gives_after(2s, 2)), fast = create_task(gives_after(1s, 1));
    auto completed = as_completed(list(slow, fast));
    EXPECT_EQ(co_await completed.anext(), fast);
    EXPECT_EQ(now(), 1s);
    EXPECT_EQ(co_await completed.anext(), slow);
    EXPECT_EQ(co_await completed.anext(), std::nullopt);
    EXPECT_EQ(co_await completed.anext(), std::nullopt);
  });
}

TEST(AsCompleted, those_that_end_in_one_turn_come_in_the_order_they_ended) {
  run_virtually([]() -> Coroutine<> {
    std::vector<int> results;
    for (Coroutine<int> next : as_completed(list(gives_after(1s, 1), gives_after(1s, 2), gives_after(0s, 3)))) {
      results.push_back(co_await std::move(next));
    }
    EXPECT_EQ(results, (std::vector{3, 1, 2}));
  });
}

TEST(AsCompleted, its_coroutines_may_all_be_awaited_at_once) {
  run_virtually([]() -> Coroutine<> {
    std::vector<Task<int>> waiting;
    for (Coroutine<int> next : as_completed(list(gives_after(2s, 2), gives_after(1s, 1)))) {
      waiting.push_back(create_task(std::move(next)));
    }
    EXPECT_EQ(waiting.size(), 2U);
    EXPECT_EQ(co_await waiting[0], 1);
    EXPECT_EQ(co_await waiting[1], 2);
  });
}

TEST(AsCompleted, makes_tasks_at_once_and_in_order) {
  run_virtually([]() -> Coroutine<> {
    Trace trace;
    auto says = [&](std::string name) -> Coroutine<int> {
      trace.push_back(name);
      co_return 0;
    };
    auto completed = as_completed(list(says("a"), says("b")));
    EXPECT_TRUE(trace.empty());
    EXPECT_EQ(all_tasks().size(), 3U);
    co_await completed.anext();
    EXPECT_EQ(trace, (Trace{"a", "b"}));
    co_await completed.anext();
  });
}

TEST(AsCompleted, of_nothing_gives_nothing) {
  run_virtually([]() -> Coroutine<> {
    auto none = as_completed(list<Coroutine<int>>(), {.timeout = 1s});
    EXPECT_EQ(co_await none.anext(), std::nullopt);
    for (Coroutine<int> next : none) ADD_FAILURE() << co_await std::move(next);
    EXPECT_EQ(now(), 0s);
  });
}

TEST(AsCompleted, wants_a_running_loop) {
  VirtualClock clock;
  EXPECT_EQ(failure([] { as_completed(list<Task<int>>()); }), "RuntimeError('no running event loop')");
}

// B2.21
TEST(AsCompleted, the_same_future_twice_counts_once) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(gives_after(1s, 7));
    auto completed = as_completed(list(task, task, task));
    EXPECT_EQ(co_await completed.anext(), task);
    EXPECT_EQ(co_await completed.anext(), std::nullopt);
  });
}

TEST(AsCompleted, an_empty_handle_spoils_nothing_but_its_own_call) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(gives_after(1s, 7));
    EXPECT_EQ(failure([&] { as_completed(list(task, Task<int>())); }),
              "InvalidStateError('cannot use a Future that was default-constructed or moved away')");
    auto completed = as_completed(list(task, task));
    EXPECT_EQ(co_await completed.anext(), task);
    EXPECT_EQ(co_await completed.anext(), std::nullopt);
  });
}

TEST(AsCompleted, gives_what_is_done_already) {
  run_virtually([]() -> Coroutine<> {
    auto done = get_running_loop().create_future<int>(), later = get_running_loop().create_future<int>();
    done.set_result(7);
    auto completed = as_completed(list(later, done));
    EXPECT_EQ(co_await completed.anext(), done);
    later.set_result(8);
    EXPECT_EQ(co_await completed.anext(), later);
  });
}

// B2.21
TEST(AsCompleted, an_exception_comes_out_in_its_turn_and_the_others_run_on) {
  run_virtually([]() -> Coroutine<> {
    Trace outcomes;
    for (Coroutine<int> next : as_completed(list(gives_after(3s, 3), fails_after(2s, "boom"), gives_after(1s, 1)))) {
      outcomes.push_back(co_await awaited_failure(std::move(next)));
    }
    EXPECT_EQ(outcomes, (Trace{"nothing", "ValueError('boom')", "nothing"}));
    EXPECT_EQ(now(), 3s);
  });
}

TEST(AsCompleted, a_task_that_failed_is_given_like_any_other) {
  run_virtually([]() -> Coroutine<> {
    auto failing = create_task(fails_after(1s, "boom"));
    auto completed = as_completed(list(failing));
    auto task = co_await completed.anext();
    EXPECT_EQ(repr(task->exception()), "ValueError('boom')");
  });
}

TEST(AsCompleted, a_cancelled_one_comes_out_as_a_cancellation) {
  run_virtually([]() -> Coroutine<> {
    auto victim = create_task(gives_after(1h, 1)), other = create_task(gives_after(2s, 2));
    get_running_loop().call_later(1s, [victim] { victim.cancel(); });
    Trace outcomes;
    for (Coroutine<int> next : as_completed(list(victim, other))) {
      outcomes.push_back(co_await awaited_failure(std::move(next)));
    }
    EXPECT_EQ(outcomes, (Trace{"CancelledError()", "nothing"}));
  });
}

// B2.21
TEST(AsCompleted, when_time_is_up_every_one_that_is_left_is_a_timeout_error) {
  run_virtually([]() -> Coroutine<> {
    auto fast = create_task(gives_after(1s, 1)), slow = create_task(gives_after(1h, 2));
    auto slower = create_task(gives_after(2h, 3));
    Trace outcomes;
    for (Coroutine<int> next : as_completed(list(slow, fast, slower), {.timeout = 2s})) {
      outcomes.push_back(co_await awaited_failure(std::move(next)));
    }
    EXPECT_EQ(outcomes, (Trace{"nothing", "TimeoutError()", "TimeoutError()"}));
    EXPECT_EQ(now(), 2s);
    EXPECT_FALSE(slow.done() || slower.done());  // nobody is cancelled
    EXPECT_EQ(co_await slow, 2);
  });
}

TEST(AsCompleted, when_time_is_up_anext_throws) {
  run_virtually([]() -> Coroutine<> {
    auto slow = create_task(gives_after(1h, 2));
    auto completed = as_completed(list(slow), {.timeout = 2s});
    EXPECT_EQ(co_await awaited_failure(completed.anext()), "TimeoutError()");
    EXPECT_EQ(co_await completed.anext(), std::nullopt);
  });
}

TEST(AsCompleted, what_ended_in_time_is_given_however_late_one_asks) {
  run_virtually([]() -> Coroutine<> {
    auto completed = as_completed(list(gives_after(1s, 1), gives_after(5s, 5)), {.timeout = 2s});
    co_await sleep(1h);
    auto first = co_await completed.anext();
    EXPECT_EQ(first->result(), 1);
    EXPECT_EQ(co_await awaited_failure(completed.anext()), "TimeoutError()");
  });
}

TEST(AsCompleted, a_timeout_that_was_not_needed_is_taken_back) {
  VirtualClock clock;
  auto loop = new_event_loop();
  auto main = []() -> Coroutine<> {
    for (Coroutine<int> next : as_completed(list(gives_after(1s, 1)), {.timeout = 1h})) co_await std::move(next);
    co_await Future<>(get_running_loop());
  };
  EXPECT_THROW(loop->run_until_complete(main()), DeadlockError);
  EXPECT_EQ(clock.elapsed(), 1s);
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  loop->close();
}

TEST(AsCompleted, a_cancelled_wait_leaves_the_tasks_running) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(gives_after(5s, 7));
    auto waiter = create_task([task]() -> Coroutine<> {
      for (Coroutine<int> next : as_completed(list(task))) co_await std::move(next);
    });
    co_await sleep(1s);
    waiter.cancel("why");
    EXPECT_EQ(co_await awaited_failure(waiter), "CancelledError('why')");
    EXPECT_EQ(co_await task, 7);
  });
}

TEST(AsCompleted, a_wait_cancelled_after_its_wake_up_leaves_what_it_would_have_got_to_the_next) {
  run_virtually([]() -> Coroutine<> {
    auto future = get_running_loop().create_future<int>();
    auto other = get_running_loop().create_future<int>();
    auto completed = as_completed(list(future, other));
    auto first = create_task(completed.anext()), second = create_task(completed.anext());
    co_await sleep(0);
    future.set_result(7);
    co_await sleep(0);
    first.cancel();
    EXPECT_EQ(co_await awaited_failure(first), "CancelledError()");
    EXPECT_EQ(co_await second, future);
  });
}

TEST(AsCompleted, may_be_dropped_before_they_have_ended) {
  run_virtually([]() -> Coroutine<> {
    auto slow = create_task(gives_after(5s, 5));
    for (Coroutine<int> next : as_completed(list(slow, create_task(gives_after(1s, 1))), {.timeout = 1h})) {
      EXPECT_EQ(co_await std::move(next), 1);
      break;
    }
    EXPECT_EQ(co_await slow, 5);
    EXPECT_EQ(now(), 5s);
  });
}

TEST(AsCompleted, hands_over_results_that_can_only_be_moved) {
  run_virtually([]() -> Coroutine<> {
    auto gives = [](nanoseconds delay, int value) -> Coroutine<std::unique_ptr<int>> {
      co_await sleep(delay);
      co_return std::make_unique<int>(value);
    };
    int expected = 1;
    for (Coroutine<std::unique_ptr<int>> next : as_completed(list(gives(2s, 2), gives(1s, 1)))) {
      std::unique_ptr<int> result = co_await std::move(next);
      EXPECT_EQ(*result, expected++);
    }
  });
}

TEST(AsCompleted, of_what_gives_nothing) {
  run_virtually([]() -> Coroutine<> {
    auto waits = [](nanoseconds delay) -> Coroutine<> { co_await sleep(delay); };
    int count = 0;
    for (Coroutine<> next : as_completed(list(waits(2s), waits(1s)))) {
      co_await std::move(next);
      EXPECT_EQ(now(), std::chrono::seconds(++count));
    }
    EXPECT_EQ(count, 2);
  });
}

TEST(AsCompleted, one_left_pending_is_freed_when_the_loop_closes) {
  VirtualClock clock;
  auto loop = new_event_loop();
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  auto held = std::make_shared<int>(0);
  auto child = [](std::shared_ptr<int>) -> Coroutine<int> {
    co_await sleep(1h);
    co_return 0;
  };
  auto owner = [&]() -> Coroutine<> {
    for (Coroutine<int> next : as_completed(list(child(held), child(held)), {.timeout = 2h})) co_await std::move(next);
  };
  loop->create_task(owner());
  for (int turn = 0; turn < 3; ++turn) {
    loop->stop();
    loop->run_forever();
  }
  EXPECT_EQ(held.use_count(), 3);
  loop->close();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace krait::asyncio
