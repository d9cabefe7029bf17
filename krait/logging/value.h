#pragma once
// What a log call is given, kept for as long as its record lives: the arguments of a message, the attributes in `extra`.
//
//   log.info("%s of %r", 3, "tea");                                    // two Values
//   log.info("hello", logging::Kwargs{.extra = {{"user", "ada"}}});    // one, in a Dict
//
// Numbers, text, None, optionals, exceptions, durations, paths, lists, sets, dicts, tuples of those, enums, and whatever
// has a `std::string str(const T&)` beside its type (and a repr, if %r should differ). Departs from Python: the str of an
// object is taken when the record is made, for in C++ the object may be gone when somebody formats the record.

#include <concepts>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/none.h"

namespace krait::logging {

class Value;
class Dict;

namespace _adl {

void str(struct _Nobody);
void repr(struct _Nobody);

template <class T>
concept HasStr = requires(const T& value) {
  { str(value) } -> std::convertible_to<std::string>;
};
template <class T>
concept HasRepr = requires(const T& value) {
  { repr(value) } -> std::convertible_to<std::string>;
};
template <HasStr T>
std::string call_str(const T& value) {
  return str(value);
}
template <class T>
std::string call_repr(const T& value) {
  if constexpr (HasRepr<T>) {
    return repr(value);
  } else {
    return str(value);
  }
}

}  // namespace _adl

template <class T>
concept _OptionalLike = requires(const T& value) {
  { value.has_value() } -> std::same_as<bool>;
  *value;
};
template <class T>
concept _DurationLike = requires(const T& value) {
  value.count();
  T::period::num;
};
template <class T>
concept _PathLike = requires(const T& value) {
  { value.string() } -> std::same_as<std::string>;
  value.filename();
};
template <class T>
concept _RangeLike = std::is_array_v<T> || requires(const T& value) {
  value.begin();
  value.end();
};
template <class T>
concept _MapLike = requires {
  typename T::key_type;
  typename T::mapped_type;
};
template <class T>
concept _DictLike = _MapLike<T> && requires(const typename T::key_type& key) { std::string(key); };
template <class T>
concept _SetLike = requires { typename T::key_type; };
template <class T>
concept _TupleLike = requires { std::tuple_size<T>::value; };
// No exact type: `message % 1` must not make a Value of every class there is.
template <class T>
concept _Loggable = std::is_arithmetic_v<T> || std::is_enum_v<T> || std::convertible_to<const T&, std::string_view> ||
                    std::derived_from<T, BaseException> || std::derived_from<T, std::exception> || _adl::HasStr<T> ||
                    _OptionalLike<T> || _DurationLike<T> || _PathLike<T> || _RangeLike<T> || _TupleLike<T>;

// One of them. Copies are deep.
class Value {
 public:
  // Other is any object: its str and its repr.
  enum class Kind : unsigned char { None, Bool, Int, UInt, Float, Str, Dict, Other };

  Value() noexcept : Value(nullptr) {}
  Value(std::nullptr_t) noexcept : kind_(Kind::None), int_(0) {}
  Value(NoneType) noexcept : Value(nullptr) {}
  Value(const std::exception_ptr& error);
  Value(const logging::Dict& dict);
  template <_Loggable T>
    requires(!std::same_as<T, Value> && !std::same_as<T, logging::Dict>)
  Value(const T& value) : Value() {
    take(value);
  }
  // An object by its texts, and by its class as Python names it.
  static Value other(std::string str, std::string repr, const char* type = "object");

  Kind kind() const noexcept { return kind_; }
  bool is_none() const noexcept { return kind_ == Kind::None; }
  // The class as Python names it: "NoneType", "int", "str", "dict", "object".
  std::string_view type_name() const noexcept;
  // Python: str(value), repr(value). What is no ASCII stands in a repr as it is, but for control characters and what is no
  // UTF-8.
  std::string str() const;
  std::string repr() const;
  bool operator==(const Value& other) const;

  // What is read without asking for the kind: 0, 0.0, "" and null where it is another one.
  std::int64_t as_int() const noexcept;
  double as_float() const noexcept;
  std::string_view as_text() const noexcept { return text_; }
  const logging::Dict* as_dict() const noexcept { return dict_.get(); }

  bool _bool() const noexcept { return bool_; }
  std::uint64_t _uint() const noexcept { return uint_; }
  std::string_view _repr_text() const noexcept { return repr_; }

 private:
  template <class T>
  void take(const T& value);
  void take_text(std::string_view text);
  void take_error(const std::type_info& type, const std::exception& error);
  void take_error(const std::type_info& type, const BaseException& error);
  void take_duration(std::int64_t microseconds);
  void take_path(std::string path);
  void take_list(const std::vector<Value>& items, const char* type);
  void take_map(const std::vector<std::pair<Value, Value>>& items);

  Kind kind_;
  union {
    bool bool_;
    std::int64_t int_;
    std::uint64_t uint_;
    double float_;
  };
  const char* type_ = "object";
  std::string text_, repr_;
  std::shared_ptr<const logging::Dict> dict_;
};

// Names and values in order. Python: dict, for `extra` and for "%(name)s" in a message
class Dict {
 public:
  using Item = std::pair<std::string, Value>;

  Dict() noexcept = default;
  Dict(std::initializer_list<Item> items);

  bool empty() const noexcept { return items_.empty(); }
  std::size_t size() const noexcept { return items_.size(); }
  bool contains(std::string_view key) const noexcept { return find(key) != nullptr; }
  // Null when there is none.
  const Value* find(std::string_view key) const noexcept;
  // Throws KeyError. Python: d[key]
  const Value& at(std::string_view key) const;
  // Sets or replaces. Python: d[key] = value
  Dict& set(std::string key, Value value);
  // Python: {**this, **other}
  void update(const Dict& other);

  const Item* begin() const noexcept { return items_.data(); }
  const Item* end() const noexcept { return items_.data() + items_.size(); }
  std::string str() const;  // "{'user': 'ada'}"
  bool operator==(const Dict&) const = default;

 private:
  std::vector<Item> items_;
};

template <class T>
void Value::take(const T& value) {
  if constexpr (std::same_as<T, bool>) {
    kind_ = Kind::Bool;
    bool_ = value;
  } else if constexpr (std::same_as<T, char>) {
    take_text({&value, 1});
  } else if constexpr (std::floating_point<T>) {
    kind_ = Kind::Float;
    float_ = static_cast<double>(value);
  } else if constexpr (std::unsigned_integral<T>) {
    kind_ = Kind::UInt;
    uint_ = value;
  } else if constexpr (std::integral<T>) {
    kind_ = Kind::Int;
    int_ = value;
  } else if constexpr (std::is_pointer_v<T> && std::convertible_to<const T&, std::string_view>) {
    if (value) take_text(value);
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    take_text(std::string_view(value));
  } else if constexpr (std::derived_from<T, BaseException>) {
    take_error(typeid(value), static_cast<const BaseException&>(value));
  } else if constexpr (std::derived_from<T, std::exception>) {
    take_error(typeid(value), static_cast<const std::exception&>(value));
  } else if constexpr (_adl::HasStr<T>) {
    *this = other(_adl::call_str(value), _adl::call_repr(value));
  } else if constexpr (std::is_enum_v<T>) {
    take(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (_OptionalLike<T>) {
    if (value.has_value()) *this = Value(*value);
  } else if constexpr (_DurationLike<T>) {
    using Period = typename T::period;
    take_duration(
        static_cast<std::int64_t>(static_cast<long double>(value.count()) * Period::num * 1000000 / Period::den));
  } else if constexpr (_PathLike<T>) {
    take_path(value.string());
  } else if constexpr (_DictLike<T>) {
    logging::Dict dict;
    for (const auto& [key, each] : value) dict.set(std::string(key), Value(each));
    *this = Value(dict);
  } else if constexpr (_MapLike<T>) {
    std::vector<std::pair<Value, Value>> items;
    for (const auto& [key, each] : value) items.emplace_back(Value(key), Value(each));
    take_map(items);
  } else if constexpr (_RangeLike<T>) {
    std::vector<Value> items;
    for (const auto& each : value) items.emplace_back(each);
    take_list(items, _SetLike<T> ? "set" : "list");
  } else {
    take_list(std::apply([](const auto&... each) { return std::vector<Value>{Value(each)...}; }, value), "tuple");
  }
}

}  // namespace krait::logging
