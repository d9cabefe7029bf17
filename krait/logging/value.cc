#include "krait/logging/value.h"

#include "krait/builtins/print.h"
#include "krait/builtins/repr.h"
#include "krait/logging/_characters.h"

namespace krait::logging {

Value::Value(const std::exception_ptr& error) : Value() {
  if (error) *this = other(krait::str(error), krait::repr(error));
}

Value::Value(const logging::Dict& dict) : Value() {
  kind_ = Kind::Dict;
  dict_ = std::make_shared<const logging::Dict>(dict);
}

Value Value::other(std::string str, std::string repr, const char* type) {
  Value value;
  value.kind_ = Kind::Other;
  value.text_ = std::move(str);
  value.repr_ = std::move(repr);
  value.type_ = type;
  return value;
}

void Value::take_text(std::string_view text) {
  kind_ = Kind::Str;
  text_ = text;
}

void Value::take_error(const std::type_info& type, const BaseException& error) {
  *this = other(error.what(), _class_name(type) + "(" + _shown_args(error) + ")");
}

void Value::take_error(const std::type_info& type, const std::exception& error) {
  *this = other(error.what(), _class_name(type) + "(" + krait::repr(error.what()) + ")");
}

// str(datetime.timedelta(…)): "-1 day, 23:59:59.500000"
void Value::take_duration(std::int64_t microseconds) {
  constexpr std::int64_t kSecond = 1000000, kDay = 86400 * kSecond;
  std::int64_t days = microseconds / kDay, rest = microseconds % kDay;
  if (rest < 0) {
    rest += kDay;
    --days;
  }
  const std::int64_t seconds = rest / kSecond, micros = rest % kSecond;
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  std::string text;
  if (days != 0) text = std::to_string(days) + (days == 1 || days == -1 ? " day, " : " days, ");
  text += std::to_string(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
  if (micros != 0) text += "." + std::to_string(kSecond + micros).substr(1);
  std::string repr;
  for (const auto& [name, n] : {std::pair{"days=", days}, {"seconds=", seconds}, {"microseconds=", micros}}) {
    if (n != 0) repr += (repr.empty() ? "" : ", ") + (name + std::to_string(n));
  }
  *this = other(std::move(text), "datetime.timedelta(" + (repr.empty() ? "0" : repr) + ")", "datetime.timedelta");
}

void Value::take_path(std::string path) {
  std::string repr = "PosixPath(" + krait::repr(path) + ")";
  *this = other(std::move(path), std::move(repr), "PosixPath");
}

void Value::take_list(const std::vector<Value>& items, const char* type) {
  std::string text;
  for (const Value& each : items) text += (text.empty() ? "" : ", ") + each.repr();
  switch (*type) {
    case 'l':
      text = "[" + text + "]";
      break;
    case 't':
      text = "(" + text + (items.size() == 1 ? ",)" : ")");
      break;
    default:
      text = items.empty() ? "set()" : "{" + text + "}";
  }
  *this = other(text, text, type);
}

void Value::take_map(const std::vector<std::pair<Value, Value>>& items) {
  std::string text;
  for (const auto& [key, value] : items) text += (text.empty() ? "" : ", ") + key.repr() + ": " + value.repr();
  text = "{" + text + "}";
  *this = other(text, text, "dict");
}

std::string_view Value::type_name() const noexcept {
  switch (kind_) {
    case Kind::None:
      return "NoneType";
    case Kind::Bool:
      return "bool";
    case Kind::Int:
    case Kind::UInt:
      return "int";
    case Kind::Float:
      return "float";
    case Kind::Str:
      return "str";
    case Kind::Dict:
      return "dict";
    default:
      return type_;
  }
}

std::string Value::str() const {
  switch (kind_) {
    case Kind::None:
      return "None";
    case Kind::Bool:
      return krait::str(bool_);
    case Kind::Int:
      return std::to_string(int_);
    case Kind::UInt:
      return std::to_string(uint_);
    case Kind::Float:
      return krait::str(float_);
    case Kind::Dict:
      return dict_->str();
    default:
      return text_;
  }
}

std::string Value::repr() const {
  if (kind_ == Kind::Str) return krait::repr(text_);
  return kind_ == Kind::Other ? repr_ : str();
}

std::int64_t Value::as_int() const noexcept {
  switch (kind_) {
    case Kind::Bool:
      return bool_ ? 1 : 0;
    case Kind::Int:
      return int_;
    case Kind::UInt:
      return static_cast<std::int64_t>(uint_);
    default:
      return 0;
  }
}

double Value::as_float() const noexcept {
  switch (kind_) {
    case Kind::Float:
      return float_;
    case Kind::UInt:
      return static_cast<double>(uint_);
    default:
      return static_cast<double>(as_int());
  }
}

bool Value::operator==(const Value& other) const {
  const auto is_number = [](Kind kind) { return kind == Kind::Bool || kind == Kind::Int || kind == Kind::UInt; };
  if (is_number(kind_) && is_number(other.kind_)) {
    const bool large = kind_ == Kind::UInt && int_ < 0, other_large = other.kind_ == Kind::UInt && other.int_ < 0;
    return large == other_large && as_int() == other.as_int();
  }
  if (kind_ != other.kind_) return false;
  switch (kind_) {
    case Kind::Float:
      return float_ == other.float_;
    case Kind::Dict:
      return *dict_ == *other.dict_;
    default:
      return text_ == other.text_ && repr_ == other.repr_;
  }
}

Dict::Dict(std::initializer_list<Item> items) {
  for (const Item& each : items) set(each.first, each.second);
}

const Value* Dict::find(std::string_view key) const noexcept {
  for (const Item& each : items_) {
    if (each.first == key) return &each.second;
  }
  return nullptr;
}

const Value& Dict::at(std::string_view key) const {
  if (const Value* value = find(key)) return *value;
  throw KeyError(std::string(key));
}

Dict& Dict::set(std::string key, Value value) {
  for (Item& each : items_) {
    if (each.first == key) {
      each.second = std::move(value);
      return *this;
    }
  }
  items_.emplace_back(std::move(key), std::move(value));
  return *this;
}

void Dict::update(const Dict& other) {
  for (const Item& each : other) set(each.first, each.second);
}

std::string Dict::str() const {
  std::string text;
  for (const Item& each : items_)
    text += (text.empty() ? "" : ", ") + krait::repr(each.first) + ": " + each.second.repr();
  return "{" + text + "}";
}

}  // namespace krait::logging
