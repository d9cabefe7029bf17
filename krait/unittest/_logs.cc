#include "krait/unittest/_logs.h"

#include <mutex>

#include "krait/builtins/exceptions.h"
#include "krait/logging/formatter.h"
#include "krait/logging/handler.h"
#include "krait/logging/logger.h"
#include "krait/unittest/_value.h"

namespace krait::unittest {

namespace {

class CapturingHandler final : public logging::Handler {
 public:
  CapturingHandler(logging::Level level, std::shared_ptr<LoggingWatcher> watcher)
      : Handler(level), watcher_(std::move(watcher)) {
    setFormatter(logging::Formatter("%(levelname)s:%(name)s:%(message)s"));
  }
  // Without handleError: a message that does not fit its arguments is a fault of the code under test.
  bool handle(logging::LogRecord& record) override {
    const std::lock_guard lock(this->lock());
    emit(record);
    return true;
  }
  void emit(logging::LogRecord& record) override {
    std::string text = format(record);
    watcher_->records.push_back(record);
    watcher_->output.push_back(std::move(text));
  }

 private:
  std::shared_ptr<LoggingWatcher> watcher_;
};

}  // namespace

struct _LogsContext::Before {
  logging::Logger& logger;
  std::vector<std::shared_ptr<logging::Handler>> handlers;
  int level;
  bool propagate;
};

logging::Logger& _LoggerArgument::get() const { return logger_ ? *logger_ : logging::getLogger(name_); }

_LogsContext::_LogsContext(const LogsOptions& options, bool no_logs, std::source_location at)
    : options_(options), no_logs_(no_logs), at_(at), watcher_(std::make_shared<LoggingWatcher>()) {
  if (options_.level == logging::NOTSET) options_.level = logging::INFO;
}

LoggingWatcher& _LogsContext::enter() {
  logging::Logger& logger = options_.logger.get();
  auto handler = std::make_shared<CapturingHandler>(options_.level, watcher_);
  before_ = std::make_shared<Before>(
      Before{logger, logger.setHandlers({std::move(handler)}), logger.level(), logger.propagate.exchange(false)});
  logger.setLevel(options_.level);
  return *watcher_;
}

void _LogsContext::exit(const std::exception_ptr& error) {
  logging::Logger& logger = before_->logger;
  logger.setHandlers(std::move(before_->handlers));
  logger.propagate = before_->propagate;
  logger.setLevel(before_->level);
  if (error) return;
  if (no_logs_ && !watcher_->records.empty())
    throw AssertionError("Unexpected logs found: " + _repr(_value(watcher_->output)), at_);
  if (!no_logs_ && watcher_->records.empty())
    throw AssertionError(
        "no logs of level " + logging::getLevelName(options_.level) + " or higher triggered on " + logger.name, at_);
}

}  // namespace krait::unittest
