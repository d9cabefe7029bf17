#pragma once
// Text to values, strict as Python's json: same results, same errors, same positions.

#include <cstddef>
#include <string>
#include <string_view>

#include "krait/builtins/exceptions.h"
#include "krait/json/value.h"

namespace krait::json {

// Python: json.JSONDecodeError. what() is "Expecting value: line 1 column 1 (char 0)".
class JSONDecodeError : public ValueError {
 public:
  JSONDecodeError(std::string msg, std::string_view document, std::size_t offset);

  std::string msg;     // without the place: "Expecting value"
  std::size_t offset;  // of the fault, in bytes
  std::size_t pos;     // of the fault, in code points
  std::size_t lineno;  // from 1
  std::size_t colno;   // from 1, in code points
};

using krait::RecursionError;  // deeper nesting than max_depth
inline constexpr std::size_t max_depth = 1000;

// The value of a JSON document in UTF-8 (with or without a BOM), UTF-16 or UTF-32. Of equal keys the last one counts; ints
// are exact whatever their size; NaN, Infinity and -Infinity are read; a lone surrogate ("\ud800") is kept as the three
// bytes that UTF-8 would give it, which dumps refuses.
// Throws JSONDecodeError, UnicodeDecodeError, RecursionError, and ValueError for an int of more than 4300 digits.
// Python: json.loads(s)
Value loads(std::string_view document);

}  // namespace krait::json
