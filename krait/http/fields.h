#pragma once
// Header fields: a name and a value, what may stand in them, and how they compare.
//
//   Header h{"Content-Type", "text/plain"};
//   equals_ignoring_case(h.name, "content-type")   // true
//   is_token("X-Id")                               // true: a legal name

#include <optional>
#include <span>
#include <string_view>

namespace krait::http {

// One field line. It owns nothing: whoever hands it out says how long its text lives.
struct Header {
  std::string_view name;
  std::string_view value;

  bool operator==(const Header&) const = default;
};

// A name or a method: one or more of the letters, digits and !#$%&'*+-.^_`|~ (RFC 9110, 5.6.2).
bool is_token(std::string_view text) noexcept;
// A field's value: no control character but the tab, hence no CR, LF or NUL. Bytes from 128 up are allowed (obs-text).
bool is_field_value(std::string_view text) noexcept;

// Compares as HTTP compares names: the 26 ASCII letters without case, all else exactly.
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

// The value of the first field of this name, whatever its case. Python: Headers.get(name)
std::optional<std::string_view> find(std::span<const Header> headers, std::string_view name) noexcept;

// `text` without spaces and tabs at both ends (OWS). Python: text.strip(" \t")
std::string_view strip(std::string_view text) noexcept;

// True when `value` is a comma-separated list that holds `token`, whatever its case: has_token("Keep-Alive, Upgrade",
// "upgrade").
bool has_token(std::string_view value, std::string_view token) noexcept;

}  // namespace krait::http
