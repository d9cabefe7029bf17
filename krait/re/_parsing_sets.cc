#include <algorithm>

#include "krait/re/_parsing.h"
#include "krait/re/_unicode.h"
#include "krait/re/_utf8.h"

namespace krait::re {

namespace {

using Op = Node::Op;

// \a \b \f \n \r \t \v and the backslash: the character, 0 when `letter` is none of these.
char32_t control_escape(char32_t letter) {
  switch (letter) {
    case U'a':
      return U'\a';
    case U'b':
      return U'\b';
    case U'f':
      return U'\f';
    case U'n':
      return U'\n';
    case U'r':
      return U'\r';
    case U't':
      return U'\t';
    case U'v':
      return U'\v';
    case U'\\':
      return U'\\';
    default:
      return 0;
  }
}

std::optional<Category> category_escape(char32_t letter) {
  switch (letter) {
    case U'd':
      return Category::Digit;
    case U'D':
      return Category::NotDigit;
    case U's':
      return Category::Space;
    case U'S':
      return Category::NotSpace;
    case U'w':
      return Category::Word;
    case U'W':
      return Category::NotWord;
    default:
      return std::nullopt;
  }
}

bool is_ascii_letter(char32_t code) { return (code >= U'a' && code <= U'z') || (code >= U'A' && code <= U'Z'); }
bool is_octal(char32_t code) { return code >= U'0' && code <= U'7'; }
bool is_digit(char32_t code) { return code >= U'0' && code <= U'9'; }

char32_t hexadecimal(std::u32string_view digits) {
  char32_t value = 0;
  for (const char32_t digit : digits) value = value << 4 | (digit <= U'9' ? digit - U'0' : (digit | 0x20) - U'a' + 10);
  return value;
}

Node literal(char32_t code) {
  Node node;
  node.op = Op::Literal;
  node.code = code;
  node.width = {1, 1};
  return node;
}

SetItem literal_item(char32_t code) { return {code, code, std::nullopt, true}; }

}  // namespace

void Parser::bad_escape(const std::u32string& text) const {
  source_.fail("bad escape " + encode_utf8(text), text.size());
}

char32_t Parser::octal(const std::u32string& text) const {
  char32_t value = 0;
  for (const char32_t digit : text.substr(1)) value = value * 8 + (digit - U'0');
  if (value > 0377) {
    source_.fail("octal escape value " + encode_utf8(text) + " outside of range 0-0o377", text.size());
  }
  return value;
}

std::optional<char32_t> Parser::coded_escape(std::u32string& text) {
  const char32_t letter = text[1];
  const bool unicode = source_.is_text() && (letter == U'u' || letter == U'U');
  if (letter == U'x' || unicode) {
    const std::size_t digits = letter == U'x' ? 2 : letter == U'u' ? 4 : 8;
    source_.get_while(text, digits, &Token::is_hex);
    if (text.size() != digits + 2) source_.fail("incomplete escape " + encode_utf8(text), text.size());
    const char32_t code = hexadecimal(std::u32string_view(text).substr(2));
    if (code > kLastCodePoint) bad_escape(text);
    return code;
  }
  if (letter == U'N' && source_.is_text()) {
    if (!source_.match(U'{')) source_.fail("missing {");
    const std::u32string name = source_.get_until(U'}', "character name");
    source_.fail("unknown character name " + repr(name) + ": write \\uXXXX or \\UXXXXXXXX instead", name.size() + 4);
  }
  return std::nullopt;
}

SetItem Parser::set_escape(const Token& escape) {
  const char32_t letter = escape.second;
  if (const char32_t control = control_escape(letter)) return literal_item(control);
  if (const std::optional<Category> category = category_escape(letter)) return {0, 0, category, false};
  std::u32string text = escape.text();
  if (const std::optional<char32_t> code = coded_escape(text)) return literal_item(*code);
  if (is_octal(letter)) {
    source_.get_while(text, 2, &Token::is_octal);
    return literal_item(octal(text));
  }
  if (is_digit(letter) || is_ascii_letter(letter)) bad_escape(text);
  return literal_item(letter);
}

Node Parser::set() {
  const std::ptrdiff_t here = source_.tell() - 1;
  Node node;
  node.op = Op::In;
  node.width = {1, 1};
  node.negate = source_.match(U'^');
  const auto unterminated = [&] {
    source_.fail("unterminated character set", static_cast<std::size_t>(source_.tell() - here));
  };
  const auto add = [&](const SetItem& item) {
    if (std::ranges::find(node.set, item) == node.set.end() || node.set.size() > 64) node.set.push_back(item);
  };
  for (bool first = true;; first = false) {
    const Token token = source_.get();
    if (token.at_end()) unterminated();
    if (token.is(U']') && !first) break;
    const SetItem low = token.is_escape() ? set_escape(token) : literal_item(token.first);
    if (!source_.match(U'-')) {
      add(low);
      continue;
    }
    const Token end = source_.get();
    if (end.at_end()) unterminated();
    if (end.is(U']')) {
      add(low);
      add(literal_item(U'-'));
      break;
    }
    const SetItem high = end.is_escape() ? set_escape(end) : literal_item(end.first);
    if (low.category || high.category || high.first < low.first) {
      source_.fail("bad character range " + encode_utf8(token.text()) + "-" + encode_utf8(end.text()),
                   static_cast<std::size_t>(token.size) + 1 + end.size);
    }
    add({low.first, high.first, std::nullopt, false});
  }
  if (node.set.size() == 1 && node.set.front().is_literal) {
    node.op = node.negate ? Op::NotLiteral : Op::Literal;
    node.code = node.set.front().first;
    node.set.clear();
  }
  return node;
}

Node Parser::numbered_escape(std::u32string text) {
  if (text[1] == U'0') {
    source_.get_while(text, 2, &Token::is_octal);
    return literal(octal(text));
  }
  if (source_.next().is_digit()) {
    text += source_.get().first;
    if (is_octal(text[1]) && is_octal(text[2]) && source_.next().is_octal()) {
      text += source_.get().first;
      return literal(octal(text));
    }
  }
  const std::size_t group = to_number(std::u32string_view(text).substr(1));
  if (group >= widths_.size()) source_.fail("invalid group reference " + std::to_string(group), text.size() - 1);
  if (!is_closed(group)) source_.fail("cannot refer to an open group", text.size());
  check_look_behind(group);
  Node node;
  node.op = Op::GroupRef;
  node.group = group;
  node.width = *widths_[group];
  return node;
}

Node Parser::escape(const Token& token) {
  const char32_t letter = token.second;
  Node node;
  if (const std::optional<Category> category = category_escape(letter)) {
    node.op = Op::In;
    node.set.push_back({0, 0, category, false});
    node.width = {1, 1};
    return node;
  }
  if (letter == U'A' || letter == U'b' || letter == U'B' || letter == U'Z') {
    node.op = Op::At;
    node.at = letter == U'A'   ? Node::At::BeginningOfString
              : letter == U'b' ? Node::At::Boundary
              : letter == U'B' ? Node::At::NonBoundary
                               : Node::At::EndOfString;
    return node;
  }
  if (const char32_t control = control_escape(letter)) return literal(control);
  std::u32string text = token.text();
  if (const std::optional<char32_t> code = coded_escape(text)) return literal(*code);
  if (is_digit(letter)) return numbered_escape(text);
  if (is_ascii_letter(letter)) bad_escape(text);
  return literal(letter);
}

}  // namespace krait::re
