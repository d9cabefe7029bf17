// time.* and datetime.*. A request's "tz" is a value for the variable TZ.

#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "krait/builtins.h"
#include "krait/datetime.h"
#include "krait/time.h"
#include "krait/zoneinfo.h"
#include "ops.h"

namespace krait::conformance {

namespace {

using json::Value;

const Value* find(const Value& request, std::string_view key) {
  const Value* value = request.as_object().find(key);
  return value && !value->is_null() ? value : nullptr;
}

void use_zone(const Value& request) {
  const Value* tz = find(request, "tz");
  if (!tz) return;
  setenv("TZ", tz->as_string().c_str(), 1);
  time::tzset();
}

// Python's own ints have no end; a BigInt here is out of every range there is.
double as_number(const Value& value) {
  if (value.is_object()) {
    if (const Value* text = value.as_object().find("$float")) return std::strtod(text->as_string().c_str(), nullptr);
    return std::strtod(value["$int"].as_string().c_str(), nullptr);
  }
  return value.as_float();
}

time::_Seconds seconds(const Value& value) {
  if (value.type() == Value::Type::Int) return value.as_int();
  if (value.type() == Value::Type::BigInt) time::_Seconds::out_of_range();
  return as_number(value);
}

int as_int(const Value& value) {
  const bool big = value.type() == Value::Type::BigInt;
  if (big ? value.as_big_int()[0] != '-' : value.as_int() > std::numeric_limits<int>::max()) {
    throw OverflowError("signed integer is greater than maximum");
  }
  if (big || value.as_int() < std::numeric_limits<int>::min()) {
    throw OverflowError("signed integer is less than minimum");
  }
  return static_cast<int>(value.as_int());
}

time::struct_time as_tuple(const Value& request, const char* function) {
  const Value& tuple = request["tuple"];
  if (!tuple.is_array()) throw TypeError("Tuple or struct_time argument required");
  if (tuple.as_array().size() != 9) throw TypeError(std::string(function) + "(): illegal time tuple argument");
  std::vector<int> fields;
  for (const Value& each : tuple.as_array()) fields.push_back(as_int(each));
  return time::struct_time::from(fields);
}

json::Array nine(const time::struct_time& t) {
  json::Array fields;
  for (std::size_t i = 0; i < 9; ++i) fields.emplace_back(t[i]);
  return fields;
}

Value eleven(const time::struct_time& t) {
  json::Array fields = nine(t);
  fields.emplace_back(t.tm_zone ? Value(*t.tm_zone) : Value());
  fields.emplace_back(t.tm_gmtoff ? Value(*t.tm_gmtoff) : Value());
  return fields;
}

Value gmtime(const Value& request) {
  use_zone(request);
  const Value* secs = find(request, "secs");
  return eleven(secs ? time::gmtime(seconds(*secs)) : time::gmtime());
}

Value localtime(const Value& request) {
  use_zone(request);
  const Value* secs = find(request, "secs");
  return eleven(secs ? time::localtime(seconds(*secs)) : time::localtime());
}

Value ctime(const Value& request) {
  use_zone(request);
  const Value* secs = find(request, "secs");
  return secs ? time::ctime(seconds(*secs)) : time::ctime();
}

Value asctime(const Value& request) {
  use_zone(request);
  return find(request, "tuple") ? time::asctime(as_tuple(request, "asctime")) : time::asctime();
}

Value mktime(const Value& request) {
  use_zone(request);
  return time::mktime(as_tuple(request, "mktime"));
}

Value time_strftime(const Value& request) {
  use_zone(request);
  const std::string& format = request["format"].as_string();
  return find(request, "tuple") ? time::strftime(format, as_tuple(request, "strftime")) : time::strftime(format);
}

Value time_strptime(const Value& request) {
  use_zone(request);
  const std::string& string = request["string"].as_string();
  const Value* format = find(request, "format");
  return nine(format ? time::strptime(string, format->as_string()) : time::strptime(string));
}

Value datetime_strptime(const Value& request) {
  use_zone(request);
  return datetime::datetime::strptime(request["string"].as_string(), request["format"].as_string()).isoformat();
}

Value fromisoformat(const Value& request) {
  return datetime::datetime::fromisoformat(request["string"].as_string()).isoformat();
}

datetime::datetime as_datetime(const Value& value) {
  return datetime::datetime::fromisoformat(value.is_object() ? value["$dt"].as_string() : value.as_string());
}

Value datetime_strftime(const Value& request) {
  use_zone(request);
  return as_datetime(request["dt"]).strftime(request["format"].as_string());
}

Value astimezone(const Value& request) {
  use_zone(request);
  datetime::datetime when = as_datetime(request["iso"]);
  if (const Value* zone = find(request, "zone")) when = when.replace({.tzinfo = zoneinfo::ZoneInfo(zone->as_string())});
  if (const Value* fold = find(request, "fold")) when = when.replace({.fold = as_int(*fold)});
  const Value* to = find(request, "to");
  return when.astimezone(to ? datetime::tz(zoneinfo::ZoneInfo(to->as_string())) : datetime::tz()).isoformat();
}

Value diff(const Value& request) {
  use_zone(request);
  return json::Object{{"$td", (as_datetime(request["a"]) - as_datetime(request["b"])).total_seconds()}};
}

}  // namespace

Ops time_ops() {
  return {{"time.gmtime", gmtime},
          {"time.localtime", localtime},
          {"time.ctime", ctime},
          {"time.asctime", asctime},
          {"time.mktime", mktime},
          {"time.strftime", time_strftime},
          {"time.strptime", time_strptime},
          {"datetime.strptime", datetime_strptime},
          {"datetime.fromisoformat", fromisoformat},
          {"datetime.strftime", datetime_strftime},
          {"datetime.astimezone", astimezone},
          {"datetime.diff", diff}};
}

}  // namespace krait::conformance
