#include "krait/builtins/coroutine.h"

#include "krait/builtins/exceptions.h"

namespace krait {

constinit thread_local _Preemption _preemption;

void _raise_reused_coroutine() { throw RuntimeError("cannot reuse already awaited coroutine"); }

}  // namespace krait
