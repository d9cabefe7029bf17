#include "krait/json/_scanner.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "krait/json/_runs.h"
#include "krait/json/_unicode.h"
#include "krait/json/decoder.h"

namespace krait::json {

namespace {
bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::uint8_t kNoDigit = 0xff;
constexpr auto kHexDigits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNoDigit);
  for (std::uint8_t i = 0; i < 10; ++i) table[std::size_t{'0'} + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) {
    table[std::size_t{'a'} + i] = static_cast<std::uint8_t>(10 + i);
    table[std::size_t{'A'} + i] = static_cast<std::uint8_t>(10 + i);
  }
  return table;
}();

const char* plain_end(const char* at, const char* end) {
  bool not_ascii = false;
  return _plain_end(at, end, &not_ascii);
}
}  // namespace

char _meaning_of_escape(char letter) noexcept {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

bool _hex4(const char* digits, std::uint32_t* out) noexcept {
  std::uint32_t value = 0, all = 0;
  for (int i = 0; i < 4; ++i) {
    const std::uint8_t digit = kHexDigits[static_cast<unsigned char>(digits[i])];
    value = value << 4 | digit;
    all |= digit;
  }
  *out = value;
  return all <= 15;
}

void Scanner::fail(const char* msg, std::size_t offset) const { throw JSONDecodeError(msg, document_, offset); }

Scanner::Number Scanner::number() {
  const char* p = at_;
  if (p != end_ && *p == '-') ++p;
  if (p == end_ || !is_digit(*p)) fail("Expecting value", position());
  if (*p == '0') {
    ++p;
  } else {
    while (p != end_ && is_digit(*p)) ++p;
  }
  bool is_float = false;
  if (end_ - p >= 2 && *p == '.' && is_digit(p[1])) {
    is_float = true;
    for (p += 2; p != end_ && is_digit(*p);) ++p;
  }
  if (p != end_ && (*p == 'e' || *p == 'E')) {
    const char* exponent = p + 1;
    if (exponent != end_ && (*exponent == '-' || *exponent == '+')) ++exponent;
    if (exponent != end_ && is_digit(*exponent)) {
      is_float = true;
      for (p = exponent; p != end_ && is_digit(*p);) ++p;
    }
  }
  const std::string_view text(at_, static_cast<std::size_t>(p - at_));
  at_ = p;
  return {text, is_float};
}

std::string_view Scanner::plain_string() noexcept {
  const char* end = plain_end(at_ + 1, end_);
  if (end == end_ || *end != '"') return {};
  const std::string_view text(at_ + 1, static_cast<std::size_t>(end - at_ - 1));
  at_ = end + 1;
  return text;
}

void Scanner::string(std::string& out) {
  const char* quote = at_++;
  out.clear();
  while (true) {
    const char* end = plain_end(at_, end_);
    out.append(at_, end);
    at_ = end;
    if (at_ == end_) fail("Unterminated string starting at", static_cast<std::size_t>(quote - document_.data()));
    if (*at_ == '"') {
      ++at_;
      return;
    }
    if (*at_ == '\\') {
      escape(out, quote);
    } else if (strict) {
      fail("Invalid control character at", position());
    } else {
      out += *at_++;
    }
  }
}

// At a backslash.
void Scanner::escape(std::string& out, const char* quote) {
  const char* backslash = at_;
  if (backslash + 1 == end_) {
    fail("Unterminated string starting at", static_cast<std::size_t>(quote - document_.data()));
  }
  at_ += 2;
  if (backslash[1] != 'u') {
    const char meant = _meaning_of_escape(backslash[1]);
    if (meant == 0) fail("Invalid \\escape", static_cast<std::size_t>(backslash - document_.data()));
    out += meant;
    return;
  }
  std::uint32_t c = hex4(at_);
  at_ += 4;
  const bool pair = c >= 0xd800 && c < 0xdc00 && end_ - at_ > 6 && at_[0] == '\\' && at_[1] == 'u';
  if (pair) {
    const std::uint32_t low = hex4(at_ + 2);
    if (low >= 0xdc00 && low < 0xe000) {
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
      at_ += 6;
    }
  }
  _append_utf8(c, out);
}

// The four digits must not be the document's last bytes: a quote has to follow.
std::uint32_t Scanner::hex4(const char* digits) const {
  const std::size_t u = static_cast<std::size_t>(digits - 1 - document_.data());
  if (end_ - digits < 5) fail("Invalid \\uXXXX escape", u);
  std::uint32_t value = 0;
  if (!_hex4(digits, &value)) fail("Invalid \\uXXXX escape", u);
  return value;
}

bool Scanner::open_array() {
  ++at_;
  skip_space();
  if (peek() != ']') return true;
  ++at_;
  return false;
}

bool Scanner::open_object() {
  ++at_;
  skip_space();
  if (peek() != '}') return true;
  ++at_;
  return false;
}

void Scanner::key(std::string& out) {
  if (peek() != '"') fail("Expecting property name enclosed in double quotes", position());
  string(out);
  colon();
}

void Scanner::colon() {
  skip_space();
  if (peek() != ':') fail("Expecting ':' delimiter", position());
  ++at_;
  skip_space();
}

bool Scanner::next(char close, const char* trailing_comma) {
  skip_space();
  if (peek() == close) {
    ++at_;
    return false;
  }
  if (peek() != ',') fail("Expecting ',' delimiter", position());
  const std::size_t comma = position();
  ++at_;
  skip_space();
  if (peek() == close) fail(trailing_comma, comma);
  return true;
}

double _parse_double(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc::result_out_of_range) return value;
  // from_chars does not tell too large from too small. The decimal exponent of the first digit that counts does.
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, e);
  const auto dot = static_cast<std::ptrdiff_t>(std::min(mantissa.find('.'), mantissa.size()));
  const auto first = static_cast<std::ptrdiff_t>(mantissa.find_first_of("123456789"));
  std::string_view digits = text.substr(std::min(e + 1, text.size()));
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t exponent = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  if (parsed.ec == std::errc::result_out_of_range) exponent = digits.starts_with('-') ? INT32_MIN : INT32_MAX;
  const bool large = exponent + (dot - first) > 0;
  const double magnitude = large ? std::numeric_limits<double>::infinity() : 0.0;
  return negative ? -magnitude : magnitude;
}

}  // namespace krait::json
