// Every await point of asyncio's own, cancelled.

#include <gtest/gtest.h>

#include <set>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"
#include "krait/unittest/cancel_everywhere.h"

namespace krait::asyncio {
namespace {

using unittest::CancelPoint;

// Counts the copies of itself that are alive: what a scenario has in hand must be gone when its loop is.
struct Alive {
  explicit Alive(int& n) : count(&n) { ++n; }
  Alive(const Alive& other) : count(other.count) { ++*count; }
  ~Alive() { --*count; }
  int* count;
};
// Gives the number of runs with a cancel.
template <class Scenario>
std::size_t cancel_everywhere(Scenario scenario) {
  int alive = 0;
  auto sweep = unittest::cancel_everywhere([&](CancelPoint& here) { return scenario(here, Alive(alive)); },
                                           [&] { EXPECT_EQ(alive, 0); });
  return sweep.runs;
}

TEST(CancelEverywhere, a_plain_chain_of_waits) {
  std::size_t runs = cancel_everywhere([](CancelPoint& here, Alive alive) -> Coroutine<> {
    auto inner = [](Alive a) -> Coroutine<int> {
      Alive local = a;
      co_await sleep(0);
      co_await sleep(1s);
      co_return 1;
    };
    Task<> task = create_task([&inner, alive]() -> Coroutine<> {
      for (int i = 0; i < 3; ++i) co_await inner(alive);
      co_await create_task(inner(alive));
    });
    here.victim(task);
    EXPECT_EQ(co_await here.ended(task), task.cancelled());
  });
  EXPECT_GT(runs, 10U);
}

// B3.31: an item put is got exactly once, or is still there.
TEST(CancelEverywhere, a_getter_loses_no_item) {
  std::size_t runs = cancel_everywhere([](CancelPoint& here, Alive alive) -> Coroutine<> {
    Queue<int> queue;
    std::vector<int> got;
    auto consume = [&queue, &got, alive]() -> Coroutine<> {
      while (got.size() < 6) got.push_back(co_await queue.get());
    };
    Task<> victim = create_task(consume);
    here.victim(victim);
    auto rival = create_task(consume);
    auto produce = [&queue]() -> Coroutine<> {
      for (int i = 0; i < 6; ++i) {
        co_await queue.put(i);
        if (i % 2) co_await sleep(1s);
      }
      queue.shutdown();
    };
    co_await produce();
    co_await awaited_failure(victim);
    co_await awaited_failure(rival);
    EXPECT_EQ(got, (std::vector{0, 1, 2, 3, 4, 5}));
  });
  EXPECT_GT(runs, 5U);
}

TEST(CancelEverywhere, a_putter_loses_no_room) {
  std::size_t runs = cancel_everywhere([](CancelPoint& here, Alive alive) -> Coroutine<> {
    Queue<int> queue(1);
    std::set<int> put, got;
    auto produce = [&queue, &put, alive](int first) -> Coroutine<> {
      for (int i = first; i < first + 4; ++i) {
        co_await queue.put(i);
        put.insert(i);
      }
    };
    Task<> victim = create_task(produce, 0);
    here.victim(victim);
    auto rival = create_task(produce, 100);
    auto consumer = create_task([&]() -> Coroutine<> {
      for (;;) {
        got.insert(co_await queue.get());
        co_await sleep(1s);
      }
    });
    co_await here.ended(victim);
    co_await rival;
    while (!queue.empty()) co_await sleep(1s);
    EXPECT_EQ(got, put);
    EXPECT_TRUE(put.contains(103));
    consumer.cancel();
    co_await awaited_failure(consumer);
  });
  EXPECT_GT(runs, 5U);
}

TEST(CancelEverywhere, a_gather_leaves_no_child_behind) {
  std::size_t runs = cancel_everywhere([](CancelPoint& here, Alive alive) -> Coroutine<> {
    auto child = [](Alive, nanoseconds delay) -> Coroutine<int> {
      co_await sleep(delay);
      co_await sleep(0);
      co_return 1;
    };
    Task<> task = create_task(
        [&child, alive]() -> Coroutine<> { co_await gather(child(alive, 1s), child(alive, 2s), child(alive, 0s)); });
    here.victim(task);
    co_await here.ended(task);
    // A gather that was never begun leaves the coroutines to nobody; one that was ends with its children.
    if (!task.cancelled()) EXPECT_EQ(all_tasks().size(), 1U);
    co_await sleep(10s);
    EXPECT_EQ(all_tasks().size(), 1U);
  });
  EXPECT_GT(runs, 5U);
}

TEST(CancelEverywhere, a_wait_for_takes_its_body_along) {
  std::size_t runs = cancel_everywhere([](CancelPoint& here, Alive alive) -> Coroutine<> {
    Task<> task = create_task([alive]() -> Coroutine<> {
      auto body = [](Alive, nanoseconds delay) -> Coroutine<> { co_await sleep(delay); };
      EXPECT_NE(co_await awaited_failure(wait_for(body(alive, 1s), 2s)), "TimeoutError()");
      std::string second = co_await awaited_failure(wait_for(body(alive, 3s), 2s));
      EXPECT_TRUE(second == "TimeoutError()" || second.starts_with("CancelledError(")) << second;
      co_await awaited_failure(wait_for(body(alive, 3s), 0s));
    });
    here.victim(task);
    co_await here.ended(task);
    EXPECT_EQ(all_tasks().size(), 1U);
  });
  EXPECT_GT(runs, 5U);
}

// The count is what it was, whoever cancelled: the timeouts take back what they asked for, and nothing else.
TEST(CancelEverywhere, nested_timeouts_keep_the_count_of_requests) {
  std::size_t runs = cancel_everywhere([](CancelPoint& here, Alive alive) -> Coroutine<> {
    Task<> task = create_task([alive]() -> Coroutine<> {
      auto inner = [](Timeout&) -> Coroutine<> { co_await sleep(1h); };
      auto outer = [inner](Timeout&) -> Coroutine<> {
        co_await awaited_failure(async_with(timeout(1s), inner));
        co_await sleep(1h);
      };
      co_await awaited_failure(async_with(timeout(3s), outer));
    });
    here.victim(task);
    bool swept = co_await here.ended(task);
    EXPECT_EQ(task.cancelling(), here.hit()) << swept;
  });
  EXPECT_GT(runs, 4U);
}

TEST(CancelEverywhere, a_shield_keeps_what_is_inside) {
  std::size_t runs = cancel_everywhere([](CancelPoint& here, Alive alive) -> Coroutine<> {
    int done = 0, begun = 0;
    Task<> task = create_task([&, alive]() -> Coroutine<> {
      auto precious = [](Alive, int& count) -> Coroutine<> {
        co_await sleep(1s);
        ++count;
      };
      auto inner = create_task(precious(alive, done));
      ++begun;
      co_await shield(inner);
      co_await sleep(1s);
    });
    here.victim(task);
    co_await here.ended(task);
    co_await sleep(10s);
    EXPECT_EQ(done, begun);
  });
  EXPECT_GT(runs, 4U);
}

TEST(CancelEverywhere, a_wait_forgets_its_futures) {
  std::size_t runs = cancel_everywhere([](CancelPoint& here, Alive alive) -> Coroutine<> {
    auto work = [](Alive, nanoseconds delay) -> Coroutine<> { co_await sleep(delay); };
    std::vector tasks{create_task(work, alive, 1s), create_task(work, alive, 3s)};
    Task<> task = create_task([tasks]() -> Coroutine<> {
      co_await wait(tasks, {.timeout = 2s});
      co_await wait(tasks, {.return_when = FIRST_COMPLETED});
      co_await wait(tasks);
    });
    here.victim(task);
    co_await here.ended(task);
    co_await wait(tasks);
    for (auto& each : tasks) EXPECT_FALSE(each.cancelled());
  });
  EXPECT_GT(runs, 4U);
}

TEST(CancelEverywhere, an_event_lets_the_others_go) {
  std::size_t runs = cancel_everywhere([](CancelPoint& here, Alive alive) -> Coroutine<> {
    Event event;
    auto waits = [&event, alive]() -> Coroutine<> { co_await event.wait(); };
    auto first = create_task(waits);
    Task<> victim = create_task(waits);
    auto last = create_task(waits);
    here.victim(victim);
    co_await sleep(1s);
    event.set();
    co_await first;
    co_await last;
    co_await here.ended(victim);
  });
  EXPECT_GT(runs, 1U);
}

TEST(CancelEverywhere, a_block_is_exited_once_however_it_ends) {
  struct Door {
    int& inside;
    Alive alive;
    Coroutine<> aenter() {
      co_await sleep(1s);
      ++inside;
    }
    Coroutine<bool> aexit(std::exception_ptr) {
      --inside;  // before it waits: a second cancel may interrupt that
      co_await awaited_failure(sleep(1s));
      co_return false;
    }
  };
  std::size_t runs = cancel_everywhere([](CancelPoint& here, Alive alive) -> Coroutine<> {
    int inside = 0;
    Task<> task = create_task([&inside, alive]() -> Coroutine<> {
      co_await async_with(Door{inside, alive}, [](Door& door) -> Coroutine<> {
        EXPECT_EQ(door.inside, 1);
        co_await sleep(1s);
      });
    });
    here.victim(task);
    co_await here.ended(task);
    EXPECT_EQ(inside, 0);
  });
  EXPECT_GT(runs, 4U);
}

// B2.15: a task that swallows the cancellation at whatever await goes on from there.
TEST(CancelEverywhere, one_that_swallows_goes_on) {
  std::size_t runs = cancel_everywhere([](CancelPoint& here, Alive alive) -> Coroutine<> {
    int steps = 0;
    Queue<int> queue;
    for (int i = 0; i < 3; ++i) queue.put_nowait(i);
    bool started = false;
    Task<> task = create_task([&, alive]() -> Coroutine<> {
      started = true;
      co_await awaited_failure(sleep(1s)), ++steps;
      co_await awaited_failure(sleep(0)), ++steps;
      co_await awaited_failure(queue.get()), ++steps;
      co_await awaited_failure(create_task(sleep(1s))), ++steps;
      co_await awaited_failure(wait_for(sleep(1h), 1s)), ++steps;
    });
    here.victim(task);
    bool swept = co_await here.ended(task);
    EXPECT_EQ(swept, !started);
    if (started) EXPECT_EQ(steps, 5);
  });
  EXPECT_GT(runs, 5U);
}

// The loop is closed under a program at every turn: nothing of it is left.
TEST(CloseEverywhere, frees_everything) {
  for (int turns = 0; turns < 40; ++turns) {
    int alive = 0;
    {
      VirtualClock clock;
      auto loop = new_event_loop();
      loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
      auto program = [](Alive a) -> Coroutine<> {
        Queue<Alive> queue(1);
        Event event;
        auto pass = [&](Alive item) -> Coroutine<> {
          for (int i = 0; i < 3; ++i) co_await queue.put(item);
          co_await event.wait();
        };
        auto take = [&](Alive) -> Coroutine<> {
          for (;;) {
            (void)co_await wait_for(queue.get(), 1s);
            co_await shield(sleep(1s));
          }
        };
        auto all = gather(return_exceptions, pass(a), take(a),
                          async_with(timeout(5s), [a](Timeout&) -> Coroutine<> { co_await create_task(sleep(1h)); }));
        co_await wait(std::vector{create_task(pass(a)), create_task(take(a))}, {.timeout = 4s});
        event.set();
        co_await all;
      };
      loop->create_task(program(Alive(alive)));
      for (int i = 0; i < turns; ++i) {
        loop->stop();
        if (i % 2) clock.advance(500ms);
        loop->run_forever();
      }
      loop->close();
    }
    EXPECT_EQ(alive, 0) << "closed after turn " << turns;
  }
}

}  // namespace
}  // namespace krait::asyncio
