#pragma once
// %xx escapes.

#include <string>
#include <string_view>

namespace krait::urllib::parse {

// Escapes all bytes but ASCII letters, digits, "_.-~" and those of `safe`. Text is UTF-8, and bytes that are no UTF-8 are
// escaped like any others. Python: urllib.parse.quote(string, safe='/'), quote_from_bytes(bs, safe='/')
std::string quote(std::string_view string, std::string_view safe = "/");
std::string quote_from_bytes(std::string_view bytes, std::string_view safe = "/");
// The same for the values of a form: " " becomes "+". Python: urllib.parse.quote_plus(string, safe='')
std::string quote_plus(std::string_view string, std::string_view safe = "");

// Undoes it. What is no escape stays as it is. What the escapes give is read in `encoding` (utf-8, ascii or latin-1), where
// `errors` is replace (by U+FFFD), ignore or strict, which throws UnicodeDecodeError.
// Python: urllib.parse.unquote(string, encoding='utf-8', errors='replace'), unquote_plus
std::string unquote(std::string_view string, std::string_view encoding = "utf-8", std::string_view errors = "replace");
std::string unquote_plus(std::string_view string, std::string_view encoding = "utf-8",
                         std::string_view errors = "replace");
// The bytes themselves. Python: urllib.parse.unquote_to_bytes(string)
std::string unquote_to_bytes(std::string_view string);

}  // namespace krait::urllib::parse
