#include "krait/logging/record.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <mutex>

#include "krait/logging/_lock.h"
#include "krait/logging/_percent.h"
#include "krait/logging/levels.h"

namespace krait::logging {
namespace {

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Python: logging._startTime
const std::int64_t start_time = now();

std::atomic<std::string (*)()> task_source, process_source, thread_source;

std::string call(const std::atomic<std::string (*)()>& source) {
  const auto function = source.load(std::memory_order_acquire);
  return function ? function() : std::string();
}

// A thread that nobody named has the name of the one that made it, which is the program's.
std::string name_of_this_thread() {
  if (std::string name = call(thread_source); !name.empty()) return name;
  if (gettid() == getpid()) return "MainThread";
  char name[16] = {}, program[16] = {};
  if (pthread_getname_np(pthread_self(), name, sizeof name) == 0 && name[0] != '\0') {
    std::strncpy(program, program_invocation_short_name, sizeof program - 1);
    if (std::strcmp(name, program) != 0) return name;
  }
  static std::atomic<int> dummies = 0;
  thread_local const int number = ++dummies;
  return "Dummy-" + std::to_string(number);
}

// Under the module's lock.
LogRecordFactory& factory() {
  static LogRecordFactory& factory = *new LogRecordFactory;
  return factory;
}

Value optional_text(const std::string& text) { return text.empty() ? Value() : Value(text); }

// A record's attributes by name, for both directions.
struct Attribute {
  std::string_view name;
  Value (*get)(const LogRecord&);
  void (*set)(LogRecord&, const Value&);
};

template <std::string LogRecord::* member>
constexpr Attribute text_attribute(std::string_view name) {
  return {name, [](const LogRecord& record) { return Value(record.*member); },
          [](LogRecord& record, const Value& value) { record.*member = value.str(); }};
}
template <auto member>
constexpr Attribute number_attribute(std::string_view name) {
  return {name, [](const LogRecord& record) { return Value(record.*member); },
          [](LogRecord& record, const Value& value) {
            using T = std::remove_cvref_t<decltype(record.*member)>;
            record.*member =
                std::is_same_v<T, double> ? static_cast<T>(value.as_float()) : static_cast<T>(value.as_int());
          }};
}

constexpr Attribute attributes[] = {
    text_attribute<&LogRecord::message>("message"),
    text_attribute<&LogRecord::levelname>("levelname"),
    text_attribute<&LogRecord::name>("name"),
    text_attribute<&LogRecord::asctime>("asctime"),
    number_attribute<&LogRecord::levelno>("levelno"),
    text_attribute<&LogRecord::msg>("msg"),
    {"args",
     [](const LogRecord& record) {
       if (record.args.size() == 1 && record.args[0].as_dict()) return record.args[0];
       const std::string text = record._args_text();
       return Value::other(text, text, "tuple");
     },
     [](LogRecord& record, const Value& value) { record.args = {value}; }},
    text_attribute<&LogRecord::pathname>("pathname"),
    text_attribute<&LogRecord::filename>("filename"),
    text_attribute<&LogRecord::module>("module"),
    number_attribute<&LogRecord::lineno>("lineno"),
    text_attribute<&LogRecord::funcName>("funcName"),
    number_attribute<&LogRecord::created>("created"),
    number_attribute<&LogRecord::msecs>("msecs"),
    number_attribute<&LogRecord::relativeCreated>("relativeCreated"),
    number_attribute<&LogRecord::thread>("thread"),
    text_attribute<&LogRecord::threadName>("threadName"),
    number_attribute<&LogRecord::process>("process"),
    text_attribute<&LogRecord::processName>("processName"),
    {"taskName", [](const LogRecord& record) { return Value(record.taskName); },
     [](LogRecord& record, const Value& value) {
       record.taskName = value.is_none() ? std::optional<std::string>() : value.str();
     }},
    {"exc_info", [](const LogRecord& record) { return record.exc_info ? Value(*record.exc_info) : Value(); },
     [](LogRecord&, const Value&) {}},
    {"exc_text", [](const LogRecord& record) { return optional_text(record.exc_text); },
     [](LogRecord& record, const Value& value) { record.exc_text = value.is_none() ? "" : value.str(); }},
    {"stack_info", [](const LogRecord& record) { return optional_text(record.stack_info); },
     [](LogRecord& record, const Value& value) { record.stack_info = value.is_none() ? "" : value.str(); }},
};

const Attribute* find_attribute(std::string_view name) noexcept {
  for (const Attribute& each : attributes) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

class DictMapping final : public _Mapping {
 public:
  explicit DictMapping(const Dict& dict) : dict_(dict) {}
  std::optional<Value> find(std::string_view name) const override {
    const Value* value = dict_.find(name);
    return value ? std::optional<Value>(*value) : std::nullopt;
  }
  std::string str() const override { return dict_.str(); }

 private:
  const Dict& dict_;
};

}  // namespace

void _set_name_sources(const _NameSources& sources) noexcept {
  if (sources.task) task_source.store(sources.task, std::memory_order_release);
  if (sources.process) process_source.store(sources.process, std::memory_order_release);
  if (sources.thread) thread_source.store(sources.thread, std::memory_order_release);
}

LogRecord::LogRecord(std::string name, int level, std::string pathname, int lineno, std::string msg,
                     std::vector<Value> args, std::optional<std::exception_ptr> exc_info, std::string func,
                     std::string sinfo)
    : name(std::move(name)),
      msg(std::move(msg)),
      args(std::move(args)),
      levelno(level),
      levelname(getLevelName(level)),
      pathname(std::move(pathname)),
      lineno(lineno),
      funcName(std::move(func)),
      exc_info(std::move(exc_info)),
      stack_info(std::move(sinfo)) {
  constexpr std::int64_t kSecond = 1000000000;
  const std::int64_t time = now();
  filename = this->pathname.substr(this->pathname.rfind('/') + 1);
  // Python: os.path.splitext: leading dots begin no extension.
  const std::size_t first = filename.find_first_not_of('.');
  const std::size_t dot = filename.rfind('.');
  module = filename.substr(0, first == filename.npos || dot == filename.npos || dot < first ? filename.npos : dot);
  created = static_cast<double>(time) / 1e9;
  const std::int64_t milliseconds = time % kSecond / 1000000;
  msecs = static_cast<double>(milliseconds);
  // The double may round up to the next second.
  if (msecs == 999.0 && static_cast<std::int64_t>(created) != time / kSecond) msecs = 0;
  relativeCreated = static_cast<double>(time - start_time) / 1e6;
  thread = pthread_self();
  threadName = name_of_this_thread();
  process = getpid();
  if (std::string known = call(process_source); !known.empty()) processName = std::move(known);
  if (std::string known = call(task_source); !known.empty()) taskName = std::move(known);
}

std::string LogRecord::getMessage() const {
  if (args.empty()) return msg;
  if (args.size() == 1 && args[0].as_dict() && !args[0].as_dict()->empty()) {
    return _percent(msg, DictMapping(*args[0].as_dict()));
  }
  return _percent(msg, args);
}

std::optional<Value> LogRecord::get(std::string_view attribute) const {
  if (const Value* value = extra.find(attribute)) return *value;
  if (const Attribute* own = find_attribute(attribute)) return own->get(*this);
  return std::nullopt;
}

std::string LogRecord::_args_text() const {
  if (args.size() == 1 && args[0].as_dict()) return args[0].str();
  std::string text;
  for (const Value& each : args) text += (text.empty() ? "" : ", ") + each.repr();
  return "(" + text + (args.size() == 1 ? ",)" : ")");
}

bool LogRecord::is_attribute(std::string_view name) noexcept { return find_attribute(name) != nullptr; }

std::string LogRecord::repr() const {
  return "<LogRecord: " + name + ", " + std::to_string(levelno) + ", " + pathname + ", " + std::to_string(lineno) +
         ", \"" + msg + "\">";
}

LogRecord makeLogRecord(const Dict& given) {
  LogRecord record("None", NOTSET, "", 0, "");
  record.levelname = "Level None";
  for (const auto& [name, value] : given) {
    if (const Attribute* own = find_attribute(name)) {
      own->set(record, value);
    } else {
      record.extra.set(name, value);
    }
  }
  return record;
}

void setLogRecordFactory(LogRecordFactory made) {
  const std::lock_guard lock(_module_lock());
  factory().swap(made);
}

LogRecordFactory getLogRecordFactory() {
  const std::lock_guard lock(_module_lock());
  return factory();
}

namespace {

// `signature` up to the parenthesis that opens the parameters: the first that is in no template argument and opens no
// "(anonymous namespace)" or "(lambda at …)".
std::string_view before_parameters(std::string_view signature) {
  int depth = 0;
  for (std::size_t i = 0; i < signature.size(); ++i) {
    const std::string_view rest = signature.substr(i);
    if (rest.starts_with("operator()"))
      i += std::string_view("operator()").size() - 1;
    else if (rest.starts_with("operator<") || rest.starts_with("operator>") || rest.starts_with("operator-"))
      i = std::min(signature.find('(', i), signature.size()) - 1;
    else if (rest.starts_with("(anonymous"))
      i = std::min(signature.find(')', i), signature.size() - 1);
    else if (rest[0] == '<')
      ++depth;
    else if (rest[0] == '>')
      --depth;
    else if (rest[0] == '(' && depth <= 0)
      return signature.substr(0, i);
  }
  return signature;
}

}  // namespace

std::string _function_name(std::string_view signature) {
  signature = signature.substr(0, signature.find(" [with "));
  if (signature.find("(anonymous class)::operator()") != signature.npos ||
      signature.find("(lambda") != signature.npos || signature.find("<lambda") != signature.npos) {
    return "<lambda>";
  }
  std::string_view name = before_parameters(signature);
  if (const std::size_t at = name.find("operator");
      at != name.npos && (at == 0 || name[at - 1] == ':' || name[at - 1] == ' ')) {
    return std::string(name.substr(at));
  }
  // The last name, without its class, its template arguments and its result.
  int depth = 0;
  std::size_t end = name.size();
  for (std::size_t i = name.size(); i-- > 0;) {
    if (name[i] == '>') ++depth;
    if (name[i] == '<' && --depth == 0) end = i;
    if (depth == 0 && (name[i] == ':' || name[i] == ' ' || name[i] == '*' || name[i] == '&')) {
      return std::string(name.substr(i + 1, end - i - 1));
    }
  }
  return std::string(name.substr(0, end));
}

}  // namespace krait::logging
