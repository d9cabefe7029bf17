#pragma once
// Which bytes HTTP's grammar allows where, as one table of bits.

#include <array>
#include <cstdint>
#include <string_view>

namespace krait::http {

enum _CharacterClass : std::uint8_t {
  _token = 1,        // RFC 9110, 5.6.2: tchar
  _field_value = 2,  // RFC 9110, 5.5: field-vchar (VCHAR, obs-text), SP and HTAB
  _path = 4,         // a request target before its "?": see krait/wire/h1/target.h
  _query = 8,        // … and after it
  _host = 16,        // RFC 3986, 3.2.2: reg-name
  _digit = 32,
};

inline constexpr auto _characters = [] {
  std::array<std::uint8_t, 256> table{};
  const auto add = [&table](std::string_view bytes, int classes) {
    for (char c : bytes) table[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(classes);
  };
  const auto remove = [&table](std::string_view bytes, int classes) {
    for (char c : bytes) table[static_cast<unsigned char>(c)] &= static_cast<std::uint8_t>(~classes);
  };
  for (int c = 0x21; c < 0x7f; ++c) table[static_cast<std::size_t>(c)] = _field_value | _path | _query;
  remove("#\"<>", _path | _query);
  remove("\\?", _path);
  for (int c = 0x80; c < 0x100; ++c) table[static_cast<std::size_t>(c)] = _field_value;
  add(" \t", _field_value);
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", _token | _host);
  add("0123456789", _digit);
  add("!#$%&'*+-.^_`|~", _token);
  add("-._~%!$&'()*+,;=", _host);
  return table;
}();

constexpr bool _is(char c, std::uint8_t classes) noexcept {
  return (_characters[static_cast<unsigned char>(c)] & classes) != 0;
}

}  // namespace krait::http
