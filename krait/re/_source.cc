#include "krait/re/_source.h"

#include <algorithm>

#include "krait/builtins/repr.h"
#include "krait/re/_unicode.h"
#include "krait/re/_utf8.h"

namespace krait::re {

bool Token::is_hex() const noexcept {
  return size == 1 &&
         ((first >= U'0' && first <= U'9') || (first >= U'a' && first <= U'f') || (first >= U'A' && first <= U'F'));
}

Source::Source(std::string_view text, bool is_text)
    : text_(text), is_text_(is_text), characters_(is_text ? decode_utf8(text) : decode_latin1(text)) {
  advance();
}

void Source::advance() {
  next_ = {};
  if (index_ >= characters_.size()) return;
  next_ = {characters_[index_], 0, 1};
  if (next_.first == U'\\') {
    if (index_ + 1 == characters_.size()) fail_at("bad escape (end of pattern)", static_cast<std::ptrdiff_t>(index_));
    next_.second = characters_[index_ + 1];
    next_.size = 2;
  }
  index_ += next_.size;
}

Token Source::get() {
  const Token taken = next_;
  advance();
  return taken;
}

bool Source::match(char32_t code) {
  if (!next_.is(code)) return false;
  advance();
  return true;
}

void Source::get_while(std::u32string& to, std::size_t n, bool (Token::*test)() const noexcept) {
  for (; n > 0 && (next_.*test)(); --n) to += get().first;
}

std::u32string Source::get_until(char32_t terminator, std::string_view name) {
  std::u32string result;
  while (true) {
    const Token token = get();
    if (token.at_end()) {
      if (result.empty()) fail("missing " + std::string(name));
      fail("missing " + std::string(1, static_cast<char>(terminator)) + ", unterminated name", result.size());
    }
    if (token.is(terminator)) {
      if (result.empty()) fail("missing " + std::string(name), 1);
      return result;
    }
    result += token.text();
  }
}

void Source::seek(std::ptrdiff_t index) {
  index_ = static_cast<std::size_t>(index);
  advance();
}

void Source::fail(const std::string& msg, std::size_t offset) const {
  fail_at(msg, tell() - static_cast<std::ptrdiff_t>(offset));
}

void Source::fail_at(const std::string& msg, std::ptrdiff_t pos) const {
  throw PatternError(is_text_ ? msg : _only_ascii(msg), std::string(text_), characters_, pos);
}

void Source::check_group_name(std::u32string_view name, std::size_t offset) const {
  const bool ascii = std::ranges::all_of(name, [](char32_t code) { return code < 0x80; });
  const bool identifier = !name.empty() && contains(kIdentifierStart, name.front()) &&
                          std::ranges::all_of(name, [](char32_t code) { return contains(kIdentifierPart, code); });
  if (identifier && (is_text_ || ascii)) return;
  fail("bad character in group name " + repr(name, !is_text_), name.size() + offset);
}

std::string repr(std::u32string_view text, bool ascii) {
  return ascii ? krait::ascii(encode_utf8(text)) : krait::repr(encode_utf8(text));
}

std::uint64_t to_number(std::u32string_view digits) {
  if (digits.size() > 4300) {
    throw ValueError("Exceeds the limit (4300 digits) for integer string conversion: value has " +
                     std::to_string(digits.size()) + " digits; use sys.set_int_max_str_digits() to increase the limit");
  }
  std::uint64_t value = 0;
  for (const char32_t digit : digits) {
    const std::uint64_t unit = digit - U'0';
    if (value > (~std::uint64_t{0} - unit) / 10) return ~std::uint64_t{0};
    value = value * 10 + unit;
  }
  return value;
}

}  // namespace krait::re
