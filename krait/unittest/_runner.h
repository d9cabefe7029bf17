#pragma once
// Python's report. Python: unittest.runner

#include <optional>
#include <string_view>

#include "krait/unittest/_suite.h"

namespace krait::unittest {

// Writes to standard error. Python: unittest.TextTestResult
class TextTestResult : public TestResult {
 public:
  explicit TextTestResult(int verbosity) : all_(verbosity > 1), dots_(verbosity == 1) {}
  void startTest(const TestLike& test) override;
  void addSuccess(const TestLike& test) override;
  void addFailure(const TestLike& test, const std::exception_ptr& error) override;
  void addError(const TestLike& test, const std::exception_ptr& error) override;
  void addSkip(const TestLike& test, const std::string& reason) override;
  void addExpectedFailure(const TestLike& test, const std::exception_ptr& error) override;
  void addUnexpectedSuccess(const TestLike& test) override;
  void addSubTest(const TestLike& test, const TestLike& subtest, const std::exception_ptr& error) override;
  void printErrors();
  void writeln(std::string_view text = {});

 private:
  void status(const TestLike& test, const char* dot, const std::string& word);
  void list(const char* flavour, const std::vector<Entry>& entries);
  bool all_, dots_, new_line_ = true;
};

// Runs `suite` and reports. Python: unittest.TextTestRunner(…).run(suite)
void _run_and_report(TestSuite suite, TextTestResult& result, int verbosity, std::optional<int> durations);

}  // namespace krait::unittest
