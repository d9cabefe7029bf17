#pragma once
// Clocks, and times as nine numbers. Python: time, and calendar.timegm
#include "krait/time/clocks.h"
#include "krait/time/local_zone.h"
#include "krait/time/strftime.h"
#include "krait/time/strptime.h"
#include "krait/time/struct_time.h"
