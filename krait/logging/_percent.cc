#include "krait/logging/_percent.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "krait/builtins/repr.h"
#include "krait/logging/_characters.h"

namespace krait::logging {
namespace {

using Kind = Value::Kind;

constexpr std::ptrdiff_t kWidest = std::ptrdiff_t{1} << 24;  // where Python would take the memory

bool is_int(const Value& value) {
  return value.kind() == Kind::Bool || value.kind() == Kind::Int || value.kind() == Kind::UInt;
}
bool is_number(const Value& value) { return is_int(value) || value.kind() == Kind::Float; }

std::string show(char32_t c) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (char32_t rest = c; rest != 0 || hex.empty(); rest >>= 4) hex.insert(hex.begin(), kHex[rest & 15U]);
  return std::string(1, c > 31 && c < 127 ? static_cast<char>(c) : '?') + "' (0x" + hex + ")";
}

// One conversion, parsed.
struct Spec {
  bool left = false, sign = false, blank = false, alternate = false, zero = false;
  std::ptrdiff_t width = -1, precision = -1;
  char32_t conversion = 0;
};

std::string text_of(const Spec& spec, const Value& value) {
  if (spec.conversion == 's') return value.str();
  return spec.conversion == 'r' ? value.repr() : _only_ascii(value.repr());
}

std::string decimal_digits(const Value& value, char conversion) {
  if (is_int(value)) return _int_digits(value, 10);
  if (value.kind() != Kind::Float) {
    throw TypeError(std::string("%") + conversion + " format: a real number is required, not " +
                    std::string(value.type_name()));
  }
  const double number = std::trunc(value.as_float());
  if (std::isnan(number)) throw ValueError("cannot convert float NaN to integer");
  if (std::isinf(number)) throw OverflowError("cannot convert float infinity to integer");
  return number == 0 ? "0" : _float_digits(number, 'f', 0, false);
}

// The digits of d, i, u, o, x and X, with at least as many as the precision says.
std::string int_text(const Spec& spec, const Value& value) {
  const char conversion = static_cast<char>(spec.conversion);
  std::string digits;
  if (conversion == 'd' || conversion == 'i' || conversion == 'u') {
    digits = decimal_digits(value, conversion);
  } else {
    if (!is_int(value)) {
      throw TypeError(std::string("%") + conversion + " format: an integer is required, not " +
                      std::string(value.type_name()));
    }
    digits = _int_digits(value, conversion == 'o' ? 8 : 16);
    if (conversion == 'X') {
      for (char& c : digits) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  const std::size_t sign = digits.starts_with('-') ? 1 : 0;
  const std::size_t wanted = spec.precision < 0 ? 0 : static_cast<std::size_t>(spec.precision);
  if (digits.size() - sign < wanted) digits.insert(sign, wanted - (digits.size() - sign), '0');
  return digits;
}

std::string char_text(const Value& value) {
  if (value.kind() == Kind::Str && _length(value.as_text()) == 1) return std::string(value.as_text());
  if (!is_int(value)) throw TypeError("%c requires int or char");
  const std::int64_t c = value.as_int();
  if (c < 0 || c > 0x10ffff) throw OverflowError("%c arg not in range(0x110000)");
  std::string text;
  _append_character(text, static_cast<char32_t>(c));
  return text;
}

std::string pad_text(const Spec& spec, std::string text) {
  const auto length = static_cast<std::ptrdiff_t>(spec.width > 0 ? _length(text) : 0);
  if (length < spec.width) {
    text.insert(spec.left ? text.size() : 0, static_cast<std::size_t>(spec.width - length), ' ');
  }
  return text;
}

// Sign, prefix, zeros or blanks, digits.
std::string pad_number(const Spec& spec, std::string digits) {
  std::string before;
  if (digits.starts_with('-')) {
    before = "-";
    digits.erase(0, 1);
  } else if (spec.sign || spec.blank) {
    before = spec.sign ? "+" : " ";
  }
  const auto conversion = static_cast<char>(spec.conversion);
  if (spec.alternate && (conversion == 'x' || conversion == 'X' || conversion == 'o')) (before += '0') += conversion;
  const auto size = static_cast<std::ptrdiff_t>(before.size() + digits.size());
  const std::string padding(spec.width > size ? static_cast<std::size_t>(spec.width - size) : 0, ' ');
  if (spec.left) return before + digits + padding;
  if (spec.zero) return before + std::string(padding.size(), '0') + digits;
  return padding + before + digits;
}

std::string convert(const Spec& spec, const Value& value) {
  switch (spec.conversion) {
    case 's':
    case 'r':
    case 'a': {
      std::string text = text_of(spec, value);
      if (spec.precision >= 0) text = _first(text, static_cast<std::size_t>(spec.precision));
      return pad_text(spec, std::move(text));
    }
    case 'c':
      return pad_text(spec, char_text(value));
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return pad_number(spec, int_text(spec, value));
    default: {  // e, E, f, F, g, G
      if (!is_number(value)) throw TypeError("must be real number, not " + std::string(value.type_name()));
      const int precision = spec.precision < 0 ? 6 : static_cast<int>(spec.precision);
      return pad_number(spec,
                        _float_digits(value.as_float(), static_cast<char>(spec.conversion), precision, spec.alternate));
    }
  }
}

// Walks over a format; what differs between positions and names is in `mapping_`.
class Percent {
 public:
  Percent(std::string_view format, std::span<const Value> arguments, const _Mapping* mapping)
      : format_(format), arguments_(arguments), mapping_(mapping) {}

  std::string run() {
    std::string result;
    result.reserve(format_.size() + 64);
    while (true) {
      const std::size_t percent = format_.find('%', at_);
      result.append(format_, at_, percent == format_.npos ? format_.npos : percent - at_);
      if (percent == format_.npos) break;
      at_ = percent + 1;
      if (at_ < format_.size() && format_[at_] == '%') {
        result += '%';
        ++at_;
      } else {
        convert_next(result);
      }
    }
    if (!mapping_ && taken_ < arguments_.size()) {
      throw TypeError("not all arguments converted during string formatting");
    }
    return result;
  }

 private:
  char peek() const { return at_ < format_.size() ? format_[at_] : '\0'; }
  bool at_end() const { return at_ >= format_.size(); }

  void convert_next(std::string& result) {
    named_.reset();
    named_taken_ = false;
    if (peek() == '(') read_name();
    Spec spec;
    read_flags(spec);
    spec.width = read_number("width too big", spec.left);
    if (peek() == '.') {
      ++at_;
      bool ignored = false;
      spec.precision = std::max<std::ptrdiff_t>(read_number("precision too big", ignored), 0);
      if (ignored) spec.precision = 0;
    }
    if (!at_end() && (peek() == 'h' || peek() == 'l' || peek() == 'L')) ++at_;
    if (at_end()) throw ValueError("incomplete format");
    const _Character conversion = _decode(format_, at_);
    spec.conversion = conversion.value;
    const std::size_t position = at_;
    at_ += conversion.size;
    const Value& value = next();
    if (conversion.size > 1 || std::string_view("sracdiuoxXeEfFgG").find(format_[position]) == format_.npos) {
      throw ValueError("unsupported format character '" + show(conversion.value) + " at index " +
                       std::to_string(_length(format_.substr(0, position))));
    }
    result += convert(spec, value);
  }

  void read_name() {
    if (!mapping_) throw TypeError("format requires a mapping");
    const std::size_t start = ++at_;
    int depth = 1;
    while (depth > 0) {
      if (at_end()) throw ValueError("incomplete format key");
      if (peek() == ')') --depth;
      if (peek() == '(') ++depth;
      ++at_;
    }
    const std::string_view name = format_.substr(start, at_ - 1 - start);
    any_named_ = true;
    named_ = mapping_->find(name);
    if (!named_) throw KeyError(std::string(name));
  }

  void read_flags(Spec& spec) {
    for (;; ++at_) {
      switch (peek()) {
        case '-':
          spec.left = true;
          continue;
        case '+':
          spec.sign = true;
          continue;
        case ' ':
          spec.blank = true;
          continue;
        case '#':
          spec.alternate = true;
          continue;
        case '0':
          spec.zero = true;
          continue;
        default:
          return;
      }
    }
  }

  // -1 when there is none. A negative one from "*" sets `negative`, and its size counts.
  std::ptrdiff_t read_number(const char* too_big, bool& negative) {
    if (peek() == '*') {
      ++at_;
      const Value& value = next();
      if (!is_int(value)) throw TypeError("* wants int");
      const std::int64_t number = value.as_int();
      if (number > kWidest || number < -kWidest) throw ValueError(too_big);
      if (number < 0) negative = true;
      return static_cast<std::ptrdiff_t>(number < 0 ? -number : number);
    }
    if (peek() < '0' || peek() > '9') return -1;
    std::ptrdiff_t number = 0;
    for (; peek() >= '0' && peek() <= '9'; ++at_) {
      number = number * 10 + (peek() - '0');
      if (number > kWidest) throw ValueError(too_big);
    }
    return number;
  }

  const Value& next() {
    if (named_ && !named_taken_) {
      named_taken_ = true;
      return *named_;
    }
    if (mapping_ && !any_named_ && taken_ == 0) {
      ++taken_;
      std::string all = mapping_->str();
      whole_ = Value::other(all, all, "dict");
      return whole_;
    }
    if (mapping_ || taken_ >= arguments_.size()) throw TypeError("not enough arguments for format string");
    return arguments_[taken_++];
  }

  std::string_view format_;
  std::span<const Value> arguments_;
  const _Mapping* mapping_;
  std::size_t at_ = 0, taken_ = 0;
  std::optional<Value> named_;
  bool named_taken_ = false, any_named_ = false;
  Value whole_;
};

}  // namespace

std::string _int_digits(const Value& value, unsigned base) {
  char text[72];
  const auto written = value.kind() == Kind::UInt
                           ? std::to_chars(text, text + sizeof text, value._uint(), static_cast<int>(base))
                           : std::to_chars(text, text + sizeof text, value.as_int(), static_cast<int>(base));
  return {text, written.ptr};
}

std::string _float_digits(double value, char conversion, int precision, bool alternate) {
  if (!std::isfinite(value)) {
    const bool capital = conversion < 'a';
    if (std::isnan(value)) return capital ? "NAN" : "nan";
    return std::string(value < 0 ? "-" : "") + (capital ? "INF" : "inf");
  }
  const char format[] = {'%', alternate ? '#' : '-', '.', '*', conversion, '\0'};
  char small[64];
  const int size = std::snprintf(small, sizeof small, format, precision, value);
  if (size < static_cast<int>(sizeof small)) return {small, static_cast<std::size_t>(std::max(size, 0))};
  std::string text(static_cast<std::size_t>(size) + 1, '\0');
  std::snprintf(text.data(), text.size(), format, precision, value);
  text.pop_back();
  return text;
}

std::string _percent(std::string_view format, std::span<const Value> arguments) {
  return Percent(format, arguments, nullptr).run();
}

std::string _percent(std::string_view format, const _Mapping& mapping) { return Percent(format, {}, &mapping).run(); }

}  // namespace krait::logging
