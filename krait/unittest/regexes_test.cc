#include <gtest/gtest.h>

#include "krait/asyncio/runners.h"
#include "krait/re.h"
#include "krait/unittest/case.h"

namespace krait::unittest {
namespace {

class RegexesTest : public TestCase {
  KRAIT_TEST_CASE(RegexesTest)

  template <class F>
  std::string failure(F function) {
    return assertRaises<AssertionError>(function).what();
  }

  KRAIT_TEST(test_regex) {
    assertRegex("two teas", "t.as");
    assertRegex("two TEAS", re::compile("teas", re::IGNORECASE));
    assertEqual(failure([&] { assertRegex("it's tea", "^tea\\n", "why"); }),
                "Regex didn't match: '^tea\\\\n' not found in \"it's tea\" : why");
    assertEqual(failure([&] { assertRegex("tea", re::compile("x", {.bytes = true})); }),
                "Regex didn't match: b'x' not found in b'tea'");
    assertEqual(failure([&] { assertRegex("tea", ""); }), "expected_regex must not be empty.");
    assertRegex("tea", re::compile(""));
    assertRaises<re::PatternError>([&] { assertRegex("tea", "("); });
  }
  KRAIT_TEST(test_not_regex) {
    assertNotRegex("tea", "x");
    assertEqual(failure([&] { assertNotRegex("two teas", "t[ea]+"); }),
                "Regex matched: 'tea' matches 't[ea]+' in 'two teas'");
  }
  KRAIT_TEST(test_raises_regex) {
    const auto raise = [] { throw ValueError("cannot order -1"); };
    assertEqual(assertRaisesRegex<ValueError>("order -\\d", raise).what(), "cannot order -1");
    assertRaisesRegex<Exception>(re::compile("^cannot"), raise);
    assertEqual(failure([&] { assertRaisesRegex<ValueError>("^order", raise, {.msg = "why"}); }),
                "\"^order\" does not match \"cannot order -1\" : why");
    assertEqual(failure([&] { assertRaisesRegex<ValueError>("x", [] {}); }), "ValueError not raised");
    assertRaises<ValueError>([&] { assertRaisesRegex<TypeError>("x", raise); });
  }
  KRAIT_TEST(test_as_context_managers) {
    auto cm = assertRaises<ValueError>();
    with(cm, [] { throw ValueError("boom"); });
    assertEqual(cm.exception->what(), "boom");
    with(assertRaisesRegex<ValueError>("^boo"), [] { throw ValueError("boom"); });
    assertEqual(failure([&] { with(assertRaises<ValueError>(), [] {}); }), "ValueError not raised");
    assertEqual(failure([&] { with(assertRaisesRegex<ValueError>("x"), [] { throw ValueError("boom"); }); }),
                "\"x\" does not match \"boom\"");
    assertRaises<TypeError>([&] { with(assertRaisesRegex<ValueError>("x"), [] { throw TypeError("boom"); }); });
  }
  KRAIT_TEST(test_in_coroutines) {
    asyncio::run([](RegexesTest& self) -> Coroutine<> {
      const auto raise = []() -> Coroutine<> {
        throw ValueError("boom");
        co_return;
      };
      auto error = co_await self.assertRaisesRegex<ValueError>("^b", raise);
      self.assertEqual(error.what(), "boom");
      auto failed = co_await self.assertRaises<AssertionError>(self.assertRaisesRegex<ValueError>("x", raise()));
      self.assertEqual(failed.what(), "\"x\" does not match \"boom\"");
    }(*this));
  }
};

}  // namespace
}  // namespace krait::unittest
