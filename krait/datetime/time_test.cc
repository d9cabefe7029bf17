#include "krait/datetime/time.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"

namespace krait::datetime {
namespace {

std::string fault(auto call) {
  try {
    call();
  } catch (const ValueError& error) {
    return error.what();
  } catch (const TypeError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

timezone east(int hours) { return timezone(timedelta({.hours = hours})); }

TEST(Time, is_one_that_a_clock_shows) {
  EXPECT_EQ(fault([] { time(24); }), "hour must be in 0..23");
  EXPECT_EQ(fault([] { time(0, 60); }), "minute must be in 0..59");
  EXPECT_EQ(fault([] { time(0, 0, 60); }), "second must be in 0..59");
  EXPECT_EQ(fault([] { time(0, 0, 0, 1000000); }), "microsecond must be in 0..999999");
  EXPECT_EQ(fault([] { time(0, 0, {.fold = 2}); }), "fold must be either 0 or 1");
}

TEST(Time, is_printed_as_python_prints_it) {
  EXPECT_EQ(str(time()), "00:00:00");
  EXPECT_EQ(str(time(1, 2, 3, 4, timezone::utc)), "01:02:03.000004+00:00");
  EXPECT_EQ(repr(time()), "datetime.time(0, 0)");
  EXPECT_EQ(repr(time(1, 2, 3, {.tzinfo = timezone::utc})), "datetime.time(1, 2, 3, tzinfo=datetime.timezone.utc)");
  EXPECT_EQ(repr(time(1, 2, 0, 1, None, 1)), "datetime.time(1, 2, 0, 1, fold=1)");
}

TEST(Time, is_written_as_finely_as_asked) {
  const time clock(1, 2, 3, 4567);
  EXPECT_EQ(clock.isoformat("hours"), "01");
  EXPECT_EQ(clock.isoformat("minutes"), "01:02");
  EXPECT_EQ(clock.isoformat("seconds"), "01:02:03");
  EXPECT_EQ(clock.isoformat("milliseconds"), "01:02:03.004");
  EXPECT_EQ(time(1).isoformat("microseconds"), "01:00:00.000000");
  EXPECT_EQ(fault([&] { (void)clock.isoformat("x"); }), "Unknown timespec value");
  EXPECT_EQ(clock.strftime("%Y-%m-%d %H:%M:%S.%f %j"), "1900-01-01 01:02:03.004567 001");
}

TEST(Time, is_read_in_the_forms_of_iso) {
  EXPECT_EQ(time::fromisoformat("T10"), time(10));
  EXPECT_EQ(time::fromisoformat("101112,5"), time(10, 11, 12, 500000));
  EXPECT_EQ(time::fromisoformat("10:11:12.123456789Z"), time(10, 11, 12, 123456, timezone::utc));
  EXPECT_EQ(repr(time::fromisoformat("10:00-08:00")),
            "datetime.time(10, 0, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=57600)))");
  for (const char* text : {"", "10:", "1", "10:1", "10:00:00.", "10:00Z0", "10:0000", "10:30+"}) {
    EXPECT_EQ(fault([&] { time::fromisoformat(text); }), "Invalid isoformat string: '" + std::string(text) + "'");
  }
  EXPECT_EQ(fault([] { time::fromisoformat("24:00"); }), "hour must be in 0..23");
}

TEST(Time, is_compared_by_utc_when_aware) {
  EXPECT_LT(time(1), time(2));
  EXPECT_EQ(time(10, 0, {.tzinfo = east(2)}), time(8, 0, {.tzinfo = timezone::utc}));
  EXPECT_LT(time(10, 0, {.tzinfo = east(2)}), time(9, 0, {.tzinfo = timezone::utc}));
  EXPECT_FALSE(time(1) == time(1, 0, {.tzinfo = timezone::utc}));
  EXPECT_EQ(fault([] { (void)(time(1) < time(1, 0, {.tzinfo = timezone::utc})); }),
            "can't compare offset-naive and offset-aware times");
}

TEST(Time, asks_its_zone_without_a_date) {
  EXPECT_EQ(time(1, 0, {.tzinfo = east(2)}).utcoffset(), timedelta({.hours = 2}));
  EXPECT_EQ(time(1, 0, {.tzinfo = east(2)}).tzname(), "UTC+02:00");
  EXPECT_FALSE(time(1, 0, {.tzinfo = east(2)}).dst());
  EXPECT_FALSE(time(1).utcoffset());
}

TEST(Time, is_replaced_by_a_copy) {
  EXPECT_EQ(time(1, 2).replace({.hour = 5, .tzinfo = timezone::utc}), time(5, 2, {.tzinfo = timezone::utc}));
  EXPECT_EQ(fault([] { (void)time(1).replace({.hour = 24}); }), "hour must be in 0..23");
}

TEST(Time, has_a_hash_of_its_utc) {
  EXPECT_EQ(std::hash<time>()(time(10, 0, {.tzinfo = east(2)})),
            std::hash<time>()(time(8, 0, {.tzinfo = timezone::utc})));
}

}  // namespace
}  // namespace krait::datetime
