#include "krait/json/encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <random>
#include <sstream>
#include <unordered_map>

#include "krait/builtins/exceptions.h"

namespace krait::json {
namespace {

enum class Kind : std::uint8_t { noodle = 1, tea = 200 };
KRAIT_DESCRIBE_ENUM(Kind, noodle, tea);

struct Part {
  std::string name;
  Kind kind = Kind::tea;
};
KRAIT_DESCRIBE(Part, name, kind);

struct Everything {
  bool yes = true;
  std::int8_t tiny = -128;
  std::uint64_t huge = UINT64_MAX;
  long long large = -5;
  double number = 2.0;
  float small = 0.1f;
  std::optional<int> none;
  std::vector<Part> parts;
  std::map<std::string, std::vector<int>> lists;
  std::string_view view = "v";
  Value any;
  int class_ = 1;
};
KRAIT_DESCRIBE(Everything, yes, tiny, huge, large, number, small, none, parts, lists, view, any,
               (class_, .alias = "class"));

TEST(Dumps, writes_compactly_and_leaves_unicode_alone) {
  EXPECT_EQ(dumps(Object{{"a", 1}, {"b", Array{true, nullptr, "\xc3\xa4"}}}),
            "{\"a\":1,\"b\":[true,null,\"\xc3\xa4\"]}");
  EXPECT_EQ(dumps("plain"), "\"plain\"");
  EXPECT_EQ(dumps(std::vector<int>()), "[]");
  EXPECT_EQ(dumps(Object()), "{}");
}

TEST(Dumps, escapes_what_python_escapes) {
  std::string all;
  for (char c = 0; c < 0x20; ++c) all += c;
  EXPECT_EQ(
      dumps(all + "\"\\/\x7f"),
      "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f\\u0010\\u0011"
      "\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f"
      "\\\"\\\\/\x7f\"");
}

TEST(Dumps, writes_a_described_struct_with_all_that_it_may_hold) {
  Everything e;
  e.parts = {{"x"}, {"y", Kind::noodle}};
  e.lists["k\n"] = {1, 2};
  e.any = Object{{"deep", 1.5}};
  EXPECT_EQ(dumps(e),
            R"({"yes":true,"tiny":-128,"huge":18446744073709551615,"large":-5,"number":2.0,"small":0.1,"none":null,)"
            R"("parts":[{"name":"x","kind":"tea"},{"name":"y","kind":"noodle"}],"lists":{"k\n":[1,2]},"view":"v",)"
            R"("any":{"deep":1.5},"class":1})");
}

// repr(float) of CPython.
TEST(Dumps, writes_floats_as_python_s_repr) {
  const std::pair<double, const char*> pairs[] = {{0.0, "0.0"},
                                                  {-0.0, "-0.0"},
                                                  {1.0, "1.0"},
                                                  {-1.5, "-1.5"},
                                                  {0.1, "0.1"},
                                                  {1.0 / 3, "0.3333333333333333"},
                                                  {0.0001, "0.0001"},
                                                  {0.00001, "1e-05"},
                                                  {1.5e-7, "1.5e-07"},
                                                  {123456789.125, "123456789.125"},
                                                  {1e15, "1000000000000000.0"},
                                                  {9007199254740993.0, "9007199254740992.0"},
                                                  {1e16, "1e+16"},
                                                  {1.2345678901234568e17, "1.2345678901234568e+17"},
                                                  {1e22, "1e+22"},
                                                  {1e100, "1e+100"},
                                                  {5e-324, "5e-324"},
                                                  {1.7976931348623157e308, "1.7976931348623157e+308"},
                                                  {999999999.9999999, "999999999.9999999"},
                                                  {2.675, "2.675"}};
  for (const auto& [number, text] : pairs) EXPECT_EQ(dumps(number), text);
}

TEST(Dumps, writes_the_shortest_decimal_that_reads_back) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    double number =
        static_cast<double>(static_cast<std::int64_t>(random() % 2'000'000'000'000)) / std::pow(10, random() % 10);
    if (i % 2 != 0) {
      const std::uint64_t bits = random();
      std::memcpy(&number, &bits, sizeof number);
      if (!std::isfinite(number)) continue;
    }
    const std::string text = dumps(number);
    ASSERT_EQ(std::strtod(text.c_str(), nullptr), number) << text;
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.15g", number);
    const std::size_t significant = static_cast<std::size_t>(
        std::count_if(text.begin(), text.begin() + static_cast<long>(std::min(text.find('e'), text.size())),
                      [](char c) { return c >= '0' && c <= '9'; }));
    if (std::strtod(digits, nullptr) == number) ASSERT_LE(significant, 18u) << text;
  }
}

TEST(Dumps, refuses_nan_and_infinities_and_leaves_the_output_as_it_was) {
  std::string out = "kept";
  EXPECT_THROW(dump(std::vector<double>{1, NAN}, out), ValueError);
  EXPECT_THROW(dump(INFINITY, out), ValueError);
  EXPECT_EQ(out, "kept");
}

TEST(Dumps, refuses_a_string_that_is_no_utf8) {
  EXPECT_THROW(dumps("\xff"), UnicodeEncodeError);
  EXPECT_THROW(dumps("\xed\xa0\x80"), UnicodeEncodeError);
  EXPECT_THROW(dumps("\xc3"), UnicodeEncodeError);
  EXPECT_EQ(dumps("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\"");
}

TEST(Dumps, escapes_the_same_when_it_must_tell_a_client_what_it_sent) {
  const Value value = Array{"a\xff\xed\xa0\x80z", NAN};
  std::string out;
  _dump(_type<Value>, &value, out, _Invalid::Escape);
  EXPECT_EQ(out, "[\"a\xef\xbf\xbd\\ud800z\",null]");
}

TEST(Dumps, refuses_an_enum_without_a_name) { EXPECT_THROW(dumps(static_cast<Kind>(7)), ValueError); }

TEST(Dump, writes_a_dict_of_references_and_appends) {
  std::string out = "x";
  const std::string name = "tea";
  dump({{"id", 7}, {"name", name}, {"tags", std::vector<std::string>{"hot"}}, {"none", nullptr}}, out);
  EXPECT_EQ(out, R"(x{"id":7,"name":"tea","tags":["hot"],"none":null})");
}

TEST(Dump, gets_long_texts_through_whole) {
  for (std::size_t size : {500u, 511u, 512u, 513u, 1023u, 5000u}) {
    const std::string text(size, 'x');
    EXPECT_EQ(dumps(std::vector<std::string>{text, "y" + text + "\n"}), "[\"" + text + "\",\"y" + text + "\\n\"]");
  }
}

TEST(Dumps, takes_any_map_of_strings) {
  EXPECT_EQ(dumps(std::unordered_map<std::string, int>{{"a", 1}}), R"({"a":1})");
}

TEST(DumpsOptions, are_python_s_by_default) {
  EXPECT_EQ(dumps(Object{{"a", 1}, {"b", Array{true, nullptr, "\xc3\xa4\xf0\x9f\x98\x80\x7f"}}}, {}),
            R"({"a": 1, "b": [true, null, "\u00e4\ud83d\ude00\u007f"]})");
  EXPECT_EQ(dumps(Array{NAN, INFINITY, -INFINITY}, {}), "[NaN, Infinity, -Infinity]");
  EXPECT_EQ(dumps("\xed\xa0\x80", {}), "\"\\ud800\"");
}

TEST(DumpsOptions, indent_by_spaces_by_a_text_or_only_by_lines) {
  const Value value = Object{{"a", Array{1, Array{}}}, {"b", Object{}}};
  EXPECT_EQ(dumps(value, {.indent = 2}), "{\n  \"a\": [\n    1,\n    []\n  ],\n  \"b\": {}\n}");
  EXPECT_EQ(dumps(value, {.indent = "\t"}), "{\n\t\"a\": [\n\t\t1,\n\t\t[]\n\t],\n\t\"b\": {}\n}");
  EXPECT_EQ(dumps(value, {.indent = 0}), "{\n\"a\": [\n1,\n[]\n],\n\"b\": {}\n}");
}

TEST(DumpsOptions, sort_the_keys_of_dicts_maps_and_structs) {
  const std::unordered_map<std::string, int> map{{"b", 1}, {"a", 2}, {"c", 3}};
  EXPECT_EQ(dumps(map, {.sort_keys = true}), R"({"a": 2, "b": 1, "c": 3})");
  EXPECT_EQ(dumps(Object{{"b", 1}, {"a", Object{{"d", 1}, {"c", 2}}}}, {.sort_keys = true}),
            R"({"a": {"c": 2, "d": 1}, "b": 1})");
  EXPECT_EQ(dumps(Part{"x"}, {.sort_keys = true}), R"({"kind": "tea", "name": "x"})");
}

TEST(DumpsOptions, separators_may_be_of_any_length) {
  const std::string long_text(10'000, '~');
  EXPECT_EQ(dumps(Object{{"a", 1}, {"b", 2}}, {.separators = Separators{" " + long_text, "="}}),
            "{\"a\"=1 " + long_text + "\"b\"=2}");
}

TEST(DumpsOptions, name_the_float_that_they_do_not_allow) {
  try {
    dumps(Array{-INFINITY}, {.allow_nan = false});
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "Out of range float values are not JSON compliant: -inf");
  }
}

TEST(DumpsOptions, hold_for_structs_whose_keys_are_prepared_too) {
  EXPECT_EQ(dumps(std::vector<Part>{{"\xc3\xa4"}}, {.indent = 1}),
            "[\n {\n  \"name\": \"\\u00e4\",\n  \"kind\": \"tea\"\n }\n]");
}

TEST(Dump, writes_to_a_stream) {
  std::ostringstream fp;
  dump(Object{{"a", 1}}, fp);
  EXPECT_EQ(fp.str(), "{\"a\": 1}");
  EXPECT_EQ(JSONEncoder({.indent = 1}).encode(Array{1}), "[\n 1\n]");
}

TEST(Dumps, finds_what_must_be_escaped_at_every_place_of_a_text) {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '"';
      std::string wanted = "\"" + text + "\"";
      wanted.insert(at + 1, "\\");
      ASSERT_EQ(dumps(text), wanted);
      ASSERT_EQ(dumps(text, {}), wanted);
      ASSERT_EQ(dumps(Object{{text, 1}, {"b", text}}), "{" + wanted + ":1,\"b\":" + wanted + "}");
      text[at] = '\xff';
      ASSERT_THROW(dumps(text), UnicodeEncodeError);
      text.replace(at, 1, "\xe6\x97\xa5");
      ASSERT_EQ(dumps(text), "\"" + text + "\"");
      wanted = "\"" + text + "\"";
      ASSERT_EQ(dumps(text, {}), wanted.replace(at + 1, 3, "\\u65e5"));
    }
  }
}

// Each stretch is looked at once, wherever the fault stands.
TEST(Dumps, tells_a_client_of_a_long_text_with_a_fault_at_its_end) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += "\xe6\x97\xa5";
  const Value value = text + "\xed\xa0\x80" + text;
  std::string out;
  _dump(_type<Value>, &value, out, _Invalid::Escape);
  EXPECT_EQ(out, "\"" + text + "\\ud800" + text + "\"");
}

}  // namespace
}  // namespace krait::json
