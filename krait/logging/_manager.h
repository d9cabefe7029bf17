#pragma once
// What there is once: the tree of loggers, the list of handlers. Python: logging.Manager

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "krait/logging/logger.h"

namespace krait::logging {

class _Manager {
 public:
  // Never destroyed.
  static _Manager& get();

  Logger& root() noexcept { return *root_; }
  Logger& get_logger(std::string_view name);
  std::set<Logger*> children_of(const Logger& parent);
  void set_disable(int level);
  // After a level changed, or the tree.
  void update_thresholds() noexcept;
  // Once in a program. Python: manager.emittedNoHandlerWarning
  bool first_without_handlers() noexcept { return !emitted_no_handler_warning_.exchange(true); }

 private:
  _Manager();
  Logger* nearest_ancestor(std::string_view name) const;

  // All of it under the module's lock.
  std::unique_ptr<Logger> root_;
  std::map<std::string, std::unique_ptr<Logger>, std::less<>> loggers_;
  int disable_ = NOTSET;
  std::atomic<bool> emitted_no_handler_warning_ = false;
};

// In the child of a fork, which holds the module's lock.
void _reinit_handler_locks() noexcept;

}  // namespace krait::logging
