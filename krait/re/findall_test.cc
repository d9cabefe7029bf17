#include "krait/re/findall.h"

#include <gtest/gtest.h>

#include "krait/re/functions.h"

namespace krait::re {
namespace {

TEST(Findall, becomes_a_vector_of_strings) {
  const std::vector<std::string> words = findall("\\w+", "a bc");
  EXPECT_EQ(words, (std::vector<std::string>{"a", "bc"}));
  EXPECT_THROW((void)findall("(a)(b)", "ab").strings(), TypeError);
}

TEST(Findall, is_a_range_of_texts) {
  std::string all;
  for (const std::string_view word : findall("\\w+", "a bc")) (all += word) += '.';
  EXPECT_EQ(all, "a.bc.");
}

TEST(Findall, is_shown_as_python_shows_it) {
  EXPECT_EQ(repr(findall("(?<!(love|hate)\\s)regex", "love regex, can't ignore regex")), "['']");
  EXPECT_EQ(repr(findall("(.)(')", "a'")), "[('a', \"'\")]");
  EXPECT_EQ(repr(findall("x", "")), "[]");
}

TEST(Found, tells_how_many_it_has) {
  EXPECT_THROW((void)findall("(a)(b)", "ab")[0].tuple<3>(), TypeError);
  EXPECT_EQ(findall("(a)(b)", "ab")[0].size(), 2u);
}

}  // namespace
}  // namespace krait::re
