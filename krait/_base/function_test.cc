#include "krait/_base/function.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

namespace krait::_base {
namespace {

// Counts its own, however a Function stores it: kSize decides between inside and the heap.
template <std::size_t kSize>
struct Counted {
  explicit Counted(int& alive) : alive(&alive) { ++alive; }
  Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
  ~Counted() { --*alive; }
  int operator()(int x) { return x + *alive; }

  int* alive;
  std::array<char, kSize> payload{};
};
using Small = Counted<1>;
using Large = Counted<100>;

TEST(Function, is_empty_until_it_is_given_a_callable) {
  Function<void()> function;
  EXPECT_FALSE(function);
  function = [] {};
  EXPECT_TRUE(function);
  function = nullptr;
  EXPECT_FALSE(function);
}

TEST(Function, passes_arguments_and_gives_the_result) {
  Function<std::string(std::string, int)> repeat = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  EXPECT_EQ(repeat("ab", 3), "ababab");
}

TEST(Function, drops_the_result_when_void_is_asked_for) {
  int calls = 0;
  Function<void()> function = [&calls] { return ++calls; };
  function();
  EXPECT_EQ(calls, 1);
}

TEST(Function, hands_over_what_cannot_be_copied) {
  Function<std::unique_ptr<int>(std::unique_ptr<int>)> pass = [extra =
                                                                   std::make_unique<int>(1)](std::unique_ptr<int> p) {
    *p += *extra;
    return p;
  };
  EXPECT_EQ(*pass(std::make_unique<int>(41)), 42);
}

TEST(Function, keeps_what_its_callable_remembers_between_calls) {
  Function<int()> next = [n = 0]() mutable { return ++n; };
  next();
  EXPECT_EQ(next(), 2);
  Function<int()> moved = std::move(next);
  EXPECT_EQ(moved(), 3);
}

template <class Callable>
void lives_exactly_once() {
  int alive = 0;
  {
    Function<int(int)> first = Callable(alive);
    EXPECT_EQ(alive, 1);
    Function<int(int)> second = std::move(first);
    EXPECT_EQ(alive, 1);
    EXPECT_FALSE(first);
    EXPECT_EQ(second(10), 11);
    first = std::move(second);
    EXPECT_EQ(alive, 1);
    first = Callable(alive);
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Function, destroys_a_small_callable_exactly_once) { lives_exactly_once<Small>(); }
TEST(Function, destroys_a_large_callable_exactly_once) { lives_exactly_once<Large>(); }

TEST(Function, survives_being_assigned_to_itself) {
  int alive = 0;
  Function<int(int)> function = Large(alive);
  Function<int(int)>& same = function;
  function = std::move(same);
  EXPECT_EQ(function(1), 2);
}

TEST(Function, lets_an_exception_through) {
  Function<void()> function = [] { throw 7; };
  EXPECT_THROW(function(), int);
  EXPECT_TRUE(function);
}

}  // namespace
}  // namespace krait::_base
