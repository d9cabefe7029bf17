#pragma once
// A C++ value as Python would print it: what an assertion compares is made into a _Value only once it has failed, and the
// messages, reprs and diffs are made of that by compiled code.
//
//   bool, numbers                      True, 42, 2.0                 optional, pointers, nullptr    the value, None
//   std::string, const char*, char     'text'                        std::exception, exception_ptr  ValueError('boom')
//   vector, array, list, deque, span   [1, 2]                        an enum of KRAIT_DESCRIBE_ENUM <Kind.tea: 5>
//   tuple, pair                        (1, 'a')                      a struct of KRAIT_DESCRIBE     Item(name='tea')
//   map, unordered_map                 {'a': 1}                      chrono::duration               timedelta(seconds=1)
//   set, unordered_set                 {1, 2}                        what has repr(x), found by ADL its own text
//
// Anything else is <Name object at 0x…>. What is unordered is printed in order: a set of strings has another order in
// every run of CPython, and a dict that of its insertion, which no C++ container keeps.

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "krait/builtins/describe.h"
#include "krait/builtins/exceptions.h"
#include "krait/builtins/none.h"

namespace krait::unittest {

struct _Value {
  enum class Kind : unsigned char { Atom, Str, Bytes, List, Tuple, Set, Dict, Object };
  Kind kind = Kind::Atom;
  std::string text;           // Atom: its repr; Str, Bytes: what it holds; Object: the name of its class
  std::vector<_Value> items;  // Dict and Object: key, value, key, value…; an Object's keys are atoms
};

// Python: repr(x)
std::string _repr(const _Value& value);
// Over several lines where one of 80 columns does not do. Python: pprint.pformat(x)
std::string _pformat(const _Value& value);
// Puts the items of a set, or the pairs of a dict, into the order that Python's pprint gives them.
void _sort_items(_Value& value);

// The class without its namespaces, as Python names it where it has the like: "int", "str", "Item".
std::string _class_name(const std::type_info& type);

_Value _signed_value(long long number);
_Value _unsigned_value(unsigned long long number);
_Value _float_value(double number);
_Value _atom(std::string text);
_Value _text_value(std::string_view text);
_Value _exception_value(const std::exception_ptr& error);
_Value _exception_value(const std::type_info& type, const char* what);
_Value _object_value(const std::type_info& type, const void* at);
_Value _enum_value(const std::type_info& type, std::string_view name, long long number);
_Value _timedelta_value(long double seconds);

template <class T>
concept _HasRepr = requires(const T& x) {
  { repr(x) } -> std::convertible_to<std::string>;
};
template <class T>
concept _TextLike = std::is_convertible_v<const T&, std::string_view> && !std::is_null_pointer_v<T>;
template <class T>
concept _Number = std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char>;
template <class T>
concept _Range = requires(const T& x) {
  x.begin() != x.end();
  *x.begin();
} || std::is_array_v<T>;
template <class T>
concept _TupleLike = requires { std::tuple_size<T>::value; };
template <class T>
concept _Maybe = requires(const T& x) {
  x.has_value();
  *x;
};
template <class T>
concept _Pointer = std::is_pointer_v<T> || requires(const T& x) {
  x.get();
  typename T::element_type;
  static_cast<bool>(x);
};
template <class T>
concept _Variant = requires(const T& x) {
  x.index();
  x.valueless_by_exception();
};
template <class T>
concept _Duration = requires(const T& x) {
  typename T::period;
  x.count();
};
template <class T>
concept _Map = _Range<T> && requires { typename T::mapped_type; };
template <class T>
concept _Set = _Range<T> && !_Map<T> && requires { typename T::key_type; };

template <class T>
_Value _value(const T& x);

template <class T, std::size_t... I>
_Value _tuple_value(const T& x, std::index_sequence<I...>) {
  using std::get;
  _Value made{_Value::Kind::Tuple, {}, {}};
  (made.items.push_back(_value(get<I>(x))), ...);
  return made;
}

template <class T>
_Value _range_value(const T& x) {
  _Value made{_Map<T> ? _Value::Kind::Dict : _Set<T> ? _Value::Kind::Set : _Value::Kind::List, {}, {}};
  for (auto&& item : x) {
    if constexpr (_Map<T>) {
      made.items.push_back(_value(item.first));
      made.items.push_back(_value(item.second));
    } else {
      using Item = std::remove_cvref_t<decltype(item)>;
      if constexpr (std::is_same_v<Item, std::byte>) {
        made.kind = _Value::Kind::Bytes;
        made.text += static_cast<char>(item);
      } else {
        made.items.push_back(_value<Item>(item));
      }
    }
  }
  if constexpr (_Map<T> || _Set<T>) _sort_items(made);
  return made;
}

template <class T>
_Value _described_value(const T& x) {
  _Value made{_Value::Kind::Object, _class_name(typeid(T)), {}};
  _for_each_member<T>([&]<class M>(const _Member<M>& member) {
    made.items.push_back(_atom(std::string(member.name)));
    made.items.push_back(_value(*reinterpret_cast<const M*>(reinterpret_cast<const char*>(&x) + member.offset)));
  });
  return made;
}

template <class T>
_Value _value(const T& x) {
  if constexpr (std::is_same_v<T, _Value>) {
    return x;
  } else if constexpr (std::is_same_v<T, bool>) {
    return _atom(x ? "True" : "False");
  } else if constexpr (std::is_null_pointer_v<T> || std::is_same_v<T, NoneType>) {
    return _atom("None");
  } else if constexpr (std::is_same_v<T, char>) {
    return _text_value(std::string_view(&x, 1));
  } else if constexpr (_Number<T>) {
    if constexpr (std::is_signed_v<T>) return _signed_value(x);
    return _unsigned_value(static_cast<unsigned long long>(x));
  } else if constexpr (std::is_floating_point_v<T>) {
    return _float_value(static_cast<double>(x));
  } else if constexpr (std::is_same_v<T, std::exception_ptr>) {
    return _exception_value(x);
  } else if constexpr (std::is_pointer_v<T> && _TextLike<T>) {
    return x ? _text_value(x) : _atom("None");
  } else if constexpr (_TextLike<T>) {
    return _text_value(x);
  } else if constexpr (_HasRepr<T>) {
    return _atom(repr(x));
  } else if constexpr (std::is_base_of_v<BaseException, T>) {
    return _atom(_class_name(typeid(x)) + "(" + _shown_args(x) + ")");
  } else if constexpr (std::is_base_of_v<std::exception, T>) {
    return _exception_value(typeid(x), x.what());
  } else if constexpr (_Maybe<T>) {
    return x.has_value() ? _value(*x) : _atom("None");
  } else if constexpr (_Duration<T>) {
    return _timedelta_value(static_cast<long double>(x.count()) * T::period::num / T::period::den);
  } else if constexpr (std::is_pointer_v<T>) {
    if constexpr (std::is_function_v<std::remove_pointer_t<T>>) {
      return x ? _object_value(typeid(*x), reinterpret_cast<const void*>(x)) : _atom("None");
    } else if constexpr (std::is_void_v<std::remove_pointer_t<T>>) {
      return x ? _object_value(typeid(T), x) : _atom("None");
    } else {
      return x ? _object_value(typeid(std::remove_cv_t<std::remove_pointer_t<T>>), x) : _atom("None");
    }
  } else if constexpr (_Pointer<T>) {
    return _value(x.get());
  } else if constexpr (_Range<T>) {
    return _range_value(x);
  } else if constexpr (_TupleLike<T>) {
    return _tuple_value(x, std::make_index_sequence<std::tuple_size<T>::value>());
  } else if constexpr (_Variant<T>) {
    _Value made = _atom("None");
    if (!x.valueless_by_exception()) visit([&](const auto& held) { made = _value(held); }, x);
    return made;
  } else if constexpr (std::is_enum_v<T>) {
    std::string_view name;
    if constexpr (DescribedEnum<T>) {
      _for_each_enumerator<T>([&](std::string_view each, T value) {
        if (value == x) name = each;
      });
    }
    return _enum_value(typeid(T), name, static_cast<long long>(x));
  } else if constexpr (Described<T>) {
    return _described_value(x);
  } else {
    return _object_value(typeid(T), &x);
  }
}

// --- text by code points, for what is measured in columns ---

// Bytes that are no UTF-8 become the code points 0xdc80… and come back as they were. Python: errors="surrogateescape"
std::u32string _decoded(std::string_view text);
std::string _encoded(std::u32string_view text);
// Python: str.isspace()
bool _is_space(char32_t c) noexcept;
// Python: text.splitlines(keepends=True)
std::vector<std::u32string> _split_lines(const std::u32string& text, bool keep_ends);

}  // namespace krait::unittest
