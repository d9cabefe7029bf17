#include "krait/datetime/datetime.h"

#include <gtest/gtest.h>

#include <cmath>
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
  } catch (const TypeError& error) {
    return error.what();
  } catch (const OverflowError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

void set_zone(const char* name) {
  setenv("TZ", name, 1);
  krait::time::tzset();
}

timezone east(int hours) { return timezone(timedelta({.hours = hours})); }

const datetime kNaive(2023, 9, 15, 14, 46, 37);
const datetime kAware = kNaive.replace({.tzinfo = timezone::utc});

TEST(Datetime, takes_keywords_after_any_number) {
  EXPECT_EQ(datetime(2023, 9, 15, {.hour = 14, .minute = 46, .second = 37}), kNaive);
  EXPECT_EQ(datetime(2023, 9, 15, 14, 46, 37, {.tzinfo = timezone::utc}), kAware);
  EXPECT_EQ(datetime(2023, 9, 15, 14, 46, 37, 0, {.tzinfo = timezone::utc}), kAware);
  EXPECT_EQ(datetime(2023, 9, 15, 14, 46, {.fold = 1}).fold(), 1);
  EXPECT_EQ(fault([] { datetime(2023, 2, 30); }), "day is out of range for month");
  EXPECT_EQ(fault([] { datetime(2023, 2, 3, 4, 5, 60); }), "second must be in 0..59");
}

TEST(Datetime, is_printed_as_python_prints_it) {
  EXPECT_EQ(str(kNaive), "2023-09-15 14:46:37");
  EXPECT_EQ(repr(kAware), "datetime.datetime(2023, 9, 15, 14, 46, 37, tzinfo=datetime.timezone.utc)");
  EXPECT_EQ(repr(datetime(1, 1, 1)), "datetime.datetime(1, 1, 1, 0, 0)");
  EXPECT_EQ(repr(datetime(2023, 1, 1, 1, 2, 0, 4, None, 1)), "datetime.datetime(2023, 1, 1, 1, 2, 0, 4, fold=1)");
  EXPECT_EQ(kNaive.ctime(), "Fri Sep 15 14:46:37 2023");
}

TEST(Datetime, writes_iso_with_any_separator) {
  EXPECT_EQ(kAware.isoformat(), "2023-09-15T14:46:37+00:00");
  EXPECT_EQ(kNaive.isoformat("ሴ", "milliseconds"), "2023-09-15ሴ14:46:37.000");
  EXPECT_EQ(fault([] { (void)kNaive.isoformat("ab"); }), "isoformat() argument 1 must be a unicode character, not str");
}

TEST(Datetime, writes_any_format) {
  EXPECT_EQ(kAware.strftime("%d.%m.%Y %H:%M:%S.%f %z %:z %Z"), "15.09.2023 14:46:37.000000 +0000 +00:00 UTC");
  EXPECT_EQ(kNaive.strftime("%z%:z%Z%%"), "%");
  const timezone odd(timedelta({.hours = -5, .seconds = 7, .microseconds = 9}));
  EXPECT_EQ(kNaive.replace({.tzinfo = odd}).strftime("%z %:z"), "-045952.999991 -04:59:52.999991");
}

TEST(Datetime, reads_the_forms_of_iso) {
  const auto read = [](const char* text) { return repr(datetime::fromisoformat(text)).substr(18); };
  EXPECT_EQ(datetime::fromisoformat("2023-09-15T14:46:37Z"), kAware);
  EXPECT_EQ(read("2023-01-01T00:00:00.123456789"), "2023, 1, 1, 0, 0, 0, 123456)");
  EXPECT_EQ(read("20230101T000000.5+0530"),
            "2023, 1, 1, 0, 0, 0, 500000, tzinfo=datetime.timezone(datetime.timedelta(seconds=19800)))");
  EXPECT_EQ(read("2023-W01T10"), "2023, 1, 2, 10, 0)");
  EXPECT_EQ(read("2023W017T10"), "2023, 1, 8, 10, 0)");
  EXPECT_EQ(read("2023-W01-7ሴ10"), "2023, 1, 8, 10, 0)");
  EXPECT_EQ(read("2023-01-01"), "2023, 1, 1, 0, 0)");
  for (const char* text : {"", "x", "2023-01-01T", "2023-01-01T00:00z", "2023-01-01 10:30+"}) {
    EXPECT_EQ(fault([&] { datetime::fromisoformat(text); }), "Invalid isoformat string: '" + std::string(text) + "'");
  }
  EXPECT_EQ(fault([] { datetime::fromisoformat("2023-02-30T00:00"); }), "day is out of range for month");
  EXPECT_EQ(fault([] { datetime::fromisoformat("2023-01-01T00:00+24:00"); }),
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not "
            "datetime.timedelta(days=1).");
}

TEST(Datetime, reads_any_format) {
  EXPECT_EQ(datetime::strptime("2023-09-15 14:46:37", "%Y-%m-%d %H:%M:%S"), kNaive);
  EXPECT_EQ(repr(datetime::strptime("2023-09-15 1.25 +01:30", "%Y-%m-%d %S.%f %z")),
            "datetime.datetime(2023, 9, 15, 0, 0, 1, 250000, "
            "tzinfo=datetime.timezone(datetime.timedelta(seconds=5400)))");
  EXPECT_EQ(datetime::strptime("UTC +0000", "%Z %z").tzinfo()->repr(),
            "datetime.timezone(datetime.timedelta(0), 'UTC')");
  EXPECT_EQ(fault([] { datetime::strptime("60", "%S"); }), "second must be in 0..59");
  EXPECT_EQ(fault([] { datetime::strptime("29 02", "%d %m"); }), "day is out of range for month");
}

TEST(Datetime, refuses_to_order_naive_and_aware) {
  EXPECT_FALSE(kNaive == kAware);
  EXPECT_EQ(fault([] { (void)(kNaive < kAware); }), "can't compare offset-naive and offset-aware datetimes");
  EXPECT_EQ(fault([] { (void)(kNaive - kAware); }), "can't subtract offset-naive and offset-aware datetimes");
}

TEST(Datetime, of_different_zones_is_compared_and_subtracted_by_utc) {
  const datetime east_of_it(2023, 9, 15, 22, 46, 37, {.tzinfo = east(8)});
  EXPECT_EQ(east_of_it, kAware);
  EXPECT_EQ(east_of_it - kAware, timedelta());
  EXPECT_LT(east_of_it, kAware + timedelta::resolution());
  EXPECT_EQ(std::hash<datetime>()(east_of_it), std::hash<datetime>()(kAware));
}

TEST(Datetime, is_moved) {
  EXPECT_EQ(kNaive + timedelta(1, 36000, 5), datetime(2023, 9, 17, 0, 46, 37, 5));
  EXPECT_EQ(timedelta(-1) + kNaive, datetime(2023, 9, 14, 14, 46, 37));
  EXPECT_EQ(kNaive - timedelta::resolution(), datetime(2023, 9, 15, 14, 46, 36, 999999));
  datetime moved = kNaive;
  moved += timedelta(0, 0, 999999);
  moved -= timedelta(0, 0, 1000000);
  EXPECT_EQ(moved, datetime(2023, 9, 15, 14, 46, 36, 999999));
  EXPECT_EQ(fault([] { datetime::max() + timedelta::resolution(); }), "date value out of range");
  EXPECT_EQ(fault([] { datetime::min() - timedelta::resolution(); }), "date value out of range");
  EXPECT_EQ(fault([] { datetime::min() + timedelta::max(); }), "date value out of range");
}

TEST(Datetime, goes_to_another_zone) {
  EXPECT_EQ(kAware.astimezone(east(8)).isoformat(), "2023-09-15T22:46:37+08:00");
  EXPECT_EQ(fault([] { (void)datetime::max().replace({.tzinfo = timezone::utc}).astimezone(east(8)); }),
            "date value out of range");
  set_zone("Asia/Shanghai");
  EXPECT_EQ(repr(kAware.astimezone()),
            "datetime.datetime(2023, 9, 15, 22, 46, 37, "
            "tzinfo=datetime.timezone(datetime.timedelta(seconds=28800), 'CST'))");
  EXPECT_EQ(kNaive.astimezone(timezone::utc).isoformat(), "2023-09-15T06:46:37+00:00");
}

TEST(Datetime, comes_from_a_timestamp) {
  set_zone("Asia/Shanghai");
  EXPECT_EQ(datetime::fromtimestamp(1694760397), kNaive);
  EXPECT_EQ(datetime::fromtimestamp(1694789197, timezone::utc), kAware);
  EXPECT_EQ(datetime::utcfromtimestamp(-0.1), datetime(1969, 12, 31, 23, 59, 59, 900000));
  EXPECT_EQ(datetime::utcfromtimestamp(0.9999999), datetime(1970, 1, 1, 0, 0, 1));
  EXPECT_EQ(datetime::fromtimestamp(std::chrono::sys_time<std::chrono::nanoseconds>(-1ns), timezone::utc).microsecond(),
            999999);
  EXPECT_EQ(fault([] { datetime::fromtimestamp(1e12, timezone::utc); }), "year 33658 is out of range");
  EXPECT_EQ(fault([] { datetime::fromtimestamp(1e20); }), "timestamp out of range for platform time_t");
  EXPECT_EQ(fault([] { datetime::fromtimestamp(std::nan("")); }), "Invalid value NaN (not a number)");
}

TEST(Datetime, gives_its_timestamp) {
  EXPECT_EQ(kAware.timestamp(), 1694789197.0);
  set_zone("Asia/Shanghai");
  EXPECT_EQ(kNaive.timestamp(), 1694760397.0);
  EXPECT_EQ(datetime(1969, 12, 31, 23, 59, 59, 500000, timezone::utc).timestamp(), -0.5);
}

TEST(Datetime, of_a_local_clock_that_is_set_back_has_a_fold) {
  set_zone("America/New_York");
  const datetime first(2023, 11, 5, 1, 30);
  const datetime second = first.replace({.fold = 1});
  EXPECT_EQ(second.timestamp() - first.timestamp(), 3600.0);
  EXPECT_EQ(datetime::fromtimestamp(first.timestamp()).fold(), 0);
  EXPECT_EQ(datetime::fromtimestamp(second.timestamp()).fold(), 1);
  EXPECT_EQ(first.astimezone().isoformat(), "2023-11-05T01:30:00-04:00");
  EXPECT_EQ(second.astimezone().isoformat(), "2023-11-05T01:30:00-05:00");
}

TEST(Datetime, of_a_local_clock_that_skips_an_hour_goes_on) {
  set_zone("America/New_York");
  const datetime gap(2023, 3, 12, 2, 30);
  EXPECT_EQ(gap.astimezone().isoformat(), "2023-03-12T03:30:00-04:00");
  EXPECT_EQ(gap.replace({.fold = 1}).astimezone().isoformat(), "2023-03-12T01:30:00-05:00");
}

TEST(Datetime, is_put_together_and_taken_apart) {
  const krait::datetime::time clock(14, 46, 37, 0, timezone::utc);
  EXPECT_EQ(datetime::combine(date(2023, 9, 15), clock), kAware);
  EXPECT_EQ(datetime::combine(date(2023, 9, 15), clock, None), kNaive);
  EXPECT_EQ(kAware.date(), date(2023, 9, 15));
  EXPECT_EQ(kAware.time(), clock.replace({.tzinfo = None}));
  EXPECT_EQ(kAware.timetz(), clock);
  EXPECT_EQ(datetime::fromordinal(kNaive.toordinal()), datetime(2023, 9, 15));
  EXPECT_EQ(datetime::fromisocalendar(2023, 37, 5), datetime(2023, 9, 15));
  EXPECT_EQ(kNaive.weekday(), 4);
  EXPECT_EQ(kNaive.isocalendar().week, 37);
}

TEST(Datetime, becomes_a_struct_time) {
  EXPECT_EQ(kNaive.timetuple(), (krait::time::struct_time{2023, 9, 15, 14, 46, 37, 4, 258, -1}));
  EXPECT_EQ(kNaive.replace({.tzinfo = east(15)}).utctimetuple(),
            (krait::time::struct_time{2023, 9, 14, 23, 46, 37, 3, 257, 0}));
}

TEST(Datetime, is_replaced_by_a_copy) {
  EXPECT_EQ(kAware.replace({.tzinfo = None}), kNaive);
  EXPECT_EQ(kNaive.replace({.month = 2, .day = 3, .microsecond = 7}), datetime(2023, 2, 3, 14, 46, 37, 7));
  EXPECT_EQ(fault([] { (void)kNaive.replace({.year = 0}); }), "year 0 is out of range");
  EXPECT_EQ(kNaive.hour(), 14);
}

TEST(Datetime, goes_to_chrono) {
  const auto moment = std::chrono::sys_time<std::chrono::microseconds>(kAware);
  EXPECT_EQ(moment.time_since_epoch(), 1694789197s);
  EXPECT_EQ(datetime::fromtimestamp(moment, timezone::utc), kAware);
}

TEST(Datetime, now_is_the_present) {
  EXPECT_GT(datetime::now(timezone::utc), kAware);
  EXPECT_FALSE(datetime::now().tzinfo());
  EXPECT_FALSE(datetime::utcnow().tzinfo());
  EXPECT_GE(datetime::max() - datetime::today(), timedelta());
  EXPECT_EQ(datetime::resolution(), timedelta::resolution());
}

}  // namespace
}  // namespace krait::datetime
