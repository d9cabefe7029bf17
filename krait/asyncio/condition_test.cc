// Condition: notifications, and what becomes of the lock.

#include <gtest/gtest.h>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"

namespace krait::asyncio {
namespace {

// Waits for word under the lock, and says so in `trace`.
Coroutine<> waits_for_word(Condition& condition, Trace& trace, std::string name) {
  co_await condition.acquire();
  try {
    EXPECT_TRUE(co_await condition.wait());
    trace.push_back(name);
  } catch (...) {
    condition.release();
    throw;
  }
  condition.release();
}
Coroutine<> notifies(Condition& condition, std::size_t n) {
  co_await condition.acquire();
  condition.notify(n);
  condition.release();
}

// B3.32
TEST(Condition, wakes_as_many_as_it_is_told_in_the_order_they_came) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    Trace trace;
    for (std::string name : {"a", "b", "c"}) create_task(waits_for_word(condition, trace, name));
    co_await sleep(1s);
    EXPECT_FALSE(condition.locked());
    co_await notifies(condition, 1);
    co_await sleep(1s);
    EXPECT_EQ(trace, Trace{"a"});
    co_await notifies(condition, 1);
    co_await notifies(condition, 2048);
    co_await sleep(1s);
    EXPECT_EQ(trace, (Trace{"a", "b", "c"}));
    EXPECT_FALSE(condition.locked());
  });
}

TEST(Condition, a_notification_of_none_wakes_none) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    Trace trace;
    auto waiter = create_task(waits_for_word(condition, trace, "a"));
    co_await sleep(0);
    co_await notifies(condition, 0);
    co_await sleep(1s);
    EXPECT_FALSE(waiter.done());
    co_await notifies(condition, 1);
    co_await waiter;
  });
}

TEST(Condition, notify_all_wakes_all) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    Trace trace;
    for (std::string name : {"a", "b", "c"}) create_task(waits_for_word(condition, trace, name));
    co_await sleep(0);
    co_await condition.acquire();
    condition.notify_all();
    condition.release();
    co_await sleep(1s);
    EXPECT_EQ(trace, (Trace{"a", "b", "c"}));
  });
}

// B3.32
TEST(Condition, a_woken_one_goes_on_only_when_the_lock_is_free) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    Trace trace;
    auto waiter = create_task(waits_for_word(condition, trace, "waiter"));
    co_await sleep(0);
    co_await condition.acquire();
    condition.notify();
    co_await sleep(1s);
    EXPECT_TRUE(trace.empty());
    condition.release();
    co_await waiter;
    EXPECT_EQ(trace, Trace{"waiter"});
  });
}

TEST(Condition, a_notification_is_not_kept_for_those_who_come_later) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    Trace trace;
    co_await notifies(condition, 1);
    auto waiter = create_task(waits_for_word(condition, trace, "late"));
    co_await sleep(1s);
    EXPECT_FALSE(waiter.done());
    co_await notifies(condition, 1);
    co_await waiter;
  });
}

// B3.32
TEST(Condition, wait_for_goes_on_when_its_predicate_holds_and_gives_what_it_gave) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    int stock = 0, looks = 0;
    auto waiter = create_task([&]() -> Coroutine<int> {
      co_await condition.acquire();
      const int found = co_await condition.wait_for([&] {
        ++looks;
        return stock;
      });
      condition.release();
      co_return found;
    });
    co_await sleep(0);
    co_await notifies(condition, 1);
    co_await sleep(1s);
    EXPECT_FALSE(waiter.done());
    stock = 7;
    co_await notifies(condition, 1);
    EXPECT_EQ(co_await waiter, 7);
    EXPECT_EQ(looks, 3);
  });
}

TEST(Condition, wait_for_what_holds_already_neither_waits_nor_wants_the_lock) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    EXPECT_TRUE(co_await condition.wait_for([] { return true; }));
    EXPECT_EQ(co_await awaited_failure(condition.wait_for([] { return false; })),
              "RuntimeError('cannot wait on un-acquired lock')");
  });
}

TEST(Condition, wants_its_lock_held) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    EXPECT_EQ(co_await awaited_failure(condition.wait()), "RuntimeError('cannot wait on un-acquired lock')");
    EXPECT_EQ(failure([&] { condition.notify(); }), "RuntimeError('cannot notify on un-acquired lock')");
    EXPECT_EQ(failure([&] { condition.notify_all(); }), "RuntimeError('cannot notify on un-acquired lock')");
    EXPECT_EQ(failure([&] { condition.release(); }), "RuntimeError('Lock is not acquired.')");
  });
}

TEST(Condition, shares_a_lock_with_others) {
  run_virtually([]() -> Coroutine<> {
    Lock lock;
    Condition full(lock), empty(lock);
    co_await full.acquire();
    EXPECT_TRUE(lock.locked());
    EXPECT_TRUE(empty.locked());
    empty.release();
    EXPECT_FALSE(lock.locked());
    co_await async_with(lock, [&](Lock&) -> Coroutine<> {
      full.notify();
      co_return;
    });
  });
}

TEST(Condition, is_held_for_a_body) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    co_await async_with(condition, [&](Condition& held) -> Coroutine<> {
      EXPECT_EQ(&held, &condition);
      EXPECT_TRUE(condition.locked());
      co_return;
    });
    EXPECT_FALSE(condition.locked());
  });
}

// B3.32
TEST(Condition, a_cancelled_wait_has_the_lock_again_before_it_leaves) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    bool held = false;
    auto waiter = create_task([&]() -> Coroutine<> {
      co_await condition.acquire();
      const std::string ended = co_await awaited_failure(condition.wait());
      held = condition.locked();
      condition.release();
      throw CancelledError(ended);
    });
    co_await sleep(0);
    co_await condition.acquire();
    waiter.cancel("why");
    co_await sleep(1s);
    EXPECT_FALSE(waiter.done());  // it wants the lock, which is not free
    condition.release();
    EXPECT_EQ(co_await awaited_failure(waiter), "CancelledError(\"CancelledError('why')\")");
    EXPECT_TRUE(held);
    EXPECT_FALSE(condition.locked());
  });
}

TEST(Condition, a_second_cancel_while_it_takes_the_lock_again_is_the_one_that_comes_out) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    Trace trace;
    auto waiter = create_task(waits_for_word(condition, trace, "waiter"));
    co_await sleep(0);
    co_await condition.acquire();
    waiter.cancel("first");
    co_await sleep(0);
    waiter.cancel("second");
    co_await sleep(1s);
    EXPECT_FALSE(waiter.done());
    condition.release();
    EXPECT_EQ(co_await awaited_failure(waiter), "CancelledError('second')");
    EXPECT_FALSE(condition.locked());
  });
}

TEST(Condition, a_cancel_while_it_takes_the_lock_again_after_its_word_comes_out_once_it_has_it) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    Trace trace;
    auto waiter = create_task(waits_for_word(condition, trace, "waiter"));
    co_await sleep(0);
    co_await condition.acquire();
    condition.notify();
    co_await sleep(0);
    waiter.cancel("why");
    condition.release();
    EXPECT_EQ(co_await awaited_failure(waiter), "CancelledError('why')");
    EXPECT_TRUE(trace.empty());
    EXPECT_FALSE(condition.locked());
  });
}

// B3.32: the word that one got who was cancelled before it could act on it goes to the next. `turns` pass between both.
void hands_its_word_on(int turns) {
  run_virtually([turns]() -> Coroutine<> {
    Condition condition;
    int stock = 0;
    auto consumes = [&]() -> Coroutine<> {
      co_await async_with(condition, [&](Condition&) -> Coroutine<> {
        co_await condition.wait_for([&] { return stock > 0; });
        --stock;
      });
    };
    auto first = create_task(consumes()), second = create_task(consumes());
    co_await sleep(0);
    co_await condition.acquire();
    ++stock;
    condition.notify();
    for (int i = 0; i < turns; ++i) co_await sleep(0);
    first.cancel();
    condition.release();
    EXPECT_EQ(co_await awaited_failure(first), "CancelledError()");
    co_await second;
    EXPECT_EQ(stock, 0);
  });
}
TEST(Condition, one_cancelled_after_its_wake_up_hands_its_word_on) { hands_its_word_on(0); }
TEST(Condition, one_cancelled_while_it_takes_the_lock_again_hands_its_word_on) { hands_its_word_on(1); }

TEST(Condition, one_cancelled_before_the_word_came_does_not_take_it) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    Trace trace;
    auto first = create_task(waits_for_word(condition, trace, "first"));
    auto second = create_task(waits_for_word(condition, trace, "second"));
    co_await sleep(0);
    co_await condition.acquire();
    first.cancel();
    condition.notify();
    condition.release();
    co_await second;
    EXPECT_EQ(co_await awaited_failure(first), "CancelledError()");
    EXPECT_EQ(trace, Trace{"second"});
  });
}

TEST(Condition, a_timeout_in_a_body_leaves_the_lock_to_the_body) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    co_await async_with(condition, [&](Condition&) -> Coroutine<> {
      EXPECT_EQ(co_await awaited_failure(wait_for(condition.wait(), 500ms)), "TimeoutError()");
      EXPECT_TRUE(condition.locked());
    });
    EXPECT_FALSE(condition.locked());
  });
}

TEST(Condition, may_end_before_its_waiters_are_cancelled) {
  VirtualClock clock;
  std::string ended;
  run([&ended]() -> Coroutine<> {
    auto condition = std::make_unique<Condition>();
    create_task(
        [&ended](Condition* mine) -> Coroutine<> {
          co_await mine->acquire();
          ended = co_await awaited_failure(mine->wait());
        },
        condition.get());
    co_await sleep(1s);
  }());
  EXPECT_EQ(ended, "CancelledError()");
}

TEST(Condition, may_end_before_a_loop_that_closes_with_waiters) {
  auto loop = new_event_loop();
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  auto owner = []() -> Coroutine<> {
    Condition condition;
    Trace trace;
    create_task(waits_for_word(condition, trace, "never"));
    create_task(condition.acquire());
    co_await sleep(0);
    co_await condition.acquire();
  };
  loop->create_task(owner());
  for (int turn = 0; turn < 3; ++turn) {
    loop->stop();
    loop->run_forever();
  }
  loop->close();
}

}  // namespace
}  // namespace krait::asyncio
