#include "krait/argparse/_percent.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "krait/argparse/_unicode.h"
#include "krait/builtins/repr.h"

namespace krait::argparse {

namespace {

// conversion := '%' ('(' name ')')? flag* width? ('.' precision?)? [hlL]? letter
struct Conversion {
  bool left = false, plus = false, blank = false, alternate = false, zero = false;
  std::size_t width = 0;
  std::optional<std::size_t> precision;
  char letter = 0;
};

constexpr std::size_t kWidest = 1'000'000;  // more is a mistake, and would only fill memory

bool is_letter(char c) noexcept { return std::string_view("sradiuxXoeEfFgGc").find(c) != std::string_view::npos; }

std::string text_of(const Conversion& conversion, const Value& value) {
  if (conversion.letter == 's') return str(value);
  if (conversion.letter == 'r') return repr(value);
  return _only_ascii(repr(value));
}

// A number's sign and digits, which padding may part.
struct Number {
  bool negative = false;
  std::string prefix, digits;
};

bool is_integer(const Value& value) noexcept { return value.is_int() || value.is_bool(); }

std::string digits_of(const Value& value) {
  return value.is_bool() ? std::string(value.as_bool() ? "1" : "0") : value.digits();
}

std::string whole_part(const Conversion& conversion, const Value& value) {
  if (is_integer(value)) return digits_of(value);
  if (!value.is_float()) {
    throw TypeError(std::string("%") + conversion.letter + " format: a real number is required, not " +
                    std::string(value.type_name()));
  }
  const double number = std::trunc(value.as_float());
  if (std::isnan(number)) throw ValueError("cannot convert float NaN to integer");
  if (std::isinf(number)) throw OverflowError("cannot convert float infinity to integer");
  char text[400];
  std::snprintf(text, sizeof text, "%.0f", number == 0 ? 0.0 : number);
  return text;
}

// Decimal digits in another base, by dividing again and again.
std::string in_base(std::string digits, unsigned base) {
  std::string result;
  do {
    unsigned rest = 0;
    for (char& digit : digits) {
      const unsigned part = rest * 10 + static_cast<unsigned>(digit - '0');
      digit = static_cast<char>('0' + part / base);
      rest = part % base;
    }
    result += "0123456789abcdef"[rest];
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  } while (!digits.empty());
  std::reverse(result.begin(), result.end());
  return result;
}

Number integer_of(const Conversion& conversion, const Value& value) {
  const char letter = conversion.letter;
  const bool decimal = letter == 'd' || letter == 'i' || letter == 'u';
  if (!decimal && !is_integer(value)) {
    throw TypeError(std::string("%") + letter + " format: an integer is required, not " +
                    std::string(value.type_name()));
  }
  Number number{false, "", whole_part(conversion, value)};
  number.negative = number.digits.starts_with('-');
  if (number.negative) number.digits.erase(0, 1);
  if (!decimal) number.digits = in_base(std::move(number.digits), letter == 'o' ? 8 : 16);
  if (conversion.precision && number.digits.size() < *conversion.precision) {
    number.digits.insert(0, *conversion.precision - number.digits.size(), '0');
  }
  if (!decimal && conversion.alternate) number.prefix = std::string("0") + letter;
  if (letter == 'X') {
    for (char& c : number.digits) c = c >= 'a' ? static_cast<char>(c - 32) : c;
  }
  return number;
}

Number float_of(const Conversion& conversion, const Value& value) {
  if (!is_integer(value) && !value.is_float()) {
    throw TypeError("must be real number, not " + std::string(value.type_name()));
  }
  const double number = value.is_bool() ? value.as_bool() : value.as_float();
  const char format[] = {'%',
                         conversion.alternate ? '#' : '.',
                         conversion.alternate ? '.' : '*',
                         conversion.alternate ? '*' : conversion.letter,
                         conversion.alternate ? conversion.letter : '\0',
                         '\0'};
  const int precision = static_cast<int>(conversion.precision.value_or(6));
  std::string text(static_cast<std::size_t>(precision) + 400, '\0');
  const int size = std::snprintf(text.data(), text.size(), format, precision, std::fabs(number));
  text.resize(static_cast<std::size_t>(size));
  return {std::signbit(number) && !std::isnan(number), "", std::move(text)};
}

std::string character_of(const Value& value) {
  if (value.is_str() && _text::length(value.as_str()) == 1) return value.as_str();
  if (!is_integer(value)) throw TypeError("%c requires int or char");
  const std::optional<std::int64_t> code = value.is_bool() ? std::int64_t{value.as_bool()} : value.as_int64();
  if (!code || *code < 0 || *code > 0x10ffff) throw OverflowError("%c arg not in range(0x110000)");
  return _text::encode(std::u32string(1, static_cast<char32_t>(*code)));
}

std::string padded(const Conversion& conversion, std::string text) {
  const std::size_t size = _text::length(text);
  if (size >= conversion.width) return text;
  text.insert(conversion.left ? text.size() : 0, conversion.width - size, ' ');
  return text;
}

std::string padded(const Conversion& conversion, Number number) {
  const std::string sign = number.negative ? "-" : conversion.plus ? "+" : conversion.blank ? " " : "";
  const std::size_t size = sign.size() + number.prefix.size() + number.digits.size();
  if (conversion.zero && !conversion.left && size < conversion.width) {
    number.digits.insert(0, conversion.width - size, '0');
  }
  return padded(conversion, sign + number.prefix + number.digits);
}

std::string shortened(const Conversion& conversion, std::string_view given) {
  std::u32string text = _text::decode(given);
  if (conversion.precision) text.resize(std::min(text.size(), *conversion.precision));
  return padded(conversion, _text::encode(text));
}

std::string convert(const Conversion& conversion, const Value& value) {
  switch (conversion.letter) {
    case 's':
    case 'r':
    case 'a':
      return shortened(conversion, text_of(conversion, value));
    case 'c':
      return padded(conversion, character_of(value));
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
      return padded(conversion, integer_of(conversion, value));
    default:
      return padded(conversion, float_of(conversion, value));
  }
}

// A mapping for a conversion without a name.
std::string convert_whole(const Conversion& conversion, const std::string& whole) {
  switch (conversion.letter) {
    case 's':
    case 'r':
      return shortened(conversion, whole);
    case 'a':
      return shortened(conversion, _only_ascii(whole));
    case 'c':
      throw TypeError("%c requires int or char");
    case 'd':
    case 'i':
    case 'u':
      throw TypeError(std::string("%") + conversion.letter + " format: a real number is required, not dict");
    case 'x':
    case 'X':
    case 'o':
      throw TypeError(std::string("%") + conversion.letter + " format: an integer is required, not dict");
    default:
      throw TypeError("must be real number, not dict");
  }
}

class Formatter {
 public:
  Formatter(std::string_view format, const _Mapping& values) : format_(format), values_(values) {}

  std::string run() {
    std::string result;
    while (at_ < format_.size()) {
      if (format_[at_] != '%') {
        result += format_[at_++];
        continue;
      }
      ++at_;
      if (peek() == '%') {
        result += format_[at_++];
        continue;
      }
      std::optional<Value> value;
      const Conversion conversion = read(value);
      if (value) {
        result += convert(conversion, *value);
      } else if (const std::optional<std::string> whole = values_.whole()) {
        if (std::exchange(used_, true)) throw TypeError("not enough arguments for format string");
        result += convert_whole(conversion, *whole);
      } else {
        throw TypeError("cannot format: '%" + std::string(1, conversion.letter) +
                        "' has no name, as '%(default)s' has; a percent sign is '%%'");
      }
    }
    return result;
  }

 private:
  char peek() const {
    if (at_ >= format_.size()) throw ValueError("incomplete format");
    return format_[at_];
  }

  std::string read_name() {
    const std::size_t start = ++at_;
    for (int depth = 1; depth > 0; ++at_) {
      if (at_ >= format_.size()) throw ValueError("incomplete format key");
      if (format_[at_] == '(') ++depth;
      if (format_[at_] == ')') --depth;
    }
    return std::string(format_.substr(start, at_ - 1 - start));
  }

  std::size_t read_number(const char* what) {
    if (at_ < format_.size() && format_[at_] == '*') throw TypeError("* wants int");
    std::size_t number = 0;
    while (at_ < format_.size() && format_[at_] >= '0' && format_[at_] <= '9') {
      number = number * 10 + static_cast<std::size_t>(format_[at_++] - '0');
      if (number > kWidest) throw ValueError(std::string(what) + " too big");
    }
    return number;
  }

  bool read_flag(Conversion& conversion) {
    switch (peek()) {
      case '-':
        return conversion.left = true;
      case '+':
        return conversion.plus = true;
      case ' ':
        return conversion.blank = true;
      case '#':
        return conversion.alternate = true;
      case '0':
        return conversion.zero = true;
      default:
        return false;
    }
  }

  Conversion read(std::optional<Value>& value) {
    Conversion conversion;
    if (peek() == '(') value = look_up(read_name());
    while (read_flag(conversion)) ++at_;
    conversion.width = read_number("width");
    if (peek() == '.') {
      ++at_;
      conversion.precision = read_number("precision");
    }
    if (peek() == 'h' || peek() == 'l' || peek() == 'L') ++at_;
    conversion.letter = peek();
    if (!is_letter(conversion.letter)) unsupported();
    ++at_;
    return conversion;
  }

  Value look_up(const std::string& name) const {
    if (std::optional<Value> value = values_.find(name)) return *std::move(value);
    throw KeyError(std::string(name));
  }
  [[noreturn]] void unsupported() const {
    const char32_t c = _text::decode(_text::first(format_.substr(at_)))[0];
    char code[16];
    std::snprintf(code, sizeof code, "0x%x", static_cast<unsigned>(c));
    throw ValueError(std::string("unsupported format character '") + (c > 30 && c < 127 ? static_cast<char>(c) : '?') +
                     "' (" + code + ") at index " + std::to_string(_text::length(format_.substr(0, at_))));
  }

  std::string_view format_;
  const _Mapping& values_;
  std::size_t at_ = 0;
  bool used_ = false;  // the whole mapping was shown
};

class ProgMapping final : public _Mapping {
 public:
  explicit ProgMapping(std::string_view prog) : prog_(prog) {}
  std::optional<Value> find(std::string_view name) const override {
    if (name != "prog") return std::nullopt;
    return Value(prog_);
  }
  std::optional<std::string> whole() const override { return "{'prog': " + krait::repr(prog_) + "}"; }

 private:
  std::string_view prog_;
};

}  // namespace

std::string _percent(std::string_view format, const _Mapping& values) { return Formatter(format, values).run(); }

std::string _percent_prog(std::string_view format, std::string_view prog) {
  return _percent(format, ProgMapping(prog));
}

}  // namespace krait::argparse
