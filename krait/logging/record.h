#pragma once
// An event being logged.

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "krait/_base/function.h"
#include "krait/logging/value.h"

namespace krait::logging {

// Python: logging.LogRecord. Whoever gets one may change it: filters do.
class LogRecord {
 public:
  // Takes the time, the thread, the process and the task from where it is made.
  // Python: LogRecord(name, level, pathname, lineno, msg, args, exc_info, func, sinfo)
  LogRecord(std::string name, int level, std::string pathname, int lineno, std::string msg,
            std::vector<Value> args = {}, std::optional<std::exception_ptr> exc_info = {}, std::string func = {},
            std::string sinfo = {});

  std::string name;
  std::string msg;          // before its arguments are merged in
  std::vector<Value> args;  // one Dict alone: what "%(name)s" in msg refers to
  int levelno;
  std::string levelname;
  std::string pathname, filename, module;  // as the compiler was given the file; "shop.cc"; "shop"
  int lineno;
  std::string funcName;  // without namespaces, classes and parameters; "<lambda>"
  // The exception logged; one that holds null (there was none to log) prints as Python's does, "NoneType: None".
  std::optional<std::exception_ptr> exc_info;
  std::string exc_text;    // its text, once a formatter made it
  std::string stack_info;  // "" for none
  double created;          // seconds since 1970
  double msecs;            // whole milliseconds of it
  double relativeCreated;  // milliseconds since the program began to use logging
  std::uint64_t thread;    // as pthread_self() gives it
  std::string threadName;  // "MainThread", what pthread_setname_np said, else "Dummy-1" as Python calls such
  int process;
  std::string processName = "MainProcess";
  std::optional<std::string> taskName;  // None outside of a task
  Dict extra;                           // what `extra` added; Python has these as attributes
  std::string message, asctime;         // set by Formatter::format

  // `msg` with its arguments. Throws what Python's % throws. Python: record.getMessage()
  std::string getMessage() const;
  // Any of the above by its name in Python, then those of `extra`; nullopt: there is none. Python: record.__dict__.get(name)
  std::optional<Value> get(std::string_view attribute) const;
  // Whether the name is one of Python's own. `message` and `asctime` are.
  static bool is_attribute(std::string_view name) noexcept;
  std::string repr() const;
  std::string _args_text() const;  // repr(record.args)
};

// A record of these attributes, for one that came from elsewhere; those that LogRecord does not have stand in its `extra`.
// Python: logging.makeLogRecord(dict)
LogRecord makeLogRecord(const Dict& attributes);

// Is given each record that a logger makes, to add to it; null: none. Departs from Python, whose factory makes the record.
// Python: logging.setLogRecordFactory(factory), getLogRecordFactory()
using LogRecordFactory = std::shared_ptr<_base::Function<void(LogRecord&)>>;
void setLogRecordFactory(LogRecordFactory factory);
LogRecordFactory getLogRecordFactory();

// What only the floors above know. Each may be null, and gives "" for "no name".
struct _NameSources {
  std::string (*task)() = nullptr;     // asyncio: the current task's
  std::string (*process)() = nullptr;  // multiprocessing: this process's
  std::string (*thread)() = nullptr;
};
// Replaces those that are not null. Call it before threads log.
void _set_name_sources(const _NameSources& sources) noexcept;

// "serve" of "Coroutine<> shop::Counter::serve(Order)", "<lambda>" for one.
std::string _function_name(std::string_view signature);

}  // namespace krait::logging
