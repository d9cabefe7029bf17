// HTTP-date (RFC 9110, 5.6.7)
//   IMF-fixdate := day-name "," SP 2DIGIT SP month SP 4DIGIT SP time SP "GMT"      Sun, 06 Nov 1994 08:49:37 GMT
//   rfc850-date := day-name-l "," SP 2DIGIT "-" month "-" 2DIGIT SP time SP "GMT"  Sunday, 06-Nov-94 08:49:37 GMT
//   asctime     := day-name SP month SP (2DIGIT | SP DIGIT) SP time SP 4DIGIT      Sun Nov  6 08:49:37 1994
//   time        := 2DIGIT ":" 2DIGIT ":" 2DIGIT                                    a leap second, 60, is allowed

#include "krait/http/dates.h"

#include <cstring>

#include "krait/builtins/exceptions.h"

namespace krait::http {
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr std::string_view weekdays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";

char* put_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put_two_digits(char* out, unsigned value) {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
  return out + 2;
}

// Reads a date from the left; the first mismatch makes every later step fail, too.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool complete() const { return good_ && rest_.empty(); }

  Cursor& literal(std::string_view expected) {
    if (good_ && rest_.starts_with(expected)) {
      rest_.remove_prefix(expected.size());
    } else {
      good_ = false;
    }
    return *this;
  }

  Cursor& number(int& value, std::size_t digits) {
    if (rest_.size() < digits) good_ = false;
    if (!good_) return *this;
    value = 0;
    for (char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') good_ = false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return *this;
  }

  Cursor& padded_day(int& value) {
    if (!rest_.starts_with(' ')) return number(value, 2);
    return literal(" ").number(value, 1);
  }

  Cursor& month(int& value) {
    const std::size_t at = rest_.size() < 3 ? std::string_view::npos : months.find(rest_.substr(0, 3));
    if (at == std::string_view::npos || at % 3 != 0) good_ = false;
    if (!good_) return *this;
    value = static_cast<int>(at / 3) + 1;
    rest_.remove_prefix(3);
    return *this;
  }

  Cursor& weekday(bool whole) {
    for (std::string_view day : weekdays) {
      const std::string_view name = whole ? day : day.substr(0, 3);
      if (rest_.starts_with(name)) return literal(name);
    }
    good_ = false;
    return *this;
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

struct Fields {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;

  std::optional<sys_seconds> time() const {
    const auto date = std::chrono::year(year) / month / day;
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  }
};

Cursor& clock(Cursor& cursor, Fields& f) {
  return cursor.number(f.hour, 2).literal(":").number(f.minute, 2).literal(":").number(f.second, 2);
}

std::optional<sys_seconds> parse_imf_fixdate(std::string_view text) {
  Fields f;
  Cursor cursor(text);
  cursor.weekday(false).literal(", ").number(f.day, 2).literal(" ").month(f.month).literal(" ").number(f.year, 4);
  cursor.literal(" ");
  if (!clock(cursor, f).literal(" GMT").complete()) return std::nullopt;
  return f.time();
}

std::optional<sys_seconds> parse_rfc850(std::string_view text, sys_seconds now) {
  Fields f;
  Cursor cursor(text);
  cursor.weekday(true).literal(", ").number(f.day, 2).literal("-").month(f.month).literal("-").number(f.year, 2);
  cursor.literal(" ");
  if (!clock(cursor, f).literal(" GMT").complete()) return std::nullopt;
  const int this_year = int(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year());
  f.year += this_year - this_year % 100;
  if (f.year > this_year + 50) f.year -= 100;
  return f.time();
}

std::optional<sys_seconds> parse_asctime(std::string_view text) {
  Fields f;
  Cursor cursor(text);
  cursor.weekday(false).literal(" ").month(f.month).literal(" ").padded_day(f.day).literal(" ");
  if (!clock(cursor, f).literal(" ").number(f.year, 4).complete()) return std::nullopt;
  return f.time();
}

}  // namespace

char* write_http_date(char* out, sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const int year = int(date.year());
  if (year < 0 || year > 9999) throw ValueError("cannot write an HTTP date: the year is not within 0-9999");
  const std::chrono::hh_mm_ss clock(time - day);

  out = put_text(out, weekdays[std::chrono::weekday(day).c_encoding()].substr(0, 3));
  out = put_text(out, ", ");
  out = put_two_digits(out, unsigned(date.day()));
  *out++ = ' ';
  out = put_text(out, months.substr(3 * (unsigned(date.month()) - 1), 3));
  *out++ = ' ';
  out = put_two_digits(out, static_cast<unsigned>(year / 100));
  out = put_two_digits(out, static_cast<unsigned>(year % 100));
  *out++ = ' ';
  out = put_two_digits(out, static_cast<unsigned>(clock.hours().count()));
  *out++ = ':';
  out = put_two_digits(out, static_cast<unsigned>(clock.minutes().count()));
  *out++ = ':';
  out = put_two_digits(out, static_cast<unsigned>(clock.seconds().count()));
  return put_text(out, " GMT");
}

std::string http_date(sys_seconds time) {
  std::string text(http_date_size, '\0');
  write_http_date(text.data(), time);
  return text;
}

std::optional<sys_seconds> parse_http_date(std::string_view text, sys_seconds now) {
  if (auto time = parse_imf_fixdate(text)) return time;
  if (auto time = parse_rfc850(text, now)) return time;
  return parse_asctime(text);
}

}  // namespace krait::http
