#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "krait/logging.h"
#include "krait/logging/handlers.h"
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

// A handler whose clock stands.
class Timed : public logging::handlers::TimedRotatingFileHandler {
 public:
  Timed(const std::string& path, logging::handlers::TimedRotatingOptions options, std::int64_t now)
      : TimedRotatingFileHandler(path, std::move(options)), now_(now) {}

 protected:
  std::int64_t now() const override { return now_; }

 private:
  std::int64_t now_;
};

// TimedRotatingFileHandler's computeRollover(t), and the name that doRollover() gives the file at t when it was due at "due"
Value logging_rollover(const Value& request) {
  setenv("TZ", request["tz"].as_string().c_str(), 1);
  tzset();
  std::string folder = std::filesystem::temp_directory_path() / "krait-conform-XXXXXX";
  if (!mkdtemp(folder.data())) throw OSError("cannot make a folder");
  logging::handlers::TimedRotatingOptions options{.when = request["when"].as_string(),
                                                  .interval = static_cast<int>(request["interval"].as_int()),
                                                  .delay = true,
                                                  .utc = request["utc"].as_bool()};
  if (!request["at"].is_null()) options.atTime = std::chrono::seconds(request["at"].as_int());
  Timed handler(folder + "/x.log", options, request["t"].as_int());
  const std::int64_t rollover = handler.computeRollover(request["t"].as_int());
  std::ofstream(folder + "/x.log").flush();
  handler.rolloverAt = request["due"].as_int();
  handler.doRollover();
  std::string name;
  for (const auto& each : std::filesystem::directory_iterator(folder)) name = each.path().filename();
  std::filesystem::remove_all(folder);
  return json::Array{rollover, name};
}

}  // namespace

Ops logging_ops() {
  return {
      {"logging.message", logging_message}, {"logging.format", logging_format}, {"logging.rollover", logging_rollover}};
}

}  // namespace krait::conformance
