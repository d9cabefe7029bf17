#include "krait/contextlib/contextmanager.h"

#include <string>

#include "krait/builtins/exceptions.h"

namespace krait::contextlib {

void _raise_used_manager(const char* name) {
  throw AttributeError("'" + std::string(name) + "' object has no attribute 'args'");
}

void _raise_generator(const char* what) { throw RuntimeError(what); }

bool _came_back(const std::exception_ptr& error) {
  std::exception_ptr raised = std::current_exception();
  if (raised == error) return true;
  const auto* wrapper = _exception_cast<RuntimeError>(raised);
  return wrapper && wrapper->cause() == error &&
         (isinstance<StopIteration>(error) || isinstance<StopAsyncIteration>(error));
}

}  // namespace krait::contextlib
