#include "python_text.h"

#include <cmath>
#include <cstdio>
#include <typeinfo>

#include "krait/asyncio/exceptions.h"
#include "krait/builtins.h"

namespace krait::conformance {

namespace {

using json::Value;

void write_escape(unsigned code, std::string& out) {
  char text[8];
  std::snprintf(text, sizeof text, "\\u%04x", code);
  out += text;
}

// Where UTF-8 holds a surrogate all the same (0xED 0xA0…0xBF 0x80…0xBF), its code; else 0.
unsigned surrogate_at(std::string_view text, std::size_t place) {
  if (place + 2 >= text.size() || text[place] != '\xed') return 0;
  const auto second = static_cast<unsigned char>(text[place + 1]), third = static_cast<unsigned char>(text[place + 2]);
  return second >= 0xa0 ? 0xd000U | (second & 0x3fU) << 6 | (third & 0x3fU) : 0;
}

void write_string(std::string_view text, std::string& out) {
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '"':
        out += "\\\"";
        continue;
      case '\\':
        out += "\\\\";
        continue;
      case '\n':
        out += "\\n";
        continue;
      case '\r':
        out += "\\r";
        continue;
      case '\t':
        out += "\\t";
        continue;
      case '\f':
        out += "\\f";
        continue;
      case '\b':
        out += "\\b";
        continue;
      default:
        break;
    }
    if (static_cast<unsigned char>(c) < 0x20) {
      write_escape(static_cast<unsigned char>(c), out);
    } else if (const unsigned code = surrogate_at(text, i)) {
      write_escape(code, out);
      i += 2;
    } else {
      out += c;
    }
  }
  out += '"';
}

void write_float(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "Infinity" : "-Infinity";
  } else {
    out += json::dumps(value);
  }
}

void write(const Value& value, std::string& out);

void write_array(const json::Array& array, std::string& out) {
  out += '[';
  const char* separator = "";
  for (const Value& each : array) {
    out += std::exchange(separator, ", ");
    write(each, out);
  }
  out += ']';
}

void write_object(const json::Object& object, std::string& out) {
  out += '{';
  const char* separator = "";
  for (const auto& [key, each] : object) {
    out += std::exchange(separator, ", ");
    write_string(key, out);
    out += ": ";
    write(each, out);
  }
  out += '}';
}

void write(const Value& value, std::string& out) {
  switch (value.type()) {
    case Value::Type::Null:
      out += "null";
      return;
    case Value::Type::Bool:
      out += value.as_bool() ? "true" : "false";
      return;
    case Value::Type::Int:
      out += std::to_string(value.as_int());
      return;
    case Value::Type::Float:
      write_float(value.as_float(), out);
      return;
    case Value::Type::BigInt:
      out += value.as_big_int();
      return;
    case Value::Type::String:
      write_string(value.as_string(), out);
      return;
    case Value::Type::Array:
      write_array(value.as_array(), out);
      return;
    case Value::Type::Object:
      write_object(value.as_object(), out);
      return;
  }
}

// Python: re.sub("<.*>", "<>", text): from the first "<" of a line to its last ">".
std::string without_reprs(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t open = line.find('<'), close = line.rfind('>');
    if (open != line.npos && close != line.npos && open < close) {
      out.append(line.substr(0, open)).append("<>").append(line.substr(close + 1));
    } else {
      out.append(line);
    }
    if (end == text.size()) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

bool shows_its_text(const BaseException& error) {
  const std::type_info& type = typeid(error);
  return type == typeid(ValueError) || type == typeid(KeyError) || type == typeid(RuntimeError) ||
         type == typeid(TypeError);
}

std::string describe_group(const BaseExceptionGroup& group) {
  std::string text = "ExceptionGroup(";
  const char* separator = "";
  for (const std::exception_ptr& each : group.exceptions()) text += std::exchange(separator, ", ") + describe(each);
  return text + ")";
}

}  // namespace

std::string dump(const Value& value) {
  std::string out;
  write(value, out);
  return out;
}

std::string str(const Value& value) {
  if (value.is_string()) return value.as_string();
  if (value.is_null()) return "None";
  if (value.is_bool()) return value.as_bool() ? "True" : "False";
  return dump(value);
}

std::string describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const BaseExceptionGroup& group) {
    return describe_group(group);
  } catch (const asyncio::CancelledError& cancelled) {
    return std::string("CancelledError(") + cancelled.what() + ")";
  } catch (const BaseException& other) {
    const auto* key = dynamic_cast<const KeyError*>(&other);
    if (shows_its_text(other)) return type_name(error) + "(" + without_reprs(key ? key->key() : other.what()) + ")";
    return type_name(error);
  } catch (...) {
    return type_name(error);
  }
}

}  // namespace krait::conformance
