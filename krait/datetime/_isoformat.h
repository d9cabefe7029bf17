#pragma once
// Reading the texts of isoformat(), and the other forms of ISO 8601 that Python reads.

#include <optional>
#include <string_view>

#include "krait/time/_calendar.h"

namespace krait::datetime {

struct _IsoTime {
  int hour = 0, minute = 0, second = 0, microsecond = 0;
  bool has_offset = false;
  int offset = 0, offset_microseconds = 0;  // seconds, and a fraction of the same sign
};

// nullopt: no ISO date. The numbers may still be out of range.
std::optional<krait::time::_Date> _read_iso_date(std::string_view text);
std::optional<_IsoTime> _read_iso_time(std::string_view text);
// Where the date of a date and time ends: 7, 8 or 10, or beyond the text.
std::size_t _iso_separator(std::string_view text);

[[noreturn]] void _invalid_isoformat(std::string_view text);

}  // namespace krait::datetime
