#include "krait/builtins/repr.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "krait/builtins/exceptions.h"

namespace krait {
namespace {

TEST(Repr, chooses_the_quotes_as_python_does) {
  EXPECT_EQ(repr(""), "''");
  EXPECT_EQ(repr("tea"), "'tea'");
  EXPECT_EQ(repr("it's"), "\"it's\"");
  EXPECT_EQ(repr("say \"it\""), "'say \"it\"'");
  EXPECT_EQ(repr("it's \"it\""), R"('it\'s "it"')");
}

TEST(Repr, escapes_what_is_not_printable) {
  using namespace std::string_view_literals;
  EXPECT_EQ(repr("a\\b\n\r\t\0\x1f\x7f"sv), R"('a\\b\n\r\t\x00\x1f\x7f')");
  EXPECT_EQ(repr("caf\u00e9 \u8336 \U0001f375"), "'caf\u00e9 \u8336 \U0001f375'");
  EXPECT_EQ(repr("\u00a0\u00ad\u0378\u200b\ue000\U000e0001"), R"('\xa0\xad\u0378\u200b\ue000\U000e0001')");
}

TEST(Repr, names_the_bytes_that_are_no_utf8) {
  EXPECT_EQ(repr("a\xff"), R"('a\udcff')");
  EXPECT_EQ(repr("\xc0\x80"), R"('\udcc0\udc80')");            // too long a form
  EXPECT_EQ(repr("\xed\xa0\x80"), R"('\udced\udca0\udc80')");  // half of a surrogate pair
  EXPECT_EQ(repr("\xf4\x90\x80\x80"), R"('\udcf4\udc90\udc80\udc80')");
  EXPECT_EQ(repr("\xe8\x8c!"), R"('\udce8\udc8c!')");
  EXPECT_EQ(repr("\xe8\x8c"), R"('\udce8\udc8c')");
}

// Every code point but the surrogates, in one text.
std::string every_code_point() {
  std::string text;
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xd800 && c < 0xe000) continue;
    const auto put = [&text](char32_t byte) { text += static_cast<char>(byte); };
    if (c < 0x80) {
      put(c);
      continue;
    }
    if (c >= 0x10000) put(0xf0 | c >> 18);
    if (c >= 0x800) put(c < 0x10000 ? 0xe0 | c >> 12 : 0x80 | (c >> 12 & 0x3f));
    put(c < 0x800 ? 0xc0 | c >> 6 : 0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
  return text;
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

TEST(Repr, of_every_code_point_is_that_of_cpython_3_13) {
  // The sizes and hashes of repr(text).encode() and ascii(text).encode().
  const std::string text = every_code_point(), shown = repr(text), plain = ascii(text);
  EXPECT_EQ(shown.size(), 10133331U);
  EXPECT_EQ(fnv1a(shown), 0xaf8b72e9a02c3474U);
  EXPECT_EQ(plain.size(), 10865889U);
  EXPECT_EQ(fnv1a(plain), 0x31eb9f84e5807fc7U);
}

TEST(Ascii, escapes_all_beyond_ascii) { EXPECT_EQ(ascii("caf\u00e9's \u8336\xff"), R"("caf\xe9's \u8336\udcff")"); }

TEST(ReprBytes, begins_with_a_b_and_has_no_characters_beyond_ascii) {
  EXPECT_EQ(repr_bytes("GET \xc3\xa9\n"), R"(b'GET \xc3\xa9\n')");
  EXPECT_EQ(repr_bytes("it's"), "b\"it's\"");
}

KRAIT_EXCEPTION(NoSuchTea, KeyError);

TEST(KeyError, says_its_key_in_quotes) {
  EXPECT_STREQ(KeyError("it's").what(), "\"it's\"");
  EXPECT_STREQ(KeyError("it's").key(), "it's");
  EXPECT_STREQ(KeyError().what(), "");
  EXPECT_EQ(repr(std::make_exception_ptr(KeyError("k"))), "KeyError('k')");
  EXPECT_EQ(repr(std::make_exception_ptr(KeyError())), "KeyError()");
  EXPECT_EQ(str(std::make_exception_ptr(NoSuchTea("oolong"))), "'oolong'");
  EXPECT_EQ(repr(std::make_exception_ptr(NoSuchTea("oolong"))), "NoSuchTea('oolong')");
  EXPECT_EQ(repr(std::make_exception_ptr(KeyError::of("7"))), "KeyError(7)");
}

}  // namespace
}  // namespace krait
