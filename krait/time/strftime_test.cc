#include "krait/time/strftime.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "krait/builtins/exceptions.h"
#include "krait/time/local_zone.h"

namespace krait::time {
namespace {

const struct_time kFriday{2023, 9, 15, 14, 6, 7, 4, 258, 0};

template <class E>
std::string message(auto call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Strftime, writes_every_directive) {
  EXPECT_EQ(strftime("%Y-%m-%d %H:%M:%S", kFriday), "2023-09-15 14:06:07");
  EXPECT_EQ(strftime("%a %A %b %B %h", kFriday), "Fri Friday Sep September Sep");
  EXPECT_EQ(strftime("%c|%x|%X|%D|%F|%T|%R|%r", kFriday),
            "Fri Sep 15 14:06:07 2023|09/15/23|14:06:07|09/15/23|2023-09-15|14:06:07|14:06|02:06:07 PM");
  EXPECT_EQ(strftime("%C %y %G %g %V %U %W %j %u %w", kFriday), "20 23 2023 23 37 37 37 258 5 5");
  EXPECT_EQ(strftime("%e %I %l %k %p %P%n%t%%", kFriday), "15 02  2 14 PM pm\n\t%");
}

TEST(Strftime, leaves_flags_and_widths_to_the_c_library) {
  EXPECT_EQ(strftime("%-m %_d %5Y %^a", kFriday), "9 15 02023 FRI");
  EXPECT_EQ(strftime("%EY %Od", kFriday), "2023 15");
}

TEST(Strftime, keeps_what_is_no_directive) {
  EXPECT_EQ(strftime("%Q%:z %f %", kFriday), "%Q%:z %f %");
  EXPECT_EQ(strftime("年%Y月%m", kFriday), "年2023月09");
  EXPECT_EQ(strftime("", kFriday), "");
}

TEST(Strftime, does_not_pad_a_year) {
  EXPECT_EQ(strftime("%Y %F", {5, 1, 1, 0, 0, 0, 0, 1, 0}), "5 5-01-01");
  EXPECT_EQ(strftime("%Y %y", {-1, 1, 1, 0, 0, 0, 0, 1, 0}), "-1 99");
  EXPECT_EQ(strftime("%Y", {12345, 1, 1, 0, 0, 0, 0, 1, 0}), "12345");
}

TEST(Strftime, knows_the_weeks_of_iso_at_both_ends_of_a_year) {
  EXPECT_EQ(strftime("%G-W%V-%u", {2021, 1, 1, 0, 0, 0, 4, 1, 0}), "2020-W53-5");
  EXPECT_EQ(strftime("%G-W%V-%u", {2024, 12, 31, 0, 0, 0, 1, 366, 0}), "2025-W01-2");
}

TEST(Strftime, takes_the_zone_of_the_time_or_else_the_local_one) {
  setenv("TZ", "America/New_York", 1);
  tzset();
  EXPECT_EQ(strftime("%Z %z", localtime(1694760884)), "EDT -0400");
  EXPECT_EQ(strftime("%Z %z", kFriday), "EST +0000");
  struct_time unknown = kFriday;
  unknown.tm_isdst = -1;
  EXPECT_EQ(strftime("%Z%z", unknown), "");
}

TEST(Strftime, refuses_what_it_cannot_write) {
  EXPECT_EQ(message<ValueError>([] { strftime("%Y", {.tm_year = 2023, .tm_mon = 13}); }), "month out of range");
  EXPECT_EQ(message<ValueError>([] { strftime(std::string_view("a\0b", 3), kFriday); }), "embedded null character");
  EXPECT_EQ(message<ValueError>([] { strftime("%999999999Y", kFriday); }),
            "cannot format '%999999999Y': it makes more than 65536 characters");
}

}  // namespace
}  // namespace krait::time
