#pragma once
// What json.loads gives: None, bool, int, float, str, list or dict, in one type.
//
//   json::Value v = json::loads(R"({"name": "tea", "sizes": [1, 2]})");
//   v["name"].as_string();                      // "tea"
//   for (const json::Value& n : v["sizes"].as_array()) total += n.as_int();
//   json::Object{{"id", 7}, {"tags", json::Array{"hot", "green"}}}          // Python: {"id": 7, "tags": ["hot", "green"]}

#include <atomic>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/json/_pool.h"
#include "krait/json/_type.h"

namespace krait::json {

class Value;
class _QuickDecoder;

// Python: list
using Array = std::vector<Value, _Allocator<Value>>;

// Keys and values in the order of insertion. Looking a key up is O(1) however many there are. Python: dict
// Const members may be called from several threads at once.
class Object {
 public:
  using Item = std::pair<std::string, Value>;

  Object() noexcept = default;
  // Of two equal keys the last one's value stays, at the first one's place.
  Object(std::initializer_list<Item> items);
  Object(const Object&);
  Object(Object&& other) noexcept;
  Object& operator=(const Object&);
  Object& operator=(Object&&) noexcept;
  ~Object();

  std::size_t size() const noexcept;
  bool empty() const noexcept;
  bool contains(std::string_view key) const noexcept;
  // The value, or null when there is none.
  const Value* find(std::string_view key) const noexcept;
  Value* find(std::string_view key) noexcept;
  // Throws KeyError. Python: d[key]
  const Value& at(std::string_view key) const;
  // Makes the key with a null value when it is missing. Python: d[key] = value
  Value& operator[](std::string_view key);
  // Sets or replaces the value; a new key comes last.
  Value& set(std::string key, Value value);
  // Gives whether there was one; the rest keeps its order. O(n).
  bool erase(std::string_view key);
  void clear() noexcept;

  const Item* begin() const noexcept;
  const Item* end() const noexcept;
  Item* begin() noexcept;  // do not change a key
  Item* end() noexcept;

  // Equal whatever the order, as in Python.
  bool operator==(const Object& other) const;

 private:
  friend class Value;
  friend class _QuickDecoder;

  // An open hash table of 1 + the position in items_ (0: free).
  using Index = std::vector<std::uint32_t>;

  std::size_t position(std::string_view key) const noexcept;  // size() when there is none
  void index_one(std::size_t position, Index& index) const noexcept;
  Index* index_all() const;
  void forget_index() noexcept;

  std::vector<Item, _Allocator<Item>> items_;
  // Made when a key is first looked for among more of them than a linear search likes. Whoever makes it first publishes it.
  mutable std::atomic<Index*> index_{nullptr};
};

class Value {
 public:
  // BigInt is an int that needs more than 64 bits: kept as its decimal digits, exactly.
  enum class Type : unsigned char { Null, Bool, Int, Float, BigInt, String, Array, Object };

  Value() noexcept : type_(Type::Null) {}
  Value(std::nullptr_t) noexcept : Value() {}
  Value(bool value) noexcept : type_(Type::Bool), bool_(value) {}
  template <std::integral T>
    requires(!std::is_same_v<T, bool> && !std::is_same_v<T, char>)
  Value(T value) {
    if constexpr (std::is_unsigned_v<T>) {
      set_unsigned(value);
    } else {
      type_ = Type::Int;
      int_ = value;
    }
  }
  template <std::floating_point T>
  Value(T value) noexcept : type_(Type::Float), float_(static_cast<double>(value)) {}
  Value(const char* value) : Value(std::string(value)) {}
  Value(std::string_view value) : Value(std::string(value)) {}
  Value(std::string value) noexcept;
  Value(json::Array value) noexcept;
  Value(json::Object value) noexcept;
  // Anything else that JSON can hold: a std::optional, a std::vector, a std::map, a described struct or enum.
  template <Serializable T>
    requires((std::is_class_v<T> || std::is_enum_v<T>) && !std::is_same_v<T, Value> &&
             !std::is_same_v<T, std::string> && !std::is_same_v<T, std::string_view> &&
             !std::is_same_v<T, json::Object> && !std::is_same_v<T, json::Array>)
  Value(const T& value) : Value(from(_type<T>, &value)) {}
  // An int of any size from its decimal digits, "-" before them if negative. Throws ValueError for anything else.
  static Value big_int(std::string digits);

  // Throws RecursionError for a value that is nested more than 4000 deep. (Such a one can be moved and destroyed.)
  Value(const Value& other) : Value() { copy(other, 0); }
  Value(Value&& other) noexcept { take(other); }
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value() {
    if (type_ >= Type::BigInt) destroy();
  }

  Type type() const noexcept { return type_; }
  // The class as Python names it: "NoneType", "bool", "int", "float", "str", "list", "dict".
  std::string_view type_name() const noexcept;
  bool is_null() const noexcept { return type_ == Type::Null; }
  bool is_bool() const noexcept { return type_ == Type::Bool; }
  bool is_int() const noexcept { return type_ == Type::Int || type_ == Type::BigInt; }
  bool is_float() const noexcept { return type_ == Type::Float; }
  bool is_string() const noexcept { return type_ == Type::String; }
  bool is_array() const noexcept { return type_ == Type::Array; }
  bool is_object() const noexcept { return type_ == Type::Object; }

  // Each throws TypeError "cannot read a str as int" for another type.
  bool as_bool() const {
    if (type_ != Type::Bool) refuse("bool");
    return bool_;
  }
  std::int64_t as_int() const {  // OverflowError for a BigInt
    if (type_ != Type::Int) refuse("int");
    return int_;
  }
  double as_float() const { return type_ == Type::Float ? float_ : int_as_float(); }  // of an int, too
  const std::string& as_string() const {
    if (type_ != Type::String) refuse("str");
    return string_;
  }
  const std::string& as_big_int() const {  // the digits of a BigInt
    if (type_ != Type::BigInt) refuse("int of more than 64 bits");
    return string_;
  }
  const json::Array& as_array() const {
    if (type_ != Type::Array) refuse("list");
    return array_;
  }
  json::Array& as_array() { return const_cast<json::Array&>(std::as_const(*this).as_array()); }
  const json::Object& as_object() const {
    if (type_ != Type::Object) refuse("dict");
    return object_;
  }
  json::Object& as_object() { return const_cast<json::Object&>(std::as_const(*this).as_object()); }

  // Python: value[key]. Throws KeyError, or TypeError when this is no dict.
  const Value& operator[](std::string_view key) const;
  const Value& operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  // Python: value[index], but not from the end. Throws IndexError, or TypeError when this is no list.
  const Value& operator[](std::size_t index) const;
  const Value& operator[](int index) const { return (*this)[static_cast<std::size_t>(index)]; }
  // Elements of a list, keys of a dict, code points of a str. Python: len(value)
  std::size_t size() const;

  // As Python compares: 1 == 1.0 == true. Throws RecursionError for two values that are nested more than 4000 deep.
  bool operator==(const Value& other) const { return equals(other, 0); }

 private:
  friend class _QuickDecoder;

  static Value from(const _Type& type, const void* object);
  void set_unsigned(std::uint64_t value);
  [[noreturn]] void refuse(const char* as) const;
  double int_as_float() const;
  void copy(const Value& other, unsigned depth);
  bool equals(const Value& other, unsigned depth) const;
  void destroy() noexcept;
  void destroy_container() noexcept;

  // Of a value that holds nothing yet. Leaves null in `other`.
  void take(Value& other) noexcept {
    type_ = other.type_;
    if (type_ < Type::BigInt) {
      std::memcpy(&int_, &other.int_, sizeof int_);
    } else {
      take_owned(other);
    }
    other.type_ = Type::Null;
  }
  void take_owned(Value& other) noexcept {
    if (type_ <= Type::String) {
      new (&string_) std::string(std::move(other.string_));
      other.string_.~basic_string();
    } else if (type_ == Type::Array) {
      new (&array_) json::Array(std::move(other.array_));
      other.array_.~vector();
    } else {
      new (&object_) json::Object(std::move(other.object_));
      other.object_.~Object();
    }
  }

  Type type_;
  union {
    bool bool_;
    std::int64_t int_;
    double float_;
    std::string string_;  // BigInt: the digits
    json::Array array_;
    json::Object object_;
  };
};

inline std::size_t Object::size() const noexcept { return items_.size(); }
inline bool Object::empty() const noexcept { return items_.empty(); }
inline const Object::Item* Object::begin() const noexcept { return items_.data(); }
inline const Object::Item* Object::end() const noexcept { return items_.data() + items_.size(); }
inline Object::Item* Object::begin() noexcept { return items_.data(); }
inline Object::Item* Object::end() noexcept { return items_.data() + items_.size(); }
inline Object::Object(Object&& other) noexcept
    : items_(std::move(other.items_)), index_(other.index_.exchange(nullptr, std::memory_order_relaxed)) {}
inline Object::~Object() {
  if (index_.load(std::memory_order_relaxed)) forget_index();
}

// How deep a value may be nested to be copied, compared or written: more than what loads gives, for what is made around that.
inline constexpr unsigned _deepest = 4000;

}  // namespace krait::json
