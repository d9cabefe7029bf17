#include "krait/web/_text.h"

#include <cstdint>
#include <cstring>

#include "krait/builtins/exceptions.h"
#include "krait/json/_unicode.h"

namespace krait::web {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The byte of an escape at the start of `text`, or -1.
int escaped_byte(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return -1;
  const int high = hex_digit(text[1]), low = hex_digit(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The bytes that escapes stand for are decoded together with the ASCII around them; what is beyond ASCII already stays.
void append_bytes_unquoted(std::string_view text, std::string& out) {
  const std::size_t before = out.size();
  while (!text.empty()) {
    const int byte = escaped_byte(text);
    out += byte < 0 ? text[0] : static_cast<char>(byte);
    text.remove_prefix(byte < 0 ? 1 : 3);
  }
  const std::string_view decoded = std::string_view(out).substr(before);
  if (json::_utf8_fault(decoded, false) == decoded.size()) return;
  const std::string replaced = json::_replace_invalid_utf8(decoded);
  out.resize(before);
  out += replaced;
}

}  // namespace

bool _is_ascii(std::string_view text) noexcept {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if (json::_has_high_bit(word)) return false;
  }
  for (; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) >= 0x80) return false;
  }
  return true;
}

void _append_unquoted(std::string_view text, std::string& out) { append_bytes_unquoted(text, out); }

void _append_latin1(std::string_view bytes, std::string& out) {
  for (char c : bytes) json::_append_utf8(static_cast<unsigned char>(c), out);
}

namespace {

// One name or value of a query: itself when it needs no decoding, else its text at the end of `storage`.
std::string_view decode_query(std::string_view text, std::string& storage) {
  if (text.find_first_of("%+") == std::string_view::npos && _is_ascii(text)) return text;
  const std::size_t before = storage.size();
  // Runs of ASCII are unquoted one by one: the bytes of one run cannot complete a character of another.
  while (!text.empty()) {
    std::size_t n = 0;
    while (n < text.size() && static_cast<unsigned char>(text[n]) < 0x80) ++n;
    const std::size_t run = storage.size();
    storage.append(text.substr(0, n));
    for (std::size_t i = run; i < storage.size(); ++i) {
      if (storage[i] == '+') storage[i] = ' ';
    }
    const std::string ascii = storage.substr(run);
    storage.resize(run);
    append_bytes_unquoted(ascii, storage);
    text.remove_prefix(n);
    if (text.empty()) break;
    _append_latin1(text.substr(0, 1), storage);
    text.remove_prefix(1);
  }
  return std::string_view(storage).substr(before);
}

}  // namespace

void _parse_query(std::string_view query, MultiDict& pairs, std::string& storage) {
  storage.clear();
  storage.reserve(2 * query.size());
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    const std::string_view name = decode_query(pair.substr(0, equals), storage);
    pairs._add({name, decode_query(value, storage)});
  }
}

namespace {

std::string_view strip_spaces(std::string_view text) {
  constexpr std::string_view spaces = " \t\n\r\f\v";
  const std::size_t first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

bool is_octal(std::string_view text) {
  return text.size() >= 3 && text[0] >= '0' && text[0] <= '3' && text[1] >= '0' && text[1] <= '7' && text[2] >= '0' &&
         text[2] <= '7';
}

// Python: http.cookies._unquote
std::string_view unquote_cookie(std::string_view value, std::string& storage) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  if (quoted) value = value.substr(1, value.size() - 2);
  if ((!quoted || value.find('\\') == std::string_view::npos) && _is_ascii(value)) return value;
  const std::size_t before = storage.size();
  while (!value.empty()) {
    std::size_t taken = 1;
    char byte = value[0];
    if (quoted && byte == '\\' && value.size() > 1) {
      const bool octal = is_octal(value.substr(1));
      byte = octal ? static_cast<char>((value[1] - '0') * 64 + (value[2] - '0') * 8 + (value[3] - '0')) : value[1];
      taken = octal ? 4 : 2;
    }
    _append_latin1({&byte, 1}, storage);
    value.remove_prefix(taken);
  }
  return std::string_view(storage).substr(before);
}

}  // namespace

void _parse_cookies(std::string_view header, MultiDict& pairs, std::string& storage) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view chunk = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    const std::size_t equals = chunk.find('=');
    const bool named = equals != std::string_view::npos;
    const std::string_view name = named ? strip_spaces(chunk.substr(0, equals)) : std::string_view();
    const std::string_view value = strip_spaces(named ? chunk.substr(equals + 1) : chunk);
    if (!name.empty() || !value.empty()) pairs._add({name, unquote_cookie(value, storage)});
  }
}

std::string _quote_cookie(std::string_view value) {
  constexpr std::string_view legal = "!#$%&'*+-.^_`|~:";
  constexpr std::string_view plain_within_quotes = "!#$%&'*+-.^_`|~: ()/<=>?@[]{}";
  bool needs_quotes = value.empty();
  for (char c : value) needs_quotes |= !is_alphanumeric(c) && legal.find(c) == std::string_view::npos;
  if (!needs_quotes) return std::string(value);
  std::string out = "\"";
  while (!value.empty()) {
    const json::_CodePoint next = json::_decode_utf8(value, false);
    if (next.size == 0 || next.value > 0xff) {
      throw ValueError("cannot set a cookie: its value has a character beyond Latin-1, which a header cannot hold");
    }
    const char c = static_cast<char>(next.value);
    if (next.value < 0x80 && (is_alphanumeric(c) || plain_within_quotes.find(c) != std::string_view::npos)) {
      out += c;
    } else if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else {
      const auto octal = [&](int shift) { return static_cast<char>('0' + (next.value >> shift & 7)); };
      out.append({'\\', octal(6), octal(3), octal(0)});
    }
    value.remove_prefix(next.size);
  }
  return out + '"';
}

std::string _quote(std::string_view text, std::string_view safe) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    if (is_alphanumeric(c) || std::string_view("_.-~").find(c) != std::string_view::npos ||
        safe.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
  }
  return out;
}

}  // namespace krait::web
