#include "krait/logging/_characters.h"

#include <cxxabi.h>

#include <cstdlib>

namespace krait::logging {

_Character _decode(std::string_view text, std::size_t at) noexcept {
  const auto byte = [text](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(at);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  char32_t value = first & (0xffU >> (size + 1));
  bool good = first >= 0xc2 && first <= 0xf4;
  for (std::size_t i = 1; i < size && good; ++i) {
    good = (byte(at + i) & 0xc0U) == 0x80;
    value = value << 6 | (byte(at + i) & 0x3fU);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (good && value >= kSmallest[size] && value < 0x110000 && (value < 0xd800 || value > 0xdfff)) return {value, size};
  return {0xdc00 + first, 1};
}

std::size_t _length(std::string_view text) noexcept {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += _decode(text, at).size) ++count;
  return count;
}

std::string_view _first(std::string_view text, std::size_t count) noexcept {
  std::size_t at = 0;
  for (; count > 0 && at < text.size(); --count) at += _decode(text, at).size;
  return text.substr(0, at);
}

void _append_character(std::string& text, char32_t value) {
  const auto put = [&text](char32_t byte) { text += static_cast<char>(byte); };
  if (value < 0x80) {
    put(value);
  } else if (value < 0x800) {
    put(0xc0 | value >> 6);
    put(0x80 | (value & 0x3f));
  } else if (value < 0x10000) {
    put(0xe0 | value >> 12);
    put(0x80 | (value >> 6 & 0x3f));
    put(0x80 | (value & 0x3f));
  } else {
    put(0xf0 | value >> 18);
    put(0x80 | (value >> 12 & 0x3f));
    put(0x80 | (value >> 6 & 0x3f));
    put(0x80 | (value & 0x3f));
  }
}

std::string _class_name(const std::type_info& type) {
  char* demangled = abi::__cxa_demangle(type.name(), nullptr, nullptr, nullptr);
  std::string name = demangled ? demangled : type.name();
  std::free(demangled);
  const std::size_t colons = name.rfind("::", name.find('<'));
  return colons == name.npos ? name : name.substr(colons + 2);
}

}  // namespace krait::logging
