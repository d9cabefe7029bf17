// LifoQueue and PriorityQueue: their order; and what all three queues share.

#include <gtest/gtest.h>

#include <random>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"

namespace krait::asyncio {
namespace {

// B3.31
TEST(LifoQueue, gives_the_newest_item_first) {
  run_virtually([]() -> Coroutine<> {
    LifoQueue<int> queue;
    for (int i : {1, 3, 2}) co_await queue.put(i);
    EXPECT_EQ(queue.qsize(), 3U);
    for (int i : {2, 3, 1}) EXPECT_EQ(co_await queue.get(), i);
    EXPECT_TRUE(queue.empty());
  });
}

// B3.31
TEST(PriorityQueue, gives_the_smallest_item_first) {
  run_virtually([]() -> Coroutine<> {
    PriorityQueue<int> queue;
    for (int i : {1, 3, 2, 0}) co_await queue.put(i);
    for (int i : {0, 1, 2, 3}) EXPECT_EQ(co_await queue.get(), i);
    EXPECT_TRUE(queue.empty());
  });
}

TEST(PriorityQueue, sorts_whatever_is_put_in) {
  PriorityQueue<int> queue;
  std::mt19937 random(7);
  std::vector<int> items;
  for (int i = 0; i < 1000; ++i) items.push_back(static_cast<int>(random() % 300));
  for (int each : items) queue.put_nowait(each);
  std::sort(items.begin(), items.end());
  for (int each : items) ASSERT_EQ(queue.get_nowait(), each);
}

// Compares by its number alone.
struct Job {
  int priority;
  char name;
  bool operator<(const Job& other) const { return priority < other.priority; }
};

// As CPython's heapq has it, which is neither first in first out nor the reverse:
//   q = []; [heappush(q, Job(p, n)) for p, n in zip("1101101", "abcdefg")]; "".join(heappop(q).name for _ in range(7))
TEST(PriorityQueue, gives_equal_items_in_heapq_s_order) {
  PriorityQueue<Job> queue;
  const std::string priorities = "1101101";
  for (std::size_t i = 0; i < priorities.size(); ++i)
    queue.put_nowait({priorities[i] - '0', static_cast<char>('a' + i)});
  std::string order;
  while (!queue.empty()) order += queue.get_nowait().name;
  EXPECT_EQ(order, "cfagebd");
  for (char name = 'a'; name <= 'h'; ++name) queue.put_nowait({0, name});
  order.clear();
  while (!queue.empty()) order += queue.get_nowait().name;
  EXPECT_EQ(order, "acgfhebd");
}

TEST(PriorityQueue, takes_an_order_of_one_s_own) {
  PriorityQueue<std::string, std::greater<>> queue;
  for (const char* each : {"b", "c", "a"}) queue.put_nowait(each);
  for (const char* each : {"c", "b", "a"}) EXPECT_EQ(queue.get_nowait(), each);
}

struct PointsToLess {
  bool operator()(const std::unique_ptr<int>& a, const std::unique_ptr<int>& b) const { return *a < *b; }
};

TEST(PriorityQueue, hands_over_what_can_only_be_moved) {
  run_virtually([]() -> Coroutine<> {
    PriorityQueue<std::unique_ptr<int>, PointsToLess> queue;
    for (int i : {5, 1, 4, 2, 3}) queue.put_nowait(std::make_unique<int>(i));
    for (int i = 1; i <= 5; ++i) {
      std::unique_ptr<int> item = co_await queue.get();
      EXPECT_EQ(*item, i);
    }
  });
}

TEST(LifoQueue, hands_over_what_can_only_be_moved) {
  run_virtually([]() -> Coroutine<> {
    LifoQueue<std::unique_ptr<int>> queue(2);
    for (int i : {1, 2}) co_await queue.put(std::make_unique<int>(i));
    std::unique_ptr<int> item = co_await queue.get();
    EXPECT_EQ(*item, 2);
  });
}

TEST(PriorityQueue, an_item_put_while_somebody_waits_is_weighed_with_those_put_in_the_same_turn) {
  run_virtually([]() -> Coroutine<> {
    PriorityQueue<int> queue;
    auto getter = create_task(queue.get());
    co_await sleep(0);
    queue.put_nowait(2);
    queue.put_nowait(1);
    EXPECT_EQ(co_await getter, 1);
  });
}

template <class Q>
class EveryQueue : public testing::Test {};
using EveryKind = testing::Types<Queue<int>, LifoQueue<int>, PriorityQueue<int>>;
TYPED_TEST_SUITE(EveryQueue, EveryKind);

// B3.31
TYPED_TEST(EveryQueue, refuses_at_once_what_would_have_to_wait) {
  TypeParam queue(1);
  EXPECT_EQ(failure([&] { queue.get_nowait(); }), "QueueEmpty()");
  queue.put_nowait(1);
  EXPECT_TRUE(queue.full());
  EXPECT_EQ(failure([&] { queue.put_nowait(2); }), "QueueFull()");
  EXPECT_EQ(queue.get_nowait(), 1);
}

TYPED_TEST(EveryQueue, put_waits_for_room_and_get_for_an_item) {
  run_virtually([]() -> Coroutine<> {
    TypeParam queue(1);
    auto getter = create_task(queue.get());
    co_await sleep(0);
    co_await queue.put(1);
    auto putter = create_task(queue.put(2));
    EXPECT_EQ(co_await getter, 1);
    co_await putter;
    EXPECT_EQ(queue.get_nowait(), 2);
  });
}

// B3.31
TYPED_TEST(EveryQueue, a_getter_cancelled_after_its_wake_up_loses_no_item) {
  run_virtually([]() -> Coroutine<> {
    TypeParam queue;
    auto first = create_task(queue.get()), second = create_task(queue.get());
    co_await sleep(0);
    queue.put_nowait(7);
    first.cancel();
    EXPECT_EQ(co_await awaited_failure(first), "CancelledError()");
    EXPECT_EQ(co_await second, 7);
  });
}

// B3.31
TYPED_TEST(EveryQueue, join_waits_until_everything_is_dealt_with) {
  run_virtually([]() -> Coroutine<> {
    TypeParam queue;
    co_await queue.join();
    for (int i = 0; i < 3; ++i) queue.put_nowait(i);
    auto joining = create_task(queue.join());
    for (int i = 0; i < 3; ++i) {
      co_await sleep(1s);
      EXPECT_FALSE(joining.done());
      queue.get_nowait();
      queue.task_done();
    }
    co_await joining;
    EXPECT_EQ(failure([&] { queue.task_done(); }), "ValueError('task_done() called too many times')");
  });
}

TYPED_TEST(EveryQueue, join_may_be_cancelled_and_called_again) {
  run_virtually([]() -> Coroutine<> {
    TypeParam queue;
    queue.put_nowait(1);
    auto joining = create_task(queue.join());
    co_await sleep(0);
    joining.cancel("why");
    EXPECT_EQ(co_await awaited_failure(joining), "CancelledError('why')");
    queue.task_done();
    co_await queue.join();
  });
}

// B3.31
TYPED_TEST(EveryQueue, shut_down_it_gives_what_is_left_and_takes_nothing_more) {
  run_virtually([]() -> Coroutine<> {
    TypeParam queue;
    queue.put_nowait(1);
    queue.shutdown();
    queue.shutdown();
    EXPECT_EQ(co_await awaited_failure(queue.put(2)), "QueueShutDown()");
    EXPECT_EQ(failure([&] { queue.put_nowait(2); }), "QueueShutDown()");
    EXPECT_EQ(co_await queue.get(), 1);
    EXPECT_EQ(co_await awaited_failure(queue.get()), "QueueShutDown()");
    EXPECT_EQ(failure([&] { queue.get_nowait(); }), "QueueShutDown()");
    queue.task_done();
    co_await queue.join();
  });
}

// B3.31
TYPED_TEST(EveryQueue, shutting_down_ends_every_wait) {
  run_virtually([]() -> Coroutine<> {
    TypeParam empty, full(1);
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
TYPED_TEST(EveryQueue, shut_down_immediately_it_drops_what_is_left_and_ends_join) {
  run_virtually([]() -> Coroutine<> {
    TypeParam queue;
    for (int i = 0; i < 3; ++i) queue.put_nowait(i);
    auto joining = create_task(queue.join());
    co_await sleep(0);
    queue.shutdown(true);
    co_await joining;
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(failure([&] { queue.get_nowait(); }), "QueueShutDown()");
    EXPECT_EQ(failure([&] { queue.task_done(); }), "ValueError('task_done() called too many times')");
  });
}

// B3.31: items that were got before count until their task_done.
TYPED_TEST(EveryQueue, shut_down_immediately_it_waits_for_what_was_got_before) {
  run_virtually([]() -> Coroutine<> {
    TypeParam queue;
    for (int i = 0; i < 2; ++i) queue.put_nowait(i);
    queue.get_nowait();
    auto joining = create_task(queue.join());
    co_await sleep(0);
    queue.shutdown(true);
    co_await sleep(1s);
    EXPECT_FALSE(joining.done());
    queue.task_done();
    co_await joining;
  });
}

}  // namespace
}  // namespace krait::asyncio
