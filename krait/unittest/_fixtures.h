#pragma once
// Fixtures of classes and modules: what must run before the next test, and after the last one. Python: unittest.suite

#include <functional>
#include <vector>

#include "krait/unittest/result.h"

namespace krait::unittest {

class _Fixtures {
 public:
  // Tears down what the test before left set up, as far as this one does not share it, and sets up what it needs. False:
  // that failed, and the test is not to run.
  static bool enter(TestResult& result, _Class& next);
  // After the last test.
  static void finish(TestResult& result);

  // Whose fixture or test is running.
  static _Class* current_class();
  static std::vector<_base::Function<void()>>& class_cleanups(_Class& of);
  static std::vector<_base::Function<void()>>& module_cleanups();

 private:
  static void leave_class(TestResult& result, const _Class* next);
  static void enter_module(TestResult& result, const _Class& next);
  static void leave_module(TestResult& result);
  static void enter_class(TestResult& result, _Class& next);
};

}  // namespace krait::unittest
