// Fixtures of a class. Run: ./dev cookbook 22
//
// `@classmethod` is `static`. Without it, KRAIT_TEST_CASE says so when the class is compiled.
#include <krait/builtins.h>
#include <krait/unittest.h>

using namespace krait;

class MyTestCase : public unittest::TestCase {
  KRAIT_TEST_CASE(MyTestCase)

  static void setUpClass() {
    print("setUpClass");
    addClassCleanup([] { print("class cleanup"); });
  }

  KRAIT_TEST(test_one) { print("test_one"); }

  KRAIT_TEST(test_two) { print("test_two"); }

  static void tearDownClass() { print("tearDownClass"); }
};

class Unready : public unittest::TestCase {
  KRAIT_TEST_CASE(Unready)

  static void setUpClass() {
    addClassCleanup([] { print("class cleanup of Unready"); });
    throw OSError("no database");
  }

  KRAIT_TEST(test_one) { print("never printed"); }

  static void tearDownClass() { print("never printed"); }
};

int main(int argc, char** argv) {
  int code = unittest::main(argc, argv);
  print("exit code", code);
}
