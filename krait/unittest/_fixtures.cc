#include "krait/unittest/_fixtures.h"

#include <map>

namespace krait::unittest {

namespace {

struct State {
  bool setup_failed = false;
  std::vector<_base::Function<void()>> cleanups;
};
std::map<const _Class*, State>& states() {
  static std::map<const _Class*, State> all;
  return all;
}
_Class* running = nullptr;

// A fixture that failed, as a report names it.
class Holder final : public TestLike {
 public:
  Holder(const char* fixture, const std::string& of) : text_(std::string(fixture) + " (" + of + ")") {}
  std::string str() const override { return text_; }
  std::string id() const override { return text_; }

 private:
  std::string text_;
};

bool skipped(const _Class& known) {
  _Decorations decorations;
  known.decorate(decorations);
  return decorations.skip.has_value();
}

// Calls a fixture. Only a BaseException that is no Exception comes out. False: it failed, or skipped.
template <class F>
bool call(TestResult& result, const char* fixture, const std::string& of, const F& function) {
  std::exception_ptr error;
  try {
    function();
    return true;
  } catch (...) {
    error = std::current_exception();
  }
  if (isinstance<BaseException>(error) && !isinstance<Exception>(error)) std::rethrow_exception(error);
  if (const auto* skip = _exception_cast<SkipTest>(error)) {
    result.addSkip(Holder(fixture, of), skip->what());
  } else {
    result.addError(Holder(fixture, of), error);
  }
  return false;
}

void clean_up(TestResult& result, const char* fixture, _Class& known) {
  auto& cleanups = states()[&known].cleanups;
  while (!cleanups.empty()) {
    auto last = std::move(cleanups.back());
    cleanups.pop_back();
    call(result, fixture, known.qualified_name(), [&] { last(); });
  }
}

}  // namespace

_Class* _Fixtures::current_class() { return running; }
std::vector<_base::Function<void()>>& _Fixtures::class_cleanups(_Class& of) { return states()[&of].cleanups; }
std::vector<_base::Function<void()>>& _Fixtures::module_cleanups() {
  static std::vector<_base::Function<void()>> all;
  return all;
}

bool _Fixtures::enter(TestResult& result, _Class& next) {
  leave_class(result, &next);
  enter_module(result, next);
  running = &next;
  enter_class(result, next);
  result._previous_class = &next;
  return !states()[&next].setup_failed && !result._module_setup_failed;
}

void _Fixtures::finish(TestResult& result) {
  leave_class(result, nullptr);
  leave_module(result);
  result._previous_class = nullptr;
  running = nullptr;
}

void _Fixtures::leave_class(TestResult& result, const _Class* next) {
  _Class* previous = result._previous_class;
  if (!previous || previous == next) return;
  if (states()[previous].setup_failed || result._module_setup_failed || skipped(*previous)) return;
  result._setup_output();
  call(result, "tearDownClass", previous->qualified_name(), previous->tearDownClass);
  clean_up(result, "tearDownClass", *previous);
  result._restore_output();
}

void _Fixtures::enter_module(TestResult& result, const _Class& next) {
  if (result._previous_class && result._previous_class->module() == next.module()) return;
  leave_module(result);
  result._module_setup_failed = false;
  const _Module* module = _find_module(next.file);
  if (!module || !module->setUpModule) return;
  result._setup_output();
  if (!call(result, "setUpModule", next.module(), module->setUpModule)) {
    result._module_setup_failed = true;
    call(result, "setUpModule", next.module(), doModuleCleanups);
  }
  result._restore_output();
}

void _Fixtures::leave_module(TestResult& result) {
  if (!result._previous_class || result._module_setup_failed) return;
  const _Class& previous = *result._previous_class;
  const _Module* module = _find_module(previous.file);
  result._setup_output();
  if (module && module->tearDownModule) call(result, "tearDownModule", previous.module(), module->tearDownModule);
  call(result, "tearDownModule", previous.module(), doModuleCleanups);
  result._restore_output();
}

void _Fixtures::enter_class(TestResult& result, _Class& next) {
  if (&next == result._previous_class || result._module_setup_failed || skipped(next)) return;
  states()[&next].setup_failed = false;
  result._setup_output();
  if (!call(result, "setUpClass", next.qualified_name(), next.setUpClass)) {
    states()[&next].setup_failed = true;
    clean_up(result, "setUpClass", next);
  }
  result._restore_output();
}

}  // namespace krait::unittest
