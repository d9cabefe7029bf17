#include "krait/builtins/generator.h"

#include "krait/builtins/exceptions.h"

namespace krait {

void _leave_generator() {
  try {
    throw;
  } catch (const StopIteration&) {
    RuntimeError raised("generator raised StopIteration");
    raised.set_cause(std::current_exception());
    throw raised;
  }
}

void _raise_running_generator() { throw ValueError("generator already executing"); }

void _raise_sent_too_early() { throw TypeError("can't send non-None value to a just-started generator"); }

}  // namespace krait
