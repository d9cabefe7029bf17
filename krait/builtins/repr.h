#pragma once
// Text and bytes as Python's repr() shows them.
//
//   throw ValueError("cannot read " + repr(name));        // cannot read 'caf\xa0'

#include <string>
#include <string_view>

namespace krait {

// In single quotes, or in double ones when the text has a single quote and no double one; escaped is what
// str.isprintable() refuses (CPython 3.13: Unicode 15.1). A byte that is no UTF-8 becomes "\udcff", as os.fsdecode has it.
// Python: repr(text)
std::string repr(std::string_view text);

// The same with everything beyond ASCII escaped. Python: ascii(text)
std::string ascii(std::string_view text);

// "b'\x00GET'". Python: repr(data), of bytes
std::string repr_bytes(std::string_view data);

// What ascii() makes of a repr: escaped is what is no ASCII.
std::string _only_ascii(std::string_view shown);

// Python: chr(c).isprintable()
bool _is_printable(char32_t c) noexcept;

}  // namespace krait
