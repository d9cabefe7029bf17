#include "krait/datetime/timezone.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"
#include "krait/datetime/datetime.h"

namespace krait::datetime {
namespace {

template <class E>
std::string message(auto call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

const datetime kNaive(2023, 9, 15, 14, 46, 37);

// Two hours ahead, of which one is summer time in even months.
class Odd : public tzinfo {
 public:
  std::optional<timedelta> utcoffset(const datetime* dt) const override { return timedelta({.hours = 1}) + *dst(dt); }
  std::optional<timedelta> dst(const datetime* dt) const override {
    return timedelta({.hours = dt && dt->month() % 2 == 0 ? 1 : 0});
  }
  std::optional<std::string> tzname(const datetime* /*dt*/) const override { return "ODD"; }
};

class Answers : public tzinfo {
 public:
  explicit Answers(std::optional<timedelta> offset) : offset_(offset) {}
  std::optional<timedelta> utcoffset(const datetime* /*dt*/) const override { return offset_; }
  std::optional<timedelta> dst(const datetime* /*dt*/) const override { return std::nullopt; }

 private:
  std::optional<timedelta> offset_;
};

TEST(Timezone, is_printed_as_python_prints_it) {
  EXPECT_EQ(str(timezone::utc), "UTC");
  EXPECT_EQ(repr(timezone::utc), "datetime.timezone.utc");
  EXPECT_EQ(str(timezone(timedelta({.hours = 8}))), "UTC+08:00");
  EXPECT_EQ(repr(timezone(timedelta({.hours = 8}))), "datetime.timezone(datetime.timedelta(seconds=28800))");
  EXPECT_EQ(repr(timezone(timedelta({.hours = 8}), "X")), "datetime.timezone(datetime.timedelta(seconds=28800), 'X')");
  EXPECT_EQ(str(timezone(timedelta({.hours = -8, .seconds = 5, .microseconds = 3}))), "UTC-07:59:54.999997");
  EXPECT_EQ(repr(timezone::min()), "datetime.timezone(datetime.timedelta(days=-1, seconds=60))");
  EXPECT_EQ(timezone::max().tzname(), "UTC+23:59");
}

TEST(Timezone, is_less_than_a_day_from_utc) {
  EXPECT_EQ(message<ValueError>([] { timezone(timedelta(1)); }),
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not "
            "datetime.timedelta(days=1).");
  EXPECT_EQ(message<ValueError>([] { timezone(timedelta(-1)); }),
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not "
            "datetime.timedelta(days=-1).");
}

TEST(Timezone, of_no_offset_is_utc) {
  EXPECT_EQ(tz(timezone(timedelta())), tz(timezone::utc));
  EXPECT_EQ(timezone(timedelta(), "UTC"), timezone::utc);
  EXPECT_NE(tz(timezone(timedelta(), "UTC")), tz(timezone::utc));
  EXPECT_EQ(UTC, timezone::utc);
}

TEST(Timezone, is_found_in_what_carries_it) {
  EXPECT_EQ(timezone::from(timezone(timedelta(0, 60), "A"))->tzname(), "A");
  EXPECT_EQ(*timezone::from(timezone::utc), timezone::utc);
  EXPECT_FALSE(timezone::from(tz()));
  EXPECT_EQ(std::hash<timezone>()(timezone(timedelta(), "A")), std::hash<timezone>()(timezone::utc));
}

TEST(Tz, is_none_unless_it_holds_a_zone) {
  EXPECT_FALSE(tz());
  EXPECT_FALSE(tz(None));
  EXPECT_EQ(str(tz()), "None");
  EXPECT_EQ(repr(tz()), "None");
  EXPECT_EQ(str(tz(timezone::utc)), "UTC");
}

TEST(Tzinfo, must_be_overridden) {
  const tz bare = std::make_shared<tzinfo>();
  EXPECT_EQ(message<NotImplementedError>([&] { (void)kNaive.replace({.tzinfo = bare}).utcoffset(); }),
            "a tzinfo subclass must implement utcoffset()");
  EXPECT_EQ(message<NotImplementedError>([&] { (void)kNaive.replace({.tzinfo = bare}).tzname(); }),
            "a tzinfo subclass must implement tzname()");
  EXPECT_EQ(message<NotImplementedError>([&] { (void)kNaive.replace({.tzinfo = bare}).dst(); }),
            "a tzinfo subclass must implement dst()");
}

TEST(Tzinfo, of_ones_own_converts_by_its_offsets) {
  const tz odd = std::make_shared<Odd>();
  const datetime utc(2023, 9, 15, {.tzinfo = timezone::utc});
  EXPECT_EQ(utc.astimezone(odd).isoformat(), "2023-09-15T01:00:00+01:00");
  EXPECT_EQ(utc.replace({.month = 10}).astimezone(odd).isoformat(), "2023-10-15T02:00:00+02:00");
  EXPECT_EQ(utc.astimezone(odd).tzname(), "ODD");
}

TEST(Tzinfo, converts_only_its_own) {
  const std::string text = "fromutc: dt.tzinfo is not self";
  EXPECT_EQ(message<ValueError>([] { (void)tz(timezone::utc)->fromutc(kNaive); }), text);
  EXPECT_EQ(message<ValueError>([] { (void)Odd().fromutc(kNaive); }), text);
  const tz silent = std::make_shared<Answers>(std::nullopt);
  EXPECT_EQ(message<ValueError>([&] { (void)silent->fromutc(kNaive.replace({.tzinfo = silent})); }),
            "fromutc: non-None utcoffset() result required");
  const tz half = std::make_shared<Answers>(timedelta());
  EXPECT_EQ(message<ValueError>([&] { (void)half->fromutc(kNaive.replace({.tzinfo = half})); }),
            "fromutc: non-None dst() result required");
}

TEST(Tzinfo, may_not_be_a_day_off) {
  const datetime when = kNaive.replace({.tzinfo = std::make_shared<Answers>(timedelta(1))});
  EXPECT_EQ(message<ValueError>([&] { (void)when.utcoffset(); }),
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).");
}

}  // namespace
}  // namespace krait::datetime
