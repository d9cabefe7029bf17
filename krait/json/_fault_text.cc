#include "krait/json/_fault_text.h"

#include <algorithm>
#include <utility>

#include "krait/builtins/repr.h"
#include "krait/json/_unicode.h"
#include "krait/json/encoder.h"

namespace krait::json {

namespace {

using Kind = _Type::Kind;

std::string labels(const _Type& type, std::string_view name) {
  std::string text = std::string(name) + "[";
  for (std::size_t i = 0; i < type.count; ++i) text.append(i > 0 ? "," : "").append(_type_label(*type.parts[i]));
  return text + "]";
}

// The first `n` code points.
std::string_view first(std::string_view text, std::size_t n) {
  std::size_t at = 0;
  for (; n > 0 && at < text.size(); --n) at += std::max<std::size_t>(_decode_utf8(text.substr(at), true).size, 1);
  return text.substr(0, at);
}

// pydantic shows 25 letters, dots, and 24 letters of more than 50. Of a large input, which every error may name, no more is
// written than shows that it is large, and its end is left out.
std::string shown(const Value& input) {
  constexpr std::size_t large = 10'000;
  std::string text;
  _append_repr(input, text, large);
  const std::size_t letters = _count_code_points(text);
  if (letters <= 50) return text;
  const std::string begin = std::string(first(text, 25)) + "...";
  return text.size() > large ? begin : begin + text.substr(first(text, letters - 24).size());
}

}  // namespace

void _append_repr(const Value& value, std::string& out, std::size_t most) {
  switch (value.type()) {
    case Value::Type::Null:
      out += "None";
      return;
    case Value::Type::Bool:
      out += value.as_bool() ? "True" : "False";
      return;
    case Value::Type::Int:
      out += std::to_string(value.as_int());
      return;
    case Value::Type::BigInt:
      out += value.as_big_int();
      return;
    case Value::Type::Float:
      return _append_float(value.as_float(), out);
    case Value::Type::String:
      out += krait::repr(value.as_string());
      return;
    case Value::Type::Array: {
      out += '[';
      std::string_view between;
      for (const Value& element : value.as_array()) {
        if (out.size() > most) return;
        out += std::exchange(between, ", ");
        _append_repr(element, out, most);
      }
      out += ']';
      return;
    }
    case Value::Type::Object: {
      out += '{';
      std::string_view between;
      for (const auto& [key, element] : value.as_object()) {
        if (out.size() > most) return;
        out += std::exchange(between, ", ");
        out += krait::repr(key);
        out += ": ";
        _append_repr(element, out, most);
      }
      out += '}';
      return;
    }
  }
}

std::string _type_label(const _Type& type) {
  switch (type.kind) {
    case Kind::Null:
      return "none";
    case Kind::Bool:
      return "bool";
    case Kind::Int:
    case Kind::UInt:
      return "int";
    case Kind::Float:
      return "float";
    case Kind::String:
    case Kind::View:
    case Kind::Literal:
      return "str";
    case Kind::List:
      return "list[" + _type_label(*type.element) + "]";
    case Kind::Map:
      return "dict[" + (type.key ? _type_label(*type.key) : "str") + "," + _type_label(*type.element) + "]";
    case Kind::AnyObject:
      return "dict[str,any]";
    case Kind::Optional:
      return "nullable[" + _type_label(*type.element) + "]";
    case Kind::Tuple:
      return labels(type, "tuple");
    case Kind::Variant:
      return labels(type, "union");
    case Kind::Enum:
    case Kind::Struct:
    case Kind::Iso:
      return std::string(type.name);
    case Kind::Any:
      break;
  }
  return "any";
}

std::string _describe_errors(const std::vector<ErrorDetail>& errors, std::string_view title) {
  std::string text = std::to_string(errors.size()) + (errors.size() == 1 ? " validation error" : " validation errors");
  if (!title.empty()) text.append(" for ").append(title);
  for (const ErrorDetail& error : errors) {
    std::string place;
    for (const LocItem& item : error.loc) {
      place += place.empty() ? '\n' : '.';
      const auto* index = std::get_if<std::int64_t>(&item);
      place += index ? std::to_string(*index) : std::get<std::string>(item);
    }
    text.append(place).append("\n  ").append(error.msg).append(" [type=").append(error.type);
    text.append(", input_value=").append(shown(error.input)).append(", input_type=").append(error.input.type_name());
    text += ']';
  }
  return text;
}

}  // namespace krait::json
