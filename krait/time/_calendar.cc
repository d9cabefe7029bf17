#include "krait/time/_calendar.h"

#include <string>

#include "krait/builtins/exceptions.h"

namespace krait::time {

namespace {

constexpr std::int64_t kDaysIn400Years = 146097;
constexpr std::int64_t kFirstDayOfMarch0 = -305;  // the ordinal of 1 March of year 0

[[noreturn]] void year_out_of_range(std::int64_t year) {
  throw ValueError("year " + std::to_string(year) + " is out of range");
}

}  // namespace

void _check_date(int year, int month, int day) {
  if (year < kMinYear || year > kMaxYear) year_out_of_range(year);
  if (month < 1 || month > 12) throw ValueError("month must be in 1..12");
  if (day < 1 || day > _days_in_month(year, month)) throw ValueError("day is out of range for month");
}

void _check_time(int hour, int minute, int second, int microsecond, int fold) {
  if (hour < 0 || hour > 23) throw ValueError("hour must be in 0..23");
  if (minute < 0 || minute > 59) throw ValueError("minute must be in 0..59");
  if (second < 0 || second > 59) throw ValueError("second must be in 0..59");
  if (microsecond < 0 || microsecond > 999999) throw ValueError("microsecond must be in 0..999999");
  if (fold != 0 && fold != 1) throw ValueError("fold must be either 0 or 1");
}

// Years are counted from 1 March, so that the leap day is a year's last one and months have a regular length.
_Date _from_ordinal(std::int64_t ordinal) noexcept {
  const std::int64_t days = ordinal - kFirstDayOfMarch0;
  const std::int64_t era = _floor_div(days, kDaysIn400Years);
  const std::int64_t day_of_era = days - era * kDaysIn400Years;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (kDaysIn400Years - 1)) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const int month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), month, day};
}

_Date _date_of_ordinal(std::int64_t ordinal) {
  if (ordinal < 1) throw ValueError("ordinal must be >= 1");
  if (ordinal > std::int64_t{1} << 40) throw OverflowError("Python int too large to convert to C int");
  const _Date date = _from_ordinal(ordinal);
  if (date.year > kMaxYear) year_out_of_range(date.year);
  return date;
}

std::int64_t _iso_week1_monday(int year) {
  const std::int64_t first_day = _ordinal(year, 1, 1);
  const int first_weekday = _weekday(first_day);
  const std::int64_t monday = first_day - first_weekday;
  return first_weekday > 3 ? monday + 7 : monday;  // from a Friday on, the first days belong to the old year
}

_IsoFault _iso_fault(int year, int week, int day) {
  if (year < kMinYear || year > kMaxYear) return _IsoFault::Year;
  const int first_weekday = _weekday(_ordinal(year, 1, 1));
  const bool has_53 = first_weekday == 3 || (first_weekday == 2 && _is_leap(year));
  if (week < 1 || week > (has_53 ? 53 : 52)) return _IsoFault::Week;
  if (day < 1 || day > 7) return _IsoFault::Day;
  return _IsoFault::None;
}

_Date _from_isocalendar(int year, int week, int day) {
  switch (_iso_fault(year, week, day)) {
    case _IsoFault::Year:
      throw ValueError("Year is out of range: " + std::to_string(year));
    case _IsoFault::Week:
      throw ValueError("Invalid week: " + std::to_string(week));
    case _IsoFault::Day:
      throw ValueError("Invalid day: " + std::to_string(day) + " (range is [1, 7])");
    case _IsoFault::None:
      break;
  }
  const _Date date = _from_ordinal(_iso_week1_monday(year) + (week - 1) * 7 + day - 1);
  if (date.year > kMaxYear) year_out_of_range(date.year);
  return date;
}

}  // namespace krait::time
