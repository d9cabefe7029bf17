#include "krait/queue/two_queue_stack.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace krait::queue {
namespace {

TEST(TwoQueueStack, gives_the_newest_first) {
  TwoQueueStack<int> stack;
  for (int i : {1, 2, 3}) stack.push(i);
  EXPECT_EQ(stack.pop(), 3);
  stack.push(4);
  EXPECT_EQ(stack.pop(), 4);
  EXPECT_EQ(stack.pop(), 2);
  EXPECT_EQ(stack.pop(), 1);
  EXPECT_EQ(stack.pop(), std::nullopt);
}

TEST(TwoQueueStack, tells_an_item_that_is_nothing_from_no_item) {
  TwoQueueStack<std::optional<int>> stack;
  stack.push(std::nullopt);
  const std::optional<std::optional<int>> popped = stack.pop();
  ASSERT_TRUE(popped.has_value());
  EXPECT_FALSE(popped->has_value());
  EXPECT_FALSE(stack.pop().has_value());
}

struct Fragile {
  int number;
  static inline bool breaks = false;
  explicit Fragile(int number) : number(number) {}
  Fragile(const Fragile& other) : number(other.number) {
    if (breaks) throw std::runtime_error("broken");
  }
};

TEST(TwoQueueStack, a_pop_that_throws_loses_nothing) {
  TwoQueueStack<Fragile> stack;
  for (int i : {1, 2, 3}) stack.push(Fragile(i));
  Fragile::breaks = true;
  EXPECT_THROW(stack.pop(), std::runtime_error);
  Fragile::breaks = false;
  EXPECT_EQ(stack.size(), 3u);
  for (int i : {3, 2, 1}) EXPECT_EQ(stack.pop()->number, i);
}

TEST(TwoQueueStack, holds_what_can_only_be_moved) {
  TwoQueueStack<std::unique_ptr<int>> stack;
  stack.push(std::make_unique<int>(1));
  stack.push(std::make_unique<int>(2));
  EXPECT_EQ(**stack.pop(), 2);
}

TEST(TwoQueueStack, a_shared_one_loses_nothing_between_threads) {
  constexpr int kThreads = 4, kItems = 300;
  SharedTwoQueueStack<int> stack;
  std::atomic<long> sum = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 1; i <= kItems; ++i) {
        stack.push(i);
        if (const auto item = stack.pop()) sum += *item;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  while (const auto item = stack.pop()) sum += *item;
  EXPECT_EQ(sum, kThreads * (kItems * (kItems + 1L) / 2));
}

}  // namespace
}  // namespace krait::queue
