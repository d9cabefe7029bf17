#pragma once
// Running a suite with Python's report, and looking at what became of it.
//
//   auto result = unittest::TextTestRunner({.verbosity = 2}).run(unittest::TestLoader().loadTestsFromTestCase<ShopTest>());
//   if (!result->wasSuccessful()) report(result->failures, result->errors);
//
// Python: unittest.runner

#include <memory>
#include <optional>
#include <string_view>

#include "krait/unittest/result.h"
#include "krait/unittest/suite.h"

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

struct RunnerOptions {
  int verbosity = 1;  // 0: only the summary; 2: a line for each test
  bool failfast = false;
  bool buffer = false;                          // keeps back what tests write, unless they fail
  bool descriptions = true;                     // shows the first lines of docstrings
  std::optional<int> durations = std::nullopt;  // lists so many of the slowest tests; 0: all
};

// Python: unittest.TextTestRunner(verbosity=1, …)
class TextTestRunner {
 public:
  explicit TextTestRunner(RunnerOptions options = {}) : options_(options) {}
  // Runs `suite`, writes the report to standard error and gives the result. Python: runner.run(test)
  std::unique_ptr<TextTestResult> run(TestSuite suite) const;
  // With a result of one's own class. Python: resultclass=
  void run(TestSuite suite, TextTestResult& result) const;

 private:
  RunnerOptions options_;
};

}  // namespace krait::unittest
