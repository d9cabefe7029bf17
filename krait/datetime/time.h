#pragma once
// A time of day, naive or aware.
//
//   datetime::time(14, 46, 37).isoformat("minutes");                          // "14:46"
//   datetime::time(14, 46, 0, 0, datetime::timezone::utc).isoformat();       // "14:46:00+00:00"

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "krait/datetime/timedelta.h"
#include "krait/datetime/timezone.h"

namespace krait::datetime {

// The keywords that follow the numbers, of time and datetime.
struct _Zone {
  tz tzinfo{};
  int fold = 0;
};

// Python: datetime.time
class time {
 public:
  time() noexcept = default;
  // Throws ValueError "hour must be in 0..23" and its like. Python: time(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, fold=0)
  explicit time(int hour, int minute = 0, int second = 0, int microsecond = 0, tz tzinfo = {}, int fold = 0);
  time(int hour, int minute, _Zone zone) : time(hour, minute, 0, 0, std::move(zone.tzinfo), zone.fold) {}
  time(int hour, int minute, int second, _Zone zone)
      : time(hour, minute, second, 0, std::move(zone.tzinfo), zone.fold) {}

  // "14:46:37.5+08:00", "T144637", "14". Throws ValueError "Invalid isoformat string: 'x'". Python: time.fromisoformat(string)
  static time fromisoformat(std::string_view string);
  static time min() { return time(0); }
  static time max() { return time(23, 59, 59, 999999); }
  static timedelta resolution() { return timedelta::resolution(); }

  int hour() const noexcept { return hour_; }
  int minute() const noexcept { return minute_; }
  int second() const noexcept { return second_; }
  int microsecond() const noexcept { return microsecond_; }
  const tz& tzinfo() const noexcept { return tzinfo_; }
  // 1: the second of two equal times, when the clock is set back.
  int fold() const noexcept { return fold_; }

  // What the zone says without a date: None of a zone in which it depends on that.
  std::optional<timedelta> utcoffset() const;
  std::optional<timedelta> dst() const;
  std::optional<std::string> tzname() const;

  // timespec: "auto", "hours", "minutes", "seconds", "milliseconds", "microseconds"; cut, not rounded. Throws ValueError
  // "Unknown timespec value". Python: time.isoformat(timespec)
  std::string isoformat(std::string_view timespec = "auto") const;
  // The date is 1900-01-01. Python: time.strftime(format), format(time, format)
  std::string strftime(std::string_view format) const;

  struct Replacement {
    std::optional<int> hour{}, minute{}, second{}, microsecond{};
    std::optional<tz> tzinfo{};
    std::optional<int> fold{};
  };
  // A copy with some fields changed; this one stays as it is. Python: time.replace(…)
  [[nodiscard]] time replace(const Replacement& with) const;

  // Aware times compare by UTC; naive and aware ones are never equal, and their order is a TypeError "can't compare
  // offset-naive and offset-aware times".
  bool operator==(const time& other) const;
  std::weak_ordering operator<=>(const time& other) const;

 private:
  std::int64_t _microseconds() const noexcept {
    return ((hour_ * 60 + minute_) * 60 + second_) * std::int64_t{1'000'000} + microsecond_;
  }

  std::uint8_t hour_ = 0, minute_ = 0, second_ = 0, fold_ = 0;
  std::int32_t microsecond_ = 0;
  tz tzinfo_;
};

// "14:46:37"
std::string str(const time& clock);
// "datetime.time(14, 46, 37)"
std::string repr(const time& clock);

}  // namespace krait::datetime

// Equal times have equal hashes. Python: hash(time), but another number.
template <>
struct std::hash<krait::datetime::time> {
  std::size_t operator()(const krait::datetime::time& clock) const;
};
