#include "krait/unittest/runner.h"

#include <gtest/gtest.h>

#include "krait/unittest/loader.h"

namespace krait::unittest {
namespace {

// Quiet unless it is run by the tests below: GoogleTest runs its tests, too.
bool on_stage = false;

class EveryEnd : public TestCase {
  KRAIT_TEST_CASE(EveryEnd)
  void setUp() override {
    if (!on_stage) skipTest("not on stage");
  }
  KRAIT_TEST(test_error) { throw ValueError("boom"); }
  KRAIT_TEST(test_fail, doc("Fails.")) { fail("why"); }
  KRAIT_TEST(test_ok) {}
  KRAIT_TEST(test_skip) { skipTest("no tea"); }
  KRAIT_TEST(test_u) {
    subTest({{"i", 1}}, [&] { assertEqual(1, 1); });
  }
  KRAIT_TEST(test_x) {
    for (int i = 0; i < 2; ++i) subTest({{"i", i}}, [&] { assertEqual(i, 2); });
  }
};
class Expected : public TestCase {
  KRAIT_TEST_CASE(Expected)
  KRAIT_TEST(test_x, expectedFailure) { fail(); }
  KRAIT_TEST(test_u, expectedFailure) {
    if (!on_stage) fail();
  }
};

std::unique_ptr<TextTestResult> run(TestSuite suite, RunnerOptions options = {.verbosity = 0}) {
  on_stage = true;
  auto result = TextTestRunner(options).run(std::move(suite));
  on_stage = false;
  return result;
}

TEST(TextTestRunner, gives_a_result_that_holds_what_became_of_the_tests) {
  testing::internal::CaptureStderr();
  TestSuite suite = TestLoader().loadTestsFromTestCase<EveryEnd>();
  suite.addTests(TestLoader().loadTestsFromTestCase<Expected>());
  ASSERT_EQ(suite.countTestCases(), 8U);
  auto result = run(std::move(suite));
  EXPECT_NE(testing::internal::GetCapturedStderr().find(
                "FAILED (failures=3, errors=1, skipped=1, expected failures=1, unexpected successes=1)"),
            std::string::npos);
  EXPECT_EQ(result->testsRun, 8);
  EXPECT_FALSE(result->wasSuccessful());
  ASSERT_EQ(result->failures.size(), 3U);
  EXPECT_EQ(result->failures[0].test, "test_fail (runner_test.EveryEnd.test_fail)");
  EXPECT_EQ(result->failures[0].description, "test_fail (runner_test.EveryEnd.test_fail)\nFails.");
  EXPECT_EQ(result->failures[2].test, "test_x (runner_test.EveryEnd.test_x) (i=1)");
  ASSERT_EQ(result->errors.size(), 1U);
  EXPECT_TRUE(result->errors[0].text.ends_with("\nValueError: boom\n"));
  ASSERT_EQ(result->skipped.size(), 1U);
  EXPECT_EQ(result->skipped[0].text, "no tea");
  EXPECT_EQ(result->expectedFailures.at(0).test, "test_x (runner_test.Expected.test_x)");
  EXPECT_EQ(result->unexpectedSuccesses.at(0).test, "test_u (runner_test.Expected.test_u)");
}

TEST(TextTestRunner, shows_docstrings_unless_told_not_to) {
  for (bool descriptions : {true, false}) {
    testing::internal::CaptureStderr();
    run(TestLoader().loadTestsFromName("EveryEnd.test_fail"), {.verbosity = 2, .descriptions = descriptions});
    EXPECT_EQ(testing::internal::GetCapturedStderr().find("Fails. ... FAIL") != std::string::npos, descriptions);
  }
}

TEST(TextTestRunner, stops_at_the_first_failure_when_asked) {
  testing::internal::CaptureStderr();
  auto result = run(TestLoader().loadTestsFromTestCase<EveryEnd>(), {.verbosity = 0, .failfast = true});
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(result->testsRun, 1);
}

}  // namespace
}  // namespace krait::unittest
