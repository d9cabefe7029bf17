#include "krait/asyncio/_timers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace krait::asyncio {
namespace {

struct Timer : _TimerNode {
  int number = 0;
};

// The numbers of the timers due at `now`, in the order in which they become ready.
std::vector<int> expired(_TimerHeap& heap, std::int64_t now) {
  _ReadyQueue ready;
  heap.expire(now, ready);
  std::vector<int> all;
  while (!ready.empty()) all.push_back(static_cast<Timer*>(static_cast<_TimerNode*>(ready.pop()))->number);
  return all;
}

std::vector<Timer> numbered(int n) {
  std::vector<Timer> timers(n);
  for (int i = 0; i < n; ++i) timers[i].number = i;
  return timers;
}

TEST(TimerHeap, gives_the_earliest_first) {
  auto timers = numbered(3);
  _TimerHeap heap;
  heap.add(&timers[0], 30);
  heap.add(&timers[1], 10);
  heap.add(&timers[2], 20);
  EXPECT_EQ(heap.next(), 10);
  EXPECT_EQ(expired(heap, 100), (std::vector{1, 2, 0}));
  EXPECT_EQ(heap.next(), _TimerHeap::kNever);
}

// B1.3: and CPython's heapq leaves ties to chance.
TEST(TimerHeap, equal_deadlines_keep_the_order_in_which_they_were_set) {
  auto timers = numbered(100);
  _TimerHeap heap;
  for (Timer& timer : timers) heap.add(&timer, 5);
  std::vector<int> in_order(100);
  for (int i = 0; i < 100; ++i) in_order[i] = i;
  EXPECT_EQ(expired(heap, 5), in_order);
}

TEST(TimerHeap, keeps_what_is_not_due) {
  auto timers = numbered(2);
  _TimerHeap heap;
  heap.add(&timers[0], 10);
  heap.add(&timers[1], 11);
  EXPECT_TRUE(expired(heap, 9).empty());
  EXPECT_EQ(expired(heap, 10), std::vector{0});
  EXPECT_TRUE(timers[1].scheduled());
  EXPECT_FALSE(timers[0].scheduled());
  EXPECT_EQ(heap.size(), 1U);
}

TEST(TimerHeap, a_removed_timer_is_gone_at_once) {
  auto timers = numbered(3);
  _TimerHeap heap;
  for (Timer& timer : timers) heap.add(&timer, timer.number);
  heap.remove(&timers[1]);
  EXPECT_FALSE(timers[1].scheduled());
  EXPECT_EQ(heap.size(), 2U);
  EXPECT_EQ(expired(heap, 9), (std::vector{0, 2}));
  EXPECT_TRUE(heap.empty());
}

TEST(TimerHeap, a_timer_may_be_set_again) {
  auto timers = numbered(2);
  _TimerHeap heap;
  heap.add(&timers[0], 1);
  heap.add(&timers[1], 2);
  heap.remove(&timers[0]);
  heap.add(&timers[0], 3);
  EXPECT_EQ(expired(heap, 9), (std::vector{1, 0}));
}

// Against a model that is slow and plainly right.
TEST(TimerHeap, agrees_with_a_sorted_map_whatever_is_done_to_it) {
  std::mt19937 random(20'24);
  auto timers = numbered(300);
  _TimerHeap heap;
  std::multimap<std::int64_t, int> model;  // equal keys keep the order of insertion
  std::int64_t now = 0;
  for (int step = 0; step < 20'000; ++step) {
    Timer& timer = timers[random() % timers.size()];
    switch (random() % 8) {
      case 0: {
        now += random() % 20;
        std::vector<int> due;
        while (!model.empty() && model.begin()->first <= now) {
          due.push_back(model.begin()->second);
          model.erase(model.begin());
        }
        ASSERT_EQ(expired(heap, now), due) << "step " << step;
        break;
      }
      case 1:
      case 2:
        if (!timer.scheduled()) break;
        heap.remove(&timer);
        model.erase(std::ranges::find_if(model, [&](auto& entry) { return entry.second == timer.number; }));
        break;
      default:
        if (timer.scheduled()) break;
        std::int64_t when = now + static_cast<std::int64_t>(random() % 50);
        heap.add(&timer, when);
        model.emplace(when, timer.number);
    }
    ASSERT_EQ(heap.size(), model.size());
    ASSERT_EQ(heap.next(), model.empty() ? _TimerHeap::kNever : model.begin()->first);
  }
}

}  // namespace
}  // namespace krait::asyncio
