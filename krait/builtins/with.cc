#include "krait/builtins/with.h"

#include "krait/builtins/exceptions.h"

namespace krait {

namespace {

// Whether `sought` is `error` or stands behind it: then it may not get `error` for its cause, or the chain had no end.
bool stands_in(const std::exception_ptr& error, const BaseException& sought) {
  std::exception_ptr each = error;
  while (each) {
    try {
      std::rethrow_exception(each);
    } catch (const BaseException& e) {
      if (&e == &sought) return true;
      each = e.cause();
    } catch (...) {
      return false;
    }
  }
  return false;
}

}  // namespace

void _note_earlier(const std::exception_ptr& earlier) noexcept {
  if (!earlier) return;
  try {
    throw;
  } catch (BaseException& raised) {
    if (!raised.cause() && !stands_in(earlier, raised)) raised.set_cause(earlier);
  } catch (...) {
  }
}

void _raise_no_result() { throw RuntimeError("cannot give a result: the exception of the body was swallowed"); }

}  // namespace krait
