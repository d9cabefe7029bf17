#pragma once
// Dates as mail and HTTP write them (RFC 5322, 3.3), read as generously as Python reads them.
//
//   parsedate_to_time("Sun, 06 Nov 1994 09:49:37 +0100")     // 1994-11-06 08:49:37 UTC
//   formatdate(time, true)                                   // "Sun, 06 Nov 1994 08:49:37 GMT"
//
// What a server must accept of HTTP's dates, and no more, reads krait/http/dates.h. Python: email.utils

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace krait::http {

// As it stands there, not checked: hour may be 99.
struct ParsedDate {
  std::int64_t year, month, day, hour, minute, second;
  // East of UTC; nullopt: "-0000", or no zone that Python knows.
  std::optional<std::chrono::seconds> utc_offset;
};

// nullopt: it is no date. Departs from Python in that a number has at most 15 digits. Python: email.utils.parsedate_tz(data)
std::optional<ParsedDate> parsedate_tz(std::string_view data);

// A date without a zone is one of UTC. Throws ValueError 'Invalid date value or format "x"', "hour must be in 0..23" …
// Departs from Python, whose datetime of such a date is naive. Python: email.utils.parsedate_to_datetime(data)
std::chrono::sys_seconds parsedate_to_time(std::string_view data);

// "Fri, 09 Nov 2001 01:08:47 -0000"; with `usegmt` "GMT" at its end. Throws ValueError outside the years 1-9999.
// Python: email.utils.formatdate(timeval, usegmt=False), format_datetime
std::string formatdate(std::chrono::sys_seconds time, bool usegmt = false);

}  // namespace krait::http
