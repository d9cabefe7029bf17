#include "krait/concurrent/futures/thread.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <condition_variable>
#include <latch>
#include <set>
#include <thread>

#include "krait/concurrent/futures/waiting.h"

namespace krait::concurrent::futures {
namespace {

using namespace std::chrono_literals;

template <class F>
std::string failure(F function) {
  try {
    function();
  } catch (...) {
    return krait::repr(std::current_exception());
  }
  return "nothing";
}

std::string thread_name() {
  char name[16];
  ::pthread_getname_np(::pthread_self(), name, sizeof name);
  return name;
}

TEST(ThreadPoolExecutor, calls_in_another_thread) {
  ThreadPoolExecutor pool(1);
  EXPECT_NE(pool.submit([] { return std::this_thread::get_id(); }).result(), std::this_thread::get_id());
  EXPECT_EQ(failure([&] { pool.submit([] { throw ValueError("boom"); }).result(); }), "ValueError('boom')");
  EXPECT_EQ(failure([&] { pool.submit([] { throw SystemExit(3); }).result(); }), "SystemExit('3')");
}

TEST(ThreadPoolExecutor, needs_a_worker) {
  EXPECT_EQ(failure([] { ThreadPoolExecutor pool(0); }), "ValueError('max_workers must be greater than 0')");
  EXPECT_EQ(failure([] { ThreadPoolExecutor pool({.max_workers = -1}); }),
            "ValueError('max_workers must be greater than 0')");
}

TEST(ThreadPoolExecutor, runs_as_many_at_once_as_it_has_workers) {
  std::latch together(3);
  ThreadPoolExecutor pool(3);
  std::vector<Future<>> futures;
  for (int i = 0; i < 3; ++i) futures.push_back(pool.submit([&] { together.arrive_and_wait(); }));
  for (auto& each : futures) each.result();
}

// A38: five run, the others are pending.
TEST(ThreadPoolExecutor, runs_no_more_at_once_than_it_has_workers) {
  std::latch running(2), go_on(1);
  ThreadPoolExecutor pool(2);
  std::vector<Future<>> futures;
  for (int i = 0; i < 2; ++i) {
    futures.push_back(pool.submit([&] {
      running.count_down();
      go_on.wait();
    }));
  }
  running.wait();
  Future<int> third = pool.submit([] { return 3; });
  EXPECT_TRUE(futures[0].running());
  EXPECT_FALSE(futures[0].cancel());
  EXPECT_FALSE(third.running());
  EXPECT_FALSE(third.done());
  go_on.count_down();
  EXPECT_EQ(third.result(), 3);
}

TEST(ThreadPoolExecutor, uses_an_idle_thread_again) {
  ThreadPoolExecutor pool(8);
  std::set<std::thread::id> seen;
  for (int i = 0; i < 50; ++i) seen.insert(pool.submit([] { return std::this_thread::get_id(); }).result());
  // A thread that has just set a result is not idle yet, so a second one may have come; eight have not.
  EXPECT_LE(seen.size(), 8U);
  EXPECT_GE(seen.size(), 1U);
}

TEST(ThreadPoolExecutor, makes_the_calls_in_the_order_they_were_submitted) {
  std::vector<int> order;
  ThreadPoolExecutor pool(1);
  for (int i = 0; i < 100; ++i) pool.submit([&order, i] { order.push_back(i); });
  pool.shutdown();
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(ThreadPoolExecutor, names_its_threads) {
  ThreadPoolExecutor pool({.max_workers = 1, .thread_name_prefix = "download"});
  EXPECT_EQ(pool.submit(thread_name).result(), "download_0");
  ThreadPoolExecutor longer({.max_workers = 1, .thread_name_prefix = "a_prefix_of_many_letters"});
  EXPECT_EQ(longer.submit(thread_name).result(), "a_prefix_of_m_0");
}

TEST(ThreadPoolExecutor, a_cancelled_call_is_never_made) {
  std::latch go_on(1);
  ThreadPoolExecutor pool(1);
  auto first = pool.submit([&] { go_on.wait(); });
  bool called = false;
  auto second = pool.submit([&] { called = true; });
  EXPECT_TRUE(second.cancel());
  go_on.count_down();
  pool.shutdown();
  EXPECT_FALSE(called);
  EXPECT_EQ(failure([&] { second.result(); }), "CancelledError()");
}

TEST(ThreadPoolExecutor, takes_nothing_after_its_shutdown) {
  ThreadPoolExecutor pool(1);
  auto future = pool.submit([] { return 1; });
  pool.shutdown();
  pool.shutdown();
  EXPECT_EQ(future.result(0s), 1);
  EXPECT_EQ(failure([&] { pool.submit([] {}); }), "RuntimeError('cannot schedule new futures after shutdown')");
}

TEST(ThreadPoolExecutor, makes_what_was_submitted_before_its_destructor_returns) {
  std::atomic<int> calls = 0;
  {
    ThreadPoolExecutor pool(2);
    for (int i = 0; i < 20; ++i) pool.submit([&] { ++calls; });
  }
  EXPECT_EQ(calls, 20);
}

TEST(ThreadPoolExecutor, may_cancel_what_has_not_begun_at_its_shutdown) {
  std::latch started(1), go_on(1);
  ThreadPoolExecutor pool(1);
  auto first = pool.submit([&] {
    started.count_down();
    go_on.wait();
  });
  auto second = pool.submit([] {});
  started.wait();
  pool.shutdown({.wait = false, .cancel_futures = true});
  EXPECT_TRUE(second.cancelled());
  EXPECT_EQ(wait(std::vector{second}).done.size(), 1U);
  EXPECT_TRUE(first.running());
  go_on.count_down();
  first.result();
}

TEST(ThreadPoolExecutor, without_waiting_the_calls_are_made_after_it_has_gone) {
  std::latch go_on(1);
  Future<int> future;
  {
    ThreadPoolExecutor pool(1);
    auto first = pool.submit([&] { go_on.wait(); });
    future = pool.submit([] { return 5; });
    pool.shutdown({.wait = false});
    go_on.count_down();
  }
  EXPECT_EQ(future.result(), 5);
}

TEST(ThreadPoolExecutor, calls_its_initializer_in_each_thread) {
  std::atomic<int> calls = 0;
  ThreadPoolExecutor pool({.max_workers = 2, .initializer = [&] { ++calls; }});
  std::latch together(2);
  auto a = pool.submit([&] { together.arrive_and_wait(); });
  auto b = pool.submit([&] { together.arrive_and_wait(); });
  a.result(), b.result();
  EXPECT_EQ(calls, 2);
}

TEST(ThreadPoolExecutor, is_broken_when_its_initializer_throws) {
  testing::internal::CaptureStderr();
  {
    std::latch submitted(1);
    ThreadPoolExecutor pool({.max_workers = 1, .initializer = [&] {
                               submitted.wait();
                               throw ValueError("no luck");
                             }});
    auto first = pool.submit([] {});
    auto second = pool.submit([] {});
    submitted.count_down();
    constexpr auto kText = "BrokenThreadPool('A thread initializer failed, the thread pool is not usable anymore')";
    EXPECT_EQ(failure([&] { first.result(); }), kText);
    EXPECT_EQ(failure([&] { second.result(); }), kText);
    EXPECT_EQ(failure([&] { pool.submit([] {}); }), kText);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "Exception in initializer:\nValueError: no luck\n");
}

TEST(ThreadPoolExecutor, a_call_may_submit_another) {
  ThreadPoolExecutor pool(2);
  EXPECT_EQ(pool.submit([&] { return pool.submit([] { return 3; }).result() + 1; }).result(), 4);
}

TEST(ThreadPoolExecutor, a_call_that_holds_the_last_of_it_does_not_wait_for_itself) {
  auto pool = std::make_shared<ThreadPoolExecutor>(1);
  std::latch handed_over(1);
  auto future = pool->submit([&handed_over, pool]() mutable {
    handed_over.wait();
    pool.reset();
  });
  pool.reset();
  handed_over.count_down();
  future.result();
}

TEST(ThreadPoolExecutor, map_cancels_the_rest_when_it_is_left) {
  std::latch go_on(1);
  ThreadPoolExecutor pool(1);
  std::atomic<int> calls = 0;
  {
    auto results = pool.map(
        [&](int n) {
          if (n > 0) go_on.wait();
          return ++calls, n;
        },
        std::vector{0, 1, 2, 3});
    EXPECT_EQ(results.next(), 0);
  }
  go_on.count_down();
  pool.shutdown();
  EXPECT_LE(calls, 2);
}

TEST(ThreadPoolExecutor, map_has_a_deadline) {
  std::latch go_on(1);
  ThreadPoolExecutor pool(1);
  auto results = pool.map(MapOptions{.timeout = 1ms}, [&](int n) { return go_on.wait(), n; }, std::vector{1});
  EXPECT_EQ(failure([&] { results.next(); }), "TimeoutError()");
  go_on.count_down();
}

TEST(ThreadPoolExecutor, many_threads_may_submit) {
  std::atomic<int> sum = 0;
  ThreadPoolExecutor pool(4);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) pool.submit([&] { ++sum; });
    });
  }
  for (auto& each : threads) each.join();
  pool.shutdown();
  EXPECT_EQ(sum, 2000);
}

}  // namespace
}  // namespace krait::concurrent::futures
