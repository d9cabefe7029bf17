#include "krait/wire/h1/target.h"

#include <gtest/gtest.h>

#include <vector>

#include "krait/wire/h1/errors.h"

namespace krait::wire::h1 {
namespace {

using http::HTTPMethod;

struct Split {
  HTTPMethod method;
  std::string_view text, path, query, authority;
};

TEST(Target, is_split_by_its_form) {
  const std::vector<Split> cases = {
      {HTTPMethod::GET, "/", "/", "", ""},
      {HTTPMethod::GET, "/a/b%20c?x=1&y=/?", "/a/b%20c", "x=1&y=/?", ""},
      {HTTPMethod::GET, "/?", "/", "", ""},
      {HTTPMethod::GET, "//host/path", "//host/path", "", ""},
      {HTTPMethod::GET, "/a?b\\c", "/a", "b\\c", ""},
      {HTTPMethod::OTHER, "/x", "/x", "", ""},
      {HTTPMethod::OPTIONS, "*", "*", "", ""},
      {HTTPMethod::GET, "http://a.example:8080/p?q", "/p", "q", "a.example:8080"},
      {HTTPMethod::GET, "HTTPS://[::1]?q", "/", "q", "[::1]"},
      {HTTPMethod::GET, "http://a", "/", "", "a"},
      {HTTPMethod::CONNECT, "a.example:443", "", "", "a.example:443"},
      {HTTPMethod::CONNECT, "[::1]:443", "", "", "[::1]:443"},
  };
  for (const Split& each : cases) {
    const Target target = parse_target(each.method, each.text);
    EXPECT_EQ(target.path, each.path) << each.text;
    EXPECT_EQ(target.query, each.query) << each.text;
    EXPECT_EQ(target.authority, each.authority) << each.text;
  }
}

TEST(Target, a_form_that_does_not_suit_the_method_is_refused) {
  const std::vector<std::pair<HTTPMethod, std::string_view>> cases = {
      {HTTPMethod::GET, "*"},
      {HTTPMethod::OPTIONS, "**"},
      {HTTPMethod::GET, "a.example:443"},
      {HTTPMethod::GET, "path"},
      {HTTPMethod::GET, "?query"},
      {HTTPMethod::GET, "ftp://a/"},
      {HTTPMethod::GET, "http:///path"},
      {HTTPMethod::GET, "http://:80/"},
      {HTTPMethod::GET, "http://user@a/"},
      {HTTPMethod::GET, "http://a:8x/"},
      {HTTPMethod::GET, "/a\\b"},
      {HTTPMethod::GET, "http://a/b\\c"},
      {HTTPMethod::CONNECT, "/"},
      {HTTPMethod::CONNECT, "a.example"},
      {HTTPMethod::CONNECT, "a.example:"},
      {HTTPMethod::CONNECT, ":443"},
      {HTTPMethod::CONNECT, "http://a:443"},
      {HTTPMethod::CONNECT, "*"},
  };
  for (const auto& [method, text] : cases) EXPECT_THROW(parse_target(method, text), RemoteProtocolError) << text;
}

TEST(Host, is_a_name_or_an_address_and_perhaps_a_port) {
  for (std::string_view good :
       {"", "a", "a.example", "127.0.0.1:8000", "[::1]", "[::ffff:1.2.3.4]:80", "a:", "x_y~!$&'()*+,;=%41"}) {
    EXPECT_TRUE(is_host(good)) << good;
  }
  for (std::string_view bad : {"a b", "a/b", "a?b", "a#b", "u@a", "a:b", "a:1:2", "a:-1", "[::1", "[::1]x", "[]",
                               "[g::1]", "::1", "a\\b", "a\xff"}) {
    EXPECT_FALSE(is_host(bad)) << bad;
  }
}

TEST(DescribeByte, shows_what_can_be_printed) {
  EXPECT_EQ(describe_byte('x'), "'x'");
  EXPECT_EQ(describe_byte('\n'), "byte 0x0a");
  EXPECT_EQ(describe_byte(' '), "byte 0x20");
  EXPECT_EQ(describe_byte('\xfe'), "byte 0xfe");
}

}  // namespace
}  // namespace krait::wire::h1
