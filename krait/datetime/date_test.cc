#include "krait/datetime/date.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "krait/builtins/exceptions.h"
#include "krait/time/local_zone.h"

namespace krait::datetime {
namespace {

using namespace std::chrono_literals;

std::string fault(auto call) {
  try {
    call();
  } catch (const ValueError& error) {
    return error.what();
  } catch (const OverflowError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

const date kFriday(2023, 9, 15);

TEST(Date, is_a_day_that_there_is) {
  EXPECT_EQ(fault([] { date(0, 1, 1); }), "year 0 is out of range");
  EXPECT_EQ(fault([] { date(10000, 1, 1); }), "year 10000 is out of range");
  EXPECT_EQ(fault([] { date(2023, 13, 1); }), "month must be in 1..12");
  EXPECT_EQ(fault([] { date(2023, 2, 29); }), "day is out of range for month");
  EXPECT_EQ(date(2024, 2, 29).day(), 29);
}

TEST(Date, is_printed_as_python_prints_it) {
  EXPECT_EQ(str(kFriday), "2023-09-15");
  EXPECT_EQ(repr(kFriday), "datetime.date(2023, 9, 15)");
  EXPECT_EQ(str(date(1, 2, 3)), "0001-02-03");
  EXPECT_EQ(kFriday.ctime(), "Fri Sep 15 00:00:00 2023");
  EXPECT_EQ(date(1, 2, 3).ctime(), "Sat Feb  3 00:00:00 0001");
  EXPECT_EQ(kFriday.strftime("%d %b %Y %f|%z|%Z"), "15 Sep 2023 000000||");
}

TEST(Date, counts_from_the_first_day_of_year_one) {
  EXPECT_EQ(date::min().toordinal(), 1);
  EXPECT_EQ(date::max().toordinal(), 3652059);
  for (std::int64_t day = 1; day <= 3652059; day += 97) EXPECT_EQ(date::fromordinal(day).toordinal(), day);
  EXPECT_EQ(fault([] { date::fromordinal(0); }), "ordinal must be >= 1");
  EXPECT_EQ(fault([] { date::fromordinal(3652060); }), "year 10000 is out of range");
}

TEST(Date, knows_its_weekday_and_its_iso_week) {
  EXPECT_EQ(kFriday.weekday(), 4);
  EXPECT_EQ(kFriday.isoweekday(), 5);
  EXPECT_EQ(repr(kFriday.isocalendar()), "datetime.IsoCalendarDate(year=2023, week=37, weekday=5)");
  EXPECT_EQ(date(2021, 1, 1).isocalendar(), (IsoCalendarDate{2020, 53, 5}));
  EXPECT_EQ(date(2024, 12, 31).isocalendar(), (IsoCalendarDate{2025, 1, 2}));
  EXPECT_EQ(date::max().isocalendar(), (IsoCalendarDate{9999, 52, 5}));
  EXPECT_EQ(str(date::min().isocalendar()), "datetime.IsoCalendarDate(year=1, week=1, weekday=1)");
}

TEST(Date, is_found_by_its_iso_week) {
  EXPECT_EQ(date::fromisocalendar(2023, 37, 5), kFriday);
  EXPECT_EQ(fault([] { date::fromisocalendar(2023, 53, 1); }), "Invalid week: 53");
  EXPECT_EQ(fault([] { date::fromisocalendar(2023, 1, 8); }), "Invalid day: 8 (range is [1, 7])");
  EXPECT_EQ(fault([] { date::fromisocalendar(0, 1, 1); }), "Year is out of range: 0");
  EXPECT_EQ(fault([] { date::fromisocalendar(9999, 52, 7); }), "year 10000 is out of range");
}

TEST(Date, is_read_in_the_forms_of_iso) {
  for (const char* text : {"2023-09-15", "20230915", "2023-W37-5", "2023W375"}) {
    EXPECT_EQ(date::fromisoformat(text), kFriday) << text;
  }
  EXPECT_EQ(date::fromisoformat("2023-W37"), date(2023, 9, 11));
  EXPECT_EQ(date::fromisoformat("2023W37"), date(2023, 9, 11));
  for (const char* text : {"", "x", "2023-9-15", "2023-09-1", "2023-001", "2023-W54-1", "2023-W37-8", "2023/09/15"}) {
    EXPECT_EQ(fault([&] { date::fromisoformat(text); }), "Invalid isoformat string: '" + std::string(text) + "'");
  }
  EXPECT_EQ(fault([] { date::fromisoformat("2023-13-01"); }), "month must be in 1..12");
}

TEST(Date, is_moved_by_whole_days) {
  EXPECT_EQ(kFriday + timedelta(30), date(2023, 10, 15));
  EXPECT_EQ(timedelta(-15) + kFriday, date(2023, 8, 31));
  EXPECT_EQ(kFriday - timedelta(0, 82800), kFriday);
  EXPECT_EQ(kFriday + timedelta({.hours = -1}), date(2023, 9, 14));
  EXPECT_EQ(kFriday - date(2023, 1, 1), timedelta(257));
  EXPECT_EQ(fault([] { date::max() + timedelta(1); }), "date value out of range");
  EXPECT_EQ(fault([] { date::min() - timedelta(1); }), "date value out of range");
  date moved = kFriday;
  moved += timedelta(1);
  moved -= timedelta(2);
  EXPECT_EQ(moved, date(2023, 9, 14));
}

TEST(Date, is_compared_and_hashed) {
  EXPECT_LT(date(2023, 9, 14), kFriday);
  EXPECT_EQ(std::hash<date>()(kFriday), std::hash<date>()(date(2023, 9, 15)));
}

TEST(Date, is_replaced_by_a_copy) {
  EXPECT_EQ(kFriday.replace({.month = 2}), date(2023, 2, 15));
  EXPECT_EQ(fault([] { (void)kFriday.replace({.year = 0}); }), "year 0 is out of range");
}

TEST(Date, of_a_timestamp_is_the_local_day) {
  setenv("TZ", "Asia/Shanghai", 1);
  krait::time::tzset();
  EXPECT_EQ(date::fromtimestamp(1694793600), date(2023, 9, 16));
  EXPECT_EQ(fault([] { date::fromtimestamp(1e12); }), "year 33658 is out of range");
  EXPECT_EQ(fault([] { date::fromtimestamp(1e20); }), "timestamp out of range for platform time_t");
  EXPECT_GE(date::today(), kFriday);
}

TEST(Date, is_a_struct_time_at_midnight) {
  EXPECT_EQ(kFriday.timetuple(), (krait::time::struct_time{2023, 9, 15, 0, 0, 0, 4, 258, -1}));
}

TEST(Date, comes_from_chrono_and_goes_there) {
  EXPECT_EQ(date(2023y / 9 / 15), kFriday);
  EXPECT_EQ(date(std::chrono::sys_days(2023y / 9 / 15)), kFriday);
  EXPECT_EQ(kFriday.to_chrono(), 2023y / 9 / 15);
  EXPECT_EQ(fault([] { date(2023y / 2 / 30); }), "day is out of range for month");
}

}  // namespace
}  // namespace krait::datetime
