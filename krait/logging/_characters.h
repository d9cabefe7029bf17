#pragma once
// UTF-8 one code point at a time: widths, precisions and positions are counted in these, as Python counts them.

#include <cstddef>
#include <string>
#include <string_view>
#include <typeinfo>

namespace krait::logging {

// A byte that belongs to no character is one by itself, and its value is what Python's surrogateescape makes of it: 0xdc80…
struct _Character {
  char32_t value;
  std::size_t size;
};
_Character _decode(std::string_view text, std::size_t at) noexcept;

// Python: len(text)
std::size_t _length(std::string_view text) noexcept;
// Python: text[:count]
std::string_view _first(std::string_view text, std::size_t count) noexcept;
// Python: chr(value); the values that are no characters are written as their three bytes would be.
void _append_character(std::string& text, char32_t value);

// "ValueError", as krait::type_name names what an exception_ptr holds.
std::string _class_name(const std::type_info& type);

}  // namespace krait::logging
