#pragma once
// What a Field demands of a value that already has its type, and pydantic's words for each breach.

#include "krait/json/validation.h"

namespace krait::json {

// True when `field` demands something.
bool _constrains(const krait::Field& field) noexcept;
// Checks a number, string, list or map (through an optional: what it holds). Without `errors` it only tells; with them, the
// breach is added, `input` being what the client gave.
bool _satisfies(const _Type& type, const void* object, const krait::Field& field, _Errors* errors, const Value* input);
// Says that a list of `actual` elements is too long; that is found before the elements are looked at.
bool _check_max_length(std::size_t actual, const krait::Field& field, _Errors& errors, const Value& input);
// An int beyond the C++ type's range, `low` or high. Where `field` has a bound on that side, that is what it breaks; else
// the type's own range is told as one (ours: Python's int has no range, so pydantic has no word for it).
void _add_range_error(const _Type& type, const krait::Field& field, bool low, _Errors& errors, const Value& input);

}  // namespace krait::json
