#include "krait/logging/_manager.h"

#include <algorithm>
#include <climits>
#include <mutex>

namespace krait::logging {

_Manager& _Manager::get() {
  static _Manager& manager = *new _Manager;
  return manager;
}

_Manager::_Manager() : root_(new Logger("root", WARNING)) { update_thresholds(); }

Logger* _Manager::nearest_ancestor(std::string_view name) const {
  // A dot in front ends no name.
  for (std::size_t dot = name.rfind('.'); dot != name.npos && dot > 0; dot = name.rfind('.', dot - 1)) {
    const auto found = loggers_.find(name.substr(0, dot));
    if (found != loggers_.end()) return found->second.get();
  }
  return root_.get();
}

Logger& _Manager::get_logger(std::string_view name) {
  const std::lock_guard lock(_module_lock());
  if (const auto found = loggers_.find(name); found != loggers_.end()) return *found->second;
  Logger* parent = nearest_ancestor(name);
  std::unique_ptr<Logger> made(new Logger(std::string(name), NOTSET));
  Logger& logger = *made;
  logger.parent_.store(parent, std::memory_order_release);
  loggers_.emplace(name, std::move(made));
  const std::string prefix = logger.name + ".";
  for (auto each = loggers_.lower_bound(prefix); each != loggers_.end() && each->first.starts_with(prefix); ++each) {
    if (each->second->parent() == parent) each->second->parent_.store(&logger, std::memory_order_release);
  }
  update_thresholds();
  return logger;
}

std::set<Logger*> _Manager::children_of(const Logger& parent) {
  const auto depth = [this](const Logger& logger) {
    return &logger == root_.get() ? 0 : 1 + std::count(logger.name.begin(), logger.name.end(), '.');
  };
  const std::lock_guard lock(_module_lock());
  std::set<Logger*> children;
  for (const auto& [name, logger] : loggers_) {
    if (logger->parent() == &parent && depth(*logger) == 1 + depth(parent)) children.insert(logger.get());
  }
  return children;
}

void _Manager::set_disable(int level) {
  const std::lock_guard lock(_module_lock());
  disable_ = level;
  update_thresholds();
}

void _Manager::update_thresholds() noexcept {
  const std::lock_guard lock(_module_lock());
  const int lowest = disable_ == INT_MAX ? INT_MAX : disable_ + 1;
  const auto update = [lowest](Logger& logger) {
    logger.threshold_.store(std::max(lowest, logger.getEffectiveLevel()), std::memory_order_relaxed);
  };
  update(*root_);
  for (const auto& [name, logger] : loggers_) update(*logger);
}

}  // namespace krait::logging
