#include "krait/http/fields.h"

#include <gtest/gtest.h>

#include <string>

namespace krait::http {
namespace {

TEST(Fields, a_token_is_made_of_the_rfc_s_characters_only) {
  const std::string_view marks = "!#$%&'*+-.^_`|~";
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    const bool letter_or_digit = c < 128 && std::isalnum(c) != 0;
    EXPECT_EQ(is_token(std::string("x") + byte), letter_or_digit || (c != 0 && marks.find(byte) != marks.npos)) << c;
  }
  EXPECT_FALSE(is_token(""));
}

TEST(Fields, a_control_character_anywhere_spoils_a_value_of_any_length) {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int c = 0; c < 256; ++c) {
        std::string value(size, 'v');
        value[place] = static_cast<char>(c);
        const bool control = (c < 0x20 && c != '\t') || c == 0x7f;
        ASSERT_EQ(is_field_value(value), !control) << "byte " << c << " at " << place << " of " << size;
      }
    }
  }
  EXPECT_TRUE(is_field_value(""));
}

TEST(Fields, names_compare_without_case_but_only_the_letters_do) {
  EXPECT_TRUE(equals_ignoring_case("Content-Type", "cONTENT-tYPE"));
  EXPECT_FALSE(equals_ignoring_case("Content-Type", "Content-Typ"));
  EXPECT_FALSE(equals_ignoring_case("a^b", "a~b"));
  EXPECT_FALSE(equals_ignoring_case("x@", "x`"));
}

TEST(Fields, find_gives_the_first_of_a_name) {
  const Header headers[] = {{"A", "1"}, {"b", "2"}, {"B", "3"}};
  EXPECT_EQ(find(headers, "B"), "2");
  EXPECT_EQ(find(headers, "c"), std::nullopt);
}

TEST(Fields, a_list_holds_a_token_at_any_place) {
  EXPECT_TRUE(has_token("close", "close"));
  EXPECT_TRUE(has_token("keep-alive , Upgrade", "upgrade"));
  EXPECT_TRUE(has_token(",,\tClose", "close"));
  EXPECT_FALSE(has_token("closed", "close"));
  EXPECT_FALSE(has_token("not close", "close"));
  EXPECT_FALSE(has_token("", "close"));
}

TEST(Fields, strip_takes_spaces_and_tabs_only) {
  EXPECT_EQ(strip(" \t a b\t "), "a b");
  EXPECT_EQ(strip(" \t"), "");
  EXPECT_EQ(strip("\ra\n"), "\ra\n");
}

}  // namespace
}  // namespace krait::http
