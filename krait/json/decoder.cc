#include "krait/json/decoder.h"

#include <charconv>
#include <istream>
#include <iterator>
#include <limits>

#include "krait/json/_quick.h"
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
  Decoder(std::string_view document, LoadsOptions& options, std::size_t at = 0)
      : scanner_(document, at), options_(options) {
    scanner_.strict = options.strict;
  }

  Value document() {
    scanner_.skip_space();
    Value result = value(0);
    scanner_.skip_space();
    if (!scanner_.at_end()) scanner_.fail("Extra data", scanner_.position());
    return result;
  }

  Value first_value(std::size_t* end) {
    Value result = value(0);
    *end = scanner_.position();
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
    if (scanner_.literal("NaN")) return constant("NaN", std::numeric_limits<double>::quiet_NaN());
    if (scanner_.literal("Infinity")) return constant("Infinity", std::numeric_limits<double>::infinity());
    if (scanner_.literal("-Infinity")) return constant("-Infinity", -std::numeric_limits<double>::infinity());
    return number(scanner_.number());
  }

  Value constant(std::string_view name, double meant) {
    return options_.parse_constant ? options_.parse_constant(name) : Value(meant);
  }

  Value number(const Scanner::Number& number) {
    if (number.is_float)
      return options_.parse_float ? options_.parse_float(number.text) : Value(_parse_double(number.text));
    if (options_.parse_int) return options_.parse_int(number.text);
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
    std::vector<Object::Item> pairs;
    if (scanner_.open_object()) {
      do {
        std::string key;
        scanner_.key(key);
        Value element = value(depth + 1);
        if (options_.object_pairs_hook) {
          pairs.emplace_back(std::move(key), std::move(element));
        } else {
          map.set(std::move(key), std::move(element));
        }
      } while (scanner_.next_member());
    }
    if (options_.object_pairs_hook) return options_.object_pairs_hook(std::move(pairs));
    if (options_.object_hook) return options_.object_hook(std::move(map));
    return map;
  }

  Scanner scanner_;
  LoadsOptions& options_;
};

bool is_plain(const LoadsOptions& options) {
  return !options.object_hook && !options.object_pairs_hook && !options.parse_float && !options.parse_int &&
         !options.parse_constant && options.strict;
}

// `s` as it is, if it is UTF-8.
std::string_view checked(std::string_view s) {
  const std::size_t fault = _utf8_fault(s, true);
  if (fault != s.size()) _raise_utf8_error(s, fault);
  return s;
}

}  // namespace

JSONDecodeError::JSONDecodeError(std::string msg, std::string_view document, std::size_t offset)
    : BaseException(describe(msg, place_of(document, offset))), msg(std::move(msg)), doc(document), offset(offset) {
  const Place place = place_of(document, offset);
  pos = place.pos;
  lineno = place.lineno;
  colno = place.colno;
}

Value loads(std::string_view document) {
  Value quick;
  if (_load_quickly(document, &quick)) return quick;
  quick = nullptr;
  LoadsOptions options;
  std::string storage;
  return Decoder(_to_utf8(document, storage), options).document();
}

Value loads(std::string_view document, LoadsOptions options) {
  if (is_plain(options)) return loads(document);
  std::string storage;
  return Decoder(_to_utf8(document, storage), options).document();
}

Value loads(std::u8string_view document, LoadsOptions options) {
  const std::string_view text(reinterpret_cast<const char*>(document.data()), document.size());
  if (text.starts_with("\xef\xbb\xbf")) throw JSONDecodeError("Unexpected UTF-8 BOM (decode using utf-8-sig)", text, 0);
  Value quick;
  if (is_plain(options) && _load_quickly(text, &quick)) return quick;
  quick = nullptr;
  return Decoder(checked(text), options).document();
}

Value load(std::istream& fp, LoadsOptions options) {
  const std::string document{std::istreambuf_iterator<char>(fp), {}};
  return loads(document, std::move(options));
}

Value JSONDecoder::decode(std::string_view s) {
  Value quick;
  if (is_plain(options_) && _load_quickly(s, &quick)) return quick;
  quick = nullptr;
  return Decoder(checked(s), options_).document();
}

std::pair<Value, std::size_t> JSONDecoder::raw_decode(std::string_view s, std::size_t idx) {
  checked(s);
  if (idx > s.size()) throw JSONDecodeError("Expecting value", s, s.size());
  std::size_t end = 0;
  Value value = Decoder(s, options_, idx).first_value(&end);
  return {std::move(value), end};
}

}  // namespace krait::json
