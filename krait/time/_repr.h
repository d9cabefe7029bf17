#pragma once
// A text as Python's repr() shows it.

#include <string>
#include <string_view>

namespace krait::time {

// Python: repr(text). Control characters are escaped; of the characters beyond ASCII, those of Latin-1 and the separators
// that Python does not print. Bytes that are no UTF-8 are kept.
std::string _repr(std::string_view text);

}  // namespace krait::time
