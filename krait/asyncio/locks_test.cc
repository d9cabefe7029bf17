#include "krait/asyncio/locks.h"

#include <gtest/gtest.h>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/runners.h"
#include "krait/builtins/async_with.h"

namespace krait::asyncio {
namespace {

TEST(Event, lets_everyone_go_in_the_order_they_came) {
  Trace trace;
  run_virtually([&]() -> Coroutine<> {
    Event event;
    auto waits = [&](std::string name) -> Coroutine<> {
      EXPECT_TRUE(co_await event.wait());
      trace.push_back(name);
    };
    auto a = create_task(waits("a")), b = create_task(waits("b"));
    co_await sleep(1s);
    EXPECT_TRUE(trace.empty());
    event.set();
    EXPECT_TRUE(trace.empty());
    co_await b;
    EXPECT_TRUE(a.done());
  });
  EXPECT_EQ(trace, (Trace{"a", "b"}));
}

TEST(Event, that_is_set_is_not_waited_for) {
  run_virtually([]() -> Coroutine<> {
    Event event;
    EXPECT_FALSE(event.is_set());
    event.set();
    event.set();
    EXPECT_TRUE(event.is_set());
    bool next_turn = false;
    get_running_loop().call_soon([&next_turn] { next_turn = true; });
    EXPECT_TRUE(co_await event.wait());
    EXPECT_FALSE(next_turn);
    co_await sleep(0);
  });
}

TEST(Event, that_was_cleared_is_waited_for_again) {
  run_virtually([]() -> Coroutine<> {
    Event event;
    event.set();
    event.clear();
    EXPECT_FALSE(event.is_set());
    auto waits = create_task(event.wait());
    co_await sleep(1s);
    EXPECT_FALSE(waits.done());
    event.set();
    EXPECT_TRUE(co_await waits);
  });
}

TEST(Event, those_it_woke_go_even_when_it_is_cleared_before_they_run) {
  run_virtually([]() -> Coroutine<> {
    Event event;
    auto waits = create_task(event.wait());
    co_await sleep(0);
    event.set();
    event.clear();
    EXPECT_TRUE(co_await waits);
  });
}

TEST(Event, a_cancelled_waiter_leaves_the_others_in_line) {
  run_virtually([]() -> Coroutine<> {
    Event event;
    auto a = create_task(event.wait()), b = create_task(event.wait()), c = create_task(event.wait());
    co_await sleep(0);
    b.cancel("why");
    EXPECT_EQ(co_await awaited_failure(b), "CancelledError('why')");
    event.set();
    EXPECT_TRUE(co_await a);
    EXPECT_TRUE(co_await c);
  });
}

// B2.13
TEST(Event, a_waiter_cancelled_after_its_wake_up_is_cancelled_all_the_same) {
  run_virtually([]() -> Coroutine<> {
    Event event;
    auto a = create_task(event.wait());
    co_await sleep(0);
    event.set();
    a.cancel("late");
    EXPECT_EQ(co_await awaited_failure(a), "CancelledError('late')");
  });
}

// The common end of a program: main returns, and run() cancels the workers that waited for something of main's.
TEST(Event, may_end_before_its_waiters_are_cancelled) {
  VirtualClock clock;
  std::string ended;
  run([&ended]() -> Coroutine<> {
    Event event;
    create_task([&ended, &event]() -> Coroutine<> { ended = co_await awaited_failure(event.wait()); });
    co_await sleep(1s);
  }());
  EXPECT_EQ(ended, "CancelledError()");
}

TEST(Event, may_end_before_a_loop_that_closes_with_waiters) {
  auto loop = new_event_loop();
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  auto owner = []() -> Coroutine<> {
    Event event;
    create_task([&event]() -> Coroutine<> { co_await event.wait(); });
    co_await event.wait();
  };
  loop->create_task(owner());
  for (int turn = 0; turn < 2; ++turn) {
    loop->stop();
    loop->run_forever();
  }
  EXPECT_EQ(all_tasks(loop.get()).size(), 2U);
  loop->close();
}

TEST(WaiterLine, wakes_one_at_a_time) {
  Trace trace;
  run_virtually([&]() -> Coroutine<> {
    _WaiterLine line;
    auto waits = [&](std::string name) -> Coroutine<> {
      co_await line.wait("test");
      trace.push_back(name);
    };
    create_task(waits("a"));
    create_task(waits("b"));
    EXPECT_FALSE(line.wake_next());
    co_await sleep(0);
    EXPECT_TRUE(line.wake_next());
    co_await sleep(1s);
    EXPECT_EQ(trace, Trace{"a"});
    EXPECT_FALSE(line.empty());
    EXPECT_TRUE(line.wake_next());
    EXPECT_TRUE(line.empty());
    co_await sleep(1s);
  });
  EXPECT_EQ(trace, (Trace{"a", "b"}));
}

// B3.32
TEST(Lock, is_taken_in_the_order_of_arrival) {
  Trace trace;
  run_virtually([&]() -> Coroutine<> {
    Lock lock;
    EXPECT_TRUE(co_await lock.acquire());
    EXPECT_TRUE(lock.locked());
    auto takes = [&](std::string name) -> Coroutine<> {
      EXPECT_TRUE(co_await lock.acquire());
      trace.push_back(name);
      co_await sleep(1s);
      lock.release();
    };
    auto a = create_task(takes("a")), b = create_task(takes("b")), c = create_task(takes("c"));
    co_await sleep(1s);
    EXPECT_TRUE(trace.empty());
    lock.release();
    co_await c;
    EXPECT_TRUE(a.done() && b.done());
    EXPECT_FALSE(lock.locked());
    EXPECT_EQ(get_running_loop().time(), 4s);
  });
  EXPECT_EQ(trace, (Trace{"a", "b", "c"}));
}

TEST(Lock, that_is_free_is_taken_without_a_turn) {
  run_virtually([]() -> Coroutine<> {
    Lock lock;
    bool next_turn = false;
    get_running_loop().call_soon([&next_turn] { next_turn = true; });
    co_await lock.acquire();
    EXPECT_FALSE(next_turn);
    co_await sleep(0);
  });
}

// B3.32
TEST(Lock, one_who_comes_between_a_release_and_the_waiter_s_step_does_not_jump_the_queue) {
  Trace trace;
  run_virtually([&]() -> Coroutine<> {
    Lock lock;
    co_await lock.acquire();
    auto waiter = create_task([&]() -> Coroutine<> {
      co_await lock.acquire();
      trace.emplace_back("waiter");
      lock.release();
    });
    co_await sleep(0);
    lock.release();
    EXPECT_FALSE(lock.locked());  // nobody's, but promised
    co_await lock.acquire();
    trace.emplace_back("newcomer");
    lock.release();
  });
  EXPECT_EQ(trace, (Trace{"waiter", "newcomer"}));
}

// B3.32
TEST(Lock, a_cancelled_waiter_leaves_the_others_in_line) {
  run_virtually([]() -> Coroutine<> {
    Lock lock;
    co_await lock.acquire();
    auto a = create_task(lock.acquire()), b = create_task(lock.acquire());
    co_await sleep(0);
    a.cancel("why");
    EXPECT_EQ(co_await awaited_failure(a), "CancelledError('why')");
    EXPECT_TRUE(lock.locked());
    lock.release();
    EXPECT_TRUE(co_await b);
  });
}

// B3.32: python/cpython#71772
TEST(Lock, a_waiter_cancelled_after_its_wake_up_hands_its_turn_on) {
  run_virtually([]() -> Coroutine<> {
    Lock lock;
    co_await lock.acquire();
    auto a = create_task(lock.acquire()), b = create_task(lock.acquire());
    co_await sleep(0);
    lock.release();
    a.cancel();
    EXPECT_EQ(co_await awaited_failure(a), "CancelledError()");
    EXPECT_TRUE(co_await b);
    EXPECT_TRUE(lock.locked());
  });
}

// B3.32: python/cpython#76915
TEST(Lock, a_waiter_cancelled_just_before_the_release_hands_its_turn_on) {
  run_virtually([]() -> Coroutine<> {
    Lock lock;
    co_await lock.acquire();
    auto a = create_task(lock.acquire()), b = create_task(lock.acquire()), c = create_task(lock.acquire());
    co_await sleep(0);
    a.cancel();
    lock.release();
    EXPECT_EQ(co_await awaited_failure(a), "CancelledError()");
    EXPECT_TRUE(co_await b);
    lock.release();
    EXPECT_TRUE(co_await c);
  });
}

// B3.32
TEST(Lock, when_every_waiter_is_cancelled_it_is_free) {
  run_virtually([]() -> Coroutine<> {
    Lock lock;
    co_await lock.acquire();
    auto a = create_task(lock.acquire()), b = create_task(lock.acquire());
    co_await sleep(0);
    a.cancel();
    b.cancel();
    lock.release();
    bool next_turn = false;
    get_running_loop().call_soon([&next_turn] { next_turn = true; });
    co_await lock.acquire();  // they are in line still, but none of them wants it
    EXPECT_FALSE(next_turn);
    EXPECT_EQ(co_await awaited_failure(a), "CancelledError()");
    EXPECT_EQ(co_await awaited_failure(b), "CancelledError()");
    EXPECT_TRUE(lock.locked());
  });
}

TEST(Lock, that_nobody_holds_cannot_be_released) {
  run_virtually([]() -> Coroutine<> {
    Lock lock;
    EXPECT_EQ(co_await awaited_failure([](Lock& free) -> Coroutine<> {
                free.release();
                co_return;
              }(lock)),
              "RuntimeError('Lock is not acquired.')");
    co_await lock.acquire();
    lock.release();
    EXPECT_FALSE(lock.locked());
  });
}

TEST(Lock, is_held_for_a_body_and_released_whatever_ends_it) {
  run_virtually([]() -> Coroutine<> {
    Lock lock;
    int given = co_await async_with(lock, [&](Lock& held) -> Coroutine<int> {
      EXPECT_EQ(&held, &lock);
      EXPECT_TRUE(lock.locked());
      co_return 7;
    });
    EXPECT_EQ(given, 7);
    EXPECT_FALSE(lock.locked());
    auto fails = [](Lock&) -> Coroutine<> {
      throw ValueError("boom");
      co_return;
    };
    EXPECT_EQ(co_await awaited_failure(async_with(lock, fails)), "ValueError('boom')");
    EXPECT_FALSE(lock.locked());
    auto holder = create_task(async_with(lock, [](Lock&) -> Coroutine<> { co_await sleep(1h); }));
    co_await sleep(1s);
    holder.cancel();
    EXPECT_EQ(co_await awaited_failure(holder), "CancelledError()");
    EXPECT_FALSE(lock.locked());
  });
}

// Whatever turn a waiter is cancelled in, the lock goes round to everyone else and is free at the end.
TEST(Lock, a_cancel_in_any_turn_loses_no_wake_up) {
  for (int victim = 0; victim < 4; ++victim) {
    for (int turn = 0; turn < 10; ++turn) {
      run_virtually([victim, turn]() -> Coroutine<> {
        Lock lock;
        int inside = 0, served = 0;
        auto user = [&]() -> Coroutine<> {
          co_await async_with(lock, [&](Lock&) -> Coroutine<> {
            EXPECT_EQ(++inside, 1);
            struct Leaves {
              int& count;
              ~Leaves() { --count; }
            } leaves{inside};
            co_await sleep(0);
            ++served;
          });
        };
        std::vector<Task<>> users;
        for (int i = 0; i < 4; ++i) users.push_back(create_task(user()));
        for (int i = 0; i < turn; ++i) co_await sleep(0);
        const bool asked = users[victim].cancel();
        for (const Task<>& each : users) co_await awaited_failure(each);
        EXPECT_EQ(served, asked ? 3 : 4) << victim << " " << turn;
        EXPECT_FALSE(lock.locked());
      });
    }
  }
}

// The common end of a program: main returns, and run() cancels the workers that waited for a lock of main's.
TEST(Lock, may_end_before_its_waiters_are_cancelled) {
  VirtualClock clock;
  Trace ended;
  run([&ended]() -> Coroutine<> {
    auto lock = std::make_unique<Lock>();
    co_await lock->acquire();
    for (int i = 0; i < 2; ++i) {
      create_task([&ended](Lock* mine) -> Coroutine<> { ended.push_back(co_await awaited_failure(mine->acquire())); },
                  lock.get());
    }
    co_await sleep(1s);
  }());
  EXPECT_EQ(ended, (Trace{"CancelledError()", "CancelledError()"}));
}

TEST(Lock, may_end_before_a_loop_that_closes_with_waiters) {
  auto loop = new_event_loop();
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  auto owner = []() -> Coroutine<> {
    Lock lock;
    co_await lock.acquire();
    create_task([&lock]() -> Coroutine<> { co_await lock.acquire(); });
    co_await lock.acquire();
  };
  loop->create_task(owner());
  for (int turn = 0; turn < 2; ++turn) {
    loop->stop();
    loop->run_forever();
  }
  EXPECT_EQ(all_tasks(loop.get()).size(), 2U);
  loop->close();
}

}  // namespace
}  // namespace krait::asyncio
