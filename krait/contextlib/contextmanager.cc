#include "krait/contextlib/contextmanager.h"

#include <string>

#include "krait/builtins/exceptions.h"

namespace krait::contextlib {

void _raise_used_manager(const char* name) {
  throw AttributeError("'" + std::string(name) + "' object has no attribute 'args'");
}

void _raise_generator(const char* what) { throw RuntimeError(what); }

bool _came_back(const std::exception_ptr& error) {
  if (std::current_exception() == error) return true;
  try {
    throw;
  } catch (const RuntimeError& raised) {
    return raised.cause() == error && (isinstance<StopIteration>(error) || isinstance<StopAsyncIteration>(error));
  } catch (...) {
    return false;
  }
}

}  // namespace krait::contextlib
