#include "krait/asyncio/locks.h"

#include <gtest/gtest.h>

#include "krait/asyncio/runners.h"
#include "krait/unittest/virtual_clock.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;
using Trace = std::vector<std::string>;
using unittest::VirtualClock;

template <class A>
Coroutine<std::string> awaited_failure(A awaitable) {
  try {
    (void)co_await std::move(awaitable);
  } catch (...) {
    co_return repr(std::current_exception());
  }
  co_return "nothing";
}

template <class F>
void run_virtually(F main) {
  VirtualClock clock;
  run(main());
}

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

}  // namespace
}  // namespace krait::asyncio
