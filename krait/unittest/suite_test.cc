#include "krait/unittest/suite.h"

#include <gtest/gtest.h>

#include "krait/unittest/loader.h"

namespace krait::unittest {
namespace {

std::vector<std::string> trace;
bool on_stage = false;  // GoogleTest runs the class as well, and may not have left it when the test below begins

struct Door {
  const char* name;
  void enter() { trace.push_back(std::string("enter ") + name); }
  void exit(const std::exception_ptr&) { trace.push_back(std::string("exit ") + name); }
};

void setUpModule() {
  if (!on_stage) return;
  enterModuleContext(Door{"module"});
  addModuleCleanup([] { trace.push_back("module cleanup"); });
}
void tearDownModule() { trace.push_back("tearDownModule"); }
KRAIT_TEST_MODULE(setUpModule, tearDownModule);

class Doors : public TestCase {
  KRAIT_TEST_CASE(Doors)
  static void setUpClass() {
    if (on_stage) enterClassContext(Door{"class"});
  }
  static void tearDownClass() { trace.push_back("tearDownClass"); }
  KRAIT_TEST(test_a) { enterContext(Door{"test"}); }
  KRAIT_TEST(test_b) { trace.push_back("test_b"); }
};

TEST(TestSuite, leaves_contexts_behind_the_tear_down_of_their_level) {
  trace.clear();
  on_stage = true;
  TestResult result;
  TestSuite suite = TestLoader().loadTestsFromTestCase<Doors>();
  suite.run(result);
  on_stage = false;
  EXPECT_TRUE(result.wasSuccessful());
  EXPECT_EQ(suite.countTestCases(), 0U);
  EXPECT_EQ(trace, (std::vector<std::string>{"enter module", "enter class", "enter test", "exit test", "test_b",
                                             "tearDownClass", "exit class", "tearDownModule", "module cleanup",
                                             "exit module"}));
}

TEST(TestSuite, stops_when_the_result_says_so) {
  TestResult result;
  result.stop();
  TestLoader().loadTestsFromTestCase<Doors>().run(result);
  EXPECT_EQ(result.testsRun, 0);
}

}  // namespace
}  // namespace krait::unittest
