#include "krait/web/datastructures.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"

namespace krait::web {
namespace {

TEST(MutableHeaders, are_the_lines_that_are_sent) {
  MutableHeaders headers;
  headers.append("X-One", "1");
  headers.append("Set-Cookie", "a=1");
  headers.append("set-cookie", "b=2");
  EXPECT_EQ(headers._lines(), "x-one: 1\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n");
  EXPECT_EQ(headers.get("SET-COOKIE"), "a=1");
  EXPECT_EQ(headers.getlist("set-cookie"), (std::vector<std::string_view>{"a=1", "b=2"}));
  EXPECT_EQ(headers.get("x-two"), std::nullopt);
}

TEST(MutableHeaders, set_replaces_every_field_of_the_name) {
  MutableHeaders headers;
  headers.append("a", "1");
  headers.append("b", "2");
  headers.append("A", "3");
  headers.set("a", *headers.get("b"));
  EXPECT_EQ(headers._lines(), "b: 2\r\na: 2\r\n");
  headers.setdefault("a", "x");
  headers.setdefault("c", "y");
  EXPECT_EQ(headers._lines(), "b: 2\r\na: 2\r\nc: y\r\n");
  EXPECT_TRUE(headers.erase("B"));
  EXPECT_FALSE(headers.erase("B"));
  EXPECT_EQ(headers.items().size(), 2u);
}

TEST(MutableHeaders, refuse_to_be_split_by_a_line_break) {
  MutableHeaders headers;
  EXPECT_THROW(headers.set("x", "a\r\nset-cookie: evil=1"), ValueError);
  EXPECT_THROW(headers.set("x", "a\nb"), ValueError);
  EXPECT_THROW(headers.append("x", std::string_view("a\0b", 3)), ValueError);
  EXPECT_THROW(headers.append("x y", "a"), ValueError);
  EXPECT_THROW(headers.append("", "a"), ValueError);
  EXPECT_TRUE(headers.empty());
}

TEST(MutableHeaders, know_which_of_the_server_s_fields_they_have) {
  MutableHeaders headers;
  headers.append("Date", "now");
  headers.append("CONTENT-LENGTH", "5");
  headers.append("serves", "x");
  EXPECT_TRUE(headers._has(MutableHeaders::Date));
  EXPECT_TRUE(headers._has(MutableHeaders::ContentLength));
  EXPECT_FALSE(headers._has(MutableHeaders::Server));
  headers.erase("date");
  EXPECT_FALSE(headers._has(MutableHeaders::Date));
  headers.clear();
  EXPECT_FALSE(headers._has(MutableHeaders::ContentLength));
}

TEST(MutableHeaders, vary_on_each_thing_once) {
  MutableHeaders headers;
  headers.add_vary_header("Accept");
  headers.add_vary_header("Origin");
  headers.add_vary_header("accept");
  EXPECT_EQ(headers.getlist("vary"), std::vector<std::string_view>{"Accept, Origin"});
}

TEST(MultiDict, lets_the_last_of_equal_names_count) {
  MultiDict pairs;
  pairs._add({"a", "1"});
  pairs._add({"b", "2"});
  pairs._add({"a", "3"});
  EXPECT_EQ(pairs["a"], "3");
  EXPECT_EQ(pairs.getlist("a"), (std::vector<std::string_view>{"1", "3"}));
  EXPECT_EQ(pairs.get("c", "none"), "none");
  EXPECT_THROW(pairs["c"], KeyError);
}

TEST(Headers, let_the_first_of_equal_names_count_whatever_its_case) {
  const http::Header fields[] = {{"X-Token", "1"}, {"x-token", "2"}};
  const Headers headers(fields);
  EXPECT_EQ(headers["x-TOKEN"], "1");
  EXPECT_EQ(headers.getlist("X-Token"), (std::vector<std::string_view>{"1", "2"}));
  EXPECT_THROW(headers["y"], KeyError);
}

}  // namespace
}  // namespace krait::web
