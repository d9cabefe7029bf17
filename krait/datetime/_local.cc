#include "krait/datetime/_local.h"

#include <algorithm>

#include "krait/time/_calendar.h"
#include "krait/time/_tm.h"

namespace krait::datetime {

namespace {

constexpr std::int64_t kLongestFold = 24 * 3600;

// What the local clock shows, in seconds since 1970-01-01T00:00 of the same clock.
std::int64_t local(std::int64_t utc) {
  const std::tm tm = krait::time::_local_tm(utc);
  krait::time::_check_date(tm.tm_year + 1900, 1, 1);
  const std::int64_t days = krait::time::_ordinal(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
  return (days - krait::time::kEpochOrdinal) * 86400 + (tm.tm_hour * 60 + tm.tm_min) * 60 + tm.tm_sec;
}

}  // namespace

int _local_fold(std::int64_t utc, std::int64_t clock) {
  const std::int64_t change = clock - local(utc - kLongestFold) - kLongestFold;
  return change < 0 && local(utc + change) == clock ? 1 : 0;
}

// The clock's offset is that found by taking it for UTC, or that a day before or after: PEP 495, "Conversion from Naive to
// Aware".
std::int64_t _local_to_utc(std::int64_t clock, int fold) {
  const std::int64_t first_offset = local(clock) - clock;
  const std::int64_t first = clock - first_offset;
  const std::int64_t shown = local(first);
  std::int64_t second_offset = shown - first;
  if (shown == clock) {  // one answer: look for an earlier or a later one
    const std::int64_t elsewhere = first + (fold != 0 ? kLongestFold : -kLongestFold);
    second_offset = local(elsewhere) - elsewhere;
    if (second_offset == first_offset) return first;
  }
  const std::int64_t second = clock - second_offset;
  if (local(second) == clock) return second;
  if (shown == clock) return first;
  return fold != 0 ? std::min(first, second) : std::max(first, second);
}

timedelta _local_offset(std::int64_t clock, int fold) {
  const std::int64_t utc = _local_to_utc(clock, fold);
  const std::int64_t other = _local_to_utc(clock, 1 - fold);
  const bool gap = other != utc && (other > utc) == (fold != 0);
  return _local_zone_at(gap ? other : utc).utcoffset();
}

timezone _local_zone_at(std::int64_t utc) {
  const krait::time::struct_time t = krait::time::localtime(utc);
  return timezone(timedelta::_of_seconds(t.tm_gmtoff.value_or(0)), t.tm_zone.value_or(""));
}

}  // namespace krait::datetime
