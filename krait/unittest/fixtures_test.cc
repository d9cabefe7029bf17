// What GoogleTest says of a test whose class or module could not be set up. Python's report is compared in tests/unittest.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "krait/unittest/case.h"

namespace krait::unittest {
namespace {

// Nothing goes wrong unless a test below asks for it, in a process of its own.
bool asked_for(std::string_view what) {
  const char* asked = std::getenv("KRAIT_MISBEHAVE");
  return asked && asked == what;
}

void setUpModule() {
  if (asked_for("module")) throw OSError("no network");
  if (asked_for("skip module")) throw SkipTest("not here");
}
void tearDownModule() {
  if (asked_for("tearDownModule")) throw OSError("lost");
}
KRAIT_TEST_MODULE(setUpModule, tearDownModule);

class Fragile : public TestCase {
  KRAIT_TEST_CASE(Fragile)
  static void setUpClass() {
    if (asked_for("class")) throw OSError("no database");
    if (asked_for("skip class")) throw SkipTest("not today");
  }
  static void tearDownClass() {
    if (asked_for("tearDownClass")) throw OSError("lost");
  }
  KRAIT_TEST(test_one) {}
  KRAIT_TEST(test_two) {}
};
class Sound : public Fragile {
  KRAIT_TEST_CASE(Sound)
  static void setUpClass() {}
  static void tearDownClass() {}
};

struct Ran {
  int status;
  std::string out;
  std::size_t count(std::string_view text) const {
    std::size_t times = 0;
    for (std::size_t at = out.find(text); at != std::string::npos; at = out.find(text, at + 1)) ++times;
    return times;
  }
};
Ran run_with(const std::string& what) {
  std::string self(4096, '\0');
  self.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::readlink("/proc/self/exe", self.data(), self.size()))));
  const std::string command = "KRAIT_MISBEHAVE='" + what + "' GTEST_OUTPUT= timeout 60 '" + self +
                              "' --gtest_filter='Fragile.*:Sound.*' --gtest_color=no --gtest_brief=0 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::string out;
  for (int c; (c = std::fgetc(pipe)) != EOF;) out += static_cast<char>(c);
  return {::pclose(pipe), out};
}

TEST(Fixtures, that_work_let_all_tests_run) {
  const Ran ran = run_with("nothing");
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_EQ(ran.count("[       OK ]"), 4U) << ran.out;
}
TEST(Fixtures, a_failed_setUpClass_fails_each_test_of_the_class_and_no_other) {
  const Ran ran = run_with("class");
  EXPECT_NE(ran.status, 0);
  EXPECT_EQ(ran.count("setUpClass (fixtures_test.Fragile) raised OSError: no database"), 2U) << ran.out;
  EXPECT_NE(ran.out.find("2 FAILED TESTS"), std::string::npos) << ran.out;
  EXPECT_EQ(ran.count("[       OK ] Sound.test_"), 2U) << ran.out;
}
TEST(Fixtures, a_failed_setUpModule_fails_each_test_of_the_file) {
  const Ran ran = run_with("module");
  EXPECT_NE(ran.status, 0);
  EXPECT_EQ(ran.count("setUpModule (fixtures_test) raised OSError: no network"), 4U) << ran.out;
  EXPECT_NE(ran.out.find("4 FAILED TESTS"), std::string::npos) << ran.out;
}
TEST(Fixtures, a_skip_in_setUpClass_skips_each_test_of_the_class) {
  const Ran ran = run_with("skip class");
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_EQ(ran.count("not today"), 2U) << ran.out;
  EXPECT_NE(ran.out.find("[  SKIPPED ] 2 tests"), std::string::npos) << ran.out;
}
TEST(Fixtures, a_skip_in_setUpModule_skips_each_test_of_the_file) {
  const Ran ran = run_with("skip module");
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_NE(ran.out.find("[  SKIPPED ] 4 tests"), std::string::npos) << ran.out;
}
TEST(Fixtures, a_failed_tearDown_of_a_class_or_module_fails_the_program) {
  for (const char* what : {"tearDownClass", "tearDownModule"}) {
    const Ran ran = run_with(what);
    EXPECT_NE(ran.status, 0) << what;
    EXPECT_EQ(ran.count(std::string(what) + " (fixtures_test"), 1U) << ran.out;
    EXPECT_EQ(ran.count("raised OSError: lost"), 1U) << ran.out;
  }
}

}  // namespace
}  // namespace krait::unittest
