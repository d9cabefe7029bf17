#pragma once
// The course of an asynchronous test, without GoogleTest: async_case.h ties the two together.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "krait/_base/function.h"
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

class _AsyncCase {
 public:
  _AsyncCase(const _AsyncCase&) = delete;
  _AsyncCase& operator=(const _AsyncCase&) = delete;

 protected:
  explicit _AsyncCase(AsyncTestOptions options) : options_(options) {}
  virtual ~_AsyncCase();

  // Before everything and after it, outside of a coroutine. Python: setUp, tearDown
  virtual void setUp() {}
  virtual void tearDown() {}
  // Python: asyncSetUp, asyncTearDown
  virtual Coroutine<> asyncSetUp() { co_return; }
  virtual Coroutine<> asyncTearDown() { co_return; }
  // The test. Python: runTest
  virtual Coroutine<> runTest() = 0;

  // Calls `function(arguments…)`, a coroutine function or a plain one, when the test is over, last added first; also
  // when the set-up failed. Python: self.addAsyncCleanup(func, *args)
  template <class F, class... Args>
  void addAsyncCleanup(F&& function, Args&&... arguments) {
    cleanups_.push_back([function = std::decay_t<F>(std::forward<F>(function)),
                         ... arguments = std::decay_t<Args>(std::forward<Args>(arguments))]() mutable {
      return ignore_result(asyncio::_call(std::move(function), std::move(arguments)...));
    });
  }

  // Enters `manager` (see async_with.h) until the cleanups run, and gives what its aenter() gives; a shared_ptr to the
  // manager where that is nothing, a reference_wrapper where it is a reference. Python: await self.enterAsyncContext(cm)
  template <class Manager>
  auto enterAsyncContext(Manager manager) -> Coroutine<typename _EntersTo<Manager>::type>;

  // Python: self.skipTest(reason)
  [[noreturn]] static void skipTest(std::string reason) { throw SkipTest(std::move(reason)); }

  // The test's clock. Throws RuntimeError when its time is real.
  VirtualClock& clock() const;

  // Fixes the order of the run: false, and a failure, when KRAIT_SEED cannot be read.
  bool _choose_seed();
  std::optional<std::uint64_t> _seed() const noexcept { return options_.seed; }
  // The whole course. Lets no exception out: each is told to these, which the tie to a test framework defines.
  void _run();
  virtual void _failed(const std::string& text) = 0;
  virtual void _skipped(const std::string& reason) = 0;
  virtual void _interrupted() = 0;
  // The framework knows of a failure after which the test makes no sense.
  virtual bool _hopeless() const = 0;

 private:
  template <class T>
  static Coroutine<> ignore_result(Coroutine<T> coroutine) {
    (void)co_await coroutine;
  }
  enum class Ended { Well, Badly, Interrupted };
  Ended part(std::string_view name, const std::function<void()>& what);
  Ended test(asyncio::Runner& runner);
  Ended clean_up(asyncio::Runner& runner);

  AsyncTestOptions options_;
  VirtualClock* clock_ = nullptr;
  std::vector<_base::Function<Coroutine<>()>> cleanups_;
};

template <class Manager>
auto _AsyncCase::enterAsyncContext(Manager manager) -> Coroutine<typename _EntersTo<Manager>::type> {
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

}  // namespace krait::unittest
