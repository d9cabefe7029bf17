#pragma once
// How a handler's parameters are filled from a request.
//
//   app.get("/items/{item_id}", [](int item_id, web::Query<"q", std::optional<std::string>> q) { … });
//
//   int, double, bool, std::string, a described enum     the path's parameters, in order
//   web::Path<"name", T>                                 the path's parameter of that name
//   web::Query<"name", T>, Header, Cookie                T, std::optional<T>, or (not Cookie) std::vector<T>
//   web::Query<"limit", int, 10>                         with a default
//   web::Query<"limit", int, 10, Field{.gt = 0}>         with constraints
//   web::Body<T>, or a described struct, a json::Value   the JSON body
//   web::Request&                                        the request itself, alive until the response is complete
//
// A wrapper converts to its T; `*q` and `q->` reach it, too. What does not fit is answered 422 with every fault.
// Python: fastapi.Path, Query, Header, Cookie, Body

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "krait/builtins/describe.h"
#include "krait/json/_type.h"
#include "krait/json/value.h"

namespace krait::web {

class Request;
using krait::Field;

// A parameter's default or its constraints, as template arguments.
struct _Option {
  enum class Kind : unsigned char { None, Int, Float, Bool, Text, Constraints } kind = Kind::None;
  std::int64_t integer = 0;
  double number = 0;
  _Text text{};
  Field field{};

  constexpr _Option(bool value) : kind(Kind::Bool), integer(value) {}
  template <std::integral T>
  constexpr _Option(T value)
      : kind(Kind::Int), integer(static_cast<std::int64_t>(value)), number(static_cast<double>(value)) {}
  template <std::floating_point T>
  constexpr _Option(T value) : kind(Kind::Float), number(value) {}
  template <class E>
    requires std::is_enum_v<E>
  constexpr _Option(E value) : kind(Kind::Int), integer(static_cast<std::int64_t>(value)) {}
  template <std::size_t N>
  constexpr _Option(const char (&value)[N]) : kind(Kind::Text), text(value) {}
  constexpr _Option(Field value) : kind(Kind::Constraints), field(value) {}
};

enum class _Source : unsigned char { Path, Query, Header, Cookie, Body, Request };

// One parameter of a handler.
struct _Param {
  _Source source = _Source::Path;
  std::string_view name;  // "" for a plain path parameter, which takes the next one of the path
  const json::_Type* type = nullptr;
  Field field{};
  bool required = true;
  void (*set_default)(void* value) = nullptr;  // null: what it is made as
};

template <class T>
inline constexpr bool _is_optional = false;
template <class T>
inline constexpr bool _is_optional<std::optional<T>> = true;

template <class T, _Option... Options>
struct _Options {
  static constexpr bool has_default = ((Options.kind != _Option::Kind::Constraints) || ...);
  static constexpr Field field = [] {
    Field result{};
    ((Options.kind == _Option::Kind::Constraints ? void(result = Options.field) : void()), ...);
    return result;
  }();

  template <class V>
  static void assign(V& value, const _Option& option) {
    if constexpr (_is_optional<V>) {
      assign(value.emplace(), option);
    } else if constexpr (std::is_same_v<V, std::string>) {
      value = option.text.view();
    } else if constexpr (std::is_floating_point_v<V>) {
      value = static_cast<V>(option.number);
    } else if constexpr (std::is_arithmetic_v<V> || std::is_enum_v<V>) {
      value = static_cast<V>(option.integer);
    } else {
      static_assert(!sizeof(V),
                    "a default can be given to a number, a bool, a std::string, an enum or a std::optional of these");
    }
  }
  static void set_default(void* value) {
    ((Options.kind != _Option::Kind::Constraints ? assign(*static_cast<T*>(value), Options) : void()), ...);
  }

  static constexpr _Param param(_Source source, std::string_view name) {
    _Param result;
    result.source = source;
    result.name = name;
    result.type = &json::_type<T>;
    result.field = field;
    result.required = !has_default && !_is_optional<T>;
    if constexpr (has_default) result.set_default = &set_default;
    return result;
  }
};

// What Path, Query, Header, Cookie and Body have in common: a value that converts.
template <class T>
struct _Wrapper {
  T value{};

  operator T&() & noexcept { return value; }
  operator const T&() const& noexcept { return value; }
  operator T&&() && noexcept { return std::move(value); }
  T& operator*() noexcept { return value; }
  const T& operator*() const noexcept { return value; }
  T* operator->() noexcept { return &value; }
  const T* operator->() const noexcept { return &value; }
};

template <_Text Name, class T = std::string, _Option... Options>
struct Path : _Wrapper<T> {
  static constexpr _Param _param() { return _Options<T, Options...>::param(_Source::Path, name_.view()); }

 private:
  static constexpr _Text name_ = Name;
};
template <_Text Name, class T = std::string, _Option... Options>
struct Query : _Wrapper<T> {
  static constexpr _Param _param() { return _Options<T, Options...>::param(_Source::Query, name_.view()); }

 private:
  static constexpr _Text name_ = Name;
};
// Any case; a "_" stands for itself: write "x-token".
template <_Text Name, class T = std::string, _Option... Options>
struct Header : _Wrapper<T> {
  static constexpr _Param _param() { return _Options<T, Options...>::param(_Source::Header, name_.view()); }

 private:
  static constexpr _Text name_ = Name;
};
template <_Text Name, class T = std::string, _Option... Options>
struct Cookie : _Wrapper<T> {
  static constexpr _Param _param() { return _Options<T, Options...>::param(_Source::Cookie, name_.view()); }

 private:
  static constexpr _Text name_ = Name;
};
template <class T>
struct Body : _Wrapper<T> {
  static constexpr _Param _param() { return _Options<T>::param(_Source::Body, {}); }
};

template <class T>
concept _Wrapped = requires {
  { T::_param() } -> std::same_as<_Param>;
};

}  // namespace krait::web

namespace krait::json {
// A wrapper is written as what it holds, which is all that it is made of: {"q", q} needs no "*".
template <web::_Wrapped W>
struct _TypeOf<W> {
  static_assert(sizeof(W) == sizeof(W::value));
  static constexpr _Type make() { return _type<decltype(W::value)>; }
};
}  // namespace krait::json

namespace krait::web {

// A parameter of type T of a handler: where its value lies while it is bound.
template <class T>
struct _Slot {
  static_assert(json::Serializable<T>,
                "a handler's parameter is a number, bool, std::string, described struct or enum, "
                "json::Value, web::Request&, or a web::Path, Query, Header, Cookie or Body");
  static constexpr bool in_path = std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, std::string>;
  static constexpr _Param param() { return _Options<T>::param(in_path ? _Source::Path : _Source::Body, {}); }
  T value{};
  void* target() { return &value; }
  T&& pass() { return std::move(value); }
};
template <_Wrapped T>
struct _Slot<T> {
  static constexpr _Param param() { return T::_param(); }
  T value{};
  void* target() { return &value.value; }
  T&& pass() { return std::move(value); }
};
template <>
struct _Slot<Request> {
  static constexpr _Param param() {
    _Param result;
    result.source = _Source::Request;
    return result;
  }
  Request* value = nullptr;
  void* target() { return &value; }
  Request& pass() { return *value; }
};

// Fills `targets` (one for each of `params`, default-made values) from the request, whose body must be here if a parameter
// wants it. `path_index` tells for each of `params` which of the path's parameters it takes.
// Throws RequestValidationError with every fault, in the order path, query, header, cookie, body; HTTPException 400.
void _bind(Request& request, std::span<const _Param> params, const std::uint8_t* path_index, void* const* targets);

}  // namespace krait::web
