#include "krait/unittest/cancel_everywhere.h"

#include <gtest/gtest-spi.h>

#include <algorithm>
#include <set>

#include "krait/asyncio.h"

namespace krait::unittest {
namespace {

using namespace std::chrono_literals;
using asyncio::create_task;
using asyncio::sleep;

// What a sweep fails with: the text of each failure, with its trace.
template <class Sweep>
std::vector<std::string> failures_of(Sweep sweep) {
  ::testing::TestPartResultArray caught;
  {
    ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &caught);
    sweep();
  }
  std::vector<std::string> texts;
  for (int i = 0; i < caught.size(); ++i) texts.emplace_back(caught.GetTestPartResult(i).message());
  return texts;
}
bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(CancelEverywhere, hits_each_await_while_it_waits_and_when_it_was_woken) {
  std::vector<std::string> reached;
  std::string run;
  CancelSweep sweep = cancel_everywhere(
      [&]() -> Coroutine<> {
        run = "started";
        co_await sleep(1s);
        run = "slept";
        co_await sleep(0);
        run = "turned";
        co_await create_task(sleep(0));
        run = "ended";
      },
      [&] { reached.push_back(std::exchange(run, "")); });
  EXPECT_EQ(sweep.await_points, 3U);
  EXPECT_EQ(sweep.cancelled, sweep.runs);
  EXPECT_EQ(reached,
            (std::vector<std::string>{"ended",                       // not cancelled
                                      "",                            // before its first step
                                      "started", "started",          // before the timer, and woken by it
                                      "slept",                       // woken at once
                                      "turned", "turned", "turned",  // its child is started, is done, has woken it
                                      "ended"}));                    // too late
  EXPECT_EQ(sweep.runs, reached.size() - 2);
}

TEST(CancelEverywhere, counts_those_that_swallow) {
  CancelSweep sweep = cancel_everywhere([]() -> Coroutine<> {
    try {
      co_await sleep(1s);
    } catch (const asyncio::CancelledError&) {
    }
  });
  EXPECT_EQ(sweep.await_points, 1U);
  EXPECT_EQ(sweep.cancelled, 1U);  // before its first step
  EXPECT_GT(sweep.runs, 2U);
}

TEST(CancelEverywhere, has_a_loop_and_a_clock_for_every_run) {
  std::set<std::chrono::nanoseconds> ends;
  cancel_everywhere([&]() -> Coroutine<> {
    EXPECT_EQ(asyncio::get_running_loop().time(), 0s);
    co_await sleep(1h);
    ends.insert(asyncio::get_running_loop().time());
  });
  EXPECT_EQ(ends, (std::set<std::chrono::nanoseconds>{1h}));
}

TEST(CancelEverywhere, takes_a_stage_that_names_its_victim) {
  std::size_t hits = 0, cancelled = 0;
  CancelSweep sweep = cancel_everywhere([&](CancelPoint& here) -> Coroutine<> {
    asyncio::Event event;
    auto wait = [&event]() -> Coroutine<> { co_await event.wait(); };
    auto bystander = create_task(wait);
    auto victim = here.victim(create_task(wait));
    co_await sleep(1s);
    event.set();
    cancelled += co_await here.ended(victim);
    hits += here.hit();
    co_await bystander;
  });
  EXPECT_EQ(hits, sweep.runs);
  EXPECT_EQ(cancelled, sweep.cancelled);
  EXPECT_EQ(cancelled, sweep.runs);
}

// --- what it finds ---

// The item is taken from the queue, and dropped when the sleep after it is cancelled.
Coroutine<> loses_what_it_took(asyncio::Queue<int>& queue, std::vector<int>& got) {
  int item = co_await queue.get();
  co_await sleep(0);
  got.push_back(item);
}

TEST(CancelEverywhere, finds_the_await_at_which_an_item_is_lost) {
  auto texts = failures_of([] {
    cancel_everywhere([](CancelPoint& here) -> Coroutine<> {
      asyncio::Queue<int> queue;
      std::vector<int> got;
      auto victim = here.victim(create_task(loses_what_it_took(queue, got)));
      co_await queue.put(1);
      co_await here.ended(victim);
      EXPECT_EQ(got.size() + queue.qsize(), 1U);
    });
  });
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_TRUE(holds(texts[0], "cancelled at await point 1, woken, in turn ")) << texts[0];
}

TEST(CancelEverywhere, finds_a_task_that_is_left_behind) {
  auto scenario = []() -> Coroutine<> {
    auto child = create_task(sleep(1s), "child");
    co_await sleep(0);
    co_await child;
  };
  auto careless = []() -> Coroutine<> {
    auto child = create_task(sleep(1s), "child");
    co_await sleep(0);  // a cancel here forgets the child
    co_await child;
  };
  auto texts = failures_of([&] { cancel_everywhere(careless); });
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_TRUE(holds(texts[0], "left behind: <Task pending name='child'>")) << texts[0];
  EXPECT_TRUE(holds(texts[0], "cancelled at await point 1, woken, in turn 1")) << texts[0];
  EXPECT_EQ(failures_of([&] { cancel_everywhere(scenario, {.grace = 2s}); }), std::vector<std::string>());
}

TEST(CancelEverywhere, finds_an_exception_that_replaces_the_cancellation) {
  auto texts = failures_of([] {
    cancel_everywhere([]() -> Coroutine<> {
      try {
        co_await sleep(1s);
      } catch (...) {
        throw ValueError("while tidying up");
      }
    });
  });
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_TRUE(holds(texts[0], "ended with ValueError('while tidying up')")) << texts[0];
  EXPECT_TRUE(holds(texts[0], "cancelled at await point 1, waiting")) << texts[0];
}

TEST(CancelEverywhere, finds_who_waits_for_ever_after_a_cancel) {
  auto texts = failures_of([] {
    cancel_everywhere([](CancelPoint& here) -> Coroutine<> {
      asyncio::Event finished;
      auto victim = here.victim(create_task([&]() -> Coroutine<> {
        co_await sleep(1s);
        finished.set();
      }));
      co_await finished.wait();
      co_await here.ended(victim);
    });
  });
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_TRUE(holds(texts[0], "ended with DeadlockError(")) << texts[0];
  EXPECT_TRUE(holds(texts[0], "cancelled before its first step, in turn 0")) << texts[0];
}

TEST(CancelEverywhere, finds_a_loop_that_a_cancel_makes_endless) {
  auto texts = failures_of([] {
    cancel_everywhere(
        []() -> Coroutine<> {
          bool done = false;
          auto mark = [&done]() -> Coroutine<> {
            co_await sleep(1s);
            done = true;
          };
          try {
            co_await mark();
          } catch (const asyncio::CancelledError&) {
          }
          while (!done) co_await sleep(0);
        },
        {.max_turns = 1000});
  });
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_TRUE(holds(texts[0], "still running after 1000 turns")) << texts[0];
}

TEST(CancelEverywhere, wants_a_scenario_that_ends_well_by_itself) {
  auto texts = failures_of([] {
    cancel_everywhere([]() -> Coroutine<> {
      throw ValueError("x");
      co_return;
    });
  });
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_TRUE(holds(texts[0], "ended with ValueError('x')")) << texts[0];
  EXPECT_TRUE(holds(texts[0], "not cancelled")) << texts[0];

  texts = failures_of([] {
    cancel_everywhere([]() -> Coroutine<> {
      throw asyncio::CancelledError();
      co_return;
    });
  });
  ASSERT_FALSE(texts.empty());
  EXPECT_TRUE(holds(texts[0], "the scenario is cancelled without our doing")) << texts[0];
}

TEST(CancelEverywhere, shuffles_on_request_and_says_how_to_replay) {
  auto texts = failures_of([] {
    cancel_everywhere(
        []() -> Coroutine<> {
          throw ValueError("x");
          co_return;
        },
        {.seed = 3});
  });
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_TRUE(holds(texts[0], "shuffled; to replay this order: KRAIT_SEED=")) << texts[0];
}

TEST(CancelEverywhere, in_any_order_a_queue_keeps_what_it_has) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    cancel_everywhere(
        [](CancelPoint& here) -> Coroutine<> {
          asyncio::Queue<int> queue(1);
          std::vector<int> got;
          auto take = [&]() -> Coroutine<> {
            try {
              for (;;) got.push_back(co_await queue.get());
            } catch (const asyncio::QueueShutDown&) {
            }
          };
          auto victim = here.victim(create_task(take));
          auto other = create_task(take);
          for (int i = 0; i < 5; ++i) co_await queue.put(i);
          queue.shutdown();
          co_await here.ended(victim);
          co_await other;
          std::ranges::sort(got);
          EXPECT_EQ(got, (std::vector{0, 1, 2, 3, 4}));
        },
        {.seed = seed});
  }
}

}  // namespace
}  // namespace krait::unittest
