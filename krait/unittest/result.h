#pragma once
// What became of tests. Python: unittest.result

#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "krait/unittest/case.h"

namespace krait::unittest {

class _OutputCapture;

// Collects; derive from it to hear of every test as it ends. Python: unittest.TestResult
class TestResult {
 public:
  TestResult();
  TestResult(const TestResult&) = delete;
  TestResult& operator=(const TestResult&) = delete;
  virtual ~TestResult();

  struct Entry {
    std::string test;         // Python: str(test)
    std::string description;  // with the docstring's first line below
    std::string text;         // the traceback, or the reason of a skip
  };
  int testsRun = 0;
  std::vector<Entry> failures, errors, skipped, expectedFailures, unexpectedSuccesses;
  std::vector<std::pair<std::string, double>> collectedDurations;  // in seconds
  bool shouldStop = false;
  bool failfast = false;
  // Keeps back what a test writes to standard output and standard error, by whatever means, and shows it if it fails.
  bool buffer = false;
  // Whether a docstring belongs to the description.
  bool descriptions = true;

  // After the first failure, when failfast is set; a test that runs goes on to its end.
  void stop() noexcept { shouldStop = true; }
  bool wasSuccessful() const noexcept { return failures.empty() && errors.empty() && unexpectedSuccesses.empty(); }

  virtual void startTestRun() {}
  virtual void stopTestRun() {}
  virtual void startTest(const TestLike& test);
  virtual void stopTest(const TestLike& test);
  virtual void addSuccess(const TestLike& test);
  virtual void addFailure(const TestLike& test, const std::exception_ptr& error);
  virtual void addError(const TestLike& test, const std::exception_ptr& error);
  virtual void addSkip(const TestLike& test, const std::string& reason);
  virtual void addExpectedFailure(const TestLike& test, const std::exception_ptr& error);
  virtual void addUnexpectedSuccess(const TestLike& test);
  // At the end of each sub-test; `error` is null when it went well.
  virtual void addSubTest(const TestLike& test, const TestLike& subtest, const std::exception_ptr& error);
  virtual void addDuration(const TestLike& test, double seconds);

  std::string getDescription(const TestLike& test) const;

  // --- for suites ---
  void _setup_output();
  void _restore_output();
  // Adds a failure for an AssertionError, else an error.
  void _add(const TestLike& test, const std::exception_ptr& error);
  _Class* _previous_class = nullptr;
  bool _module_setup_failed = false;
  bool _entered = false;

 protected:
  // To what standard error was before it was kept back.
  void write_error(std::string_view text);

 private:
  Entry entry(const TestLike& test, const std::exception_ptr& error);
  std::unique_ptr<_OutputCapture> capture_;
  bool mirror_ = false;
};

// An assertion's failure, as opposed to any other exception.
bool _is_failure(const std::exception_ptr& error) noexcept;

}  // namespace krait::unittest
