#include "krait/datetime/time.h"

#include "krait/builtins/exceptions.h"
#include "krait/datetime/_directives.h"
#include "krait/datetime/_isoformat.h"
#include "krait/datetime/_offset.h"
#include "krait/time/_calendar.h"
#include "krait/time/_tm.h"

namespace krait::datetime {

time::time(int hour, int minute, int second, int microsecond, tz tzinfo, int fold)
    : hour_(static_cast<std::uint8_t>(hour)),
      minute_(static_cast<std::uint8_t>(minute)),
      second_(static_cast<std::uint8_t>(second)),
      fold_(static_cast<std::uint8_t>(fold)),
      microsecond_(microsecond),
      tzinfo_(std::move(tzinfo)) {
  krait::time::_check_time(hour, minute, second, microsecond, fold);
}

time time::fromisoformat(std::string_view string) {
  const auto read = _read_iso_time(string.starts_with('T') ? string.substr(1) : string);
  if (!read) _invalid_isoformat(string);
  tz zone = read->has_offset ? _zone_of_offset(read->offset, read->offset_microseconds) : tz();
  return time(read->hour, read->minute, read->second, read->microsecond, std::move(zone));
}

std::optional<timedelta> time::utcoffset() const { return _utcoffset(tzinfo_, nullptr); }
std::optional<timedelta> time::dst() const { return _dst(tzinfo_, nullptr); }
std::optional<std::string> time::tzname() const { return _tzname(tzinfo_, nullptr); }

std::string time::isoformat(std::string_view timespec) const {
  std::string text;
  _put_clock(text, hour_, minute_, second_, microsecond_, timespec);
  if (const auto offset = utcoffset()) _put_offset(text, *offset, ":");
  return text;
}

std::string time::strftime(std::string_view format) const {
  const krait::time::struct_time tuple{.tm_year = 1900,
                                       .tm_mon = 1,
                                       .tm_mday = 1,
                                       .tm_hour = hour_,
                                       .tm_min = minute_,
                                       .tm_sec = second_,
                                       .tm_yday = 1,
                                       .tm_isdst = -1};
  const _Directives own(microsecond_, tzinfo_, nullptr);
  return krait::time::_format(format, krait::time::_to_tm(tuple), &own);
}

time time::replace(const Replacement& with) const {
  return time(with.hour.value_or(hour_), with.minute.value_or(minute_), with.second.value_or(second_),
              with.microsecond.value_or(microsecond_), with.tzinfo.value_or(tzinfo_), with.fold.value_or(fold_));
}

bool time::operator==(const time& other) const {
  if (tzinfo_ == other.tzinfo_) return _microseconds() == other._microseconds();
  if (utcoffset().has_value() != other.utcoffset().has_value()) return false;
  return (*this <=> other) == 0;
}

std::weak_ordering time::operator<=>(const time& other) const {
  const auto difference = [&] { return _microseconds() <=> other._microseconds(); };
  if (tzinfo_ == other.tzinfo_) return difference();
  const auto offset = utcoffset();
  const auto other_offset = other.utcoffset();
  if (offset == other_offset) return difference();
  if (!offset || !other_offset) throw TypeError("can't compare offset-naive and offset-aware times");
  return _microseconds() - offset->_total_microseconds() <=>
         other._microseconds() - other_offset->_total_microseconds();
}

std::string str(const time& clock) { return clock.isoformat(); }

std::string repr(const time& clock) {
  std::string text = "datetime.time(" + std::to_string(clock.hour()) + ", " + std::to_string(clock.minute());
  if (clock.second() != 0 || clock.microsecond() != 0) text += ", " + std::to_string(clock.second());
  if (clock.microsecond() != 0) text += ", " + std::to_string(clock.microsecond());
  if (clock.fold() != 0) text += ", fold=1";
  if (clock.tzinfo()) text += ", tzinfo=" + clock.tzinfo()->repr();
  return text += ')';
}

}  // namespace krait::datetime

std::size_t std::hash<krait::datetime::time>::operator()(const krait::datetime::time& clock) const {
  const krait::datetime::timedelta since_midnight({.hours = clock.hour(),
                                                   .minutes = clock.minute(),
                                                   .seconds = clock.second(),
                                                   .microseconds = clock.microsecond()});
  return std::hash<krait::datetime::timedelta>()(since_midnight -
                                                 clock.utcoffset().value_or(krait::datetime::timedelta()));
}
