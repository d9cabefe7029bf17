#pragma once
// The proleptic Gregorian calendar as Python counts it: the ordinal of 1 January of year 1 is 1, a week begins on Monday (0).

#include <cstdint>

namespace krait::time {

inline constexpr int kMinYear = 1;                     // Python: datetime.MINYEAR
inline constexpr int kMaxYear = 9999;                  // Python: datetime.MAXYEAR
inline constexpr std::int64_t kEpochOrdinal = 719163;  // 1970-01-01

struct _Date {
  int year, month, day;
};

constexpr bool _is_leap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr int _days_in_month(std::int64_t year, int month) {
  constexpr int kDays[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && _is_leap(year) ? 29 : kDays[month];
}

// Days of the year before the first of `month`.
constexpr int _days_before_month(std::int64_t year, int month) {
  constexpr int kDays[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  return kDays[month] + (month > 2 && _is_leap(year) ? 1 : 0);
}

constexpr std::int64_t _floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

// Of any year, also one that Python's date cannot hold.
constexpr std::int64_t _days_before_year(std::int64_t year) {
  const std::int64_t y = year - 1;
  return y * 365 + _floor_div(y, 4) - _floor_div(y, 100) + _floor_div(y, 400);
}

// Python: date(year, month, day).toordinal()
constexpr std::int64_t _ordinal(std::int64_t year, int month, int day) {
  return _days_before_year(year) + _days_before_month(year, month) + day;
}

// Python: date.weekday(): 0 is Monday.
constexpr int _weekday(std::int64_t ordinal) {
  const std::int64_t day = (ordinal + 6) % 7;
  return static_cast<int>(day < 0 ? day + 7 : day);
}

// Throws ValueError "year 0 is out of range", "month must be in 1..12" or "day is out of range for month".
void _check_date(int year, int month, int day);
// Throws ValueError "hour must be in 0..23" and its like.
void _check_time(int hour, int minute, int second, int microsecond, int fold);

// The date of an ordinal; of one beyond the year 9999 or before 1, too, as C's counting goes on.
_Date _from_ordinal(std::int64_t ordinal) noexcept;
// Throws ValueError where there is no such date. Python: date.fromordinal(ordinal)
_Date _date_of_ordinal(std::int64_t ordinal);
// The ordinal of the Monday of the year's first ISO week.
std::int64_t _iso_week1_monday(int year);
// Throws ValueError "Invalid week: 54" and its like. Python: date.fromisocalendar(year, week, day)
_Date _from_isocalendar(int year, int week, int day);

enum class _IsoFault { None, Year, Week, Day };
// What of an ISO date is out of range.
_IsoFault _iso_fault(int year, int week, int day);

}  // namespace krait::time
