#include "krait/time/strptime.h"

#include <algorithm>
#include <span>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"
#include "krait/time/_calendar.h"
#include "krait/time/_format.h"
#include "krait/time/_match.h"
#include "krait/time/_parsed.h"
#include "krait/time/local_zone.h"

namespace krait::time {

namespace {

// Who reads many texts reads them by one format.
const std::vector<_Step>& steps_of(std::string_view format) {
  thread_local std::string last;
  thread_local std::vector<_Step> steps;
  if (last != format || (format.empty() && !steps.empty())) {
    last.clear();
    steps.clear();
    steps = _read_format(format);
    last = format;
  }
  return steps;
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lowered;
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = c == ' ' ? value : value * 10 + (c - '0');
  return value;
}

// "5": 500000
int microseconds(std::string_view digits) {
  int value = number(digits);
  for (std::size_t i = digits.size(); i < 6; ++i) value *= 10;
  return value;
}

int index_of(std::string_view name, std::span<const std::string_view> names) {
  const auto same = [&](std::string_view each) { return lower(each.substr(0, name.size())) == lower(name); };
  return static_cast<int>(std::find_if(names.begin(), names.end(), same) - names.begin());
}

// The local zone's names and those of UTC, in lower case: without and with summer time.
struct Zones {
  std::vector<std::string> standard{"utc", "gmt"}, summer;
  bool ambiguous = false;  // both have one name

  Zones() {
    tzset();
    const auto [name, summer_name] = tzname();
    standard.push_back(lower(name));
    if (daylight() != 0) summer.push_back(lower(summer_name));
    ambiguous = name == summer_name && daylight() != 0;
  }
  std::vector<std::string> longest_first() const {
    std::vector<std::string> all = standard;
    all.insert(all.end(), summer.begin(), summer.end());
    std::erase(all, "");
    std::ranges::sort(all,
                      [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() > b.size() : a < b; });
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }
  int isdst(const std::string& zone) const {
    const auto within = [&](const auto& names) { return std::ranges::find(names, zone) != names.end(); };
    if (!within(standard) && !within(summer)) return -1;
    if (ambiguous && zone != "utc" && zone != "gmt") return -1;
    return within(standard) ? 0 : 1;
  }
};

// What the directives say, before it is made a date.
struct Said {
  std::optional<int> year, iso_year, iso_week, week_of_year, weekday, julian;
  bool week_starts_on_monday = false;
};

class Interpreter {
 public:
  Interpreter(const _Match& match, const Zones* zones) : match_(match), zones_(zones) {}

  _Parsed run(const std::vector<_Step>& steps) {
    for (const _Step& step : steps) {
      if (step.kind == _Step::Kind::Directive) take(step.value, match_[step.value]);
    }
    check_iso();
    make_date();
    return std::move(parsed_);
  }

 private:
  // In the order of the format: of two that say the same, the later one counts.
  void take(char letter, std::string_view text) {
    switch (letter) {
      case 'y':
        said_.year = number(text) + (number(text) <= 68 ? 2000 : 1900);
        break;
      case 'Y':
        said_.year = number(text);
        break;
      case 'G':
        said_.iso_year = number(text);
        break;
      case 'm':
        parsed_.month = number(text);
        break;
      case 'B':
      case 'b':
        parsed_.month = index_of(text, kMonths) + 1;
        break;
      case 'd':
        parsed_.day = number(text);
        break;
      case 'H':
        parsed_.hour = number(text);
        break;
      case 'I':
        parsed_.hour = number(text) % 12 + (lower(match_['p']) == "pm" ? 12 : 0);
        break;
      case 'M':
        parsed_.minute = number(text);
        break;
      case 'S':
        parsed_.second = number(text);
        break;
      case 'f':
        parsed_.microsecond = microseconds(text);
        break;
      case 'A':
      case 'a':
        said_.weekday = (index_of(text, kWeekdays) + 6) % 7;
        break;
      case 'w':
        said_.weekday = (number(text) + 6) % 7;
        break;
      case 'u':
        said_.weekday = number(text) - 1;
        break;
      case 'j':
        said_.julian = number(text);
        break;
      case 'U':
      case 'W':
        said_.week_of_year = number(text);
        said_.week_starts_on_monday = letter == 'W';
        break;
      case 'V':
        said_.iso_week = number(text);
        break;
      case 'z':
        take_offset(text);
        break;
      case 'Z':
        parsed_.zone = std::string(text);
        parsed_.isdst = zones_->isdst(lower(text));
        break;
      default:  // 'p' belongs to 'I'
        break;
    }
  }

  void take_offset(std::string_view text) {
    parsed_.gmtoff = 0;
    parsed_.gmtoff_microseconds = 0;
    if (text == "Z") return;
    std::string digits(text.substr(1));
    if (digits[2] == ':') {
      digits.erase(2, 1);
      if (digits.size() > 4) {
        if (digits[4] != ':') throw ValueError("Inconsistent use of : in " + std::string(text));
        digits.erase(4, 1);
      }
    }
    const std::string_view whole = digits;
    if (whole.size() > 4 && whole[4] == ':') {  // "+0530:15": int(":1") is what CPython tries there
      throw ValueError("invalid literal for int() with base 10: " + krait::repr(whole.substr(4, 2)));
    }
    const int sign = text[0] == '-' ? -1 : 1;
    const int seconds = whole.size() >= 6 ? number(whole.substr(4, 2)) : 0;
    parsed_.gmtoff = sign * (number(whole.substr(0, 2)) * 3600 + number(whole.substr(2, 2)) * 60 + seconds);
    if (whole.size() > 7) parsed_.gmtoff_microseconds = sign * microseconds(whole.substr(7));
  }

  void check_iso() const {
    const char* weekdays = "a weekday directive ('%A', '%a', '%w', or '%u').";
    if (said_.iso_year) {
      if (said_.julian) {
        throw ValueError(
            "Day of the year directive '%j' is not compatible with ISO year directive '%G'. Use '%Y' instead.");
      }
      if (said_.iso_week && said_.weekday) return;
      throw ValueError(std::string("ISO year directive '%G' must be used with the ISO week directive '%V' and ") +
                       weekdays);
    }
    if (!said_.iso_week) return;
    if (!said_.year || !said_.weekday) {
      throw ValueError(std::string("ISO week directive '%V' must be used with the ISO year directive '%G' and ") +
                       weekdays);
    }
    throw ValueError(
        "ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO year '%G' instead.");
  }

  void make_date() {
    bool leap_day_alone = false;
    parsed_.year = said_.year.value_or(1900);
    if (!said_.year && parsed_.month == 2 && parsed_.day == 29) {
      parsed_.year = 1904;  // the first year of that century that has one
      leap_day_alone = true;
    }
    if (!said_.julian && said_.weekday) find_day_by_week();
    if (said_.julian) {
      _check_date(parsed_.year, 1, 1);
      set_date(_date_of_ordinal(*said_.julian - 1 + _ordinal(parsed_.year, 1, 1)));
      parsed_.julian = *said_.julian;
    } else {
      _check_date(parsed_.year, parsed_.month, parsed_.day);
      parsed_.julian = _days_before_month(parsed_.year, parsed_.month) + parsed_.day;
    }
    parsed_.weekday = said_.weekday ? *said_.weekday : _weekday(_ordinal(parsed_.year, parsed_.month, parsed_.day));
    if (leap_day_alone) parsed_.year = 1900;
  }

  void find_day_by_week() {
    if (said_.week_of_year) {
      _check_date(parsed_.year, 1, 1);
      said_.julian = day_of_year_by_week();
    } else if (said_.iso_year && said_.iso_week) {
      set_date(_from_isocalendar(*said_.iso_year, *said_.iso_week, *said_.weekday + 1));
    }
    if (said_.julian && *said_.julian <= 0) {
      parsed_.year -= 1;
      *said_.julian += _is_leap(parsed_.year) ? 366 : 365;
    }
  }

  // From 1; 0 and less lie in the year before.
  int day_of_year_by_week() const {
    const int shift = said_.week_starts_on_monday ? 0 : 1;
    const int first_weekday = (_weekday(_ordinal(parsed_.year, 1, 1)) + shift) % 7;
    const int day_of_week = (*said_.weekday + shift) % 7;
    if (*said_.week_of_year == 0) return 1 + day_of_week - first_weekday;
    return 1 + (7 - first_weekday) % 7 + 7 * (*said_.week_of_year - 1) + day_of_week;
  }

  void set_date(_Date date) {
    parsed_.year = date.year;
    parsed_.month = date.month;
    parsed_.day = date.day;
  }

  const _Match& match_;
  const Zones* zones_;
  Said said_;
  _Parsed parsed_;
};

}  // namespace

_Parsed _parse(std::string_view text, std::string_view format) {
  const std::vector<_Step>& steps = steps_of(format);
  std::optional<Zones> zones;
  std::vector<std::string> zone_names;
  if (std::ranges::any_of(steps,
                          [](const _Step& step) { return step.value == 'Z' && step.kind == _Step::Kind::Directive; })) {
    zone_names = zones.emplace().longest_first();
  }
  _Match match;
  if (!match.run(text, steps, zone_names)) {
    throw ValueError("time data " + krait::repr(text) + " does not match format " + krait::repr(format));
  }
  if (match.end() != text.size()) {
    throw ValueError("unconverted data remains: " + std::string(text.substr(match.end())));
  }
  return Interpreter(match, zones ? &*zones : nullptr).run(steps);
}

struct_time strptime(std::string_view string, std::string_view format) {
  _Parsed parsed = _parse(string, format);
  return {.tm_year = parsed.year,
          .tm_mon = parsed.month,
          .tm_mday = parsed.day,
          .tm_hour = parsed.hour,
          .tm_min = parsed.minute,
          .tm_sec = parsed.second,
          .tm_wday = parsed.weekday,
          .tm_yday = parsed.julian,
          .tm_isdst = parsed.isdst,
          .tm_zone = std::move(parsed.zone),
          .tm_gmtoff = parsed.gmtoff};
}

}  // namespace krait::time
