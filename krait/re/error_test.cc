#include "krait/re/error.h"

#include <gtest/gtest.h>

#include "krait/re/functions.h"

namespace krait::re {
namespace {

std::string message(std::string_view pattern, RegexFlag flags = NOFLAG) {
  try {
    compile(pattern, flags);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TEST(PatternError, names_the_fault_and_its_place) {
  EXPECT_EQ(message("(a"), "missing ), unterminated subpattern at position 0");
  EXPECT_EQ(message("é\n*a**"), "multiple repeat at position 5 (line 2, column 4)");
  EXPECT_EQ(message("(?<=a|bc)d"), "look-behind requires fixed-width pattern");
  EXPECT_EQ(message("(?<=(a)\\1)b"), "cannot refer to group defined in the same lookbehind subpattern at position 9");
  EXPECT_EQ(message("a{3,1}"), "min repeat greater than max repeat at position 2");
  EXPECT_EQ(message("a{4294967295}"), "the repetition number is too large");
  EXPECT_EQ(message("x(?i)"), "global flags not at the start of the expression at position 1");
  EXPECT_EQ(message("(?P<a>)(?P<a>)"), "redefinition of group name 'a' as group 2; was group 1 at position 11");
  EXPECT_EQ(message("[b-a]"), "bad character range b-a at position 1");
  EXPECT_EQ(message("\\"), "bad escape (end of pattern) at position 0");
  EXPECT_EQ(message("a", A | U), "ASCII and UNICODE flags are incompatible");
  EXPECT_EQ(message("a", L), "cannot use LOCALE flag with a str pattern");
}

TEST(PatternError, carries_what_pythons_carries) {
  try {
    compile("ab\n(c");
    FAIL();
  } catch (const error& e) {
    EXPECT_EQ(e.msg, "missing ), unterminated subpattern");
    EXPECT_EQ(e.pattern, "ab\n(c");
    EXPECT_EQ(e.pos, 3u);
    EXPECT_EQ(e.lineno, 2u);
    EXPECT_EQ(e.colno, 1u);
    EXPECT_STREQ(e.what(), "missing ), unterminated subpattern at position 3 (line 2, column 1)");
  }
}

}  // namespace
}  // namespace krait::re
