#pragma once
// Dates, times and the differences between them. Python: datetime
#include "krait/datetime/date.h"
#include "krait/datetime/datetime.h"
#include "krait/datetime/time.h"
#include "krait/datetime/timedelta.h"
#include "krait/datetime/timezone.h"
