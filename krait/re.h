#pragma once
// Regular expressions in Python's language. Python: re
#include "krait/re/error.h"
#include "krait/re/findall.h"
#include "krait/re/flags.h"
#include "krait/re/functions.h"
#include "krait/re/match.h"
#include "krait/re/pattern.h"
