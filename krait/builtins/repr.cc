#include "krait/builtins/repr.h"

#include <algorithm>

#include "krait/builtins/_unprintable.h"

namespace krait {
namespace {

// The code point that `text`, which is not empty, begins with, and its bytes; a byte that is no UTF-8 is U+DC00 plus itself.
struct Character {
  char32_t point;
  std::size_t size;
};

Character first_of(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const Character none{0xdc00U + lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (size == 0 || lead > 0xf4 || text.size() < size) return none;
  char32_t point = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return none;
    point = point << 6U | (byte(i) & 0x3fU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xd800 && point < 0xe000;
  return point < kLeast[size] || point > 0x10ffff || surrogate ? none : Character{point, size};
}

char quote_for(std::string_view text) noexcept {
  return text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
}

// "\x1f", "\u200b" or "\U000e0001"
void append_escape(std::string& out, char32_t c) {
  constexpr char kHex[] = "0123456789abcdef";
  const int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
  out += digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kHex[c >> shift & 15U];
}

void append_ascii(std::string& out, char c, char quote) {
  if (c == quote || c == '\\') {
    (out += '\\') += c;
  } else if (c == '\n' || c == '\r' || c == '\t') {
    out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
  } else if (c < ' ' || c == '\x7f') {
    append_escape(out, static_cast<unsigned char>(c));
  } else {
    out += c;
  }
}

}  // namespace

bool _is_printable(char32_t c) noexcept {
  return (std::ranges::upper_bound(_unprintable, c) - _unprintable.begin()) % 2 == 0;
}

std::string repr(std::string_view text) {
  const char quote = quote_for(text);
  std::string out;
  out.reserve(text.size() + 2);
  out += quote;
  while (!text.empty()) {
    const Character c = first_of(text);
    if (c.point < 0x80) {
      append_ascii(out, text[0], quote);
    } else if (_is_printable(c.point)) {
      out.append(text, 0, c.size);
    } else {
      append_escape(out, c.point);
    }
    text.remove_prefix(c.size);
  }
  return out += quote;
}

std::string _only_ascii(std::string_view shown) {
  std::string out;
  out.reserve(shown.size());
  while (!shown.empty()) {
    const Character c = first_of(shown);
    if (c.point < 0x80) {
      out += shown[0];
    } else {
      append_escape(out, c.point);
    }
    shown.remove_prefix(c.size);
  }
  return out;
}

std::string ascii(std::string_view text) { return _only_ascii(repr(text)); }

std::string repr_bytes(std::string_view data) {
  const char quote = quote_for(data);
  std::string out = "b";
  out += quote;
  for (const char c : data) {
    if ((c & 0x80) == 0) {
      append_ascii(out, c, quote);
    } else {
      append_escape(out, static_cast<unsigned char>(c));
    }
  }
  return out += quote;
}

}  // namespace krait
