#include "krait/asyncio/queues.h"

#include <gtest/gtest.h>

#include <memory>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/gather.h"
#include "krait/asyncio/runners.h"

namespace krait::asyncio {
namespace {

// B3.31
TEST(Queue, is_first_in_first_out) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue;
    EXPECT_TRUE(queue.empty());
    for (int i = 0; i < 3; ++i) co_await queue.put(i);
    EXPECT_EQ(queue.qsize(), 3U);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(co_await queue.get(), i);
    EXPECT_TRUE(queue.empty());
  });
}

TEST(Queue, without_a_limit_is_never_full) {
  for (std::ptrdiff_t maxsize : {0, -1}) {
    Queue<int> queue(maxsize);
    for (int i = 0; i < 1000; ++i) queue.put_nowait(i);
    EXPECT_FALSE(queue.full());
    EXPECT_EQ(queue.maxsize(), maxsize);
  }
}

// B3.31
TEST(Queue, refuses_at_once_what_would_have_to_wait) {
  Queue<int> queue(1);
  EXPECT_EQ(failure([&] { queue.get_nowait(); }), "QueueEmpty()");
  queue.put_nowait(1);
  EXPECT_TRUE(queue.full());
  EXPECT_EQ(failure([&] { queue.put_nowait(2); }), "QueueFull()");
  EXPECT_EQ(queue.get_nowait(), 1);
}

TEST(Queue, get_waits_for_an_item) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    Queue<int> queue;
    get_running_loop().call_later(2s, [&queue] { queue.put_nowait(7); });
    EXPECT_EQ(co_await queue.get(), 7);
  }());
  EXPECT_EQ(clock.elapsed(), 2s);
}

TEST(Queue, put_waits_for_room) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    Queue<int> queue(1);
    co_await queue.put(1);
    get_running_loop().call_later(2s, [&queue] { EXPECT_EQ(queue.get_nowait(), 1); });
    co_await queue.put(2);
    EXPECT_EQ(queue.qsize(), 1U);
  }());
  EXPECT_EQ(clock.elapsed(), 2s);
}

TEST(Queue, a_call_is_awaited_once_and_does_nothing_before) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue;
    {
      auto dropped = queue.put(1);
    }
    EXPECT_TRUE(queue.empty());
    auto put = queue.put(2);
    co_await put;
    EXPECT_EQ(co_await awaited_failure(std::move(put)), "RuntimeError('cannot reuse already awaited coroutine')");
    auto get = queue.get();
    EXPECT_EQ(co_await get, 2);
    EXPECT_EQ(co_await awaited_failure(std::move(get)), "RuntimeError('cannot reuse already awaited coroutine')");
    EXPECT_EQ(queue.qsize(), 0U);
  });
}

TEST(Queue, a_call_is_a_coroutine_to_whoever_wants_one) {
  run_virtually([]() -> Coroutine<> {
    Queue<std::unique_ptr<int>> queue(1);
    Coroutine<> put = queue.put(std::make_unique<int>(7));
    Coroutine<std::unique_ptr<int>> get = queue.get();
    auto got = create_task(std::move(get));
    co_await std::move(put);
    EXPECT_EQ(*co_await got, 7);
  });
}

TEST(Queue, a_million_calls_that_need_not_wait_keep_no_timer_waiting) {
  auto loop = new_event_loop();
  bool rang = false;
  loop->run_until_complete([](bool& rung) -> Coroutine<> {
    get_running_loop().call_later(1ms, [&rung] { rung = true; });
    Queue<int> queue;
    while (!rung) {
      co_await queue.put(1);
      (void)co_await queue.get();
    }
  }(rang));
  EXPECT_TRUE(rang);
  loop->close();
}

TEST(Queue, getters_are_served_in_the_order_they_came) {
  Trace trace;
  run_virtually([&]() -> Coroutine<> {
    Queue<int> queue;
    auto gets = [&](std::string name) -> Coroutine<> {
      int item = co_await queue.get();
      trace.push_back(name + std::to_string(item));
    };
    auto all = gather(gets("a"), gets("b"), gets("c"));
    co_await sleep(1s);
    for (int i = 0; i < 3; ++i) queue.put_nowait(i);
    co_await all;
  });
  EXPECT_EQ(trace, (Trace{"a0", "b1", "c2"}));
}

TEST(Queue, putters_are_served_in_the_order_they_came) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue(1);
    auto all = gather(queue.put(0), queue.put(1), queue.put(2), queue.put(3));
    co_await sleep(1s);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(co_await queue.get(), i);
    co_await all;
  });
}

TEST(Queue, hands_over_what_can_only_be_moved) {
  run_virtually([]() -> Coroutine<> {
    Queue<std::unique_ptr<int>> queue(1);
    co_await queue.put(std::make_unique<int>(7));
    std::unique_ptr<int> item = co_await queue.get();
    EXPECT_EQ(*item, 7);
  });
}

TEST(Queue, a_pipeline_keeps_everything_in_order) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> first(3), second(2);
    auto produce = [&]() -> Coroutine<> {
      for (int i = 0; i < 1000; ++i) co_await first.put(i);
    };
    auto pass = [&]() -> Coroutine<> {
      for (int i = 0; i < 1000; ++i) co_await second.put(co_await first.get());
    };
    auto producing = create_task(produce());
    auto passing = create_task(pass());
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(co_await second.get(), i);
    co_await gather(producing, passing);
  });
}

// B3.31
TEST(Queue, a_getter_cancelled_while_it_waits_takes_no_item) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue;
    auto first = create_task(queue.get()), second = create_task(queue.get());
    co_await sleep(0);
    first.cancel("why");
    queue.put_nowait(7);
    EXPECT_EQ(co_await awaited_failure(first), "CancelledError('why')");
    EXPECT_EQ(co_await second, 7);
  });
}

// B3.31: the wake-up of a getter that is cancelled before it runs passes to the next in line.
TEST(Queue, a_getter_cancelled_after_its_wake_up_passes_it_on) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue;
    auto first = create_task(queue.get()), second = create_task(queue.get());
    co_await sleep(0);
    queue.put_nowait(7);
    first.cancel();
    EXPECT_EQ(co_await awaited_failure(first), "CancelledError()");
    EXPECT_EQ(co_await second, 7);
  });
}

TEST(Queue, a_putter_cancelled_after_its_wake_up_passes_it_on) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue(1);
    queue.put_nowait(0);
    auto first = create_task(queue.put(1)), second = create_task(queue.put(2));
    co_await sleep(0);
    EXPECT_EQ(queue.get_nowait(), 0);
    first.cancel();
    EXPECT_EQ(co_await awaited_failure(first), "CancelledError()");
    co_await second;
    EXPECT_EQ(queue.get_nowait(), 2);
    EXPECT_TRUE(queue.empty());
  });
}

TEST(Queue, a_putter_cancelled_while_it_waits_puts_nothing) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue(1);
    queue.put_nowait(0);
    auto putter = create_task(queue.put(1));
    co_await sleep(0);
    putter.cancel();
    EXPECT_EQ(co_await awaited_failure(putter), "CancelledError()");
    EXPECT_EQ(queue.get_nowait(), 0);
    EXPECT_TRUE(queue.empty());
  });
}

TEST(Queue, an_item_taken_before_the_woken_getter_runs_makes_it_wait_again) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue;
    auto getter = create_task(queue.get());
    co_await sleep(0);
    queue.put_nowait(1);
    EXPECT_EQ(queue.get_nowait(), 1);
    co_await sleep(1s);
    EXPECT_FALSE(getter.done());
    queue.put_nowait(2);
    EXPECT_EQ(co_await getter, 2);
  });
}

// B3.31
TEST(Queue, join_waits_until_everything_is_dealt_with) {
  Trace trace;
  run_virtually([&]() -> Coroutine<> {
    Queue<int> queue;
    co_await queue.join();  // nothing to wait for
    for (int i = 0; i < 2; ++i) queue.put_nowait(i);
    auto worker = create_task([&]() -> Coroutine<> {
      for (;;) {
        int item = co_await queue.get();
        co_await sleep(1s);
        trace.push_back("done " + std::to_string(item));
        queue.task_done();
      }
    });
    co_await queue.join();
    trace.emplace_back("joined");
    worker.cancel();
    EXPECT_EQ(co_await awaited_failure(worker), "CancelledError()");
  });
  EXPECT_EQ(trace, (Trace{"done 0", "done 1", "joined"}));
}

TEST(Queue, join_waits_again_for_what_is_put_later) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue;
    queue.put_nowait(1);
    queue.get_nowait();
    queue.task_done();
    co_await queue.join();
    queue.put_nowait(2);
    auto joining = create_task(queue.join());
    co_await sleep(1s);
    EXPECT_FALSE(joining.done());
    queue.task_done();
    co_await joining;
  });
}

// B3.31
TEST(Queue, task_done_too_often_is_an_error) {
  Queue<int> queue;
  queue.put_nowait(1);
  queue.task_done();
  EXPECT_EQ(failure([&] { queue.task_done(); }), "ValueError('task_done() called too many times')");
}

// B3.31
TEST(Queue, shut_down_it_gives_what_is_left_and_takes_nothing_more) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue;
    queue.put_nowait(1);
    queue.shutdown();
    EXPECT_EQ(co_await awaited_failure(queue.put(2)), "QueueShutDown()");
    EXPECT_EQ(failure([&] { queue.put_nowait(2); }), "QueueShutDown()");
    EXPECT_EQ(co_await queue.get(), 1);
    EXPECT_EQ(co_await awaited_failure(queue.get()), "QueueShutDown()");
    EXPECT_EQ(failure([&] { queue.get_nowait(); }), "QueueShutDown()");
  });
}

// B3.31
TEST(Queue, shutting_down_ends_every_wait) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> empty, full(1);
    full.put_nowait(0);
    auto a = create_task(awaited_failure(empty.get())), b = create_task(awaited_failure(empty.get()));
    auto c = create_task(awaited_failure(full.put(1)));
    co_await sleep(0);
    empty.shutdown();
    full.shutdown();
    for (const auto& task : {a, b, c}) EXPECT_EQ(co_await task, "QueueShutDown()");
    EXPECT_EQ(full.qsize(), 1U);
  });
}

// B3.31
TEST(Queue, shut_down_immediately_it_drops_what_is_left_and_ends_join) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue;
    for (int i = 0; i < 3; ++i) queue.put_nowait(i);
    auto joining = create_task(queue.join());
    co_await sleep(0);
    EXPECT_EQ(queue.get_nowait(), 0);
    queue.shutdown(true);
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(co_await awaited_failure(queue.get()), "QueueShutDown()");
    co_await sleep(1s);
    EXPECT_FALSE(joining.done());  // the item that was got is still being dealt with
    queue.task_done();
    co_await joining;
  });
}

TEST(Queue, shut_down_while_full_it_serves_its_getters) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> queue(2);
    queue.put_nowait(1);
    queue.put_nowait(2);
    auto putter = create_task(awaited_failure(queue.put(3)));
    co_await sleep(0);
    queue.shutdown();
    EXPECT_EQ(co_await queue.get(), 1);
    EXPECT_EQ(co_await putter, "QueueShutDown()");
    EXPECT_EQ(co_await queue.get(), 2);
  });
}

// The common end of a program: main returns, and run() cancels the workers that waited for something of main's.
TEST(Queue, may_end_before_its_waiters_are_cancelled) {
  VirtualClock clock;
  Trace ended;
  run([&ended]() -> Coroutine<> {
    Queue<int> empty, full(1);
    full.put_nowait(0);
    create_task([&]() -> Coroutine<> { ended.push_back(co_await awaited_failure(empty.get())); });
    create_task([&ended, &full]() -> Coroutine<> { ended.push_back(co_await awaited_failure(full.put(1))); });
    create_task([&ended, &full]() -> Coroutine<> { ended.push_back(co_await awaited_failure(full.join())); });
    co_await sleep(1s);
  }());
  EXPECT_EQ(ended, (Trace{"CancelledError()", "CancelledError()", "CancelledError()"}));
}

TEST(Queue, may_end_before_a_loop_that_closes_with_waiters) {
  auto loop = new_event_loop();
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  auto owner = []() -> Coroutine<> {
    Queue<int> queue;
    create_task([&queue]() -> Coroutine<> { co_await queue.get(); });
    co_await queue.get();
  };
  loop->create_task(owner());
  for (int turn = 0; turn < 2; ++turn) {
    loop->stop();
    loop->run_forever();
  }
  loop->close();
}

}  // namespace
}  // namespace krait::asyncio
