#include "krait/contextlib/exit_stack.h"

#include <iostream>

#include "krait/builtins/exceptions.h"

namespace krait::contextlib {

bool ExitStack::exit(std::exception_ptr error) {
  bool received = error != nullptr, swallowed = false, raised = false;
  while (!exits_.empty()) {
    _Exit last = pop();
    try {
      if (last.plain(error)) {
        swallowed = true;
        raised = false;
        error = nullptr;
      }
    } catch (...) {
      _note_earlier(error);
      raised = true;
      error = std::current_exception();
    }
  }
  if (raised) std::rethrow_exception(error);
  return received && swallowed;
}

ExitStack::~ExitStack() {
  if (exits_.empty()) return;
  bool failed = std::uncaught_exceptions() > exceptions_;
  try {
    exit(failed ? std::make_exception_ptr(GeneratorExit()) : nullptr);
  } catch (const GeneratorExit&) {
  } catch (...) {
    std::cerr << "Exception ignored in: <ExitStack>\n" << repr(std::current_exception()) << "\n";
  }
}

Coroutine<bool> AsyncExitStack::aexit(std::exception_ptr error) {
  bool received = error != nullptr, swallowed = false, raised = false;
  while (!exits_.empty()) {
    _Exit last = pop();
    try {
      bool swallows = false;
      if (last.plain) {
        swallows = last.plain(error);
      } else {
        swallows = co_await last.awaited(error);
      }
      if (swallows) {
        swallowed = true;
        raised = false;
        error = nullptr;
      }
    } catch (...) {
      _note_earlier(error);
      raised = true;
      error = std::current_exception();
    }
  }
  if (raised) std::rethrow_exception(error);
  co_return received&& swallowed;
}

}  // namespace krait::contextlib
