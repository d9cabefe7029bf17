#include "krait/web/_text.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"

namespace krait::web {
namespace {

std::string unquoted(std::string_view text) {
  std::string out;
  _append_unquoted(text, out);
  return out;
}

std::string pairs_of(std::string_view text, void (*parse)(std::string_view, MultiDict&, std::string&)) {
  MultiDict pairs;
  std::string storage;
  storage.reserve(2 * text.size());
  parse(text, pairs, storage);
  std::string all;
  for (const Pair& pair : pairs) all.append("[").append(pair.name).append("|").append(pair.value).append("]");
  return all;
}
std::string query(std::string_view text) { return pairs_of(text, &_parse_query); }
std::string cookies(std::string_view text) { return pairs_of(text, &_parse_cookies); }

TEST(Unquote, decodes_escapes_and_leaves_what_is_none) {
  EXPECT_EQ(unquoted("/a%20b+c%2F%c3%A4"), "/a b+c/\xc3\xa4");
  EXPECT_EQ(unquoted("%zz%4%%41%"), "%zz%4%A%");
}

// urllib.parse.unquote, whose errors="replace" gives one U+FFFD for each broken sequence.
TEST(Unquote, replaces_what_is_no_utf8) {
  EXPECT_EQ(unquoted("%ff"), "\xef\xbf\xbd");
  EXPECT_EQ(unquoted("%e2%82x%ed%a0%80"), "\xef\xbf\xbdx\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

// urllib.parse.parse_qsl(text, keep_blank_values=True)
TEST(Query, is_read_as_parse_qsl_does) {
  EXPECT_EQ(query("a=1&b=2"), "[a|1][b|2]");
  EXPECT_EQ(query("a=&b&=c"), "[a|][b|][|c]");
  EXPECT_EQ(query("&&a=1&"), "[a|1]");
  EXPECT_EQ(query("a=1;b=2"), "[a|1;b=2]");
  EXPECT_EQ(query("a=b=c"), "[a|b=c]");
  EXPECT_EQ(query("a+b=c+%2B%20d"), "[a b|c + d]");
  EXPECT_EQ(query("a=%zz%e4&%41=x"), "[a|%zz\xef\xbf\xbd][A|x]");
  EXPECT_EQ(query("a=1&a=2"), "[a|1][a|2]");
  EXPECT_EQ(query(""), "");
}

TEST(Query, reads_bytes_beyond_ascii_as_latin1) { EXPECT_EQ(query("a=\xe4+%41"), "[a|\xc3\xa4 A]"); }

// starlette.requests.cookie_parser
TEST(Cookies, are_read_as_starlette_does) {
  EXPECT_EQ(cookies("a=1; b=2"), "[a|1][b|2]");
  EXPECT_EQ(cookies("a=\"x\\073y\"; b=\"q"), "[a|x;y][b|\"q]");
  EXPECT_EQ(cookies("a"), "[|a]");
  EXPECT_EQ(cookies("=x"), "[|x]");
  EXPECT_EQ(cookies(" a = b ;c"), "[a|b][|c]");
  EXPECT_EQ(cookies("a=\"\\344\\\"\\\\\""), "[a|\xc3\xa4\"\\]");
  EXPECT_EQ(cookies("a=b=c;;"), "[a|b=c]");
  EXPECT_EQ(cookies("x=\"y\" z"), "[x|\"y\" z]");
  EXPECT_EQ(cookies("a=\"\\x\""), "[a|x]");
}

// http.cookies, as Starlette's set_cookie uses it
TEST(Cookies, are_quoted_as_python_does) {
  EXPECT_EQ(_quote_cookie("plain-1.2"), "plain-1.2");
  EXPECT_EQ(_quote_cookie(""), "\"\"");
  EXPECT_EQ(_quote_cookie("a b;c"), "\"a b\\073c\"");
  EXPECT_EQ(_quote_cookie("a\"b\\c,\xc3\xa4"), "\"a\\\"b\\\\c\\054\\344\"");
  EXPECT_EQ(_quote_cookie("x\r\ny"), "\"x\\015\\012y\"");
  EXPECT_THROW(_quote_cookie("\xe6\xbc\xa2"), ValueError);
}

TEST(Quote, encodes_all_but_what_is_safe) {
  EXPECT_EQ(_quote("a/b c\xc3\xa4~", "/"), "a/b%20c%C3%A4~");
  EXPECT_EQ(_quote("a/b", ""), "a%2Fb");
}

}  // namespace
}  // namespace krait::web
