#include "krait/logging/handlers/timed.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ctime>
#include <fstream>

#include "krait/builtins/exceptions.h"
#include "krait/logging/_folder_test.h"

namespace krait::logging::handlers {
namespace {

struct Zone {
  explicit Zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~Zone() {
    ::unsetenv("TZ");
    ::tzset();
  }
};

constexpr std::int64_t kNoon = 1709208000;  // 2024-02-29 12:00:00, a Thursday, in UTC

// Begun at noon, with a clock that stands where the test puts it.
class Timed : public TimedRotatingFileHandler {
 public:
  Timed(const std::string& path, TimedRotatingOptions options)
      : TimedRotatingFileHandler(last_written_at_noon(path), std::move(options)) {}
  void log(std::int64_t time, std::string msg) {
    now_ = time;
    LogRecord record("x", INFO, "x.cc", 1, std::move(msg));
    handle(record);
  }

 protected:
  std::int64_t now() const override { return now_; }

 private:
  static std::string last_written_at_noon(const std::string& path) {
    std::ofstream(path, std::ios::app).flush();
    const timespec times[] = {{kNoon, 0}, {kNoon, 0}};
    EXPECT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    return path;
  }
  std::int64_t now_ = kNoon;
};

using Names = std::vector<std::string>;

TEST(TimedRotatingFileHandler, gives_a_file_the_name_of_the_time_it_began) {
  const Folder folder;
  Timed handler(folder / "x.log", {.when = "h", .utc = true});
  EXPECT_EQ(handler.rolloverAt, kNoon + 3600);
  handler.log(kNoon + 3599, "a");
  EXPECT_EQ(folder.files(), Names{"x.log"});
  handler.log(kNoon + 3600, "b");
  EXPECT_EQ(folder.files(), (Names{"x.log", "x.log.2024-02-29_12"}));
  EXPECT_EQ(read(folder / "x.log"), "b\n");
  EXPECT_EQ(read(folder / "x.log.2024-02-29_12"), "a\n");
  EXPECT_EQ(handler.rolloverAt, kNoon + 7200);
}

TEST(TimedRotatingFileHandler, names_a_backup_as_finely_as_it_rolls_over) {
  const std::pair<const char*, const char*> kinds[] = {{"S", "2024-02-29_12-00-00"}, {"m", "2024-02-29_12-00"},
                                                       {"H", "2024-02-29_12"},       {"d", "2024-02-29"},
                                                       {"midnight", "2024-02-29"},   {"W0", "2024-02-27"}};
  for (const auto& [when, name] : kinds) {
    const Folder folder;
    Timed handler(folder / "x.log", {.when = when, .utc = true});
    handler.log(handler.rolloverAt, "a");
    EXPECT_EQ(folder.files(), (Names{"x.log", std::string("x.log.") + name})) << when;
  }
}

TEST(TimedRotatingFileHandler, keeps_as_many_backups_as_it_is_told_to_and_touches_nothing_else) {
  const Folder folder;
  for (const char* name : {"x.log.2024-02-26", "x.log.2024-02-27", "x.log.2024-02-28", "x.log.2024-02-28.gz", "x.log.1",
                           "y.log.2024-02-26"})
    std::ofstream(folder / name).flush();
  Timed handler(folder / "x.log", {.when = "midnight", .backupCount = 2, .utc = true});
  EXPECT_EQ(handler.getFilesToDelete(), Names{folder / "x.log.2024-02-26"});
  handler.log(handler.rolloverAt, "a");
  EXPECT_EQ(folder.files(), (Names{"x.log", "x.log.1", "x.log.2024-02-28", "x.log.2024-02-28.gz", "x.log.2024-02-29",
                                   "y.log.2024-02-26"}));
}

TEST(TimedRotatingFileHandler, finds_the_backups_that_its_namer_named) {
  const Folder folder;
  for (const char* name : {"2024-02-27.x.log", "2024-02-28.x.log", "12024-02-27.x.log", "x.log.2024-02-27"})
    std::ofstream(folder / name).flush();
  Timed handler(folder / "x.log", {.when = "D", .backupCount = 1, .utc = true});
  handler.namer = [&folder](std::string name) { return folder / name.substr(name.size() - 10) + ".x.log"; };
  EXPECT_EQ(handler.getFilesToDelete(), Names{folder / "2024-02-27.x.log"});
}

TEST(TimedRotatingFileHandler, does_not_write_over_a_backup_that_there_is) {
  const Folder folder;
  std::ofstream(folder / "x.log.2024-02-29_12") << "before";
  Timed handler(folder / "x.log", {.when = "h", .utc = true});
  handler.log(kNoon + 3600, "a");
  EXPECT_EQ(read(folder / "x.log.2024-02-29_12"), "before");
  EXPECT_EQ(read(folder / "x.log"), "a\n");
}

// CPython's own answers, of computeRollover().
TEST(TimedRotatingFileHandler, rolls_over_at_a_time_of_the_local_day_across_summer_time) {
  const Zone berlin("Europe/Berlin");
  const auto at = [folder = Folder()](std::int64_t time, TimedRotatingOptions options) {
    options.delay = true;
    return TimedRotatingFileHandler(folder / "none.log", options).computeRollover(time) - time;
  };
  using namespace std::chrono_literals;
  constexpr std::int64_t kSpring = 1711796400, kAutumn = 1729936800;  // noon on the days before the clocks were set
  EXPECT_EQ(at(kSpring, {.when = "MIDNIGHT"}), 12 * 3600);
  EXPECT_EQ(at(kSpring + 43200, {.when = "MIDNIGHT"}), 23 * 3600);
  EXPECT_EQ(at(kAutumn + 43200, {.when = "MIDNIGHT"}), 25 * 3600);
  EXPECT_EQ(at(kSpring, {.when = "MIDNIGHT", .atTime = 13h + 45min}), 6300);
  EXPECT_EQ(at(kSpring, {.when = "MIDNIGHT", .interval = 3}), 12 * 3600 + 47 * 3600);
  EXPECT_EQ(at(kSpring, {.when = "W6"}), 35 * 3600);
  EXPECT_EQ(at(kSpring, {.when = "W5", .atTime = 11h}), 6 * 86400 + 22 * 3600);
  EXPECT_EQ(at(kSpring, {.when = "W6", .utc = true}), 37 * 3600);
}

TEST(TimedRotatingFileHandler, refuses_what_is_no_interval) {
  const Folder folder;
  const auto fault = [&](const char* when) -> std::string {
    try {
      TimedRotatingFileHandler(folder / "x.log", {.when = when});
    } catch (const ValueError& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(fault("year"), "Invalid rollover interval specified: YEAR");
  EXPECT_EQ(fault("w"), "You must specify a day for weekly rollover from 0 to 6 (0 is Monday): W");
  EXPECT_EQ(fault("W7"), "Invalid day specified for weekly rollover: W7");
}

TEST(TimedRotatingFileHandler, never_rolls_over_what_is_no_file) {
  TimedRotatingFileHandler handler("/dev/null", {.when = "S"});
  handler.rolloverAt = 0;
  LogRecord record("x", INFO, "x.cc", 1, "a");
  EXPECT_FALSE(handler.shouldRollover(record));
  EXPECT_GT(handler.rolloverAt, 0);
}

}  // namespace
}  // namespace krait::logging::handlers
