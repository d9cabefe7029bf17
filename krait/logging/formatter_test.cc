#include "krait/logging/formatter.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"

namespace krait::logging {
namespace {

LogRecord record_of(std::string msg = "hello") {
  LogRecord record("shop", 20, "/src/shop.cc", 41, std::move(msg), {}, {}, "cook");
  record.created = 1700000000.0625;
  record.msecs = 62;
  record.relativeCreated = 1234.5;
  return record;
}

std::string format(std::string fmt, FormatterOptions options = {}) {
  try {
    Formatter formatter(std::move(fmt), std::move(options));
    formatter.converter = gmtime;
    LogRecord record = record_of();
    return formatter.format(record);
  } catch (const Exception& error) {
    return error.what();
  }
}

TEST(Formatter, knows_the_three_styles) {
  EXPECT_EQ(format(""), "hello");
  EXPECT_EQ(format("%(asctime)s %(levelname)-8s|%(lineno)05d %(message)s"),
            "2023-11-14 22:13:20,062 INFO    |00041 hello");
  EXPECT_EQ(format("{asctime} {levelname:<8}|{lineno:05d} {message!r:>8} {{}}", {.style = '{'}),
            "2023-11-14 22:13:20,062 INFO    |00041  'hello' {}");
  EXPECT_EQ(format("$asctime ${levelname} $$ $message", {.style = '$'}), "2023-11-14 22:13:20,062 INFO $ hello");
  EXPECT_EQ(format("{msecs:03.0f} {relativeCreated:,.2f} {lineno:#x} {process:>0}", {.style = '{'}).substr(0, 17),
            "062 1,234.50 0x29");
}

TEST(Formatter, writes_the_time_as_it_is_told) {
  EXPECT_EQ(format("%(asctime)s", {.datefmt = "%d/%m %H:%M"}), "14/11 22:13");
  Formatter formatter("%(asctime)s");
  formatter.converter = gmtime;
  formatter.default_msec_format = "";
  LogRecord record = record_of();
  EXPECT_EQ(formatter.format(record), "2023-11-14 22:13:20");
  formatter.default_msec_format = "%s.%03dZ";
  formatter.default_time_format = "%H:%M";
  EXPECT_EQ(formatter.format(record), "22:13.062Z");
  EXPECT_EQ(record.asctime, "22:13.062Z");
}

TEST(Formatter, refuses_a_format_that_is_none_of_its_style) {
  EXPECT_EQ(format("%"), "Invalid format '%' for '%' style");
  EXPECT_EQ(format("{message}"), "Invalid format '{message}' for '%' style");
  EXPECT_EQ(format("x", {.style = '{'}), "invalid format: no fields");
  EXPECT_EQ(format("{message", {.style = '{'}), "invalid format: expected '}' before end of string");
  EXPECT_EQ(format("}", {.style = '{'}), "invalid format: Single '}' encountered in format string");
  EXPECT_EQ(format("{", {.style = '{'}), "invalid format: Single '{' encountered in format string");
  EXPECT_EQ(format("{message!x}", {.style = '{'}), "invalid format: invalid conversion: 'x'");
  EXPECT_EQ(format("{process:.2ff}", {.style = '{'}), "invalid format: bad specifier: '.2ff'");
  EXPECT_EQ(format("{name-thing}", {.style = '{'}), "invalid format: invalid field name/expression: 'name-thing'");
  EXPECT_EQ(format("$ $message", {.style = '$'}), "invalid format: bare '$' not allowed");
  EXPECT_EQ(format("none", {.style = '$'}), "invalid format: no fields");
  EXPECT_EQ(format("%(message)s", {.style = '!'}), "Style must be one of: %,{,$");
  EXPECT_EQ(format("no field", {.validate = false}), "no field");
}

TEST(Formatter, names_a_field_that_the_record_does_not_have) {
  EXPECT_EQ(format("%(user)s"), "Formatting field not found in record: 'user'");
  EXPECT_EQ(format("{user}", {.style = '{'}), "Formatting field not found in record: 'user'");
  EXPECT_EQ(format("$user", {.style = '$'}), "Formatting field not found in record: 'user'");
  EXPECT_EQ(format("%(user)s", {.defaults = {{"user", "nobody"}}}), "nobody");
  EXPECT_EQ(format("%(message)s", {.defaults = {{"message", "never"}}}), "hello");
  EXPECT_EQ(format("{message:d}", {.style = '{'}), "Unknown format code 'd' for object of type 'str'");
}

TEST(Formatter, appends_the_exception_and_the_stack_on_lines_of_their_own) {
  LogRecord record = record_of("broken");
  record.exc_info = std::make_exception_ptr(ValueError("bad"));
  record.stack_info = "Stack (most recent call last):\n  here";
  Formatter formatter;
  const std::string text = formatter.format(record);
  EXPECT_TRUE(text.starts_with("broken\nTraceback (most recent call last):\n")) << text;
  EXPECT_TRUE(text.ends_with("\nValueError: bad\nStack (most recent call last):\n  here")) << text;
  record.exc_text = "kept";
  EXPECT_EQ(formatter.format(record), "broken\nkept\nStack (most recent call last):\n  here");
}

TEST(BufferingFormatter, formats_many) {
  std::vector<LogRecord> records{record_of("a"), record_of("b")};
  EXPECT_EQ(BufferingFormatter().format(records), "ab");
  std::vector<LogRecord> none;
  EXPECT_EQ(BufferingFormatter().format(none), "");
}

}  // namespace
}  // namespace krait::logging
