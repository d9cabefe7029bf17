#pragma once
// Values to text, as FastAPI's JSONResponse writes it: {"a":1,"b":[true,null]}, UTF-8 not escaped, floats as Python's repr.

#include <initializer_list>
#include <string>
#include <string_view>

#include "krait/json/value.h"

namespace krait::json {

// A key and a value, used before the full expression ends.
struct KeyRef {
  std::string_view key;
  Ref value;
};

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

enum class _Invalid { Throw, Escape };
// With _Invalid::Escape what dump refuses is written all the same: a lone surrogate as \ud800, another stray byte as
// U+FFFD, a NaN or an infinity as null. For telling a client what it sent.
void _dump(const _Type& type, const void* object, std::string& out, _Invalid invalid);

// A float as Python prints it: "1.0", "1e-05", "inf". Python: repr(value)
void _append_float(double value, std::string& out);

}  // namespace krait::json
