#include "krait/json/value.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <map>
#include <thread>

#include "krait/builtins/exceptions.h"
#include "krait/json/decoder.h"
#include "krait/json/encoder.h"

namespace krait::json {
namespace {

template <class E>
std::string error_of(auto function) {
  try {
    function();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

struct Point {
  int x, y;
};
KRAIT_DESCRIBE(Point, x, y);

TEST(Object, keeps_the_order_of_insertion_and_finds_its_keys) {
  Object o{{"b", 1}, {"a", 2}, {"b", 3}};
  EXPECT_EQ(dumps(o), R"({"b":3,"a":2})");
  o["c"] = "new";
  EXPECT_EQ(o.at("c").as_string(), "new");
  EXPECT_TRUE(o.contains("a"));
  EXPECT_FALSE(o.contains("d"));
  EXPECT_EQ(o.find("d"), nullptr);
  EXPECT_EQ(error_of<KeyError>([&] { o.at("d"); }), "'d'");
  EXPECT_TRUE(o.erase("b"));
  EXPECT_FALSE(o.erase("b"));
  EXPECT_EQ(dumps(o), R"({"a":2,"c":"new"})");
}

TEST(Object, finds_each_of_many_keys_while_it_grows_and_shrinks) {
  Object o;
  for (int i = 0; i < 1000; ++i) {
    o.set("k" + std::to_string(i), i);
    ASSERT_EQ(o.at("k" + std::to_string(i / 2)).as_int(), i / 2);
  }
  for (int i = 0; i < 1000; i += 2) ASSERT_TRUE(o.erase("k" + std::to_string(i)));
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(o.contains("k" + std::to_string(i)), i % 2 == 1) << i;
  EXPECT_EQ(o.size(), 500u);
  o.clear();
  EXPECT_FALSE(o.contains("k1"));
}

TEST(Object, compares_without_order) {
  EXPECT_EQ((Object{{"a", 1}, {"b", 2}}), (Object{{"b", 2}, {"a", 1}}));
  EXPECT_FALSE((Object{{"a", 1}}) == (Object{{"a", 1}, {"b", 2}}));
  EXPECT_FALSE((Object{{"a", 1}}) == (Object{{"b", 1}}));
}

TEST(Value, compares_numbers_as_python_does) {
  EXPECT_EQ(Value(1), Value(1.0));
  EXPECT_EQ(Value(1), Value(true));
  EXPECT_EQ(Value(0.0), Value(false));
  EXPECT_FALSE(Value(9007199254740993) == Value(9007199254740992.0));
  EXPECT_FALSE(Value(1) == Value("1"));
  EXPECT_FALSE(Value() == Value(0));
  EXPECT_EQ(Value::big_int("123456789012345678901"), Value::big_int("0123456789012345678901"));
  EXPECT_EQ(Value::big_int("42"), Value(42));
}

TEST(Value, an_unsigned_number_keeps_its_value) {
  EXPECT_EQ(Value(UINT64_MAX).as_big_int(), "18446744073709551615");
  EXPECT_EQ(Value(std::uint64_t{7}).as_int(), 7);
  EXPECT_EQ(Value(UINT64_MAX).as_float(), 18446744073709551615.0);
}

TEST(Value, says_which_type_it_is_instead) {
  EXPECT_EQ(error_of<TypeError>([] { Value("a").as_int(); }), "cannot read a str as int");
  EXPECT_EQ(error_of<TypeError>([] { Value(1).as_string(); }), "cannot read an int as str");
  EXPECT_EQ(error_of<TypeError>([] { Value()["a"]; }), "cannot read a NoneType as dict");
  EXPECT_EQ(error_of<TypeError>([] { (void)Value(1).size(); }), "object of type 'int' has no len()");
  EXPECT_EQ(error_of<IndexError>([] { Value(Array{1})[1]; }), "list index out of range");
  EXPECT_EQ(error_of<ValueError>([] { Value::big_int("1x"); }), "invalid literal for int() with base 10: '1x'");
}

TEST(Value, counts_code_points_elements_and_keys) {
  EXPECT_EQ(Value("\xc3\xa4\xf0\x9f\x98\x80").size(), 2u);
  EXPECT_EQ(Value(Array{1, 2}).size(), 2u);
  EXPECT_EQ(Value(Object{{"a", 1}}).size(), 1u);
}

TEST(Value, is_made_of_whatever_json_can_hold) {
  EXPECT_EQ(dumps(Value(std::optional<std::string>())), "null");
  EXPECT_EQ(dumps(Value(std::optional<std::string>("x"))), "\"x\"");
  EXPECT_EQ(dumps(Value(Point{1, 2})), R"({"x":1,"y":2})");
  EXPECT_EQ(dumps(Value(std::vector<Point>{{1, 2}})), R"([{"x":1,"y":2}])");
  EXPECT_EQ(dumps(Value(std::map<std::string, double>{{"a", 0.5}})), R"({"a":0.5})");
  EXPECT_EQ(dumps(Value(std::string_view("view"))), "\"view\"");
}

TEST(Value, can_be_assigned_a_part_of_itself) {
  Value v = Array{Array{1, 2}, "x"};
  v = Value(v[0]);
  EXPECT_EQ(dumps(v), "[1,2]");
  v = std::move(v.as_array()[1]);
  EXPECT_EQ(dumps(v), "2");
  Value nested = Object{{"a", Object{{"b", 7}}}};
  nested = std::move(nested.as_object()["a"]);
  EXPECT_EQ(dumps(nested), R"({"b":7})");
}

TEST(Value, a_copy_is_its_own) {
  Value a = Object{{"list", Array{1}}};
  Value b = a;
  b.as_object()["list"].as_array().push_back(2);
  EXPECT_EQ(dumps(a), R"({"list":[1]})");
  EXPECT_EQ(dumps(b), R"({"list":[1,2]})");
}

TEST(Value, compares_big_ints_with_floats_exactly) {
  EXPECT_EQ(Value::big_int("100000000000000000000"), Value(1e20));
  EXPECT_EQ(Value(-1e30), Value::big_int("-1000000000000000019884624838656"));
  EXPECT_FALSE(Value::big_int("100000000000000000001") == Value(1e20));
  EXPECT_FALSE(Value::big_int("100000000000000000000") == Value(std::numeric_limits<double>::infinity()));
}

Value nested(std::size_t depth) {
  Value value = 1;
  for (std::size_t i = 0; i < depth; ++i) {
    if (i % 2 == 0) {
      Array list;
      list.push_back(std::move(value));
      value = std::move(list);
    } else {
      Object object;
      object.set("a", std::move(value));
      value = std::move(object);
    }
  }
  return value;
}

TEST(Value, nested_a_million_deep_is_moved_and_destroyed) {
  Value deep = nested(1'000'000);
  const Value moved = std::move(deep);
  EXPECT_TRUE(deep.is_null());
  EXPECT_TRUE(moved.is_object());
}

TEST(Value, nested_too_deep_cannot_be_copied_compared_or_written) {
  const Value deep = nested(100'000), other = nested(100'000);
  EXPECT_EQ(error_of<RecursionError>([&] { const Value copy = deep; }), "maximum recursion depth exceeded");
  EXPECT_EQ(error_of<RecursionError>([&] { (void)(deep == other); }), "maximum recursion depth exceeded in comparison");
  EXPECT_EQ(error_of<RecursionError>([&] { dumps(deep); }),
            "maximum recursion depth exceeded while encoding a JSON object");
}

TEST(Value, nested_as_deep_as_loads_allows_and_deeper_is_copied_compared_and_written) {
  const Value deep = nested(4000);
  const Value copy = deep;
  EXPECT_EQ(copy, deep);
  EXPECT_EQ(dumps(copy).size(), 2000 * 2 + 2000 * 6 + 1u);
}

TEST(Object, is_looked_into_by_several_threads_at_once) {
  std::string text = "{";
  for (int i = 0; i < 100; ++i) text += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":" + std::to_string(i);
  const Value value = loads(text + "}");
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) wrong += value["k" + std::to_string(i)].as_int() != i;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Object, finds_a_key_after_it_was_copied_moved_and_changed) {
  Object o;
  for (int i = 0; i < 50; ++i) o.set("k" + std::to_string(i), i);
  ASSERT_TRUE(o.contains("k49"));
  const Object copy = o;
  EXPECT_EQ(copy.at("k7").as_int(), 7);
  Object moved = std::move(o);
  moved.set("new", 1);
  moved.erase("k3");
  EXPECT_EQ(moved.at("new").as_int(), 1);
  EXPECT_FALSE(moved.contains("k3"));
  EXPECT_EQ(moved.at("k49").as_int(), 49);
  EXPECT_FALSE(copy == moved);
}

}  // namespace
}  // namespace krait::json
