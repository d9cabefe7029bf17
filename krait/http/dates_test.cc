#include "krait/http/dates.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"

namespace krait::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr sys_seconds rfc_example = sys_days{1994y / 11 / 6} + 8h + 49min + 37s;
constexpr sys_seconds year_2024 = sys_days{2024y / 6 / 1} + 0s;

TEST(HttpDate, writes_the_example_of_the_rfc) { EXPECT_EQ(http_date(rfc_example), "Sun, 06 Nov 1994 08:49:37 GMT"); }

TEST(HttpDate, writes_the_edges_of_its_range) {
  EXPECT_EQ(http_date(sys_seconds{0s}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(sys_days{0y / 1 / 1}), "Sat, 01 Jan 0000 00:00:00 GMT");
  EXPECT_EQ(http_date(sys_days{9999y / 12 / 31} + 23h + 59min + 59s), "Fri, 31 Dec 9999 23:59:59 GMT");
  EXPECT_EQ(http_date(sys_days{2000y / 2 / 29} + 1s), "Tue, 29 Feb 2000 00:00:01 GMT");
}

TEST(HttpDate, refuses_a_year_that_four_digits_cannot_hold) {
  EXPECT_THROW(http_date(sys_days{10000y / 1 / 1}), ValueError);
  EXPECT_THROW(http_date(sys_days{-1y / 12 / 31}), ValueError);
}

TEST(HttpDate, reads_all_three_formats) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), rfc_example);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", year_2024), rfc_example);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), rfc_example);
  EXPECT_EQ(parse_http_date("Wed Nov 16 08:49:37 1994"), rfc_example + std::chrono::days(10));
}

TEST(HttpDate, a_two_digit_year_lies_at_most_fifty_years_ahead) {
  EXPECT_EQ(parse_http_date("Friday, 01-Jan-74 00:00:00 GMT", year_2024), sys_seconds(sys_days{2074y / 1 / 1}));
  EXPECT_EQ(parse_http_date("Friday, 01-Jan-75 00:00:00 GMT", year_2024), sys_seconds(sys_days{1975y / 1 / 1}));
}

TEST(HttpDate, reads_back_what_it_wrote) {
  for (sys_seconds time = sys_days{1899y / 12 / 31} + 11s; time < sys_days{2101y / 1 / 1}; time += 1234567s) {
    EXPECT_EQ(parse_http_date(http_date(time)), time);
  }
}

TEST(HttpDate, a_leap_second_counts_as_the_next_minute) {
  EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT"), sys_seconds(sys_days{2017y / 1 / 1}));
}

TEST(HttpDate, refuses_what_is_no_date) {
  for (std::string_view text : {
           "",
           "Sun",
           "Sun, 06 Nov 1994 08:49:37",
           "Sun, 06 Nov 1994 08:49:37 UTC",
           "Sun, 06 Nov 1994 08:49:37 GMT ",
           " Sun, 06 Nov 1994 08:49:37 GMT",
           "sun, 06 nov 1994 08:49:37 gmt",
           "Sun, 6 Nov 1994 08:49:37 GMT",
           "Sun, 06 anF 1994 08:49:37 GMT",
           "Sun, 31 Feb 1994 08:49:37 GMT",
           "Sun, 00 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 1994 24:49:37 GMT",
           "Sun, 06 Nov 1994 08:60:37 GMT",
           "Sun, 06 Nov 1994 08:49:61 GMT",
           "Sun, 06 Nov 1994 -8:49:37 GMT",
           "Sun, 06 Nov +994 08:49:37 GMT",
           "Sunday, 06-Nov-1994 08:49:37 GMT",
           "Sun Nov 6 08:49:37 1994",
           "784111777",
       }) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace krait::http
