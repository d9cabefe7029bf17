#include "krait/builtins/coroutine.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <unordered_map>

#include "krait/_base/stack_trace.h"
#include "krait/builtins/exceptions.h"
#include "krait/builtins/traceback.h"

namespace krait {

constinit thread_local _Preemption _preemption;

namespace {

bool asked_for_in_environment() {
  const char* value = std::getenv("KRAIT_DEBUG");
  return value && *value && std::string_view(value) != "0";
}

// Where each coroutine that is alive was made. Locked: a frame may die in another thread than it was born in.
struct Makers {
  std::mutex mutex;
  std::unordered_map<_PromiseBase*, _base::StackTrace> traces;
};
Makers& makers() {
  static Makers* const all = new Makers;  // never destroyed: coroutines may outlive main()
  return *all;
}

}  // namespace

bool _development_mode = asked_for_in_environment();
void (*_never_awaited_hook)(const std::string& message) noexcept = nullptr;

void _remember_maker(_PromiseBase* promise) noexcept {
  try {
    _base::StackTrace trace = _base::StackTrace::capture();
    std::lock_guard lock(makers().mutex);
    makers().traces.insert_or_assign(promise, trace);
  } catch (const std::bad_alloc&) {  // a report that tells less
  }
}

void _forget_maker(_PromiseBase* promise) noexcept {
  std::lock_guard lock(makers().mutex);
  makers().traces.erase(promise);
}

void _report_never_awaited(std::coroutine_handle<> frame) noexcept {
  try {
    const std::source_location& at = _PromiseBase::of(frame).where;
    std::string message = std::string("coroutine '") + at.function_name() + "' was never awaited";
    {
      std::lock_guard lock(makers().mutex);
      const auto found = makers().traces.find(&_PromiseBase::of(frame));
      if (found != makers().traces.end()) message += "\nmade at (most recent call last):" + found->second.describe();
    }
    if (_never_awaited_hook) {
      _never_awaited_hook(message);
    } else {
      std::fprintf(stderr, "RuntimeWarning: %s\n", message.c_str());
    }
  } catch (...) {
    std::fputs("out of memory while reporting a coroutine that was never awaited\n", stderr);
  }
}

std::exception_ptr _leaving(std::source_location where) noexcept {
  std::exception_ptr error = std::current_exception();
  if (const auto* known = _exception_cast<BaseException>(error)) known->_passed(where);
  return error;
}

void _raise_reused_coroutine() { throw RuntimeError("cannot reuse already awaited coroutine"); }

}  // namespace krait
