#include "krait/json/decoder.h"

#include <charconv>
#include <limits>

#include "krait/json/_scanner.h"
#include "krait/json/_unicode.h"

namespace krait::json {

namespace {

// The 1-based line and column of a byte, and its distance from the start in code points.
struct Place {
  std::size_t pos, lineno, colno;
};

Place place_of(std::string_view document, std::size_t offset) {
  const std::string_view before = document.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  std::size_t lines = 1;
  for (char c : before) lines += c == '\n';
  const std::string_view line = newline == std::string_view::npos ? before : before.substr(newline + 1);
  return {_count_code_points(before), lines, _count_code_points(line) + 1};
}

std::string describe(const std::string& msg, const Place& place) {
  return msg + ": line " + std::to_string(place.lineno) + " column " + std::to_string(place.colno) + " (char " +
         std::to_string(place.pos) + ")";
}

// Makes Values; where the scanner only finds out what is there.
class Decoder {
 public:
  explicit Decoder(std::string_view document) : scanner_(document) {}

  Value document() {
    scanner_.skip_space();
    Value result = value(0);
    scanner_.skip_space();
    if (!scanner_.at_end()) scanner_.fail("Extra data", scanner_.position());
    return result;
  }

 private:
  // A recursion deeper than this would be the peer's choice of how much stack we use.
  static void check_depth(std::size_t depth, std::string_view what) {
    if (depth < max_depth) return;
    throw RecursionError("maximum recursion depth exceeded while decoding a JSON " + std::string(what) +
                         " from a unicode string");
  }

  Value value(std::size_t depth) {
    switch (scanner_.peek()) {
      case '"': {
        std::string text;
        scanner_.string(text);
        return text;
      }
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      default:
        break;
    }
    if (scanner_.literal("null")) return nullptr;
    if (scanner_.literal("true")) return true;
    if (scanner_.literal("false")) return false;
    if (scanner_.literal("NaN")) return std::numeric_limits<double>::quiet_NaN();
    if (scanner_.literal("Infinity")) return std::numeric_limits<double>::infinity();
    if (scanner_.literal("-Infinity")) return -std::numeric_limits<double>::infinity();
    return number(scanner_.number());
  }

  static Value number(const Scanner::Number& number) {
    if (number.is_float) return _parse_double(number.text);
    std::int64_t small = 0;
    const char* begin = number.text.data();
    const auto result = std::from_chars(begin, begin + number.text.size(), small);
    if (result.ec == std::errc()) return small;
    constexpr std::size_t most_digits = 4300;  // Python: sys.get_int_max_str_digits()
    const std::size_t digits = number.text.size() - number.text.starts_with('-');
    if (digits > most_digits) {
      throw ValueError("Exceeds the limit (4300 digits) for integer string conversion: value has " +
                       std::to_string(digits) + " digits; use sys.set_int_max_str_digits() to increase the limit");
    }
    return Value::big_int(std::string(number.text));
  }

  Value array(std::size_t depth) {
    check_depth(depth, "array");
    Array list;
    if (scanner_.open_array()) {
      do list.push_back(value(depth + 1));
      while (scanner_.next_element());
    }
    return list;
  }

  Value object(std::size_t depth) {
    check_depth(depth, "object");
    Object map;
    if (scanner_.open_object()) {
      do {
        std::string key;
        scanner_.key(key);
        map.set(std::move(key), value(depth + 1));
      } while (scanner_.next_member());
    }
    return map;
  }

  Scanner scanner_;
};

}  // namespace

JSONDecodeError::JSONDecodeError(std::string msg, std::string_view document, std::size_t offset)
    : BaseException(describe(msg, place_of(document, offset))), msg(std::move(msg)), offset(offset) {
  const Place place = place_of(document, offset);
  pos = place.pos;
  lineno = place.lineno;
  colno = place.colno;
}

Value loads(std::string_view document) {
  std::string storage;
  return Decoder(_to_utf8(document, storage)).document();
}

}  // namespace krait::json
