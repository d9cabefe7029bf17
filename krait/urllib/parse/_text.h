#pragma once
// Text beyond bytes: UTF-8 from outside, and text as error messages quote it.

#include <string>
#include <string_view>

namespace krait::urllib::parse {

// Python: bytes.decode(encoding, errors), as UTF-8. Knows utf-8, ascii and latin-1; strict, replace and ignore.
// Throws UnicodeDecodeError, LookupError "unknown encoding: x".
std::string _decode(std::string_view bytes, std::string_view encoding, std::string_view errors);

}  // namespace krait::urllib::parse
