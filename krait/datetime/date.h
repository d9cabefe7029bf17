#pragma once
// A day of the Gregorian calendar, from year 1 to 9999.
//
//   datetime::date day(2023, 9, 15);
//   (day + datetime::timedelta(30)).isoformat();      // "2023-10-15"
//   str(day);                                         // "2023-09-15"
//
// Departs from Python: datetime is no kind of date; take its date(). A date and a datetime do not compare.

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "krait/datetime/timedelta.h"
#include "krait/time/_calendar.h"
#include "krait/time/struct_time.h"

namespace krait::datetime {

inline constexpr int MINYEAR = 1;
inline constexpr int MAXYEAR = 9999;

// Python: datetime.IsoCalendarDate
struct IsoCalendarDate {
  int year, week, weekday;  // weekday: 1 is Monday
  bool operator==(const IsoCalendarDate&) const = default;
};
// "datetime.IsoCalendarDate(year=2023, week=37, weekday=5)"
std::string repr(const IsoCalendarDate& date);
std::string str(const IsoCalendarDate& date);

// Python: datetime.date
class date {
 public:
  // Throws ValueError "year 0 is out of range", "month must be in 1..12", "day is out of range for month".
  date(int year, int month, int day) : date((krait::time::_check_date(year, month, day), Raw{}), {year, month, day}) {}
  // Throws ValueError as above. C++'s own calendar goes further, and counts a day that is not there.
  explicit date(std::chrono::year_month_day day);
  explicit date(std::chrono::sys_days day) : date(std::chrono::year_month_day(day)) {}

  // The local day. Python: date.today()
  static date today();
  // Throws OverflowError, OSError or ValueError beyond the year 9999. Python: date.fromtimestamp(timestamp)
  static date fromtimestamp(krait::time::_Seconds timestamp);
  // 1 is 0001-01-01. Throws ValueError "ordinal must be >= 1". Python: date.fromordinal(ordinal)
  static date fromordinal(std::int64_t ordinal) { return date(Raw{}, krait::time::_date_of_ordinal(ordinal)); }
  // "2023-09-15", "20230915", "2023-W37-5", "2023W375", "2023-W37". Throws ValueError "Invalid isoformat string: 'x'".
  // Python: date.fromisoformat(string)
  static date fromisoformat(std::string_view string);
  // Throws ValueError "Invalid week: 54" and its like. Python: date.fromisocalendar(year, week, day)
  static date fromisocalendar(int year, int week, int day) {
    return date(Raw{}, krait::time::_from_isocalendar(year, week, day));
  }
  static date min() { return {MINYEAR, 1, 1}; }
  static date max() { return {MAXYEAR, 12, 31}; }
  static timedelta resolution() { return timedelta(1); }

  int year() const noexcept { return year_; }
  int month() const noexcept { return month_; }
  int day() const noexcept { return day_; }

  std::int64_t toordinal() const noexcept { return krait::time::_ordinal(year_, month_, day_); }
  int weekday() const noexcept { return krait::time::_weekday(toordinal()); }  // 0 is Monday
  int isoweekday() const noexcept { return weekday() + 1; }
  IsoCalendarDate isocalendar() const;
  std::string isoformat() const;
  // "Fri Sep 15 00:00:00 2023": asctime's form, but the year has four digits.
  std::string ctime() const;
  // As time.strftime, with %f as "000000" and %z, %Z empty. Python: date.strftime(format), format(date, format)
  std::string strftime(std::string_view format) const;
  krait::time::struct_time timetuple() const;

  struct Replacement {
    std::optional<int> year{}, month{}, day{};
  };
  // A copy with some fields changed; this one stays as it is. Python: date.replace(year=…, month=…, day=…)
  [[nodiscard]] date replace(Replacement with) const {
    return {with.year.value_or(year_), with.month.value_or(month_), with.day.value_or(day_)};
  }

  std::chrono::year_month_day to_chrono() const noexcept;

  bool operator==(const date&) const noexcept = default;
  std::strong_ordering operator<=>(const date&) const noexcept = default;

  // Only the days of `delta` count, as in Python. Throws OverflowError "date value out of range".
  friend date operator+(const date& day, const timedelta& delta) { return day._moved(delta.days()); }
  friend date operator+(const timedelta& delta, const date& day) { return day._moved(delta.days()); }
  friend date operator-(const date& day, const timedelta& delta) { return day._moved(-std::int64_t{delta.days()}); }
  friend timedelta operator-(const date& a, const date& b) { return timedelta(a.toordinal() - b.toordinal()); }
  date& operator+=(const timedelta& delta) { return *this = *this + delta; }
  date& operator-=(const timedelta& delta) { return *this = *this - delta; }

  date _moved(std::int64_t days) const;
  void _put_iso(std::string& out) const;

 private:
  struct Raw {};
  date(Raw /*checked*/, krait::time::_Date fields) noexcept
      : year_(static_cast<std::int16_t>(fields.year)),
        month_(static_cast<std::uint8_t>(fields.month)),
        day_(static_cast<std::uint8_t>(fields.day)) {}

  std::int16_t year_;
  std::uint8_t month_, day_;
};

// "2023-09-15"
std::string str(const date& day);
// "datetime.date(2023, 9, 15)"
std::string repr(const date& day);

}  // namespace krait::datetime

template <>
struct std::hash<krait::datetime::date> {
  std::size_t operator()(const krait::datetime::date& day) const noexcept {
    return std::hash<std::int64_t>()(day.toordinal());
  }
};
