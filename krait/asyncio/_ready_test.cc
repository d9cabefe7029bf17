#include "krait/asyncio/_ready.h"

#include <gtest/gtest.h>

#include <vector>

namespace krait::asyncio {
namespace {

struct Node : _ReadyNode {
  explicit Node(int n) : number(n) {}
  int number;
};

std::vector<int> drain(_ReadyQueue& queue) {
  std::vector<int> all;
  while (!queue.empty()) all.push_back(static_cast<Node*>(queue.pop())->number);
  return all;
}

TEST(ReadyQueue, is_first_in_first_out) {
  Node a(1), b(2), c(3);
  _ReadyQueue queue;
  EXPECT_TRUE(queue.empty());
  queue.push(&a);
  queue.push(&b);
  queue.push(&c);
  EXPECT_EQ(drain(queue), (std::vector{1, 2, 3}));
  EXPECT_TRUE(queue.empty());
}

TEST(ReadyQueue, takes_a_node_again_once_it_came_up) {
  Node a(1), b(2);
  _ReadyQueue queue;
  queue.push(&a);
  queue.push(&b);
  queue.push(queue.pop());
  EXPECT_EQ(drain(queue), (std::vector{2, 1}));
}

TEST(ReadyQueue, swapping_leaves_a_snapshot_behind) {
  Node a(1), b(2);
  _ReadyQueue ready, turn;
  ready.push(&a);
  turn.swap(ready);
  ready.push(&b);
  EXPECT_EQ(drain(turn), std::vector{1});
  EXPECT_EQ(drain(ready), std::vector{2});
}

TEST(ReadyQueue, prepending_puts_the_rest_of_a_turn_first) {
  Node a(1), b(2), c(3), d(4);
  _ReadyQueue ready, rest;
  ready.push(&c);
  rest.push(&a);
  rest.push(&b);
  ready.prepend(rest);
  EXPECT_TRUE(rest.empty());
  ready.push(&d);
  EXPECT_EQ(drain(ready), (std::vector{1, 2, 3, 4}));
}

TEST(ReadyQueue, prepending_to_an_empty_queue_moves_everything) {
  Node a(1), b(2);
  _ReadyQueue ready, rest;
  rest.push(&a);
  ready.prepend(rest);
  ready.prepend(rest);
  ready.push(&b);
  EXPECT_EQ(drain(ready), (std::vector{1, 2}));
}

}  // namespace
}  // namespace krait::asyncio
