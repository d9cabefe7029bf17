// Barrier: filling, draining, reset, abort.

#include <gtest/gtest.h>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"

namespace krait::asyncio {
namespace {

constexpr int kParties = 5;

// B3.32
TEST(Barrier, lets_everyone_go_once_all_have_come_and_gives_each_its_number) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(3);
    auto first = create_task(barrier.wait()), second = create_task(barrier.wait());
    co_await sleep(1s);
    EXPECT_FALSE(first.done() || second.done());
    EXPECT_EQ(barrier.n_waiting(), 2);
    EXPECT_EQ(co_await barrier.wait(), 2);
    EXPECT_EQ(co_await first, 0);
    EXPECT_EQ(co_await second, 1);
    EXPECT_EQ(barrier.n_waiting(), 0);
    EXPECT_FALSE(barrier.broken());
    EXPECT_EQ(barrier.parties(), 3);
  });
}

TEST(Barrier, of_one_waits_for_nobody) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(1);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(co_await barrier.wait(), 0);
    EXPECT_EQ(barrier.n_waiting(), 0);
  });
}

TEST(Barrier, is_for_one_at_least) {
  for (std::ptrdiff_t parties : {0, -1}) {
    EXPECT_EQ(failure([parties] { Barrier barrier(parties); }), "ValueError('parties must be > 0')");
  }
}

TEST(Barrier, is_used_again_by_those_who_have_passed) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(kParties);
    std::vector<int> passed(3);
    auto party = [&]() -> Coroutine<> {
      for (int round = 0; round < 3; ++round) {
        co_await barrier.wait();
        ++passed[round];
        EXPECT_TRUE(round == 2 || passed[round + 1] == 0);
      }
    };
    std::vector<Task<>> parties;
    for (int i = 0; i < kParties; ++i) parties.push_back(create_task(party()));
    for (const Task<>& each : parties) co_await each;
    EXPECT_EQ(passed, std::vector<int>(3, kParties));
    EXPECT_EQ(barrier.n_waiting(), 0);
  });
}

TEST(Barrier, those_who_come_while_it_lets_others_out_wait_for_the_next_round) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(2);
    Trace trace;
    auto party = [&](std::string name) -> Coroutine<> {
      co_await barrier.wait();
      trace.push_back(name);
    };
    auto a = create_task(party("a"));
    co_await sleep(0);
    auto b = create_task(party("b")), c = create_task(party("c"));
    co_await gather(a, b);
    co_await sleep(1s);
    EXPECT_FALSE(c.done());
    EXPECT_EQ(barrier.n_waiting(), 1);
    co_await barrier.wait();
    co_await c;
    EXPECT_EQ(trace, (Trace{"b", "a", "c"}));
  });
}

TEST(Barrier, runs_a_body_once_all_have_come) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(2);
    Trace trace;
    auto party = [&](std::string name) -> Coroutine<> {
      co_await async_with(barrier, [&](std::ptrdiff_t position) -> Coroutine<> {
        trace.push_back(name + std::to_string(position));
        co_return;
      });
    };
    auto first = create_task(party("a"));
    co_await sleep(1s);
    EXPECT_EQ(trace, Trace{});
    auto second = create_task(party("b"));
    co_await gather(first, second);
    // As CPython: the last to come goes in first.
    EXPECT_EQ(trace, (Trace{"b1", "a0"}));
  });
}

TEST(Barrier, a_cancelled_party_is_not_counted) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(3);
    auto a = create_task(barrier.wait()), b = create_task(barrier.wait());
    co_await sleep(0);
    EXPECT_EQ(barrier.n_waiting(), 2);
    a.cancel("why");
    EXPECT_EQ(co_await awaited_failure(a), "CancelledError('why')");
    EXPECT_EQ(barrier.n_waiting(), 1);
    auto c = create_task(barrier.wait());
    co_await sleep(1s);
    EXPECT_FALSE(b.done() || c.done());
    co_await barrier.wait();
    co_await gather(b, c);
    EXPECT_FALSE(barrier.broken());
  });
}

TEST(Barrier, a_party_cancelled_after_all_have_come_does_not_keep_the_others) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(2);
    auto waiter = create_task(barrier.wait());
    co_await sleep(0);
    EXPECT_EQ(co_await barrier.wait(), 1);
    waiter.cancel();
    EXPECT_EQ(co_await awaited_failure(waiter), "CancelledError()");
    EXPECT_EQ(barrier.n_waiting(), 0);
    auto again = create_task(barrier.wait());
    co_await sleep(0);
    co_await barrier.wait();
    EXPECT_EQ(co_await again, 0);
  });
}

TEST(Barrier, reset_breaks_the_round_and_the_next_one_is_whole) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(3);
    auto a = create_task(awaited_failure(barrier.wait())), b = create_task(awaited_failure(barrier.wait()));
    co_await sleep(0);
    co_await barrier.reset();
    EXPECT_EQ(co_await a, "BrokenBarrierError('Abort or reset of barrier')");
    EXPECT_EQ(co_await b, "BrokenBarrierError('Abort or reset of barrier')");
    EXPECT_FALSE(barrier.broken());
    EXPECT_EQ(barrier.n_waiting(), 0);
    auto all = gather(barrier.wait(), barrier.wait(), barrier.wait());
    EXPECT_EQ(co_await all, (std::tuple<std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t>{0, 1, 2}));
  });
}

TEST(Barrier, reset_of_an_empty_one_changes_nothing) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(1);
    co_await barrier.reset();
    EXPECT_FALSE(barrier.broken());
    EXPECT_EQ(co_await barrier.wait(), 0);
  });
}

TEST(Barrier, those_who_come_during_a_reset_wait_for_the_next_round) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(2);
    auto broken = create_task(awaited_failure(barrier.wait()));
    co_await sleep(0);
    auto resetting = create_task(barrier.reset());
    auto late = create_task(barrier.wait());
    EXPECT_EQ(co_await broken, "BrokenBarrierError('Abort or reset of barrier')");
    co_await resetting;
    co_await sleep(1s);
    EXPECT_FALSE(late.done());
    co_await barrier.wait();
    EXPECT_EQ(co_await late, 0);
  });
}

// Half of them are out when one resets it: the other half, still inside, gets the error.
TEST(Barrier, reset_while_it_lets_its_parties_out_breaks_it_for_those_inside) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(kParties);
    int broken = 0, out = 0;
    auto party = [&]() -> Coroutine<> {
      try {
        co_await barrier.wait();
      } catch (const BrokenBarrierError&) {
        ++broken;
        co_return;
      }
      if (++out == kParties - 2) co_await barrier.reset();
    };
    std::vector<Task<>> parties;
    for (int i = 0; i < kParties; ++i) parties.push_back(create_task(party()));
    for (const Task<>& each : parties) co_await each;
    EXPECT_EQ(broken, 2);
    EXPECT_FALSE(barrier.broken());
    EXPECT_EQ(barrier.n_waiting(), 0);
  });
}

TEST(Barrier, abort_breaks_it_for_those_who_wait_and_those_who_come) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(2);
    auto waiter = create_task(awaited_failure(barrier.wait()));
    co_await sleep(0);
    co_await barrier.abort();
    EXPECT_TRUE(barrier.broken());
    EXPECT_EQ(co_await waiter, "BrokenBarrierError('Abort or reset of barrier')");
    EXPECT_EQ(co_await awaited_failure(barrier.wait()), "BrokenBarrierError('Barrier aborted')");
    EXPECT_EQ(barrier.n_waiting(), 0);
  });
}

TEST(Barrier, that_is_broken_is_mended_by_reset) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(2);
    co_await barrier.abort();
    co_await barrier.reset();
    EXPECT_FALSE(barrier.broken());
    auto first = create_task(barrier.wait());
    co_await sleep(0);
    EXPECT_EQ(co_await barrier.wait(), 1);
    EXPECT_EQ(co_await first, 0);
  });
}

TEST(Barrier, one_whose_body_fails_may_abort_it_for_the_others) {
  run_virtually([]() -> Coroutine<> {
    Barrier barrier(kParties);
    int passed = 0, broken = 0;
    auto party = [&]() -> Coroutine<> {
      try {
        const std::ptrdiff_t number = co_await barrier.wait();
        if (number == kParties / 2) {
          co_await barrier.abort();
          co_return;
        }
        co_await barrier.wait();
        ++passed;
      } catch (const BrokenBarrierError&) {
        ++broken;
      }
    };
    std::vector<Task<>> parties;
    for (int i = 0; i < kParties; ++i) parties.push_back(create_task(party()));
    for (const Task<>& each : parties) co_await each;
    EXPECT_TRUE(barrier.broken());
    EXPECT_EQ(passed, 0);
    EXPECT_EQ(broken, kParties - 1);
  });
}

// Whatever turn one is cancelled in, the barrier is whole afterwards.
TEST(Barrier, a_cancel_in_any_turn_leaves_it_usable) {
  for (int turn = 0; turn < 10; ++turn) {
    run_virtually([turn]() -> Coroutine<> {
      Barrier barrier(3);
      std::vector<Task<std::ptrdiff_t>> parties;
      for (int i = 0; i < 3; ++i) parties.push_back(create_task(barrier.wait()));
      for (int i = 0; i < turn; ++i) co_await sleep(0);
      const bool asked = parties[1].cancel();
      co_await sleep(1s);
      EXPECT_EQ(parties[1].cancelled(), asked) << turn;
      EXPECT_FALSE(barrier.broken());
      while (barrier.n_waiting() > 0) co_await barrier.wait();
      co_await sleep(1s);
      for (const auto& each : parties) EXPECT_TRUE(each.done()) << turn;
    });
  }
}

TEST(Barrier, may_end_before_a_loop_that_closes_with_waiters) {
  auto loop = new_event_loop();
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  auto owner = []() -> Coroutine<> {
    Barrier barrier(3);
    create_task([&barrier]() -> Coroutine<> { co_await barrier.wait(); });
    co_await barrier.wait();
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
