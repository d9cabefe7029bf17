#pragma once
// struct_time and C's tm, which counts months and days of the year from 0, years from 1900 and weekdays from Sunday.

#include <ctime>

#include "krait/time/struct_time.h"

namespace krait::time {

// The zone, if there is one, is that of `t`, which must outlive the result. Throws OverflowError "year out of range".
std::tm _to_tm(const struct_time& t);
// Throws ValueError for what C would index a table with; a month, day or day of the year of 0 becomes the first.
void _check_tm(std::tm& tm);
struct_time _from_tm(const std::tm& tm);

// Throw OSError. Python: gmtime and localtime underneath
std::tm _utc_tm(std::int64_t secs);
std::tm _local_tm(std::int64_t secs);

}  // namespace krait::time
