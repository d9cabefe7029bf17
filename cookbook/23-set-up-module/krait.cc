// Fixtures of a module, which is a source file. Run: ./dev cookbook 23
//
// Python finds the two functions by their names; here KRAIT_TEST_MODULE names them.
#include <krait/builtins.h>
#include <krait/unittest.h>

using namespace krait;

void setUpModule() {
  print("setUpModule");
  unittest::addModuleCleanup([] { print("module cleanup"); });
}

void tearDownModule() { print("tearDownModule"); }

KRAIT_TEST_MODULE(setUpModule, tearDownModule);

class First : public unittest::TestCase {
  KRAIT_TEST_CASE(First)

  static void setUpClass() { print("setUpClass of First"); }

  KRAIT_TEST(test_one) { print("test_one"); }

  static void tearDownClass() { print("tearDownClass of First"); }
};

class Second : public unittest::TestCase {
  KRAIT_TEST_CASE(Second)

  KRAIT_TEST(test_two) { print("test_two"); }
};

int main(int argc, char** argv) {
  int code = unittest::main(argc, argv);
  print("exit code", code);
}
