#include "krait/http/email_dates.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"

namespace krait::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr sys_seconds kExample = sys_days{1994y / 11 / 6} + 8h + 49min + 37s;

TEST(ParsedateToTime, reads_every_spelling_of_a_date) {
  for (const char* text : {
           "Sun, 06 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 1994 09:49:37 +0100",
           "sun,06 nov 94 03:49:37 EST",
           "6 November 1994 08:49:37 -0000",
           "Nov 6, 1994 08:49:37",
           "Sunday, 06-Nov-94 08:49:37 GMT",
           "Sun Nov  6 08:49:37 1994",
           "Sun, 06 Nov 1994 08.49.37 z",
           "Sun, 06 Nov 1994 05:19:37-0330",
       }) {
    EXPECT_EQ(parsedate_to_time(text), kExample) << text;
  }
}

TEST(ParsedateTz, tells_a_zone_from_none) {
  EXPECT_EQ(parsedate_tz("06 Nov 1994 08:49 +0000")->utc_offset, 0s);
  EXPECT_EQ(parsedate_tz("06 Nov 1994 08:49 -0330")->utc_offset, -(3h + 30min));
  EXPECT_EQ(parsedate_tz("06 Nov 1994 08:49 -0000")->utc_offset, std::nullopt);
  EXPECT_EQ(parsedate_tz("06 Nov 1994 08:49 XYZ")->utc_offset, std::nullopt);
  EXPECT_EQ(parsedate_tz("06 Nov 1994 08:49")->utc_offset, std::nullopt);
}

TEST(ParsedateTz, refuses_what_is_no_date) {
  for (const char* text : {"", " ", "Sun,", "06 Nov 1994", "06 Foo 1994 08:49", "x Nov 1994 08:49", "06 Nov 1994 0849",
                           "06 Nov 1994 08:49:37:01", ", Nov 1994 08:49"})
    EXPECT_FALSE(parsedate_tz(text)) << text;
}

std::string fault(const char* text) {
  try {
    parsedate_to_time(text);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "none";
}

TEST(ParsedateToTime, refuses_a_time_that_does_not_exist) {
  EXPECT_EQ(fault("soon"), "Invalid date value or format \"soon\"");
  EXPECT_EQ(fault("06 Nov 1994 24:00 GMT"), "hour must be in 0..23");
  EXPECT_EQ(fault("06 Nov 1994 08:60 GMT"), "minute must be in 0..59");
  EXPECT_EQ(fault("06 Nov 1994 08:49:60 GMT"), "second must be in 0..59");
  EXPECT_EQ(fault("30 Feb 2024 08:49 GMT"), "day is out of range for month");
  EXPECT_EQ(fault("29 Feb 2024 08:49 GMT"), "none");
  EXPECT_EQ(fault("06 Nov 10000 08:49 GMT"), "year 10000 is out of range");
}

TEST(Formatdate, writes_what_parsedate_reads) {
  EXPECT_EQ(formatdate(kExample), "Sun, 06 Nov 1994 08:49:37 -0000");
  EXPECT_EQ(formatdate(kExample, true), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parsedate_to_time(formatdate(kExample)), kExample);
  EXPECT_THROW(formatdate(sys_days{0y / 12 / 31}), ValueError);
}

}  // namespace
}  // namespace krait::http
