#pragma once
// UTF-8 as a JSON document needs it: checking, counting, writing, and the other encodings that json.loads takes.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace krait::json {

// The bytes of one encoded code point at the start of a text: how many (0: the text is no UTF-8 there), and which.
struct _CodePoint {
  std::size_t size = 0;
  std::uint32_t value = 0;
};

// `text` is not empty. Surrogates, which UTF-8 leaves out, are decoded when `surrogates`.
_CodePoint _decode_utf8(std::string_view text, bool surrogates) noexcept;
// Where `text` stops being UTF-8; its size when it never does.
std::size_t _utf8_fault(std::string_view text, bool surrogates) noexcept;
// Appends the UTF-8 of any code point, a surrogate's three bytes, too.
void _append_utf8(std::uint32_t code_point, std::string& out);
// Of text that is UTF-8. Python: len(text)
std::size_t _count_code_points(std::string_view text) noexcept;
// `text` with what is no UTF-8 replaced by U+FFFD. Python: bytes.decode(errors="replace")
std::string _replace_invalid_utf8(std::string_view text);

// The document as UTF-8 without a BOM: itself, or `storage` when it came in UTF-16 or UTF-32. Surrogates are let through.
// Throws UnicodeDecodeError. Python: s.decode(json.detect_encoding(s), "surrogatepass")
std::string_view _to_utf8(std::string_view document, std::string& storage);
// Throws Python's UnicodeDecodeError for the fault at `offset` of a text meant to be UTF-8.
[[noreturn]] void _raise_utf8_error(std::string_view text, std::size_t offset);

inline bool _has_high_bit(std::uint64_t eight_bytes) noexcept { return (eight_bytes & 0x8080808080808080u) != 0; }

}  // namespace krait::json
