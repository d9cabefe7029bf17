#include "krait/re/functions.h"

#include <gtest/gtest.h>

namespace krait::re {
namespace {

TEST(Compile, knows_a_pattern_again) {
  purge();
  const Pattern first = compile("a+");
  EXPECT_EQ(&first.pattern(), &compile("a+").pattern());
  EXPECT_NE(&first.pattern(), &compile("a+", I).pattern());
  purge();
  EXPECT_NE(&first.pattern(), &compile("a+").pattern());
}

TEST(Compile, keeps_the_512_patterns_last_used) {
  purge();
  const Pattern first = compile("first"), second = compile("second");
  for (int i = 0; i < 511; ++i) {
    compile("x" + std::to_string(i));
    compile("first");
  }
  EXPECT_EQ(&first.pattern(), &compile("first").pattern());
  EXPECT_NE(&second.pattern(), &compile("second").pattern());
}

TEST(Functions, take_flags_alone_or_as_options) {
  EXPECT_TRUE(search("LOVE", "i love", IGNORECASE));
  EXPECT_TRUE(match("LOVE", "love it", {.flags = I}));
  EXPECT_TRUE(fullmatch("LOVE", "love", I));
  EXPECT_EQ(findall("^a", "a\na", M).size(), 2u);
  EXPECT_EQ(finditer("A", "aa", I).list().size(), 2u);
  EXPECT_EQ(sub("A", "b", "aa", {.count = 1, .flags = I}), "ba");
  EXPECT_EQ(subn("a", [](const Match&) { return "c"; }, "aa").second, 2u);
  EXPECT_EQ(split("X", "axbxc", {.maxsplit = 1, .flags = I}).strings(), (std::vector<std::string>{"a", "bxc"}));
}

TEST(Escape, is_undone_by_matching) {
  const std::string all = "a.b*c [x] (y) {z} ^$|\\ #~&-\t\n";
  EXPECT_TRUE(fullmatch(escape(all), all));
  EXPECT_EQ(escape("a-b c_é"), "a\\-b\\ c_é");
}

}  // namespace
}  // namespace krait::re
