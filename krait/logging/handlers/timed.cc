#include "krait/logging/handlers/timed.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <utility>

#include "krait/builtins/exceptions.h"

namespace krait::logging::handlers {
namespace {

constexpr std::int64_t kHour = 3600, kDay = 24 * kHour, kWeek = 7 * kDay;

std::tm broken_down(std::int64_t seconds, bool utc) {
  const std::time_t time = seconds;
  std::tm parts{};
  utc ? gmtime_r(&time, &parts) : localtime_r(&time, &parts);
  return parts;
}

bool is_summer_time(std::int64_t seconds) { return broken_down(seconds, false).tm_isdst > 0; }

std::string formatted(const std::string& format, const std::tm& parts) {
  if (format.empty()) return {};
  std::string text(64, '\0');
  for (;;) {
    if (const std::size_t size = std::strftime(text.data(), text.size(), format.c_str(), &parts); size > 0) {
      text.resize(size);
      return text;
    }
    if (text.size() > 256 * format.size()) return {};  // "%p" may be nothing at all
    text.resize(text.size() * 2);
  }
}

// What `when` means: how long, and how much of the date and time stands in the names of the backups.
struct Unit {
  std::int64_t seconds;
  std::string_view suffix;
  std::size_t date_size;
};

Unit unit_of(const std::string& when) {
  if (when == "S") return {1, "%Y-%m-%d_%H-%M-%S", 19};
  if (when == "M") return {60, "%Y-%m-%d_%H-%M", 16};
  if (when == "H") return {kHour, "%Y-%m-%d_%H", 13};
  if (when == "D" || when == "MIDNIGHT") return {kDay, "%Y-%m-%d", 10};
  if (!when.starts_with('W')) throw ValueError("Invalid rollover interval specified: " + when);
  if (when.size() != 2) {
    throw ValueError("You must specify a day for weekly rollover from 0 to 6 (0 is Monday): " + when);
  }
  if (when[1] < '0' || when[1] > '6') throw ValueError("Invalid day specified for weekly rollover: " + when);
  return {kWeek, "%Y-%m-%d", 10};
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Whether `text` has the shape of the beginning of a date and time, as long as it is.
bool is_date(std::string_view text) noexcept {
  constexpr std::string_view kShape = "dddd-dd-dd_dd-dd-dd";
  return std::ranges::equal(text, kShape.substr(0, text.size()),
                            [](char c, char shape) { return shape == 'd' ? is_digit(c) : c == shape; });
}

}  // namespace

TimedRotatingFileHandler::TimedRotatingFileHandler(std::string_view filename, TimedRotatingOptions options)
    : BaseRotatingHandler(filename, {.encoding = options.encoding, .delay = options.delay}),
      when(upper(options.when)),
      options_(std::move(options)) {
  const Unit unit = unit_of(when);
  interval = unit.seconds * options_.interval;
  suffix = unit.suffix;
  date_size_ = unit.date_size;
  struct stat state;
  rolloverAt = computeRollover(::stat(baseFilename.c_str(), &state) == 0 ? state.st_mtime : std::time(nullptr));
}
TimedRotatingFileHandler::~TimedRotatingFileHandler() = default;

std::int64_t TimedRotatingFileHandler::now() const { return std::time(nullptr); }

std::int64_t TimedRotatingFileHandler::computeRollover(std::int64_t currentTime) const {
  const bool weekly = when.starts_with('W');
  if (!weekly && when != "MIDNIGHT") return currentTime + interval;
  // The next such time of the day, on the clock's face.
  const std::tm current = broken_down(currentTime, options_.utc);
  int weekday = (current.tm_wday + 6) % 7;  // 0 is Monday
  std::int64_t wait = options_.atTime ? options_.atTime->count() : kDay;
  wait -= (current.tm_hour * 60 + current.tm_min) * 60 + current.tm_sec;
  if (wait <= 0) {
    wait += kDay;
    weekday = (weekday + 1) % 7;
  }
  std::int64_t result = currentTime + wait + interval - (weekly ? kWeek : kDay);
  if (weekly) result += (when[1] - '0' - weekday + 7) % 7 * kDay;
  if (options_.utc) return result;
  // The same time on the face of a clock that was set meanwhile.
  const bool summer = current.tm_isdst > 0;
  if (summer == is_summer_time(result)) return result;
  if (summer) return result + kHour;
  return is_summer_time(result - kHour) ? result - kHour : result;
}

bool TimedRotatingFileHandler::shouldRollover(LogRecord&) {
  const std::int64_t time = now();
  if (time < rolloverAt) return false;
  struct stat state;
  if (::stat(baseFilename.c_str(), &state) == 0 && !S_ISREG(state.st_mode)) {
    rolloverAt = computeRollover(time);
    return false;
  }
  return true;
}

void TimedRotatingFileHandler::doRollover() {
  const std::lock_guard guard(lock());
  const std::int64_t time = now(), begun = rolloverAt - interval;
  std::tm name_time = broken_down(begun, options_.utc);
  if (!options_.utc && is_summer_time(time) != (name_time.tm_isdst > 0)) {
    name_time = broken_down(begun + (is_summer_time(time) ? kHour : -kHour), false);
  }
  const std::string backup = rotation_filename(baseFilename + "." + formatted(suffix, name_time));
  if (_exists(backup)) return;
  close_file();
  rotate(baseFilename, backup);
  if (options_.backupCount > 0) {
    for (const std::string& old : getFilesToDelete()) {
      if (::unlink(old.c_str()) != 0) raise_os_error(errno, "remove", old);
    }
  }
  if (!delay()) open();
  rolloverAt = computeRollover(time);
}

// Without a namer that is "shop.log.2024-02-29"; with one, what it makes of such a name, which has the date somewhere.
bool TimedRotatingFileHandler::is_backup(const std::string& name, const std::string& base) const {
  if (!namer)
    return name.starts_with(base + ".") && name.size() == base.size() + 1 + date_size_ &&
           is_date(std::string_view(name).substr(base.size() + 1));
  for (std::size_t at = 0; at + date_size_ <= name.size(); ++at) {
    const std::string date = name.substr(at, date_size_);
    const std::size_t end = at + date_size_;
    if (!is_date(date) || (at > 0 && is_digit(name[at - 1])) || (end < name.size() && is_digit(name[end]))) continue;
    const std::string named = namer(baseFilename + "." + date);
    if (named.substr(named.rfind('/') + 1) == name) return true;
  }
  return false;
}

std::vector<std::string> TimedRotatingFileHandler::getFilesToDelete() const {
  const std::filesystem::path path(baseFilename);
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(path.parent_path())) {
    if (is_backup(entry.path().filename().string(), path.filename().string())) found.push_back(entry.path().string());
  }
  const auto keep = static_cast<std::size_t>(std::max(options_.backupCount, 0));
  std::ranges::sort(found);
  found.resize(found.size() - std::min(keep, found.size()));
  return found;
}

}  // namespace krait::logging::handlers
