#pragma once
// A time as a text of one's own form.
//
//   time::strftime("%Y-%m-%d %H:%M:%S", time::gmtime(0))      // "1970-01-01 00:00:00"
//
// Every directive of the C library, its flags and widths (%-d, %_H, %10Y) included, with English names whatever the
// program's locale; one that it does not know stays as it is, as with CPython on Linux.

#include <string>
#include <string_view>

#include "krait/time/struct_time.h"

namespace krait::time {

// The first form is of now, in the local zone. Throws ValueError "month out of range" and the like, "embedded null
// character", and for a width that makes more than 64 KiB of one directive (CPython gives "" then).
// Python: time.strftime(format[, t])
std::string strftime(std::string_view format);
std::string strftime(std::string_view format, const struct_time& t);

}  // namespace krait::time
