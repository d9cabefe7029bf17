#pragma once
// Reading a time from a text.
//
//   time::strptime("2023-09-15 14:46:37", "%Y-%m-%d %H:%M:%S").tm_yday      // 258
//
// Directives: %a %A %b %B %c %d %f %G %H %I %j %m %M %p %S %u %U %V %w %W %x %X %y %Y %z %Z %%. Numbers need no leading zero;
// case does not matter; white space in the format is one or more of it in the text. A two-digit year from 69 on is 19xx.
// Departs from Python: digits and letters without regard to case are those of ASCII, names are English; a directive twice
// is a ValueError "duplicate directive %d in format '…'", where CPython lets an error of its regex engine through; %d without a year
// brings no DeprecationWarning.

#include <string_view>

#include "krait/time/struct_time.h"

namespace krait::time {

// Throws ValueError "time data 'bad' does not match format '%Y'", "unconverted data remains: x", "'s' is a bad directive in
// format '%s'", "stray % in format '%'", "day is out of range for month" and what else CPython says.
// tm_sec may be 60 or 61; tm_isdst is -1 unless %Z tells. Python: time.strptime(string[, format])
struct_time strptime(std::string_view string, std::string_view format = "%a %b %d %H:%M:%S %Y");

}  // namespace krait::time
