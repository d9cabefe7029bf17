#include "krait/concurrent/futures/executor.h"

#include <gtest/gtest.h>

namespace krait::concurrent::futures {
namespace {

// Makes each call at once, in the caller's thread: what a program of one thread may want, and a test.
class AtOnce final : public Executor {
 public:
  void shutdown(ShutdownOptions = {}) override { shut_down = true; }
  void _enqueue(_JobPtr job) override {
    if (shut_down) throw RuntimeError("cannot schedule new futures after shutdown");
    job->_run();
  }
  bool shut_down = false;
};

TEST(Executor, is_yours_to_write) {
  AtOnce executor;
  EXPECT_EQ(executor.submit([](int a, int b) { return a * b; }, 6, 7).result(), 42);
  EXPECT_TRUE(executor.submit([] { throw ValueError("boom"); }).exception());
  executor.shutdown();
  EXPECT_THROW(executor.submit([] {}), RuntimeError);
}

TEST(Submit, moves_the_function_and_its_arguments_in) {
  AtOnce executor;
  auto number = std::make_unique<int>(6);
  auto call = [factor = std::make_unique<int>(7)](std::unique_ptr<int> n) {
    return std::make_unique<int>(*n * *factor);
  };
  EXPECT_EQ(*executor.submit(std::move(call), std::move(number)).result(), 42);
}

TEST(Submit, takes_references_only_by_name) {
  AtOnce executor;
  int seen = 0;
  executor.submit([](int& out) { out = 1; }, std::ref(seen)).result();
  EXPECT_EQ(seen, 1);
}

TEST(Submit, takes_a_member_function) {
  AtOnce executor;
  EXPECT_EQ(executor.submit(&std::string::size, std::string("four")).result(), 4U);
}

TEST(Submit, lets_the_function_go_once_it_was_called) {
  AtOnce executor;
  auto owned = std::make_shared<int>(1);
  auto future = executor.submit([owned] { return *owned; });
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(Map, gives_results_in_order_until_the_shortest_list_ends) {
  AtOnce executor;
  std::vector<int> sums;
  for (int n : executor.map([](int a, int b) { return a + b; }, std::vector{1, 2, 3}, std::vector{10, 20}))
    sums.push_back(n);
  EXPECT_EQ(sums, (std::vector{11, 22}));
}

TEST(Map, throws_where_the_result_would_come) {
  AtOnce executor;
  auto results = executor.map([](int n) { return n > 1 ? throw ValueError("two") : n; }, std::vector{1, 2, 3});
  EXPECT_EQ(results.next(), 1);
  EXPECT_THROW(results.next(), ValueError);
  EXPECT_EQ(results.next(), std::nullopt);
}

TEST(Map, makes_the_calls_even_when_nobody_iterates) {
  AtOnce executor;
  int calls = 0;
  (void)executor.map([&](std::string) { ++calls; }, std::vector<std::string>{"a", "b"});
  EXPECT_EQ(calls, 2);
}

TEST(Map, moves_what_cannot_be_copied) {
  AtOnce executor;
  std::vector<std::unique_ptr<int>> numbers;
  numbers.push_back(std::make_unique<int>(5));
  auto results = executor.map([](std::unique_ptr<int> n) { return n; }, std::move(numbers));
  EXPECT_EQ(**results.next(), 5);
}

}  // namespace
}  // namespace krait::concurrent::futures
