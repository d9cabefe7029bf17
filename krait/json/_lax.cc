#include "krait/json/_lax.h"

#include <algorithm>
#include <charconv>

#include "krait/json/_scanner.h"

namespace krait::json {

namespace {

// Rust's and Python's white space, which pydantic strips from a number's text.
std::string_view strip(std::string_view text) {
  const auto leading_space = [](std::string_view t) -> std::size_t {
    constexpr std::string_view wide[] = {"\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\xa8",
                                         "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};
    if (t.empty()) return 0;
    if (t[0] == ' ' || (t[0] >= '\t' && t[0] <= '\r')) return 1;
    for (std::string_view space : wide) {
      if (t.starts_with(space)) return space.size();
    }
    const bool en_quad_to_hair_space = t.size() >= 3 && t.starts_with("\xe2\x80") && t[2] >= '\x80' && t[2] <= '\x8a';
    return en_quad_to_hair_space ? 3 : 0;
  };
  while (const std::size_t n = leading_space(text)) text.remove_prefix(n);
  for (bool found = true; found && !text.empty();) {
    found = false;
    for (std::size_t n = 1; n <= std::min<std::size_t>(3, text.size()) && !found; ++n) {
      if (leading_space(text.substr(text.size() - n)) == n) {
        text.remove_suffix(n);
        found = true;
      }
    }
  }
  return text;
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Without "_", which may stand between two digits. False: one stands elsewhere.
bool drop_underscores(std::string_view text, std::string& out) {
  if (text.starts_with('_') || text.ends_with('_') || text.find("__") != std::string_view::npos) return false;
  for (char c : text) {
    if (c != '_') out += c;
  }
  return true;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

bool _lax_int(std::string_view text, std::string& out) {
  text = strip(text);
  bool negative = false;
  if (text.starts_with('+') || text.starts_with('-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const std::size_t dot = text.find('.');
  if (dot != std::string_view::npos) {
    const std::string_view zeros = text.substr(dot + 1);
    if (zeros.empty() || zeros.find_first_not_of('0') != std::string_view::npos) return false;
    text = text.substr(0, dot);
  }
  std::string digits;
  if (!drop_underscores(text, digits) || !all_digits(digits)) return false;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  out = negative ? "-" + digits : digits;
  return true;
}

bool _lax_float(std::string_view text, double& out) {
  std::string digits;
  if (!drop_underscores(strip(text), digits)) return false;
  std::string_view rest = digits;
  const bool signed_ = rest.starts_with('+') || rest.starts_with('-');
  const bool negative = rest.starts_with('-');
  if (signed_) rest.remove_prefix(1);
  const std::size_t first = rest.find_first_not_of('.');
  if (first == std::string_view::npos || first > 1 || rest[first] == '+' || rest[first] == '-') return false;
  double value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error == std::errc::invalid_argument || end != rest.data() + rest.size()) return false;
  if (rest.find('(') != std::string_view::npos) return false;  // C's "nan(…)"
  out = error == std::errc() ? value : _parse_double(rest);
  if (negative) out = -out;
  return true;
}

int _lax_bool(std::string_view text) {
  if (text.size() > 5) return -1;
  const std::string word = lower(text);
  for (std::string_view yes : {"1", "on", "t", "true", "y", "yes"}) {
    if (word == yes) return 1;
  }
  for (std::string_view no : {"0", "off", "f", "false", "n", "no"}) {
    if (word == no) return 0;
  }
  return -1;
}

}  // namespace krait::json
