#pragma once
// One line of a header or trailer section (RFC 9112, 5).
//   field-line := field-name ":" OWS field-value OWS CRLF
//   OWS        := *( SP | HTAB )
// Refused: no colon, an empty name, whitespace before the colon, a line that starts with whitespace (obs-fold),
// a bare CR or LF, and any other control character.

#include "krait/http/fields.h"
#include "krait/wire/h1/_scan.h"

namespace krait::wire::h1 {

// Both throw RemoteProtocolError (400) that names what is wrong at `bad`, in the line that starts at `line`.
[[noreturn]] void _refuse_name(const char* line, const char* bad);
[[noreturn]] void _refuse_value(const char* bad);

// Reads the line at `p`, which is not the empty line that ends a section. Gives the place after its CRLF, or nullptr
// when it does not end before `stop`. `stop` must have scan_padding readable bytes behind it.
inline const char* _read_field_line(const char* p, const char* stop, http::Header& field) {
  const char* const colon = scan_name(p, stop);
  if (colon == stop) [[unlikely]]
    return nullptr;
  if (*colon != ':' || colon == p) [[unlikely]]
    _refuse_name(p, colon);

  const char* value = colon + 1;
  while (value < stop && (*value == ' ' || *value == '\t')) ++value;
  const char* const end = scan_value(value, stop);
  if (stop - end < 2) [[unlikely]] {
    if (end < stop && *end != '\r') _refuse_value(end);
    return nullptr;
  }
  if (end[0] != '\r' || end[1] != '\n') [[unlikely]]
    _refuse_value(end);

  const char* last = end;
  while (last > value && (last[-1] == ' ' || last[-1] == '\t')) --last;
  field = {{p, static_cast<std::size_t>(colon - p)}, {value, static_cast<std::size_t>(last - value)}};
  return end + 2;
}

}  // namespace krait::wire::h1
