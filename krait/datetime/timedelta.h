#pragma once
// A length of time, exact to the microsecond.
//
//   using datetime::timedelta;
//   timedelta({.days = 1, .hours = 2.5}).total_seconds();        // 95400.0
//   str(timedelta({.seconds = -1}));                             // "-1 day, 23:59:59"
//
// Keywords stand in the order of their size, since C++ wants one: weeks, days, hours, …, microseconds.

#include <chrono>
#include <compare>
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace krait::datetime {

// An int or a float, as Python's arguments may be either: an int stays exact beyond 2^53.
class _Number {
 public:
  template <std::integral T>
  constexpr _Number(T value) : int_(value) {}
  template <std::floating_point T>
  constexpr _Number(T value) : is_float_(true), float_(static_cast<double>(value)) {}

  constexpr bool is_float() const { return is_float_; }
  constexpr __int128 as_int() const { return int_; }
  // An int of at most 31 bits: what nearly all are, and cheap to calculate with.
  constexpr bool is_small() const { return !is_float_ && int_ == static_cast<std::int32_t>(int_); }
  constexpr double as_float() const { return float_; }

 private:
  bool is_float_ = false;
  __int128 int_ = 0;
  double float_ = 0;
};

// Python: datetime.timedelta. Kept as Python keeps it: 0 <= seconds < 86400, 0 <= microseconds < 1000000, the sign is in the
// days, of which there are at most 999999999 either way.
class timedelta {
 public:
  struct Keywords {
    _Number weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0, microseconds = 0;
  };

  constexpr timedelta() noexcept = default;
  // A fraction is rounded to the nearest microsecond, halves to the even one, all fractions together. Throws OverflowError
  // "days=1000000000; must have magnitude <= 999999999", ValueError for NaN.
  // Python: timedelta(days=0, seconds=0, microseconds=0)
  explicit timedelta(_Number days, _Number seconds = 0, _Number microseconds = 0);
  // Python: timedelta(days=…, seconds=…, microseconds=…, milliseconds=…, minutes=…, hours=…, weeks=…)
  timedelta(Keywords keywords);
  // Rounded down to the microsecond.
  template <class Rep, class Period>
  explicit timedelta(std::chrono::duration<Rep, Period> length)
      : timedelta(0, 0, std::chrono::floor<std::chrono::microseconds>(length).count()) {}

  // Throws OverflowError beyond 64 bits of microseconds, which is 292471 years.
  std::chrono::microseconds to_chrono() const;
  template <class Rep, class Period>
  explicit operator std::chrono::duration<Rep, Period>() const {
    return std::chrono::duration_cast<std::chrono::duration<Rep, Period>>(to_chrono());
  }

  int days() const noexcept { return days_; }
  int seconds() const noexcept { return seconds_; }
  int microseconds() const noexcept { return microseconds_; }
  double total_seconds() const;

  static timedelta min() noexcept { return {-999999999, 0, 0, Raw{}}; }
  static timedelta max() noexcept { return {999999999, 86399, 999999, Raw{}}; }
  static timedelta resolution() noexcept { return {0, 0, 1, Raw{}}; }

  // Python: bool(td)
  explicit operator bool() const noexcept { return days_ != 0 || seconds_ != 0 || microseconds_ != 0; }
  bool operator==(const timedelta&) const noexcept = default;
  std::strong_ordering operator<=>(const timedelta&) const noexcept = default;

  // Each throws OverflowError when the result is out of range.
  timedelta operator+() const noexcept { return *this; }
  timedelta operator-() const;
  friend timedelta operator+(const timedelta& a, const timedelta& b);
  friend timedelta operator-(const timedelta& a, const timedelta& b);
  timedelta& operator+=(const timedelta& other) { return *this = *this + other; }
  timedelta& operator-=(const timedelta& other) { return *this = *this - other; }
  // By a float: the exact product or quotient, rounded to the nearest microsecond, halves to the even one. Division throws
  // ZeroDivisionError.
  friend timedelta operator*(const timedelta& a, _Number factor) { return a.times(factor); }
  friend timedelta operator*(_Number factor, const timedelta& a) { return a.times(factor); }
  friend timedelta operator/(const timedelta& a, _Number divisor) { return a.divided(divisor); }
  // Python: a / b of two timedeltas, a float
  friend double operator/(const timedelta& a, const timedelta& b) { return a.ratio(b); }
  // The remainder has the sign of `b`. Python: a % b
  friend timedelta operator%(const timedelta& a, const timedelta& b) { return a.modulo(b); }
  // Python: a // n; C++ has no such operator
  friend timedelta floordiv(const timedelta& a, std::int64_t divisor) { return a.floor_divided(divisor); }
  // Throws OverflowError beyond 64 bits. Python: a // b
  friend std::int64_t floordiv(const timedelta& a, const timedelta& b) { return divmod(a, b).first; }
  // Python: divmod(a, b)
  friend std::pair<std::int64_t, timedelta> divmod(const timedelta& a, const timedelta& b);
  friend timedelta abs(const timedelta& a) { return a.days_ < 0 ? -a : a; }

  __int128 _total_microseconds() const noexcept {
    return (static_cast<__int128>(days_) * 86400 + seconds_) * 1'000'000 + microseconds_;
  }
  // Throws OverflowError.
  static timedelta _of_microseconds(__int128 microseconds);
  // Of any numbers, to be carried into each other; `microseconds` of less than 2^62.
  static timedelta _normalized(std::int64_t days, std::int64_t seconds, std::int64_t microseconds);
  static timedelta _of_seconds(std::int64_t seconds) { return _normalized(0, seconds, 0); }

 private:
  struct Raw {};
  constexpr timedelta(int days, int seconds, int microseconds, Raw /*checked*/) noexcept
      : days_(days), seconds_(seconds), microseconds_(microseconds) {}
  timedelta times(_Number factor) const;
  timedelta divided(_Number divisor) const;
  timedelta floor_divided(__int128 divisor) const;
  timedelta modulo(const timedelta& other) const;
  double ratio(const timedelta& other) const;

  int days_ = 0, seconds_ = 0, microseconds_ = 0;
};

// "1 day, 2:30:00". Python: str(td)
std::string str(const timedelta& td);
// "datetime.timedelta(days=1, seconds=9000)". Python: repr(td)
std::string repr(const timedelta& td);

}  // namespace krait::datetime

// Python: hash(td), but another number.
template <>
struct std::hash<krait::datetime::timedelta> {
  std::size_t operator()(const krait::datetime::timedelta& td) const noexcept;
};
