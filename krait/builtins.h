#pragma once
// What Python has without an import: exceptions, coroutines, generators.
#include "krait/builtins/async_generator.h"
#include "krait/builtins/async_with.h"
#include "krait/builtins/awaitable.h"
#include "krait/builtins/coroutine.h"
#include "krait/builtins/exceptions.h"
#include "krait/builtins/generator.h"
#include "krait/builtins/none.h"
#include "krait/builtins/print.h"
#include "krait/builtins/repr.h"
#include "krait/builtins/traceback.h"
#include "krait/builtins/with.h"
