#include "krait/argparse/namespace.h"

#include <gtest/gtest.h>

namespace krait::argparse {
namespace {

TEST(ArgparseNamespace, an_absent_name_is_an_attribute_error) {
  const Namespace space{{"num", 1}};
  try {
    space.get<int>("nun");
    FAIL();
  } catch (const AttributeError& error) {
    EXPECT_STREQ(error.what(), "'Namespace' object has no attribute 'nun'");
  }
  EXPECT_TRUE(space.contains("num"));
  EXPECT_FALSE(space.contains("nun"));
}

TEST(ArgparseNamespace, prints_as_python_does) {
  const Namespace space{{"num", 1}, {"dash-name", "x"}, {"größe", Value()}};
  EXPECT_EQ(repr(space), "Namespace(num=1, größe=None, **{'dash-name': 'x'})");
}

TEST(ArgparseNamespace, is_equal_whatever_the_order) {
  EXPECT_EQ((Namespace{{"a", 1}, {"b", 2}}), (Namespace{{"b", 2}, {"a", 1}}));
  EXPECT_FALSE((Namespace{{"a", 1}}) == (Namespace{{"a", 2}}));
}

TEST(ArgparseNamespace, a_name_can_be_erased) {
  Namespace space{{"a", 1}};
  EXPECT_TRUE(space.erase("a"));
  EXPECT_FALSE(space.erase("a"));
  EXPECT_EQ(space.size(), 0u);
}

struct Options {
  int num = 1;
  std::optional<std::string> name;
  std::vector<std::string> files;
};
KRAIT_DESCRIBE(Options, num, name, (files, .alias = "file"));

TEST(ArgparseNamespace, becomes_a_described_struct) {
  const Namespace space{{"num", Value()}, {"name", "x"}, {"file", Value::List{"a", "b"}}, {"more", 1}};
  const auto options = space.to<Options>();
  EXPECT_EQ(options.num, 1);
  EXPECT_EQ(options.name, "x");
  EXPECT_EQ(options.files, (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace krait::argparse
