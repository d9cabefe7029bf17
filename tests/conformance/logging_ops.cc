#include "krait/logging.h"
#include "ops.h"

namespace krait::conformance {

namespace {

using json::Value;

logging::Value argument(const Value& value) {
  switch (value.type()) {
    case Value::Type::Null:
      return nullptr;
    case Value::Type::Bool:
      return value.as_bool();
    case Value::Type::Int:
      return value.as_int();
    case Value::Type::Float:
      return value.as_float();
    case Value::Type::Object: {
      logging::Dict dict;
      for (const auto& [key, each] : value.as_object()) dict.set(key, argument(each));
      return dict;
    }
    default:
      return value.as_string();
  }
}

// LogRecord(…, msg, args).getMessage()
Value logging_message(const Value& request) {
  std::vector<logging::Value> args;
  for (const Value& each : request["args"].as_array()) args.push_back(argument(each));
  return logging::LogRecord("x", logging::INFO, "x.cc", 1, request["msg"].as_string(), std::move(args)).getMessage();
}

// Formatter(fmt, style=style).format(makeLogRecord(record))
Value logging_format(const Value& request) {
  const logging::Formatter formatter(request["fmt"].as_string(), {.style = request["style"].as_string().at(0)});
  logging::LogRecord record = logging::makeLogRecord(*argument(request["record"]).as_dict());
  return formatter.format(record);
}

}  // namespace

Ops logging_ops() { return {{"logging.message", logging_message}, {"logging.format", logging_format}}; }

}  // namespace krait::conformance
