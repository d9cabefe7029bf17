#include "krait/_base/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace krait::_base {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }
UniqueFd open_null() { return UniqueFd(::open("/dev/null", O_RDONLY)); }

TEST(UniqueFd, closes_what_it_owns) {
  int number;
  {
    UniqueFd fd = open_null();
    number = fd.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(UniqueFd, owns_nothing_by_default) {
  UniqueFd fd;
  EXPECT_FALSE(fd);
  EXPECT_EQ(fd.get(), -1);
  fd.reset();
}

TEST(UniqueFd, zero_is_a_descriptor) {
  EXPECT_TRUE([] {
    UniqueFd fd(0);
    bool owns = static_cast<bool>(fd);
    (void)fd.release();
    return owns;
  }());
}

TEST(UniqueFd, moving_passes_the_ownership_on) {
  UniqueFd first = open_null();
  int number = first.get();
  UniqueFd second = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_EQ(second.get(), number);
  first = open_null();
  int other = first.get();
  second = std::move(first);
  EXPECT_FALSE(is_open(number));
  EXPECT_TRUE(is_open(other));
}

TEST(UniqueFd, release_leaves_it_open) {
  UniqueFd fd = open_null();
  UniqueFd released(fd.release());
  EXPECT_FALSE(fd);
  EXPECT_TRUE(is_open(released.get()));
}

TEST(UniqueFd, survives_being_assigned_to_itself) {
  UniqueFd fd = open_null();
  UniqueFd& same = fd;
  fd = std::move(same);
  EXPECT_TRUE(is_open(fd.get()));
}

}  // namespace
}  // namespace krait::_base
