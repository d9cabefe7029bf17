#include "krait/json/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <new>

#include "krait/builtins/exceptions.h"
#include "krait/json/_unicode.h"

namespace krait::json {

Value::Value(std::string value) noexcept : type_(Type::String), string_(std::move(value)) {}
Value::Value(json::Array value) noexcept : type_(Type::Array), array_(std::move(value)) {}
Value::Value(json::Object value) noexcept : type_(Type::Object), object_(std::move(value)) {}

Value& Value::operator=(const Value& other) {
  Value copy(other);
  return *this = std::move(copy);
}
Value& Value::operator=(Value&& other) noexcept {
  if (this != &other) {
    Value old(std::move(*this));  // dies last: `other` may be within it
    take(other);
  }
  return *this;
}

// Of a null value.
void Value::copy(const Value& other, unsigned depth) {
  switch (other.type_) {
    case Type::Null:
      return;
    case Type::Bool:
      bool_ = other.bool_;
      break;
    case Type::Int:
      int_ = other.int_;
      break;
    case Type::Float:
      float_ = other.float_;
      break;
    case Type::BigInt:
    case Type::String:
      new (&string_) std::string(other.string_);
      break;
    case Type::Array:
      if (depth >= _deepest) throw RecursionError("maximum recursion depth exceeded");
      new (&array_) json::Array();
      type_ = Type::Array;
      array_.reserve(other.array_.size());
      for (const Value& element : other.array_) array_.emplace_back().copy(element, depth + 1);
      return;
    case Type::Object:
      if (depth >= _deepest) throw RecursionError("maximum recursion depth exceeded");
      new (&object_) json::Object();
      type_ = Type::Object;
      object_.items_.reserve(other.object_.size());
      for (const auto& [key, element] : other.object_) {
        object_.items_.emplace_back(key, Value()).second.copy(element, depth + 1);
      }
      return;
  }
  type_ = other.type_;
}

void Value::destroy() noexcept {
  if (type_ <= Type::String) {
    string_.~basic_string();
  } else {
    destroy_container();
  }
}

namespace {
// A container that stands too deep to be destroyed by a recursion; one at the outside does it.
struct Parked {
  Value value;
  Parked* next;
};
constinit thread_local Parked* parked = nullptr;
constinit thread_local unsigned nesting = 0;
}  // namespace

void Value::destroy_container() noexcept {
  constexpr unsigned deep = 500;
  if (nesting >= deep) {
    if (auto* node = new (std::nothrow) Parked{nullptr, parked}) {
      node->value.take(*this);
      parked = node;
      return;
    }
  }
  ++nesting;
  if (type_ == Type::Array) {
    array_.~vector();
  } else {
    object_.~Object();
  }
  if (--nesting > 0) return;
  while (parked) {
    const std::unique_ptr<Parked> next(std::exchange(parked, parked->next));
    nesting = 1;
    next->value.destroy();
    next->value.type_ = Type::Null;
    nesting = 0;
  }
}

void Value::set_unsigned(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(INT64_MAX)) {
    type_ = Type::Int;
    int_ = static_cast<std::int64_t>(value);
  } else {
    new (&string_) std::string(std::to_string(value));
    type_ = Type::BigInt;
  }
}

Value Value::big_int(std::string digits) {
  const std::string_view magnitude = std::string_view(digits).substr(digits.starts_with('-'));
  if (magnitude.empty() || magnitude.find_first_not_of("0123456789") != std::string_view::npos) {
    throw ValueError("invalid literal for int() with base 10: '" + digits + "'");
  }
  std::int64_t small;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), small);
  if (error == std::errc()) return Value(small);
  const std::size_t zeros = std::min(magnitude.find_first_not_of('0'), magnitude.size());
  digits.erase(digits.starts_with('-'), zeros);
  Value value(std::move(digits));
  value.type_ = Type::BigInt;
  return value;
}

std::string_view Value::type_name() const noexcept {
  switch (type_) {
    case Type::Null:
      return "NoneType";
    case Type::Bool:
      return "bool";
    case Type::Int:
    case Type::BigInt:
      return "int";
    case Type::Float:
      return "float";
    case Type::String:
      return "str";
    case Type::Array:
      return "list";
    case Type::Object:
      return "dict";
  }
  return "";
}

void Value::refuse(const char* as) const {
  if (type_ == Type::BigInt && as == std::string_view("int")) {
    throw OverflowError("cannot read an int of more than 64 bits: as_big_int() has its digits");
  }
  const std::string article = is_int() ? "an " : "a ";
  throw TypeError("cannot read " + article + std::string(type_name()) + " as " + as);
}

double Value::int_as_float() const {
  if (type_ == Type::Int) return static_cast<double>(int_);
  if (type_ != Type::BigInt) refuse("float");
  double value = 0;
  const auto result = std::from_chars(string_.data(), string_.data() + string_.size(), value);
  if (result.ec != std::errc()) throw OverflowError("int too large to convert to float");
  return value;
}

const Value& Value::operator[](std::string_view key) const { return as_object().at(key); }
const Value& Value::operator[](std::size_t index) const {
  const json::Array& list = as_array();
  if (index >= list.size()) throw IndexError("list index out of range");
  return list[index];
}

std::size_t Value::size() const {
  switch (type_) {
    case Type::String:
      return _count_code_points(string_);
    case Type::Array:
      return array_.size();
    case Type::Object:
      return object_.size();
    default:
      throw TypeError("object of type '" + std::string(type_name()) + "' has no len()");
  }
}

namespace {
bool is_number(const Value& value) { return value.is_int() || value.is_float() || value.is_bool(); }

// An exact comparison: a double holds 9007199254740993 only nearly.
bool int_equals_float(std::int64_t a, double b) {
  return b >= -0x1p63 && b < 0x1p63 && std::trunc(b) == b && static_cast<std::int64_t>(b) == a;
}

bool big_int_equals_float(const std::string& digits, double b) {
  if (!std::isfinite(b) || std::trunc(b) != b) return false;
  char text[400];  // a double has up to 309 digits, and a sign
  return std::string_view(text, std::to_chars(text, text + sizeof text, b, std::chars_format::fixed, 0).ptr) == digits;
}

void check_comparison(unsigned depth) {
  if (depth >= _deepest) throw RecursionError("maximum recursion depth exceeded in comparison");
}
}  // namespace

bool Value::equals(const Value& other, unsigned depth) const {
  if (is_number(*this) && is_number(other)) {
    const auto small = [](const Value& v) { return v.type_ == Type::Bool ? std::int64_t{v.bool_} : v.int_; };
    if (is_float() && other.is_float()) return float_ == other.float_;
    if (type_ == Type::BigInt || other.type_ == Type::BigInt) {
      if (is_float()) return big_int_equals_float(other.string_, float_);
      if (other.is_float()) return big_int_equals_float(string_, other.float_);
      return type_ == other.type_ && string_ == other.string_;
    }
    if (is_float()) return int_equals_float(small(other), float_);
    if (other.is_float()) return int_equals_float(small(*this), other.float_);
    return small(*this) == small(other);
  }
  if (type_ != other.type_) return false;
  switch (type_) {
    case Type::String:
      return string_ == other.string_;
    case Type::Array:
      check_comparison(depth);
      return std::ranges::equal(array_, other.array_,
                                [&](const Value& a, const Value& b) { return a.equals(b, depth + 1); });
    case Type::Object:
      check_comparison(depth);
      return object_.size() == other.object_.size() && std::ranges::all_of(object_, [&](const Object::Item& item) {
               const Value* value = other.object_.find(item.first);
               return value && item.second.equals(*value, depth + 1);
             });
    default:
      return true;
  }
}

namespace {
struct ObjectUnderWay {
  Object* object;
  const _Type* element;
  Value (*make)(const _Type&, const void*);
};
}  // namespace

Value Value::from(const _Type& type, const void* object) {
  using Kind = _Type::Kind;
  const auto* bytes = static_cast<const char*>(object);
  switch (type.kind) {
    case Kind::Null:
      return nullptr;
    case Kind::Bool:
      return *static_cast<const bool*>(object);
    case Kind::Int:
      return _load_int(type, object);
    case Kind::UInt:
      return _load_uint(type, object);
    case Kind::Float:
      return type.size == 4 ? double{*static_cast<const float*>(object)} : *static_cast<const double*>(object);
    case Kind::String:
      return *static_cast<const std::string*>(object);
    case Kind::View:
      return *static_cast<const std::string_view*>(object);
    case Kind::Literal:
      return static_cast<const char*>(object);
    case Kind::Any:
      return *static_cast<const Value*>(object);
    case Kind::AnyObject:
      return *static_cast<const json::Object*>(object);
    case Kind::Enum: {
      const _Enumerator* e = _find_enumerator(type, _load_int(type, object));
      if (!e) throw ValueError("cannot write an enum as JSON: its value is none of those described");
      return e->name;
    }
    case Kind::Optional: {
      const void* held = type.held(object);
      return held ? from(*type.element, held) : Value();
    }
    case Kind::List: {
      std::size_t n = 0;
      const auto* element = static_cast<const char*>(type.elements(object, &n));
      json::Array list;
      list.reserve(n);
      for (std::size_t i = 0; i < n; ++i) list.push_back(from(*type.element, element + i * type.stride));
      return list;
    }
    case Kind::Map: {
      json::Object map;
      ObjectUnderWay under_way{&map, type.element, &Value::from};
      type.each(object, &under_way, [](void* context, std::string_view key, const void* element) {
        auto& self = *static_cast<ObjectUnderWay*>(context);
        self.object->set(std::string(key), self.make(*self.element, element));
      });
      return map;
    }
    case Kind::Tuple: {
      json::Array list;
      list.reserve(type.count);
      for (std::size_t i = 0; i < type.count; ++i) list.push_back(from(*type.parts[i], type.part(object, i)));
      return list;
    }
    case Kind::Variant: {
      std::size_t index = 0;
      const void* held = type.alternative(object, &index);
      return held ? from(*type.parts[index], held) : Value();
    }
    case Kind::Iso:
      return type.text_of(object);
    case Kind::Struct: {
      json::Object map;
      for (const _Field& f : _fields(type)) map.set(std::string(f.name()), from(*f.type, bytes + f.offset));
      return map;
    }
  }
  return nullptr;
}

}  // namespace krait::json
