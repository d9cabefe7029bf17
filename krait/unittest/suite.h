#pragma once
// Tests that run together. Python: unittest.suite

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "krait/unittest/case.h"
#include "krait/unittest/result.h"

namespace krait::unittest {

// Tests in the order they are to run; a suite that is added is unpacked. Python: unittest.TestSuite
class TestSuite {
 public:
  void addTest(std::unique_ptr<TestCase> test) { tests_.push_back(std::move(test)); }
  void addTests(TestSuite suite) {
    for (auto& test : suite.tests_) tests_.push_back(std::move(test));
  }
  std::size_t countTestCases() const noexcept { return tests_.size(); }
  // Runs and drops them one by one, with the fixtures of their classes and modules around them; ends early when `result`
  // says so. Python: suite.run(result)
  void run(TestResult& result);

 private:
  std::vector<std::unique_ptr<TestCase>> tests_;
};

}  // namespace krait::unittest
