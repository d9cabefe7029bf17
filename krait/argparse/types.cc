#include "krait/argparse/types.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "krait/argparse/_unicode.h"
#include "krait/builtins/repr.h"

namespace krait::argparse {

namespace {

[[noreturn]] void refuse(std::string_view what, std::string_view text) {
  throw ValueError(std::string(what) + krait::repr(text));
}

// What int() and float() read: without the blanks around it, decimal digits of any script as ASCII; what is neither that nor
// ASCII becomes a "?", which no number has.
std::string ascii(std::string_view text) {
  std::string result;
  for (char32_t c : _text::decode(_text::strip(text))) {
    const int digit = _text::decimal(c);
    result += digit >= 0 ? static_cast<char>('0' + digit) : c < 0x80 ? static_cast<char>(c) : '?';
  }
  return result;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Without "_" between digits. Where one stands elsewhere, it stays, and no number has it.
std::string without_underscores(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool between = i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (text[i] != '_' || !between) result += text[i];
  }
  return result;
}

// digits := [0-9]*    exponent := [eE] [+-]? [0-9]+    number := [+-]? (digits '.'? digits) exponent?, with a digit before it
bool is_decimal_number(std::string_view text) noexcept {
  const auto skip_digits = [&] {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  std::size_t digits = skip_digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += skip_digits();
  }
  if (digits == 0) return false;
  if (!text.starts_with('e') && !text.starts_with('E')) return text.empty();
  text.remove_prefix(1);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return skip_digits() > 0 && text.empty();
}

// A number that from_chars called out of range: whether it is too large, not too small. The power of ten of its first digit
// that is not zero tells.
bool is_huge(std::string_view number) {
  const std::size_t e = std::min(number.find_first_of("eE"), number.size());
  const std::string_view mantissa = number.substr(0, e);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_of("123456789");
  const std::string_view exponent = number.substr(std::min(e + 1, number.size()));
  if (exponent.size() > 18) return !exponent.starts_with('-');
  std::int64_t power = 0;
  const std::string_view digits = exponent.starts_with('+') ? exponent.substr(1) : exponent;
  std::from_chars(digits.data(), digits.data() + digits.size(), power);
  return power + static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) > 0;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return result;
}

class FileOpener {
 public:
  explicit FileOpener(std::string mode) : mode_(std::move(mode)) {}

  File operator()(std::string_view text) const {
    if (text == "-") return standard();
    if (mode_.empty() || mode_.find_first_not_of("rwaxbt+") != mode_.npos) {
      throw ValueError("invalid mode: " + krait::repr(mode_));
    }
    const std::string name(text);
    std::string mode = mode_;
    std::erase(mode, 't');
    if (const std::size_t exclusive = mode.find('x'); exclusive != mode.npos)
      mode.replace(exclusive, 1, "w").append("x");
    std::FILE* file = std::fopen(name.c_str(), mode.append("e").c_str());
    if (file) return {file, std::fclose};
    const int error = errno;
    throw ArgumentTypeError("can't open '" + name + "': [Errno " + std::to_string(error) + "] " + std::strerror(error) +
                            ": " + krait::repr(name));
  }

 private:
  File standard() const {
    const auto keep = [](std::FILE*) {};
    if (mode_.find('r') != mode_.npos) return {stdin, keep};
    if (mode_.find_first_of("wax") != mode_.npos) return {stdout, keep};
    throw ValueError("argument \"-\" with mode " + krait::repr(mode_));
  }
  std::string mode_;
};

}  // namespace

Value parse_int(std::string_view text) {
  constexpr std::size_t kMostDigits = 4300;  // Python: sys.get_int_max_str_digits()
  constexpr std::string_view kInvalid = "invalid literal for int() with base 10: ";
  const std::string clean = without_underscores(ascii(text));
  std::string_view digits = clean;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) refuse(kInvalid, text);
  if (digits.size() > kMostDigits) {
    throw ValueError("Exceeds the limit (4300 digits) for integer string conversion: value has " +
                     std::to_string(digits.size()) + " digits; use sys.set_int_max_str_digits() to increase the limit");
  }
  return Value::big_int((negative ? "-" : "") + std::string(digits));
}

double parse_float(std::string_view text) {
  const std::string clean = without_underscores(ascii(text));
  std::string_view number = clean;
  const bool negative = number.starts_with('-');
  if (negative || number.starts_with('+')) number.remove_prefix(1);
  double value = 0;
  if (const std::string word = lower(number); word == "inf" || word == "infinity") {
    value = std::numeric_limits<double>::infinity();
  } else if (word == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    if (!is_decimal_number(number) || number.starts_with('+') || number.starts_with('-')) {
      refuse("could not convert string to float: ", text);
    }
    const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
    if (read.ec == std::errc::result_out_of_range) {
      value = is_huge(number) ? std::numeric_limits<double>::infinity() : 0;
    }
  }
  return negative ? -value : value;
}

std::string Type::name() const {
  constexpr std::string_view kNames[] = {"", "int", "float", "str"};
  return builtin_ == _Builtin::User ? name_ : std::string(kNames[static_cast<std::size_t>(builtin_)]);
}

Value Type::operator()(const Value& text) const {
  switch (builtin_) {
    case _Builtin::Int:
      return parse_int(text.as_str());
    case _Builtin::Float:
      return parse_float(text.as_str());
    case _Builtin::User:
      return user_->convert(text.as_str());
    default:
      return text;
  }
}

Type FileType(std::string mode) {
  std::string name = "FileType(" + krait::repr(mode) + ")";
  return {std::move(name), FileOpener(std::move(mode))};
}

}  // namespace krait::argparse
