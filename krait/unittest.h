#pragma once
// Python: unittest. What stands on GoogleTest is included by its own name: <krait/unittest/cancel_everywhere.h>.
#include "krait/unittest/async_case.h"
#include "krait/unittest/case.h"
#include "krait/unittest/loader.h"
#include "krait/unittest/main.h"
#include "krait/unittest/memory_streams.h"
#include "krait/unittest/result.h"
#include "krait/unittest/runner.h"
#include "krait/unittest/suite.h"
#include "krait/unittest/virtual_clock.h"
