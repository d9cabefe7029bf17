#pragma once
// A pattern or template as a row of tokens: a character, or a backslash with the character after it.

#include <cstddef>
#include <string>
#include <string_view>

#include "krait/re/error.h"

namespace krait::re {

// One character, an escape ('\\' first), or the end.
struct Token {
  char32_t first = 0, second = 0;
  unsigned char size = 0;

  bool at_end() const noexcept { return size == 0; }
  bool is(char32_t code) const noexcept { return size == 1 && first == code; }
  bool is_escape() const noexcept { return size == 2; }
  bool is_digit() const noexcept { return size == 1 && first >= U'0' && first <= U'9'; }
  bool is_octal() const noexcept { return size == 1 && first >= U'0' && first <= U'7'; }
  bool is_hex() const noexcept;
  std::u32string text() const { return std::u32string{first, second}.substr(0, size); }
};

class Source {
 public:
  // `text` must stay: errors carry it. It is UTF-8, or bytes when not `is_text`. Throws UnicodeDecodeError.
  Source(std::string_view text, bool is_text);

  bool is_text() const noexcept { return is_text_; }
  const Token& next() const noexcept { return next_; }
  Token get();
  bool match(char32_t code);
  // Appends up to `n` next tokens that `test` takes.
  void get_while(std::u32string& to, std::size_t n, bool (Token::*test)() const noexcept);
  // What stands before `terminator`, which is taken, too. `name` says what it is in the error for its lack.
  std::u32string get_until(char32_t terminator, std::string_view name);

  // Where the next token begins, in characters.
  std::ptrdiff_t tell() const noexcept { return static_cast<std::ptrdiff_t>(index_) - next_.size; }
  void seek(std::ptrdiff_t index);

  // Throws PatternError for what is `offset` characters before the next token.
  [[noreturn]] void fail(const std::string& msg, std::size_t offset = 0) const;
  [[noreturn]] void fail_at(const std::string& msg, std::ptrdiff_t pos) const;
  // Throws PatternError when `name`, which ended `offset` characters ago, is no identifier.
  void check_group_name(std::u32string_view name, std::size_t offset) const;

 private:
  void advance();

  std::string_view text_;
  bool is_text_;
  std::u32string characters_;
  std::size_t index_ = 0;
  Token next_;
};

// Python: repr(text); ascii(text) when `ascii`
std::string repr(std::u32string_view text, bool ascii = false);
// The number that `digits` write, at most 2^64 - 1. Throws ValueError for more than 4300 of them, as Python's int does.
std::uint64_t to_number(std::u32string_view digits);

}  // namespace krait::re
