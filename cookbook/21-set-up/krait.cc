// setUp, tearDown and cleanups. Run: ./dev cookbook 21
#include <krait/builtins.h>
#include <krait/unittest.h>

using namespace krait;

class MyTestCase : public unittest::TestCase {
  KRAIT_TEST_CASE(MyTestCase)

  void setUp() override {
    print("setUp");
    addCleanup([] { print("cleanup 1"); });
    addCleanup([] { print("cleanup 2"); });
  }

  KRAIT_TEST(test_fails) {
    print("test_fails");
    fail("on purpose");
  }

  KRAIT_TEST(test_sth) { print("test_sth"); }

  void tearDown() override { print("tearDown"); }
};

class Unready : public unittest::TestCase {
  KRAIT_TEST_CASE(Unready)

  void setUp() override {
    addCleanup([] { print("cleanup of Unready"); });
    throw OSError("no database");
  }

  KRAIT_TEST(test_sth) { print("never printed"); }

  void tearDown() override { print("never printed"); }
};

int main(int argc, char** argv) {
  int code = unittest::main(argc, argv);
  print("exit code", code);
}
