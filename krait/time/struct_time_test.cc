#include "krait/time/struct_time.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/print.h"
#include "krait/time/local_zone.h"

namespace krait::time {
namespace {

using namespace std::chrono_literals;

template <class E>
std::string message(auto call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

constexpr std::array<int, 9> kFriday{2023, 9, 15, 14, 46, 37, 4, 258, 0};

TEST(StructTime, is_printed_as_python_prints_it) {
  EXPECT_EQ(krait::str(gmtime(1694760884).tm_year), "2023");
  EXPECT_EQ(repr(gmtime(1694760884)),
            "time.struct_time(tm_year=2023, tm_mon=9, tm_mday=15, tm_hour=6, tm_min=54, tm_sec=44, tm_wday=4, "
            "tm_yday=258, tm_isdst=0)");
}

TEST(StructTime, is_made_of_nine_numbers) {
  const struct_time t = struct_time::from(kFriday);
  EXPECT_EQ(t.tm_mon, 9);
  EXPECT_EQ(t[7], 258);
  EXPECT_FALSE(t.tm_zone);
  EXPECT_EQ(message<TypeError>([] { struct_time::from(std::array{1, 2}); }),
            "time.struct_time() takes an at least 9-sequence (2-sequence given)");
  EXPECT_EQ(message<TypeError>([] { struct_time::from(std::vector<int>(12)); }),
            "time.struct_time() takes an at most 11-sequence (12-sequence given)");
  EXPECT_THROW(t[9], IndexError);
}

TEST(StructTime, is_compared_by_its_nine_numbers) {
  struct_time a = gmtime(0);
  struct_time b = a;
  b.tm_zone = "X";
  EXPECT_EQ(a, b);
  b.tm_sec = 1;
  EXPECT_LT(a, b);
}

TEST(Gmtime, drops_the_fraction_towards_the_past) {
  EXPECT_EQ(gmtime(1694760884.999).tm_sec, 44);
  EXPECT_EQ(gmtime(-1), (struct_time{1969, 12, 31, 23, 59, 59, 2, 365, 0}));
  EXPECT_EQ(gmtime(-1.5).tm_sec, 58);
  EXPECT_EQ(gmtime(-0.5).tm_sec, 59);
  EXPECT_EQ(gmtime(std::chrono::sys_time<std::chrono::milliseconds>(-1ms)).tm_sec, 59);
}

TEST(Gmtime, counts_weekdays_from_monday_and_days_from_one) {
  const struct_time t = gmtime(0);  // a Thursday
  EXPECT_EQ(t.tm_wday, 3);
  EXPECT_EQ(t.tm_yday, 1);
  EXPECT_EQ(gmtime(1735603200).tm_yday, 366);  // 2024-12-31
}

TEST(Gmtime, knows_its_zone) {
  EXPECT_EQ(gmtime(0).tm_zone, "GMT");
  EXPECT_EQ(gmtime(0).tm_gmtoff, 0);
}

TEST(Gmtime, refuses_what_no_clock_shows) {
  const std::string text = "timestamp out of range for platform time_t";
  EXPECT_EQ(message<OverflowError>([] { gmtime(1e20); }), text);
  EXPECT_EQ(message<OverflowError>([] { gmtime(std::numeric_limits<double>::infinity()); }), text);
  EXPECT_EQ(message<OverflowError>([] { gmtime(std::uint64_t{1} << 63U); }), text);
  EXPECT_EQ(message<ValueError>([] { gmtime(std::nan("")); }), "Invalid value NaN (not a number)");
  EXPECT_EQ(message<OSError>([] { gmtime(1e18); }), "[Errno 75] Value too large for defined data type");
}

TEST(Localtime, applies_the_zone) {
  setenv("TZ", "Asia/Shanghai", 1);
  tzset();
  const struct_time t = localtime(1694760884);
  EXPECT_EQ(t.tm_hour, 14);
  EXPECT_EQ(t.tm_zone, "CST");
  EXPECT_EQ(t.tm_gmtoff, 28800);
}

TEST(Mktime, is_the_inverse_of_localtime) {
  setenv("TZ", "America/New_York", 1);
  tzset();
  for (const double secs : {0.0, 1694760884.0, -1.0, -1e9}) EXPECT_EQ(mktime(localtime(secs)), secs);
}

TEST(Mktime, finds_out_about_summer_time_and_carries) {
  setenv("TZ", "America/New_York", 1);
  tzset();
  EXPECT_EQ(mktime({.tm_year = 2023, .tm_mon = 7, .tm_mday = 1, .tm_isdst = -1}), 1688184000.0);
  EXPECT_EQ(mktime({2023, 14, -5, 99, 0, 0, 0, 0, -1}), 1706601600.0);
}

TEST(Timegm, is_the_inverse_of_gmtime) {
  for (const std::int64_t secs : {0LL, 1694760884LL, -1LL, -62135596800LL, 253402300799LL}) {
    EXPECT_EQ(timegm(gmtime(secs)), secs);
  }
  EXPECT_EQ(message<ValueError>([] { timegm({.tm_year = 2023, .tm_mon = 13, .tm_mday = 1}); }),
            "month must be in 1..12");
}

TEST(Asctime, pads_the_day_with_a_blank) {
  EXPECT_EQ(asctime(kFriday), "Fri Sep 15 14:46:37 2023");
  EXPECT_EQ(asctime({2023, 9, 5, 4, 3, 2, 1, 1, 0}), "Tue Sep  5 04:03:02 2023");
}

TEST(Asctime, takes_a_zero_for_the_first_one) {
  EXPECT_EQ(asctime({2023, 0, 0, 4, 3, 2, 1, 0, 0}), "Tue Jan  1 04:03:02 2023");
}

TEST(Asctime, names_what_is_out_of_range) {
  const auto of = [](struct_time t) { return message<ValueError>([&] { asctime(t); }); };
  EXPECT_EQ(of({.tm_year = 2023, .tm_mon = 13}), "month out of range");
  EXPECT_EQ(of({.tm_year = 2023, .tm_mday = 32}), "day of month out of range");
  EXPECT_EQ(of({.tm_year = 2023, .tm_hour = 24}), "hour out of range");
  EXPECT_EQ(of({.tm_year = 2023, .tm_min = 60}), "minute out of range");
  EXPECT_EQ(of({.tm_year = 2023, .tm_sec = 62}), "seconds out of range");
  EXPECT_EQ(of({.tm_year = 2023, .tm_wday = -2}), "day of week out of range");
  EXPECT_EQ(of({.tm_year = 2023, .tm_yday = 367}), "day of year out of range");
  EXPECT_EQ(message<OverflowError>([] { asctime({.tm_year = std::numeric_limits<int>::min()}); }), "year out of range");
  EXPECT_EQ(message<TypeError>([] { asctime(std::array{1, 2}); }), "asctime(): illegal time tuple argument");
}

TEST(Ctime, is_asctime_of_localtime) {
  setenv("TZ", "Asia/Shanghai", 1);
  tzset();
  EXPECT_EQ(ctime(1694760884), "Fri Sep 15 14:54:44 2023");
  EXPECT_EQ(ctime(1694760884), asctime(localtime(1694760884)));
  EXPECT_EQ(ctime().size(), 24U);
}

}  // namespace
}  // namespace krait::time
