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

// Tests in the order they are to run. Python: unittest.TestSuite
class TestSuite {
 public:
  void addTest(std::unique_ptr<TestCase> test) { tests_.push_back(std::move(test)); }
  void addTests(TestSuite suite) {
    for (auto& test : suite.tests_) tests_.push_back(std::move(test));
  }
  std::size_t countTestCases() const noexcept { return tests_.size(); }
  // Runs and drops them one by one.
  void run(TestResult& result);

 private:
  std::vector<std::unique_ptr<TestCase>> tests_;
};

}  // namespace krait::unittest
