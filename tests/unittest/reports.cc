// What tests/unittest/reports_test.py holds beside its Python twin, reports.py. Run: build/unittest/reports -v
#include <cstdio>
#include <string>
#include <vector>

#include "krait/unittest.h"

using namespace krait;

void setUpModule() { std::puts("setUpModule"); }
void tearDownModule() { std::puts("tearDownModule"); }
KRAIT_TEST_MODULE(setUpModule, tearDownModule);

class A : public unittest::TestCase {
  KRAIT_TEST_CASE(A)
  KRAIT_TEST(test_z_ok, doc("\n  The first line.\n  The second.\n")) { std::puts("written"); }
  KRAIT_TEST(test_error) { throw ValueError("boom"); }
  KRAIT_TEST(test_fail, doc("A failure.")) {
    std::puts("written before it fails");
    assertEqual(std::vector{1, 2, 3}, {1, 2, 4}, "why");
  }
  KRAIT_TEST(test_skip, skip("a reason")) { fail(); }
  KRAIT_TEST(test_x, expectedFailure) { fail("expected"); }
  KRAIT_TEST(test_u, expectedFailure) {}
  KRAIT_TEST(test_sub) {
    for (int i = 0; i < 4; ++i) {
      subTest("number", {{"i", i}}, [&] {
        if (i == 2) throw LookupError("k");
        if (i == 3) skipTest("three");
        assertNotEqual(i, 1);
      });
    }
  }
};

class B : public unittest::TestCase {
  KRAIT_TEST_CASE(B)
  static void setUpClass() { throw OSError("no database"); }
  KRAIT_TEST(test_never) {}
};

class C : public unittest::TestCase {
  KRAIT_TEST_CASE(C)
  static void setUpClass() { throw unittest::SkipTest("not here"); }
  KRAIT_TEST(test_never) {}
};

class D : public unittest::TestCase {
  KRAIT_TEST_CASE(D, skip("all of them"))
  KRAIT_TEST(test_one) {}
};

class E : public unittest::TestCase {
  KRAIT_TEST_CASE(E)
  void tearDown() override { throw ValueError("in tearDown"); }
  KRAIT_TEST(test_both) {
    addCleanup([] { throw ValueError("in a cleanup"); });
    fail("in the test");
  }
};

class Ok : public unittest::TestCase {
  KRAIT_TEST_CASE(Ok)
  KRAIT_TEST(test_one) {}
};

int main(int argc, char** argv) { return unittest::main(argc, argv); }
