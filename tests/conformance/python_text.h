#pragma once
// Values and exceptions as the text that CPython prints for them.

#include <exception>
#include <string>

#include "krait/json.h"

namespace krait::conformance {

// Python: json.dumps(value, ensure_ascii=False), spaces after "," and ":" included. A lone surrogate, which UTF-8 does not
// have, is written as its escape.
std::string dump(const json::Value& value);

// Python: str(value), for the values that a scenario puts into a text: a str as it is, the rest by its JSON but for
// None, True and False.
std::string str(const json::Value& value);

// An exception as conformance lines show it: the class; for ValueError, KeyError, RuntimeError and TypeError with the text,
// in which a repr is "<>"; for CancelledError with the message; for groups with what is within.
std::string describe(const std::exception_ptr& error);

}  // namespace krait::conformance
