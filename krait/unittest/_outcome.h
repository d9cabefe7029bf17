#pragma once
// One test's course, as its result is to be told of it. Python: unittest.case._Outcome

#include <exception>
#include <functional>
#include <optional>
#include <string>

#include "krait/unittest/result.h"

namespace krait::unittest {

// Thrown to leave a test whose fate is sealed by a sub-test.
struct _ShouldStop {};

struct _TestOutcome {
  TestResult& result;
  bool expecting_failure = false;
  bool success = true;
  std::exception_ptr expected_failure = nullptr;

  // Runs one part; only KeyboardInterrupt comes out.
  void part(TestCase& test, const char* name, const std::function<void()>& what);
  // Sees to what came out of a part or sub-test. Throws on KeyboardInterrupt.
  void settle(const TestLike& test, const std::exception_ptr& error);
};

// Failed EXPECT_ and ASSERT_ of GoogleTest, while something else than GoogleTest runs the tests.
class _Expectations {
 public:
  // Null: GoogleTest sees to them itself, and no failure is expected.
  static std::unique_ptr<_Expectations> watch(bool expecting_failure);
  virtual ~_Expectations() = default;
  // What failed, as an AssertionError; GTEST_SKIP() as a SkipTest; null when nothing did.
  virtual std::exception_ptr take() = 0;
};
// GoogleTest runs, and knows of a failure after which the test makes no sense, or of a skip.
bool _gtest_is_hopeless();

}  // namespace krait::unittest
