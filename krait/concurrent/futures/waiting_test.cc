#include "krait/concurrent/futures/waiting.h"

#include <gtest/gtest.h>

#include <thread>

namespace krait::concurrent::futures {
namespace {

using namespace std::chrono_literals;

TEST(Wait, gives_those_that_ended_and_the_others_in_the_order_of_the_argument) {
  std::vector<Future<int>> futures(4);
  futures[2].set_result(2);
  futures[0].cancel();
  auto [done, not_done] = wait(futures, {.timeout = 0s});
  EXPECT_EQ(done, (std::vector{futures[0], futures[2]}));
  EXPECT_EQ(not_done, (std::vector{futures[1], futures[3]}));
}

TEST(Wait, counts_a_future_once) {
  Future<int> future;
  EXPECT_EQ(wait(std::vector{future, future}, {.timeout = 0s}).not_done.size(), 1U);
  future.set_result(1);
  EXPECT_EQ(wait(std::vector{future, future}).done.size(), 1U);
}

TEST(Wait, of_nothing_ends_at_once) { EXPECT_TRUE(wait(std::vector<Future<int>>()).done.empty()); }

TEST(Wait, for_the_first_ends_with_any) {
  std::vector<Future<int>> futures(3);
  std::thread other([&] { futures[1].set_result(1); });
  auto [done, not_done] = wait(futures, {.return_when = FIRST_COMPLETED});
  other.join();
  EXPECT_EQ(done, std::vector{futures[1]});
  EXPECT_EQ(not_done.size(), 2U);
}

TEST(Wait, for_the_first_exception_goes_on_past_results_and_cancellations) {
  std::vector<Future<int>> futures(4);
  std::thread other([&] {
    futures[0].set_result(1);
    futures[1].cancel();
    futures[2].set_exception(ValueError("boom"));
  });
  auto [done, not_done] = wait(futures, {.return_when = FIRST_EXCEPTION});
  other.join();
  EXPECT_EQ(done.size(), 3U);
  EXPECT_EQ(not_done, std::vector{futures[3]});
}

TEST(Wait, for_all_ends_with_the_last) {
  std::vector<Future<int>> futures(3);
  std::thread other([&] {
    for (int i = 2; i >= 0; --i) futures[static_cast<std::size_t>(i)].set_result(i);
  });
  EXPECT_EQ(wait(futures).done, futures);
  other.join();
}

TEST(Wait, takes_futures_of_several_types) {
  Future<int> number;
  Future<std::string> text;
  number.set_result(1);
  auto [done, not_done] = wait(std::vector<FutureBase>{number, text}, {.return_when = FIRST_COMPLETED});
  EXPECT_EQ(done, std::vector<FutureBase>{number});
  EXPECT_EQ(not_done, std::vector<FutureBase>{text});
}

TEST(AsCompleted, gives_them_as_they_end) {
  std::vector<Future<int>> futures(3);
  futures[2].set_result(2);
  std::vector<int> order;
  for (Future<int>& each : as_completed(futures)) {
    order.push_back(each.result());
    if (order.size() == 1) futures[1].set_result(1);
    if (order.size() == 2) futures[0].set_result(0);
  }
  EXPECT_EQ(order, (std::vector{2, 1, 0}));
}

TEST(AsCompleted, gives_one_that_ends_in_another_thread_and_one_that_was_cancelled) {
  std::vector<Future<int>> futures(2);
  std::thread other([&] {
    futures[1].cancel();
    futures[0].set_result(0);
  });
  std::size_t given = 0, cancelled = 0;
  for (Future<int>& each : as_completed(futures)) {
    ++given;
    cancelled += each.cancelled();
  }
  other.join();
  EXPECT_EQ(given, 2U);
  EXPECT_EQ(cancelled, 1U);
}

TEST(AsCompleted, says_how_many_are_left_at_its_timeout) {
  std::vector<Future<int>> futures(2);
  futures[0].set_result(1);
  auto ended = as_completed(futures, 1ms);
  EXPECT_EQ(ended.next(), futures[0]);
  try {
    ended.next();
    ADD_FAILURE() << "came back";
  } catch (const TimeoutError& error) {
    EXPECT_STREQ(error.what(), "1 (of 2) futures unfinished");
  }
}

TEST(AsCompleted, may_be_left_early) {
  std::vector<Future<int>> futures(2);
  futures[0].set_result(1);
  for (Future<int>& each : as_completed(futures)) {
    EXPECT_EQ(each, futures[0]);
    break;
  }
  futures[1].set_result(2);  // nobody listens any more
}

}  // namespace
}  // namespace krait::concurrent::futures
