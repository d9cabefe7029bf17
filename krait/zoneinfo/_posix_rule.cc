// rule   := std offset (dst offset? ',' change ',' change)?
// std, dst := letter+ | '<' (letter | digit | '+' | '-')* '>'
// offset := time, of at most 24 hours, positive to the west
// change := ('M' month '.' week '.' day | 'J' day | day) ('/' time)?
// time   := ('+' | '-')? 1*3digit (':' 2digit (':' 2digit)?)?         at most 167 hours

#include "krait/zoneinfo/_posix_rule.h"

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"
#include "krait/time/_calendar.h"

namespace krait::zoneinfo {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), rest_(text) {}

  _PosixRule run() {
    _PosixRule rule;
    if (!name(rule.standard.name)) fail("Invalid STD format in ");
    if (!offset(rule.standard.utcoff)) fail("Invalid STD offset in ");
    if (rest_.empty()) return rule;

    _Kind& summer = rule.summer.emplace();
    if (!name(summer.name)) fail("Invalid DST format in ");
    summer.utcoff = rule.standard.utcoff + 3600;
    if (!rest_.starts_with(',') && !offset(summer.utcoff)) fail("Invalid DST offset in ");
    summer.dstoff = summer.utcoff - rule.standard.utcoff;
    for (_Change* each : {&rule.start, &rule.end}) {
      if (!take(',')) fail("Missing transition rules in TZ string: ");
      if (!change(*each)) fail("Malformed transition rule in TZ string: ");
    }
    if (!rest_.empty()) fail("Extraneous characters at end of TZ string: ");
    return rule;
  }

 private:
  [[noreturn]] void fail(const char* what) const { throw ValueError(std::string(what) + repr_bytes(text_)); }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool name(std::string& into) {
    if (take('<')) {
      const std::size_t end = rest_.find('>');
      if (end == rest_.npos) return false;
      into = rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      for (const char c : into) {
        if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-') return false;
      }
      return true;
    }
    std::size_t size = 0;
    while (size < rest_.size() && is_letter(rest_[size])) ++size;
    into = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return size > 0;
  }

  bool digits(int& value, std::size_t least, std::size_t most) {
    value = 0;
    std::size_t count = 0;
    for (; count < most && !rest_.empty() && is_digit(rest_[0]); ++count, rest_.remove_prefix(1)) {
      value = value * 10 + (rest_[0] - '0');
    }
    return count >= least;
  }

  bool time_of(int& seconds) {
    const bool negative = take('-');
    if (!negative) take('+');
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!digits(hour, 1, 3) || hour > 167) return false;
    if (take(':')) {
      if (!digits(minute, 2, 2)) return false;
      if (take(':') && !digits(second, 2, 2)) return false;
    }
    seconds = (hour * 60 + minute) * 60 + second;
    if (negative) seconds = -seconds;
    return true;
  }

  bool offset(int& east) {
    int west = 0;
    if (!time_of(west) || west / 3600 > 24 || west / 3600 < -24) return false;
    east = -west;
    return true;
  }

  bool change(_Change& into) {
    if (take('M')) {
      into.form = _Change::Form::MonthWeekDay;
      if (!digits(into.month, 1, 2) || !take('.') || !digits(into.week, 1, 1) || !take('.') ||
          !digits(into.day, 1, 1)) {
        return false;
      }
      if (into.month < 1 || into.month > 12 || into.week < 1 || into.week > 5 || into.day > 6) return false;
    } else {
      into.form = take('J') ? _Change::Form::Julian : _Change::Form::DayOfYear;
      if (!digits(into.day, 1, 3) || into.day > 365) return false;
      if (into.form == _Change::Form::Julian && into.day == 0) return false;
    }
    return !take('/') || time_of(into.seconds);
  }

  std::string_view text_, rest_;
};

}  // namespace

std::int64_t _Change::in_year(std::int64_t year) const {
  std::int64_t days = time::_days_before_year(year) + 1 - time::kEpochOrdinal;  // of 1 January
  if (form == Form::DayOfYear) {
    days += day - 1;  // as CPython counts: a day earlier than POSIX
  } else if (form == Form::Julian) {
    days +=
        day - 1 + (day >= 59 && time::_is_leap(year) ? 1 : 0);  // as CPython: POSIX has 28 February stay where it is
  } else {
    const int first_weekday = (time::_weekday(time::_ordinal(year, month, 1)) + 1) % 7;  // 0 is Sunday
    int of_month = (day - first_weekday + 7) % 7 + 1 + (week - 1) * 7;
    if (of_month > time::_days_in_month(year, month)) of_month -= 7;
    days += time::_days_before_month(year, month) + of_month - 1;
  }
  return days * 86400 + seconds;
}

// With fold 0 the time with the smaller offset runs from the end of the gap to the end of the fold, with fold 1 from the
// start of the one to the start of the other.
const _Kind& _PosixRule::at_clock(std::int64_t clock, int year, int fold) const {
  if (!summer) return standard;
  std::int64_t from = start.in_year(year);
  std::int64_t to = end.in_year(year);
  if ((fold != 0) == (summer->dstoff >= 0)) {
    to -= summer->dstoff;
  } else {
    from += summer->dstoff;
  }
  const bool is_summer = from < to ? from <= clock && clock < to : !(to <= clock && clock < from);
  return is_summer ? *summer : standard;
}

_PosixRule::Found _PosixRule::at_utc(std::int64_t utc, int year) const {
  if (!summer) return {&standard, 0};
  const std::int64_t from = start.in_year(year) - standard.utcoff;
  const std::int64_t to = end.in_year(year) - summer->utcoff;
  const bool is_summer = from < to ? from <= utc && utc < to : !(to <= utc && utc < from);
  // What is repeated follows the end of a summer time that is ahead, and precedes one that is behind.
  const std::int64_t repeated = summer->dstoff > 0 ? to : from;
  const std::int64_t length = summer->dstoff > 0 ? summer->dstoff : -summer->dstoff;
  return {is_summer ? &*summer : &standard, repeated <= utc && utc < repeated + length ? 1 : 0};
}

_PosixRule _read_posix_rule(std::string_view text) { return Reader(text).run(); }

}  // namespace krait::zoneinfo
