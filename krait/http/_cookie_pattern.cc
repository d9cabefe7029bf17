// Python's pattern, ASCII only
//   \s* key (\s*=\s* value)? \s* (\s+ | ; | end)
//   key    := one or more of  letters digits _ ! # % & ' ~ ` > < @ , : / $ * + - . ^ | ) ( ? } { =        as few as fit
//   value  := "…" with \-escapes | a date, "Wdy, 09-Nov-1999 23:12:40 GMT" | none or more of key's characters, [ and ]
//
// A key may hold "=", and each length of it is a way to match: what follows is looked at once for all of them.

#include "krait/http/_cookie_pattern.h"

#include <array>

namespace krait::http::cookies {
namespace {

enum : unsigned char { kKey = 1, kValue = 2, kSpace = 4, kWord = 8, kDigit = 16 };

constexpr std::array<unsigned char, 256> classes = [] {
  std::array<unsigned char, 256> table{};
  const auto add = [&table](std::string_view bytes, int bits) {
    for (const char c : bytes) table[static_cast<unsigned char>(c)] |= static_cast<unsigned char>(bits);
  };
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", kKey | kValue | kWord);
  add("0123456789", kDigit);
  add("!#%&'~`><@,:/$*+-.^|)(?}{=", kKey | kValue);
  add("[]", kValue);
  add(" \t\n\r\f\v", kSpace);
  return table;
}();

bool is(char c, unsigned char bits) { return (classes[static_cast<unsigned char>(c)] & bits) != 0; }

// Python: \w{3},\s[\w\d\s-]{9,11}\s[\d:]{8}\sGMT with `middle` characters between the blanks; 0: it is none.
std::size_t date_size(std::string_view text, std::size_t middle) {
  const std::size_t size = 3 + 2 + middle + 1 + 8 + 1 + 3;
  if (text.size() < size) return 0;
  std::size_t at = 0;
  const auto take = [&](std::size_t count, unsigned char bits, char other) {
    for (; count > 0; --count, ++at) {
      if (!is(text[at], bits) && text[at] != other) return false;
    }
    return true;
  };
  const bool fits = take(3, kWord, 'a') && take(1, 0, ',') && take(1, kSpace, ' ') &&
                    take(middle, kWord | kSpace, '-') && take(1, kSpace, ' ') && take(8, kDigit, ':') &&
                    take(1, kSpace, ' ') && text.substr(at, 3) == "GMT";
  return fits ? size : 0;
}

}  // namespace

std::size_t _CookiePattern::spaces_end(std::size_t at) const {
  while (at < text_.size() && is(text_[at], kSpace)) ++at;
  return at;
}

// \s*(\s+|;|$)
std::optional<std::size_t> _CookiePattern::terminator(std::size_t at) const {
  const std::size_t end = spaces_end(at);
  if (end < text_.size() && text_[end] == ';') return end + 1;
  if (end == text_.size() || end > at) return end;
  return std::nullopt;
}

// "(?:[^\\"]|\\.)*"
std::optional<std::size_t> _CookiePattern::quoted_end(std::size_t at) const {
  for (++at; at < text_.size(); ++at) {
    if (text_[at] == '"') return at + 1;
    if (text_[at] == '\\' && (++at == text_.size() || text_[at] == '\n')) return std::nullopt;
  }
  return std::nullopt;
}

std::size_t _CookiePattern::plain_end(std::size_t at) {
  if (at < run_start_ || at >= run_end_) {
    run_start_ = run_end_ = at;
    while (run_end_ < text_.size() && is(text_[run_end_], kValue)) ++run_end_;
  }
  return run_end_;
}

// The value at `at`, behind the "=".
std::optional<_Pair> _CookiePattern::with_value(std::string_view key, std::size_t at) {
  const std::size_t start = spaces_end(at);
  const auto pair = [&](std::size_t end) -> std::optional<_Pair> {
    const std::optional<std::size_t> next = terminator(end);
    return next ? std::optional<_Pair>({key, text_.substr(start, end - start), *next}) : std::nullopt;
  };
  if (start < text_.size() && text_[start] == '"') {
    if (const auto end = quoted_end(start)) {
      if (auto found = pair(*end)) return found;
    }
  }
  for (const std::size_t middle : {11, 10, 9}) {
    if (const std::size_t size = date_size(text_.substr(start), middle)) {
      if (auto found = pair(start + size)) return found;
    }
  }
  if (auto found = pair(plain_end(start))) return found;
  // The blanks behind the "=" may end an empty value.
  if (start > at) return _Pair{key, text_.substr(start, 0), start};
  return std::nullopt;
}

std::optional<_Pair> _CookiePattern::match(std::size_t start) {
  start = spaces_end(start);
  std::size_t end = start;
  while (end < text_.size() && is(text_[end], kKey)) {
    const std::string_view key = text_.substr(start, ++end - start);
    const std::size_t equals = spaces_end(end);
    if (equals < text_.size() && text_[equals] == '=') {
      if (auto found = with_value(key, equals + 1)) return found;
    }
    if (const auto next = terminator(end)) return _Pair{key, std::nullopt, *next};
  }
  return std::nullopt;
}

}  // namespace krait::http::cookies
