#pragma once
// Making context managers, and using them. Python: contextlib
#include "krait/contextlib/contextmanager.h"
#include "krait/contextlib/exit_stack.h"
#include "krait/contextlib/managers.h"
