// Decorators stand behind the name of the test. Run: ./dev cookbook 24
#include <krait/builtins.h>
#include <krait/unittest.h>

#include <utility>

using namespace krait;

constexpr std::pair mylib_version{1, 2};
bool external_resource_available() { return false; }
constexpr bool windows = false;

class MyTestCase : public unittest::TestCase {
  KRAIT_TEST_CASE(MyTestCase)

  KRAIT_TEST(test_nothing, skip("直接跳过")) { fail("shouldn't happen"); }

  KRAIT_TEST(test_format, skipIf(mylib_version < std::pair{1, 3}, "满足条件跳过")) { fail("shouldn't happen"); }

  KRAIT_TEST(test_windows_support, skipUnless(windows, "满足条件不跳过")) { fail("shouldn't happen"); }

  KRAIT_TEST(test_maybe_skipped) {
    if (!external_resource_available()) skipTest("跳过");
    fail("shouldn't happen");
  }

  KRAIT_TEST(test_fail, expectedFailure) { assertEqual(1, 0, "这个目前是失败的"); }

  KRAIT_TEST(test_mended, expectedFailure) { assertEqual(1, 1); }
};

int main(int argc, char** argv) {
  int code = unittest::main(argc, argv, {.verbosity = 2});
  print("exit code", code);
}
