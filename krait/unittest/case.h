#pragma once
// What a test raises and expects. In a coroutine GoogleTest's ASSERT_ and GTEST_SKIP macros do not compile, for they
// return; there one throws, as in Python: AssertionError ends the test, SkipTest skips it.
//
//   auto error = co_await assertRaises<TimeoutError>(wait_for(sleep(1h), 1s));
//   EXPECT_STREQ(error.what(), "");
//
// Python: unittest.case

#include <typeinfo>

#include "krait/asyncio/coroutines.h"
#include "krait/builtins/exceptions.h"

namespace krait::unittest {

// Python: unittest.SkipTest
KRAIT_EXCEPTION(SkipTest, Exception);

// Throws AssertionError "TimeoutError not raised".
[[noreturn]] void _not_raised(const std::type_info& expected);

// Awaits `awaitable` and gives the E that it throws: a copy, and of a derived class's error the part that is an E. Throws
// AssertionError when it throws nothing; another exception passes through. Python: with self.assertRaises(E): await aw
template <class E, asyncio::Awaitable A>
Coroutine<E> assertRaises(A awaitable) {
  try {
    (void)co_await std::move(awaitable);
  } catch (const E& error) {
    co_return error;
  }
  _not_raised(typeid(E));
}

}  // namespace krait::unittest
