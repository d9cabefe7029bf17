#pragma once
// A logger that adds to what goes through it.
//
//   logging::LoggerAdapter log(logging::getLogger("shop"), {{"user", "ada"}});
//   log.info("ordered %d", 12);                                                  // the record has a `user`

#include <string>
#include <string_view>

#include "krait/logging/logger.h"

namespace krait::logging {

// Python: logging.LoggerAdapter(logger, extra=None, merge_extra=False). What it adapts, a logger or another adapter, must
// live as long.
class LoggerAdapter : public _Logs<LoggerAdapter> {
 public:
  explicit LoggerAdapter(Logger& logger, Dict extra = {}, bool merge_extra = false);
  explicit LoggerAdapter(LoggerAdapter& inner, Dict extra, bool merge_extra = false);
  virtual ~LoggerAdapter();

  Dict extra;
  bool merge_extra;  // a call's own `extra` is added, instead of being replaced

  // May change the message and what the call was given by name. Python: process(msg, kwargs) -> (msg, kwargs)
  virtual void process(std::string& msg, Kwargs& kwargs) const;

  Logger& logger() const noexcept { return logger_; }
  bool isEnabledFor(int level) const noexcept { return logger_.isEnabledFor(level); }
  void setLevel(Level level) { logger_.setLevel(level); }
  int getEffectiveLevel() const noexcept { return logger_.getEffectiveLevel(); }
  bool hasHandlers() const { return logger_.hasHandlers(); }
  const std::string& name() const noexcept { return logger_.name; }
  // "<LoggerAdapter shop (WARNING)>"
  std::string repr() const;

  void _send(int level, std::string_view msg, std::vector<Value> args, const Kwargs* kwargs,
             const std::source_location& at, bool exception);

 private:
  Logger& logger_;
  LoggerAdapter* inner_;
};

}  // namespace krait::logging
