#include "krait/logging/value.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "krait/builtins/repr.h"

namespace shop {
struct Order {
  int number;
};
std::string str(const Order& order) { return "order " + std::to_string(order.number); }
std::string repr(const Order& order) { return "Order(" + std::to_string(order.number) + ")"; }
}  // namespace shop

namespace krait::logging {
namespace {

using namespace std::chrono_literals;

TEST(Value, has_the_str_and_the_repr_of_python) {
  EXPECT_EQ(Value(true).str(), "True");
  EXPECT_EQ(Value(-5).repr(), "-5");
  EXPECT_EQ(Value(~0ull).str(), "18446744073709551615");
  EXPECT_EQ(Value(1e16).str(), "1e+16");
  EXPECT_EQ(Value(2.0f).str(), "2.0");
  EXPECT_EQ(Value("it's \"so\"\n").repr(), "'it\\'s \"so\"\\n'");
  EXPECT_EQ(Value("it's").repr(), "\"it's\"");
  EXPECT_EQ(Value(std::string("\x01\xff\u00e9\u200b", 7)).repr(), "'\\x01\\udcff\u00e9\\u200b'");
  EXPECT_EQ(krait::ascii("\u00e9\u20ac\U0001f600"), "'\\xe9\\u20ac\\U0001f600'");
  EXPECT_EQ(Value(static_cast<const char*>(nullptr)).str(), "None");
}

TEST(Value, shows_what_holds_other_values) {
  EXPECT_EQ(Value(std::vector<std::string>{"a", "b"}).str(), "['a', 'b']");
  EXPECT_EQ(Value(std::set<int>{2, 1}).str(), "{1, 2}");
  EXPECT_EQ(Value(std::set<int>{}).str(), "set()");
  EXPECT_EQ(Value(std::pair(1, "x")).str(), "(1, 'x')");
  EXPECT_EQ(Value(std::tuple(1)).str(), "(1,)");
  EXPECT_EQ(Value(std::map<int, double>{{1, 2.5}}).str(), "{1: 2.5}");
  EXPECT_EQ(Value(std::optional<int>()).str(), "None");
  EXPECT_EQ(Value(std::optional<int>(3)).str(), "3");
  EXPECT_EQ((Dict{{"a", 1}, {"b", "x"}, {"a", 2}}).str(), "{'a': 2, 'b': 'x'}");
}

TEST(Value, shows_objects_by_their_str) {
  EXPECT_EQ(Value(shop::Order{7}).str(), "order 7");
  EXPECT_EQ(Value(shop::Order{7}).repr(), "Order(7)");
  EXPECT_EQ(Value(std::vector{shop::Order{7}}).str(), "[Order(7)]");
  EXPECT_EQ(Value(ValueError("bad")).str(), "bad");
  EXPECT_EQ(Value(ValueError("bad")).repr(), "ValueError('bad')");
  EXPECT_EQ(Value(std::make_exception_ptr(ValueError())).repr(), "ValueError()");
  EXPECT_EQ(Value(KeyError("k")).repr(), "KeyError('k')");
  EXPECT_EQ(Value(std::filesystem::path("/tmp/x")).repr(), "PosixPath('/tmp/x')");
  EXPECT_EQ(Value(1500ms).str(), "0:00:01.500000");
  EXPECT_EQ(Value(-1s).str(), "-1 day, 23:59:59");
  EXPECT_EQ(Value(49h).repr(), "datetime.timedelta(days=2, seconds=3600)");
}

TEST(Value, compares_numbers_of_different_kinds) {
  EXPECT_EQ(Value(1), Value(1u));
  EXPECT_EQ(Value(true), Value(1));
  EXPECT_FALSE(Value(-1) == Value(~0ull));
  EXPECT_FALSE(Value("1") == Value(1));
}

TEST(Dict, is_ordered_and_has_one_value_a_key) {
  Dict dict{{"b", 1}, {"a", 2}};
  dict.set("b", 3).update({{"c", 4}});
  EXPECT_EQ(dict.str(), "{'b': 3, 'a': 2, 'c': 4}");
  EXPECT_THROW(dict.at("d"), KeyError);
}

}  // namespace
}  // namespace krait::logging
