#include "krait/asyncio/threads.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <latch>
#include <thread>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/gather.h"
#include "krait/asyncio/locks.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/wait.h"
#include "krait/concurrent/futures/process.h"
#include "krait/concurrent/futures/thread.h"
#include "krait/concurrent/futures/waiting.h"

namespace krait::asyncio {
namespace {

using concurrent::futures::BrokenProcessPool;
using concurrent::futures::ProcessPoolExecutor;
using concurrent::futures::ThreadPoolExecutor;

std::string thread_name() {
  char name[16];
  ::pthread_getname_np(::pthread_self(), name, sizeof name);
  return name;
}

TEST(RunInExecutor, calls_in_a_thread_of_the_loops_own_pool) {
  run([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    EXPECT_EQ(co_await loop.run_in_executor(nullptr, thread_name), "asyncio_0");
    EXPECT_EQ(co_await loop.run_in_executor(nullptr, [](int a, int b) { return a * b; }, 6, 7), 42);
    co_await loop.run_in_executor(nullptr, [] {});
  }());
}

// A39: the three ways
TEST(RunInExecutor, takes_an_executor_by_reference_or_pointer) {
  ThreadPoolExecutor pool({.max_workers = 1, .thread_name_prefix = "mine"});
  run([&]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    EXPECT_EQ(co_await loop.run_in_executor(pool, thread_name), "mine_0");
    EXPECT_EQ(co_await loop.run_in_executor(&pool, thread_name), "mine_0");
    concurrent::futures::Executor* none = nullptr;
    EXPECT_EQ(co_await loop.run_in_executor(none, thread_name), "asyncio_0");
  }());
}

int process() { return ::getpid(); }
void throw_value_error() { throw ValueError("boom"); }

// A39: another process
TEST(RunInExecutor, takes_a_pool_of_processes) {
  ProcessPoolExecutor pool(1);
  run([&]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    EXPECT_NE(co_await loop.run_in_executor(pool, process), ::getpid());
    EXPECT_EQ(co_await loop.run_in_executor(&pool, [](int a, int b) { return a * b; }, 6, 7), 42);
    co_await loop.run_in_executor(pool, [] {});
    EXPECT_EQ(co_await awaited_failure(loop.run_in_executor(pool, throw_value_error)), "ValueError('boom')");
    auto [a, b] = co_await gather(loop.run_in_executor(pool, process), loop.run_in_executor(nullptr, process));
    EXPECT_NE(a, b);
  }());
}

TEST(RunInExecutor, a_pool_of_processes_may_be_made_within_the_loop_and_its_worker_may_run_another) {
  run([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    co_await loop.run_in_executor(nullptr, [] {});
    ProcessPoolExecutor pool(1);
    auto nested = [](int n) {
      return run([](int m) -> Coroutine<int> {
        co_await sleep(0s);
        co_return m + 1;
      }(n));
    };
    EXPECT_EQ(co_await loop.run_in_executor(pool, nested, 6), 7);
  }());
}

TEST(RunInExecutor, a_cancelled_wait_cancels_the_call_that_no_process_has_begun) {
  static int go_on[2];  // a pipe
  ASSERT_EQ(::pipe2(go_on, O_CLOEXEC), 0);
  ProcessPoolExecutor pool(1);
  run([&]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    auto first = loop.run_in_executor(pool, [] {
      char byte;
      return ::read(go_on[0], &byte, 1);
    });
    auto second = loop.run_in_executor(pool, [] { ::raise(SIGKILL); });
    EXPECT_TRUE(second.cancel());
    EXPECT_EQ(co_await awaited_failure(second), "CancelledError()");
    EXPECT_EQ(::write(go_on[1], "x", 1), 1);
    EXPECT_EQ(co_await first, 1);
    EXPECT_NE(co_await loop.run_in_executor(pool, process), ::getpid());
  }());
  ::close(go_on[0]);
  ::close(go_on[1]);
}

TEST(RunInExecutor, a_process_that_is_killed_breaks_the_wait) {
  ProcessPoolExecutor pool(1);
  run([&]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    EXPECT_EQ(
        co_await awaited_failure(loop.run_in_executor(pool, [] { ::raise(SIGKILL); })),
        "BrokenProcessPool('A process in the process pool was terminated abruptly while the future was running or "
        "pending.')");
    EXPECT_THROW(loop.run_in_executor(pool, process), BrokenProcessPool);
  }());
}

TEST(RunInExecutor, throws_what_the_call_threw) {
  run([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    auto call = [](auto error) { throw error; };
    EXPECT_EQ(co_await awaited_failure(loop.run_in_executor(nullptr, call, ValueError("boom"))), "ValueError('boom')");
    EXPECT_EQ(co_await awaited_failure(loop.run_in_executor(nullptr, call, SystemExit(3))), "SystemExit('3')");
    // An error of the other future becomes one that a coroutine knows as its own.
    auto cancelled = loop.run_in_executor(nullptr, call, concurrent::futures::CancelledError());
    bool ours = false;
    try {
      co_await cancelled;
    } catch (const CancelledError&) {
      ours = true;
    }
    EXPECT_TRUE(ours);
  }());
}

TEST(RunInExecutor, moves_what_cannot_be_copied_both_ways) {
  run([]() -> Coroutine<> {
    auto number = std::make_unique<int>(6);
    auto twice = [factor = std::make_unique<int>(2)](std::unique_ptr<int> n) {
      return std::make_unique<int>(*n * *factor);
    };
    auto future = get_running_loop().run_in_executor(nullptr, std::move(twice), std::move(number));
    auto result = co_await std::move(future);
    EXPECT_EQ(*result, 12);
  }());
}

TEST(RunInExecutor, calls_overlap) {
  run([]() -> Coroutine<> {
    std::latch together(3);
    auto meet = [&] { together.arrive_and_wait(); };
    EventLoop& loop = get_running_loop();
    co_await gather(loop.run_in_executor(nullptr, meet), loop.run_in_executor(nullptr, meet),
                    loop.run_in_executor(nullptr, meet));
  }());
}

TEST(RunInExecutor, the_loop_runs_on_meanwhile) {
  run([]() -> Coroutine<> {
    std::latch go_on(1);
    auto call = get_running_loop().run_in_executor(nullptr, [&] { go_on.wait(); });
    for (int i = 0; i < 1000; ++i) co_await sleep(0);
    EXPECT_FALSE(call.done());
    go_on.count_down();
    co_await call;
  }());
}

TEST(RunInExecutor, a_thread_at_work_is_no_deadlock) {
  VirtualClock clock;
  run([&]() -> Coroutine<> {
    std::latch go_on(1);
    std::thread other([&] { go_on.count_down(); });
    co_await get_running_loop().run_in_executor(nullptr, [&] { go_on.wait(); });
    other.join();
    EXPECT_EQ(clock.elapsed(), 0s);
    // And when it is through, one is seen again.
    EXPECT_EQ(co_await awaited_failure(to_thread([] { return 1; })), "nothing");
  }());
  EXPECT_THROW(run([]() -> Coroutine<> {
                 co_await to_thread([] {});
                 co_await Event().wait();
               }()),
               DeadlockError);
}

// B3.28
TEST(RunInExecutor, a_cancel_takes_back_a_call_that_has_not_begun) {
  ThreadPoolExecutor pool(1);
  run([&]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    std::latch go_on(1);
    bool called = false;
    auto owned = std::make_shared<int>(1);
    auto first = loop.run_in_executor(pool, [&] { go_on.wait(); });
    auto second = loop.run_in_executor(pool, [&called, owned] { called = true; });
    EXPECT_TRUE(second.cancel());
    EXPECT_EQ(owned.use_count(), 1);
    EXPECT_EQ(co_await awaited_failure(second), "CancelledError()");
    go_on.count_down();
    co_await first;
    pool.shutdown();
    EXPECT_FALSE(called);
  }());
}

TEST(RunInExecutor, a_cancel_does_not_stop_a_call_that_has_begun) {
  std::atomic<bool> ended = false;
  ThreadPoolExecutor pool(1);
  run([&]() -> Coroutine<> {
    std::latch begun(1), go_on(1);
    auto call = get_running_loop().run_in_executor(pool, [&] {
      begun.count_down();
      go_on.wait();
      ended = true;
      return 5;
    });
    begun.wait();
    EXPECT_TRUE(call.cancel());
    EXPECT_EQ(co_await awaited_failure(call), "CancelledError()");
    EXPECT_FALSE(ended);
    go_on.count_down();
    pool.shutdown();
    EXPECT_TRUE(ended);
    co_await sleep(0);  // what the thread had to say is not heard
    EXPECT_TRUE(call.cancelled());
  }());
}

TEST(RunInExecutor, a_wait_may_be_cancelled_at_any_turn) {
  for (int turns = 0; turns < 5; ++turns) {
    run([turns]() -> Coroutine<> {
      std::latch go_on(1);
      auto task = create_task(to_thread([&] { go_on.wait(); }));
      for (int i = 0; i < turns; ++i) co_await sleep(0);
      EXPECT_TRUE(task.cancel("enough"));
      EXPECT_EQ(co_await awaited_failure(task), "CancelledError('enough')");
      go_on.count_down();
      co_await get_running_loop().shutdown_default_executor();
    }());
  }
}

TEST(RunInExecutor, an_executor_that_cancels_its_futures_cancels_ours) {
  ThreadPoolExecutor pool(1);
  run([&]() -> Coroutine<> {
    std::latch begun(1), go_on(1);
    auto first = get_running_loop().run_in_executor(pool, [&] {
      begun.count_down();
      go_on.wait();
    });
    auto second = get_running_loop().run_in_executor(pool, [] {});
    begun.wait();
    pool.shutdown({.wait = false, .cancel_futures = true});
    EXPECT_EQ(co_await awaited_failure(second), "CancelledError()");
    go_on.count_down();
    co_await first;
    EXPECT_EQ(failure([&] { get_running_loop().run_in_executor(pool, [] {}); }),
              "RuntimeError('cannot schedule new futures after shutdown')");
  }());
}

TEST(RunInExecutor, a_result_that_nobody_waits_for_is_dropped_and_an_error_reported) {
  std::vector<std::string> reports;
  run([&]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    loop.set_exception_handler(
        [&](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
    loop.run_in_executor(nullptr, [] { return 1; });
    loop.run_in_executor(nullptr, [] { throw ValueError("boom"); });
    co_await loop.shutdown_default_executor();
    co_await sleep(0);
  }());
  EXPECT_EQ(reports, std::vector<std::string>{"Future exception was never retrieved"});
}

TEST(RunInExecutor, a_thread_may_outlive_the_loop) {
  std::latch begun(1), go_on(1);
  ThreadPoolExecutor pool(1);
  auto loop = new_event_loop();
  auto future = loop->run_in_executor(pool, [&] {
    begun.count_down();
    go_on.wait();
    return std::string(100, 'x');
  });
  begun.wait();
  loop->close();
  loop = nullptr;
  future = {};
  go_on.count_down();
  pool.shutdown();
}

TEST(RunInExecutor, says_that_the_loop_is_closed) {
  auto loop = new_event_loop();
  loop->close();
  EXPECT_EQ(failure([&] { loop->run_in_executor(nullptr, [] {}); }), "RuntimeError('Event loop is closed')");
}

TEST(RunInExecutor, many_calls_from_many_tasks_all_come_back) {
  run([]() -> Coroutine<> {
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 50; ++i) {
      tasks.push_back(create_task([i]() -> Coroutine<int> {
        int sum = 0;
        for (int j = 0; j < 20; ++j) sum += co_await to_thread([](int n) { return n; }, i);
        co_return sum;
      }));
    }
    int total = 0;
    for (int each : co_await gather(std::move(tasks))) total += each;
    EXPECT_EQ(total, 20 * 49 * 50 / 2);
  }());
}

TEST(DefaultExecutor, may_be_replaced) {
  run([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    EXPECT_EQ(failure([&] { loop.set_default_executor(nullptr); }),
              "TypeError('executor must be ThreadPoolExecutor instance')");
    loop.set_default_executor(std::make_shared<ThreadPoolExecutor>(
        concurrent::futures::ThreadPoolOptions{.max_workers = 1, .thread_name_prefix = "mine"}));
    EXPECT_EQ(co_await to_thread(thread_name), "mine_0");
  }());
}

TEST(DefaultExecutor, takes_nothing_after_its_shutdown) {
  run([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    co_await to_thread([] {});
    co_await loop.shutdown_default_executor();
    co_await loop.shutdown_default_executor();
    EXPECT_EQ(co_await awaited_failure(to_thread([] {})), "RuntimeError('Executor shutdown has been called')");
  }());
}

TEST(DefaultExecutor, without_one_there_is_nothing_to_shut_down) {
  run([]() -> Coroutine<> {
    co_await get_running_loop().shutdown_default_executor();
    EXPECT_EQ(co_await awaited_failure(to_thread([] {})), "RuntimeError('Executor shutdown has been called')");
  }());
}

// B3.25
TEST(DefaultExecutor, run_waits_for_its_threads_at_the_end) {
  std::atomic<bool> ended = false;
  std::latch begun(1), go_on(1);
  std::thread other([&] {
    begun.wait();
    go_on.count_down();
  });
  run([&]() -> Coroutine<> {
    get_running_loop().run_in_executor(nullptr, [&] {
      begun.count_down();
      go_on.wait();
      ended = true;
    });
    co_return;
  }());
  EXPECT_TRUE(ended);
  other.join();
}

TEST(DefaultExecutor, run_waits_under_virtual_time_without_a_timeout) {
  VirtualClock clock;
  std::latch begun(1), go_on(1);
  std::thread other([&] {
    begun.wait();
    go_on.count_down();
  });
  run([&]() -> Coroutine<> {
    get_running_loop().run_in_executor(nullptr, [&] {
      begun.count_down();
      go_on.wait();
    });
    co_return;
  }());
  EXPECT_EQ(clock.elapsed(), 0s);
  other.join();
}

TEST(DefaultExecutor, its_shutdown_goes_on_without_threads_that_do_not_end) {
  testing::internal::CaptureStderr();
  std::latch go_on(1);
  auto pool = std::make_shared<ThreadPoolExecutor>(1);
  run([&]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    loop.set_default_executor(pool);
    auto call = loop.run_in_executor(nullptr, [&] { go_on.wait(); });
    co_await loop.shutdown_default_executor(1ms);
    go_on.count_down();
    co_await call;
  }());
  pool->shutdown();
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "RuntimeWarning: The executor did not finishing joining its threads within 0.001 seconds.\n");
}

TEST(DefaultExecutor, its_shutdown_may_be_cancelled) {
  run([]() -> Coroutine<> {
    std::latch go_on(1);
    auto call = get_running_loop().run_in_executor(nullptr, [&] { go_on.wait(); });
    auto shutdown = create_task(get_running_loop().shutdown_default_executor());
    co_await sleep(0);
    shutdown.cancel();
    EXPECT_EQ(co_await awaited_failure(shutdown), "CancelledError()");
    go_on.count_down();
    co_await call;
  }());
}

TEST(ToThread, moves_a_function_and_its_arguments) {
  run([]() -> Coroutine<> {
    auto add = [](std::unique_ptr<int> a, int b) { return *a + b; };
    EXPECT_EQ(co_await to_thread(add, std::make_unique<int>(40), 2), 42);
    EXPECT_EQ(co_await awaited_failure(to_thread([] { throw KeyError("k"); })), "KeyError('k')");
  }());
}

TEST(ToThread, is_lazy) {
  run([]() -> Coroutine<> {
    bool called = false;
    {
      [[maybe_unused]] auto never = to_thread([&] { called = true; });
    }
    co_await get_running_loop().shutdown_default_executor();
    EXPECT_FALSE(called);
  }());
}

contextvars::ContextVar<int> number("number", 0);

TEST(ToThread, calls_in_a_copy_of_the_context_and_run_in_executor_does_not) {
  run([]() -> Coroutine<> {
    number.set(7);
    auto read_and_set = [] {
      int before = number.get();
      number.set(8);
      return before;
    };
    EXPECT_EQ(co_await to_thread(read_and_set), 7);
    EXPECT_EQ(co_await to_thread(read_and_set), 7);
    EXPECT_EQ(number.get(), 7);
    EXPECT_EQ(co_await get_running_loop().run_in_executor(nullptr, [] { return number.get(); }), 0);
  }());
}

TEST(WrapFuture, ends_as_the_other_does) {
  run([]() -> Coroutine<> {
    concurrent::futures::Future<int> good, bad, cancelled;
    concurrent::futures::Future<> empty;
    auto a = wrap_future(good);
    auto b = wrap_future(bad);
    auto c = wrap_future(cancelled);
    auto d = wrap_future(empty);
    std::thread other([=] {
      good.set_result(1);
      bad.set_exception(ValueError("boom"));
      cancelled.cancel();
      empty.set_result();
    });
    EXPECT_EQ(co_await a, 1);
    EXPECT_EQ(co_await awaited_failure(b), "ValueError('boom')");
    EXPECT_EQ(co_await awaited_failure(c), "CancelledError()");
    co_await d;
    other.join();
    EXPECT_EQ(co_await wrap_future(good), 1);  // one that has ended already
  }());
}

TEST(WrapFuture, cancelling_it_cancels_the_other) {
  run([]() -> Coroutine<> {
    concurrent::futures::Future<int> pending, running;
    running.set_running_or_notify_cancel();
    auto a = wrap_future(pending);
    auto b = wrap_future(running);
    a.cancel();
    b.cancel();
    EXPECT_TRUE(pending.cancelled());
    EXPECT_TRUE(running.running());
    running.set_result(1);
    co_await sleep(0);
    EXPECT_TRUE(b.cancelled());
  }());
}

TEST(WrapFuture, moves_a_result_that_cannot_be_copied) {
  run([]() -> Coroutine<> {
    concurrent::futures::Future<std::unique_ptr<int>> source;
    auto wrapped = wrap_future(source);
    std::thread([source] { source.set_result(std::make_unique<int>(7)); }).join();
    auto got = co_await std::move(wrapped);
    EXPECT_EQ(*got, 7);
  }());
}

TEST(WrapFuture, the_other_may_end_after_the_loop) {
  concurrent::futures::Future<int> source;
  {
    auto loop = new_event_loop();
    auto wrapped = wrap_future(source, loop.get());
    loop->close();
  }
  source.set_result(1);
}

// Runs `function(loop)` in another thread, while this one runs the loop.
template <class F>
void from_another_thread(F function) {
  run([&]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    co_await to_thread([&] { function(loop); });
  }());
}

TEST(RunCoroutineThreadsafe, gives_another_thread_the_result) {
  from_another_thread([](EventLoop& loop) {
    auto answer = []() -> Coroutine<int> {
      co_await sleep(0);
      co_return 42;
    };
    EXPECT_EQ(run_coroutine_threadsafe(answer(), loop).result(), 42);
    auto nothing = []() -> Coroutine<> { co_return; };
    run_coroutine_threadsafe(nothing(), loop).result();
    auto fail = []() -> Coroutine<> {
      co_await sleep(0);
      throw ValueError("boom");
    };
    EXPECT_EQ(failure([&] { run_coroutine_threadsafe(fail(), loop).result(); }), "ValueError('boom')");
    auto owned = []() -> Coroutine<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
    EXPECT_EQ(*run_coroutine_threadsafe(owned(), loop).result(), 3);
  });
}

TEST(RunCoroutineThreadsafe, cancelling_the_future_cancels_the_task) {
  from_another_thread([](EventLoop& loop) {
    std::latch waiting(1);
    concurrent::futures::Future<std::string> ended;
    auto wait_forever = [&]() -> Coroutine<> {
      waiting.count_down();
      ended.set_result(co_await awaited_failure(Future<>(get_running_loop())));
    };
    auto future = run_coroutine_threadsafe(wait_forever(), loop);
    waiting.wait();
    EXPECT_TRUE(future.cancel());
    EXPECT_EQ(ended.result(), "CancelledError()");
    EXPECT_EQ(failure([&] { future.result(); }), "CancelledError()");
  });
}

TEST(RunCoroutineThreadsafe, a_task_that_is_cancelled_cancels_the_future) {
  from_another_thread([](EventLoop& loop) {
    auto cancel_itself = []() -> Coroutine<> {
      current_task().cancel();
      co_await sleep(0);
    };
    auto future = run_coroutine_threadsafe(cancel_itself(), loop);
    EXPECT_EQ(failure([&] { future.result(); }), "CancelledError()");
    EXPECT_TRUE(future.cancelled());
  });
}

TEST(RunCoroutineThreadsafe, a_loop_that_closes_leaves_nobody_waiting) {
  auto loop = new_event_loop();
  auto never = []() -> Coroutine<> { co_await Future<>(get_running_loop()); };
  auto not_taken = run_coroutine_threadsafe(never(), *loop);
  loop->close();
  EXPECT_TRUE(not_taken.cancelled());
  EXPECT_EQ(failure([&] { run_coroutine_threadsafe(never(), *loop); }), "RuntimeError('Event loop is closed')");

  testing::internal::CaptureStderr();
  loop = new_event_loop();
  auto started = run_coroutine_threadsafe(never(), *loop);
  loop->run_until_complete(sleep(0));
  loop->run_until_complete(sleep(0));
  EXPECT_FALSE(started.done());
  loop->close();
  EXPECT_TRUE(started.cancelled());
  loop = nullptr;
  started.cancel();
  testing::internal::GetCapturedStderr();
}

TEST(RunCoroutineThreadsafe, cancels_and_ends_may_cross) {
  from_another_thread([](EventLoop& loop) {
    for (int i = 0; i < 200; ++i) {
      auto short_one = []() -> Coroutine<int> {
        co_await sleep(0);
        co_return 1;
      };
      auto future = run_coroutine_threadsafe(short_one(), loop);
      bool taken_back = future.cancel();
      EXPECT_EQ(failure([&] { future.result(); }), taken_back ? "CancelledError()" : "nothing");
    }
  });
}

}  // namespace
}  // namespace krait::asyncio
