#pragma once
// How an assertion compares two C++ values, as Python would compare what they stand for: numbers by value whatever their
// types, texts by their characters, containers of different classes item by item.

#include <cstddef>
#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "krait/unittest/_value.h"

namespace krait::unittest {

__extension__ typedef __int128 _Wide;  // holds every integer, signed or not

template <class T>
concept _List = _Range<T> && !_Map<T> && !_Set<T> && !_TextLike<T>;

template <class T>
std::string_view _text_of(const T& x) {
  if constexpr (std::is_pointer_v<T>) {
    return x ? std::string_view(x) : std::string_view();
  } else {
    return x;
  }
}
template <class T>
bool _is_none(const T& x) {
  if constexpr (std::is_null_pointer_v<T> || std::is_same_v<T, NoneType>) {
    return true;
  } else if constexpr (std::is_same_v<T, std::exception_ptr> || std::is_pointer_v<T> || _Pointer<T>) {
    return !x;
  } else if constexpr (_Maybe<T>) {
    return !x.has_value();
  } else {
    return false;
  }
}

template <class A, class B>
bool _equal(const A& a, const B& b) {
  if constexpr (_TextLike<A> && _TextLike<B>) {
    return _is_none(a) == _is_none(b) && _text_of(a) == _text_of(b);
  } else if constexpr (_Number<A> && _Number<B>) {
    return static_cast<_Wide>(a) == static_cast<_Wide>(b);
  } else if constexpr (std::is_same_v<B, NoneType> || std::is_same_v<A, NoneType>) {
    return _is_none(a) && _is_none(b);
  } else if constexpr (requires { static_cast<bool>(a == b); }) {
    return static_cast<bool>(a == b);
  } else if constexpr (_List<A> && _List<B>) {
    auto x = std::begin(a);
    auto y = std::begin(b);
    for (; x != std::end(a) && y != std::end(b); ++x, ++y) {
      if (!_equal(*x, *y)) return false;
    }
    return x == std::end(a) && y == std::end(b);
  } else {
    static_assert(std::is_same_v<A, void>, "cannot compare the two: they have no operator==");
    return false;
  }
}

template <class Op, class A, class B>
bool _ordered(Op op, const A& a, const B& b) {
  if constexpr (_TextLike<A> && _TextLike<B>) {
    return op(_text_of(a), _text_of(b));
  } else if constexpr (_Number<A> && _Number<B>) {
    return op(static_cast<_Wide>(a), static_cast<_Wide>(b));
  } else {
    static_assert(requires { static_cast<bool>(op(a, b)); }, "cannot order the two: they have no such operator");
    return static_cast<bool>(op(a, b));
  }
}

template <class T>
bool _truth(const T& x) {
  if constexpr (_TextLike<T>) {
    return !_text_of(x).empty();
  } else if constexpr (std::is_same_v<T, NoneType>) {
    return false;
  } else if constexpr (_Maybe<T>) {
    return x.has_value() && _truth(*x);
  } else if constexpr (requires { static_cast<bool>(x); }) {
    return static_cast<bool>(x);
  } else if constexpr (_Range<T>) {
    return std::begin(x) != std::end(x);
  } else {
    return true;
  }
}

template <class A, class B>
bool _identical(const A& a, const B& b) {
  if constexpr (std::is_same_v<A, NoneType> || std::is_same_v<B, NoneType> || std::is_null_pointer_v<A> ||
                std::is_null_pointer_v<B>) {
    return _is_none(a) && _is_none(b);
  } else if constexpr (_Pointer<A> && _Pointer<B>) {
    const auto address = []<class P>(const P& pointer) -> const void* {
      if constexpr (std::is_pointer_v<P>) {
        return pointer;
      } else {
        return pointer.get();
      }
    };
    return address(a) == address(b);
  } else if constexpr (std::is_same_v<A, bool> || std::is_enum_v<A> || std::is_same_v<A, std::exception_ptr>) {
    return a == b;
  } else {
    return static_cast<const void*>(&a) == static_cast<const void*>(&b);
  }
}

template <class T, class Object>
bool _is_instance(const Object& x) {
  if constexpr (std::is_same_v<Object, std::exception_ptr>) {
    return krait::isinstance<T>(x);
  } else if constexpr (_Pointer<Object> && !_TextLike<Object>) {
    return x && _is_instance<T>(*x);
  } else if constexpr (_Variant<Object>) {
    return visit([]<class Held>(const Held& held) { return _is_instance<T>(held); }, x);
  } else if constexpr (requires { x.type().name(); }) {
    return x.type() == typeid(T);
  } else if constexpr (std::is_polymorphic_v<Object> && std::is_class_v<T>) {
    return dynamic_cast<const T*>(&x) != nullptr;
  } else {
    return std::is_same_v<Object, T> || std::is_base_of_v<T, Object>;
  }
}

template <class C, class M>
bool _contains(const C& container, const M& member) {
  if constexpr (_TextLike<C> && (_TextLike<M> || std::is_same_v<M, char>)) {
    if constexpr (std::is_same_v<M, char>) {
      return _text_of(container).find(member) != std::string_view::npos;
    } else {
      return _text_of(container).find(_text_of(member)) != std::string_view::npos;
    }
  } else if constexpr (requires { container.contains(member); }) {
    return container.contains(member);
  } else {
    static_assert(_Range<C>, "cannot look for a member in what is neither a text nor a container");
    for (const auto& item : container) {
      if constexpr (_Map<C>) {
        if (_equal(item.first, member)) return true;
      } else {
        if (_equal(item, member)) return true;
      }
    }
    return false;
  }
}

// The index of the first item that differs, the length of the shorter list when none does; kByText: look at the texts.
inline constexpr std::size_t kByText = static_cast<std::size_t>(-1);
template <class A, class B>
std::size_t _first_difference(const A& a, const B& b) {
  if constexpr (_List<A> && _List<B>) {
    std::size_t index = 0;
    auto y = std::begin(b);
    for (auto x = std::begin(a); x != std::end(a) && y != std::end(b); ++x, ++y, ++index) {
      if (!_equal(*x, *y)) break;
    }
    return index;
  } else {
    return kByText;
  }
}

// How often an item is in the first list and in the second.
struct _Count {
  std::size_t first, second;
  _Value item;
};
template <class A, class B>
std::vector<_Count> _count_differences(const A& first, const B& second) {
  static_assert(_Range<A> && _Range<B>, "assertCountEqual compares two containers");
  const auto items_of = [](const auto& range) {
    std::vector<decltype(&*std::begin(range))> items;
    for (const auto& item : range) items.push_back(&item);
    return items;
  };
  auto a = items_of(first);
  auto b = items_of(second);
  bool same = a.size() == b.size();
  for (std::size_t i = 0; same && i < a.size(); ++i) same = _equal(*a[i], *b[i]);
  if (same) return {};
  std::vector<_Count> counts;
  const auto take = [](auto& items, std::size_t from, const auto& like) {
    std::size_t count = 0;
    for (std::size_t i = from; i < items.size(); ++i) {
      if (items[i] && _equal(*items[i], like)) {
        items[i] = nullptr;
        ++count;
      }
    }
    return count;
  };
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!a[i]) continue;
    const auto& item = *a[i];
    const std::size_t in_first = take(a, i, item), in_second = take(b, 0, item);
    if (in_first != in_second) counts.push_back({in_first, in_second, _value(item)});
  }
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (!b[i]) continue;
    const auto& item = *b[i];
    counts.push_back({0, take(b, i, item), _value(item)});
  }
  return counts;
}

}  // namespace krait::unittest
