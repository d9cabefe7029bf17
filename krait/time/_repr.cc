#include "krait/time/_repr.h"

namespace krait::time {

namespace {

constexpr char kHex[] = "0123456789abcdef";

void put_hex(std::string& out, unsigned value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kHex[value >> shift & 15U];
}

void put_ascii(std::string& out, char c, char quote) {
  if (c == quote || c == '\\') {
    out += '\\';
    out += c;
  } else if (c == '\n') {
    out += "\\n";
  } else if (c == '\r') {
    out += "\\r";
  } else if (c == '\t') {
    out += "\\t";
  } else if (c < ' ' || c == '\x7f') {
    out += "\\x";
    put_hex(out, static_cast<unsigned char>(c), 2);
  } else {
    out += c;
  }
}

// The character of two or three bytes at the start of `text` when Python escapes it, else 0.
unsigned escaped(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  if (byte(0) == 0xc2 && (byte(1) & 0xc0U) == 0x80) {
    const unsigned c = byte(1);
    return c <= 0xa0 || c == 0xad ? c : 0;
  }
  if (byte(0) < 0xe1 || byte(0) > 0xe3 || (byte(1) & 0xc0U) != 0x80 || (byte(2) & 0xc0U) != 0x80) return 0;
  const unsigned c = (byte(0) & 15U) << 12U | (byte(1) & 63U) << 6U | (byte(2) & 63U);
  const bool separator = c == 0x1680 || (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) ||
                         (c >= 0x205f && c <= 0x206f) || c == 0x3000;
  return separator ? c : 0;
}

}  // namespace

std::string _repr(std::string_view text) {
  const char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  std::string out(1, quote);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      put_ascii(out, text[i], quote);
    } else if (const unsigned c = escaped(text.substr(i)); c != 0) {
      out += c < 0x100 ? "\\x" : "\\u";
      put_hex(out, c, c < 0x100 ? 2 : 4);
      i += c < 0x100 ? 1 : 2;
    } else {
      out += text[i];
    }
  }
  out += quote;
  return out;
}

}  // namespace krait::time
