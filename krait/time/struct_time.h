#pragma once
// A time as nine numbers, and what makes one of seconds since the epoch or seconds of one.
//
//   const time::struct_time t = time::gmtime(1694760884);
//   t.tm_hour;                                            // 6
//   time::asctime(t);                                     // "Fri Sep 15 06:54:44 2023"
//   time::mktime({.tm_year = 2023, .tm_mon = 9, .tm_mday = 15, .tm_isdst = -1})
//
// Texts are English and the locale "C", whatever the program's locale; the local zone is that of TZ (local_zone.h).

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace krait::time {

// Seconds since 1970-01-01 UTC, the fraction dropped towards the past. Made of any number, or of a std::chrono time.
// Throws OverflowError "timestamp out of range for platform time_t", ValueError for NaN.
class _Seconds {
 public:
  template <std::integral T>
  _Seconds(T secs) : secs_(static_cast<std::int64_t>(secs)) {
    if (!std::in_range<std::int64_t>(secs)) out_of_range();
  }
  _Seconds(double secs);
  template <class Duration>
  _Seconds(std::chrono::sys_time<Duration> moment)
      : secs_(std::chrono::floor<std::chrono::seconds>(moment).time_since_epoch().count()) {}

  std::int64_t count() const noexcept { return secs_; }
  [[noreturn]] static void out_of_range();

 private:
  std::int64_t secs_;
};

// Python: time.struct_time. Python's numbering: a week begins with Monday, 0, and a year with day 1.
struct struct_time {
  int tm_year = 0;                       // 2023
  int tm_mon = 0;                        // 1 to 12
  int tm_mday = 0;                       // 1 to 31
  int tm_hour = 0;                       // 0 to 23
  int tm_min = 0;                        // 0 to 59
  int tm_sec = 0;                        // 0 to 61
  int tm_wday = 0;                       // 0 is Monday
  int tm_yday = 0;                       // 1 to 366
  int tm_isdst = 0;                      // 1: summer time, 0: not, -1: unknown
  std::optional<std::string> tm_zone{};  // "CST"; none in one made by hand
  std::optional<long> tm_gmtoff{};       // seconds east of UTC

  // Of nine numbers or, with the zone left out, more. Throws TypeError for fewer. Python: time.struct_time(sequence)
  static struct_time from(std::span<const int> sequence);

  // Python: t[index]. Throws IndexError beyond the nine.
  int operator[](std::size_t index) const;
  // Python compares the nine; zone and offset take no part.
  bool operator==(const struct_time& other) const noexcept;
  std::strong_ordering operator<=>(const struct_time& other) const noexcept;
};

// "time.struct_time(tm_year=2023, tm_mon=9, …, tm_isdst=0)". Python: str(t), repr(t)
std::string str(const struct_time& t);
std::string repr(const struct_time& t);

// UTC. The first form is of now. Throws as _Seconds does; OSError when the year needs more than 31 bits.
// Python: time.gmtime([secs])
struct_time gmtime();
struct_time gmtime(_Seconds secs);
// In the local zone. Python: time.localtime([secs])
struct_time localtime();
struct_time localtime(_Seconds secs);

// Of a local time; what lies outside its range is carried (month 13 is January). tm_wday and tm_yday take no part; tm_isdst
// -1 lets the system find out. Throws OverflowError "mktime argument out of range". Python: time.mktime(t)
double mktime(const struct_time& t);
// Of a time in UTC. Throws ValueError "month must be in 1..12" and the like for the date; hours, minutes and seconds are
// only added up. Its home here is time, since it is gmtime's inverse. Python: calendar.timegm(t)
std::int64_t timegm(const struct_time& t);

// "Fri Sep 15 14:46:37 2023", always English, the day padded with a blank. Throws ValueError "month out of range" and the
// like. The first form is of now, in the local zone. Python: time.asctime([t])
std::string asctime();
std::string asctime(const struct_time& t);
// Throws TypeError "asctime(): illegal time tuple argument" unless there are nine. Python: time.asctime(tuple)
std::string asctime(std::span<const int> tuple);
// asctime of the local time. Python: time.ctime([secs])
std::string ctime();
std::string ctime(_Seconds secs);

}  // namespace krait::time
