#include "krait/argparse/value.h"

#include <cxxabi.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "krait/argparse/_unicode.h"
#include "krait/builtins/print.h"
#include "krait/builtins/repr.h"

namespace krait::argparse {

namespace {

template <class T>
const T& held(const std::shared_ptr<const void>& heap) noexcept {
  return *static_cast<const T*>(heap.get());
}

// The digits of a whole float.
std::string digits_of(double value) {
  char text[400];
  return std::string(text, std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 0).ptr);
}

}  // namespace

Value::Value(std::string text) : kind_(Kind::Str), heap_(std::make_shared<const std::string>(std::move(text))) {}

Value::Value(List values) : kind_(Kind::List), heap_(std::make_shared<List>(std::move(values))) {}

Value Value::big_int(std::string_view digits) {
  const bool negative = digits.starts_with('-');
  std::string_view magnitude = digits.substr(negative ? 1 : 0);
  if (magnitude.empty() || magnitude.find_first_not_of("0123456789") != magnitude.npos) {
    throw ValueError("cannot read an int from " + krait::repr(digits) + ": it is no row of decimal digits");
  }
  magnitude.remove_prefix(std::min(magnitude.find_first_not_of('0'), magnitude.size() - 1));
  std::string text = (negative && magnitude != "0" ? "-" : "") + std::string(magnitude);
  std::int64_t small = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), small).ec == std::errc()) return small;
  return Value(Kind::Int, std::make_shared<const std::string>(std::move(text)));
}

std::string_view Value::type_name() const noexcept {
  constexpr std::string_view kNames[] = {"NoneType", "bool", "int", "float", "str", "list", "object", "str"};
  return kNames[static_cast<std::size_t>(kind_)];
}

bool Value::as_bool() const {
  if (!is_bool()) _refuse("value", "bool");
  return int_ != 0;
}

double Value::as_float() const {
  if (is_float()) return float_;
  if (!is_int()) _refuse("value", "float");
  if (!heap_) return static_cast<double>(int_);
  const auto& digits = held<std::string>(heap_);
  double value = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc()) {
    throw OverflowError("int too large to convert to float");
  }
  return value;
}

const std::string& Value::as_str() const {
  if (!is_str()) _refuse("value", "str");
  return held<std::string>(heap_);
}

const Value::List& Value::as_list() const {
  if (!is_list()) _refuse("value", "list");
  return held<List>(heap_);
}

// The list was not made const, only shared as if it were.
Value::List Value::_release_list() && {
  const auto heap = std::exchange(heap_, nullptr);
  kind_ = Kind::None;
  const auto& list = held<List>(heap);
  if (heap.use_count() > 1) return list;
  return std::move(const_cast<List&>(list));
}

std::string Value::digits() const {
  if (!is_int()) _refuse("value", "int");
  return heap_ ? held<std::string>(heap_) : std::to_string(int_);
}

std::optional<std::int64_t> Value::as_int64() const noexcept {
  if (!is_int() || heap_) return std::nullopt;
  return int_;
}

bool Value::equals_number(const Value& other) const {
  if (is_float() && other.is_float()) return float_ == other.float_;
  if (other.is_float()) return other.equals_number(*this);
  if (!is_float()) return int_ == other.int_ && !heap_ == !other.heap_ && (!heap_ || digits() == other.digits());
  if (!std::isfinite(float_) || float_ != std::trunc(float_)) return false;
  return digits_of(float_ == 0 ? 0 : float_) == (other.is_bool() ? std::to_string(other.int_) : other.digits());
}

bool Value::operator==(const Value& other) const {
  if (is_number() && other.is_number()) return equals_number(other);
  if (kind_ != other.kind_) return false;
  switch (kind_) {
    case Kind::Str:
      return as_str() == other.as_str();
    case Kind::List:
      return as_list() == other.as_list();
    case Kind::Object:
      return held<_Object>(heap_).equals(held<_Object>(other.heap_));
    default:
      return true;
  }
}

bool Value::_is(const Value& other) const noexcept {
  if (kind_ != other.kind_) return false;
  if (heap_ && heap_ == other.heap_) return true;
  constexpr std::int64_t kLeastCached = -5, kMostCached = 256;
  switch (kind_) {
    case Kind::None:
    case Kind::Suppress:
      return true;
    case Kind::Bool:
      return int_ == other.int_;
    case Kind::Int:
      return !heap_ && !other.heap_ && int_ == other.int_ && int_ >= kLeastCached && int_ <= kMostCached;
    case Kind::Str: {
      const std::string& text = held<std::string>(heap_);
      return text == held<std::string>(other.heap_) &&
             (text.empty() || (text.size() <= 2 && _text::decode(text).size() == 1 && _text::decode(text)[0] < 0x100));
    }
    default:
      return false;
  }
}

void Value::_refuse(std::string_view name, std::string_view wanted) const {
  std::string text = "cannot read " + krait::repr(name) + " as ";
  text.append(wanted).append(": it is ");
  if (is_none()) throw TypeError(text + "None; ask for a std::optional, or give the argument a default");
  throw TypeError(text.append("the ").append(type_name()).append(" ").append(repr(*this)));
}

std::int64_t Value::_integer(std::string_view name, std::int64_t least, std::int64_t most) const {
  if (!is_int()) _refuse(name, "int");
  if (!heap_ && int_ >= least && int_ <= most) return int_;
  throw OverflowError("cannot read " + krait::repr(name) + ": " + digits() + " is not between " +
                      std::to_string(least) + " and " + std::to_string(most));
}

std::uint64_t Value::_unsigned(std::string_view name, std::uint64_t most) const {
  if (!is_int()) _refuse(name, "int");
  const std::string text = digits();
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec == std::errc() && value <= most) return value;
  throw OverflowError("cannot read " + krait::repr(name) + ": " + text + " is not between 0 and " +
                      std::to_string(most));
}

const void* Value::_object(const std::type_info& type) const noexcept {
  if (kind_ != Kind::Object) return nullptr;
  const auto& object = held<_Object>(heap_);
  return object.type == type ? object.get() : nullptr;
}

std::string Value::_describe_object() const { return "<" + _class_name(held<_Object>(heap_).type) + " object>"; }

std::string _class_name(const std::type_info& type) {
  int status = 0;
  char* demangled = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string name = demangled ? demangled : type.name();
  std::free(demangled);
  return name;
}

std::string str(const Value& value) { return value.is_str() ? value.as_str() : repr(value); }

std::string repr(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::None:
      return "None";
    case Value::Kind::Bool:
      return value.as_bool() ? "True" : "False";
    case Value::Kind::Int:
      return value.digits();
    case Value::Kind::Float:
      return krait::str(value.as_float());
    case Value::Kind::Str:
      return krait::repr(value.as_str());
    case Value::Kind::List: {
      std::string text = "[";
      for (const Value& each : value.as_list()) text.append(text.size() > 1 ? ", " : "").append(repr(each));
      return text + "]";
    }
    case Value::Kind::Suppress:
      return krait::repr(SuppressType::text);
    case Value::Kind::Object:
      break;
  }
  return value._describe_object();
}

}  // namespace krait::argparse
