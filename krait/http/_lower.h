#pragma once
// Lower case, of ASCII alone: what HTTP and mail compare by.

#include <string>

namespace krait::http {

constexpr char _lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

inline std::string _lower(std::string text) {
  for (char& c : text) c = _lower(c);
  return text;
}

}  // namespace krait::http
