#include "krait/http/fields.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "krait/http/_characters.h"
#include "krait/http/_lower.h"

namespace krait::http {
namespace {

constexpr std::uint64_t every(std::uint8_t byte) { return 0x0101010101010101u * byte; }

std::uint64_t load(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// True when one of the eight bytes is a control character other than the tab, or when a byte from 128 up makes that
// uncertain: the caller then asks the table.
bool suspicious(std::uint64_t word) {
  const std::uint64_t below_space = (word - every(0x20)) | word;
  const std::uint64_t del = (word ^ every(0x7f)) - every(0x01);
  return ((below_space | del) & every(0x80)) != 0;
}

bool all(std::string_view text, std::uint8_t classes) {
  return std::all_of(text.begin(), text.end(), [classes](char c) { return _is(c, classes); });
}

}  // namespace

bool is_token(std::string_view text) noexcept { return !text.empty() && all(text, _token); }

bool is_field_value(std::string_view text) noexcept {
  const std::size_t size = text.size();
  if (size < 8) return all(text, _field_value);
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    if (suspicious(load(text.data() + i))) return all(text, _field_value);
  }
  return !suspicious(load(text.data() + size - 8)) || all(text, _field_value);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return _lower(x) == _lower(y); });
}

std::optional<std::string_view> find(std::span<const Header> headers, std::string_view name) noexcept {
  for (const Header& header : headers) {
    if (equals_ignoring_case(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::string_view strip(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool has_token(std::string_view value, std::string_view token) noexcept {
  while (true) {
    const std::size_t comma = value.find(',');
    if (equals_ignoring_case(strip(value.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    value.remove_prefix(comma + 1);
  }
}

}  // namespace krait::http
