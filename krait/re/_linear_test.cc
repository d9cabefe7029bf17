#include "krait/re/_linear.h"

#include <gtest/gtest.h>

#include "krait/re.h"
#include "krait/re/_parser.h"

namespace krait::re {
namespace {

bool is_linear(std::string_view pattern, Encoding encoding = Encoding::Ascii, bool whole = false) {
  return Linear::compile(parse(pattern, true, NOFLAG), encoding, whole).has_value();
}

TEST(Linear, takes_patterns_in_which_the_next_character_decides) {
  for (const char* pattern : {"\\w+", "\\b[A-Z]\\w*", "\" 5\\d\\d ", "(\\d{4})-(\\d\\d)-(\\d\\d)", "\"[^\"]*\"",
                              "\\b\\w+\\b", "-a*?b", "-x++y", "(?:ab){2}", "^#.*$"}) {
    EXPECT_TRUE(is_linear(pattern)) << pattern;
    EXPECT_TRUE(is_linear(pattern, Encoding::Utf8)) << pattern;
  }
}

TEST(Linear, leaves_to_the_engine_what_may_have_to_go_back) {
  for (const char* pattern :
       {"\\w+x", "a|ab", "(?:ab)*", "(a)\\1", "love\\s(?=python)", "a*?", "\\w+@\\w+", "x?\\b", "a*a"}) {
    EXPECT_FALSE(is_linear(pattern)) << pattern;
  }
  EXPECT_TRUE(is_linear("c[ab]*a?"));
  EXPECT_FALSE(is_linear("c[ab]*a?", Encoding::Ascii, true));
}

TEST(Linear, finds_what_the_engine_finds) {
  for (const char* pattern : {"\\w+",
                              "\\w*",
                              "\\W{1,2}",
                              "\\b\\w",
                              "\\B.",
                              "\\b[A-ZÀ-Þ]\\w*",
                              "(\\d{4})-(\\d\\d)",
                              "é",
                              "(?i)straße",
                              "(?i)k",
                              "[^é\\n]+",
                              "^.*$",
                              "(?m)^.*$",
                              "(?m)$",
                              "(?s).{3}",
                              "\\s*$",
                              "\\S+\\Z",
                              "x?",
                              "[a-é]{2,3}",
                              "a*?b",
                              "(?a)\\w+",
                              "#(\\w+)",
                              "日.",
                              "\\b\\w+\\b"}) {
    const Pattern walked = compile(pattern);
    const Pattern by_engine = compile(std::string(pattern) + "|(?!)");
    for (const char* text : {"", "a", "\n", "aab b\n", "2024-05-17 99-1\n#tag #é", "Straße STRASSE K k\u212a ſ\n\n",
                             "日本語 é1 Ärger\n", "Où était l'été? x\u0301 ٣²½\u2003\x1c", "😀é😀"}) {
      EXPECT_EQ(repr(walked.findall(text)), repr(by_engine.findall(text))) << pattern << " in " << text;
      EXPECT_EQ(walked.split(text), by_engine.split(text)) << pattern << " in " << text;
      const std::optional<Match> one = walked.fullmatch(text), other = by_engine.fullmatch(text);
      ASSERT_EQ(one.has_value(), other.has_value()) << pattern << " in " << text;
      if (one) EXPECT_EQ(one->regs(), other->regs()) << pattern << " in " << text;
    }
  }
}

TEST(Linear, hands_over_when_failing_takes_too_long) {
  const std::string text(20'000, 'a');
  const std::optional<Linear> linear = Linear::compile(parse("a[^b]*b", true, NOFLAG), Encoding::Ascii, false);
  LinearSpans spans;
  EXPECT_EQ(linear->find(text, 0, false, false, spans.data()), Linear::Outcome::TooLong);
  EXPECT_FALSE(compile("a[^b]*b").search(text));
}

TEST(ByteSet, has_the_members_of_its_set) {
  const CodeSet word(kWord);
  const ByteSet set(word, Encoding::Utf8);
  for (char32_t code = 0x80; code <= kLastCodePoint; ++code)
    ASSERT_EQ(set.has(code), word.contains(code)) << static_cast<unsigned>(code);
  EXPECT_EQ(set['a'], ByteSet::Yes);
  EXPECT_EQ(set['-'], ByteSet::No);
  EXPECT_EQ(set[0xc3], ByteSet::Ask);
  EXPECT_EQ(ByteSet(CodeSet::single('"').complement() - CodeSet::range(0xd800, 0xdfff), Encoding::Utf8).only_missing(),
            '"');
}

TEST(FindStart, finds_the_first_place_where_both_bytes_are) {
  const Landmarks landmarks{{.offset = 1, .bytes = {'a', 'A'}}, {.offset = 4, .bytes = {'z', 'z'}}};
  std::string text(70, '.');
  const auto* begin = reinterpret_cast<const unsigned char*>(text.data());
  EXPECT_EQ(find_start(landmarks, begin, begin + text.size(), 5), nullptr);
  for (std::size_t at = 0; at + 5 <= text.size(); ++at) {
    text[at + 1] = at % 2 ? 'a' : 'A';
    text[at + 4] = 'z';
    EXPECT_EQ(find_start(landmarks, begin, begin + text.size(), 5), begin + at);
    EXPECT_EQ(find_start(landmarks, begin + at + 1, begin + text.size(), 5), nullptr);
    text[at + 1] = text[at + 4] = '.';
  }
}

}  // namespace
}  // namespace krait::re
