#pragma once
// Values to text: as FastAPI's JSONResponse writes it, {"a":1,"b":[true,null]}, or with json.dumps's options and defaults.
//
//   json::dumps(v);                                       // {"name":"茶"}
//   json::dumps(v, {});                                   // {"name": "\u8336"}             Python: json.dumps(v)
//   json::dumps(v, {.indent = 4, .sort_keys = true});

#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "krait/json/value.h"

namespace krait::json {

// A key and a value, used before the full expression ends.
struct KeyRef {
  std::string_view key;
  Ref value;
};

// What stands before each element, once for each level: so many spaces (0 or fewer: only a new line), or a text.
struct Indent {
  Indent(int spaces) : text(static_cast<std::size_t>(spaces > 0 ? spaces : 0), ' ') {}
  Indent(std::string text) : text(std::move(text)) {}
  Indent(const char* text) : text(text) {}

  std::string text;
};

// Python: separators=(item, key)
struct Separators {
  std::string item = ", ", key = ": ";
};

// Without a member: `default`, `skipkeys` and `check_circular`, for a type or a key that JSON cannot hold does not compile, and
// values hold values, so none can hold itself.
struct DumpsOptions {
  bool ensure_ascii = true;                // writes what is no ASCII as \uXXXX
  bool allow_nan = true;                   // writes NaN, Infinity, -Infinity; false: they are refused
  std::optional<Indent> indent{};          // none: all in one line
  std::optional<Separators> separators{};  // none: ", " and ": "; with an indent "," and ": "
  bool sort_keys = false;
};

// Python: json.dumps(value, **options). Throws ValueError "Out of range float values are not JSON compliant: nan",
// UnicodeEncodeError for a std::string that is not UTF-8 (a lone surrogate is written as "\ud800" by ensure_ascii),
// RecursionError for what is nested more than 4000 deep.
std::string dumps(Ref value, const DumpsOptions& options);
// Python: json.dump(value, fp, **options)
void dump(Ref value, std::ostream& fp, const DumpsOptions& options = {});

// Described structs, enums, containers, optionals and numbers are written straight into `out`: no Value is made of them.
// Departs from Python's defaults: compact separators and ensure_ascii=False, as Starlette has it.
// Throws ValueError for NaN and infinities, UnicodeEncodeError for a std::string that is not UTF-8; `out` is then as before.
// Python: json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
std::string dumps(Ref value);
// The same, appended to `out`.
void dump(Ref value, std::string& out);
// A dict that never was: dump({{"id", id}, {"name", name}}, out).
void dump(std::initializer_list<KeyRef> items, std::string& out);

// Appends `text` with its quotes. Throws as dump does.
void dump_string(std::string_view text, std::string& out);

// Python: json.JSONEncoder
class JSONEncoder {
 public:
  explicit JSONEncoder(DumpsOptions options = {}) : options_(std::move(options)) {}

  std::string encode(Ref value) const { return dumps(value, options_); }

 private:
  DumpsOptions options_;
};

enum class _Invalid { Throw, Escape };
// With _Invalid::Escape what dump refuses is written all the same: a lone surrogate as \ud800, another stray byte as
// U+FFFD, a NaN or an infinity as null. For telling a client what it sent.
void _dump(const _Type& type, const void* object, std::string& out, _Invalid invalid);

// A float as Python prints it: "1.0", "1e-05", "inf". Python: repr(value)
void _append_float(double value, std::string& out);

}  // namespace krait::json
