#include "krait/datetime/timedelta.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "krait/builtins/exceptions.h"

namespace krait::datetime {
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

const timedelta kMicrosecond = timedelta::resolution();

TEST(Timedelta, keeps_its_sign_in_the_days) {
  const timedelta td({.seconds = -1});
  EXPECT_EQ(td.days(), -1);
  EXPECT_EQ(td.seconds(), 86399);
  EXPECT_EQ(td.microseconds(), 0);
  EXPECT_EQ(
      timedelta({.weeks = 1, .days = 2, .hours = 3, .minutes = 4, .seconds = 5, .milliseconds = 6, .microseconds = 7}),
      timedelta(9, 11045, 6007));
}

TEST(Timedelta, adds_up_fractions_before_it_rounds_them) {
  EXPECT_EQ(timedelta({.days = 1, .hours = 2.5}), timedelta(1, 9000));
  EXPECT_EQ(timedelta({.microseconds = 0.5}), timedelta());
  EXPECT_EQ(timedelta({.microseconds = 1.5}), 2 * kMicrosecond);
  EXPECT_EQ(timedelta({.microseconds = -0.5}), timedelta());
  EXPECT_EQ(timedelta({.milliseconds = 0.0005, .microseconds = 0.5}), kMicrosecond);
  EXPECT_EQ(timedelta({.seconds = 0.1}), timedelta(0, 0, 100000));
}

TEST(Timedelta, takes_whole_numbers_exactly) {
  EXPECT_EQ(timedelta({.microseconds = 9007199254740993}).microseconds(), 740993);
}

TEST(Timedelta, is_printed_as_python_prints_it) {
  EXPECT_EQ(str(timedelta()), "0:00:00");
  EXPECT_EQ(str(timedelta(-1, 5)), "-1 day, 0:00:05");
  EXPECT_EQ(str(timedelta(2, 3, 4)), "2 days, 0:00:03.000004");
  EXPECT_EQ(repr(timedelta()), "datetime.timedelta(0)");
  EXPECT_EQ(repr(timedelta(-1, 5)), "datetime.timedelta(days=-1, seconds=5)");
  EXPECT_EQ(repr(timedelta(1, 2, 3)), "datetime.timedelta(days=1, seconds=2, microseconds=3)");
}

TEST(Timedelta, ends_at_a_billion_days) {
  EXPECT_EQ(message<OverflowError>([] { timedelta(1000000000); }), "days=1000000000; must have magnitude <= 999999999");
  EXPECT_EQ(message<OverflowError>([] { timedelta::max() + timedelta::resolution(); }),
            "days=1000000000; must have magnitude <= 999999999");
  EXPECT_EQ(message<OverflowError>([] { -timedelta::max(); }), "days=-1000000000; must have magnitude <= 999999999");
  EXPECT_EQ(message<OverflowError>([] { timedelta(1e300); }), "Python int too large to convert to C int");
  EXPECT_EQ(message<OverflowError>([] { (void)timedelta(std::numeric_limits<double>::infinity()); }),
            "cannot convert float infinity to integer");
  EXPECT_EQ(message<ValueError>([] { (void)timedelta(std::nan("")); }), "cannot convert float NaN to integer");
  EXPECT_EQ(-timedelta::min(), timedelta(999999999));
  EXPECT_EQ(abs(timedelta::min()), timedelta(999999999));
}

TEST(Timedelta, is_added_and_subtracted) {
  timedelta td = timedelta(1) - timedelta(0, 1);
  EXPECT_EQ(td, timedelta(0, 86399));
  td += timedelta(0, 1);
  td -= timedelta(2);
  EXPECT_EQ(td, timedelta(-1));
  EXPECT_LT(td, timedelta());
  EXPECT_FALSE(timedelta());
}

TEST(Timedelta, is_multiplied_exactly_and_rounded_to_even) {
  EXPECT_EQ(timedelta(1) * 2, timedelta(2));
  EXPECT_EQ(3 * kMicrosecond * 0.5, 2 * kMicrosecond);
  EXPECT_EQ(kMicrosecond * 0.5, timedelta());
  EXPECT_EQ(timedelta(1) * 0.1, timedelta(0, 8640));
  EXPECT_EQ(timedelta(1) * 1e-300, timedelta());
  EXPECT_EQ(message<OverflowError>([] { timedelta(1) * 1e300; }), "Python int too large to convert to C int");
  EXPECT_EQ(message<ValueError>([] { timedelta(1) * std::nan(""); }), "cannot convert NaN to integer ratio");
  EXPECT_EQ(message<OverflowError>([] { timedelta(1) * std::numeric_limits<double>::infinity(); }),
            "cannot convert Infinity to integer ratio");
}

TEST(Timedelta, is_divided) {
  EXPECT_EQ(timedelta(1) / 2, timedelta(0, 43200));
  EXPECT_EQ(5 * kMicrosecond / 2, 2 * kMicrosecond);
  EXPECT_EQ(7 * kMicrosecond / -2, -4 * kMicrosecond);
  EXPECT_EQ(timedelta(1) / 0.5, timedelta(2));
  EXPECT_EQ(kMicrosecond / 1e-9, timedelta(0, 1000));
  EXPECT_EQ(timedelta(1) / 1e300, timedelta());
  EXPECT_DOUBLE_EQ(timedelta(1) / timedelta(0, 3600), 24.0);
  EXPECT_EQ(floordiv(timedelta(1), 7), timedelta(0, 12342, 857142));
  EXPECT_EQ(floordiv(timedelta(-1), timedelta(0, 7)), -12343);
  EXPECT_EQ(timedelta(-1) % timedelta(0, 7), timedelta(0, 1));
  EXPECT_EQ(divmod(timedelta(1), timedelta(0, 7)).second, timedelta(0, 6));
}

TEST(Timedelta, is_not_divided_by_zero) {
  EXPECT_EQ(message<ZeroDivisionError>([] { timedelta(1) / 0; }), "integer division or modulo by zero");
  EXPECT_EQ(message<ZeroDivisionError>([] { timedelta(1) / 0.0; }), "integer division or modulo by zero");
  EXPECT_EQ(message<ZeroDivisionError>([] { timedelta(1) / timedelta(); }), "division by zero");
  EXPECT_EQ(message<ZeroDivisionError>([] { floordiv(timedelta(1), 0); }), "integer division or modulo by zero");
  EXPECT_EQ(message<ZeroDivisionError>([] { timedelta(1) % timedelta(); }), "integer modulo by zero");
  EXPECT_EQ(message<ZeroDivisionError>([] { divmod(timedelta(1), timedelta()); }),
            "integer division or modulo by zero");
}

TEST(Timedelta, has_the_nearest_double_of_seconds) {
  EXPECT_EQ(timedelta(0, 0, 1).total_seconds(), 1e-06);
  EXPECT_EQ(timedelta::max().total_seconds(), 86399999999999.999999);
  EXPECT_EQ(timedelta(-1, 0, 1).total_seconds(), -86399.999999);
}

TEST(Timedelta, comes_from_chrono_and_goes_there) {
  EXPECT_EQ(timedelta(90min), timedelta(0, 5400));
  EXPECT_EQ(timedelta(-1ns), -kMicrosecond);
  EXPECT_EQ(timedelta(1, 1, 1).to_chrono(), 24h + 1s + 1us);
  EXPECT_EQ(std::chrono::seconds(timedelta(0, 90)), 90s);
  EXPECT_THROW(timedelta::max().to_chrono(), OverflowError);
}

TEST(Timedelta, has_a_hash) {
  EXPECT_EQ(std::hash<timedelta>()(timedelta(0, 3600)), std::hash<timedelta>()(timedelta({.hours = 1})));
}

}  // namespace
}  // namespace krait::datetime
