#pragma once
// The tables of what holds values of several types, or stands for a text. Included by _type.h.

#include <array>
#include <charconv>
#include <memory>
#include <tuple>
#include <variant>

#include "krait/json/_type.h"

namespace krait::json {

// A std::pair, std::tuple or std::array: a list of so many elements. Python: tuple[A, B]
template <class... T>
struct _PartTypes {
  static constexpr std::array<const _Type*, sizeof...(T)> types{&_type<T>...};
};
template <class Tuple, class... T>
struct _TupleTable {
  static constexpr _Type make() {
    _Type type = _Scalar::of(_Type::Kind::Tuple);
    type.count = sizeof...(T);
    type.parts = _PartTypes<T...>::types.data();
    type.part = [](const void* tuple, std::size_t index) -> const void* {
      const void* found = nullptr;
      const auto look = [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((I == index ? void(found = std::addressof(std::get<I>(*static_cast<const Tuple*>(tuple)))) : void()), ...);
      };
      look(std::make_index_sequence<sizeof...(T)>());
      return found;
    };
    return type;
  }
};
template <class A, class B>
struct _TypeOf<std::pair<A, B>> : _TupleTable<std::pair<A, B>, A, B> {};
template <class... T>
struct _TypeOf<std::tuple<T...>> : _TupleTable<std::tuple<T...>, T...> {};
template <class T, std::size_t N>
struct _TypeOf<std::array<T, N>> {
  template <std::size_t... I>
  static constexpr _Type table(std::index_sequence<I...>) {
    return _TupleTable<std::array<T, N>, std::enable_if_t<(I < N), T>...>::make();
  }
  static constexpr _Type make() { return table(std::make_index_sequence<N>()); }
};

// None. Within a std::variant: an alternative that is null.
template <>
struct _TypeOf<std::monostate> {
  static constexpr _Type make() { return _Scalar::of(_Type::Kind::Null); }
};

// One of several types: the one that the JSON value fits without a conversion, else the first that takes it. Python: A | B
template <class... T>
struct _TypeOf<std::variant<T...>> {
  using Variant = std::variant<T...>;
  static constexpr _Type make() {
    _Type type = _Scalar::of(_Type::Kind::Variant);
    type.count = sizeof...(T);
    type.parts = _PartTypes<T...>::types.data();
    type.alternative = [](const void* variant, std::size_t* index) -> const void* {
      const auto* self = static_cast<const Variant*>(variant);
      *index = self->index();
      if (self->valueless_by_exception()) return nullptr;
      return std::visit([](const auto& held) -> const void* { return std::addressof(held); }, *self);
    };
    if constexpr ((std::is_default_constructible_v<T> && ...)) {
      type.emplace_part = [](void* variant, std::size_t index) -> void* {
        void* made = nullptr;
        const auto make_one = [&]<std::size_t... I>(std::index_sequence<I...>) {
          ((I == index ? void(made = std::addressof(static_cast<Variant*>(variant)->template emplace<I>())) : void()),
           ...);
        };
        make_one(std::index_sequence_for<T...>());
        return made;
      };
    }
    return type;
  }
};

// A pointer that owns what it points to, or is null: so can a struct hold more of its kind.
template <class P, class T>
struct _PointerTable {
  static constexpr _Type make() {
    _Type type = _Scalar::of(_Type::Kind::Optional);
    type.element = &_type<T>;
    type.clear = [](void* pointer) { static_cast<P*>(pointer)->reset(); };
    type.held = [](const void* pointer) -> const void* { return static_cast<const P*>(pointer)->get(); };
    type.emplace = [](void* pointer) -> void* {
      auto& self = *static_cast<P*>(pointer);
      self = P(new T());
      return self.get();
    };
    return type;
  }
};
template <class T>
struct _TypeOf<std::unique_ptr<T>> : _PointerTable<std::unique_ptr<T>, T> {};
template <class T>
struct _TypeOf<std::shared_ptr<T>> : _PointerTable<std::shared_ptr<T>, T> {};

// A map whose keys are ints, floats or bools: written as json.dumps writes such keys, read as pydantic reads dict[int, T].
template <class Key>
concept _NumberKey = std::is_arithmetic_v<Key> && !std::is_same_v<Key, char>;
std::string _key_text(std::int64_t key);
std::string _key_text(std::uint64_t key);
std::string _key_text(double key);
std::string _key_text(bool key);

template <class M>
  requires _NumberKey<typename M::key_type> && requires { typename M::mapped_type; }
struct _TypeOf<M> {
  using Key = typename M::key_type;
  using T = typename M::mapped_type;
  // The widest of its kind.
  using Wide =
      std::conditional_t<std::is_same_v<Key, bool>, bool,
                         std::conditional_t<std::is_floating_point_v<Key>, double,
                                            std::conditional_t<std::is_signed_v<Key>, std::int64_t, std::uint64_t>>>;
  static constexpr _Type make() {
    _Type type = _Scalar::of(_Type::Kind::Map);
    type.element = &_type<T>;
    type.key = &_type<Key>;
    type.clear = [](void* map) { static_cast<M*>(map)->clear(); };
    type.size_of = [](const void* map) -> std::size_t { return static_cast<const M*>(map)->size(); };
    type.each = [](const void* map, void* context, void (*visit)(void*, std::string_view, const void*)) {
      for (const auto& [key, element] : *static_cast<const M*>(map)) {
        visit(context, _key_text(static_cast<Wide>(key)), &element);
      }
    };
    if constexpr (std::is_default_constructible_v<T>) {
      type.insert_key = [](void* map, const void* key) -> void* {
        return &(*static_cast<M*>(map))[*static_cast<const Key*>(key)];
      };
    }
    return type;
  }
};

// A class that has Python's isoformat() and fromisoformat(): a text, as pydantic has dates and times.
template <class T>
concept _Iso = requires(const T& value) {
  { value.isoformat() } -> std::convertible_to<std::string>;
};
template <_Iso T>
  requires(!Described<T>)
struct _TypeOf<T> {
  static constexpr _Type make() {
    _Type type = _Scalar::of(_Type::Kind::Iso);
    type.name = _name_of<T>();
    type.text_of = [](const void* object) -> std::string { return static_cast<const T*>(object)->isoformat(); };
    if constexpr (requires(std::string_view text) {
                    { T::fromisoformat(text) } -> std::convertible_to<T>;
                  }) {
      type.read_text = [](void* object, std::string_view text) { *static_cast<T*>(object) = T::fromisoformat(text); };
    }
    return type;
  }
};

}  // namespace krait::json
