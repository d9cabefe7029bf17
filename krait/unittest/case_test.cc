#include "krait/unittest/case.h"

#include <gtest/gtest.h>

#include "krait/asyncio.h"
#include "krait/unittest/virtual_clock.h"

namespace krait::unittest {
namespace {

using namespace std::chrono_literals;

Coroutine<int> raises(std::exception_ptr error) {
  co_await asyncio::sleep(0);
  if (error) std::rethrow_exception(error);
  co_return 1;
}

template <class E>
Coroutine<int> raising(E error) {
  return raises(std::make_exception_ptr(std::move(error)));
}

TEST(AssertRaises, gives_the_exception_that_was_expected) {
  asyncio::run([]() -> Coroutine<> {
    ValueError error = co_await assertRaises<ValueError>(raising(ValueError("boom")));
    EXPECT_STREQ(error.what(), "boom");
  }());
}

TEST(AssertRaises, takes_a_derived_class_for_its_base) {
  asyncio::run([]() -> Coroutine<> {
    OSError error = co_await assertRaises<OSError>(raising(ConnectionResetError(104, "send to", "the peer")));
    EXPECT_EQ(error.errno_, 104);
    EXPECT_STREQ(error.what(), "[Errno 104] cannot send to the peer: Connection reset by peer");
  }());
}

TEST(AssertRaises, fails_by_name_when_nothing_is_raised) {
  asyncio::run([]() -> Coroutine<> {
    AssertionError error = co_await assertRaises<AssertionError>(assertRaises<asyncio::QueueEmpty>(raises(nullptr)));
    EXPECT_STREQ(error.what(), "QueueEmpty not raised");
  }());
}

TEST(AssertRaises, lets_another_exception_through) {
  asyncio::run(
      []() -> Coroutine<> { co_await assertRaises<KeyError>(assertRaises<ValueError>(raising(KeyError("k")))); }());
}

TEST(AssertRaises, takes_tasks_sleeps_and_cancellation) {
  VirtualClock clock;
  asyncio::run([]() -> Coroutine<> {
    auto task = asyncio::create_task(asyncio::sleep(1h));
    task.cancel("enough");
    auto error = co_await assertRaises<asyncio::CancelledError>(task);
    EXPECT_STREQ(error.what(), "enough");
    auto late = co_await assertRaises<AssertionError>(assertRaises<TimeoutError>(asyncio::sleep(1h)));
    EXPECT_STREQ(late.what(), "TimeoutError not raised");
  }());
}

}  // namespace
}  // namespace krait::unittest
