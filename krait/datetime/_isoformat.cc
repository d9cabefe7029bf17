// date     := YYYY '-' MM '-' DD | YYYY MM DD | YYYY '-' 'W' WW ('-' D)? | YYYY 'W' WW D?
// time     := clock (('+' | '-') clock | 'Z')?
// clock    := HH (':' MM (':' SS fraction?)?)? | HH (MM (SS fraction?)?)?      fraction := ('.' | ',') digit+
// datetime := date any-character time
//
// CPython's reader takes some more, which is followed here, for a text is valid in both or in neither: what stands behind a
// date of ten characters ("20230915xx"), a colon before an offset ("10:+01:00"), a fraction after any part ("10.5").

#include "krait/datetime/_isoformat.h"

#include <string>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"

namespace krait::datetime {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads from the left; beyond the end it finds '\0'.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip() { ++at_; }
  bool at_end() const { return at_ >= text_.size(); }
  std::size_t left() const { return at_end() ? 0 : text_.size() - at_; }

  bool take(char expected) {
    if (peek() != expected) return false;
    ++at_;
    return true;
  }
  bool digits(int& value, std::size_t count) {
    value = 0;
    for (std::size_t i = 0; i < count; ++i, ++at_) {
      if (!is_digit(peek())) return false;
      value = value * 10 + (peek() - '0');
    }
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

enum class Clock { Whole, MoreFollows, Broken };

Clock read_fraction(Cursor& cursor, int& microsecond) {
  constexpr int kScale[] = {0, 100000, 10000, 1000, 100, 10, 1};
  const std::size_t count = std::min<std::size_t>(cursor.left(), 6);
  if (!cursor.digits(microsecond, count) || count == 0) return Clock::Broken;
  microsecond *= kScale[count];
  while (is_digit(cursor.peek())) cursor.skip();
  return cursor.at_end() ? Clock::Whole : Clock::MoreFollows;
}

// `text` ends where the clock should; `rest` is whether there is text behind that, as CPython sees it.
Clock read_clock(std::string_view text, bool more_behind, int (&fields)[4]) {
  Cursor cursor(text);
  bool colons = false;
  for (int i = 0; i < 3; ++i) {
    if (!cursor.digits(fields[i], 2)) return Clock::Broken;
    if (cursor.at_end()) return more_behind ? Clock::MoreFollows : Clock::Whole;
    const char c = cursor.peek();
    if (i == 0) colons = c == ':';
    cursor.skip();
    if (cursor.at_end()) return Clock::MoreFollows;
    if (c == '.' || c == ',') break;
    if (colons) {
      if (c != ':') return Clock::Broken;
    } else if (i < 2) {
      cursor = Cursor(text.substr(2 * static_cast<std::size_t>(i + 1)));
    } else {
      cursor = Cursor(text.substr(6));
    }
  }
  return read_fraction(cursor, fields[3]);
}

}  // namespace

std::optional<krait::time::_Date> _read_iso_date(std::string_view text) {
  if (text.size() != 7 && text.size() != 8 && text.size() != 10) return std::nullopt;
  Cursor cursor(text);
  krait::time::_Date date{};
  if (!cursor.digits(date.year, 4)) return std::nullopt;
  const bool dashes = cursor.take('-');
  if (cursor.take('W')) {
    int week = 0;
    int day = 1;
    if (!cursor.digits(week, 2)) return std::nullopt;
    if (!cursor.at_end()) {
      if (dashes && !cursor.take('-')) return std::nullopt;
      if (!cursor.digits(day, 1)) return std::nullopt;
    }
    if (krait::time::_iso_fault(date.year, week, day) != krait::time::_IsoFault::None) return std::nullopt;
    return krait::time::_from_ordinal(krait::time::_iso_week1_monday(date.year) + (week - 1) * 7 + day - 1);
  }
  if (!cursor.digits(date.month, 2)) return std::nullopt;
  if (dashes && !cursor.take('-')) return std::nullopt;
  if (!cursor.digits(date.day, 2)) return std::nullopt;
  return date;
}

std::optional<_IsoTime> _read_iso_time(std::string_view text) {
  const std::size_t zone = std::min(text.find_first_of("+-Z"), text.size());
  const bool has_zone = zone < text.size();
  int clock[4] = {};
  const Clock read = read_clock(text.substr(0, zone), has_zone, clock);
  if (read == Clock::Broken || (read == Clock::MoreFollows && !has_zone)) return std::nullopt;
  _IsoTime time{
      .hour = clock[0], .minute = clock[1], .second = clock[2], .microsecond = clock[3], .has_offset = has_zone};
  if (!has_zone) return time;
  if (text[zone] == 'Z') return zone + 1 == text.size() ? std::optional(time) : std::nullopt;
  int offset[4] = {};
  if (read_clock(text.substr(zone + 1), false, offset) != Clock::Whole) return std::nullopt;
  const int sign = text[zone] == '-' ? -1 : 1;
  time.offset = sign * (offset[0] * 3600 + offset[1] * 60 + offset[2]);
  time.offset_microseconds = sign * offset[3];
  return time;
}

// The one ambiguity, YYYY-Www-## as a week and an hour or as a day and a digit that separates, is read as the former.
std::size_t _iso_separator(std::string_view text) {
  if (text.size() <= 7) return 7;
  if (text[4] == '-') {
    if (text[5] != 'W') return 10;
    if (text.size() == 8 || text[8] != '-') return 8;
    return text.size() > 10 && is_digit(text[10]) ? 8 : 10;
  }
  if (text[4] != 'W') return 8;
  // YYYYWww or YYYYWwwd: behind it come pairs of digits.
  std::size_t end = 7;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end < 9) return end;
  return end % 2 == 0 ? 7 : 8;
}

void _invalid_isoformat(std::string_view text) { throw ValueError("Invalid isoformat string: " + krait::repr(text)); }

}  // namespace krait::datetime
