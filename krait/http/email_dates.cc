#include "krait/http/email_dates.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/http/_lower.h"
#include "krait/http/dates.h"

namespace krait::http {
namespace {

constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::string_view kMonths[] = {"january", "february", "march",     "april",   "may",      "june",
                                        "july",    "august",   "september", "october", "november", "december"};

// Hours and minutes as one number, as they are written: -0330 is -330.
struct Zone {
  std::string_view name;
  int offset;
};
constexpr Zone kZones[] = {{"ut", 0},     {"utc", 0},    {"gmt", 0},    {"z", 0},      {"ast", -400},
                           {"adt", -300}, {"est", -500}, {"edt", -400}, {"cst", -600}, {"cdt", -500},
                           {"mst", -700}, {"mdt", -600}, {"pst", -800}, {"pdt", -700}};

std::vector<std::string> split(std::string_view text, std::string_view separators, bool keep_empty) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    if (keep_empty || end > begin) parts.emplace_back(text.substr(begin, end - begin));
    if (end == text.size()) return parts;
    begin = end + 1;
  }
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Python: int(text)
std::optional<std::int64_t> number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 15 || text.front() == '_' || text.back() == '_') return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_' && text[i - 1] != '_') continue;
    if (!is_digit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return negative ? -value : value;
}

// 1 to 12 for a month's name, whole or its first three letters; 0 for another word.
int month_of(std::string_view word) {
  for (int i = 0; i < 12; ++i) {
    if (word == kMonths[i] || word == kMonths[i].substr(0, 3)) return i + 1;
  }
  return 0;
}

std::optional<std::chrono::seconds> offset_of(const std::string& zone) {
  std::optional<std::int64_t> offset;
  const auto* known = std::ranges::find(kZones, std::string_view(zone), &Zone::name);
  if (known != std::end(kZones)) {
    offset = known->offset;
  } else {
    offset = number(zone);
    if (offset == 0 && zone.starts_with('-')) return std::nullopt;
  }
  if (!offset) return std::nullopt;
  const std::int64_t size = std::abs(*offset);
  return std::chrono::seconds((*offset < 0 ? -1 : 1) * (size / 100 * 3600 + size % 100 * 60));
}

void drop_comma(std::string& word) {
  if (word.ends_with(',')) word.pop_back();
}

// The words of a date in the usual order: day, month, year, time, zone. Empty: there are too few.
std::vector<std::string> words_of(std::string_view data) {
  std::vector<std::string> words = split(data, " \t\n\v\f\r\x1c\x1d\x1e\x1f", false);
  if (words.empty()) return {};
  if (words[0].ends_with(',') || std::ranges::count(kDays, _lower(words[0])) > 0) {
    words.erase(words.begin());
  } else if (const std::size_t comma = words[0].rfind(','); comma != std::string::npos) {
    words[0].erase(0, comma + 1);
  }
  if (words.size() == 3) {  // RFC 850: 06-Nov-94
    if (std::vector<std::string> date = split(words[0], "-", true); date.size() == 3) {
      words.erase(words.begin());
      words.insert(words.begin(), date.begin(), date.end());
    }
  }
  if (words.size() == 4) {  // 08:49:37+0100
    std::size_t sign = words[3].find('+');
    if (sign == std::string::npos) sign = words[3].find('-');
    const bool parted = sign != std::string::npos && sign > 0;
    words.push_back(parted ? words[3].substr(sign) : "");
    if (parted) words[3].resize(sign);
  }
  if (words.size() < 5) return {};
  words.resize(5);
  return words;
}

}  // namespace

std::optional<ParsedDate> parsedate_tz(std::string_view data) {
  const std::vector<std::string> words = words_of(data);
  if (words.empty() || words[0].empty() || words[1].empty() || words[2].empty()) return std::nullopt;
  std::string day = words[0], month = _lower(words[1]), year = words[2], time = words[3], zone = words[4];
  if (month_of(month) == 0) std::swap(day, month);
  month = _lower(month);
  const int month_number = month_of(month);
  if (month_number == 0) return std::nullopt;
  drop_comma(day);
  if (const std::size_t colon = year.find(':'); colon != std::string::npos && colon > 0) std::swap(year, time);
  drop_comma(year);
  if (year.empty()) return std::nullopt;
  if (!is_digit(year[0])) std::swap(year, zone);
  drop_comma(time);
  std::vector<std::string> clock = split(time, ":", true);
  if (clock.size() == 1 && time.find('.') != std::string::npos) clock = split(time, ".", true);
  if (clock.size() == 2) clock.emplace_back("0");
  if (clock.size() != 3) return std::nullopt;
  std::optional<std::int64_t> years = number(year), days = number(day);
  const auto hour = number(clock[0]), minute = number(clock[1]), second = number(clock[2]);
  if (!years || !days || !hour || !minute || !second) return std::nullopt;
  if (*years < 100) *years += *years > 68 ? 1900 : 2000;
  return ParsedDate{*years, month_number, *days, *hour, *minute, *second, offset_of(_lower(zone))};
}

std::chrono::sys_seconds parsedate_to_time(std::string_view data) {
  const std::optional<ParsedDate> date = parsedate_tz(data);
  if (!date) throw ValueError("Invalid date value or format \"" + std::string(data) + "\"");
  using std::chrono::days, std::chrono::hours, std::chrono::minutes, std::chrono::seconds;
  if (date->year < 1 || date->year > 9999) throw ValueError("year " + std::to_string(date->year) + " is out of range");
  const auto day = std::chrono::year(static_cast<int>(date->year)) / static_cast<int>(date->month) / 1;
  if (date->day < 1 ||
      !(std::chrono::sys_days(day) + days(date->day - 1) < std::chrono::sys_days(day + std::chrono::months(1)))) {
    throw ValueError("day is out of range for month");
  }
  if (date->hour < 0 || date->hour > 23) throw ValueError("hour must be in 0..23");
  if (date->minute < 0 || date->minute > 59) throw ValueError("minute must be in 0..59");
  if (date->second < 0 || date->second > 59) throw ValueError("second must be in 0..59");
  return std::chrono::sys_days(day) + days(date->day - 1) + hours(date->hour) + minutes(date->minute) +
         seconds(date->second) - date->utc_offset.value_or(seconds(0));
}

std::string formatdate(std::chrono::sys_seconds time, bool usegmt) {
  if (time < std::chrono::sys_days(std::chrono::year(1) / 1 / 1)) throw ValueError("year 0 is out of range");
  std::string text = http_date(time);
  if (!usegmt) text.replace(text.size() - 3, 3, "-0000");
  return text;
}

}  // namespace krait::http
