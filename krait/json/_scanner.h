#pragma once
// JSON's tokens, and CPython's words for what is wrong with them. (Grammar: RFC 8259; NaN, Infinity and -Infinity besides.)
//
//   value  := object | array | string | number | "true" | "false" | "null"
//   object := "{" [string ":" value ("," string ":" value)*] "}"
//   array  := "[" [value ("," value)*] "]"
//   number := ["-"] ("0" | 1-9 digit*) ["." digit+] [("e" | "E") ["+" | "-"] digit+]
//   string := '"' (any but '"', "\" and 00-1f | "\" one of "\/bfnrt | "\u" 4 hex digits)* '"'
//
// White space (space, tab, CR, LF) may stand between any two tokens.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "krait/json/_number.h"

namespace krait::json {

class Scanner {
 public:
  // The document is UTF-8; it is not copied.
  explicit Scanner(std::string_view document, std::size_t at = 0)
      : document_(document), at_(document.data() + at), end_(document.data() + document.size()) {}

  // Not strict: a string may hold control characters.
  bool strict = true;

  // What `msg` says is wrong at that byte. Throws JSONDecodeError.
  [[noreturn]] void fail(const char* msg, std::size_t offset) const;

  std::size_t position() const noexcept { return static_cast<std::size_t>(at_ - document_.data()); }
  bool at_end() const noexcept { return at_ == end_; }
  // The next byte, 0 at the end.
  char peek() const noexcept { return at_ == end_ ? '\0' : *at_; }
  void skip_space() noexcept {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  // Takes `word` if it stands here.
  bool literal(std::string_view word) noexcept {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  struct Number {
    std::string_view text;
    bool is_float;
  };
  Number number();
  // Takes a number that is read at once; false: it is none, or an unusual one, and number() is to look at it.
  bool usual_number(_Number* out) noexcept {
    const char* end = _read_number(at_, end_, out);
    if (end) at_ = end;
    return end != nullptr;
  }
  // Replaces `out` by the string that begins here.
  void string(std::string& out);
  // The same without a copy, if it has no escapes: nullopt-like {nullptr} when it has, and nothing is taken.
  std::string_view plain_string() noexcept;

  // Takes "[", and gives whether an element follows; "]" is taken, too.
  bool open_array();
  // After an element: takes "," or "]", gives whether another element follows.
  bool next_element() { return next(']', "Illegal trailing comma before end of array"); }
  // The same for objects. Before each value, key() takes the name and the colon.
  bool open_object();
  void key(std::string& out);
  bool next_member() { return next('}', "Illegal trailing comma before end of object"); }
  // The colon after a key, and the space around it.
  void colon();

 private:
  bool next(char close, const char* trailing_comma);
  void escape(std::string& out, const char* quote);
  std::uint32_t hex4(const char* digits) const;

  std::string_view document_;
  const char* at_;
  const char* end_;
};

// What "\n" and its like mean, given the letter; 0 for a letter that means nothing there.
char _meaning_of_escape(char letter) noexcept;
// The number that four hexadecimal digits make; false: they are none.
bool _hex4(const char* digits, std::uint32_t* out) noexcept;

// The nearest double of a JSON number's text; an infinity when it is too large. Python: float(text)
double _parse_double(std::string_view text);

}  // namespace krait::json
