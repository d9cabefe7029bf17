#include "krait/http/cookies.h"

#include <gtest/gtest.h>

namespace krait::http::cookies {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs loaded(std::string_view text) {
  Pairs pairs;
  const SimpleCookie cookie(text);
  for (const Morsel& each : cookie) pairs.emplace_back(each.key(), each.value());
  return pairs;
}

std::string refused(auto call) {
  try {
    call();
  } catch (const CookieError& error) {
    return error.what();
  }
  return "";
}

TEST(SimpleCookie, writes_what_the_header_says_in_the_order_of_names) {
  SimpleCookie cookie;
  Morsel& session = cookie.set("session", "a b;c");
  session["path"] = "/";
  session["Max-Age"] = 3600;
  session["httponly"] = true;
  session["samesite"] = "Lax";
  session["secure"] = false;
  cookie.set("b", "1");
  EXPECT_EQ(cookie.output(),
            "Set-Cookie: b=1\r\nSet-Cookie: session=\"a b\\073c\"; HttpOnly; Max-Age=3600; Path=/; SameSite=Lax");
  EXPECT_EQ(cookie["session"].OutputString(std::vector<std::string>{"path"}), "session=\"a b\\073c\"; Path=/");
  EXPECT_EQ(cookie["b"].repr(), "<Morsel: b=1>");
}

TEST(SimpleCookie, refuses_keys_and_attributes_that_there_are_not) {
  SimpleCookie cookie;
  EXPECT_EQ(refused([&] { cookie.set("a b", "1"); }), "Illegal key 'a b'");
  EXPECT_EQ(refused([&] { cookie.set("", "1"); }), "Illegal key ''");
  EXPECT_EQ(refused([&] { cookie.set("Path", "1"); }), "Attempt to set a reserved key 'Path'");
  EXPECT_EQ(refused([&] { cookie.set("a", "1")["Colour"] = "x"; }), "Invalid attribute 'colour'");
  EXPECT_THROW(cookie["none"], KeyError);
}

TEST(SimpleCookie, reads_what_browsers_send) {
  EXPECT_EQ(loaded("a=1; b=\"x\\073 \\\"y\\\"\"; c=d=e"), (Pairs{{"a", "1"}, {"b", "x; \"y\""}, {"c", "d=e"}}));
  EXPECT_EQ(loaded("$Version=1; a=1; $Path=/x; Secure; b="), (Pairs{{"a", "1"}, {"b", ""}}));
  EXPECT_EQ(loaded("a=1; b"), Pairs{});
  EXPECT_EQ(loaded("path=/; a=1"), Pairs{});
  EXPECT_EQ(loaded("a=1; expires=Wed, 01-Jan-98 00:00:00 GMT; b=2"), (Pairs{{"a", "1"}, {"b", "2"}}));
  const SimpleCookie cookie("a=1; Path=\"/x\"; httponly");
  EXPECT_EQ(cookie["a"].OutputString(), "a=1; HttpOnly; Path=/x");
}

TEST(SimpleCookie, a_long_hostile_header_takes_one_pass) {
  EXPECT_EQ(loaded(std::string(200000, '=') + "\""), Pairs{});
}

TEST(Quote, is_undone_by_unquote) {
  for (const std::string_view text : {"plain", "", "a b", "\"\\;,", "\u00e9\u20ac\x01\x7f"}) {
    EXPECT_EQ(_unquote(_quote(text)), text);
  }
  EXPECT_EQ(_quote("\u00e9\u20ac"), "\"\\351\u20ac\"");
}

TEST(CookieParser, takes_everything_and_the_last_of_a_name) {
  EXPECT_EQ(cookie_parser("a=1; b = \"x\\054\" ;c; a=2;;=;d="), (Pairs{{"a", "2"}, {"b", "x,"}, {"", "c"}, {"d", ""}}));
}

}  // namespace
}  // namespace krait::http::cookies
