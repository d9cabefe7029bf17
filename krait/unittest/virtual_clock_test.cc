#include "krait/unittest/virtual_clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "krait/asyncio.h"

namespace krait::unittest {
namespace {

using namespace std::chrono_literals;
using asyncio::create_task;
using asyncio::run;
using asyncio::sleep;
using Trace = std::vector<std::string>;

TEST(VirtualClock, time_jumps_to_the_next_deadline) {
  VirtualClock clock;
  run([&]() -> Coroutine<> {
    asyncio::EventLoop& loop = asyncio::get_running_loop();
    EXPECT_EQ(loop.time(), 0s);
    co_await sleep(1h);
    EXPECT_EQ(loop.time(), 1h);
    EXPECT_EQ(clock.elapsed(), 1h);
    co_await sleep(1ns);
    EXPECT_EQ(loop.time(), 1h + 1ns);
  }());
}

TEST(VirtualClock, stands_still_while_anything_is_ready) {
  VirtualClock clock;
  run([&]() -> Coroutine<> {
    create_task(sleep(1ns));
    for (int i = 0; i < 1000; ++i) co_await sleep(0);
    EXPECT_EQ(clock.elapsed(), 0s);
  }());
}

TEST(VirtualClock, sleeps_of_many_tasks_overlap) {
  VirtualClock clock;
  Trace trace;
  run([&]() -> Coroutine<> {
    auto ticks = [&](std::string name, std::chrono::nanoseconds step) -> Coroutine<> {
      for (int i = 1; i <= 3; ++i) {
        co_await sleep(step);
        trace.push_back(name + std::to_string(clock.elapsed() / 1s));
      }
    };
    co_await asyncio::gather(ticks("a", 2s), ticks("b", 3s));
  }());
  EXPECT_EQ(trace, (Trace{"a2", "b3", "a4", "b6", "a6", "b9"}));
}

TEST(VirtualClock, may_be_moved_on_by_hand) {
  VirtualClock clock;
  clock.advance(5s);
  EXPECT_EQ(clock.elapsed(), 5s);
  EXPECT_THROW(clock.advance(-1ns), ValueError);
  run([&]() -> Coroutine<> {
    auto slow = create_task(sleep(1s));
    co_await sleep(0);
    clock.advance(1min);
    co_await slow;
    EXPECT_EQ(clock.elapsed(), 5s + 1min);
  }());
}

TEST(VirtualClock, an_end_that_nothing_can_bring_is_a_deadlock) {
  VirtualClock clock;
  try {
    run([]() -> Coroutine<> { co_await asyncio::Event().wait(); }());
    ADD_FAILURE() << "came back";
  } catch (const asyncio::DeadlockError& error) {
    const std::string text = error.what();
    EXPECT_TRUE(text.starts_with("deadlock: every task waits, no timer is set and no I/O is awaited\n")) << text;
  }
}

TEST(VirtualClock, rules_the_loops_of_its_thread_while_it_lives) {
  auto time_of_a_new_loop = [] {
    auto loop = asyncio::new_event_loop();
    auto time = loop->time();
    loop->close();
    return time;
  };
  {
    VirtualClock outer;
    outer.advance(1s);
    {
      VirtualClock inner;
      inner.advance(2s);
      EXPECT_EQ(time_of_a_new_loop(), 2s);
    }
    EXPECT_EQ(time_of_a_new_loop(), 1s);
    std::chrono::nanoseconds elsewhere{};
    std::thread([&] { elsewhere = time_of_a_new_loop(); }).join();
    EXPECT_GT(elsewhere, 2s);  // the machine's uptime
  }
  EXPECT_GT(time_of_a_new_loop(), 2s);
}

TEST(VirtualClock, waits_for_what_comes_from_outside_before_it_jumps) {
  VirtualClock clock({.autojump_threshold = 10ms});
  EXPECT_EQ(clock.idle(1000, true), 10'000'000);  // in real time
  EXPECT_EQ(clock.idle(1000, true), 0);
  EXPECT_EQ(clock.elapsed(), 1000ns);
  EXPECT_EQ(clock.idle(2000, true), 10'000'000);
  EXPECT_EQ(clock.idle(2000, false), 0);
}

TEST(VirtualClock, without_a_deadline_it_waits_for_what_comes_from_outside_for_ever) {
  VirtualClock clock;
  EXPECT_EQ(clock.idle(asyncio::_TimerHeap::kNever, true), -1);
}

// The order in which ten tasks take three turns.
std::vector<int> order_of_steps(VirtualClockOptions options) {
  VirtualClock clock(options);
  std::vector<int> order;
  run([&]() -> Coroutine<> {
    std::vector<asyncio::Task<>> tasks;
    for (int i = 0; i < 10; ++i) {
      tasks.push_back(create_task([&order, i]() -> Coroutine<> {
        for (int turn = 0; turn < 3; ++turn) {
          order.push_back(turn * 10 + i);
          co_await sleep(0);
        }
      }));
    }
    co_await asyncio::gather(std::move(tasks));
  }());
  return order;
}

TEST(Seed, none_keeps_the_order_of_arrival) {
  std::vector<int> in_order(30);
  for (int i = 0; i < 30; ++i) in_order[i] = i;
  EXPECT_EQ(order_of_steps({}), in_order);
}

TEST(Seed, the_same_replays_and_another_differs) {
  std::set<std::vector<int>> orders;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<int> order = order_of_steps({.seed = seed});
    EXPECT_EQ(order, order_of_steps({.seed = seed})) << seed;
    orders.insert(std::move(order));
  }
  EXPECT_EQ(orders.size(), 20U);
}

TEST(Seed, shuffles_within_a_turn_and_never_across_two) {
  std::vector<int> order = order_of_steps({.seed = 7});
  ASSERT_EQ(order.size(), 30U);
  for (int turn = 0; turn < 3; ++turn) {
    std::vector<int> steps(order.begin() + turn * 10, order.begin() + turn * 10 + 10);
    std::ranges::sort(steps);
    EXPECT_EQ(steps.front(), turn * 10);
    EXPECT_EQ(steps.back(), turn * 10 + 9);
  }
}

// A seed must replay anywhere, so its order is written down: mt19937_64 is the same in every standard library.
TEST(Seed, seven_is_this_order) {
  std::vector<int> order = order_of_steps({.seed = 7});
  order.resize(10);
  EXPECT_EQ(order, (std::vector{0, 7, 4, 9, 3, 1, 2, 8, 6, 5}));
}

// The timer of a sleep and the step of its cancelled task stand in the queue together after an interrupted turn.
TEST(Seed, an_interrupted_turn_is_finished_in_any_order) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    VirtualClock clock({.seed = seed});
    auto loop = asyncio::new_event_loop();
    auto slept = loop->create_task([]() -> Coroutine<> { co_await sleep(1s); }());
    loop->call_later(1s, [slept] { slept.cancel(); });
    loop->call_later(1s, [] { throw KeyboardInterrupt(); });
    EXPECT_THROW(loop->run_forever(), KeyboardInterrupt);
    while (!slept.done()) {
      loop->stop();
      loop->run_forever();
    }
    loop->close();
  }
}

// Whatever the order, a queue loses nothing and keeps each producer's order.
TEST(Seed, a_program_that_does_not_rely_on_the_order_works_with_any) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    VirtualClock clock({.seed = seed});
    std::vector<int> got;
    run([&]() -> Coroutine<> {
      asyncio::Queue<int> queue(2);
      auto produce = [&](int first) -> Coroutine<> {
        for (int i = 0; i < 10; ++i) {
          co_await queue.put(first + i);
          if (i % 3 == 0) co_await sleep(1ms);
        }
      };
      auto consume = [&]() -> Coroutine<> {
        for (;;) {
          got.push_back(co_await queue.get());
          co_await sleep(1ms);
          queue.task_done();
        }
      };
      create_task(consume());
      create_task(consume());
      co_await asyncio::gather(produce(0), produce(100));
      co_await queue.join();
    }());
    for (int first : {0, 100}) {
      std::vector<int> mine, expected;
      std::ranges::copy_if(got, std::back_inserter(mine), [first](int item) { return item / 100 == first / 100; });
      for (int i = 0; i < 10; ++i) expected.push_back(first + i);
      ASSERT_EQ(mine, expected) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace krait::unittest
