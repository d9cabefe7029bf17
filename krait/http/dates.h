#pragma once
// Dates as HTTP writes them (RFC 9110, 5.6.7).
//
//   http_date(std::chrono::sys_days{1994y / 11 / 6} + 8h + 49min + 37s)   // "Sun, 06 Nov 1994 08:49:37 GMT"
//   parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT")                      // that time again
//
// No locale and no time zone database takes part. Python: django.utils.http.http_date, parse_http_date_safe

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace krait::http {

// An IMF-fixdate is always this long.
inline constexpr std::size_t http_date_size = 29;

// Writes the IMF-fixdate of `time` to the 29 bytes at `out` (no zero follows) and returns the end.
// Throws ValueError outside the years 0-9999, which the format cannot hold.
char* write_http_date(char* out, std::chrono::sys_seconds time);
// Python: django.utils.http.http_date(epoch_seconds)
std::string http_date(std::chrono::sys_seconds time);

// Any of the three formats that a recipient must accept: IMF-fixdate, RFC 850's and asctime's. nullopt: not a date.
// A two-digit year lies at most 50 years after `now`. The weekday must be one, but it need not be the date's own.
// Python: django.utils.http.parse_http_date_safe(date)
std::optional<std::chrono::sys_seconds> parse_http_date(
    std::string_view text,
    std::chrono::sys_seconds now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));

}  // namespace krait::http
