#pragma once
// What a tzinfo answers, checked; and offsets as texts.

#include <optional>
#include <string>
#include <string_view>

#include "krait/datetime/timedelta.h"
#include "krait/datetime/timezone.h"
#include "krait/time/struct_time.h"

namespace krait::datetime {

// Throws ValueError "offset must be a timedelta strictly between …" when the zone answers otherwise. None without a zone.
std::optional<timedelta> _utcoffset(const tz& zone, const datetime* dt);
std::optional<timedelta> _dst(const tz& zone, const datetime* dt);
std::optional<std::string> _tzname(const tz& zone, const datetime* dt);

// "+05:30", "-04:59:52.999991": with `separator` in place of the colon.
void _put_offset(std::string& out, const timedelta& offset, std::string_view separator);

// Python: isoformat's timespec, of an hour and less.
void _put_clock(std::string& out, int hour, int minute, int second, int microsecond, std::string_view timespec);

// asctime of a time whose year has four digits, be they zeros.
std::string _ctime(const krait::time::struct_time& t);

// A tzinfo of a text's offset; 0 gives UTC.
tz _zone_of_offset(int seconds, int microseconds);

}  // namespace krait::datetime
