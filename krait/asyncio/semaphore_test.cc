// Semaphore and BoundedSemaphore.

#include <gtest/gtest.h>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"

namespace krait::asyncio {
namespace {

// B3.32
TEST(Semaphore, lets_as_many_in_as_it_has_permits) {
  run_virtually([]() -> Coroutine<> {
    Semaphore semaphore(2);
    int inside = 0, most = 0;
    auto user = [&]() -> Coroutine<> {
      co_await async_with(semaphore, [&](Semaphore&) -> Coroutine<> {
        most = std::max(most, ++inside);
        co_await sleep(1s);
        --inside;
      });
    };
    auto all = gather(user(), user(), user(), user(), user());
    co_await all;
    EXPECT_EQ(most, 2);
    EXPECT_EQ(get_running_loop().time(), 3s);
  });
}

TEST(Semaphore, has_one_permit_unless_told_otherwise) {
  run_virtually([]() -> Coroutine<> {
    Semaphore semaphore;
    EXPECT_FALSE(semaphore.locked());
    EXPECT_TRUE(co_await semaphore.acquire());
    EXPECT_TRUE(semaphore.locked());
    semaphore.release();
    EXPECT_FALSE(semaphore.locked());
  });
}

TEST(Semaphore, may_begin_without_a_permit) {
  run_virtually([]() -> Coroutine<> {
    Semaphore semaphore(0);
    EXPECT_TRUE(semaphore.locked());
    auto waiter = create_task(semaphore.acquire());
    co_await sleep(1s);
    EXPECT_FALSE(waiter.done());
    semaphore.release();
    EXPECT_TRUE(co_await waiter);
  });
}

TEST(Semaphore, cannot_begin_with_fewer_than_none) {
  EXPECT_EQ(failure([] { Semaphore(-1); }), "ValueError('Semaphore initial value must be >= 0')");
  EXPECT_EQ(failure([] { BoundedSemaphore(-1); }), "ValueError('Semaphore initial value must be >= 0')");
}

TEST(Semaphore, may_be_released_more_often_than_acquired) {
  run_virtually([]() -> Coroutine<> {
    Semaphore semaphore(0);
    semaphore.release();
    semaphore.release();
    co_await semaphore.acquire();
    EXPECT_FALSE(semaphore.locked());
    co_await semaphore.acquire();
    EXPECT_TRUE(semaphore.locked());
  });
}

// B3.32
TEST(BoundedSemaphore, is_not_released_more_often_than_acquired) {
  run_virtually([]() -> Coroutine<> {
    BoundedSemaphore semaphore(1);
    EXPECT_EQ(failure([&] { semaphore.release(); }), "ValueError('BoundedSemaphore released too many times')");
    co_await semaphore.acquire();
    semaphore.release();
    EXPECT_EQ(failure([&] { semaphore.release(); }), "ValueError('BoundedSemaphore released too many times')");
    co_await async_with(semaphore, [&](BoundedSemaphore&) -> Coroutine<> {
      EXPECT_TRUE(semaphore.locked());
      co_return;
    });
    EXPECT_FALSE(semaphore.locked());
  });
}

// A permit that was promised to a waiter counts as taken.
TEST(BoundedSemaphore, counts_what_it_promised_to_a_waiter) {
  run_virtually([]() -> Coroutine<> {
    BoundedSemaphore semaphore(1);
    co_await semaphore.acquire();
    auto waiter = create_task(semaphore.acquire());
    co_await sleep(0);
    semaphore.release();
    semaphore.release();  // the waiter's
    EXPECT_EQ(failure([&] { semaphore.release(); }), "ValueError('BoundedSemaphore released too many times')");
    EXPECT_TRUE(co_await waiter);
  });
}

// B3.32
TEST(Semaphore, serves_in_the_order_of_arrival_those_who_come_again_too) {
  Trace trace;
  run_virtually([&]() -> Coroutine<> {
    Semaphore semaphore(1);
    auto user = [&](std::string name) -> Coroutine<> {
      for (std::string round : {"1", "2"}) {
        co_await semaphore.acquire();
        trace.push_back(name + round);
        co_await sleep(1s);
        semaphore.release();
      }
    };
    auto all = gather(user("a"), user("b"), user("c"));
    co_await all;
  });
  EXPECT_EQ(trace, (Trace{"a1", "b1", "c1", "a2", "b2", "c2"}));
}

// B3.32
TEST(Semaphore, one_who_releases_and_comes_again_stands_behind_those_who_wait) {
  Trace trace;
  run_virtually([&]() -> Coroutine<> {
    Semaphore semaphore(1);
    auto once = [&](std::string name) -> Coroutine<> {
      co_await semaphore.acquire();
      trace.push_back(name);
    };
    auto twice = [&]() -> Coroutine<> {
      co_await semaphore.acquire();
      trace.emplace_back("b");
      semaphore.release();
      co_await semaphore.acquire();
      trace.emplace_back("b again");
    };
    auto all = gather(once("a"), twice(), once("c"));
    co_await sleep(0);
    semaphore.release();
    semaphore.release();
    co_await all;
  });
  EXPECT_EQ(trace, (Trace{"a", "b", "c", "b again"}));
}

// B3.32: several permits at once, while the first in line has not gone on yet.
TEST(Semaphore, permits_that_came_in_one_turn_wake_all_who_stood_behind) {
  Trace trace;
  run_virtually([&]() -> Coroutine<> {
    Semaphore semaphore(0);
    Task<> last;
    auto takes = [&](std::string name) -> Coroutine<> {
      co_await semaphore.acquire();
      trace.push_back(name);
    };
    auto first = create_task([&]() -> Coroutine<> {
      co_await semaphore.acquire();
      last = create_task([&]() -> Coroutine<> {
        trace.emplace_back("newcomer");
        co_return;
      });
      trace.emplace_back("a");
    });
    auto second = create_task([&]() -> Coroutine<> {
      for (int i = 0; i < 3; ++i) semaphore.release();
      EXPECT_TRUE(semaphore.locked());  // the first has not gone on yet
      co_await semaphore.acquire();
      trace.emplace_back("b");
    });
    auto third = create_task(takes("c"));
    co_await gather(first, second, third);
    co_await last;
  });
  EXPECT_EQ(trace, (Trace{"a", "b", "c", "newcomer"}));
}

// B3.32
TEST(Semaphore, a_cancelled_waiter_leaves_the_others_in_line) {
  Trace trace;
  run_virtually([&]() -> Coroutine<> {
    Semaphore semaphore(0);
    auto takes = [&](std::string name) -> Coroutine<> {
      co_await semaphore.acquire();
      trace.push_back(name);
    };
    auto a = create_task(takes("a")), b = create_task(takes("b")), c = create_task(takes("c"));
    co_await sleep(0);
    a.cancel("why");
    EXPECT_EQ(co_await awaited_failure(a), "CancelledError('why')");
    semaphore.release();
    semaphore.release();
    co_await gather(b, c);
  });
  EXPECT_EQ(trace, (Trace{"b", "c"}));
}

// B3.32
TEST(Semaphore, waiters_cancelled_just_before_a_release_do_not_take_the_permit) {
  run_virtually([]() -> Coroutine<> {
    Semaphore semaphore(0);
    auto a = create_task(semaphore.acquire()), b = create_task(semaphore.acquire());
    auto c = create_task(semaphore.acquire()), d = create_task(semaphore.acquire());
    co_await sleep(0);
    a.cancel();
    b.cancel();
    semaphore.release();
    EXPECT_TRUE(co_await c);
    co_await sleep(1s);
    EXPECT_FALSE(d.done());
    EXPECT_TRUE(a.cancelled() && b.cancelled());
    EXPECT_TRUE(semaphore.locked());
    semaphore.release();
    EXPECT_TRUE(co_await d);
  });
}

// B3.32
TEST(Semaphore, a_waiter_cancelled_after_its_wake_up_hands_its_permit_on) {
  run_virtually([]() -> Coroutine<> {
    Semaphore semaphore(0);
    auto a = create_task(semaphore.acquire()), b = create_task(semaphore.acquire());
    co_await sleep(0);
    semaphore.release();
    a.cancel();
    EXPECT_EQ(co_await awaited_failure(a), "CancelledError()");
    EXPECT_TRUE(co_await b);
    EXPECT_TRUE(semaphore.locked());
  });
}

TEST(Semaphore, the_only_waiter_cancelled_after_its_wake_up_gives_its_permit_back) {
  run_virtually([]() -> Coroutine<> {
    Semaphore semaphore(0);
    auto waiter = create_task(semaphore.acquire());
    co_await sleep(0);
    semaphore.release();
    EXPECT_TRUE(semaphore.locked());
    waiter.cancel();
    EXPECT_EQ(co_await awaited_failure(waiter), "CancelledError()");
    EXPECT_FALSE(semaphore.locked());
    EXPECT_TRUE(co_await wait_for(semaphore.acquire(), 1s));
  });
}

// Whatever turn a waiter is cancelled in, all permits are there at the end and everyone else was served.
TEST(Semaphore, a_cancel_in_any_turn_loses_no_permit) {
  for (int victim = 0; victim < 5; ++victim) {
    for (int turn = 0; turn < 10; ++turn) {
      run_virtually([victim, turn]() -> Coroutine<> {
        BoundedSemaphore semaphore(2);
        int inside = 0, served = 0;
        auto user = [&]() -> Coroutine<> {
          co_await async_with(semaphore, [&](BoundedSemaphore&) -> Coroutine<> {
            EXPECT_LE(++inside, 2);
            struct Leaves {
              int& count;
              ~Leaves() { --count; }
            } leaves{inside};
            co_await sleep(0);
            ++served;
          });
        };
        std::vector<Task<>> users;
        for (int i = 0; i < 5; ++i) users.push_back(create_task(user()));
        for (int i = 0; i < turn; ++i) co_await sleep(0);
        const bool asked = users[victim].cancel();
        for (const Task<>& each : users) co_await awaited_failure(each);
        EXPECT_EQ(served, asked ? 4 : 5) << victim << " " << turn;
        for (int i = 0; i < 2; ++i) {
          EXPECT_FALSE(semaphore.locked());
          co_await semaphore.acquire();
        }
        EXPECT_TRUE(semaphore.locked());
      });
    }
  }
}

// The common end of a program: main returns, and run() cancels the workers that waited for a permit of main's.
TEST(Semaphore, may_end_before_its_waiters_are_cancelled) {
  VirtualClock clock;
  Trace ended;
  run([&ended]() -> Coroutine<> {
    auto semaphore = std::make_unique<Semaphore>(0);
    for (int i = 0; i < 2; ++i) {
      create_task(
          [&ended](Semaphore* mine) -> Coroutine<> { ended.push_back(co_await awaited_failure(mine->acquire())); },
          semaphore.get());
    }
    co_await sleep(1s);
  }());
  EXPECT_EQ(ended, (Trace{"CancelledError()", "CancelledError()"}));
}

TEST(Semaphore, may_end_before_a_loop_that_closes_with_waiters) {
  auto loop = new_event_loop();
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  auto owner = []() -> Coroutine<> {
    Semaphore semaphore(0);
    create_task([&semaphore]() -> Coroutine<> { co_await semaphore.acquire(); });
    co_await semaphore.acquire();
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
