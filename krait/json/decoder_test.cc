#include "krait/json/decoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "krait/json/encoder.h"

namespace krait::json {
namespace {

using namespace std::string_view_literals;

std::string error_of(std::string_view document) {
  try {
    loads(document);
  } catch (const std::exception& error) {
    return type_name(std::current_exception()) + ": " + error.what();
  }
  return "nothing was thrown";
}

TEST(Loads, gives_each_of_python_s_types) {
  EXPECT_TRUE(loads("null").is_null());
  EXPECT_EQ(loads(" true ").as_bool(), true);
  EXPECT_EQ(loads("-0").as_int(), 0);
  EXPECT_EQ(loads("9223372036854775807").as_int(), INT64_MAX);
  EXPECT_EQ(loads("1.5e3").as_float(), 1500.0);
  EXPECT_TRUE(loads("1e5").is_float());
  EXPECT_EQ(loads("\"a\\n\\u00e4\\ud83d\\ude00\\/\"").as_string(), "a\n\xc3\xa4\xf0\x9f\x98\x80/");
  EXPECT_EQ(loads("[1, [2], {}]").size(), 3u);
  EXPECT_EQ(loads(R"({"a": {"b": [null]}})")["a"]["b"][0], Value());
}

TEST(Loads, keeps_an_int_of_any_size_exactly) {
  const Value big = loads("-123456789012345678901234567890");
  EXPECT_EQ(big.type(), Value::Type::BigInt);
  EXPECT_EQ(big.as_big_int(), "-123456789012345678901234567890");
  EXPECT_EQ(dumps(big), "-123456789012345678901234567890");
  EXPECT_THROW(big.as_int(), OverflowError);
  EXPECT_EQ(error_of(std::string(4301, '1')),
            "ValueError: Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits; use "
            "sys.set_int_max_str_digits() to increase the limit");
}

TEST(Loads, reads_floats_to_the_last_digit_and_past_the_ends_of_their_range) {
  EXPECT_EQ(loads("0.1").as_float(), 0.1);
  EXPECT_EQ(loads("1.7976931348623157e308").as_float(), 1.7976931348623157e308);
  EXPECT_EQ(loads("5e-324").as_float(), 5e-324);
  EXPECT_EQ(loads("-1e400").as_float(), -INFINITY);
  EXPECT_EQ(loads("1e-400").as_float(), 0.0);
  EXPECT_EQ(loads("1e99999999999999999999").as_float(), INFINITY);
  EXPECT_EQ(loads("1" + std::string(400, '0') + ".0").as_float(), INFINITY);
  EXPECT_EQ(loads("0." + std::string(400, '0') + "1").as_float(), 0.0);
  EXPECT_EQ(loads("0." + std::string(400, '0') + "1e402").as_float(), 10.0);
  EXPECT_TRUE(std::isnan(loads("NaN").as_float()));
  EXPECT_EQ(loads("-Infinity").as_float(), -INFINITY);
}

TEST(Loads, lets_the_last_of_equal_keys_count_at_the_first_one_s_place) {
  EXPECT_EQ(dumps(loads(R"({"a":1,"b":2,"a":3})")), R"({"a":3,"b":2})");
}

// Texts and positions of CPython 3.13.
TEST(Loads, says_what_python_says_is_wrong_and_where) {
  EXPECT_EQ(error_of(""), "JSONDecodeError: Expecting value: line 1 column 1 (char 0)");
  EXPECT_EQ(error_of("  "), "JSONDecodeError: Expecting value: line 1 column 3 (char 2)");
  EXPECT_EQ(error_of("{bad"),
            "JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)");
  EXPECT_EQ(error_of("{"),
            "JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)");
  EXPECT_EQ(error_of("{\"a\" 1}"), "JSONDecodeError: Expecting ':' delimiter: line 1 column 6 (char 5)");
  EXPECT_EQ(error_of("{\"a\":1 \"b\"}"), "JSONDecodeError: Expecting ',' delimiter: line 1 column 8 (char 7)");
  EXPECT_EQ(error_of("{\"a\":1,}"),
            "JSONDecodeError: Illegal trailing comma before end of object: line 1 column 7 (char 6)");
  EXPECT_EQ(error_of("[1,\n ]"),
            "JSONDecodeError: Illegal trailing comma before end of array: line 1 column 3 (char 2)");
  EXPECT_EQ(error_of("[1\n,\n x]"), "JSONDecodeError: Expecting value: line 3 column 2 (char 6)");
  EXPECT_EQ(error_of("[1 2]"), "JSONDecodeError: Expecting ',' delimiter: line 1 column 4 (char 3)");
  EXPECT_EQ(error_of("1 2"), "JSONDecodeError: Extra data: line 1 column 3 (char 2)");
  EXPECT_EQ(error_of("01"), "JSONDecodeError: Extra data: line 1 column 2 (char 1)");
  EXPECT_EQ(error_of("-"), "JSONDecodeError: Expecting value: line 1 column 1 (char 0)");
  EXPECT_EQ(error_of("\"a"), "JSONDecodeError: Unterminated string starting at: line 1 column 1 (char 0)");
  EXPECT_EQ(error_of("\"a\\"), "JSONDecodeError: Unterminated string starting at: line 1 column 1 (char 0)");
  EXPECT_EQ(error_of("\"a\x01\""), "JSONDecodeError: Invalid control character at: line 1 column 3 (char 2)");
  EXPECT_EQ(error_of("\"\\x\""), "JSONDecodeError: Invalid \\escape: line 1 column 2 (char 1)");
  EXPECT_EQ(error_of("\"\\u12g4\""), "JSONDecodeError: Invalid \\uXXXX escape: line 1 column 3 (char 2)");
  EXPECT_EQ(error_of("\"\\u1234"), "JSONDecodeError: Invalid \\uXXXX escape: line 1 column 3 (char 2)");
}

TEST(Loads, counts_positions_in_code_points_and_offsets_in_bytes) {
  try {
    loads("[\"\xc3\xa4\xf0\x9f\x98\x80\",\nx]");
    FAIL();
  } catch (const JSONDecodeError& error) {
    EXPECT_EQ(error.msg, "Expecting value");
    EXPECT_EQ(error.pos, 7u);
    EXPECT_EQ(error.offset, 11u);
    EXPECT_EQ(error.lineno, 2u);
    EXPECT_EQ(error.colno, 1u);
  }
}

TEST(Loads, takes_the_encodings_that_python_detects) {
  EXPECT_EQ(loads("\xef\xbb\xbf[1]").size(), 1u);
  EXPECT_EQ(loads("\xff\xfe\"\0\xe4\0\"\0"sv).as_string(), "\xc3\xa4");
  EXPECT_EQ(loads("\0\"\xd8\x3d\xde\0\0\""sv).as_string(), "\xf0\x9f\x98\x80");
  EXPECT_EQ(loads("1\0\0\0"sv).as_int(), 1);
  EXPECT_EQ(loads("\0\0\xfe\xff\0\0\0001"sv).as_int(), 1);
  EXPECT_EQ(error_of("\xff\xfe\"\0x"sv),
            "UnicodeDecodeError: 'utf-16-le' codec can't decode byte 0x78 in position 4: truncated data");
}

TEST(Loads, refuses_what_is_no_utf8_as_python_does) {
  EXPECT_EQ(error_of("\"\xff\""),
            "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 1: invalid start byte");
  EXPECT_EQ(error_of("\"\xe2\x82\""),
            "UnicodeDecodeError: 'utf-8' codec can't decode bytes in position 1-2: invalid continuation byte");
  EXPECT_EQ(error_of("\"\xc3"),
            "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xc3 in position 1: unexpected end of data");
}

TEST(Loads, stops_at_a_depth_and_not_before) {
  const std::string deep = std::string(max_depth, '[') + std::string(max_depth, ']');
  EXPECT_EQ(dumps(loads(deep)), deep);
  EXPECT_EQ(error_of("[" + deep + "]"),
            "RecursionError: maximum recursion depth exceeded while decoding a JSON array from a unicode string");
  std::string objects;
  for (std::size_t i = 0; i < max_depth + 1; ++i) objects += "{\"a\":";
  EXPECT_EQ(error_of(objects),
            "RecursionError: maximum recursion depth exceeded while decoding a JSON object from a unicode string");
}

TEST(Loads, keeps_a_lone_surrogate_which_dumps_refuses) {
  const Value lone = loads("\"\\ud800\"");
  EXPECT_EQ(lone.as_string(), "\xed\xa0\x80");
  EXPECT_EQ(lone.size(), 1u);
  EXPECT_THROW(dumps(lone), UnicodeEncodeError);
}

TEST(Loads, joins_equal_keys_however_many_there_are) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i)
    text.append("\"key").append(std::to_string(i % 300)).append("\":").append(std::to_string(i)).append(",");
  text.back() = '}';
  const Value value = loads(text);
  EXPECT_EQ(value.size(), 300u);
  EXPECT_EQ(value["key0"].as_int(), 900);
  EXPECT_EQ(value["key299"].as_int(), 899);
  EXPECT_EQ(value.as_object().begin()->first, "key0");
}

// Alike in their first and last bytes and their length, as somebody may choose them.
TEST(Loads, takes_keys_that_were_chosen_to_look_alike) {
  std::string text = "{";
  for (int i = 100'000; i < 120'000; ++i) text.append("\"prefix__").append(std::to_string(i)).append("__suffix\":1,");
  text.back() = '}';
  EXPECT_EQ(loads(text).size(), 20'000u);
}

TEST(Loads, finds_what_ends_a_string_at_every_place) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text(size, 'x');
    EXPECT_EQ(loads("\"" + text + "\"").as_string(), text);
    EXPECT_EQ(loads("\"" + text + "\\n" + text + "\"").as_string(), text + "\n" + text);
    EXPECT_EQ(loads("[\"" + text + "\xe6\x97\xa5" + text + "\"]")[0].as_string(), text + "\xe6\x97\xa5" + text);
    EXPECT_EQ(error_of("[\"" + text + "\n\"]"), "JSONDecodeError: Invalid control character at: line 1 column " +
                                                    std::to_string(size + 3) + " (char " + std::to_string(size + 2) +
                                                    ")");
  }
}

TEST(LoadsOptions, hooks_replace_dicts_and_numbers) {
  EXPECT_EQ(dumps(loads(R"({"a": {"b": 1}})", {.object_hook = [](Object o) -> Value { return o.size(); }})), "1");
  EXPECT_EQ(dumps(loads("[1.10, 2]", {.parse_float = [](std::string_view digits) -> Value { return digits; }})),
            R"(["1.10",2])");
  EXPECT_EQ(dumps(loads(std::string(5000, '1'),
                        {.parse_int = [](std::string_view digits) -> Value { return digits.size(); }})),
            "5000");
  EXPECT_EQ(dumps(loads("[NaN, -Infinity]", {.parse_constant = [](std::string_view name) -> Value { return name; }})),
            R"(["NaN","-Infinity"])");
  EXPECT_EQ(dumps(loads(R"({"a": 1, "a": 2})",
                        {.object_pairs_hook = [](std::vector<Object::Item> pairs) -> Value { return pairs.size(); }})),
            "2");
}

TEST(LoadsOptions, what_a_hook_throws_leaves_loads) {
  EXPECT_THROW(loads("[NaN]", {.parse_constant = [](std::string_view) -> Value { throw KeyError("no"); }}), KeyError);
}

TEST(LoadsOptions, not_strict_lets_control_characters_be) {
  EXPECT_EQ(loads("\"a\n\t\"", {.strict = false}).as_string(), "a\n\t");
}

TEST(Loads, refuses_a_bom_in_what_is_known_to_be_text) {
  EXPECT_EQ(loads(u8"[\"鍵\"]")[0].as_string(), "\xe9\x8d\xb5");
  try {
    loads(u8"\ufeff[]");
    FAIL();
  } catch (const JSONDecodeError& error) {
    EXPECT_STREQ(error.what(), "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)");
    EXPECT_EQ(error.doc, "\xef\xbb\xbf[]");
  }
}

TEST(Load, reads_a_stream_to_its_end) {
  std::istringstream fp("\xef\xbb\xbf[1, 2]");
  EXPECT_EQ(load(fp).size(), 2u);
}

TEST(JSONDecoder, reads_the_value_that_begins_somewhere) {
  JSONDecoder decoder;
  const auto [value, end] = decoder.raw_decode("x [1] y", 2);
  EXPECT_EQ(dumps(value), "[1]");
  EXPECT_EQ(end, 5u);
  EXPECT_THROW(decoder.raw_decode(" 1"), JSONDecodeError);
  EXPECT_THROW(decoder.raw_decode("1", 9), JSONDecodeError);
  EXPECT_EQ(decoder.decode(" {} \n").size(), 0u);
}

TEST(Loads, refuses_a_million_brackets) {
  EXPECT_THROW(loads(std::string(1'000'000, '[')), RecursionError);
  std::string objects;
  for (int i = 0; i < 1'000'000; ++i) objects += "{\"a\":";
  EXPECT_THROW(loads(objects), RecursionError);
}

}  // namespace
}  // namespace krait::json
