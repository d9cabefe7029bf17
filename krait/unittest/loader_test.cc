#include "krait/unittest/loader.h"

#include <gtest/gtest.h>

namespace krait::unittest {
namespace {

class Abstract : public TestCase {
  KRAIT_TEST_CASE(Abstract)
  virtual int number() = 0;
  KRAIT_TEST(test_b) { assertEqual(number(), 2); }
};
class Loaded : public Abstract {
  KRAIT_TEST_CASE(Loaded)
  int number() override { return 2; }
  KRAIT_TEST(test_c) {}
  KRAIT_TEST(test_a) {}
};

using Names = std::vector<std::string>;

TEST(TestLoader, finds_tests_in_alphabetical_order_inherited_ones_too) {
  EXPECT_EQ(TestLoader().getTestCaseNames<Loaded>(), (Names{"test_a", "test_b", "test_c"}));
}
TEST(TestLoader, finds_nothing_to_run_in_an_abstract_class) {
  EXPECT_EQ(TestLoader().loadTestsFromTestCase<Abstract>().countTestCases(), 0U);
}
TEST(TestLoader, takes_texts_and_patterns) {
  const TestLoader loader{.testNamePatterns = {"_a", "*.Loaded.*_b"}};
  EXPECT_EQ(loader.getTestCaseNames<Loaded>(), (Names{"test_a", "test_b"}));
}
TEST(TestLoader, takes_the_name_of_a_module_a_class_and_a_test) {
  for (const char* name : {"loader_test", "loader_test.Loaded", "Loaded"})
    EXPECT_EQ(TestLoader().loadTestsFromName(name).countTestCases(), 3U) << name;
  EXPECT_EQ(TestLoader().loadTestsFromNames({"loader_test.Loaded.test_a", "Loaded.test_b"}).countTestCases(), 2U);
}
TEST(TestLoader, makes_a_test_that_fails_of_a_name_that_is_not_there) {
  TestResult result;
  TestLoader().loadTestsFromNames({"Loaded.test_d", "Nothing"}).run(result);
  ASSERT_EQ(result.errors.size(), 2U);
  EXPECT_TRUE(result.errors[0].text.ends_with("AttributeError: type object 'Loaded' has no attribute 'test_d'\n"));
  EXPECT_TRUE(result.errors[1].text.ends_with("AttributeError: module '__main__' has no attribute 'Nothing'\n"));
}

}  // namespace
}  // namespace krait::unittest
