// Every await point, cancelled: a scenario runs again and again, and each time its task is cancelled one turn later.

#include <gtest/gtest.h>

#include <set>

#include "krait/asyncio.h"
#include "krait/unittest/virtual_clock.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;
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

// A virtual time that cancels a task in turn number `at`, before that turn runs: what it was woken for is on the way.
class CancelsInTurn final : public _VirtualTime {
 public:
  explicit CancelsInTurn(int at) : at_(at), before_(_set_virtual_time(this)) {}
  ~CancelsInTurn() override { _set_virtual_time(before_); }

  AnyTask victim;
  bool hit = false;

  std::int64_t now() const override { return now_; }
  std::int64_t idle(std::int64_t next, bool) override {
    if (next == _TimerHeap::kNever) throw DeadlockError("deadlock");
    now_ = std::max(now_, next);
    return 0;
  }
  bool reorders() const override { return true; }
  void order(std::vector<_ReadyNode*>&) override {
    if (victim && turn_++ == at_) hit = victim.cancel("swept");
  }

 private:
  int at_, turn_ = 0;
  std::int64_t now_ = 0;
  _VirtualTime* before_;
};

// Runs a scenario again and again, cancelling its victim in the first turn of its life, the second, and so on until it
// ends unharmed: every await is hit, and every moment between a wake-up and the step it causes. What `scenario` has in
// hand must be gone each time (`alive` counts it). Gives the number of runs.
struct Alive {
  explicit Alive(int& n) : count(&n) { ++n; }
  Alive(const Alive& other) : count(other.count) { ++*count; }
  ~Alive() { --*count; }
  int* count;
};
template <class Scenario>
int cancel_everywhere(Scenario scenario) {
  for (int turn = 0;; ++turn) {
    int alive = 0;
    bool hit;
    {
      SCOPED_TRACE("cancelled in turn " + std::to_string(turn));
      CancelsInTurn time(turn);
      EXPECT_NO_THROW(run(scenario(time, Alive(alive))));
      time.victim = {};
      hit = time.hit;
      EXPECT_EQ(alive, 0);
    }
    if (!hit || ::testing::Test::HasFailure() || turn > 10'000) return turn;
  }
}

// True when the task ended by the sweep or unharmed; anything else is a failure of the test.
Coroutine<bool> was_swept(Task<> task) {
  std::string ended = co_await awaited_failure(task);
  EXPECT_TRUE(ended == "nothing" || ended.starts_with("CancelledError(")) << ended;
  co_return ended != "nothing";
}

TEST(CancelEverywhere, a_plain_chain_of_waits) {
  int runs = cancel_everywhere([](CancelsInTurn& time, Alive alive) -> Coroutine<> {
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
    time.victim = AnyTask(static_cast<_TaskCore*>(&task.core()));
    EXPECT_EQ(co_await was_swept(task), task.cancelled());
  });
  EXPECT_GT(runs, 10);
}

// B3.31: an item put is got exactly once, or is still there.
TEST(CancelEverywhere, a_getter_loses_no_item) {
  int runs = cancel_everywhere([](CancelsInTurn& time, Alive alive) -> Coroutine<> {
    Queue<int> queue;
    std::vector<int> got;
    auto consume = [&queue, &got, alive]() -> Coroutine<> {
      while (got.size() < 6) got.push_back(co_await queue.get());
    };
    Task<> victim = create_task(consume);
    time.victim = AnyTask(static_cast<_TaskCore*>(&victim.core()));
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
  EXPECT_GT(runs, 5);
}

TEST(CancelEverywhere, a_putter_loses_no_room) {
  int runs = cancel_everywhere([](CancelsInTurn& time, Alive alive) -> Coroutine<> {
    Queue<int> queue(1);
    std::set<int> put, got;
    auto produce = [&queue, &put, alive](int first) -> Coroutine<> {
      for (int i = first; i < first + 4; ++i) {
        co_await queue.put(i);
        put.insert(i);
      }
    };
    Task<> victim = create_task(produce, 0);
    time.victim = AnyTask(static_cast<_TaskCore*>(&victim.core()));
    auto rival = create_task(produce, 100);
    auto consumer = create_task([&]() -> Coroutine<> {
      for (;;) {
        got.insert(co_await queue.get());
        co_await sleep(1s);
      }
    });
    co_await was_swept(victim);
    co_await rival;
    while (!queue.empty()) co_await sleep(1s);
    EXPECT_EQ(got, put);
    EXPECT_TRUE(put.contains(103));
    consumer.cancel();
    co_await awaited_failure(consumer);
  });
  EXPECT_GT(runs, 5);
}

TEST(CancelEverywhere, a_gather_leaves_no_child_behind) {
  int runs = cancel_everywhere([](CancelsInTurn& time, Alive alive) -> Coroutine<> {
    auto child = [](Alive, nanoseconds delay) -> Coroutine<int> {
      co_await sleep(delay);
      co_await sleep(0);
      co_return 1;
    };
    Task<> task = create_task(
        [&child, alive]() -> Coroutine<> { co_await gather(child(alive, 1s), child(alive, 2s), child(alive, 0s)); });
    time.victim = AnyTask(static_cast<_TaskCore*>(&task.core()));
    co_await was_swept(task);
    // A gather that was never begun leaves the coroutines to nobody; one that was ends with its children.
    if (!task.cancelled()) EXPECT_EQ(all_tasks().size(), 1U);
    co_await sleep(10s);
    EXPECT_EQ(all_tasks().size(), 1U);
  });
  EXPECT_GT(runs, 5);
}

TEST(CancelEverywhere, a_wait_for_takes_its_body_along) {
  int runs = cancel_everywhere([](CancelsInTurn& time, Alive alive) -> Coroutine<> {
    Task<> task = create_task([alive]() -> Coroutine<> {
      auto body = [](Alive, nanoseconds delay) -> Coroutine<> { co_await sleep(delay); };
      EXPECT_NE(co_await awaited_failure(wait_for(body(alive, 1s), 2s)), "TimeoutError()");
      std::string second = co_await awaited_failure(wait_for(body(alive, 3s), 2s));
      EXPECT_TRUE(second == "TimeoutError()" || second.starts_with("CancelledError(")) << second;
      co_await awaited_failure(wait_for(body(alive, 3s), 0s));
    });
    time.victim = AnyTask(static_cast<_TaskCore*>(&task.core()));
    co_await was_swept(task);
    EXPECT_EQ(all_tasks().size(), 1U);
  });
  EXPECT_GT(runs, 5);
}

// The count is what it was, whoever cancelled: the timeouts take back what they asked for, and nothing else.
TEST(CancelEverywhere, nested_timeouts_keep_the_count_of_requests) {
  int runs = cancel_everywhere([](CancelsInTurn& time, Alive alive) -> Coroutine<> {
    Task<> task = create_task([alive]() -> Coroutine<> {
      auto inner = [](Timeout&) -> Coroutine<> { co_await sleep(1h); };
      auto outer = [inner](Timeout&) -> Coroutine<> {
        co_await awaited_failure(async_with(timeout(1s), inner));
        co_await sleep(1h);
      };
      co_await awaited_failure(async_with(timeout(3s), outer));
    });
    AnyTask any(static_cast<_TaskCore*>(&task.core()));
    time.victim = any;
    bool swept = co_await was_swept(task);
    EXPECT_EQ(any.cancelling(), time.hit) << swept;
  });
  EXPECT_GT(runs, 4);
}

TEST(CancelEverywhere, a_shield_keeps_what_is_inside) {
  int runs = cancel_everywhere([](CancelsInTurn& time, Alive alive) -> Coroutine<> {
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
    time.victim = AnyTask(static_cast<_TaskCore*>(&task.core()));
    co_await was_swept(task);
    co_await sleep(10s);
    EXPECT_EQ(done, begun);
  });
  EXPECT_GT(runs, 4);
}

TEST(CancelEverywhere, a_wait_forgets_its_futures) {
  int runs = cancel_everywhere([](CancelsInTurn& time, Alive alive) -> Coroutine<> {
    auto work = [](Alive, nanoseconds delay) -> Coroutine<> { co_await sleep(delay); };
    std::vector tasks{create_task(work, alive, 1s), create_task(work, alive, 3s)};
    Task<> task = create_task([tasks]() -> Coroutine<> {
      co_await wait(tasks, {.timeout = 2s});
      co_await wait(tasks, {.return_when = FIRST_COMPLETED});
      co_await wait(tasks);
    });
    time.victim = AnyTask(static_cast<_TaskCore*>(&task.core()));
    co_await was_swept(task);
    co_await wait(tasks);
    for (auto& each : tasks) EXPECT_FALSE(each.cancelled());
  });
  EXPECT_GT(runs, 4);
}

TEST(CancelEverywhere, an_event_lets_the_others_go) {
  int runs = cancel_everywhere([](CancelsInTurn& time, Alive alive) -> Coroutine<> {
    Event event;
    auto waits = [&event, alive]() -> Coroutine<> { co_await event.wait(); };
    auto first = create_task(waits);
    Task<> victim = create_task(waits);
    auto last = create_task(waits);
    time.victim = AnyTask(static_cast<_TaskCore*>(&victim.core()));
    co_await sleep(1s);
    event.set();
    co_await first;
    co_await last;
    co_await was_swept(victim);
  });
  EXPECT_GT(runs, 1);
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
  int runs = cancel_everywhere([](CancelsInTurn& time, Alive alive) -> Coroutine<> {
    int inside = 0;
    Task<> task = create_task([&inside, alive]() -> Coroutine<> {
      co_await async_with(Door{inside, alive}, [](Door& door) -> Coroutine<> {
        EXPECT_EQ(door.inside, 1);
        co_await sleep(1s);
      });
    });
    time.victim = AnyTask(static_cast<_TaskCore*>(&task.core()));
    co_await was_swept(task);
    EXPECT_EQ(inside, 0);
  });
  EXPECT_GT(runs, 4);
}

// B2.15: a task that swallows the cancellation at whatever await goes on from there.
TEST(CancelEverywhere, one_that_swallows_goes_on) {
  int runs = cancel_everywhere([](CancelsInTurn& time, Alive alive) -> Coroutine<> {
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
    time.victim = AnyTask(static_cast<_TaskCore*>(&task.core()));
    bool swept = co_await was_swept(task);
    EXPECT_EQ(swept, !started);
    if (started) EXPECT_EQ(steps, 5);
  });
  EXPECT_GT(runs, 5);
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
