#pragma once
// The encodings that a request's target, headers and cookies come in, and their way to UTF-8.

#include <string>
#include <string_view>

#include "krait/web/datastructures.h"

namespace krait::web {

// All of these append to `out`, which grows to at most twice the text's size: reserved before, it does not move.

// "%C3%A4" to "ä". What is no escape stays; bytes that are no UTF-8 become U+FFFD. Python: urllib.parse.unquote
void _append_unquoted(std::string_view text, std::string& out);
// Bytes above 127 as Latin-1, which is how Python reads headers and queries.
void _append_latin1(std::string_view bytes, std::string& out);
bool _is_ascii(std::string_view text) noexcept;

// "a=1&b=x+y" to pairs, in order, blank values kept. Their text lies in `query` where it could stay as it is, else in
// `storage`. Python: urllib.parse.parse_qsl(query, keep_blank_values=True)
void _parse_query(std::string_view query, MultiDict& pairs, std::string& storage);

// A Cookie header to pairs; of equal names the last counts. Python: starlette.requests.cookie_parser
void _parse_cookies(std::string_view header, MultiDict& pairs, std::string& storage);
// A cookie's value as it may stand in a header, in quotes where it must. Throws ValueError for a character beyond Latin-1,
// which a header cannot hold. Python: http.cookies._quote
std::string _quote_cookie(std::string_view value);

// Percent-encodes all but letters, digits, "_.-~" and `safe`. Python: urllib.parse.quote(text, safe)
std::string _quote(std::string_view text, std::string_view safe);

}  // namespace krait::web
