#include "krait/unittest/result.h"

#include <gtest/gtest.h>

namespace krait::unittest {
namespace {

class Named final : public TestLike {
 public:
  std::string str() const override { return "setUpClass (shop.Shop)"; }
  std::string id() const override { return str(); }
};

template <class E>
std::exception_ptr error(E thrown) {
  return std::make_exception_ptr(std::move(thrown));
}

TEST(TestResult, tells_a_failure_from_an_error) {
  TestResult result;
  result._add(Named(), error(AssertionError("1 != 2")));
  result._add(Named(), error(ValueError("boom")));
  ASSERT_EQ(result.failures.size(), 1U);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_TRUE(result.errors[0].text.starts_with("Traceback (most recent call last):\n  File "))
      << result.errors[0].text;
  EXPECT_TRUE(result.errors[0].text.ends_with("\nValueError: boom\n"));
  EXPECT_FALSE(result.wasSuccessful());
}

TEST(TestResult, stops_at_the_first_failure_when_asked) {
  TestResult result;
  result._add(Named(), error(ValueError()));
  EXPECT_FALSE(result.shouldStop);
  result.failfast = true;
  result.addSkip(Named(), "no network");
  EXPECT_FALSE(result.shouldStop);
  result.addUnexpectedSuccess(Named());
  EXPECT_TRUE(result.shouldStop);
}

TEST(TestResult, an_unexpected_success_is_no_success) {
  TestResult result;
  EXPECT_TRUE(result.wasSuccessful());
  result.addUnexpectedSuccess(Named());
  EXPECT_FALSE(result.wasSuccessful());
}

}  // namespace
}  // namespace krait::unittest
