#pragma once
// What a command line turns into: None, bool, int, float, str, a list of these, or whatever a type of the user's made.
//
//   args["num"].is_int();  args["num"].get<int>();  args["files"].as_list().size();
//
// An int keeps all of its digits; get<T>() says when T is too small for it. Copies share what they hold, which never changes.
// Python: an attribute of an argparse.Namespace

#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/none.h"

namespace krait::argparse {

// Python: argparse.SUPPRESS. As a help: not shown. As a default: no attribute unless the argument is there.
struct SuppressType {
  static constexpr std::string_view text = "==SUPPRESS==";
};
inline constexpr SuppressType SUPPRESS{};

// A value of a class that argparse does not know.
class _Object {
 public:
  explicit _Object(const std::type_info& type) noexcept : type(type) {}
  virtual ~_Object() = default;
  virtual const void* get() const noexcept = 0;
  virtual bool equals(const _Object& other) const = 0;
  const std::type_info& type;
};

class Value;
template <class T>
struct _Reads;

class Value {
 public:
  enum class Kind : unsigned char { None, Bool, Int, Float, Str, List, Object, Suppress };
  using List = std::vector<Value>;

  Value() noexcept = default;
  Value(NoneType) noexcept {}
  Value(SuppressType) noexcept : kind_(Kind::Suppress) {}
  Value(bool value) noexcept : kind_(Kind::Bool), int_(value) {}
  template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
  Value(T value) : kind_(Kind::Int), int_(static_cast<std::int64_t>(value)) {
    if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8) {
      if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max())) *this = big_int(std::to_string(value));
    }
  }
  Value(double value) noexcept : kind_(Kind::Float), float_(value) {}
  Value(const char* text) : Value(std::string(text)) {}
  Value(std::string_view text) : Value(std::string(text)) {}
  Value(std::string text);
  Value(List values);
  template <class T>
    requires(!std::same_as<T, Value>)
  Value(const std::vector<T>& values) : Value(List(values.begin(), values.end())) {}
  // An int of any size from its decimal digits, "-" before them if negative. Throws ValueError for anything else.
  static Value big_int(std::string_view digits);
  // Anything else. get<T>() gives it back; two are equal as `==` has it, where there is one.
  template <class T>
  static Value object(T value);

  Kind kind() const noexcept { return kind_; }
  // The class as Python names it: "NoneType", "bool", "int", "float", "str", "list", "object".
  std::string_view type_name() const noexcept;
  bool is_none() const noexcept { return kind_ == Kind::None; }
  bool is_bool() const noexcept { return kind_ == Kind::Bool; }
  bool is_int() const noexcept { return kind_ == Kind::Int; }
  bool is_float() const noexcept { return kind_ == Kind::Float; }
  bool is_str() const noexcept { return kind_ == Kind::Str; }
  bool is_list() const noexcept { return kind_ == Kind::List; }
  bool is_suppress() const noexcept { return kind_ == Kind::Suppress; }

  // Each throws TypeError for another kind.
  bool as_bool() const;
  double as_float() const;  // of an int, too: OverflowError beyond a float
  const std::string& as_str() const;
  const List& as_list() const;
  // An int's decimal digits, however many. For a library of big integers. Python: str(int)
  std::string digits() const;
  // An int's value if 64 bits hold it.
  std::optional<std::int64_t> as_int64() const noexcept;

  // The value as a T: bool, an integer or floating-point type, std::string, Value, a class of the user's; std::optional<T>
  // of what may be None; std::vector<T> of a list. Throws TypeError for another kind, OverflowError "… is not between MIN and
  // MAX" for an int that T cannot hold. `name` is what the error calls it.
  template <class T>
  T get(std::string_view name = "value") const {
    return _Reads<T>::read(*this, name);
  }

  // As Python compares: 1 == 1.0 == True.
  bool operator==(const Value& other) const;
  // Whether both are one object, as far as CPython's cached objects (None, True, small ints, strings of one character)
  // and those that are shared go. Python: a is b
  bool _is(const Value& other) const noexcept;

  [[noreturn]] void _refuse(std::string_view name, std::string_view wanted) const;
  std::int64_t _integer(std::string_view name, std::int64_t least, std::int64_t most) const;
  std::uint64_t _unsigned(std::string_view name, std::uint64_t most) const;
  const void* _object(const std::type_info& type) const noexcept;  // null: not of this class
  List _release_list() &&;                                         // of a list; not copied where nobody shares it
  std::string _describe_object() const;                            // "<ns::Class object>"

 private:
  Value(Kind kind, std::shared_ptr<const void> heap) noexcept : kind_(kind), heap_(std::move(heap)) {}
  bool is_number() const noexcept { return is_bool() || is_int() || is_float(); }
  bool equals_number(const Value& other) const;

  Kind kind_ = Kind::None;
  union {
    std::int64_t int_ = 0;
    double float_;
  };
  std::shared_ptr<const void> heap_;  // a std::string (of an Int: its digits), a List, an _Object
};

// Python: str(value)
std::string str(const Value& value);
// Python: repr(value). An object of the user's is `<ns::Class object>`.
std::string repr(const Value& value);
std::string _class_name(const std::type_info& type);

template <class T>
class _ObjectOf final : public _Object {
 public:
  explicit _ObjectOf(T value) : _Object(typeid(T)), value_(std::move(value)) {}
  const void* get() const noexcept override { return &value_; }
  bool equals(const _Object& other) const override {
    if constexpr (std::equality_comparable<T>) {
      return type == other.type && value_ == *static_cast<const T*>(other.get());
    } else {
      return this == &other;
    }
  }

 private:
  T value_;
};

template <class T>
Value Value::object(T value) {
  return Value(Kind::Object, std::static_pointer_cast<const _Object>(std::make_shared<_ObjectOf<T>>(std::move(value))));
}

// What get<T>() does, for any T: an object of that class.
template <class T>
struct _Reads {
  static T read(const Value& value, std::string_view name) {
    const void* object = value._object(typeid(T));
    if (!object) value._refuse(name, _class_name(typeid(T)));
    return *static_cast<const T*>(object);
  }
};
template <>
struct _Reads<Value> {
  static Value read(const Value& value, std::string_view) { return value; }
};
template <>
struct _Reads<bool> {
  static bool read(const Value& value, std::string_view name) {
    if (!value.is_bool()) value._refuse(name, "bool");
    return value.as_bool();
  }
};
template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>)
struct _Reads<T> {
  static T read(const Value& value, std::string_view name) {
    using Limits = std::numeric_limits<T>;
    if constexpr (std::is_unsigned_v<T>) {
      return static_cast<T>(value._unsigned(name, Limits::max()));
    } else {
      return static_cast<T>(value._integer(name, Limits::min(), Limits::max()));
    }
  }
};
template <std::floating_point T>
struct _Reads<T> {
  static T read(const Value& value, std::string_view name) {
    if (!value.is_float() && !value.is_int()) value._refuse(name, "float");
    return static_cast<T>(value.as_float());
  }
};
template <>
struct _Reads<std::string> {
  static std::string read(const Value& value, std::string_view name) {
    if (!value.is_str()) value._refuse(name, "str");
    return value.as_str();
  }
};
template <class T>
struct _Reads<std::optional<T>> {
  static std::optional<T> read(const Value& value, std::string_view name) {
    if (value.is_none()) return std::nullopt;
    return value.get<T>(name);
  }
};
template <class T>
struct _Reads<std::vector<T>> {
  static std::vector<T> read(const Value& value, std::string_view name) {
    if (!value.is_list()) value._refuse(name, "list");
    std::vector<T> read;
    for (const Value& each : value.as_list()) read.push_back(each.get<T>(name));
    return read;
  }
};

}  // namespace krait::argparse
