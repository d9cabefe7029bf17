// krait-conform: one JSON request a line on standard input, one JSON answer a line on standard output, in order.
//
//   -> {"id": 7, "op": "aio.run", "scenario": {"main": "m", "coros": {"m": [["return", 1]]}}}
//   <- {"id": 7, "ok": {"trace": [], "end": "result 1"}}
//   <- {"id": 8, "error": {"type": "NotImplementedError", "msg": "tmpl.render"}}
//
// So that CPython, or anybody's test suite, can judge what krait does: compare.py sends the same lines to both.

#include <iostream>
#include <string>

#include "krait/builtins.h"
#include "krait/json.h"
#include "krait/re.h"
#include "krait/wire/h1.h"
#include "ops.h"
#include "python_text.h"
#include "scenario.h"

namespace krait::conformance {

namespace {

using json::Value;

Ops all_ops() {
  Ops all{{"aio.run", [](const Value& request) { return run_scenario(request["scenario"]); }}};
  for (const Ops& ops : {argparse_ops(), codec_ops(), datetime_ops(), http_ops(), json_ops(), logging_ops(), re_ops(),
                         time_ops(), url_ops()})
    all.insert(ops.begin(), ops.end());
  return all;
}

Value run(const Value& request) {
  static const Ops kOps = all_ops();
  const std::string& op = request["op"].as_string();
  const auto found = kOps.find(op);
  if (found == kOps.end()) throw NotImplementedError(op);
  return found->second(request);
}

// Python's class and text, and what else the class knows.
json::Object describe_error(const std::exception_ptr& error) {
  json::Object described{{"type", type_name(error)}, {"msg", krait::str(error)}};
  try {
    std::rethrow_exception(error);
  } catch (const json::JSONDecodeError& bad) {
    described.set("pos", bad.pos);
  } catch (const re::PatternError& bad) {
    described.set("type", "re.error");  // what it was called before 3.13, and what the lines call it
    described.set("pos", bad.pos ? json::Value(static_cast<std::int64_t>(*bad.pos)) : json::Value(nullptr));
  } catch (const wire::h1::RemoteProtocolError& bad) {
    described.set("status", bad.status());
  } catch (const BadScenario& bad) {
    described.set("msg", bad.text);
  } catch (...) {
  }
  return described;
}

// Never throws for what the line says.
std::string answer(const std::string& line) {
  json::Object answer{{"id", nullptr}};
  try {
    const Value request = json::loads(line);
    answer.set("id", request["id"]);
    answer.set("ok", run(request));
  } catch (...) {
    answer.set("error", describe_error(std::current_exception()));
  }
  return dump(answer);
}

}  // namespace

}  // namespace krait::conformance

int main() {
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    std::cout << krait::conformance::answer(line) << std::endl;
  }
  return 0;
}
