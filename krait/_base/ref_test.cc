#include "krait/_base/ref.h"

#include <gtest/gtest.h>

namespace krait::_base {
namespace {

struct Object {
  explicit Object(int& alive) : alive(alive) { ++alive; }
  virtual ~Object() { --alive; }
  int _refs = 0;
  void _unreferenced() noexcept { delete this; }
  int& alive;
};
struct Derived : Object {
  using Object::Object;
};

TEST(Ref, the_last_one_ends_its_object) {
  int alive = 0;
  Ref<Object> first(new Object(alive));
  {
    Ref<Object> second = first;
    EXPECT_EQ(first->_refs, 2);
  }
  EXPECT_EQ(alive, 1);
  first = nullptr;
  EXPECT_EQ(alive, 0);
}

TEST(Ref, moving_does_not_count) {
  int alive = 0;
  Ref<Object> first(new Object(alive));
  Ref<Object> second = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_EQ(second->_refs, 1);
}

TEST(Ref, assigning_lets_the_former_object_go) {
  int alive = 0;
  Ref<Object> ref(new Object(alive));
  ref = Ref<Object>(new Object(alive));
  EXPECT_EQ(alive, 1);
  Ref<Object>& same = ref;
  ref = same;
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(ref->_refs, 1);
}

TEST(Ref, a_derived_object_may_be_held_by_its_base) {
  int alive = 0;
  Ref<Derived> derived(new Derived(alive));
  Ref<Object> base = derived;
  EXPECT_EQ(base.get(), derived.get());
  derived = nullptr;
  EXPECT_EQ(alive, 1);
  base = nullptr;
  EXPECT_EQ(alive, 0);
}

TEST(Ref, equality_is_identity) {
  int alive = 0;
  Ref<Object> one(new Object(alive)), other(new Object(alive)), copy = one;
  EXPECT_TRUE(one == copy);
  EXPECT_FALSE(one == other);
  EXPECT_TRUE(Ref<Object>() == Ref<Object>(nullptr));
}

}  // namespace
}  // namespace krait::_base
