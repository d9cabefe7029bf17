#include "krait/urllib/parse/query.h"

#include <gtest/gtest.h>

#include <map>

#include "krait/builtins/exceptions.h"

namespace krait::urllib::parse {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

TEST(ParseQsl, gives_names_and_values_in_order) {
  EXPECT_EQ(parse_qsl("a=1&b=x+y%21&a=2&c=&d&=e&"), (Fields{{"a", "1"}, {"b", "x y!"}, {"a", "2"}, {"", "e"}}));
  EXPECT_EQ(parse_qsl("c=&d&&e==", {.keep_blank_values = true}), (Fields{{"c", ""}, {"d", ""}, {"e", "="}}));
  EXPECT_EQ(parse_qsl("a=1;b=2", {.separator = ";"}), (Fields{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(parse_qsl(""), Fields{});
}

std::string refused(std::string_view qs, const QueryOptions& options) {
  try {
    parse_qsl(qs, options);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

TEST(ParseQsl, refuses_what_it_is_told_to) {
  EXPECT_EQ(refused("a=1&b", {.strict_parsing = true}), "bad query field: 'b'");
  EXPECT_EQ(refused("a=1&", {.strict_parsing = true}), "bad query field: ''");
  EXPECT_EQ(refused("a&b&c", {.max_num_fields = 2}), "Max number of fields exceeded");
  EXPECT_EQ(refused("a&b&c", {.max_num_fields = 3}), "");
  EXPECT_EQ(refused("a", {.separator = ""}), "Separator must be of type string or bytes.");
}

TEST(ParseQs, collects_the_values_of_a_name) {
  const Query query = parse_qs("b=1&a=2&b=3");
  EXPECT_EQ(query["b"], (std::vector<std::string>{"1", "3"}));
  EXPECT_EQ(query.begin()->first, "b");
  EXPECT_EQ(query.find("c"), nullptr);
  EXPECT_THROW(query["c"], KeyError);
}

TEST(Urlencode, takes_pairs_maps_and_lists) {
  EXPECT_EQ(urlencode({{"a", 1}, {"b c", "x y/"}, {"d", true}, {"e", 1.5}}), "a=1&b+c=x+y%2F&d=True&e=1.5");
  EXPECT_EQ(urlencode(std::map<std::string, int>{{"z", 1}, {"a", 2}}), "a=2&z=1");
  EXPECT_EQ(urlencode({{"a", std::vector<int>{1, 2}}, {"b", std::vector<std::string>{}}}, {.doseq = true}), "a=1&a=2");
  EXPECT_EQ(urlencode({{"a", "x y/"}}, {.safe = "/", .quote_via = quote}), "a=x%20y/");
  EXPECT_THROW(urlencode({{"a", std::vector<int>{1}}}), TypeError);
}

}  // namespace
}  // namespace krait::urllib::parse
