// Awaits that complete at once, by the million: neither the loop nor the stack may suffer from them.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "krait/asyncio.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;

Coroutine<int> answer() { co_return 42; }

// A real timer: `awaits` are spent until it fires, or so many of them that it surely should have.
template <class Await>
bool a_timer_fires_between(Await await) {
  bool fired = false;
  run([&]() -> Coroutine<> {
    get_running_loop().call_later(1ms, [&fired] { fired = true; });
    for (long i = 0; i < 50'000'000 && !fired; ++i) co_await await();
  }());
  return fired;
}

TEST(Fairness, awaits_that_complete_at_once_do_not_starve_a_timer) {
  EXPECT_TRUE(a_timer_fires_between([] { return answer(); }));
}
TEST(Fairness, awaits_with_a_timeout_do_not_starve_a_timer) {
  EXPECT_TRUE(a_timer_fires_between([] { return wait_for(answer(), 1h); }));
}
TEST(Fairness, awaits_of_what_is_done_do_not_starve_a_timer) {
  Future<int> future;
  EXPECT_TRUE(a_timer_fires_between([&future] {
    if (!future) {
      future = Future<int>(get_running_loop());
      future.set_result(1);
    }
    return future;
  }));
}
TEST(Fairness, a_task_that_yields_does_not_starve_a_timer) {
  EXPECT_TRUE(a_timer_fires_between([] { return sleep(0); }));
}

TEST(Fairness, awaits_that_complete_at_once_let_another_thread_in) {
  bool called = false;
  run([&]() -> Coroutine<> {
    std::atomic<bool> told = false;
    std::thread other([&, &loop = get_running_loop()] {
      loop.call_soon_threadsafe([&called] { called = true; });
      told = true;
    });
    for (long i = 0; i < 50'000'000 && !called; i += told) co_await answer();
    other.join();
  }());
  EXPECT_TRUE(called);
}

// A task that gave way between two awaits is not waiting for anything: the request is kept for its next wait.
TEST(Fairness, a_task_that_gave_way_may_be_cancelled) {
  std::string ended = run([]() -> Coroutine<std::string> {
    auto task = create_task([]() -> Coroutine<> {
      for (;;) {
        for (int i = 0; i < 100'000; ++i) co_await answer();
        co_await sleep(0);
      }
    });
    co_await sleep(1ms);
    task.cancel("enough");
    try {
      co_await task;
    } catch (const CancelledError& error) {
      co_return error.what();
    }
    co_return "ran on";
  }());
  EXPECT_EQ(ended, "enough");
}

TEST(Stack, a_million_awaits_that_complete_at_once_need_none) {
  run([]() -> Coroutine<> {
    Future<int> future(get_running_loop());
    future.set_result(1);
    long sum = 0;
    for (int i = 0; i < 1'000'000; ++i) sum += co_await answer() + co_await future;
    EXPECT_EQ(sum, 43'000'000);
  }());
}

TEST(Stack, a_chain_of_a_hundred_thousand_tasks_needs_none) {
  run([]() -> Coroutine<> {
    Task<int> last = create_task(answer());
    for (int i = 0; i < 100'000; ++i)
      last = create_task([](Task<int> t) -> Coroutine<int> { co_return co_await t; }, last);
    EXPECT_EQ(co_await last, 42);
  }());
}

}  // namespace
}  // namespace krait::asyncio
