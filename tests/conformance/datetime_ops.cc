// What datetime and zoneinfo calculate: timedelta.*, datetime.apply, zoneinfo.look. A timedelta is a list: days, seconds,
// microseconds.

#include <sstream>
#include <string>

#include "krait/builtins.h"
#include "krait/datetime.h"
#include "krait/zoneinfo.h"
#include "ops.h"
#include "tagged.h"

namespace krait::conformance {

namespace {

using datetime::_Number;
using datetime::timedelta;
using json::Value;
using Moment = datetime::datetime;

_Number as_number(const Value& value) {
  if (value.is_float()) return value.as_float();
  if (value.is_object()) return std::strtod(value["$float"].as_string().c_str(), nullptr);
  return value.as_int();
}

timedelta as_timedelta(const Value& value) {
  return timedelta(as_number(value[0]), as_number(value[1]), as_number(value[2]));
}

Value timedelta_new(const Value& request) {
  const json::Object& given = request["keywords"].as_object();
  const auto keyword = [&](const char* name) {
    const Value* value = given.find(name);
    return value ? as_number(*value) : _Number(0);
  };
  const timedelta td({.weeks = keyword("weeks"),
                      .days = keyword("days"),
                      .hours = keyword("hours"),
                      .minutes = keyword("minutes"),
                      .seconds = keyword("seconds"),
                      .milliseconds = keyword("milliseconds"),
                      .microseconds = keyword("microseconds")});
  return json::Array{repr(td), str(td), td.total_seconds()};
}

Value timedelta_apply(const Value& request) {
  const timedelta a = as_timedelta(request["a"]);
  const Value& b = request["b"];
  const std::string& op = request["by"].as_string();
  if (!b.is_array()) {
    if (op == "*") return repr(a * as_number(b));
    return op == "/" ? repr(a / as_number(b)) : repr(floordiv(a, b.as_int()));
  }
  const timedelta other = as_timedelta(b);
  if (op == "+") return repr(a + other);
  if (op == "-") return repr(a - other);
  if (op == "/") return a / other;
  if (op == "%") return repr(a % other);
  if (op == "<") return json::Array{a < other, a == other};
  if (op == "//") return std::to_string(floordiv(a, other));
  const auto [quotient, rest] = divmod(a, other);
  return json::Array{quotient, repr(rest)};
}

Moment as_moment(const Value& value) {
  Moment when = Moment::fromisoformat(value["iso"].as_string());
  const Value& zone = value["zone"];
  if (!zone.is_null()) when = when.replace({.tzinfo = zoneinfo::ZoneInfo(zone.as_string())});
  return when.replace({.fold = static_cast<int>(value["fold"].as_int())});
}

Value datetime_apply(const Value& request) {
  const std::string& op = request["by"].as_string();
  const Value* given = request.as_object().find("zone");
  const Value zone = given ? *given : Value();
  if (op == "fromtimestamp") {
    const Value& secs = request["secs"];
    const datetime::tz tz = zone.is_null() ? datetime::tz() : zoneinfo::ZoneInfo(zone.as_string());
    return repr(secs.is_float() ? Moment::fromtimestamp(secs.as_float(), tz)
                                : Moment::fromtimestamp(secs.as_int(), tz));
  }
  const Moment a = as_moment(request["a"]);
  if (op == "timestamp") return a.timestamp();
  if (op == "show") {
    const auto dst = a.dst();
    return json::Array{repr(a),
                       str(a),
                       a.ctime(),
                       repr(a.isocalendar()),
                       dst ? Value(repr(*dst)) : Value(),
                       krait::time::repr(a.timetuple()),
                       krait::time::repr(a.utctimetuple())};
  }
  if (op == "+") return repr(a + as_timedelta(request["b"]));
  const Moment b = as_moment(request["b"]);
  if (op == "-") return repr(a - b);
  if (op == "==") return json::Array{a == b, a != b};
  return json::Array{a<b, a <= b, a> b, a >= b};
}

Value or_none(const std::optional<timedelta>& offset) { return offset ? Value(repr(*offset)) : Value(); }

// A zone's file at moments, each as a local time and as UTC.
Value zoneinfo_look(const Value& request) {
  std::istringstream file(untag_bytes(request["bytes"]));
  const zoneinfo::ZoneInfo zone = zoneinfo::ZoneInfo::from_file(file);
  json::Array answers;
  answers.emplace_back(json::Array{or_none(zone.utcoffset(nullptr)), or_none(zone.dst(nullptr))});
  for (const Value& iso : request["at"].as_array()) {
    const Moment when = Moment::fromisoformat(iso.as_string()).replace({.tzinfo = zone});
    for (const int fold : {0, 1}) {
      const Moment local = when.replace({.fold = fold});
      answers.emplace_back(json::Array{or_none(local.utcoffset()), or_none(local.dst()), *local.tzname()});
    }
    const Moment from_utc = zone.fromutc(when);
    answers.emplace_back(json::Array{from_utc.replace({.tzinfo = None}).isoformat(), from_utc.fold()});
  }
  return answers;
}

}  // namespace

Ops datetime_ops() {
  return {{"timedelta.new", timedelta_new},
          {"timedelta.apply", timedelta_apply},
          {"datetime.apply", datetime_apply},
          {"zoneinfo.look", zoneinfo_look}};
}

}  // namespace krait::conformance
