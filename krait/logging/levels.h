#pragma once
// Levels and their names.
//
//   logging::addLevelName(25, "NOTICE");
//   logging::getLevelName(25)          // "NOTICE"
//   logging::getLevelName(26)          // "Level 26"
//
// Python: logging, "Logging Levels"

#include <map>
#include <string>
#include <string_view>

namespace krait::logging {

inline constexpr int CRITICAL = 50;
inline constexpr int FATAL = CRITICAL;
inline constexpr int ERROR = 40;
inline constexpr int WARNING = 30;
inline constexpr int WARN = WARNING;
inline constexpr int INFO = 20;
inline constexpr int DEBUG = 10;
inline constexpr int NOTSET = 0;

// Python: logging.addLevelName(level, levelName)
void addLevelName(int level, std::string levelName);

// The name of a level, "Level 26" for one that has none. Python: logging.getLevelName(level)
// Departs from Python, where the same function maps names to levels: that is getLevelNamesMapping, or a Level.
std::string getLevelName(int level);

// Every name with its level, the aliases FATAL and WARN included. Python: logging.getLevelNamesMapping()
std::map<std::string, int, std::less<>> getLevelNamesMapping();

// A level as functions take it: a number, or a name. Throws ValueError "Unknown level: 'LOUD'" for a name that there is not.
class Level {
 public:
  Level(int level) noexcept : level_(level) {}
  Level(std::string_view name);
  Level(const char* name) : Level(std::string_view(name)) {}
  Level(const std::string& name) : Level(std::string_view(name)) {}
  operator int() const noexcept { return level_; }

 private:
  int level_;
};

}  // namespace krait::logging
