#pragma once
// Naming the members of a struct, or the values of an enum, once: what reads JSON, writes it, or validates it uses that.
//
//   struct Item { std::string name; double price; std::optional<bool> is_offer; int quantity = 1; };
//   KRAIT_DESCRIBE(Item, name, price, is_offer, (quantity, .ge = 1, .le = 99));
//
//   enum class Kind { noodle, dumpling, tea };
//   KRAIT_DESCRIBE_ENUM(Kind, noodle, dumpling, tea);
//
// The line stands after the type, in its namespace. A member in parentheses carries a Field: its constraints, its alias.
// A member is required unless it is a std::optional or has an initialiser (`int quantity = 1`). An initialiser that gives a
// class-typed member its empty value (`std::string note = ""`, `std::vector<int> tags = {}`) leaves no trace in the type: there
// say it, `(tags, .required = false)`.
//
// Python: the annotations of a pydantic.BaseModel, and pydantic.Field

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace krait {

// A text short enough to stand within a template argument: up to 63 bytes.
struct _Text {
  char text[64] = {};

  constexpr _Text() = default;
  template <std::size_t N>
  constexpr _Text(const char (&literal)[N]) {
    static_assert(N <= sizeof(text), "a text in a Field or a parameter holds at most 63 bytes");
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }
  constexpr std::string_view view() const { return text; }
  constexpr bool empty() const { return text[0] == 0; }
};

// A number that may be absent.
struct _Bound {
  bool set = false;
  double value = 0;

  constexpr _Bound() = default;
  template <class N>
    requires std::is_arithmetic_v<N>
  constexpr _Bound(N number) : set(true), value(static_cast<double>(number)) {}
};

enum class _Required : signed char { Auto = -1, No = 0, Yes = 1 };
struct _RequiredFlag {
  _Required value = _Required::Auto;
  constexpr _RequiredFlag() = default;
  constexpr _RequiredFlag(bool required) : value(required ? _Required::Yes : _Required::No) {}
};

// What a value must satisfy beyond its type. Bounds are for numbers (exact up to 2^53); lengths are code points of a string,
// elements of a list, keys of a map. On a std::optional they bind the value, if there is one. Python: pydantic.Field
struct Field {
  _Text alias{};             // the name outside C++, where it is not the member's: a keyword, a "-"
  _RequiredFlag required{};  // of a member: when it is not what its type and initialiser show
  _Bound gt{}, ge{}, lt{}, le{};
  long min_length = -1, max_length = -1;  // -1: no bound
};

// One member as KRAIT_DESCRIBE tells it.
template <class T>
struct _Member {
  using type = T;
  std::string_view name;  // in C++, whatever the alias
  std::string_view key;   // `,"name":`, ready to be written
  std::size_t offset;
  Field field;
};

template <class T>
constexpr _Member<T> _describe_member(std::string_view name, std::string_view key, std::size_t offset,
                                      Field field = {}) {
  return {name, key, offset, field};
}

struct _IgnoreMembers {
  template <class M>
  constexpr void operator()(const M&) const {}
  template <class E>
  constexpr void operator()(std::string_view, E) const {}
};

// T has a KRAIT_DESCRIBE.
template <class T>
concept Described = std::is_class_v<T> && requires(const T* type) { krait_describe_(type, _IgnoreMembers{}); };
// E has a KRAIT_DESCRIBE_ENUM.
template <class E>
concept DescribedEnum = std::is_enum_v<E> && requires(E value) { krait_describe_enum_(value, _IgnoreMembers{}); };

// Calls `visit(member)` for each member of T, in the order of its description; `member` is a _Member<type>.
template <Described T, class Visit>
constexpr void _for_each_member(Visit&& visit) {
  krait_describe_(static_cast<const T*>(nullptr), visit);
}
// Calls `visit(name, value)` for each value of E.
template <DescribedEnum E, class Visit>
constexpr void _for_each_enumerator(Visit&& visit) {
  krait_describe_enum_(E{}, visit);
}

#define KRAIT_DESCRIBE(Type, ...)                                                               \
  template <class Visit_>                                                                       \
  constexpr void krait_describe_(const Type*, Visit_&& visit) {                                 \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Winvalid-offsetof\"") \
        KRAIT_EACH_(KRAIT_MEMBER_, Type, __VA_ARGS__) _Pragma("clang diagnostic pop")           \
  }                                                                                             \
  static_assert(true)

#define KRAIT_DESCRIBE_ENUM(Type, ...)                        \
  template <class Visit_>                                     \
  constexpr void krait_describe_enum_(Type, Visit_&& visit) { \
    KRAIT_EACH_(KRAIT_ENUMERATOR_, Type, __VA_ARGS__)         \
  }                                                           \
  static_assert(true)

#define KRAIT_ENUMERATOR_(Type, name_) visit(::std::string_view(#name_), Type::name_);

// `name` or `(name, .constraint = …)`: the probe tells parentheses from a plain name.
#define KRAIT_MEMBER_(Type, member) KRAIT_PASTE_(KRAIT_MEMBER_, KRAIT_IN_PARENTHESES_(member))(Type, member)
#define KRAIT_MEMBER_0(Type, name_) \
  visit(::krait::_describe_member<decltype(Type::name_)>(#name_, ",\"" #name_ "\":", offsetof(Type, name_)));
#define KRAIT_MEMBER_1(Type, list) KRAIT_MEMBER_WITH_(Type, KRAIT_UNWRAP_ list)
#define KRAIT_MEMBER_WITH_(...) KRAIT_MEMBER_FIELD_(__VA_ARGS__)
#define KRAIT_MEMBER_FIELD_(Type, name_, ...)                                                               \
  visit(::krait::_describe_member<decltype(Type::name_)>(#name_, ",\"" #name_ "\":", offsetof(Type, name_), \
                                                         ::krait::Field{__VA_ARGS__}));
#define KRAIT_UNWRAP_(...) __VA_ARGS__
#define KRAIT_PASTE_(a, b) KRAIT_PASTE_NOW_(a, b)
#define KRAIT_PASTE_NOW_(a, b) a##b
#define KRAIT_IN_PARENTHESES_(x) KRAIT_SECOND_(KRAIT_PROBE_ x, 0, )
#define KRAIT_PROBE_(...) , 1
#define KRAIT_SECOND_(...) KRAIT_SECOND_NOW_(__VA_ARGS__)
#define KRAIT_SECOND_NOW_(first, second, ...) second

// KRAIT_EACH_(M, Type, a, b, …) is M(Type, a) M(Type, b) …, up to 256 of them.
#define KRAIT_EACH_(macro, Type, ...) __VA_OPT__(KRAIT_RESCAN_(KRAIT_EACH_STEP_(macro, Type, __VA_ARGS__)))
#define KRAIT_EACH_STEP_(macro, Type, x, ...) \
  macro(Type, x) __VA_OPT__(KRAIT_EACH_AGAIN_ KRAIT_NO_ARGUMENTS_(macro, Type, __VA_ARGS__))
#define KRAIT_EACH_AGAIN_() KRAIT_EACH_STEP_
#define KRAIT_NO_ARGUMENTS_ ()
#define KRAIT_RESCAN_(...) KRAIT_RESCAN_3_(KRAIT_RESCAN_3_(KRAIT_RESCAN_3_(KRAIT_RESCAN_3_(__VA_ARGS__))))
#define KRAIT_RESCAN_3_(...) KRAIT_RESCAN_2_(KRAIT_RESCAN_2_(KRAIT_RESCAN_2_(KRAIT_RESCAN_2_(__VA_ARGS__))))
#define KRAIT_RESCAN_2_(...) KRAIT_RESCAN_1_(KRAIT_RESCAN_1_(KRAIT_RESCAN_1_(KRAIT_RESCAN_1_(__VA_ARGS__))))
#define KRAIT_RESCAN_1_(...) KRAIT_RESCAN_0_(KRAIT_RESCAN_0_(KRAIT_RESCAN_0_(KRAIT_RESCAN_0_(__VA_ARGS__))))
#define KRAIT_RESCAN_0_(...) __VA_ARGS__

}  // namespace krait
