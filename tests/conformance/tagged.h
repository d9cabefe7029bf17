#pragma once
// Values that JSON cannot hold, in the tags of the conformance lines: {"$bytes": "<base64>"}, {"$int": "12…"}, {"$float": "inf"}.

#include <string>
#include <string_view>

#include "krait/json.h"

namespace krait::conformance {

// {"$bytes": base64 of `bytes`}
json::Value tag_bytes(std::string_view bytes);
// The bytes of {"$bytes": base64}. Throws TypeError for another value, ValueError for what is no base64.
std::string untag_bytes(const json::Value& value);

// `value` with its ints beyond 2^53 and its floats that are no numbers tagged, however deep they lie.
json::Value tag_numbers(const json::Value& value);

// Python: bytes.decode("latin-1"): each byte is one character.
std::string decode_latin1(std::string_view bytes);

}  // namespace krait::conformance
