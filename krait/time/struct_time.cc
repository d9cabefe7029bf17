#include "krait/time/struct_time.h"

#include <cerrno>
#include <climits>
#include <cmath>
#include <compare>
#include <cstdio>

#include "krait/builtins/exceptions.h"
#include "krait/time/_calendar.h"
#include "krait/time/_tm.h"

namespace krait::time {

namespace {

constexpr int kFields = 9;
constexpr int struct_time::* kMembers[kFields] = {&struct_time::tm_year, &struct_time::tm_mon,  &struct_time::tm_mday,
                                                  &struct_time::tm_hour, &struct_time::tm_min,  &struct_time::tm_sec,
                                                  &struct_time::tm_wday, &struct_time::tm_yday, &struct_time::tm_isdst};
constexpr const char* kNames[kFields] = {"tm_year", "tm_mon",  "tm_mday", "tm_hour", "tm_min",
                                         "tm_sec",  "tm_wday", "tm_yday", "tm_isdst"};

void check(bool good, const char* what) {
  if (!good) throw ValueError(std::string(what) + " out of range");
}

std::int64_t now() { return std::time(nullptr); }

}  // namespace

_Seconds::_Seconds(double secs) : secs_(0) {
  if (std::isnan(secs)) throw ValueError("Invalid value NaN (not a number)");
  const double floored = std::floor(secs);
  if (!(floored >= -0x1p63 && floored < 0x1p63)) out_of_range();
  secs_ = static_cast<std::int64_t>(floored);
}

void _Seconds::out_of_range() { throw OverflowError("timestamp out of range for platform time_t"); }

struct_time struct_time::from(std::span<const int> sequence) {
  const std::string given = " (" + std::to_string(sequence.size()) + "-sequence given)";
  if (sequence.size() < kFields) throw TypeError("time.struct_time() takes an at least 9-sequence" + given);
  if (sequence.size() > kFields + 2) throw TypeError("time.struct_time() takes an at most 11-sequence" + given);
  struct_time t;
  for (int i = 0; i < kFields; ++i) t.*kMembers[i] = sequence[static_cast<std::size_t>(i)];
  return t;
}

int struct_time::operator[](std::size_t index) const {
  if (index >= kFields) throw IndexError("tuple index out of range");
  return this->*kMembers[index];
}

bool struct_time::operator==(const struct_time& other) const noexcept { return (*this <=> other) == 0; }

std::strong_ordering struct_time::operator<=>(const struct_time& other) const noexcept {
  for (const auto member : kMembers) {
    if (const auto order = this->*member <=> other.*member; order != 0) return order;
  }
  return std::strong_ordering::equal;
}

std::string repr(const struct_time& t) {
  std::string text = "time.struct_time(";
  for (int i = 0; i < kFields; ++i) {
    text.append(i == 0 ? "" : ", ").append(kNames[i]).append("=").append(std::to_string(t.*kMembers[i]));
  }
  return text += ')';
}

std::string str(const struct_time& t) { return repr(t); }

std::tm _to_tm(const struct_time& t) {
  if (t.tm_year < INT_MIN + 1900) throw OverflowError("year out of range");
  std::tm tm{};
  tm.tm_year = t.tm_year - 1900;
  tm.tm_mon = t.tm_mon == INT_MIN ? INT_MIN : t.tm_mon - 1;
  tm.tm_mday = t.tm_mday;
  tm.tm_hour = t.tm_hour;
  tm.tm_min = t.tm_min;
  tm.tm_sec = t.tm_sec;
  tm.tm_wday = static_cast<int>((std::int64_t{t.tm_wday} + 1) % 7);
  tm.tm_yday = t.tm_yday == INT_MIN ? INT_MIN : t.tm_yday - 1;
  tm.tm_isdst = t.tm_isdst;
  tm.tm_zone = t.tm_zone ? t.tm_zone->c_str() : nullptr;
  tm.tm_gmtoff = t.tm_gmtoff.value_or(0);
  return tm;
}

void _check_tm(std::tm& tm) {
  if (tm.tm_mon == -1) tm.tm_mon = 0;
  check(tm.tm_mon >= 0 && tm.tm_mon <= 11, "month");
  if (tm.tm_mday == 0) tm.tm_mday = 1;
  check(tm.tm_mday >= 0 && tm.tm_mday <= 31, "day of month");
  check(tm.tm_hour >= 0 && tm.tm_hour <= 23, "hour");
  check(tm.tm_min >= 0 && tm.tm_min <= 59, "minute");
  check(tm.tm_sec >= 0 && tm.tm_sec <= 61, "seconds");
  check(tm.tm_wday >= 0, "day of week");
  if (tm.tm_yday == -1) tm.tm_yday = 0;
  check(tm.tm_yday >= 0 && tm.tm_yday <= 365, "day of year");
}

struct_time _from_tm(const std::tm& tm) {
  return {.tm_year = tm.tm_year + 1900,
          .tm_mon = tm.tm_mon + 1,
          .tm_mday = tm.tm_mday,
          .tm_hour = tm.tm_hour,
          .tm_min = tm.tm_min,
          .tm_sec = tm.tm_sec,
          .tm_wday = (tm.tm_wday + 6) % 7,
          .tm_yday = tm.tm_yday + 1,
          .tm_isdst = tm.tm_isdst,
          .tm_zone = tm.tm_zone ? std::optional<std::string>(tm.tm_zone) : std::nullopt,
          .tm_gmtoff = tm.tm_gmtoff};
}

std::tm _utc_tm(std::int64_t secs) {
  std::tm tm{};
  const std::time_t when = secs;
  if (!gmtime_r(&when, &tm)) raise_os_error(errno);
  return tm;
}

std::tm _local_tm(std::int64_t secs) {
  std::tm tm{};
  const std::time_t when = secs;
  if (!localtime_r(&when, &tm)) raise_os_error(errno);
  return tm;
}

struct_time gmtime() { return gmtime(now()); }
struct_time gmtime(_Seconds secs) { return _from_tm(_utc_tm(secs.count())); }
struct_time localtime() { return localtime(now()); }
struct_time localtime(_Seconds secs) { return _from_tm(_local_tm(secs.count())); }

double mktime(const struct_time& t) {
  std::tm tm = _to_tm(t);
  tm.tm_wday = -1;  // C sets it, unless it fails: -1 alone is also the second before the epoch
  const std::time_t secs = std::mktime(&tm);
  if (secs == -1 && tm.tm_wday == -1) throw OverflowError("mktime argument out of range");
  return static_cast<double>(secs);
}

std::int64_t timegm(const struct_time& t) {
  _check_date(t.tm_year, t.tm_mon, 1);
  const std::int64_t days = _ordinal(t.tm_year, t.tm_mon, 1) - kEpochOrdinal + t.tm_mday - 1;
  return ((days * 24 + t.tm_hour) * 60 + t.tm_min) * 60 + t.tm_sec;
}

std::string asctime() { return asctime(localtime()); }

std::string asctime(const struct_time& t) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm tm = _to_tm(t);
  _check_tm(tm);
  char text[48];
  const int size = std::snprintf(text, sizeof(text), "%s %s%3d %.2d:%.2d:%.2d %d", kDays[tm.tm_wday],
                                 kMonths[tm.tm_mon], tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, t.tm_year);
  return {text, static_cast<std::size_t>(size)};
}

std::string asctime(std::span<const int> tuple) {
  if (tuple.size() != kFields) throw TypeError("asctime(): illegal time tuple argument");
  return asctime(struct_time::from(tuple));
}

std::string ctime() { return asctime(); }
std::string ctime(_Seconds secs) { return asctime(localtime(secs)); }

}  // namespace krait::time
