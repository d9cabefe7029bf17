#pragma once
// Python: unittest
#include "krait/unittest/virtual_clock.h"
