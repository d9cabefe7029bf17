#include "krait/urllib/parse/quote.h"

#include <array>
#include <cstdint>

#include "krait/urllib/parse/_text.h"

namespace krait::urllib::parse {
namespace {

using Safe = std::array<bool, 256>;

constexpr Safe always_safe = [] {
  Safe safe{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")) {
    safe[static_cast<unsigned char>(c)] = true;
  }
  return safe;
}();

// The value of each hex digit, -1 for all else.
constexpr std::array<std::int8_t, 256> hex_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < 10; ++i) values['0' + i] = static_cast<std::int8_t>(i);
  for (std::size_t i = 0; i < 6; ++i) {
    values['a' + i] = values['A' + i] = static_cast<std::int8_t>(10 + i);
  }
  return values;
}();

std::string escape(std::string_view bytes, std::string_view more, bool plus) {
  Safe safe = always_safe;
  for (const char c : more) safe[static_cast<unsigned char>(c)] = (c & 0x80) == 0;
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string result;
  result.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (safe[byte]) {
      result += c;
    } else if (plus && c == ' ') {
      result += '+';
    } else {
      ((result += '%') += kHex[byte >> 4]) += kHex[byte & 15U];
    }
  }
  // With " " in `safe`, Python's quote_plus replaces it all the same.
  if (plus && safe[static_cast<unsigned char>(' ')]) {
    for (char& c : result) c = c == ' ' ? '+' : c;
  }
  return result;
}

}  // namespace

std::string quote(std::string_view string, std::string_view safe) { return escape(string, safe, false); }
std::string quote_from_bytes(std::string_view bytes, std::string_view safe) { return escape(bytes, safe, false); }
std::string quote_plus(std::string_view string, std::string_view safe) { return escape(string, safe, true); }

std::string unquote_to_bytes(std::string_view string) {
  std::string result;
  result.reserve(string.size());
  while (true) {
    const std::size_t percent = string.find('%');
    result.append(string.substr(0, percent));
    if (percent == string.npos) return result;
    string.remove_prefix(percent);
    const auto digit = [string](std::size_t i) {
      return i < string.size() ? hex_values[static_cast<unsigned char>(string[i])] : std::int8_t{-1};
    };
    if (digit(1) >= 0 && digit(2) >= 0) {
      result += static_cast<char>(digit(1) * 16 + digit(2));
      string.remove_prefix(3);
    } else {
      result += '%';
      string.remove_prefix(1);
    }
  }
}

// Escapes are decoded a run of ASCII at a time: a character that stands there itself ends an unfinished sequence.
std::string unquote(std::string_view string, std::string_view encoding, std::string_view errors) {
  if (string.find('%') == string.npos) return std::string(string);
  std::string result;
  result.reserve(string.size());
  const auto is_ascii = [](char c) { return (c & 0x80) == 0; };
  for (std::size_t at = 0; at < string.size();) {
    std::size_t end = at;
    while (end < string.size() && is_ascii(string[end]) == is_ascii(string[at])) ++end;
    const std::string_view run = string.substr(at, end - at);
    result += is_ascii(run[0]) ? _decode(unquote_to_bytes(run), encoding, errors) : std::string(run);
    at = end;
  }
  return result;
}

std::string unquote_plus(std::string_view string, std::string_view encoding, std::string_view errors) {
  std::string text(string);
  for (char& c : text) c = c == '+' ? ' ' : c;
  return unquote(text, encoding, errors);
}

}  // namespace krait::urllib::parse
