#include "krait/queue/queues.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

namespace krait::queue {
namespace {

using namespace std::chrono_literals;

// Throws when it is copied, if told to.
struct Fragile {
  int number;
  static inline bool breaks = false;
  explicit Fragile(int number) : number(number) {}
  Fragile(const Fragile& other) : number(other.number) {
    if (breaks) throw RuntimeError("broken");
  }
  Fragile& operator=(const Fragile&) = default;
};

TEST(Queue, gives_the_first_one_first) {
  Queue<std::string> queue;
  queue.put("a");
  queue.put("b");
  EXPECT_EQ(queue.qsize(), 2u);
  EXPECT_EQ(queue.get(), "a");
  EXPECT_EQ(queue.get_nowait(), "b");
  EXPECT_TRUE(queue.empty());
}

TEST(Queue, lifo_gives_the_last_one_first) {
  LifoQueue<int> queue;
  for (int i : {1, 2, 3}) queue.put(i);
  EXPECT_EQ(queue.get(), 3);
  EXPECT_EQ(queue.get(), 2);
}

// Equal priorities come as CPython's heapq gives them.
struct Job {
  int priority;
  char name;
  bool operator<(const Job& other) const { return priority < other.priority; }
};

TEST(Queue, priority_gives_the_smallest_first_and_equals_as_heapq_does) {
  PriorityQueue<Job> queue;
  std::string order;
  for (const Job& job : {Job{2, 'a'}, Job{1, 'b'}, Job{2, 'c'}, Job{1, 'd'}, Job{2, 'e'}, Job{1, 'f'}}) queue.put(job);
  while (!queue.empty()) order += queue.get().name;
  EXPECT_EQ(order, "bfdcae");
}

TEST(Queue, empty_and_full_are_errors_without_waiting) {
  Queue<int> queue(1);
  EXPECT_THROW(queue.get_nowait(), Empty);
  EXPECT_THROW(queue.get({.timeout = 0ns}), Empty);
  queue.put(1);
  EXPECT_TRUE(queue.full());
  EXPECT_THROW(queue.put_nowait(2), Full);
  EXPECT_THROW(queue.put(2, {.timeout = 1ns}), Full);
  EXPECT_EQ(queue.qsize(), 1u);
}

TEST(Queue, a_timeout_is_not_negative) {
  Queue<int> queue(1);
  try {
    queue.get({.timeout = -1ns});
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "'timeout' must be a non-negative number");
  }
  EXPECT_THROW(queue.put(1, {.timeout = -1ns}), ValueError);
  SimpleQueue<int> simple;
  EXPECT_THROW(simple.get({.timeout = -1ns}), ValueError);
  EXPECT_THROW(simple.get({.block = false, .timeout = -1ns}), Empty);
}

TEST(Queue, a_full_queue_leaves_the_item_with_its_owner) {
  Queue<std::unique_ptr<int>> queue(1);
  queue.put(std::make_unique<int>(1));
  auto item = std::make_unique<int>(2);
  EXPECT_THROW(queue.put_nowait(std::move(item)), Full);
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(*item, 2);
}

template <class Q>
void expect_to_lose_nothing() {
  Q queue(5);
  queue.put(Fragile(1));
  Fragile::breaks = true;
  EXPECT_THROW(queue.get(), RuntimeError);
  const Fragile second(2);
  EXPECT_THROW(queue.put(second), RuntimeError);
  Fragile::breaks = false;
  EXPECT_EQ(queue.qsize(), 1u);
  EXPECT_EQ(queue.get().number, 1);
  EXPECT_THROW(queue.get_nowait(), Empty);
}

struct ByNumber {
  bool operator()(const Fragile& a, const Fragile& b) const { return a.number < b.number; }
};

TEST(Queue, a_copy_that_throws_loses_nothing) {
  expect_to_lose_nothing<Queue<Fragile>>();
  expect_to_lose_nothing<LifoQueue<Fragile>>();
  expect_to_lose_nothing<PriorityQueue<Fragile, ByNumber>>();
}

struct Picky {
  static inline bool breaks = false;
  bool operator()(int a, int b) const {
    if (breaks) throw TypeError("'<' not supported");
    return a < b;
  }
};

TEST(Queue, a_comparison_that_throws_loses_nothing) {
  PriorityQueue<int, Picky> queue;
  for (int i : {5, 3, 4, 1, 2}) queue.put(i);
  Picky::breaks = true;
  EXPECT_THROW(queue.put(0), TypeError);
  EXPECT_THROW(queue.get(), TypeError);
  Picky::breaks = false;
  EXPECT_EQ(queue.qsize(), 5u);
  for (int i : {1, 2, 3, 4, 5}) EXPECT_EQ(queue.get(), i);
}

TEST(Queue, task_done_counts_what_was_put) {
  Queue<int> queue;
  queue.put(1);
  queue.get();
  queue.task_done();
  queue.join();
  try {
    queue.task_done();
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "task_done() called too many times");
  }
}

TEST(Queue, a_queue_shut_down_gives_what_it_has_and_takes_nothing) {
  Queue<int> queue;
  queue.put(1);
  queue.shutdown();
  EXPECT_THROW(queue.put(2), ShutDown);
  EXPECT_EQ(queue.get(), 1);
  EXPECT_THROW(queue.get(), ShutDown);
  EXPECT_THROW(queue.get_nowait(), ShutDown);
}

TEST(Queue, shut_down_immediately_it_is_empty_and_joined) {
  Queue<int> queue;
  queue.put(1);
  queue.put(2);
  queue.shutdown(true);
  queue.join();
  EXPECT_EQ(queue.qsize(), 0u);
  EXPECT_THROW(queue.get(), ShutDown);
}

TEST(Queue, shutting_down_wakes_who_waits) {
  Queue<int> empty, full(1);
  full.put(1);
  std::thread getter([&] { EXPECT_THROW(empty.get(), ShutDown); });
  std::thread putter([&] { EXPECT_THROW(full.put(2), ShutDown); });
  empty.shutdown();
  full.shutdown();
  getter.join();
  putter.join();
}

TEST(Queue, many_threads_get_every_item_once) {
  constexpr int kThreads = 4, kItems = 2000;
  Queue<int> queue(3);
  std::atomic<long> sum = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 1; i <= kItems; ++i) queue.put(i);
    });
    threads.emplace_back([&] {
      for (int i = 0; i < kItems; ++i) {
        sum += queue.get();
        queue.task_done();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  queue.join();
  EXPECT_EQ(sum, kThreads * (kItems * (kItems + 1L) / 2));
}

TEST(SimpleQueue, gives_the_first_one_first) {
  SimpleQueue<std::unique_ptr<int>> queue;
  queue.put(std::make_unique<int>(1));
  EXPECT_EQ(*queue.get(), 1);
  EXPECT_THROW(queue.get_nowait(), Empty);
}

}  // namespace
}  // namespace krait::queue
