#include "krait/datetime/datetime.h"

#include <cmath>

#include "krait/builtins/exceptions.h"
#include "krait/datetime/_directives.h"
#include "krait/datetime/_isoformat.h"
#include "krait/datetime/_local.h"
#include "krait/datetime/_offset.h"
#include "krait/time/_calendar.h"
#include "krait/time/_parsed.h"
#include "krait/time/_tm.h"

namespace krait::datetime {

namespace {

// The bytes of the character that a UTF-8 text begins with.
std::size_t character_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  return std::min<std::size_t>(text.size(), first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4);
}

datetime of_tm(const std::tm& tm, int microsecond, int fold = 0) {
  // Some zones count leap seconds.
  return {tm.tm_year + 1900, tm.tm_mon + 1,           tm.tm_mday,  tm.tm_hour,
          tm.tm_min,         std::min(tm.tm_sec, 59), microsecond, _Zone{.fold = fold}};
}

datetime utc_of(const _Timestamp& timestamp) {
  return of_tm(krait::time::_utc_tm(timestamp.seconds()), timestamp.microseconds());
}

}  // namespace

_Timestamp::_Timestamp(double secs) {
  if (std::isnan(secs)) throw ValueError("Invalid value NaN (not a number)");
  double whole = 0;
  double fraction = std::nearbyint(std::modf(secs, &whole) * 1e6);  // halves to the even one
  if (fraction >= 1e6) {
    fraction -= 1e6;
    whole += 1;
  } else if (fraction < 0) {
    fraction += 1e6;
    whole -= 1;
  }
  if (!(whole >= -0x1p63 && whole < 0x1p63)) krait::time::_Seconds::out_of_range();
  secs_ = static_cast<std::int64_t>(whole);
  microseconds_ = static_cast<int>(fraction);
}

datetime::datetime(int year, int month, int day, int hour, int minute, int second, int microsecond, tz tzinfo, int fold)
    : datetime(krait::datetime::date(year, month, day), hour, minute, second, microsecond, std::move(tzinfo), fold) {}

datetime::datetime(int year, int month, int day, Keywords keywords)
    : datetime(year, month, day, keywords.hour, keywords.minute, keywords.second, keywords.microsecond,
               std::move(keywords.tzinfo), keywords.fold) {}

datetime::datetime(int year, int month, int day, int hour, _Zone zone)
    : datetime(year, month, day, hour, 0, 0, 0, std::move(zone.tzinfo), zone.fold) {}

datetime::datetime(int year, int month, int day, int hour, int minute, _Zone zone)
    : datetime(year, month, day, hour, minute, 0, 0, std::move(zone.tzinfo), zone.fold) {}

datetime::datetime(int year, int month, int day, int hour, int minute, int second, _Zone zone)
    : datetime(year, month, day, hour, minute, second, 0, std::move(zone.tzinfo), zone.fold) {}

datetime::datetime(int year, int month, int day, int hour, int minute, int second, int microsecond, _Zone zone)
    : datetime(year, month, day, hour, minute, second, microsecond, std::move(zone.tzinfo), zone.fold) {}

datetime::datetime(const krait::datetime::date& date, int hour, int minute, int second, int microsecond, tz tzinfo,
                   int fold)
    : date_(date),
      hour_(static_cast<std::uint8_t>(hour)),
      minute_(static_cast<std::uint8_t>(minute)),
      second_(static_cast<std::uint8_t>(second)),
      fold_(static_cast<std::uint8_t>(fold)),
      microsecond_(microsecond),
      tzinfo_(std::move(tzinfo)) {
  krait::time::_check_time(hour, minute, second, microsecond, fold);
}

datetime datetime::now(const tz& zone) { return fromtimestamp(std::chrono::system_clock::now(), zone); }

datetime datetime::fromtimestamp(_Timestamp timestamp, const tz& zone) {
  if (zone) return zone->fromutc(utc_of(timestamp).replace({.tzinfo = zone}));
  const std::tm tm = krait::time::_local_tm(timestamp.seconds());
  const datetime local = of_tm(tm, timestamp.microseconds());
  return local.replace({.fold = _local_fold(timestamp.seconds(), local._clock_seconds())});
}

datetime datetime::utcnow() { return utcfromtimestamp(std::chrono::system_clock::now()); }
datetime datetime::utcfromtimestamp(_Timestamp timestamp) { return utc_of(timestamp); }

datetime datetime::combine(const krait::datetime::date& date, const krait::datetime::time& time) {
  return combine(date, time, time.tzinfo());
}

datetime datetime::combine(const krait::datetime::date& date, const krait::datetime::time& time, tz tzinfo) {
  return {date, time.hour(), time.minute(), time.second(), time.microsecond(), std::move(tzinfo), time.fold()};
}

datetime datetime::fromordinal(std::int64_t ordinal) {
  return {krait::datetime::date::fromordinal(ordinal), 0, 0, 0, 0, {}, 0};
}

datetime datetime::fromisocalendar(int year, int week, int day) {
  return {krait::datetime::date::fromisocalendar(year, week, day), 0, 0, 0, 0, {}, 0};
}

datetime datetime::fromisoformat(std::string_view string) {
  const std::size_t separator = _iso_separator(string);
  const auto date = _read_iso_date(string.substr(0, separator));
  if (!date) _invalid_isoformat(string);
  _IsoTime time;
  if (separator < string.size()) {
    const std::string_view behind = string.substr(separator);
    const auto read = _read_iso_time(behind.substr(character_size(behind)));
    if (!read) _invalid_isoformat(string);
    time = *read;
  }
  // CPython makes the offset first: of two that are out of range, it names that one.
  tz zone = time.has_offset ? _zone_of_offset(time.offset, time.offset_microseconds) : tz();
  return {date->year, date->month, date->day, time.hour, time.minute, time.second, time.microsecond, std::move(zone)};
}

datetime datetime::strptime(std::string_view string, std::string_view format) {
  const krait::time::_Parsed parsed = krait::time::_parse(string, format);
  tz zone;
  if (parsed.gmtoff) {
    const timedelta offset = timedelta::_normalized(0, *parsed.gmtoff, parsed.gmtoff_microseconds);
    zone = parsed.zone ? timezone(offset, *parsed.zone) : timezone(offset);
  }
  return {parsed.year,   parsed.month,  parsed.day,         parsed.hour,
          parsed.minute, parsed.second, parsed.microsecond, std::move(zone)};
}

krait::datetime::time datetime::time() const {
  return krait::datetime::time(hour_, minute_, second_, microsecond_, {}, fold_);
}
krait::datetime::time datetime::timetz() const {
  return krait::datetime::time(hour_, minute_, second_, microsecond_, tzinfo_, fold_);
}

std::optional<timedelta> datetime::utcoffset() const { return _utcoffset(tzinfo_, this); }
std::optional<timedelta> datetime::dst() const { return _dst(tzinfo_, this); }
std::optional<std::string> datetime::tzname() const { return _tzname(tzinfo_, this); }

datetime datetime::astimezone(const tz& zone) const {
  if (tzinfo_ && tzinfo_ == zone) return *this;
  std::optional<timedelta> offset = utcoffset();
  if (!offset) offset = _local_offset(_clock_seconds(), fold_);
  datetime utc = *this - *offset;
  utc.tzinfo_ = zone ? zone : tz(_local_zone_at(utc._clock_seconds()));
  return utc.tzinfo_->fromutc(utc);
}

double datetime::timestamp() const {
  if (!utcoffset()) return static_cast<double>(local_seconds()) + microsecond_ / 1e6;
  static const datetime epoch(1970, 1, 1, {.tzinfo = timezone::utc});
  return (*this - epoch).total_seconds();
}

datetime::operator std::chrono::sys_time<std::chrono::microseconds>() const {
  const auto offset = utcoffset();
  const std::int64_t secs = offset ? _clock_seconds() : local_seconds();
  const std::chrono::sys_time<std::chrono::microseconds> clock(std::chrono::seconds(secs) +
                                                               std::chrono::microseconds(microsecond_));
  return clock - offset.value_or(timedelta()).to_chrono();
}

krait::time::struct_time datetime::timetuple() const {
  krait::time::struct_time tuple = date_.timetuple();
  tuple.tm_hour = hour_;
  tuple.tm_min = minute_;
  tuple.tm_sec = second_;
  if (const auto summer = dst()) tuple.tm_isdst = *summer ? 1 : 0;
  return tuple;
}

krait::time::struct_time datetime::utctimetuple() const {
  const auto offset = utcoffset();
  krait::time::struct_time tuple = (offset && *offset ? *this - *offset : *this).replace({.tzinfo = None}).timetuple();
  tuple.tm_isdst = 0;
  return tuple;
}

std::string datetime::isoformat(std::string_view sep, std::string_view timespec) const {
  if (sep.empty() || character_size(sep) != sep.size()) {
    throw TypeError("isoformat() argument 1 must be a unicode character, not str");
  }
  std::string text;
  text.reserve(40);  // with microseconds and an offset of minutes it is 32
  date_._put_iso(text);
  text += sep;
  _put_clock(text, hour_, minute_, second_, microsecond_, timespec);
  if (const auto offset = utcoffset()) _put_offset(text, *offset, ":");
  return text;
}

std::string datetime::ctime() const { return _ctime(timetuple()); }

std::string datetime::strftime(std::string_view format) const {
  const krait::time::struct_time tuple = timetuple();
  const _Directives own(microsecond_, tzinfo_, this);
  return krait::time::_format(format, krait::time::_to_tm(tuple), &own);
}

datetime datetime::replace(const Replacement& with) const {
  const krait::datetime::date date = date_.replace({with.year, with.month, with.day});
  return {date,
          with.hour.value_or(hour_),
          with.minute.value_or(minute_),
          with.second.value_or(second_),
          with.microsecond.value_or(microsecond_),
          with.tzinfo ? *with.tzinfo : tzinfo_,
          with.fold.value_or(fold_)};
}

std::strong_ordering datetime::compare_fields(const datetime& other) const noexcept {
  if (const auto order = _clock_seconds() <=> other._clock_seconds(); order != 0) return order;
  return microsecond_ <=> other.microsecond_;
}

bool datetime::depends_on_fold(const std::optional<timedelta>& offset) const {
  return tzinfo_ && replace({.fold = 1 - fold_}).utcoffset() != offset;
}

bool datetime::operator==(const datetime& other) const {
  if (tzinfo_ == other.tzinfo_) return compare_fields(other) == 0;
  const auto offset = utcoffset();
  const auto other_offset = other.utcoffset();
  if (offset.has_value() != other_offset.has_value()) return false;
  const bool equal = offset == other_offset ? compare_fields(other) == 0 : !minus(other);
  return equal && !depends_on_fold(offset) && !other.depends_on_fold(other_offset);
}

std::weak_ordering datetime::operator<=>(const datetime& other) const {
  if (tzinfo_ == other.tzinfo_) return compare_fields(other);
  const auto offset = utcoffset();
  const auto other_offset = other.utcoffset();
  if (offset == other_offset) return compare_fields(other);
  if (!offset || !other_offset) throw TypeError("can't compare offset-naive and offset-aware datetimes");
  return minus(other) <=> timedelta();
}

timedelta datetime::field_difference(const datetime& other) const {
  return timedelta::_normalized(0, _clock_seconds() - other._clock_seconds(), microsecond_ - other.microsecond_);
}

timedelta datetime::minus(const datetime& other) const {
  if (tzinfo_ == other.tzinfo_) return field_difference(other);
  const auto offset = utcoffset();
  const auto other_offset = other.utcoffset();
  if (offset == other_offset) return field_difference(other);
  if (!offset || !other_offset) throw TypeError("can't subtract offset-naive and offset-aware datetimes");
  return field_difference(other) - (*offset - *other_offset);
}

datetime datetime::moved(const timedelta& delta, int sign) const {
  std::int64_t secs = _clock_seconds() + sign * (std::int64_t{delta.days()} * 86400 + delta.seconds());
  int microsecond = microsecond_ + sign * delta.microseconds();
  if (microsecond < 0) {
    microsecond += 1'000'000;
    --secs;
  } else if (microsecond >= 1'000'000) {
    microsecond -= 1'000'000;
    ++secs;
  }
  const std::int64_t days = krait::time::_floor_div(secs, 86400);
  const auto within = static_cast<int>(secs - days * 86400);
  return {date_._moved(days - (date_.toordinal() - krait::time::kEpochOrdinal)),
          within / 3600,
          within / 60 % 60,
          within % 60,
          microsecond,
          tzinfo_,
          0};
}

std::int64_t datetime::local_seconds() const { return _local_to_utc(_clock_seconds(), fold_); }

std::string str(const datetime& when) { return when.isoformat(" "); }

std::string repr(const datetime& when) {
  std::string text = "datetime.datetime(";
  for (const int field : {when.year(), when.month(), when.day(), when.hour()}) text += std::to_string(field) + ", ";
  text += std::to_string(when.minute());
  if (when.second() != 0 || when.microsecond() != 0) text += ", " + std::to_string(when.second());
  if (when.microsecond() != 0) text += ", " + std::to_string(when.microsecond());
  if (when.fold() != 0) text += ", fold=1";
  if (when.tzinfo()) text += ", tzinfo=" + when.tzinfo()->repr();
  return text += ')';
}

}  // namespace krait::datetime

std::size_t std::hash<krait::datetime::datetime>::operator()(const krait::datetime::datetime& when) const {
  using krait::datetime::timedelta;
  const auto offset = when.replace({.fold = 0}).utcoffset();
  const timedelta clock(0, when._clock_seconds(), when.microsecond());
  return std::hash<timedelta>()(clock - offset.value_or(timedelta()));
}
