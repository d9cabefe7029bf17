#include "krait/datetime/timedelta.h"

#include <cmath>
#include <limits>

#include "krait/builtins/exceptions.h"
#include "krait/time/_calendar.h"
#include "krait/time/_format.h"

namespace krait::datetime {

namespace {

using Int = __int128;

constexpr Int kSecond = 1'000'000;
constexpr Int kDay = 86400 * kSecond;
constexpr int kMostDays = 999'999'999;
constexpr Int kLargest = Int{1} << 120;  // far beyond any timedelta, and still safe to add up

[[noreturn]] void too_large() { throw OverflowError("Python int too large to convert to C int"); }

Int floor_div(Int a, Int b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }

// a / b, b > 0, to the nearest, halves to the even one.
Int round_div(Int a, Int b) {
  const Int quotient = floor_div(a, b);
  const Int rest = a - quotient * b;
  const bool up = rest > b - rest || (rest == b - rest && quotient % 2 != 0);
  return quotient + (up ? 1 : 0);
}

Int product(Int a, Int b) {
  Int result = 0;
  if (__builtin_mul_overflow(a, b, &result) || result > kLargest || result < -kLargest) too_large();
  return result;
}

// Adds up microseconds, whole ones exactly and the fractions of all floats aside.
class Sum {
 public:
  void add(_Number number, Int factor) {
    if (!number.is_float()) {
      add_whole(number.as_int(), factor);
      return;
    }
    if (std::isnan(number.as_float())) throw ValueError("cannot convert float NaN to integer");
    if (std::isinf(number.as_float())) throw OverflowError("cannot convert float infinity to integer");
    double whole = 0;
    double fraction = std::modf(number.as_float(), &whole);
    if (std::fabs(whole) > 0x1p100) {
      too_large_ = true;
      return;
    }
    add_whole(static_cast<Int>(whole), factor);
    if (fraction == 0) return;
    fraction = std::modf(static_cast<double>(factor) * fraction, &whole);
    whole_ += static_cast<Int>(whole);
    rest_ += fraction;
  }

  Int rounded() const {
    if (too_large_) too_large();
    if (rest_ == 0) return whole_;
    double rest = std::round(rest_);
    if (std::fabs(rest - rest_) == 0.5) {
      const double odd = whole_ % 2 != 0 ? 1 : 0;
      rest = 2.0 * std::round((rest_ + odd) * 0.5) - odd;
    }
    return whole_ + static_cast<Int>(rest);
  }

 private:
  void add_whole(Int number, Int factor) {
    Int result = 0;
    too_large_ =
        too_large_ || __builtin_mul_overflow(number, factor, &result) || result > kLargest || result < -kLargest;
    if (!too_large_) whole_ += result;
  }

  Int whole_ = 0;
  double rest_ = 0;
  bool too_large_ = false;  // said at the end: a NaN comes first, wherever it stands
};

// A float as Python's as_integer_ratio() gives it, but for a power of two: value == numerator * 2^exponent.
struct Scaled {
  Int numerator;
  int exponent;
};

Scaled scaled(double value) {
  if (std::isnan(value)) throw ValueError("cannot convert NaN to integer ratio");
  if (std::isinf(value)) throw OverflowError("cannot convert Infinity to integer ratio");
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  auto numerator = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  exponent -= 53;
  while (numerator != 0 && numerator % 2 == 0) {
    numerator /= 2;
    ++exponent;
  }
  return {numerator, numerator == 0 ? 0 : exponent};
}

int bits(Int value) {
  int count = 0;
  for (auto rest = static_cast<unsigned __int128>(value < 0 ? -value : value); rest != 0; rest >>= 1U) ++count;
  return count;
}

// a * 2^shift / b, b > 0, rounded to the nearest, halves to the even one. Long division, a bit at a time: the
// numerator may have more than 128 bits.
Int shifted_div(Int a, unsigned shift, Int b) {
  const bool negative = a < 0;
  const Int magnitude = negative ? -a : a;
  Int quotient = magnitude / b;
  Int rest = magnitude % b;
  for (unsigned i = 0; i < shift; ++i) {
    rest *= 2;
    quotient = quotient * 2 + (rest >= b ? 1 : 0);
    rest -= rest >= b ? b : 0;
    if (quotient > kLargest) too_large();
  }
  const bool up = rest > b - rest || (rest == b - rest && quotient % 2 != 0);
  quotient += up ? 1 : 0;
  return negative ? -quotient : quotient;
}

// a / b as the nearest double, as Python divides ints.
double true_div(Int a, Int b) {
  constexpr Int kExact = Int{1} << 53;
  if (a <= kExact && a >= -kExact && b <= kExact && b >= -kExact)
    return static_cast<double>(a) / static_cast<double>(b);
  const bool negative = (a < 0) != (b < 0);
  const Int numerator = a < 0 ? -a : a;
  const Int denominator = b < 0 ? -b : b;
  // A quotient of 54 or 55 bits at least, its last one sticky: then one rounding, to 53.
  const int shift = std::max(0, 56 - (bits(numerator) - bits(denominator)));
  Int quotient = numerator / denominator;
  Int rest = numerator % denominator;
  for (int i = 0; i < shift; ++i) {
    rest *= 2;
    quotient = quotient * 2 + (rest >= denominator ? 1 : 0);
    rest -= rest >= denominator ? denominator : 0;
  }
  if (rest != 0) quotient |= 1;
  const double value = std::ldexp(static_cast<double>(quotient), -shift);
  return negative ? -value : value;
}

}  // namespace

timedelta::timedelta(_Number days, _Number seconds, _Number microseconds) {
  if (days.is_small() && seconds.is_small() && microseconds.is_small()) {
    const auto value = [](const _Number& number) { return static_cast<std::int64_t>(number.as_int()); };
    *this = _normalized(value(days), value(seconds), value(microseconds));
  } else {
    *this = timedelta(Keywords{.days = days, .seconds = seconds, .microseconds = microseconds});
  }
}

timedelta::timedelta(Keywords keywords) {
  bool small = true;
  for (const _Number* each : {&keywords.weeks, &keywords.days, &keywords.hours, &keywords.minutes, &keywords.seconds,
                              &keywords.milliseconds, &keywords.microseconds}) {
    small = small && each->is_small();
  }
  if (small) {
    const auto value = [](const _Number& number) { return static_cast<std::int64_t>(number.as_int()); };
    *this = _normalized(value(keywords.weeks) * 7 + value(keywords.days),
                        (value(keywords.hours) * 60 + value(keywords.minutes)) * 60 + value(keywords.seconds),
                        value(keywords.milliseconds) * 1000 + value(keywords.microseconds));
    return;
  }
  Sum sum;
  sum.add(keywords.microseconds, 1);
  sum.add(keywords.milliseconds, 1000);
  sum.add(keywords.seconds, kSecond);
  sum.add(keywords.minutes, 60 * kSecond);
  sum.add(keywords.hours, 3600 * kSecond);
  sum.add(keywords.days, kDay);
  sum.add(keywords.weeks, 7 * kDay);
  *this = _of_microseconds(sum.rounded());
}

timedelta timedelta::_normalized(std::int64_t days, std::int64_t seconds, std::int64_t microseconds) {
  const std::int64_t carried = krait::time::_floor_div(microseconds, 1'000'000);
  seconds += carried;
  const std::int64_t more_days = krait::time::_floor_div(seconds, 86400);
  days += more_days;
  if (days < std::numeric_limits<int>::min() || days > std::numeric_limits<int>::max()) too_large();
  if (days < -kMostDays || days > kMostDays) {
    throw OverflowError("days=" + std::to_string(days) + "; must have magnitude <= 999999999");
  }
  return {static_cast<int>(days), static_cast<int>(seconds - more_days * 86400),
          static_cast<int>(microseconds - carried * 1'000'000), Raw{}};
}

timedelta timedelta::_of_microseconds(__int128 microseconds) {
  constexpr Int kPlain = Int{1} << 62;
  if (microseconds < kPlain && microseconds > -kPlain) {
    return _normalized(0, 0, static_cast<std::int64_t>(microseconds));
  }
  const Int days = floor_div(microseconds, kDay);
  const Int within = microseconds - days * kDay;
  if (days < std::numeric_limits<int>::min() || days > std::numeric_limits<int>::max()) too_large();
  if (days < -kMostDays || days > kMostDays) {
    throw OverflowError("days=" + std::to_string(static_cast<int>(days)) + "; must have magnitude <= 999999999");
  }
  return {static_cast<int>(days), static_cast<int>(within / kSecond), static_cast<int>(within % kSecond), Raw{}};
}

std::chrono::microseconds timedelta::to_chrono() const {
  const Int total = _total_microseconds();
  if (total != static_cast<std::int64_t>(total)) {
    throw OverflowError("cannot make a std::chrono duration of " + str(*this) + ": it needs more than 64 bits");
  }
  return std::chrono::microseconds(static_cast<std::int64_t>(total));
}

double timedelta::total_seconds() const { return true_div(_total_microseconds(), kSecond); }

timedelta timedelta::operator-() const { return _normalized(-std::int64_t{days_}, -seconds_, -microseconds_); }

timedelta operator+(const timedelta& a, const timedelta& b) {
  return timedelta::_normalized(std::int64_t{a.days_} + b.days_, a.seconds_ + b.seconds_,
                                a.microseconds_ + b.microseconds_);
}

timedelta operator-(const timedelta& a, const timedelta& b) {
  return timedelta::_normalized(std::int64_t{a.days_} - b.days_, a.seconds_ - b.seconds_,
                                a.microseconds_ - b.microseconds_);
}

timedelta timedelta::times(_Number factor) const {
  const Int total = _total_microseconds();
  if (!factor.is_float()) return _of_microseconds(product(total, factor.as_int()));
  const Scaled by = scaled(factor.as_float());
  if (total == 0 || by.numerator == 0) return {};
  if (by.exponent >= 0) {
    if (by.exponent > 100) too_large();
    return _of_microseconds(product(product(total, by.numerator), Int{1} << by.exponent));
  }
  if (by.exponent < -124) return {};                                                 // less than half a microsecond
  return _of_microseconds(round_div(total * by.numerator, Int{1} << -by.exponent));  // of at most 67 + 53 bits
}

timedelta timedelta::divided(_Number divisor) const {
  Int total = _total_microseconds();
  if (!divisor.is_float()) {
    Int by = divisor.as_int();
    if (by == 0) throw ZeroDivisionError("integer division or modulo by zero");
    if (by < 0) {
      by = -by;
      total = -total;
    }
    return _of_microseconds(round_div(total, by));
  }
  Scaled by = scaled(divisor.as_float());
  if (by.numerator == 0) throw ZeroDivisionError("integer division or modulo by zero");
  if (by.numerator < 0) {
    by.numerator = -by.numerator;
    total = -total;
  }
  if (total == 0) return {};
  if (by.exponent < 0) return _of_microseconds(shifted_div(total, static_cast<unsigned>(-by.exponent), by.numerator));
  if (by.exponent > 70) return {};
  return _of_microseconds(round_div(total, by.numerator << by.exponent));
}

timedelta timedelta::floor_divided(__int128 divisor) const {
  if (divisor == 0) throw ZeroDivisionError("integer division or modulo by zero");
  return _of_microseconds(floor_div(_total_microseconds(), divisor));
}

double timedelta::ratio(const timedelta& other) const {
  if (!other) throw ZeroDivisionError("division by zero");
  return true_div(_total_microseconds(), other._total_microseconds());
}

timedelta timedelta::modulo(const timedelta& other) const {
  if (!other) throw ZeroDivisionError("integer modulo by zero");
  const Int total = _total_microseconds();
  const Int by = other._total_microseconds();
  return _of_microseconds(total - floor_div(total, by) * by);
}

std::pair<std::int64_t, timedelta> divmod(const timedelta& a, const timedelta& b) {
  if (!b) throw ZeroDivisionError("integer division or modulo by zero");
  const Int by = b._total_microseconds();
  const Int quotient = floor_div(a._total_microseconds(), by);
  if (quotient != static_cast<std::int64_t>(quotient)) {
    throw OverflowError("cannot divide " + str(a) + " by " + str(b) + ": the quotient needs more than 64 bits");
  }
  return {static_cast<std::int64_t>(quotient), timedelta::_of_microseconds(a._total_microseconds() - quotient * by)};
}

std::string str(const timedelta& td) {
  std::string text;
  if (td.days() != 0) {
    text = std::to_string(td.days()) + (td.days() == 1 || td.days() == -1 ? " day, " : " days, ");
  }
  krait::time::_put_digits(text, td.seconds() / 3600, 1);
  text += ':';
  krait::time::_put_digits(text, td.seconds() / 60 % 60, 2);
  text += ':';
  krait::time::_put_digits(text, td.seconds() % 60, 2);
  if (td.microseconds() != 0) {
    text += '.';
    krait::time::_put_digits(text, td.microseconds(), 6);
  }
  return text;
}

std::string repr(const timedelta& td) {
  std::string arguments;
  const auto add = [&](const char* name, int value) {
    if (value == 0) return;
    arguments.append(arguments.empty() ? "" : ", ").append(name).append("=").append(std::to_string(value));
  };
  add("days", td.days());
  add("seconds", td.seconds());
  add("microseconds", td.microseconds());
  return "datetime.timedelta(" + (arguments.empty() ? "0" : arguments) + ")";
}

}  // namespace krait::datetime

std::size_t std::hash<krait::datetime::timedelta>::operator()(const krait::datetime::timedelta& td) const noexcept {
  const auto total = static_cast<unsigned __int128>(td._total_microseconds());
  return std::hash<std::uint64_t>()(static_cast<std::uint64_t>(total) ^ static_cast<std::uint64_t>(total >> 64U) * 31);
}
