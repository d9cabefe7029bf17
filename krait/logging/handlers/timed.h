#pragma once
// A file a day, or an hour, or a week.
//
//   auto file = std::make_shared<logging::handlers::TimedRotatingFileHandler>(
//       "shop.log", logging::handlers::TimedRotatingOptions{.when = "midnight", .backupCount = 14});
//
// "shop.log" is the current one, "shop.log.2024-02-29" that of the day.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "krait/logging/handlers/base_rotating.h"

namespace krait::logging::handlers {

struct TimedRotatingOptions {
  // "S", "M", "H", "D": seconds, minutes, hours, days from the time that the file was last written;
  // "MIDNIGHT"; "W0" … "W6": Monday … Sunday. Small letters do, too.
  std::string when = "h";
  int interval = 1;     // of those
  int backupCount = 0;  // how many old files to keep; 0: all
  std::string encoding = {};
  bool delay = false;
  bool utc = false;  // times of the day, and in the names, are those of UTC; else of the local zone
  // For MIDNIGHT and W: the time of the day, since midnight. Departs from Python, which takes a datetime.time.
  std::optional<std::chrono::seconds> atTime = {};
};

// Python: logging.handlers.TimedRotatingFileHandler(filename, when='h', interval=1, backupCount=0, encoding=None, delay=False,
// utc=False, atTime=None)
class TimedRotatingFileHandler : public BaseRotatingHandler {
 public:
  // Throws ValueError "Invalid rollover interval specified: X", and what FileHandler throws.
  explicit TimedRotatingFileHandler(std::string_view filename, TimedRotatingOptions options = {});
  ~TimedRotatingFileHandler() override;

  std::string when;       // as given, in capitals
  std::int64_t interval;  // seconds
  std::string suffix;     // of the backups, for strftime: "%Y-%m-%d"
  std::int64_t rolloverAt;

  // When a file that begins at `currentTime` ends; both in seconds since 1970. Python: computeRollover(currentTime)
  std::int64_t computeRollover(std::int64_t currentTime) const;
  bool shouldRollover(LogRecord& record) override;
  // Gives the file the name of the time when it began, unless there is one of that name; removes what is too old.
  void doRollover() override;
  // The backups that are more than backupCount. Python: getFilesToDelete()
  std::vector<std::string> getFilesToDelete() const;

 protected:
  // Seconds since 1970. Python: int(time.time())
  virtual std::int64_t now() const;

 private:
  bool is_backup(const std::string& name, const std::string& base) const;

  TimedRotatingOptions options_;
  std::size_t date_size_;  // how many characters of "2024-02-29_23-59-59" the backups of this `when` end with
};

}  // namespace krait::logging::handlers
