#include "krait/re/match.h"

#include <gtest/gtest.h>

#include "krait/re/functions.h"

namespace krait::re {
namespace {

TEST(Match, gives_groups_by_number_and_name) {
  const Match m = *search("(?P<a>x)(y)?(?P<c>z)", "-xz-");
  EXPECT_EQ(m[0], "xz");
  EXPECT_EQ(m["a"], "x");
  EXPECT_FALSE(m[2].has_value());
  EXPECT_EQ(m.group(1, "c"), (std::array<Group, 2>{Group("x"), Group("z")}));
  EXPECT_EQ(m.groups("?"), (std::vector<Group>{Group("x"), Group("?"), Group("z")}));
  EXPECT_EQ(m.groupdict()[1].first, "c");
  EXPECT_EQ(m.regs(), (std::vector<Span>{{1, 3}, {1, 2}, {-1, -1}, {2, 3}}));
  EXPECT_EQ(m.start(2), -1);
  EXPECT_EQ(m.string(), "-xz-");
  EXPECT_EQ(m.pos(), 0u);
  EXPECT_EQ(m.endpos(), 4u);
  EXPECT_EQ(m.re(), compile("(?P<a>x)(y)?(?P<c>z)"));
  EXPECT_THROW((void)m[4], IndexError);
  EXPECT_THROW((void)m[-1], IndexError);
  EXPECT_THROW((void)m["d"], IndexError);
  EXPECT_THROW((void)m.span(9), IndexError);
}

TEST(Match, knows_the_group_that_ended_last) {
  EXPECT_EQ(search("((a)(b))", "ab")->lastindex(), 1u);
  EXPECT_EQ(search("(a)(b)", "ab")->lastindex(), 2u);
  EXPECT_EQ(search("(?:(a)|(b))*", "aba")->lastindex(), 1u);
  EXPECT_EQ(search("(?=(ab))(?P<x>a)", "ab")->lastgroup(), "x");
  EXPECT_EQ(search("(a)|b", "b")->lastindex(), std::nullopt);
  EXPECT_EQ(search("(a)", "a")->lastgroup(), std::nullopt);
}

TEST(Match, holds_more_groups_than_lie_within_it) {
  const Match m = *search("(a)(b)(c)(d)(e)", "abcde");
  EXPECT_EQ(m[5], "e");
  EXPECT_EQ(Match(m).lastindex(), 5u);
}

TEST(Match, keeps_a_subject_that_was_moved_in) {
  const std::optional<Match> m = search("h.*", std::string("a text that is long enough to be on the heap"));
  EXPECT_EQ(m->group(), "hat is long enough to be on the heap");
}

TEST(Match, expands_templates) { EXPECT_EQ(search("(?P<a>x)(y)?", "x")->expand("\\g<a>[\\2]\\n\\101"), "x[]\nA"); }

TEST(Match, is_shown_as_python_shows_it) {
  EXPECT_EQ(repr(*search("love\\s(?=python)", "i love python, i love regex")),
            "<re.Match object; span=(2, 7), match='love '>");
  EXPECT_EQ(repr(*search("x+", std::string(60, 'x'))),
            "<re.Match object; span=(0, 60), match='" + std::string(49, 'x') + ">");
}

TEST(Group, is_a_text_or_none) {
  EXPECT_EQ(str(Group()), "None");
  EXPECT_THROW((void)std::string_view(Group()), TypeError);
  EXPECT_EQ(std::string_view(Group("a")), "a");
}

}  // namespace
}  // namespace krait::re
