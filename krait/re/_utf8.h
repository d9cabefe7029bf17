#pragma once
// UTF-8, as subjects and patterns come: checked once, then trusted.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace krait::re {

// What the bytes of a subject are known to be.
enum class Encoding : unsigned char {
  Ascii,
  Utf8,
  Unchecked,  // UTF-8 as it seems; what is none of it matches nothing
  Bytes,      // the subject of a bytes pattern
};

// Ascii or Utf8. Throws UnicodeDecodeError with Python's text for what is neither.
Encoding check_utf8(std::string_view text);
std::u32string decode_utf8(std::string_view text);
// Each byte as one character.
std::u32string decode_latin1(std::string_view bytes);
void append_utf8(std::string& out, char32_t code);
std::string encode_utf8(std::u32string_view text);

inline bool is_continuation(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

}  // namespace krait::re
