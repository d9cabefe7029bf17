#pragma once
// Test cases whose tests are coroutines, in a loop of their own.
//
//   class ShopTest : public unittest::IsolatedAsyncioTestCase {
//     KRAIT_TEST_CASE(ShopTest)
//     Coroutine<> asyncSetUp() override { queue.put_nowait(1); co_return; }
//     KRAIT_TEST_ASYNC(test_has_one) { assertEqual(co_await queue.get(), 1); }
//     asyncio::Queue<int> queue;
//    public:
//     ShopTest() : IsolatedAsyncioTestCase({.seed = 1}) {}    // on a virtual clock, each turn shuffled
//   };
//
// Without a class, and behind one that has no tests within:
//
//   KRAIT_ASYNC_TEST(WaitFor, names_itself, .virtual_clock = true) {
//     co_await assertRaises<TimeoutError>(asyncio::wait_for(asyncio::sleep(1h), 1s));
//   }
//   KRAIT_ASYNC_TEST_F(Shop, has_one) { EXPECT_EQ(co_await queue.get(), 1); }     // class Shop : IsolatedAsyncioTestCase
//
// All of them run as other test cases do (see case.h): with Python's report, or by GoogleTest. An exception that leaves a part
// fails the test by its class and text, CancelledError as well. Tasks that are left are cancelled at the end. A failure of
// a shuffled test says which KRAIT_SEED replays it; KRAIT_SEED=random looks for another order in every test. Of GoogleTest,
// EXPECT_ works within a coroutine and ASSERT_ does not compile.
//
// Python: unittest.async_case

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "krait/asyncio/runners.h"
#include "krait/builtins/async_with.h"
#include "krait/unittest/case.h"
#include "krait/unittest/virtual_clock.h"

namespace krait::unittest {

struct AsyncTestOptions {
  // Time jumps instead of passing, and a deadlock fails the test.
  bool virtual_clock = false;
  // Shuffles what each turn of the loop runs, on a virtual clock: for tests that pass in any order. The environment may
  // say otherwise: KRAIT_SEED=7 is another seed, KRAIT_SEED=random a fresh one for each test.
  std::optional<std::uint64_t> seed = std::nullopt;
  // How long, in real time, to wait for awaited I/O before virtual time jumps.
  std::chrono::nanoseconds autojump_threshold{0};
};

// What entering a context gives to a coroutine, which cannot give a reference.
template <class Manager, class Gives = _await_result<decltype(std::declval<Manager&>().aenter())>>
struct _EntersTo {
  using type = Gives;
};
template <class Manager, class T>
struct _EntersTo<Manager, T&> {
  using type = std::reference_wrapper<T>;
};
template <class Manager>
struct _EntersTo<Manager, void> {
  using type = std::shared_ptr<Manager>;
};

// The order is Python's: setUp, asyncSetUp, the test, asyncTearDown, tearDown, cleanups (last added first). When a set-up
// fails only the cleanups follow; when the test does, the rest goes on. All parts share a loop and a context, and the loop
// debugs, as Python's does. An ordinary KRAIT_TEST may stand beside the others. Python: unittest.IsolatedAsyncioTestCase
class IsolatedAsyncioTestCase : public TestCase {
 public:
  explicit IsolatedAsyncioTestCase(AsyncTestOptions options = {});
  ~IsolatedAsyncioTestCase() override;

  virtual Coroutine<> asyncSetUp() { co_return; }
  virtual Coroutine<> asyncTearDown() { co_return; }

  // Calls `function(arguments…)`, a coroutine function or a plain one, when the test is over, last added first among
  // those of addCleanup as well; also when the set-up failed. Python: self.addAsyncCleanup(func, *args)
  template <class F, class... Args>
  void addAsyncCleanup(F&& function, Args&&... arguments) {
    _add_cleanup([this, function = std::decay_t<F>(std::forward<F>(function)),
                  ... arguments = std::decay_t<Args>(std::forward<Args>(arguments))]() mutable {
      _await(ignore_result(asyncio::_call(std::move(function), std::move(arguments)...)));
    });
  }

  // Enters `manager` (see async_with.h) until the cleanups run, and gives what its aenter() gives; a shared_ptr to the
  // manager where that is nothing, a reference_wrapper where it is a reference. Python: await self.enterAsyncContext(cm)
  template <class Manager>
  auto enterAsyncContext(Manager manager) -> Coroutine<typename _EntersTo<Manager>::type>;

  // The test's clock. Throws RuntimeError when its time is real.
  VirtualClock& clock() const;

  // --- not promised: what ties it to the macros and to TestCase ---
  // Runs it in the test's loop, as a task of its own.
  void _await(Coroutine<> part);
  std::string _note() const override;

 protected:
  void _around(_base::Function<void()> course) override;
  void _call_setUp() override;
  void _call_tearDown() override;
  void _call_close() override;

 private:
  template <class T>
  static Coroutine<> ignore_result(Coroutine<T> coroutine) {
    (void)co_await coroutine;
  }

  AsyncTestOptions options_;
  std::exception_ptr unreadable_seed_;
  VirtualClock* clock_ = nullptr;
  asyncio::Runner* runner_ = nullptr;
};

template <class Manager>
auto IsolatedAsyncioTestCase::enterAsyncContext(Manager manager) -> Coroutine<typename _EntersTo<Manager>::type> {
  static_assert(AsyncContextManager<Manager>,
                "the object does not support the asynchronous context manager protocol: it needs aenter() and "
                "aexit(std::exception_ptr), coroutines both");
  auto kept = std::make_shared<Manager>(std::move(manager));
  auto leave = [kept]() -> Coroutine<> { (void)co_await kept->aexit(nullptr); };
  if constexpr (std::is_void_v<_await_result<decltype(kept->aenter())>>) {
    co_await kept->aenter();
    addAsyncCleanup(std::move(leave));
    co_return kept;
  } else {
    typename _EntersTo<Manager>::type entered = co_await kept->aenter();
    addAsyncCleanup(std::move(leave));
    co_return entered;
  }
}

// --- the macros ---

// A test that awaits, in a class with KRAIT_TEST_CASE; behind its name the decorators of KRAIT_TEST.
// Python: async def test_name(self):
#define KRAIT_TEST_ASYNC(name, ...)                                                                              \
  KRAIT_TEST_METHOD_(                                                                                            \
      ::krait::Coroutine<>, name,                                                                                \
      static_cast<::krait::unittest::IsolatedAsyncioTestCase&>(self_)._await(static_cast<_Self&>(self_).name()), \
      __VA_ARGS__)

// The tests that stand behind `Of`, or without a class under a name.
_Class& _outside_class(const char* name, const std::type_info& type, const char* file, int line, void (*setUpClass)(),
                       void (*tearDownClass)());
template <class Fixture>
_Class& _fixture_class(const char* name, const char* file, int line) {
  static_assert(std::is_base_of_v<IsolatedAsyncioTestCase, Fixture>,
                "KRAIT_ASYNC_TEST_F(Fixture, name): Fixture derives from unittest::IsolatedAsyncioTestCase");
  return _outside_class(name, typeid(Fixture), file, line, &Fixture::setUpClass, &Fixture::tearDownClass);
}

#define KRAIT_ASYNC_TEST_METHOD_(Test_, name, ...)                                                        \
  ::krait::Coroutine<> krait_test_();                                                                     \
  static void krait_call_(::krait::unittest::TestCase& self_) {                                           \
    auto& test_ = static_cast<Test_&>(self_);                                                             \
    test_._await(test_.krait_test_());                                                                    \
  }                                                                                                       \
  static std::unique_ptr<::krait::unittest::TestCase> krait_make_() { return std::make_unique<Test_>(); } \
  static ::krait::unittest::_Class& krait_of_() { return __VA_ARGS__; }                                   \
  inline static const ::krait::unittest::_Method krait_method_{                                           \
      #name, __FILE__, __LINE__, &krait_call_, [](::krait::unittest::_Decorations&) {}, &krait_make_};    \
  inline static const ::krait::unittest::_AddMethod krait_added_{krait_of_(), krait_method_};

// A test that awaits, with what `Fixture` sets up. Python: class Fixture(IsolatedAsyncioTestCase): async def test_name(self)
#define KRAIT_ASYNC_TEST_F(Fixture, name)                                                              \
  class Fixture##_##name##_Test final : public Fixture {                                               \
   public:                                                                                             \
    KRAIT_ASYNC_TEST_METHOD_(Fixture##_##name##_Test, name,                                            \
                             ::krait::unittest::_fixture_class<Fixture>(#Fixture, __FILE__, __LINE__)) \
  };                                                                                                   \
  ::krait::Coroutine<> Fixture##_##name##_Test::krait_test_()

// Without a fixture, in a suite where a plain TEST of GoogleTest may stand, too. After the name come AsyncTestOptions.
#define KRAIT_ASYNC_TEST(suite, name, ...)                                                                      \
  class suite##_##name##_Test final : public ::krait::unittest::IsolatedAsyncioTestCase {                       \
   public:                                                                                                      \
    suite##_##name##_Test() : IsolatedAsyncioTestCase(::krait::unittest::AsyncTestOptions{__VA_ARGS__}) {}      \
    KRAIT_ASYNC_TEST_METHOD_(suite##_##name##_Test, name,                                                       \
                             ::krait::unittest::_outside_class(#suite, typeid(suite##_##name##_Test), __FILE__, \
                                                               __LINE__, &setUpClass, &tearDownClass))          \
  };                                                                                                            \
  ::krait::Coroutine<> suite##_##name##_Test::krait_test_()

}  // namespace krait::unittest
