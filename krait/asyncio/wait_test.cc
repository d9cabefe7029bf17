#include "krait/asyncio/wait.h"

#include <gtest/gtest.h>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/gather.h"
#include "krait/asyncio/runners.h"

namespace krait::asyncio {
namespace {

// Runs `main` in virtual time; gives what the loop reported until all of it was freed.
template <class F>
Trace reports_of(F main) {
  VirtualClock clock;
  Trace reports;
  Runner runner;
  runner.get_loop().set_exception_handler([&reports](EventLoop&, const ExceptionContext& context) {
    reports.push_back(context.message + ": " + repr(context.exception));
  });
  runner.run(main());
  runner.close();
  return reports;
}
template <class F>
void run_quietly(F main) {
  EXPECT_EQ(reports_of(std::move(main)), Trace{});
}

nanoseconds now() { return get_running_loop().time(); }

template <class T>
Coroutine<T> after(nanoseconds delay, T value) {
  co_await sleep(delay);
  co_return value;
}
Coroutine<int> fail(nanoseconds delay, std::string text) {
  co_await sleep(delay);
  throw ValueError(std::move(text));
}
Coroutine<> forever() { co_await Future<>(get_running_loop()); }
// A cancellation makes it return.
Coroutine<int> swallow() {
  try {
    co_await forever();
  } catch (const CancelledError&) {
  }
  co_return 7;
}

// B2.20
TEST(Wait, for_all_of_them_by_default) {
  run_quietly([]() -> Coroutine<> {
    std::vector tasks{create_task(after(2s, 1)), create_task(after(1s, 2))};
    auto [done, pending] = co_await wait(tasks);
    EXPECT_EQ(now(), 2s);
    EXPECT_EQ(done.size(), 2U);
    EXPECT_TRUE(done[0] == tasks[0]);
    EXPECT_TRUE(pending.empty());
  });
}

// B2.20
TEST(Wait, for_the_first_one) {
  run_quietly([]() -> Coroutine<> {
    std::vector tasks{create_task(after(2s, 1)), create_task(after(1s, 2))};
    auto [done, pending] = co_await wait(tasks, {.return_when = FIRST_COMPLETED});
    EXPECT_EQ(now(), 1s);
    EXPECT_EQ(done.size(), 1U);
    EXPECT_TRUE(done[0] == tasks[1]);
    EXPECT_TRUE(pending[0] == tasks[0]);
    co_await pending[0];
  });
}

// B2.20
TEST(Wait, for_the_first_exception) {
  run_quietly([]() -> Coroutine<> {
    std::vector tasks{create_task(after(1s, 1)), create_task(fail(2s, "boom")), create_task(after(3s, 2))};
    auto [done, pending] = co_await wait(tasks, {.return_when = FIRST_EXCEPTION});
    EXPECT_EQ(now(), 2s);
    EXPECT_EQ(done.size(), 2U);
    EXPECT_TRUE(pending[0] == tasks[2]);
  });
}

TEST(Wait, a_cancelled_one_is_no_exception_to_wait_for) {
  run_quietly([]() -> Coroutine<> {
    std::vector tasks{create_task(after(5s, 1)), create_task(after(3s, 2))};
    tasks[0].cancel();
    auto [done, pending] = co_await wait(tasks, {.return_when = FIRST_EXCEPTION});
    EXPECT_EQ(now(), 3s);
    EXPECT_EQ(done.size(), 2U);
  });
}

// B2.20
TEST(Wait, a_timeout_cancels_nobody_and_throws_nothing) {
  run_quietly([]() -> Coroutine<> {
    std::vector tasks{create_task(after(1s, 1)), create_task(after(9s, 2))};
    auto [done, pending] = co_await wait(tasks, {.timeout = 2s});
    EXPECT_EQ(now(), 2s);
    EXPECT_TRUE(done[0] == tasks[0]);
    EXPECT_TRUE(pending[0] == tasks[1]);
    EXPECT_EQ(co_await tasks[1], 2);
  });
}

TEST(Wait, a_timeout_that_was_not_needed_is_taken_back) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    std::vector tasks{create_task(after(1s, 1))};
    co_await wait(tasks, {.timeout = 1h});
  }());
  EXPECT_EQ(clock.elapsed(), 1s);
}

TEST(Wait, one_that_was_cancelled_leaves_no_timer_behind) {
  VirtualClock clock;
  EXPECT_THROW(run([]() -> Coroutine<> {
                 auto waiting = create_task(wait(std::vector{create_task(forever())}, {.timeout = 1h}));
                 co_await sleep(1s);
                 waiting.cancel();
                 co_await forever();
               }()),
               DeadlockError);
  EXPECT_EQ(clock.elapsed(), 1s);
}

TEST(Wait, throws_none_of_their_exceptions_nor_retrieves_them) {
  EXPECT_EQ(reports_of([]() -> Coroutine<> {
              std::vector tasks{create_task(fail(1s, "boom"))};
              auto [done, pending] = co_await wait(tasks);
              EXPECT_EQ(done.size(), 1U);
            }),
            Trace{"Task exception was never retrieved: ValueError('boom')"});
}

// B2.20
TEST(Wait, refuses_an_empty_list) {
  run_quietly([]() -> Coroutine<> {
    EXPECT_EQ(co_await awaited_failure(wait(std::vector<Task<int>>())), "ValueError('Set of Tasks/Futures is empty.')");
  });
}

// B2.20
TEST(Wait, takes_no_coroutines) {
  auto waits = [](auto value) { return requires { wait(std::vector<decltype(value)>()); }; };
  EXPECT_TRUE(waits(Task<int>()));
  EXPECT_TRUE(waits(Future<>()));
  EXPECT_FALSE((std::is_invocable_v<decltype([](auto v) -> decltype(wait(std::move(v))) { return wait(std::move(v)); }),
                                    std::vector<Coroutine<int>>>));
}

TEST(Wait, gives_each_future_once) {
  run_quietly([]() -> Coroutine<> {
    auto task = create_task(after(1s, 1));
    auto [done, pending] = co_await wait(std::vector{task, task, task});
    EXPECT_EQ(done.size() + pending.size(), 1U);
    auto again = co_await wait(std::vector{task});
    EXPECT_EQ(again.done.size(), 1U);
  });
}

TEST(Wait, an_empty_handle_spoils_nothing_but_its_own_wait) {
  run_quietly([]() -> Coroutine<> {
    auto task = create_task(after(1s, 1));
    EXPECT_EQ(co_await awaited_failure(wait(std::vector{task, Task<int>()})),
              "InvalidStateError('cannot use a Future that was default-constructed or moved away')");
    EXPECT_EQ((co_await wait(std::vector{task})).done.size(), 1U);
  });
}

TEST(Wait, for_what_is_done_already) {
  run_quietly([]() -> Coroutine<> {
    Future<int> future(get_running_loop());
    future.set_result(1);
    auto [done, pending] = co_await wait(std::vector{future}, {.timeout = 1h});
    EXPECT_EQ(done.size(), 1U);
    EXPECT_EQ(now(), 0s);
  });
}

TEST(Wait, a_cancelled_wait_leaves_them_running_and_forgets_them) {
  run_quietly([]() -> Coroutine<> {
    std::vector tasks{create_task(after(2s, 1)), create_task(after(3s, 2))};
    auto waiting = create_task(wait(tasks, {.timeout = 1h}));
    co_await sleep(1s);
    waiting.cancel();
    EXPECT_EQ(co_await awaited_failure(waiting), "CancelledError()");
    EXPECT_EQ(co_await tasks[1], 2);
  });
}

// B2.23
TEST(WaitFor, gives_the_result_in_time) {
  VirtualClock clock;
  EXPECT_EQ(run([]() -> Coroutine<int> { co_return co_await wait_for(after(1s, 7), 2s); }()), 7);
  EXPECT_EQ(clock.elapsed(), 1s);
}

// B2.23
TEST(WaitFor, cancels_what_takes_too_long) {
  run_quietly([]() -> Coroutine<> {
    auto task = create_task(forever());
    try {
      co_await wait_for(task, 2s);
      ADD_FAILURE() << "no timeout";
    } catch (const TimeoutError& error) {
      EXPECT_FALSE(error.has_message());
      EXPECT_EQ(repr(error.cause()), "CancelledError()");
    }
    EXPECT_EQ(now(), 2s);
    EXPECT_TRUE(task.cancelled());
    EXPECT_EQ(current_task().cancelling(), 0);
  });
}

// B2.23
TEST(WaitFor, waits_for_the_end_of_what_it_cancelled) {
  run_quietly([]() -> Coroutine<> {
    auto cleans_up = []() -> Coroutine<> {
      std::exception_ptr error;
      try {
        co_await forever();
      } catch (...) {
        error = std::current_exception();
      }
      co_await sleep(3s);
      std::rethrow_exception(error);
    };
    EXPECT_EQ(co_await awaited_failure(wait_for(cleans_up(), 1s)), "TimeoutError()");
    EXPECT_EQ(now(), 4s);
  });
}

TEST(WaitFor, gives_the_result_of_what_swallowed_the_cancellation) {
  run_quietly([]() -> Coroutine<> { EXPECT_EQ(co_await wait_for(swallow(), 1s), 7); });
}

TEST(WaitFor, an_exception_during_the_cancellation_comes_out) {
  run_quietly([]() -> Coroutine<> {
    auto body = []() -> Coroutine<> {
      try {
        co_await forever();
      } catch (const CancelledError&) {
        throw KeyError("k");
      }
    };
    EXPECT_EQ(co_await awaited_failure(wait_for(body(), 1s)), "KeyError('k')");
  });
}

TEST(WaitFor, an_exception_in_time_comes_out) {
  run_quietly([]() -> Coroutine<> {
    EXPECT_EQ(co_await awaited_failure(wait_for(fail(1s, "boom"), 2s)), "ValueError('boom')");
  });
}

TEST(WaitFor, no_timeout_waits_for_ever) {
  VirtualClock clock;
  EXPECT_EQ(run([]() -> Coroutine<int> { co_return co_await wait_for(after(1000h, 7), std::nullopt); }()), 7);
}

// B2.23
TEST(WaitFor, zero_or_less_raises_at_once_and_does_not_start_the_body) {
  run_quietly([]() -> Coroutine<> {
    for (nanoseconds timeout : {0s, -1s}) {
      bool started = false;
      auto body = [&started]() -> Coroutine<> {
        started = true;
        co_return;
      };
      try {
        co_await wait_for(body(), timeout);
        ADD_FAILURE() << "no timeout";
      } catch (const TimeoutError& error) {
        EXPECT_EQ(repr(error.cause()), "CancelledError()");
      }
      EXPECT_FALSE(started);
    }
    EXPECT_EQ(now(), 0s);
  });
}

// B2.23
TEST(WaitFor, zero_or_less_gives_the_result_of_what_is_done) {
  run_quietly([]() -> Coroutine<> {
    Future<int> future(get_running_loop());
    future.set_result(5);
    EXPECT_EQ(co_await wait_for(future, 0s), 5);
    EXPECT_EQ(co_await wait_for(future, -1s), 5);
    Future<> failed(get_running_loop());
    failed.set_exception(ValueError("boom"));
    EXPECT_EQ(co_await awaited_failure(wait_for(failed, 0s)), "ValueError('boom')");
  });
}

TEST(WaitFor, zero_gives_the_result_of_what_swallows_the_cancellation) {
  run_quietly([]() -> Coroutine<> {
    auto task = create_task(swallow());
    co_await sleep(0);
    EXPECT_EQ(co_await wait_for(task, 0s), 7);
  });
}

TEST(WaitFor, hands_over_what_can_only_be_moved) {
  run_quietly([]() -> Coroutine<> {
    EXPECT_EQ(*co_await wait_for(after(1s, std::make_unique<int>(7)), 2s), 7);
    auto task = create_task(after(0s, std::make_unique<int>(8)));
    co_await sleep(1s);
    EXPECT_EQ(*co_await wait_for(task, 0s), 8);
  });
}

TEST(WaitFor, a_cancellation_from_outside_reaches_the_body) {
  run_quietly([]() -> Coroutine<> {
    auto inner = create_task(forever());
    auto task = create_task(wait_for(inner, 1h));
    co_await sleep(1s);
    task.cancel("out");
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('out')");
    EXPECT_TRUE(inner.cancelled());
  });
}

// B2.19
TEST(Shield, gives_the_result) {
  run_quietly([]() -> Coroutine<> {
    EXPECT_EQ(co_await shield(after(1s, 7)), 7);
    EXPECT_EQ(co_await awaited_failure(shield(fail(1s, "boom"))), "ValueError('boom')");
    EXPECT_EQ(*co_await shield(after(1s, std::make_unique<int>(8))), 8);
  });
}

// B2.19
TEST(Shield, a_cancelled_wait_leaves_it_running) {
  run_quietly([]() -> Coroutine<> {
    auto inner = create_task(after(5s, 7));
    auto task = create_task([inner]() -> Coroutine<> { co_await shield(inner); });
    co_await sleep(1s);
    task.cancel("x");
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('x')");
    EXPECT_FALSE(inner.done());
    EXPECT_EQ(co_await inner, 7);
    EXPECT_EQ(inner.cancelling(), 0);
  });
}

TEST(Shield, when_the_inner_one_is_cancelled_so_is_the_wait) {
  run_quietly([]() -> Coroutine<> {
    auto inner = create_task(forever());
    auto outer = shield(inner);
    co_await sleep(0);
    inner.cancel("i");
    EXPECT_EQ(co_await awaited_failure(outer), "CancelledError()");
    EXPECT_TRUE(outer.cancelled());
  });
}

// B2.19
TEST(Shield, a_failure_after_the_wait_was_cancelled_is_reported) {
  EXPECT_EQ(reports_of([]() -> Coroutine<> {
              auto outer = shield(fail(5s, "late"));
              co_await sleep(1s);
              outer.cancel();
              EXPECT_EQ(co_await awaited_failure(outer), "CancelledError()");
              co_await sleep(10s);
            }),
            Trace{"Task exception was never retrieved: ValueError('late')"});
}

TEST(Shield, a_failure_in_the_very_turn_of_the_cancellation_is_reported) {
  EXPECT_EQ(reports_of([]() -> Coroutine<> {
              Future<> inner(get_running_loop());
              auto outer = shield(inner);
              inner.set_exception(ValueError("late"));
              outer.cancel();
              inner = {};
              EXPECT_EQ(co_await awaited_failure(outer), "CancelledError()");
            }),
            Trace{"Future exception was never retrieved: ValueError('late')"});
}

TEST(Shield, of_what_is_done_is_that_itself) {
  run_quietly([]() -> Coroutine<> {
    Future<int> future(get_running_loop());
    future.set_result(1);
    EXPECT_TRUE(shield(future) == future);
    co_return;
  });
}

TEST(Shield, of_a_result_that_was_taken_elsewhere_fails) {
  run_quietly([]() -> Coroutine<> {
    auto inner = create_task(after(1s, std::make_unique<int>(7)));
    auto first = create_task([inner]() -> Coroutine<> { (void)co_await inner; });
    co_await sleep(0);
    EXPECT_EQ(co_await awaited_failure(shield(inner)),
              "InvalidStateError('cannot give the result twice: it cannot be copied and was taken already')");
    co_await first;
  });
}

TEST(Shield, is_what_wait_for_may_give_up_without_losing_the_work) {
  run_quietly([]() -> Coroutine<> {
    auto work = create_task(after(5s, 7));
    EXPECT_EQ(co_await awaited_failure(wait_for(shield(work), 1s)), "TimeoutError()");
    EXPECT_EQ(co_await work, 7);
  });
}

TEST(Shield, one_left_pending_is_freed_when_the_loop_closes) {
  auto held = std::make_shared<int>();
  auto loop = new_event_loop();
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  auto body = [](std::shared_ptr<int>) -> Coroutine<> { co_await shield(forever()); };
  loop->create_task(body(held));
  loop->stop();
  loop->run_forever();
  loop->close();
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace krait::asyncio
