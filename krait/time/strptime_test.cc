#include "krait/time/strptime.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "krait/builtins/exceptions.h"
#include "krait/time/local_zone.h"

namespace krait::time {
namespace {

std::string fault(std::string_view string, std::string_view format) {
  try {
    strptime(string, format);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

struct_time at(int year, int month, int day, int hour, int minute, int second, int weekday, int yearday) {
  return {year, month, day, hour, minute, second, weekday, yearday, -1};
}

TEST(Strptime, reads_what_strftime_writes) {
  EXPECT_EQ(strptime("2023-09-15 14:46:37", "%Y-%m-%d %H:%M:%S"), at(2023, 9, 15, 14, 46, 37, 4, 258));
  EXPECT_EQ(strptime("Fri Sep 15 14:46:37 2023"), at(2023, 9, 15, 14, 46, 37, 4, 258));
  EXPECT_EQ(strptime("09/15/23 14:46:37", "%x %X"), at(2023, 9, 15, 14, 46, 37, 4, 258));
  EXPECT_EQ(strptime("friday, 15 SEPTEMBER 23 2pm", "%A, %d %B %y %I%p"), at(2023, 9, 15, 14, 0, 0, 4, 258));
}

TEST(Strptime, needs_no_leading_zero) {
  EXPECT_EQ(strptime("2023-9-5", "%Y-%m-%d"), at(2023, 9, 5, 0, 0, 0, 1, 248));
  EXPECT_EQ(strptime("Mon Sep  4 1:2:3 2023", "%c"), at(2023, 9, 4, 1, 2, 3, 0, 247));
}

TEST(Strptime, takes_any_white_space_for_white_space) {
  EXPECT_EQ(strptime("2023 \t\n 09\xe3\x80\x80"
                     "15",
                     "%Y %m %d"),
            at(2023, 9, 15, 0, 0, 0, 4, 258));
  EXPECT_EQ(fault("\t\xe2", " "), "unconverted data remains: \xe2");
  EXPECT_EQ(fault("2023", "%Y "), "time data '2023' does not match format '%Y '");
}

TEST(Strptime, tries_a_shorter_number_when_the_longer_one_does_not_fit) {
  EXPECT_EQ(strptime("311", "%d%m"), at(1900, 1, 31, 0, 0, 0, 2, 31));
  EXPECT_EQ(strptime("31", "%d%m"), at(1900, 1, 3, 0, 0, 0, 2, 3));
  EXPECT_EQ(strptime("1112", "%H%M%S").tm_sec, 2);
}

TEST(Strptime, puts_two_digit_years_between_1969_and_2068) {
  EXPECT_EQ(strptime("68", "%y").tm_year, 2068);
  EXPECT_EQ(strptime("69", "%y").tm_year, 1969);
}

TEST(Strptime, finds_the_date_by_the_day_of_the_year_or_of_a_week) {
  EXPECT_EQ(strptime("2024 366", "%Y %j"), at(2024, 12, 31, 0, 0, 0, 1, 366));
  EXPECT_EQ(strptime("2023 366", "%Y %j").tm_year, 2024);
  EXPECT_EQ(strptime("2023 37 5", "%Y %U %w"), at(2023, 9, 15, 0, 0, 0, 4, 258));
  EXPECT_EQ(strptime("2023 37 Fri", "%Y %W %a"), at(2023, 9, 15, 0, 0, 0, 4, 258));
  EXPECT_EQ(strptime("2023 0 6", "%Y %W %w"), at(2022, 12, 31, 0, 0, 0, 5, 365));
  EXPECT_EQ(strptime("2023-W37-5", "%G-W%V-%u"), at(2023, 9, 15, 0, 0, 0, 4, 258));
}

TEST(Strptime, wants_the_whole_of_an_iso_date) {
  EXPECT_EQ(fault("2023 5", "%G %u"),
            "ISO year directive '%G' must be used with the ISO week directive '%V' and a weekday directive ('%A', "
            "'%a', '%w', or '%u').");
  EXPECT_EQ(fault("37 5", "%V %u"),
            "ISO week directive '%V' must be used with the ISO year directive '%G' and a weekday directive ('%A', "
            "'%a', '%w', or '%u').");
  EXPECT_EQ(fault("2023 37 5", "%Y %V %u"),
            "ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO year '%G' instead.");
  EXPECT_EQ(fault("2023 53 5", "%G %V %u"), "Invalid week: 53");
}

TEST(Strptime, allows_a_leap_second_and_the_leap_day_without_a_year) {
  EXPECT_EQ(strptime("61", "%S").tm_sec, 61);
  EXPECT_EQ(strptime("29 02", "%d %m"), at(1900, 2, 29, 0, 0, 0, 0, 60));
}

TEST(Strptime, reads_offsets) {
  EXPECT_EQ(strptime("+05:30", "%z").tm_gmtoff, 19800);
  EXPECT_EQ(strptime("-0800", "%z").tm_gmtoff, -28800);
  EXPECT_EQ(strptime("Z", "%z").tm_gmtoff, 0);
  EXPECT_EQ(strptime("+01:02:03.5", "%z").tm_gmtoff, 3723);
  EXPECT_EQ(fault("+01:0203", "%z"), "Inconsistent use of : in +01:0203");
  EXPECT_EQ(fault("z", "%z"), "time data 'z' does not match format '%z'");
}

TEST(Strptime, knows_the_names_of_the_local_zone) {
  setenv("TZ", "America/New_York", 1);
  tzset();
  EXPECT_EQ(strptime("est", "%Z").tm_isdst, 0);
  EXPECT_EQ(strptime("EDT", "%Z").tm_isdst, 1);
  EXPECT_EQ(strptime("UTC", "%Z").tm_isdst, 0);
  EXPECT_EQ(strptime("EDT", "%Z").tm_zone, "EDT");
  EXPECT_EQ(fault("CST", "%Z"), "time data 'CST' does not match format '%Z'");
}

TEST(Strptime, says_what_does_not_fit) {
  EXPECT_EQ(fault("bad", "%Y"), "time data 'bad' does not match format '%Y'");
  EXPECT_EQ(fault("2023x", "%Y"), "unconverted data remains: x");
  EXPECT_EQ(fault("it's\n", "%Y"), "time data \"it's\\n\" does not match format '%Y'");
  EXPECT_EQ(fault("31 2 2023", "%d %m %Y"), "day is out of range for month");
  EXPECT_EQ(fault("0000", "%Y"), "year 0 is out of range");
  EXPECT_EQ(fault("9999 366", "%Y %j"), "year 10000 is out of range");
}

TEST(Strptime, names_a_bad_directive) {
  EXPECT_EQ(fault("", "%Y-%d-%d %H:%M:%s"), "'s' is a bad directive in format '%Y-%d-%d %H:%M:%s'");
  EXPECT_EQ(fault("", "%Y %"), "stray % in format '%Y %'");
  EXPECT_EQ(fault("", "% Y"), "'%' is a bad directive in format '% Y'");
  EXPECT_EQ(fault("", "%."), "'%' is a bad directive in format '%.'");
  EXPECT_EQ(fault("", "%é"), "'é' is a bad directive in format '%é'");
}

TEST(Strptime, names_a_directive_that_stands_twice) {
  EXPECT_EQ(fault("", "%Y-%d-%d"), "duplicate directive %d in format '%Y-%d-%d'");
  EXPECT_EQ(fault("", "%c %H"), "duplicate directive %H in format '%c %H'");
}

TEST(Strptime, is_not_slow_for_a_text_that_nearly_fits) {
  const std::string digits(10000, '1');
  EXPECT_NE(fault(digits, "%d%m%H%M%S%j%U%W%w%u%y%Y%f%I%G%V%z"), "nothing was thrown");
  EXPECT_NE(fault(std::string(1000000, ' '), " x"), "nothing was thrown");
}

}  // namespace
}  // namespace krait::time
