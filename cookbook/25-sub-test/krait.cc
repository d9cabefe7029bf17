// Sub-tests. Run: ./dev cookbook 25
//
// A traceback has one line here, where the assertion stands: C++ keeps no other frames.
#include <krait/builtins.h>
#include <krait/unittest.h>

using namespace krait;

class NumbersTest : public unittest::TestCase {
  KRAIT_TEST_CASE(NumbersTest)

  KRAIT_TEST(test_even, doc("Test that numbers between 0 and 5 are all even.")) {
    for (int i = 0; i < 6; ++i) {
      subTest({{"i", i}}, [&] { assertEqual(i % 2, 0); });
    }
  }
};

int main(int argc, char** argv) {
  int code = unittest::main(argc, argv);
  print("exit code", code);
}
