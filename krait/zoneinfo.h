#pragma once
// The time zones of the IANA database. Python: zoneinfo
#include "krait/zoneinfo/tzpath.h"
#include "krait/zoneinfo/zone.h"
