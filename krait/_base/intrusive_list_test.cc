#include "krait/_base/intrusive_list.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace krait::_base {
namespace {

struct Node : ListLink {
  explicit Node(int n) : number(n) {}
  ~Node() { unlink(); }
  int number;
};

std::vector<int> numbers(IntrusiveList<Node>& list) {
  std::vector<int> all;
  for (Node& node : list) all.push_back(node.number);
  return all;
}

TEST(IntrusiveList, keeps_the_order_of_arrival) {
  Node a(1), b(2), c(3);
  IntrusiveList<Node> list;
  EXPECT_TRUE(list.empty());
  for (Node* node : {&a, &b, &c}) list.push_back(node);
  EXPECT_EQ(numbers(list), (std::vector{1, 2, 3}));
  EXPECT_EQ(list.front(), &a);
  EXPECT_EQ(list.pop_front(), &a);
  EXPECT_FALSE(a.linked());
  EXPECT_EQ(numbers(list), (std::vector{2, 3}));
}

TEST(IntrusiveList, has_no_front_when_it_is_empty) {
  IntrusiveList<Node> list;
  EXPECT_EQ(list.front(), nullptr);
  EXPECT_EQ(list.pop_front(), nullptr);
}

TEST(IntrusiveList, lets_an_element_leave_from_any_place) {
  for (int gone = 0; gone < 3; ++gone) {
    std::vector<std::unique_ptr<Node>> nodes;
    IntrusiveList<Node> list;
    for (int i = 0; i < 3; ++i) list.push_back(nodes.emplace_back(std::make_unique<Node>(i)).get());
    nodes[gone].reset();
    std::vector<int> left{0, 1, 2};
    left.erase(left.begin() + gone);
    EXPECT_EQ(numbers(list), left);
  }
}

TEST(IntrusiveList, takes_an_element_back_after_it_left) {
  Node a(1), b(2);
  IntrusiveList<Node> list, other;
  list.push_back(&a);
  list.push_back(&b);
  a.unlink();
  list.push_back(&a);
  EXPECT_EQ(numbers(list), (std::vector{2, 1}));
  b.unlink();
  other.push_back(&b);
  EXPECT_EQ(numbers(list), (std::vector{1}));
  EXPECT_EQ(numbers(other), (std::vector{2}));
}

TEST(IntrusiveList, an_element_that_left_may_leave_again) {
  Node a(1);
  a.unlink();
  IntrusiveList<Node> list;
  list.push_back(&a);
  a.unlink();
  a.unlink();
  EXPECT_TRUE(list.empty());
}

TEST(IntrusiveList, may_end_before_its_elements) {
  Node a(1), b(2);
  {
    IntrusiveList<Node> list;
    list.push_back(&a);
    list.push_back(&b);
  }
  EXPECT_FALSE(a.linked());
  EXPECT_FALSE(b.linked());
}

}  // namespace
}  // namespace krait::_base
