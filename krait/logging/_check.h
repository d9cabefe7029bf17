#pragma once
// The check of a message that is a literal, while it is compiled: what Python would print as a logging error at run time is
// here an error of the compiler, which names the same fault.

#include <cstddef>
#include <string_view>

#include "krait/logging/value.h"

namespace krait::logging {

// What a conversion may be asked of. Text of one character is Text: only the run time knows its length.
enum class _Kind : unsigned char { Int, Float, Text, Dict, Unknown, Options };

struct Kwargs;

template <class T>
constexpr _Kind _kind_of() {
  if constexpr (std::is_same_v<T, Kwargs>) {
    return _Kind::Options;
  } else if constexpr (std::is_same_v<T, char> || std::is_convertible_v<const T&, std::string_view>) {
    return _Kind::Text;
  } else if constexpr (std::is_integral_v<T>) {
    return _Kind::Int;
  } else if constexpr (std::is_floating_point_v<T>) {
    return _Kind::Float;
  } else if constexpr (std::is_same_v<T, Dict> || _DictLike<T>) {
    return _Kind::Dict;
  } else {
    return _Kind::Unknown;  // an optional, a Value, an enum, an object
  }
}

// Not constexpr: a call of one of them is what the compiler complains about.
void _not_enough_arguments_for_format_string();
void _not_all_arguments_converted_during_string_formatting();
void _unsupported_format_character();
void _incomplete_format();
void _incomplete_format_key();
void _format_requires_a_mapping();
void _star_wants_int();
void _format_an_integer_is_required();
void _format_a_real_number_is_required();
void _c_requires_int_or_char();

constexpr void _check_conversion(char conversion, _Kind kind) {
  if (std::string_view("sracdiuoxXeEfFgG").find(conversion) == std::string_view::npos) _unsupported_format_character();
  if (kind == _Kind::Unknown || std::string_view("sra").find(conversion) != std::string_view::npos) return;
  if (conversion == 'c') {
    if (kind != _Kind::Int && kind != _Kind::Text) _c_requires_int_or_char();
  } else if (std::string_view("oxX").find(conversion) != std::string_view::npos) {
    if (kind != _Kind::Int) _format_an_integer_is_required();
  } else if (kind != _Kind::Int && kind != _Kind::Float) {
    _format_a_real_number_is_required();
  }
}

// `kinds` are those of the arguments, of which there is at least one: without arguments a message is no format.
constexpr void _check_format(std::string_view format, const _Kind* kinds, std::size_t count) {
  const bool mapping = count == 1 && (kinds[0] == _Kind::Dict || kinds[0] == _Kind::Unknown);
  std::size_t taken = 0, at = 0;
  bool named = false, any_named = false;
  const auto next = [&]() -> _Kind {
    if (named) return _Kind::Unknown;
    if (taken < count) return kinds[taken++];
    _not_enough_arguments_for_format_string();
    return _Kind::Unknown;
  };
  const auto number = [&] {
    if (at < format.size() && format[at] == '*') {
      const _Kind kind = next();
      if (kind != _Kind::Int && kind != _Kind::Unknown) _star_wants_int();
      ++at;
      return;
    }
    while (at < format.size() && format[at] >= '0' && format[at] <= '9') ++at;
  };
  while ((at = format.find('%', at)) != std::string_view::npos) {
    if (++at < format.size() && format[at] == '%') {
      ++at;
      continue;
    }
    named = false;
    if (at < format.size() && format[at] == '(') {
      if (!mapping) _format_requires_a_mapping();
      named = any_named = true;
      int depth = 0;
      do {
        if (at >= format.size()) _incomplete_format_key();
        depth += format[at] == '(' ? 1 : format[at] == ')' ? -1 : 0;
        ++at;
      } while (depth > 0);
    }
    while (at < format.size() && std::string_view("-+ #0").find(format[at]) != std::string_view::npos) ++at;
    number();
    if (at < format.size() && format[at] == '.') {
      ++at;
      number();
    }
    if (at < format.size() && std::string_view("hlL").find(format[at]) != std::string_view::npos) ++at;
    if (at >= format.size()) _incomplete_format();
    _check_conversion(format[at], next());
    ++at;
  }
  if (taken < count && !any_named && !(count == 1 && kinds[0] == _Kind::Dict)) {
    _not_all_arguments_converted_during_string_formatting();
  }
}

}  // namespace krait::logging
