#pragma once
// What a piece of code logs, as an assertion.
//
//   auto cm = assertLogs({.logger = "shop", .level = "INFO"}, [&] { order("tea"); });
//   assertEqual(cm.output, {"INFO:shop:one tea"});
//   assertNoLogs([&] { order("nothing"); });
//
// Python: unittest._log

#include <concepts>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/builtins/awaitable.h"
#include "krait/builtins/with.h"
#include "krait/logging/levels.h"
#include "krait/logging/record.h"

namespace krait::logging {
class Logger;
}

namespace krait::unittest {

// Which logger: a name ("": the root), or the logger itself.
class _LoggerArgument {
 public:
  _LoggerArgument() = default;
  _LoggerArgument(const char* name) : name_(name) {}
  _LoggerArgument(std::string name) : name_(std::move(name)) {}
  _LoggerArgument(std::string_view name) : name_(name) {}
  _LoggerArgument(logging::Logger& logger) : logger_(&logger) {}
  logging::Logger& get() const;

 private:
  std::string name_;
  logging::Logger* logger_ = nullptr;
};

struct LogsOptions {
  _LoggerArgument logger = {};
  logging::Level level =
      logging::INFO;  // a number or a name; NOTSET is INFO. Throws ValueError "Unknown level: 'LOUD'"
};

// What was logged. Python: cm.records, cm.output
struct LoggingWatcher {
  std::vector<logging::LogRecord> records;
  std::vector<std::string> output;  // "INFO:shop:one tea"
};

class _LogsContext {
 public:
  _LogsContext(const LogsOptions& options, bool no_logs, std::source_location at);
  // From here on the logger has one handler, which keeps what is logged, that level, and does not propagate.
  LoggingWatcher& enter();
  // Puts back what was there. Throws AssertionError, unless an exception is on its way.
  void exit(const std::exception_ptr& error);
  const std::shared_ptr<LoggingWatcher>& watcher() const noexcept { return watcher_; }

 private:
  struct Before;
  LogsOptions options_;
  bool no_logs_;
  std::source_location at_;
  std::shared_ptr<LoggingWatcher> watcher_;
  std::shared_ptr<Before> before_;
};

template <class F>
concept _LogsBody = std::invocable<F&, LoggingWatcher&> || std::invocable<F&>;

template <_LogsBody F>
Coroutine<LoggingWatcher> _logs_of_coroutine(_LogsContext context, F body) {
  const std::shared_ptr<LoggingWatcher> watcher = context.watcher();
  co_await with(std::move(context), std::move(body));
  co_return std::move(*watcher);
}
// What `body` logs; a coroutine when it is one.
template <_LogsBody F>
auto _logs_of(_LogsContext context, F body) {
  const std::shared_ptr<LoggingWatcher> watcher = context.watcher();
  if constexpr (Awaitable<decltype(_call_body(body, *watcher))>) {
    return _logs_of_coroutine(std::move(context), std::move(body));
  } else {
    with(context, body);
    return std::move(*watcher);
  }
}

class _LogAssertions {
  using At = std::source_location;

 public:
  // Calls `body(watcher)`, or `body()`, and gives what the logger (the root) was given at that level (INFO) or above. Throws
  // AssertionError "no logs of level INFO or higher triggered on root" when that was nothing. A body that is a coroutine makes
  // it one; without a body it gives a context manager for krait::with.
  // Python: with self.assertLogs(logger=None, level=None) as cm
  template <_LogsBody F>
  static auto assertLogs(const LogsOptions& options, F body, At at = At::current()) {
    return _logs_of(_LogsContext(options, false, at), std::move(body));
  }
  template <_LogsBody F>
  static auto assertLogs(F body, At at = At::current()) {
    return _logs_of(_LogsContext({}, false, at), std::move(body));
  }
  static _LogsContext assertLogs(const LogsOptions& options = {}, At at = At::current()) {
    return {options, false, at};
  }

  // Throws AssertionError "Unexpected logs found: ['INFO:shop:one tea']". What it gives is empty.
  // Python: with self.assertNoLogs(logger=None, level=None)
  template <_LogsBody F>
  static auto assertNoLogs(const LogsOptions& options, F body, At at = At::current()) {
    return _logs_of(_LogsContext(options, true, at), std::move(body));
  }
  template <_LogsBody F>
  static auto assertNoLogs(F body, At at = At::current()) {
    return _logs_of(_LogsContext({}, true, at), std::move(body));
  }
  static _LogsContext assertNoLogs(const LogsOptions& options = {}, At at = At::current()) {
    return {options, true, at};
  }

 protected:
  ~_LogAssertions() = default;
};

}  // namespace krait::unittest
