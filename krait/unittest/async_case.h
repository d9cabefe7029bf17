#pragma once
// Asynchronous tests on GoogleTest: the body of a test is a coroutine, in a loop of its own.
//
//   KRAIT_ASYNC_TEST(WaitFor, names_itself, .virtual_clock = true) {
//     co_await assertRaises<TimeoutError>(asyncio::wait_for(asyncio::sleep(1h), 1s));
//   }
//
//   class Shop : public unittest::IsolatedAsyncioTestCase {
//    protected:
//     Shop() : IsolatedAsyncioTestCase({.seed = 1}) {}        // on a virtual clock, each turn shuffled
//     Coroutine<> asyncSetUp() override { queue.put_nowait(1); co_return; }
//     asyncio::Queue<int> queue;
//   };
//   KRAIT_ASYNC_TEST_F(Shop, has_one) { EXPECT_EQ(co_await queue.get(), 1); }
//
// An exception that leaves any part fails the test by its class and text, CancelledError as well. Tasks that are left are
// cancelled at the end. A failure of a shuffled test says which KRAIT_SEED replays it; KRAIT_SEED=random looks for another
// order in every test. Within a coroutine EXPECT_ works and ASSERT_ does not compile: throw AssertionError("why").
//
// This header needs GoogleTest, which who writes tests links anyway; krait::unittest itself does not, nor does
// <krait/unittest.h>. Python: unittest.async_case

#include <gtest/gtest.h>

#include "krait/unittest/_async_case.h"
#include "krait/unittest/_seed.h"

namespace krait::unittest {

// The order is Python's: setUp, asyncSetUp, the test, asyncTearDown, tearDown, cleanups (last added first). When a
// set-up fails only the cleanups follow; when the test does, the rest goes on. GoogleTest's SetUp and TearDown are around
// it all. All parts share a loop and a context, and the loop debugs, as Python's does. KeyboardInterrupt skips the tests
// that are left. Python: unittest.IsolatedAsyncioTestCase
class IsolatedAsyncioTestCase : public ::testing::Test, public _AsyncCase {
 protected:
  explicit IsolatedAsyncioTestCase(AsyncTestOptions options = {}) : _AsyncCase(options) {}

  // As unittest::assertRaises. Python: self.assertRaises
  template <class E, asyncio::Awaitable A>
  static Coroutine<E> assertRaises(A awaitable) {
    return unittest::assertRaises<E>(std::move(awaitable));
  }

  // A plain TEST_F with this fixture would skip all of it, and does not compile: write KRAIT_ASYNC_TEST_F.
  void TestBody() final {
    if (!_choose_seed()) return;
    std::optional<::testing::ScopedTrace> trace;
    if (_seed()) trace.emplace(file(), line(), _how_to_replay(*_seed()));
    _run();
  }

 private:
  static const ::testing::TestInfo* info() { return ::testing::UnitTest::GetInstance()->current_test_info(); }
  static const char* file() { return info() ? info()->file() : nullptr; }
  static int line() { return info() ? info()->line() : -1; }

  void _failed(const std::string& text) final { ADD_FAILURE_AT(file(), line()) << text; }
  void _skipped(const std::string& reason) final { GTEST_SKIP() << reason; }
  bool _hopeless() const final { return HasFatalFailure() || IsSkipped(); }
  void _interrupted() final {
    // A test's flags are put back when it has ended, so this one waits for that.
    struct FailFast : ::testing::EmptyTestEventListener {
      void OnTestEnd(const ::testing::TestInfo&) override { GTEST_FLAG_SET(fail_fast, true); }
    };
    ::testing::UnitTest::GetInstance()->listeners().Append(new FailFast);
  }
};

// Python: class Fixture(IsolatedAsyncioTestCase): async def test_name(self)
#define KRAIT_ASYNC_TEST_F(Fixture, name)                                                \
  class Fixture##_##name##_Test final : public Fixture {                                 \
    ::krait::Coroutine<> runTest() override;                                             \
    static ::testing::TestInfo* const registered;                                        \
  };                                                                                     \
  ::testing::TestInfo* const Fixture##_##name##_Test::registered =                       \
      ::testing::RegisterTest(#Fixture, #name, nullptr, nullptr, __FILE__, __LINE__,     \
                              []() -> Fixture* { return new Fixture##_##name##_Test; }); \
  ::krait::Coroutine<> Fixture##_##name##_Test::runTest()

// Without a fixture, in a suite where a plain TEST may stand, too. After the name come AsyncTestOptions.
#define KRAIT_ASYNC_TEST(suite, name, ...)                                                                 \
  class suite##_##name##_Test final : public ::krait::unittest::IsolatedAsyncioTestCase {                  \
   public:                                                                                                 \
    suite##_##name##_Test() : IsolatedAsyncioTestCase(::krait::unittest::AsyncTestOptions{__VA_ARGS__}) {} \
                                                                                                           \
   private:                                                                                                \
    ::krait::Coroutine<> runTest() override;                                                               \
    static ::testing::TestInfo* const registered;                                                          \
  };                                                                                                       \
  ::testing::TestInfo* const suite##_##name##_Test::registered =                                           \
      ::testing::RegisterTest(#suite, #name, nullptr, nullptr, __FILE__, __LINE__,                         \
                              []() -> ::testing::Test* { return new suite##_##name##_Test; });             \
  ::krait::Coroutine<> suite##_##name##_Test::runTest()

}  // namespace krait::unittest
