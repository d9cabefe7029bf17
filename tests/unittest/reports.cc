// What tests/unittest/reports_test.py holds beside its Python twin, reports.py. Run: build/unittest/reports -v
#include <cstdio>
#include <string>
#include <vector>

#include "krait/asyncio.h"
#include "krait/builtins/with.h"
#include "krait/logging.h"
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

class G : public unittest::IsolatedAsyncioTestCase {
  KRAIT_TEST_CASE(G)
  Coroutine<> asyncSetUp() override {
    std::puts("asyncSetUp");
    addAsyncCleanup(&G::clean_up, 1);
    addCleanup([] { std::puts("cleanup 2"); });
    co_return;
  }
  static Coroutine<> clean_up(int number) {
    std::printf("cleanup %d\n", number);
    co_return;
  }
  Coroutine<> asyncTearDown() override {
    std::puts("asyncTearDown");
    co_return;
  }
  KRAIT_TEST_ASYNC(test_ok, doc("Awaits.")) { co_await asyncio::sleep(0); }
  KRAIT_TEST_ASYNC(test_fails) {
    co_await asyncio::sleep(0);
    assertEqual(1, 2);
  }
  KRAIT_TEST_ASYNC(test_raises) {
    throw ValueError("boom");
    co_return;
  }
  KRAIT_TEST_ASYNC(test_skips) {
    skipTest("not today");
    co_return;
  }
  KRAIT_TEST_ASYNC(test_x, expectedFailure) {
    co_await asyncio::sleep(0);
    fail();
  }
  KRAIT_TEST_ASYNC(test_sub) {
    for (int i = 0; i < 3; ++i) {
      co_await with(subTest({{"i", i}}), [&]() -> Coroutine<> {
        co_await asyncio::sleep(0);
        assertNotEqual(i, 1);
      });
    }
  }
  KRAIT_TEST(test_plain) { std::puts("plain"); }
};

class H : public unittest::IsolatedAsyncioTestCase {
  KRAIT_TEST_CASE(H)
  Coroutine<> asyncSetUp() override {
    addAsyncCleanup([]() -> Coroutine<> {
      throw LookupError("in a cleanup");
      co_return;
    });
    throw OSError("no database");
    co_return;
  }
  KRAIT_TEST_ASYNC(test_never) { co_return; }
};

class Base : public unittest::TestCase {
  KRAIT_TEST_CASE(Base)
  KRAIT_TEST(test_inherited) { assertEqual(name(), "Derived"); }
  KRAIT_TEST(test_overridden) { fail("of the base"); }
  virtual std::string name() { return "Base"; }
};

class Derived : public Base {
  KRAIT_TEST_CASE(Derived)
  KRAIT_TEST(test_overridden) {}
  KRAIT_TEST(test_own) {}
  std::string name() override { return "Derived"; }
};

void fail_with(const char* what) { throw LookupError(what); }

struct Locked {
  void enter() { throw OSError("locked"); }
  void exit(const std::exception_ptr&) { std::puts("left"); }
};

class Cleaned : public unittest::TestCase {
  KRAIT_TEST_CASE(Cleaned)
  static void setUpClass() {
    addClassCleanup(&fail_with, "first added");
    addClassCleanup([] { std::puts("last added"); });
  }
  static void tearDownClass() { throw ValueError("in tearDownClass"); }
  KRAIT_TEST(test_one) {
    addCleanup([] { std::puts("cleanup"); });
  }
};

class Uncleaned : public unittest::TestCase {
  KRAIT_TEST_CASE(Uncleaned)
  static void setUpClass() {
    addClassCleanup(&fail_with, "of a class");
    enterClassContext(Locked());
  }
  KRAIT_TEST(test_never) {}
};

class Logged : public unittest::TestCase {
  KRAIT_TEST_CASE(Logged)
  logging::Logger& shop = logging::getLogger("shop");
  KRAIT_TEST(test_logs) {
    auto cm = assertLogs({.logger = "shop", .level = "INFO"}, [&] { shop.info("tea"); });
    assertEqual(cm.output, {"INFO:shop:coffee"});
  }
  KRAIT_TEST(test_no_logs_at_all) {
    assertLogs([] {});
  }
  KRAIT_TEST(test_unexpected) {
    assertNoLogs({.logger = "shop"}, [&] { shop.warning("it's %d", 3); });
  }
  KRAIT_TEST(test_regex) { assertRegex("tea", "^c.*$", "why"); }
  KRAIT_TEST(test_not_regex) { assertNotRegex("two teas", "t[ea]+"); }
  KRAIT_TEST(test_raises_regex) {
    fail(assertRaises<AssertionError>([&] {
           assertRaisesRegex<ValueError>("^tea", [] { throw ValueError("coffee"); });
         }).what());
  }
  KRAIT_TEST(test_raises_none) {
    assertRaisesRegex<ValueError>("^tea", [] {});
  }
};

int main(int argc, char** argv) { return unittest::main(argc, argv); }
