#include "krait/logging/formatter.h"

#include <cmath>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/traceback.h"
#include "krait/logging/_style.h"

namespace krait::logging {
namespace {

// The record's attributes, then the defaults.
class RecordMapping final : public _Mapping {
 public:
  RecordMapping(const LogRecord& record, const Dict& defaults) : record_(record), defaults_(defaults) {}

  std::optional<Value> find(std::string_view name) const override {
    if (std::optional<Value> value = record_.get(name)) return value;
    const Value* value = defaults_.find(name);
    return value ? std::optional<Value>(*value) : std::nullopt;
  }
  std::string str() const override { return record_.repr(); }

 private:
  const LogRecord& record_;
  const Dict& defaults_;
};

std::string strftime(const std::string& format, const std::tm& time) {
  if (format.empty()) return {};
  // A blank more tells an empty result from a buffer that is too small.
  const std::string marked = format + " ";
  for (std::string text(256, '\0');; text.resize(2 * text.size())) {
    const std::size_t size = std::strftime(text.data(), text.size(), marked.c_str(), &time);
    if (size == 0 && text.size() < 256 * format.size()) continue;
    text.resize(size == 0 ? 0 : size - 1);
    return text;
  }
}

std::time_t whole_seconds(double secs) {
  const double floor = std::floor(secs);
  if (!(std::fabs(floor) < 9e15)) throw OverflowError("timestamp out of range for platform time_t");
  return static_cast<std::time_t>(floor);
}

void append_line(std::string& text, const std::string& more) {
  if (!text.ends_with('\n')) text += '\n';
  text += more;
}

}  // namespace

std::tm localtime(double secs) {
  const std::time_t time = whole_seconds(secs);
  std::tm result{};
  localtime_r(&time, &result);
  return result;
}

std::tm gmtime(double secs) {
  const std::time_t time = whole_seconds(secs);
  std::tm result{};
  gmtime_r(&time, &result);
  return result;
}

Formatter::Formatter(std::string fmt, FormatterOptions options)
    : datefmt(std::move(options.datefmt)),
      style_(_make_style(options.style, std::move(fmt), std::move(options.defaults))) {
  if (options.validate) style_->validate();
}

Formatter::Formatter(Formatter&&) noexcept = default;
Formatter& Formatter::operator=(Formatter&&) noexcept = default;
Formatter::~Formatter() = default;

bool Formatter::usesTime() const { return style_->uses_time(); }

std::string Formatter::format(LogRecord& record) const {
  record.message = record.getMessage();
  if (usesTime()) record.asctime = formatTime(record, datefmt);
  std::string text = formatMessage(record);
  if (record.exc_info && record.exc_text.empty()) record.exc_text = formatException(*record.exc_info);
  if (!record.exc_text.empty()) append_line(text, record.exc_text);
  if (!record.stack_info.empty()) append_line(text, formatStack(record.stack_info));
  return text;
}

std::string Formatter::formatTime(const LogRecord& record, const std::string& format) const {
  const std::tm time = converter(record.created);
  if (!format.empty()) return strftime(format, time);
  std::string text = strftime(default_time_format, time);
  if (default_msec_format.empty()) return text;
  const Value parts[] = {Value(text), Value(record.msecs)};
  return _percent(default_msec_format, parts);
}

std::string Formatter::formatException(const std::exception_ptr& error) const {
  std::string text = format_exception(error);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string Formatter::formatMessage(const LogRecord& record) const {
  try {
    return style_->format(RecordMapping(record, style_->defaults));
  } catch (const KeyError& error) {
    throw ValueError(std::string("Formatting field not found in record: ") + error.what());
  }
}

std::string Formatter::formatStack(const std::string& stack_info) const { return stack_info; }

BufferingFormatter::BufferingFormatter(std::shared_ptr<Formatter> linefmt)
    : linefmt_(linefmt ? std::move(linefmt) : std::make_shared<Formatter>()) {}
BufferingFormatter::~BufferingFormatter() = default;

std::string BufferingFormatter::formatHeader(const std::vector<LogRecord>&) const { return {}; }
std::string BufferingFormatter::formatFooter(const std::vector<LogRecord>&) const { return {}; }

std::string BufferingFormatter::format(std::vector<LogRecord>& records) const {
  if (records.empty()) return {};
  std::string text = formatHeader(records);
  for (LogRecord& record : records) text += linefmt_->format(record);
  return text + formatFooter(records);
}

}  // namespace krait::logging
