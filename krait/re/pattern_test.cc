#include "krait/re/pattern.h"

#include <gtest/gtest.h>

#include <thread>

#include "krait/re/functions.h"

namespace krait::re {
namespace {

using Texts = std::vector<std::string_view>;

TEST(Search, finds_the_first_place_and_says_where_in_bytes) {
  const auto found = compile("(?P<key>\\w+)=(\\d+)").search("日本 port=8000");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->group(), "port=8000");
  EXPECT_EQ(found->group("key"), "port");
  EXPECT_EQ(found->span(), Span(7, 16));
  EXPECT_EQ(found->span("key"), Span(7, 11));
}

TEST(Search, looks_behind_pos_but_not_beyond_endpos) {
  EXPECT_EQ(compile("(?<=a)b").search("ab", 1)->span(), Span(1, 2));
  EXPECT_FALSE(compile("^b").search("ab", 1));
  EXPECT_TRUE(compile("a$").search("ab", 0, 1));
  EXPECT_FALSE(compile("a").search("ab", 2, 1));
}

TEST(Match, begins_at_pos_and_fullmatch_ends_at_the_end) {
  EXPECT_FALSE(compile("b").match("ab"));
  EXPECT_TRUE(compile("b").match("ab", 1));
  EXPECT_EQ(compile("a|ab").match("ab")->group(), "a");
  EXPECT_EQ(compile("a|ab").fullmatch("ab")->group(), "ab");
  EXPECT_FALSE(compile("a").fullmatch("a\n"));
}

TEST(Findall, gives_matches_then_the_group_then_tuples) {
  EXPECT_EQ(compile("\\w+").findall("love regex"), (Texts{"love", "regex"}));
  EXPECT_EQ(compile("(?<=(love|hate)\\s)regex").findall("love regex or hate regex"), (Texts{"love", "hate"}));
  const Findall pairs = compile("(\\w)=(\\d)?").findall("a=1 b=");
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_TRUE((pairs[0] == std::initializer_list<std::string_view>{"a", "1"}));
  EXPECT_EQ(repr(pairs), "[('a', '1'), ('b', '')]");
  EXPECT_THROW((void)std::string_view(pairs[0]), TypeError);
  const auto [key, value] = pairs[1].tuple<2>();
  EXPECT_EQ(key, "b");
  EXPECT_EQ(value, "");
}

TEST(Findall, has_empty_matches_beside_others) { EXPECT_EQ(compile("x*").findall("axb"), (Texts{"", "x", "", ""})); }

TEST(Findall, keeps_a_subject_that_was_moved_in) {
  const Findall found = compile("\\w+").findall(std::string("a text that is long enough to be on the heap"));
  EXPECT_EQ(found[10], "heap");
}

TEST(Finditer, finds_as_it_is_asked) {
  std::string spans;
  for (const Match& match : compile("a?").finditer("bab")) spans += str(match.span());
  EXPECT_EQ(spans, "(0, 0)(1, 2)(2, 2)(3, 3)");
  EXPECT_EQ(compile("a").finditer("baab", 2).list().size(), 1u);
  EXPECT_TRUE(compile("a").finditer("baab", 4, 2).list().empty());
}

TEST(Sub, replaces_by_a_template_or_by_a_function) {
  EXPECT_EQ(compile("x*").sub("-", "abxd"), "-a-b--d-");
  EXPECT_EQ(compile("(\\w+) (?P<last>\\w+)").sub("\\g<last>, \\1", "Isaac Newton"), "Newton, Isaac");
  const auto upper = [](const Match& match) { return "<" + std::string(match.group()) + ">"; };
  EXPECT_EQ(compile("\\d+").sub(upper, "a1b22"), "a<1>b<22>");
  EXPECT_EQ(compile("a").subn("b", "aaa", 2), (std::pair<std::string, std::size_t>("bba", 2)));
}

TEST(Sub, may_search_within_its_function) {
  const auto nested = [](const Match& match) { return compile("\\d").sub("#", match.group()); };
  EXPECT_EQ(compile("\\w+").sub(nested, "a1 b22"), "a# b##");
}

TEST(Sub, tells_what_is_wrong_with_a_template) {
  const auto message = [](std::string_view repl) -> std::string {
    try {
      compile("(a)").sub(repl, "");
    } catch (const std::exception& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message("\\2"), "invalid group reference 2 at position 1");
  EXPECT_EQ(message("\\q"), "bad escape \\q at position 0");
  EXPECT_EQ(message("\\g"), "missing < at position 2");
  EXPECT_EQ(message("\\g<1"), "missing >, unterminated name at position 3");
  EXPECT_EQ(message("\\g<x>"), "unknown group name 'x'");
  EXPECT_EQ(message("\\400"), "octal escape value \\400 outside of range 0-0o377 at position 0");
}

std::string doubled(const Match& match) { return std::string(match.group()) + std::string(match.group()); }

TEST(Sub, takes_a_function_by_its_name) { EXPECT_EQ(compile("b").sub(doubled, "abc"), "abbc"); }

TEST(Flags, ascii_and_ignorecase_leave_characters_beyond_ascii_as_they_are) {
  const auto finds = [](const char* pattern, const char* text) {
    return compile(pattern, ASCII | IGNORECASE).search(text).has_value();
  };
  EXPECT_TRUE(finds("x|b\u00e9", "B\u00e9"));
  EXPECT_FALSE(finds("x|b\u00e9", "B\u00c9"));
  EXPECT_FALSE(finds("x|\u00e9b", "\u00c9b"));
  EXPECT_FALSE(finds("x|[\u03c2]b", "\u03a3b"));
  EXPECT_TRUE(compile("x|b\u00e9", IGNORECASE).search("B\u00c9").has_value());
}

TEST(Split, gives_groups_and_what_took_no_part) {
  const Pieces pieces = compile("(,)|;").split("a,b;c");
  EXPECT_EQ(repr(pieces), "['a', ',', 'b', None, 'c']");
  EXPECT_EQ(compile(",").split("a,b,c", 1).strings(), (std::vector<std::string>{"a", "b,c"}));
  EXPECT_THROW((void)pieces.strings(), TypeError);
}

TEST(Bytes, are_characters_of_their_own) {
  const Pattern pattern = compile("\\xff.", {.bytes = true});
  EXPECT_EQ(pattern.search("a\xff\xfe")->span(), Span(1, 3));
  EXPECT_TRUE(pattern.is_bytes());
  EXPECT_FALSE(compile("\\w", {.bytes = true}).search("\xe9"));
}

TEST(Subject, that_is_no_utf8_is_refused) {
  try {
    compile("a").search("ab\xff");
    FAIL();
  } catch (const UnicodeDecodeError& error) {
    EXPECT_STREQ(error.what(), "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte");
  }
  EXPECT_THROW(compile("a").search("é", 1), ValueError);
}

TEST(Subject, that_is_long_is_not_read_through_for_one_place) {
  const std::string text = "é1" + std::string(100'000, 'x') + "\xff";
  EXPECT_EQ(compile("\\d").match(text, 2)->group(), "1");
  EXPECT_EQ(compile(".\\d").match(text)->span(), Span(0, 3));
  EXPECT_THROW(compile(".\\d").search(text), UnicodeDecodeError);
}

TEST(Limit, ends_what_would_take_years) {
  EXPECT_THROW(compile("(a+)+$").search(std::string(40, 'a') + "b"), LimitError);
  EXPECT_THROW(compile("(a+)+$").match(std::string(40, 'a') + "é"), LimitError);
  EXPECT_THROW(compile("(a|aa)*\\Z", {.limit = 1000}).fullmatch(std::string(40, 'a') + "b"), LimitError);
  EXPECT_THROW(compile("(.*)(.*)(.*)[xy]").search(std::string(5000, 'a')), LimitError);
}

TEST(Limit, lets_a_long_way_through_pass) {
  const std::string text(1'000'000, 'a');
  EXPECT_EQ(compile("(?s).*b?").search(text)->end(), 1'000'000);
  EXPECT_EQ(compile("(?:a|b)*").match(text)->end(), 1'000'000);
  EXPECT_EQ(compile("(?:a|b)*").match("é" + text, 2)->end(), 1'000'002);
}

TEST(Limit, stops_deep_patterns_before_the_stack_ends) {
  EXPECT_THROW(compile(std::string(100'000, '(')), RecursionError);
  EXPECT_EQ(compile(std::string(496, '(') + std::string(496, ')')).groups(), 496u);
  EXPECT_THROW(compile("(?:abcdefgh){1,60000}"), PatternError);
}

TEST(Explain, says_why_a_group_stays_empty) {
  EXPECT_EQ(compile("(?<!(love|hate)\\s)regex").explain(),
            "group 1 cannot participate: inside a negative look-around\n"
            "findall gives group 1, so '' for every match: write (?:…) instead of (…) to be given the matches");
  EXPECT_EQ(compile("(?<!(?:love|hate)\\s)regex").explain(), "");
  EXPECT_EQ(compile("(a){0}(b)").explain(), "group 1 cannot participate: inside what is repeated no times");
}

TEST(Pattern, is_shown_as_python_shows_it) {
  EXPECT_EQ(repr(compile("lo've\n", I | M)), "re.compile(\"lo've\\n\", re.IGNORECASE|re.MULTILINE)");
  EXPECT_EQ(repr(compile("a", {.bytes = true})), "re.compile(b'a')");
  EXPECT_EQ(compile("(?i)(?P<a>x)(?P<b>y)").flags(), I | U);
  EXPECT_EQ(compile("(?P<b>x)(?P<a>y)").groupindex().front().first, "b");
}

TEST(Pattern, serves_threads_at_once) {
  const Pattern pattern = compile("(\\w+)@(\\w+)");
  std::vector<std::thread> threads;
  std::atomic<int> found = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n)
        found += compile("é" + std::to_string(n)).search("é199") || pattern.search("ü@x") ? 1 : 0;
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(found, 800);
}

}  // namespace
}  // namespace krait::re
