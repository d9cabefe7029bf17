#pragma once
// cancel_everywhere: runs a scenario once to see where it waits, then once for each of these moments, cancelling there.
//
//   TEST(Cache, is_whole_after_a_cancel) {
//     Cache cache;
//     cancel_everywhere([&] { return cache = Cache(), cache.refill(); },       // a fresh coroutine for every run
//                       [&] { EXPECT_TRUE(cache.whole()); });                  // after every run
//   }
//
// Each run has a loop and a virtual clock of its own. The moments are the turns of the loop from the task's birth to its
// end: so every await is hit while it waits, and once more when what it waited for has come and the task has not gone on,
// which is where data gets lost. A run must end with CancelledError or with a result, leave no task behind, and fail no
// expectation; a failure says at which await point it was cancelled. The first run that fails is the last.
//
// Called from a plain TEST, for it runs loops itself. Needs GoogleTest. Python has none.

#include <gtest/gtest.h>

#include "krait/asyncio/runners.h"
#include "krait/unittest/_cancel_point.h"
#include "krait/unittest/_seed.h"

namespace krait::unittest {

struct CancelEverywhereOptions {
  // Virtual time for what a scenario leaves running, after which it counts as left behind.
  std::chrono::nanoseconds grace{0};
  // Shuffles the turns, as AsyncTestOptions has it.
  std::optional<std::uint64_t> seed = std::nullopt;
  // A run of more turns is endless, and a failure.
  std::size_t max_turns = 100'000;
};

struct CancelSweep {
  std::size_t await_points = 0;  // where the task waited in the run that was not cancelled
  std::size_t runs = 0;          // with a cancel
  std::size_t cancelled = 0;     // of these, how many ended with CancelledError; the others swallowed it
};

template <class Scenario>
Coroutine<> _cancel_at(Scenario& scenario, CancelPoint& here, std::chrono::nanoseconds grace) {
  if constexpr (std::is_invocable_v<Scenario&, CancelPoint&>) {
    co_await scenario(here);
  } else {
    bool cancelled = co_await here.ended(here.victim(asyncio::create_task(scenario())));
    EXPECT_TRUE(here.hit() || !cancelled) << "the scenario is cancelled without our doing";
  }
  if (grace.count() > 0) co_await asyncio::sleep(grace);
  for (const asyncio::AnyTask& left : asyncio::all_tasks()) {
    EXPECT_EQ(&left.core(), &asyncio::current_task().core()) << "left behind: " << left.repr();
  }
}

struct _CancelRun {
  bool hit = false, cancelled = false, threw = false;
  std::size_t await_points = 0;
  std::vector<std::string> moments;  // of the victim's life
};

template <class Scenario>
_CancelRun _cancel_run(Scenario& scenario, const CancelEverywhereOptions& options, std::optional<std::size_t> turn) {
  CancelPoint here(turn, options.seed, options.max_turns);
  _CancelRun run;
  try {
    asyncio::run(_cancel_at(scenario, here, options.grace));
  } catch (...) {
    run.threw = true;
    std::string ended = "ended with " + repr(std::current_exception());
    if (here._endless()) ended = "still running after " + std::to_string(options.max_turns) + " turns";
    ADD_FAILURE() << ended;
  }
  run.cancelled = here._forget();
  run.hit = here.hit();
  run.await_points = here._await_points();
  run.moments = here._moments();
  return run;
}

// `scenario()` makes the coroutine that is cancelled; `check()` is called after each run, when the loop is closed. A
// scenario of several tasks is a coroutine function that takes a CancelPoint& and names the victim itself:
//
//   cancel_everywhere([](CancelPoint& here) -> Coroutine<> {
//     asyncio::Queue<int> queue;
//     auto getter = here.victim(asyncio::create_task(get_three(queue)));
//     co_await put_three(queue);
//     bool cancelled = co_await here.ended(getter);
//     EXPECT_EQ(…);
//   });
template <class Scenario, class Check>
CancelSweep cancel_everywhere(Scenario scenario, Check check, CancelEverywhereOptions options = {}) {
  CancelSweep sweep;
  options.seed = _seed_or_asked(options.seed);
  std::optional<::testing::ScopedTrace> shuffled;
  if (options.seed) shuffled.emplace(__FILE__, __LINE__, _how_to_replay(*options.seed));
  _CancelRun alone, run;
  {
    SCOPED_TRACE("not cancelled");
    run = alone = _cancel_run(scenario, options, std::nullopt);
    sweep.await_points = alone.await_points;
    check();
  }
  for (std::size_t turn = 0; !run.threw && !::testing::Test::HasFailure(); ++turn) {
    SCOPED_TRACE("cancelled " + (turn < alone.moments.size() ? alone.moments[turn] : "after its end") + ", in turn " +
                 std::to_string(turn));
    run = _cancel_run(scenario, options, turn);
    check();
    if (!run.hit) break;
    ++sweep.runs;
    sweep.cancelled += run.cancelled;
  }
  return sweep;
}
template <class Scenario>
CancelSweep cancel_everywhere(Scenario scenario, CancelEverywhereOptions options = {}) {
  return cancel_everywhere(std::move(scenario), [] {}, options);
}

}  // namespace krait::unittest
