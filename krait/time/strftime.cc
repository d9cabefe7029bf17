// format    := (text | directive)*
// directive := '%' flag* width? ('E' | 'O')? letter      flag := '_' | '-' | '0' | '^' | '#', and '+' of newer C libraries
//
// A plain '%' letter is written here, for speed; what has flags, a width or a modifier, and years of other than four digits,
// which versions of the C library pad differently, is left to strftime_l.

#include "krait/time/strftime.h"

#include <algorithm>
#include <clocale>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/time/_calendar.h"
#include "krait/time/_format.h"
#include "krait/time/_tm.h"

namespace krait::time {

namespace {

constexpr std::size_t kLongestDirective = 65536;

locale_t c_locale() {
  static const locale_t locale = newlocale(LC_ALL_MASK, "C", nullptr);
  return locale;
}

// Whether "+" is a flag or, as in Debian 12's glibc, a directive that does not exist: that decides where one ends.
std::string_view flags() {
  static const bool has_plus = [] {
    char text[8];
    const std::tm tm{};
    return strftime_l(text, sizeof(text), "%+d", &tm, c_locale()) == 0 || text[0] != '%';
  }();
  return has_plus ? "_-0^#+" : "_-0^#";
}

struct IsoWeek {
  int year, week;
};

// Days since the Monday of the ISO year's first week, if `yday` is counted within that year.
int iso_week_days(int yday, int wday) {
  constexpr int kThursday = 4, kMonday = 1, kEnough = 378;  // a multiple of 7 beyond a year
  return yday - (yday - wday + kThursday + kEnough) % 7 + kThursday - kMonday;
}

IsoWeek iso_week(const std::tm& tm) {
  const int year = tm.tm_year + 1900;
  const int days = iso_week_days(tm.tm_yday, tm.tm_wday);
  if (days < 0) {
    const int before = iso_week_days(tm.tm_yday + (_is_leap(year - 1) ? 366 : 365), tm.tm_wday);
    return {year - 1, before / 7 + 1};
  }
  const int after = iso_week_days(tm.tm_yday - (_is_leap(year) ? 366 : 365), tm.tm_wday);
  if (after >= 0) return {year + 1, after / 7 + 1};
  return {year, days / 7 + 1};
}

class Formatter {
 public:
  Formatter(std::string_view format, const std::tm& tm, const _DatetimeDirectives* own)
      : format_(format), tm_(tm), own_(own), plain_year_(tm.tm_year >= -900 && tm.tm_year <= 8099) {
    out_.reserve(format.size() * 2 + 16);
  }

  std::string run() {
    put_all(format_);
    return std::move(out_);
  }

 private:
  void put_all(std::string_view format) {
    std::size_t at = 0;
    while (at < format.size()) {
      const std::size_t percent = std::min(format.find('%', at), format.size());
      out_.append(format, at, percent - at);
      at = percent;
      if (at == format.size()) break;
      const std::string_view rest = format.substr(at);
      if (rest.size() > 1 && put_directive(rest[1])) {
        at += 2;
      } else if (own_ && rest.starts_with("%:z")) {
        own_->put_offset(out_, ":");
        at += 3;
      } else {
        at += put_by_c(rest);
      }
    }
  }

  // False: not one of those that are written here.
  bool put_directive(char letter) {
    switch (letter) {
      case 'Y':
        return plain_year_ && (two(year() / 100), two(year() % 100), true);
      case 'm':
        return two(tm_.tm_mon + 1), true;
      case 'd':
        return two(tm_.tm_mday), true;
      case 'H':
        return two(tm_.tm_hour), true;
      case 'M':
        return two(tm_.tm_min), true;
      case 'S':
        return two(tm_.tm_sec), true;
      case 'f':
        return own_ && (own_->put_microsecond(out_), true);
      case 'z':
        return put_offset();
      case 'Z':
        return put_zone();
      case '%':
        return out_ += '%', true;
      case 'n':
        return out_ += '\n', true;
      case 't':
        return out_ += '\t', true;
      default:
        return put_name(letter) || put_number(letter) || put_composed(letter);
    }
  }

  bool put_name(char letter) {
    switch (letter) {
      case 'a':
        return out_ += kWeekdays[tm_.tm_wday].substr(0, 3), true;
      case 'A':
        return out_ += kWeekdays[tm_.tm_wday], true;
      case 'b':
      case 'h':
        return out_ += kMonths[tm_.tm_mon].substr(0, 3), true;
      case 'B':
        return out_ += kMonths[tm_.tm_mon], true;
      case 'p':
        return out_ += tm_.tm_hour > 11 ? "PM" : "AM", true;
      case 'P':
        return out_ += tm_.tm_hour > 11 ? "pm" : "am", true;
      default:
        return false;
    }
  }

  bool put_number(char letter) {
    switch (letter) {
      case 'y':
        return plain_year_ && (two(year() % 100), true);
      case 'C':
        return plain_year_ && (two(year() / 100), true);
      case 'G':
        return plain_year_ && (_put_digits(out_, iso_week(tm_).year, 1), true);
      case 'g':
        return plain_year_ && (two(iso_week(tm_).year % 100), true);
      case 'V':
        return two(iso_week(tm_).week), true;
      case 'e':
        return _put_digits(out_, tm_.tm_mday, 2, ' '), true;
      case 'I':
        return two(hour12()), true;
      case 'l':
        return _put_digits(out_, hour12(), 2, ' '), true;
      case 'k':
        return _put_digits(out_, tm_.tm_hour, 2, ' '), true;
      case 'j':
        return _put_digits(out_, tm_.tm_yday + 1, 3), true;
      case 'U':
        return two((tm_.tm_yday - tm_.tm_wday + 7) / 7), true;
      case 'W':
        return two((tm_.tm_yday - (tm_.tm_wday + 6) % 7 + 7) / 7), true;
      case 'w':
        return _put_digits(out_, tm_.tm_wday, 1), true;
      case 'u':
        return _put_digits(out_, (tm_.tm_wday + 6) % 7 + 1, 1), true;
      default:
        return false;
    }
  }

  bool put_composed(char letter) {
    switch (letter) {
      case 'c':
        return put_all("%a %b %e %H:%M:%S %Y"), true;
      case 'D':
      case 'x':
        return put_all("%m/%d/%y"), true;
      case 'F':
        return plain_year_ && (put_all("%Y-%m-%d"), true);
      case 'R':
        return put_all("%H:%M"), true;
      case 'r':
        return put_all("%I:%M:%S %p"), true;
      case 'T':
      case 'X':
        return put_all("%H:%M:%S"), true;
      default:
        return false;
    }
  }

  bool put_offset() {
    if (own_) return own_->put_offset(out_, ""), true;
    if (tm_.tm_isdst < 0) return true;
    const long minutes = (tm_.tm_gmtoff < 0 ? -tm_.tm_gmtoff : tm_.tm_gmtoff) / 60;
    out_ += tm_.tm_gmtoff < 0 ? '-' : '+';
    _put_digits(out_, minutes / 60 * 100 + minutes % 60, 4);
    return true;
  }

  bool put_zone() {
    if (own_) return own_->put_zone(out_), true;
    if (!tm_.tm_zone || *tm_.tm_zone == 0) return false;  // C then looks at tzname
    return out_ += tm_.tm_zone, true;
  }

  // Gives how much of `rest`, which begins with '%', that was.
  std::size_t put_by_c(std::string_view rest) {
    std::size_t end = std::min(rest.find_first_not_of(flags(), 1), rest.size());
    end = std::min(rest.find_first_not_of("0123456789", end), rest.size());
    if (end < rest.size() && (rest[end] == 'E' || rest[end] == 'O')) ++end;
    end = std::min(end + 1, rest.size());
    const std::string directive = "." + std::string(rest.substr(0, end));  // so that the result is never empty
    std::vector<char> text(256);
    std::size_t size = 0;
    while ((size = strftime_l(text.data(), text.size(), directive.c_str(), &tm_, c_locale())) == 0) {
      if (text.size() > kLongestDirective) {
        throw ValueError("cannot format '" + directive.substr(1) + "': it makes more than 65536 characters");
      }
      text.resize(text.size() * 4);
    }
    out_.append(text.data() + 1, size - 1);
    return end;
  }

  int year() const { return tm_.tm_year + 1900; }
  int hour12() const { return tm_.tm_hour % 12 == 0 ? 12 : tm_.tm_hour % 12; }
  void two(int value) {
    const char digits[] = {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
    out_.append(digits, 2);
  }

  std::string_view format_;
  const std::tm& tm_;
  const _DatetimeDirectives* own_;
  bool plain_year_;  // of four digits
  std::string out_;
};

}  // namespace

void _put_digits(std::string& out, long value, int width, char pad) {
  if (width == 2 && pad == '0' && value >= 0 && value < 100) {
    const char two[] = {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
    out.append(two, 2);
    return;
  }
  char digits[24];
  char* at = digits + sizeof(digits);
  unsigned long rest = value < 0 ? 0UL - static_cast<unsigned long>(value) : static_cast<unsigned long>(value);
  if (value < 0) out += '-';
  do {
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  const auto size = static_cast<std::size_t>(digits + sizeof(digits) - at);
  if (size < static_cast<std::size_t>(width)) out.append(static_cast<std::size_t>(width) - size, pad);
  out.append(at, size);
}

std::string _format(std::string_view format, const std::tm& tm, const _DatetimeDirectives* own) {
  if (format.find('\0') != format.npos) throw ValueError("embedded null character");
  return Formatter(format, tm, own).run();
}

std::string strftime(std::string_view format) { return strftime(format, localtime()); }

std::string strftime(std::string_view format, const struct_time& t) {
  std::tm tm = _to_tm(t);
  _check_tm(tm);
  tm.tm_isdst = std::clamp(tm.tm_isdst, -1, 1);
  return _format(format, tm, nullptr);
}

}  // namespace krait::time
