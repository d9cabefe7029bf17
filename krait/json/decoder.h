#pragma once
// Text to values, strict as Python's json: same results, same errors, same positions.
//
//   json::Value order = json::loads(text);
//   json::Value exact = json::loads(text, {.parse_float = [](std::string_view digits) { return json::Value(digits); }});

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/_base/function.h"
#include "krait/builtins/exceptions.h"
#include "krait/json/value.h"

namespace krait::json {

// Python: json.JSONDecodeError. what() is "Expecting value: line 1 column 1 (char 0)".
class JSONDecodeError : public ValueError {
 public:
  JSONDecodeError(std::string msg, std::string_view document, std::size_t offset);

  std::string msg;     // without the place: "Expecting value"
  std::string doc;     // what was read, in UTF-8
  std::size_t offset;  // of the fault, in bytes of doc
  std::size_t pos;     // of the fault, in code points
  std::size_t lineno;  // from 1
  std::size_t colno;   // from 1, in code points
};

using krait::RecursionError;  // deeper nesting than max_depth (CPython 3.13 has 9998 or less, by its build)
inline constexpr std::size_t max_depth = 1000;

// What a hook gives stands in the place of what it was given; what it throws leaves loads. The texts that the parse hooks get
// are views into the document.
struct LoadsOptions {
  _base::Function<Value(Object)> object_hook{};               // of each dict, the innermost first
  _base::Function<Value(std::string_view)> parse_float{};     // of the digits
  _base::Function<Value(std::string_view)> parse_int{};       // of the digits, however many
  _base::Function<Value(std::string_view)> parse_constant{};  // of "NaN", "Infinity", "-Infinity"
  _base::Function<Value(std::vector<Object::Item>)>
      object_pairs_hook{};  // with equal keys, in their order; goes before object_hook
  bool strict = true;       // false: a string may hold control characters
};

// The value of a JSON document in UTF-8 (with or without a BOM), UTF-16 or UTF-32. Of equal keys the last one counts; ints
// are exact whatever their size; NaN, Infinity and -Infinity are read; a lone surrogate ("\ud800") is kept as the three
// bytes that UTF-8 would give it, which dumps writes as "\ud800" again, or refuses where it may not escape.
// Throws JSONDecodeError, UnicodeDecodeError, RecursionError, and ValueError for an int of more than 4300 digits.
// Python: json.loads(s), s being bytes
Value loads(std::string_view document);
Value loads(std::string_view document, LoadsOptions options);
// A document that is known to be text: one that begins with a BOM is refused. Python: json.loads(s), s being a str
Value loads(std::u8string_view document, LoadsOptions options = {});
// All that can be read from `fp`. Python: json.load(fp), fp being binary
Value load(std::istream& fp, LoadsOptions options = {});

// Python: json.JSONDecoder
class JSONDecoder {
 public:
  explicit JSONDecoder(LoadsOptions options = {}) : options_(std::move(options)) {}

  // The value of a whole document of UTF-8; white space may stand around it.
  Value decode(std::string_view s);
  // The value that begins at byte `idx` of `s`, and where it ends; what stands behind is not looked at. Not even white space
  // may stand before it.
  std::pair<Value, std::size_t> raw_decode(std::string_view s, std::size_t idx = 0);

 private:
  LoadsOptions options_;
};

}  // namespace krait::json
