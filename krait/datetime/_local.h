#pragma once
// The local zone, through the C library: what a naive time means.

#include <cstdint>

#include "krait/datetime/timezone.h"

namespace krait::datetime {

// 1 when the local clock has shown `clock` already, before the moment `utc`; both in seconds since the epoch.
int _local_fold(std::int64_t utc, std::int64_t clock);
// The moment at which the local clock shows `clock`. Of two, fold 1 takes the later; within a gap, it is before the
// change for fold 1 and behind it for fold 0, as the clock went on (PEP 495). Throws ValueError "year 0 is out of range".
std::int64_t _local_to_utc(std::int64_t clock, int fold);
// What astimezone() takes for a naive time's offset. Within a gap it is that of before the change for fold 0, so that the time
// is taken for the moment that _local_to_utc() gives.
timedelta _local_offset(std::int64_t clock, int fold);
// A fixed offset: that of the local zone at a moment, with its name.
timezone _local_zone_at(std::int64_t utc);

}  // namespace krait::datetime
