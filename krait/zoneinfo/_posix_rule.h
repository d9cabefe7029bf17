#pragma once
// The rule at the end of a TZif file, by which the zone goes on: "EST5EDT,M3.2.0,M11.1.0".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace krait::zoneinfo {

// One kind of time that a zone has had.
struct _Kind {
  int utcoff = 0, dstoff = 0;  // seconds
  std::string name;
  bool operator==(const _Kind&) const = default;
};

// When within a year the clock is changed, in the local time before.
struct _Change {
  enum class Form : std::uint8_t { MonthWeekDay, Julian, DayOfYear } form = Form::DayOfYear;
  int month = 0, week = 0;  // week 5 is the last one
  int day = 0;              // of the week, from Sunday; or of the year, in the Julian form without 29 February
  int seconds = 2 * 3600;

  // Seconds since 1970-01-01 of the local clock.
  std::int64_t in_year(std::int64_t year) const;
};

struct _PosixRule {
  _Kind standard;
  std::optional<_Kind> summer;  // without it, the standard time holds for ever
  _Change start, end;

  struct Found {
    const _Kind* kind;
    int fold;
  };
  // `clock` is the local time, of the year given.
  const _Kind& at_clock(std::int64_t clock, int year, int fold) const;
  Found at_utc(std::int64_t utc, int year) const;
};

// Throws ValueError "Invalid STD offset in b'EST25'" and its like.
_PosixRule _read_posix_rule(std::string_view text);

}  // namespace krait::zoneinfo
