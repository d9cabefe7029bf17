#pragma once
// Records as text.
//
//   handler->setFormatter(logging::Formatter("%(asctime)s %(levelname)-8s %(message)s"));
//   handler->setFormatter(logging::Formatter("{asctime} {levelname:<8} {message}", {.style = '{'}));

#include <ctime>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "krait/logging/record.h"

namespace krait::logging {

inline constexpr std::string_view BASIC_FORMAT = "%(levelname)s:%(name)s:%(message)s";

// Seconds since 1970 as a calendar has them, here or in UTC. Python: time.localtime(secs), time.gmtime(secs)
std::tm localtime(double secs);
std::tm gmtime(double secs);

struct FormatterOptions {
  std::string datefmt = {};  // of asctime, for strftime; "": default_time_format
  char style = '%';          // '%', '{' (str.format) or '$' (string.Template)
  bool validate = true;
  Dict defaults = {};  // for fields that a record does not have
};

class _Style;

// Python: logging.Formatter(fmt, datefmt, style, validate, defaults=)
// Throws ValueError for a format that is none of its style: "Invalid format '%' for '%' style",
// "invalid format: Single '}' encountered in format string", "invalid format: no fields".
class Formatter {
 public:
  explicit Formatter(std::string fmt = "", FormatterOptions options = {});
  Formatter(Formatter&&) noexcept;
  Formatter& operator=(Formatter&&) noexcept;
  virtual ~Formatter();

  // Python: the attributes of the same names. An empty default_msec_format is None: no milliseconds.
  std::string datefmt;
  std::string default_time_format = "%Y-%m-%d %H:%M:%S";
  std::string default_msec_format = "%s,%03d";
  std::tm (*converter)(double secs) = localtime;

  // Sets the record's message, asctime and exc_text on the way. Throws ValueError "Formatting field not found in record:
  // 'user'", and what the style's formatting throws.
  virtual std::string format(LogRecord& record) const;
  virtual std::string formatTime(const LogRecord& record, const std::string& datefmt = "") const;
  virtual std::string formatException(const std::exception_ptr& error) const;
  virtual std::string formatMessage(const LogRecord& record) const;
  virtual std::string formatStack(const std::string& stack_info) const;
  bool usesTime() const;

 private:
  std::unique_ptr<_Style> style_;
};

// Formats many records as one text. Python: logging.BufferingFormatter(linefmt=None)
class BufferingFormatter {
 public:
  explicit BufferingFormatter(std::shared_ptr<Formatter> linefmt = nullptr);
  virtual ~BufferingFormatter();
  virtual std::string formatHeader(const std::vector<LogRecord>& records) const;
  virtual std::string formatFooter(const std::vector<LogRecord>& records) const;
  virtual std::string format(std::vector<LogRecord>& records) const;

 private:
  std::shared_ptr<Formatter> linefmt_;
};

}  // namespace krait::logging
