// format(value, spec)
//   spec := [[fill] align] [sign] ["z"] ["#"] ["0"] [width] ["," | "_"] ["." precision] [type]

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/print.h"
#include "krait/logging/_characters.h"
#include "krait/logging/_style.h"

namespace krait::logging {
namespace {

using Kind = Value::Kind;

struct Spec {
  char32_t fill = ' ';
  char align = '\0', sign = '\0', grouping = '\0';
  bool no_negative_zero = false, alternate = false;
  long width = -1, precision = -1;
  char32_t type = 0;
};

constexpr std::string_view kAligns = "<>=^";
constexpr long kWidest = 1L << 24;

std::string character(char32_t c) {
  std::string text;
  _append_character(text, c);
  return text;
}

Spec parse(std::string_view all, std::string_view type_name, bool number) {
  Spec spec;
  std::string_view text = all;
  const auto take = [&text](char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
  };
  const auto take_number = [&text](long& number) {
    bool any = false;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1)) {
      number = (any ? number * 10 : 0) + (text[0] - '0');
      if (number > kWidest) throw ValueError("Too many decimal digits in format string");
      any = true;
    }
    return any;
  };
  bool filled = false;
  if (!text.empty()) {
    const _Character fill = _decode(text, 0);
    if (fill.size < text.size() && kAligns.find(text[fill.size]) != kAligns.npos) {
      spec.fill = fill.value;
      spec.align = text[fill.size];
      filled = true;
      text.remove_prefix(fill.size + 1);
    } else if (kAligns.find(text[0]) != kAligns.npos) {
      spec.align = text[0];
      text.remove_prefix(1);
    }
  }
  if (!text.empty() && std::string_view("+- ").find(text[0]) != std::string_view::npos) {
    spec.sign = text[0];
    text.remove_prefix(1);
  }
  spec.no_negative_zero = take('z');
  spec.alternate = take('#');
  if (!filled && take('0')) {
    spec.fill = '0';
    if (spec.align == '\0' && number) spec.align = '=';
  }
  take_number(spec.width);
  if (take(',')) spec.grouping = ',';
  if (take('_')) {
    if (spec.grouping) throw ValueError("Cannot specify both ',' and '_'.");
    spec.grouping = '_';
  }
  if (text.starts_with(',')) {
    throw ValueError(spec.grouping == '_' ? "Cannot specify both ',' and '_'." : "Cannot specify ',' with ','.");
  }
  if (take('.') && !take_number(spec.precision)) throw ValueError("Format specifier missing precision");
  if (_length(text) > 1) {
    throw ValueError("Invalid format specifier '" + std::string(all) + "' for object of type '" +
                     std::string(type_name) + "'");
  }
  if (!text.empty()) spec.type = _decode(text, 0).value;
  if (spec.grouping) {
    if (spec.type == 0 && !number) spec.type = 's';
    const bool decimal =
        spec.type == 0 ||
        (spec.type < 128 && std::string_view("defgEGF%").find(static_cast<char>(spec.type)) != std::string_view::npos);
    const bool bits = spec.type == 'b' || spec.type == 'o' || spec.type == 'x' || spec.type == 'X';
    if (!decimal && !(bits && spec.grouping == '_')) {
      throw ValueError(std::string("Cannot specify '") + spec.grouping + "' with '" + character(spec.type) + "'.");
    }
  }
  if (spec.align == '\0') spec.align = number ? '>' : '<';
  return spec;
}

std::string repeat(char32_t fill, long count) {
  const std::string one = character(fill);
  std::string text;
  for (long i = 0; i < count; ++i) text += one;
  return text;
}

// `before` is sign and prefix, which "=" leaves at the left.
std::string align(const Spec& spec, const std::string& before, const std::string& text) {
  const long padding = std::max(0L, spec.width - static_cast<long>(_length(before) + _length(text)));
  switch (spec.align) {
    case '<':
      return before + text + repeat(spec.fill, padding);
    case '^':
      return repeat(spec.fill, padding / 2) + before + text + repeat(spec.fill, padding - padding / 2);
    case '=':
      return before + repeat(spec.fill, padding) + text;
    default:
      return repeat(spec.fill, padding) + before + text;
  }
}

std::string format_text(const std::string& value, std::string_view given) {
  const Spec spec = parse(given, "str", false);
  if (spec.type != 0 && spec.type != 's') {
    throw ValueError("Unknown format code '" + character(spec.type) + "' for object of type 'str'");
  }
  if (spec.sign) {
    throw ValueError(spec.sign == ' ' ? "Space not allowed in string format specifier"
                                      : "Sign not allowed in string format specifier");
  }
  if (spec.no_negative_zero) throw ValueError("Negative zero coercion (z) not allowed in string format specifier");
  if (spec.alternate) throw ValueError("Alternate form (#) not allowed in string format specifier");
  if (spec.align == '=') throw ValueError("'=' alignment not allowed in string format specifier");
  return align(spec, "",
               spec.precision < 0 ? value : std::string(_first(value, static_cast<std::size_t>(spec.precision))));
}

// The whole digits of `number` in groups; zeros in front, grouped as well, until `width` is reached.
std::string group(std::string number, char separator, std::size_t size, long width) {
  const std::size_t whole = std::min(number.find_first_of(".eE%"), number.size());
  const std::string rest = number.substr(whole);
  std::string digits = number.substr(0, whole);
  const auto grouped = [&] {
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      if (i > 0 && (digits.size() - i) % size == 0) text += separator;
      text += digits[i];
    }
    return text;
  };
  std::string text = grouped();
  while (static_cast<long>(text.size() + rest.size()) < width) {
    digits.insert(0, 1, '0');
    text = grouped();
  }
  return text + rest;
}

std::string format_number(const Spec& spec, std::string digits, const std::string& prefix) {
  std::string before;
  if (digits.starts_with('-')) {
    before = "-";
    digits.erase(0, 1);
  } else if (spec.sign == '+' || spec.sign == ' ') {
    before = spec.sign;
  }
  before += prefix;
  if (spec.grouping && std::isdigit(static_cast<unsigned char>(digits[0]))) {
    const bool bits = spec.type == 'b' || spec.type == 'o' || spec.type == 'x' || spec.type == 'X';
    const bool zeros = spec.fill == '0' && spec.align == '=';
    digits = group(digits, spec.grouping, bits ? 4 : 3, zeros ? spec.width - static_cast<long>(before.size()) : 0);
  }
  return align(spec, before, digits);
}

std::string unknown_code(const Spec& spec, std::string_view type) {
  return "Unknown format code '" + character(spec.type) + "' for object of type '" + std::string(type) + "'";
}

// A float without a type and with a precision: as 'g', but with a digit after the point.
std::string general_digits(double value, int precision, bool alternate) {
  precision = std::max(precision, 1);
  std::string scientific = _float_digits(value, 'e', precision - 1, alternate);
  const std::size_t e = scientific.find('e');
  if (e == scientific.npos) return scientific;  // inf, nan
  const long exponent = std::strtol(scientific.c_str() + e + 1, nullptr, 10);
  if (value != 0 && (exponent < -4 || exponent >= precision - 1)) {
    std::string mantissa = scientific.substr(0, e);
    if (!alternate && mantissa.find('.') != mantissa.npos) {
      mantissa.erase(mantissa.find_last_not_of('0') + 1);
      if (mantissa.ends_with('.')) mantissa.pop_back();
    }
    return mantissa + scientific.substr(e);
  }
  std::string digits = _float_digits(value, 'g', precision, alternate);
  if (digits.find('.') == digits.npos) digits += ".0";
  return digits;
}

std::string format_float(double value, const Spec& spec, std::string_view type_name) {
  int precision = spec.precision < 0 ? 6 : static_cast<int>(spec.precision);
  std::string digits;
  switch (spec.type) {
    case 0:
      digits = spec.precision < 0 ? krait::str(value) : general_digits(value, precision, spec.alternate);
      break;
    case 'n':
      digits = _float_digits(value, 'g', precision, spec.alternate);
      break;
    case '%':
      digits = _float_digits(value * 100, 'f', precision, spec.alternate) + "%";
      break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      digits = _float_digits(value, static_cast<char>(spec.type), precision, spec.alternate);
      break;
    default:
      throw ValueError(unknown_code(spec, type_name));
  }
  if (spec.no_negative_zero && digits.starts_with('-') && digits.find_first_of("123456789in") == digits.npos)
    digits.erase(0, 1);
  return format_number(spec, std::move(digits), "");
}

std::string format_int(const Value& value, const Spec& spec, std::string_view type_name) {
  if (spec.type < 128 && spec.type != 0 &&
      std::string_view("eEfFgG%").find(static_cast<char>(spec.type)) != std::string_view::npos) {
    return format_float(value.as_float(), spec, type_name);
  }
  if (spec.type >= 128 ||
      (spec.type != 0 && std::string_view("cdnboxX").find(static_cast<char>(spec.type)) == std::string_view::npos)) {
    throw ValueError(unknown_code(spec, type_name));
  }
  if (spec.precision >= 0) throw ValueError("Precision not allowed in integer format specifier");
  if (spec.no_negative_zero)
    throw ValueError("Negative zero coercion (z) not allowed in format specifier with integer presentation type");
  switch (spec.type) {
    case 'c': {
      if (spec.sign) throw ValueError("Sign not allowed with integer format specifier 'c'");
      if (spec.alternate) throw ValueError("Alternate form (#) not allowed with integer format specifier 'c'");
      const std::int64_t c = value.as_int();
      if (c < 0 || c > 0x10ffff) throw OverflowError("%c arg not in range(0x110000)");
      return align(spec, "", character(static_cast<char32_t>(c)));
    }
    case 0:
    case 'd':
    case 'n':
      return format_number(spec, _int_digits(value, 10), "");
    case 'b':
      return format_number(spec, _int_digits(value, 2), spec.alternate ? "0b" : "");
    case 'o':
      return format_number(spec, _int_digits(value, 8), spec.alternate ? "0o" : "");
    case 'x':
      return format_number(spec, _int_digits(value, 16), spec.alternate ? "0x" : "");
    default: {  // X
      std::string digits = _int_digits(value, 16);
      for (char& c : digits) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
      return format_number(spec, std::move(digits), spec.alternate ? "0X" : "");
    }
  }
}

}  // namespace

std::string _format_value(const Value& value, std::string_view spec) {
  if (spec.empty()) return value.str();
  switch (value.kind()) {
    case Kind::Str:
      return format_text(std::string(value.as_text()), spec);
    case Kind::Bool:
    case Kind::Int:
    case Kind::UInt:
      return format_int(value, parse(spec, value.type_name(), true), value.type_name());
    case Kind::Float:
      return format_float(value.as_float(), parse(spec, "float", true), "float");
    default:
      throw TypeError("unsupported format string passed to " + std::string(value.type_name()) + ".__format__");
  }
}

}  // namespace krait::logging
