#pragma once
// A date with a time of day, naive or aware.
//
//   namespace dt = krait::datetime;
//   const dt::datetime when = dt::datetime::strptime("2023-09-15 14:46:37", "%Y-%m-%d %H:%M:%S");
//   when.replace({.tzinfo = dt::timezone::utc}).isoformat();        // "2023-09-15T14:46:37+00:00"
//   dt::datetime(2023, 9, 15, 14, 46, {.tzinfo = zoneinfo::ZoneInfo("Asia/Shanghai")}).astimezone(dt::timezone::utc)
//
// As in Python the module and the class share a name: beside `using namespace krait` say `datetime::datetime`.
// Local times are those of TZ, through the C library. Departs from Python: it is no kind of date (see date.h).

#include <chrono>
#include <compare>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "krait/datetime/date.h"
#include "krait/datetime/time.h"
#include "krait/datetime/timedelta.h"
#include "krait/datetime/timezone.h"
#include "krait/time/struct_time.h"

namespace krait::datetime {

// Seconds since the epoch, a float's fraction to the nearest microsecond. Throws OverflowError "timestamp out of range for platform time_t",
// ValueError for NaN.
class _Timestamp {
 public:
  template <std::integral T>
  _Timestamp(T secs) : secs_(krait::time::_Seconds(secs).count()) {}
  _Timestamp(double secs);
  template <class Duration>
  _Timestamp(std::chrono::sys_time<Duration> moment) {
    const auto time = std::chrono::floor<std::chrono::microseconds>(moment);
    const auto secs = std::chrono::floor<std::chrono::seconds>(time);
    secs_ = secs.time_since_epoch().count();
    microseconds_ = static_cast<int>((time - secs).count());
  }

  std::int64_t seconds() const noexcept { return secs_; }
  int microseconds() const noexcept { return microseconds_; }

 private:
  std::int64_t secs_ = 0;
  int microseconds_ = 0;
};

// Python: datetime.datetime
class datetime {
 public:
  struct Keywords {
    int hour = 0, minute = 0, second = 0, microsecond = 0;
    tz tzinfo{};
    int fold = 0;
  };

  // Throws ValueError "year 0 is out of range", "month must be in 1..12", "second must be in 0..59" and their like.
  // Python: datetime(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)
  datetime(int year, int month, int day, int hour = 0, int minute = 0, int second = 0, int microsecond = 0,
           tz tzinfo = {}, int fold = 0);
  datetime(int year, int month, int day, Keywords keywords);
  datetime(int year, int month, int day, int hour, _Zone zone);
  datetime(int year, int month, int day, int hour, int minute, _Zone zone);
  datetime(int year, int month, int day, int hour, int minute, int second, _Zone zone);
  datetime(int year, int month, int day, int hour, int minute, int second, int microsecond, _Zone zone);

  // In the zone, or the naive local time. Python: datetime.now(tz=None), datetime.today()
  static datetime now(const tz& zone = {});
  static datetime today() { return now(); }
  // Throws ValueError beyond the year 9999. Python: datetime.fromtimestamp(timestamp, tz=None)
  static datetime fromtimestamp(_Timestamp timestamp, const tz& zone = {});
  // Naive, in UTC; deprecated in Python, since most mean now(timezone::utc). Python: datetime.utcnow()
  static datetime utcnow();
  static datetime utcfromtimestamp(_Timestamp timestamp);
  // Python: datetime.combine(date, time, tzinfo=time.tzinfo)
  static datetime combine(const krait::datetime::date& date, const krait::datetime::time& time);
  static datetime combine(const krait::datetime::date& date, const krait::datetime::time& time, tz tzinfo);
  static datetime fromordinal(std::int64_t ordinal);
  static datetime fromisocalendar(int year, int week, int day);
  // What isoformat() writes, "Z", the basic format, week dates; digits beyond the sixth of a fraction are dropped. Throws
  // ValueError "Invalid isoformat string: 'x'". Python: datetime.fromisoformat(string)
  static datetime fromisoformat(std::string_view string);
  // The directives and errors of time::strptime, and %f. Python: datetime.strptime(string, format)
  static datetime strptime(std::string_view string, std::string_view format);
  static datetime min() { return {MINYEAR, 1, 1}; }
  static datetime max() { return {MAXYEAR, 12, 31, 23, 59, 59, 999999}; }
  static timedelta resolution() { return timedelta::resolution(); }

  int year() const noexcept { return date_.year(); }
  int month() const noexcept { return date_.month(); }
  int day() const noexcept { return date_.day(); }
  int hour() const noexcept { return hour_; }
  int minute() const noexcept { return minute_; }
  int second() const noexcept { return second_; }
  int microsecond() const noexcept { return microsecond_; }
  const tz& tzinfo() const noexcept { return tzinfo_; }
  // 1: the second of two equal times, when the clock is set back.
  int fold() const noexcept { return fold_; }

  krait::datetime::date date() const noexcept { return date_; }
  krait::datetime::time time() const;    // naive
  krait::datetime::time timetz() const;  // with the tzinfo

  // None when naive. Throw ValueError when the zone answers a day or more.
  std::optional<timedelta> utcoffset() const;
  std::optional<timedelta> dst() const;
  std::optional<std::string> tzname() const;

  // The same moment in another zone; without one, in the local zone, as a fixed offset. A naive time is a local one. Throws OverflowError "date
  // value out of range". Python: dt.astimezone(tz=None)
  datetime astimezone(const tz& zone = {}) const;
  // Of a naive time as a local one. Python: dt.timestamp()
  double timestamp() const;
  explicit operator std::chrono::sys_time<std::chrono::microseconds>() const;

  std::int64_t toordinal() const noexcept { return date_.toordinal(); }
  int weekday() const noexcept { return date_.weekday(); }  // 0 is Monday
  int isoweekday() const noexcept { return date_.isoweekday(); }
  IsoCalendarDate isocalendar() const { return date_.isocalendar(); }
  // tm_isdst is 1 or 0 as dst() says, -1 when it is None.
  krait::time::struct_time timetuple() const;
  krait::time::struct_time utctimetuple() const;

  // `sep` is one character. Throws TypeError when it is not, ValueError "Unknown timespec value".
  // Python: dt.isoformat(sep='T', timespec='auto')
  std::string isoformat(std::string_view sep = "T", std::string_view timespec = "auto") const;
  // "Fri Sep 15 14:46:37 2023"
  std::string ctime() const;
  // As time.strftime, and %f, %z, %:z and %Z of this time. Throws ValueError "embedded null character", where CPython 3.13 drops the rest.
  // Python: dt.strftime(format), format(dt, format)
  std::string strftime(std::string_view format) const;

  struct Replacement {
    std::optional<int> year{}, month{}, day{}, hour{}, minute{}, second{}, microsecond{};
    std::optional<tz> tzinfo{};  // None makes it naive
    std::optional<int> fold{};
  };
  // A copy with some fields changed; this one stays as it is. Python: dt.replace(…)
  [[nodiscard]] datetime replace(const Replacement& with) const;

  // Those of one zone by their fields, others by UTC. Naive and aware ones are never equal, and their order is a TypeError
  // "can't compare offset-naive and offset-aware datetimes". A time that its fold makes ambiguous is equal to none of another zone (PEP 495).
  bool operator==(const datetime& other) const;
  std::weak_ordering operator<=>(const datetime& other) const;

  // Moves the clock of the zone, whatever it skips or repeats meanwhile, as in Python. Throws OverflowError "date value out of range".
  friend datetime operator+(const datetime& when, const timedelta& delta) { return when.moved(delta, 1); }
  friend datetime operator+(const timedelta& delta, const datetime& when) { return when.moved(delta, 1); }
  friend datetime operator-(const datetime& when, const timedelta& delta) { return when.moved(delta, -1); }
  // Of one zone by the fields, of others by UTC. Throws TypeError "can't subtract offset-naive and offset-aware datetimes".
  friend timedelta operator-(const datetime& a, const datetime& b) { return a.minus(b); }
  datetime& operator+=(const timedelta& delta) { return *this = moved(delta, 1); }
  datetime& operator-=(const timedelta& delta) { return *this = moved(delta, -1); }

  // Seconds of the fields, from 1970-01-01T00:00 of the same clock.
  std::int64_t _clock_seconds() const noexcept {
    return (date_.toordinal() - krait::time::kEpochOrdinal) * 86400 + (hour_ * 60 + minute_) * 60 + second_;
  }

 private:
  datetime(const krait::datetime::date& date, int hour, int minute, int second, int microsecond, tz tzinfo, int fold);
  datetime moved(const timedelta& delta, int sign) const;
  timedelta minus(const datetime& other) const;
  bool depends_on_fold(const std::optional<timedelta>& offset) const;
  std::strong_ordering compare_fields(const datetime& other) const noexcept;
  timedelta field_difference(const datetime& other) const;
  std::int64_t local_seconds() const;

  krait::datetime::date date_;
  std::uint8_t hour_ = 0, minute_ = 0, second_ = 0, fold_ = 0;
  std::int32_t microsecond_ = 0;
  tz tzinfo_;
};

// "2023-09-15 14:46:37+00:00"
std::string str(const datetime& when);
// "datetime.datetime(2023, 9, 15, 14, 46, 37, tzinfo=datetime.timezone.utc)"
std::string repr(const datetime& when);

}  // namespace krait::datetime

// Equal times have equal hashes. Python: hash(dt), but another number.
template <>
struct std::hash<krait::datetime::datetime> {
  std::size_t operator()(const krait::datetime::datetime& when) const;
};
