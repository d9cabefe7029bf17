#include <gtest/gtest.h>

#include "krait/asyncio/runners.h"
#include "krait/builtins/with.h"
#include "krait/logging.h"
#include "krait/unittest/case.h"

namespace krait::unittest {
namespace {

class LogsTest : public TestCase {
  KRAIT_TEST_CASE(LogsTest)

  logging::Logger& shop = logging::getLogger("unittest.shop");
  template <class F>
  std::string failure(F function) {
    return assertRaises<AssertionError>(function).what();
  }

  KRAIT_TEST(test_gives_records_and_output) {
    auto cm = assertLogs({.logger = "unittest.shop", .level = "DEBUG"}, [&] {
      shop.debug("one");
      shop.error("%d teas for %s", 2, "Lan");
    });
    assertEqual(cm.output, {"DEBUG:unittest.shop:one", "ERROR:unittest.shop:2 teas for Lan"});
    assertEqual(cm.records[1].getMessage(), "2 teas for Lan");
    assertEqual(cm.records[1].levelno, logging::ERROR);
  }
  KRAIT_TEST(test_hears_the_children_and_not_what_is_below_its_level) {
    auto cm = assertLogs([&] {
      shop.info("yes");
      shop.debug("no");
    });
    assertEqual(cm.output, {"INFO:unittest.shop:yes"});
  }
  KRAIT_TEST(test_fails_when_nothing_was_logged) {
    assertEqual(failure([&] { assertLogs([] {}); }), "no logs of level INFO or higher triggered on root");
    assertEqual(failure([&] { assertLogs({.logger = shop, .level = 35}, [&] { shop.warning("no"); }); }),
                "no logs of level Level 35 or higher triggered on unittest.shop");
    assertEqual(failure([&] { assertLogs({.level = logging::NOTSET}, [&] { shop.debug("no"); }); }),
                "no logs of level INFO or higher triggered on root");
  }
  KRAIT_TEST(test_no_logs_fails_with_what_was_logged) {
    assertNoLogs({.logger = shop, .level = "ERROR"}, [&] { shop.warning("fine"); });
    assertEqual(failure([&] { assertNoLogs({.logger = shop}, [&] { shop.warning("it's %d", 3); }); }),
                "Unexpected logs found: [\"WARNING:unittest.shop:it's 3\"]");
  }
  KRAIT_TEST(test_puts_the_logger_back) {
    auto own = std::make_shared<logging::NullHandler>();
    shop.setLevel(logging::ERROR);
    shop.addHandler(own);
    assertRaises<ValueError>([&] {
      assertLogs({.logger = shop, .level = "DEBUG"}, [&]() {
        assertFalse(shop.propagate.load());
        throw ValueError("rather than what assertLogs has to say");
      });
    });
    assertTrue(shop.propagate.load());
    assertEqual(shop.level(), logging::ERROR);
    assertEqual(shop.handlers().size(), 1U);
    assertIs(shop.handlers()[0], own);
    shop.removeHandler(own);
    shop.setLevel(logging::NOTSET);
  }
  KRAIT_TEST(test_a_level_that_is_not_there_is_an_error) {
    assertEqual(assertRaises<ValueError>([&] { assertLogs({.level = "LOUD"}, [] {}); }).what(),
                "Unknown level: 'LOUD'");
  }
  KRAIT_TEST(test_a_message_that_does_not_fit_comes_out_of_the_call) {
    const std::string message = "%d";
    assertRaises<TypeError>([&] { assertLogs([&] { shop.error(message, "x"); }); });
  }
  KRAIT_TEST(test_as_a_context_manager_and_in_a_coroutine) {
    std::size_t heard = 0;
    with(assertLogs({.logger = shop}), [&](LoggingWatcher& cm) {
      shop.info("one");
      heard = cm.output.size();
    });
    assertEqual(heard, 1U);
    asyncio::run([](LogsTest& self) -> Coroutine<> {
      auto cm = co_await self.assertLogs({.logger = "unittest.shop"}, [&]() -> Coroutine<> {
        self.shop.info("within");
        co_return;
      });
      self.assertEqual(cm.output, {"INFO:unittest.shop:within"});
    }(*this));
  }
};

}  // namespace
}  // namespace krait::unittest
