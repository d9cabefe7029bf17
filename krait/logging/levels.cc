#include "krait/logging/levels.h"

#include <atomic>
#include <mutex>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/repr.h"
#include "krait/logging/_lock.h"
#include "krait/logging/value.h"

namespace krait::logging {
namespace {

// Both ways, as of one moment. Readers take no lock, for every record reads; whoever adds a name makes new ones, and keeps the
// old for those who still read.
struct Names {
  std::map<int, std::string> of_level{{CRITICAL, "CRITICAL"}, {ERROR, "ERROR"}, {WARNING, "WARNING"},
                                      {INFO, "INFO"},         {DEBUG, "DEBUG"}, {NOTSET, "NOTSET"}};
  std::map<std::string, int, std::less<>> of_name{{"CRITICAL", CRITICAL}, {"FATAL", FATAL},  {"ERROR", ERROR},
                                                  {"WARN", WARN},         {"INFO", INFO},    {"WARNING", WARNING},
                                                  {"DEBUG", DEBUG},       {"NOTSET", NOTSET}};
  const Names* before = nullptr;
};

std::atomic<const Names*>& current() {
  static std::atomic<const Names*>& names = *new std::atomic<const Names*>(new Names);
  return names;
}

const Names& names() { return *current().load(std::memory_order_acquire); }

}  // namespace

void addLevelName(int level, std::string levelName) {
  const std::lock_guard lock(_module_lock());
  auto* changed = new Names(names());
  changed->before = &names();
  changed->of_level[level] = levelName;
  changed->of_name[std::move(levelName)] = level;
  current().store(changed, std::memory_order_release);
}

std::string getLevelName(int level) {
  const Names& all = names();
  const auto found = all.of_level.find(level);
  return found != all.of_level.end() ? found->second : "Level " + std::to_string(level);
}

std::map<std::string, int, std::less<>> getLevelNamesMapping() { return names().of_name; }

Level::Level(std::string_view name) {
  const Names& all = names();
  const auto found = all.of_name.find(name);
  if (found == all.of_name.end()) throw ValueError("Unknown level: " + krait::repr(name));
  level_ = found->second;
}

}  // namespace krait::logging
