// What another thread than the loop's may do: nothing but call_soon_threadsafe. The rest is refused and changes nothing.

#include <gtest/gtest.h>

#include <thread>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"

namespace krait::asyncio {
namespace {

// What `function` throws in a thread of its own, while the loop of this one runs.
template <class F>
std::string failure_elsewhere(F function) {
  std::string text;
  std::thread([&] { text = failure(function); }).join();
  return text;
}
constexpr const char* kRefused =
    "RuntimeError('Non-thread-safe operation invoked on an event loop other than the current one')";

// B1.5
TEST(WrongThread, call_soon_is_refused) {
  run_virtually([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    bool called = false;
    EXPECT_EQ(failure_elsewhere([&] { loop.call_soon([&called] { called = true; }); }), kRefused);
    co_await sleep(1s);
    EXPECT_FALSE(called);
  });
}

// B1.5
TEST(WrongThread, call_later_and_call_at_are_refused) {
  run_virtually([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    bool called = false;
    EXPECT_EQ(failure_elsewhere([&] { loop.call_later(1s, [&called] { called = true; }); }), kRefused);
    EXPECT_EQ(failure_elsewhere([&] { loop.call_at(1s, [&called] { called = true; }); }), kRefused);
    co_await sleep(1h);
    EXPECT_FALSE(called);
  });
}

// B1.5
TEST(WrongThread, create_task_is_refused_and_frees_the_coroutine) {
  run_virtually([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    auto held = std::make_shared<int>(0);
    auto body = [](std::shared_ptr<int> mine) -> Coroutine<> {
      ++*mine;
      co_return;
    };
    EXPECT_EQ(failure_elsewhere([&] { loop.create_task(body(held)); }), kRefused);
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(all_tasks().size(), 1U);
    co_await sleep(1s);
    EXPECT_EQ(*held, 0);
  });
}

TEST(WrongThread, create_future_is_refused) {
  run_virtually([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    EXPECT_EQ(failure_elsewhere([&] { loop.create_future<int>(); }), kRefused);
    co_return;
  });
}

// B1.5
TEST(WrongThread, a_future_is_not_set_nor_cancelled) {
  run_virtually([]() -> Coroutine<> {
    auto future = get_running_loop().create_future<int>();
    EXPECT_EQ(failure_elsewhere([&] { future.set_result(1); }), kRefused);
    EXPECT_EQ(failure_elsewhere([&] { future.set_exception(ValueError("boom")); }), kRefused);
    EXPECT_EQ(failure_elsewhere([&] { future.cancel(); }), kRefused);
    EXPECT_FALSE(future.done());
    future.set_result(7);
    EXPECT_EQ(co_await future, 7);
  });
}

// B1.5
TEST(WrongThread, a_task_is_not_cancelled) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(sleep(1s));
    co_await sleep(0);
    EXPECT_EQ(failure_elsewhere([&] { task.cancel("why"); }), kRefused);
    EXPECT_EQ(task.cancelling(), 0);
    co_await task;
    EXPECT_FALSE(task.cancelled());
  });
}

// B1.5
TEST(WrongThread, an_event_that_is_waited_for_is_not_set) {
  run_virtually([]() -> Coroutine<> {
    Event event;
    auto waiter = create_task(event.wait());
    co_await sleep(0);
    EXPECT_EQ(failure_elsewhere([&] { event.set(); }), kRefused);
    EXPECT_FALSE(event.is_set());
    co_await sleep(1s);
    EXPECT_FALSE(waiter.done());
    event.set();
    EXPECT_TRUE(co_await waiter);
  });
}

// B1.5
TEST(WrongThread, a_lock_that_is_waited_for_is_not_released) {
  run_virtually([]() -> Coroutine<> {
    Lock lock;
    co_await lock.acquire();
    auto waiter = create_task(lock.acquire());
    co_await sleep(0);
    EXPECT_EQ(failure_elsewhere([&] { lock.release(); }), kRefused);
    EXPECT_TRUE(lock.locked());
    lock.release();
    EXPECT_TRUE(co_await waiter);
  });
}

// B1.5
TEST(WrongThread, a_semaphore_that_is_waited_for_is_not_released) {
  run_virtually([]() -> Coroutine<> {
    BoundedSemaphore semaphore(1);
    co_await semaphore.acquire();
    auto waiter = create_task(semaphore.acquire());
    co_await sleep(0);
    EXPECT_EQ(failure_elsewhere([&] { semaphore.release(); }), kRefused);
    semaphore.release();  // not too often
    EXPECT_TRUE(co_await waiter);
  });
}

// B1.5
TEST(WrongThread, a_condition_is_not_notified) {
  run_virtually([]() -> Coroutine<> {
    Condition condition;
    co_await condition.acquire();
    auto waiter = create_task([&]() -> Coroutine<> {
      co_await condition.acquire();
      co_await condition.wait();
      condition.release();
    });
    co_await sleep(0);
    condition.release();
    co_await sleep(0);
    co_await condition.acquire();
    EXPECT_EQ(failure_elsewhere([&] { condition.notify_all(); }), kRefused);
    condition.release();
    co_await sleep(1s);
    EXPECT_FALSE(waiter.done());
    co_await condition.acquire();
    condition.notify();
    condition.release();
    co_await waiter;
  });
}

// B1.5
TEST(WrongThread, a_queue_that_is_waited_for_is_not_filled_emptied_or_shut_down) {
  run_virtually([]() -> Coroutine<> {
    Queue<int> empty, full(1);
    full.put_nowait(1);
    auto getter = create_task(empty.get());
    auto putter = create_task(full.put(2));
    co_await sleep(0);
    EXPECT_EQ(failure_elsewhere([&] { empty.put_nowait(3); }), kRefused);
    EXPECT_EQ(failure_elsewhere([&] { full.get_nowait(); }), kRefused);
    EXPECT_EQ(failure_elsewhere([&] { empty.shutdown(); }), kRefused);
    EXPECT_EQ(failure_elsewhere([&] { full.shutdown(true); }), kRefused);
    EXPECT_TRUE(empty.empty());
    EXPECT_EQ(full.qsize(), 1U);
    empty.put_nowait(4);
    EXPECT_EQ(co_await getter, 4);
    EXPECT_EQ(co_await full.get(), 1);
    co_await putter;
    EXPECT_EQ(full.get_nowait(), 2);
  });
}

// B1.5
TEST(WrongThread, call_soon_threadsafe_is_how_it_is_done) {
  run([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    auto future = loop.create_future<int>();
    // By reference: the handle itself may not be copied in another thread.
    std::thread other([&] { loop.call_soon_threadsafe([&future] { future.set_result(7); }); });
    EXPECT_EQ(co_await future, 7);
    other.join();
  }());
}

// A loop that does not run belongs to nobody: it may be prepared in one thread and run in another.
TEST(WrongThread, there_is_none_while_the_loop_does_not_run) {
  auto loop = new_event_loop();
  auto future = loop->create_future<int>();
  auto main = [](Future<int> awaited) -> Coroutine<int> { co_return co_await awaited + 1; };
  Task<int> task;
  std::thread([&] {
    future.set_result(6);
    task = loop->create_task(main(future));
  }).join();
  EXPECT_EQ(loop->run_until_complete(task), 7);
  int result = 0;
  std::thread([&] { result = loop->run_until_complete(main(future)); }).join();
  EXPECT_EQ(result, 7);
  loop->close();
}

}  // namespace
}  // namespace krait::asyncio
