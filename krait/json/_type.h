#pragma once
// How the values of a C++ type are read, written and checked: a table, made at compile time, that compiled code walks.
//
// Templates only fill in tables. The readers and writers themselves are plain functions over `const _Type&` and `void*`,
// so a described struct costs a program its tables and no code.

#include <array>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "krait/builtins/describe.h"

namespace krait::json {

class Value;
class Object;
struct _Type;

// One member of a struct.
struct _Field {
  std::string_view member;
  std::string_view key;  // `,"name":`, or "" when the member has an alias
  const _Type* type = nullptr;
  std::size_t offset = 0;
  krait::Field field;

  // In JSON.
  std::string_view name() const noexcept { return key.empty() ? field.alias.view() : member; }
};

struct _Enumerator {
  std::string_view name;
  std::int64_t value = 0;
};

// Which members of a struct are required; computed when it is first read (see _required_members).
struct _RequiredMembers {
  std::atomic<bool> known{false};
  std::atomic<std::uint64_t> mask{0};
};

struct _Type {
  enum class Kind : unsigned char {
    Null,
    Bool,
    Int,
    UInt,
    Float,
    String,
    View,
    Literal,
    Enum,
    List,
    Map,
    Optional,
    Struct,
    Any,
    AnyObject,
    Tuple,
    Variant,
    Iso
  };
  Kind kind = Kind::Null;
  unsigned char size = 0;          // of a number or an enum, in bytes
  bool is_signed = true;           // of an enum
  const _Type* element = nullptr;  // of a list, map or optional
  std::size_t stride = 0;          // of a list's element, in bytes

  // Enum
  const _Enumerator* enumerators = nullptr;
  // Struct
  const _Field* fields = nullptr;
  std::size_t count = 0;  // of enumerators, fields or parts
  std::string_view name;  // of an enum, a struct, or a class that is written as a text
  _RequiredMembers* required = nullptr;
  std::size_t bytes = 0, alignment = 0;            // of the struct
  void (*default_initialise)(void* at) = nullptr;  // `T x;`: leaves members without an initialiser alone
  void (*destroy)(void* at) = nullptr;
  void (*reset)(void* object) = nullptr;  // object = T{}

  // List, Map, Optional
  void (*clear)(void* object) = nullptr;
  void* (*append)(void* list) = nullptr;  // a new element, default-made
  void (*reserve)(void* list, std::size_t n) = nullptr;
  const void* (*elements)(const void* list, std::size_t* n) = nullptr;  // the first of n, `stride` apart
  void* (*insert)(void* map, std::string&& key) = nullptr;              // the element of this key, default-made
  std::size_t (*size_of)(const void* map) = nullptr;
  void (*each)(const void* map, void* context,
               void (*visit)(void* context, std::string_view key, const void* element)) = nullptr;
  void* (*emplace)(void* optional) = nullptr;
  const void* (*held)(const void* optional) = nullptr;  // null: none

  // Map whose keys are numbers
  const _Type* key = nullptr;
  void* (*insert_key)(void* map, const void* key) = nullptr;

  // Tuple, Variant
  const _Type* const* parts = nullptr;
  const void* (*part)(const void* tuple, std::size_t index) = nullptr;
  void* (*emplace_part)(void* variant, std::size_t index) = nullptr;  // the alternative, default-made
  const void* (*alternative)(const void* variant, std::size_t* index) = nullptr;

  // Iso
  std::string (*text_of)(const void* object) = nullptr;
  void (*read_text)(void* object, std::string_view text) = nullptr;  // throws ValueError
};

// A class's own name.
template <class T>
constexpr std::string_view _name_of() {
  std::string_view name = __PRETTY_FUNCTION__;  // "... [T = namespace::Name]"
  name.remove_suffix(1);
  const std::size_t last = name.find_last_of(": ");
  return name.substr(last + 1);
}

// Makes the table of T; specialised for each kind of type.
template <class T>
struct _TypeOf;

template <class T>
inline constexpr _Type _type = _TypeOf<T>::make();

// T can be written as JSON. (A std::string_view can only be written; what cannot be default-made, too.)
template <class T>
concept Serializable = requires { _TypeOf<T>::make(); };

struct _Scalar {
  static constexpr _Type of(_Type::Kind kind, std::size_t size = 0) {
    _Type type;
    type.kind = kind;
    type.size = static_cast<unsigned char>(size);
    return type;
  }
};

template <>
struct _TypeOf<std::nullptr_t> {
  static constexpr _Type make() { return _Scalar::of(_Type::Kind::Null); }
};
template <>
struct _TypeOf<bool> {
  static constexpr _Type make() { return _Scalar::of(_Type::Kind::Bool); }
};
template <>
struct _TypeOf<char>;  // a char is neither a number nor a text: use std::string
template <std::integral T>
struct _TypeOf<T> {
  static_assert(sizeof(T) <= 8);
  static constexpr _Type make() {
    return _Scalar::of(std::is_signed_v<T> ? _Type::Kind::Int : _Type::Kind::UInt, sizeof(T));
  }
};
template <std::floating_point T>
  requires(sizeof(T) <= 8)
struct _TypeOf<T> {
  static constexpr _Type make() { return _Scalar::of(_Type::Kind::Float, sizeof(T)); }
};
template <>
struct _TypeOf<std::string> {
  static constexpr _Type make() { return _Scalar::of(_Type::Kind::String); }
};
template <>
struct _TypeOf<std::string_view> {
  static constexpr _Type make() { return _Scalar::of(_Type::Kind::View); }
};
template <>
struct _TypeOf<Value> {
  static constexpr _Type make() { return _Scalar::of(_Type::Kind::Any); }
};
template <>
struct _TypeOf<Object> {
  static constexpr _Type make() { return _Scalar::of(_Type::Kind::AnyObject); }
};

template <DescribedEnum E>
struct _TypeOf<E> {
  static constexpr std::size_t count = [] {
    std::size_t n = 0;
    _for_each_enumerator<E>([&n](std::string_view, E) { ++n; });
    return n;
  }();
  static constexpr auto enumerators = [] {
    std::array<_Enumerator, count> all{};
    std::size_t i = 0;
    _for_each_enumerator<E>(
        [&](std::string_view name, E value) { all[i++] = {name, static_cast<std::int64_t>(value)}; });
    return all;
  }();
  static constexpr _Type make() {
    _Type type = _Scalar::of(_Type::Kind::Enum, sizeof(E));
    type.is_signed = std::is_signed_v<std::underlying_type_t<E>>;
    type.enumerators = enumerators.data();
    type.name = _name_of<E>();
    type.count = count;
    return type;
  }
};

template <class T, class A>
struct _TypeOf<std::vector<T, A>> {
  static_assert(!std::is_same_v<T, bool>, "std::vector<bool> holds no bools: use std::vector<char> or std::deque");
  using List = std::vector<T, A>;
  static constexpr _Type make() {
    _Type type = _Scalar::of(_Type::Kind::List);
    type.element = &_type<T>;
    type.stride = sizeof(T);
    type.clear = [](void* list) { static_cast<List*>(list)->clear(); };
    type.reserve = [](void* list, std::size_t n) {
      if constexpr (std::is_move_constructible_v<T>) static_cast<List*>(list)->reserve(n);
    };
    type.elements = [](const void* list, std::size_t* n) -> const void* {
      const auto* self = static_cast<const List*>(list);
      *n = self->size();
      return self->data();
    };
    if constexpr (std::is_default_constructible_v<T>) {
      type.append = [](void* list) -> void* { return &static_cast<List*>(list)->emplace_back(); };
    }
    return type;
  }
};

template <class T>
struct _TypeOf<std::optional<T>> {
  static constexpr _Type make() {
    _Type type = _Scalar::of(_Type::Kind::Optional);
    type.element = &_type<T>;
    type.clear = [](void* optional) { static_cast<std::optional<T>*>(optional)->reset(); };
    type.held = [](const void* optional) -> const void* {
      const auto* self = static_cast<const std::optional<T>*>(optional);
      return *self ? std::addressof(**self) : nullptr;
    };
    if constexpr (std::is_default_constructible_v<T>) {
      type.emplace = [](void* optional) -> void* { return &static_cast<std::optional<T>*>(optional)->emplace(); };
    }
    return type;
  }
};

// std::map, std::unordered_map and their like, with std::string keys.
template <class M>
  requires std::same_as<typename M::key_type, std::string> && requires { typename M::mapped_type; }
struct _TypeOf<M> {
  using T = typename M::mapped_type;
  static constexpr _Type make() {
    _Type type = _Scalar::of(_Type::Kind::Map);
    type.element = &_type<T>;
    type.clear = [](void* map) { static_cast<M*>(map)->clear(); };
    type.size_of = [](const void* map) -> std::size_t { return static_cast<const M*>(map)->size(); };
    type.each = [](const void* map, void* context, void (*visit)(void*, std::string_view, const void*)) {
      for (const auto& [key, element] : *static_cast<const M*>(map)) visit(context, key, &element);
    };
    if constexpr (std::is_default_constructible_v<T>) {
      type.insert = [](void* map, std::string&& key) -> void* { return &(*static_cast<M*>(map))[std::move(key)]; };
    }
    return type;
  }
};

template <Described T>
struct _TypeOf<T> {
  static constexpr std::size_t count = [] {
    std::size_t n = 0;
    _for_each_member<T>([&n](const auto&) { ++n; });
    return n;
  }();
  static_assert(count <= 64, "a described struct has at most 64 members");
  static constexpr std::array<_Field, count> make_fields() {
    std::array<_Field, count> all{};
    std::size_t i = 0;
    _for_each_member<T>([&]<class M>(const _Member<M>& m) {
      const bool aliased = !m.field.alias.empty();
      _Field& field = all[i++];
      field.member = m.name;
      field.key = aliased ? std::string_view() : m.key;
      field.type = &_type<M>;
      field.offset = m.offset;
      field.field = m.field;
    });
    return all;
  }
  static const std::array<_Field, count> fields;
  static inline constinit _RequiredMembers required{};
  static constexpr _Type make() {
    _Type type = _Scalar::of(_Type::Kind::Struct);
    type.fields = fields.data();
    type.count = count;
    type.required = &required;
    type.name = _name_of<T>();
    type.bytes = sizeof(T);
    type.alignment = alignof(T);
    if constexpr (std::is_default_constructible_v<T>) {
      type.default_initialise = [](void* at) { ::new (at) T; };
      type.destroy = [](void* at) { static_cast<T*>(at)->~T(); };
      if constexpr (std::is_move_assignable_v<T>) type.reset = [](void* object) { *static_cast<T*>(object) = T{}; };
    }
    return type;
  }
};
template <Described T>
constinit const std::array<_Field, _TypeOf<T>::count> _TypeOf<T>::fields = make_fields();

// Bit i is set when member i must be given: no optional, no initialiser that shows, or Field::required says so.
// `type` is a struct's. Throws TypeError when the struct cannot be default-made.
std::uint64_t _required_members(const _Type& type);

inline std::span<const _Field> _fields(const _Type& type) { return {type.fields, type.count}; }
// An Int or Enum, a UInt, of any size.
std::int64_t _load_int(const _Type& type, const void* object) noexcept;
std::uint64_t _load_uint(const _Type& type, const void* object) noexcept;
// False: `value` is out of the type's range.
bool _store_int(const _Type& type, void* object, std::int64_t value) noexcept;
bool _store_uint(const _Type& type, void* object, std::uint64_t value) noexcept;
// Null when no enumerator has that value, or that name.
const _Enumerator* _find_enumerator(const _Type& type, std::int64_t value) noexcept;
const _Enumerator* _find_enumerator(const _Type& type, std::string_view name) noexcept;

// Of a C string: here the object is the text itself, not a pointer to it.
inline constexpr _Type _literal_type = _Scalar::of(_Type::Kind::Literal);

// A value of any type that JSON can hold, by reference: a parameter type for values that are used at once.
class Ref {
 public:
  template <Serializable T>
  Ref(const T& value) noexcept : type_(&_type<T>), object_(&value) {}
  Ref(const char* text) noexcept : type_(&_literal_type), object_(text) {}

  const _Type& type() const noexcept { return *type_; }
  const void* object() const noexcept { return object_; }

 private:
  const _Type* type_;
  const void* object_;
};

}  // namespace krait::json

#include "krait/json/_compound.h"  // IWYU pragma: export
