#pragma once
// Test cases: what a Python programmer writes, run by GoogleTest or with Python's own report.
//
//   class NumbersTest : public unittest::TestCase {
//     KRAIT_TEST_CASE(NumbersTest)                           // the first line of every class that has tests
//
//     void setUp() override { numbers = {0, 1, 2}; }
//
//     KRAIT_TEST(test_even, doc("Even numbers leave no rest.")) {
//       for (int i : numbers) subTest({{"i", i}}, [&] { assertEqual(i % 2, 0); });
//     }
//     KRAIT_TEST(test_later, skip("not yet"), expectedFailure) { fail(); }
//
//     std::vector<int> numbers;
//   };
//
//   int main(int argc, char** argv) { return unittest::main(argc, argv); }      // or link gtest_main
//
// Each test has an instance of its own. The order: setUpModule, setUpClass, then for every test setUp, the test, tearDown,
// its cleanups (last added first); tearDownClass and the class's cleanups; tearDownModule and the module's. An AssertionError
// is a failure, any other exception an error. A derived class has the tests of its bases as well; those of an abstract
// class run in the derived ones only.
//
// A test that is a coroutine is in async_case.h. In a plain TEST of GoogleTest the free assertRaises below is of use.
//
// Python: unittest.case

#include <initializer_list>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "krait/_base/function.h"
#include "krait/builtins/awaitable.h"
#include "krait/builtins/coroutine.h"
#include "krait/builtins/exceptions.h"
#include "krait/unittest/_logs.h"
#include "krait/unittest/_regexes.h"
#include "krait/unittest/_registry.h"

namespace krait::unittest {

class TestCase;
class TestResult;
struct _TestOutcome;

// Python: unittest.SkipTest
KRAIT_EXCEPTION(SkipTest, Exception);

// Awaits `awaitable` and gives the E that it throws: a copy, and of a derived class's error the part that is an E. Throws
// AssertionError when it throws nothing; another exception passes through. Python: with self.assertRaises(E): await aw
template <class E, Awaitable A>
Coroutine<E> assertRaises(A awaitable, std::source_location at = std::source_location::current()) {
  return _raised_by<E>(std::move(awaitable), _class_name(typeid(E)) + " not raised", at);
}

// Enters a context manager, hands `add` what leaves it, and gives what its enter() gives.
template <class Manager, class Add>
decltype(auto) _entered(Manager manager, Add add) {
  static_assert(
      requires {
        manager.enter();
        manager.exit(std::exception_ptr());
      }, "the object does not support the context manager protocol: it needs enter() and exit(std::exception_ptr)");
  auto kept = std::make_shared<Manager>(std::move(manager));
  const auto leave = [kept] { (void)kept->exit(nullptr); };
  if constexpr (std::is_void_v<decltype(kept->enter())>) {
    kept->enter();
    add(leave);
    return kept;
  } else {
    decltype(auto) entered = kept->enter();
    add(leave);
    return static_cast<decltype(kept->enter())>(std::forward<decltype(entered)>(entered));
  }
}

// What a report names: a test, a sub-test, or a fixture that failed.
class TestLike {
 public:
  TestLike() = default;
  TestLike(const TestLike&) = delete;
  TestLike& operator=(const TestLike&) = delete;
  virtual ~TestLike();
  // "test_even (numbers.NumbersTest.test_even)". Python: str(test)
  virtual std::string str() const = 0;
  virtual std::string id() const = 0;
  // The docstring's first line. Python: test.shortDescription()
  virtual std::optional<std::string> shortDescription() const { return std::nullopt; }
  virtual bool is_subtest() const { return false; }
  // The test that it is, or is within; null for a fixture.
  virtual const TestCase* test_case() const { return nullptr; }
};

// A keyword argument of subTest.
struct _Param {
  std::string name;
  _Value value;
  template <class T>
  _Param(std::string name, const T& value) : name(std::move(name)), value(_value(value)) {}
};
using SubTestParams = std::initializer_list<_Param>;

class _SubTest final : public TestLike {
 public:
  _SubTest(const TestCase& test, std::optional<std::string> message, std::vector<_Param> params)
      : test_(test), message_(std::move(message)), params_(std::move(params)) {}
  std::string str() const override;
  std::string id() const override;
  std::optional<std::string> shortDescription() const override;
  bool is_subtest() const override { return true; }
  const TestCase* test_case() const override { return &test_; }
  const std::vector<_Param>& params() const noexcept { return params_; }

 private:
  std::string description() const;
  const TestCase& test_;
  std::optional<std::string> message_;
  std::vector<_Param> params_;  // its own first, then those of the sub-tests around it that it does not rename
};

// What `subTest(…)` without a body gives to krait::with, in coroutines for instance.
class SubTestContext {
 public:
  SubTestContext(TestCase& test, std::optional<std::string> message, SubTestParams params);
  void enter();
  bool exit(const std::exception_ptr& error);

 private:
  TestCase& test_;
  std::optional<std::string> message_;
  std::vector<_Param> params_;
  std::unique_ptr<_SubTest> now_;
  _SubTest* around_ = nullptr;
  bool before_ = true;
};

// Python: unittest.TestCase. failureException is AssertionError, and whatever derives from it.
class TestCase : public TestLike, public _RegexAssertions, public _LogAssertions {
 public:
  // Hooks. Python: def setUp(self), def tearDown(self), @classmethod def setUpClass(cls), def tearDownClass(cls)
  virtual void setUp() {}
  virtual void tearDown() {}
  static void setUpClass() {}
  static void tearDownClass() {}

  // Calls `function(arguments…)` after tearDown, last added first; also when setUp failed.
  // Python: self.addCleanup(function, *args)
  template <class F, class... Args>
  void addCleanup(F&& function, Args&&... arguments) {
    static_assert(!Awaitable<std::invoke_result_t<std::decay_t<F>&, std::decay_t<Args>&...>>,
                  "a cleanup that is a coroutine is added by addAsyncCleanup, in an IsolatedAsyncioTestCase");
    cleanups_.push_back(_bound(std::forward<F>(function), std::forward<Args>(arguments)...));
  }
  // The same for the class, after tearDownClass; in setUpClass, and in tests. Python: cls.addClassCleanup(function, *args)
  template <class F, class... Args>
  static void addClassCleanup(F&& function, Args&&... arguments) {
    _class_cleanups().push_back(_bound(std::forward<F>(function), std::forward<Args>(arguments)...));
  }
  // Enters a context manager (see krait/builtins/with.h) until the cleanups run, and gives what its enter() gives; a
  // shared_ptr to the manager where that is nothing. Python: self.enterContext(cm), cls.enterClassContext(cm)
  template <class Manager>
  decltype(auto) enterContext(Manager manager) {
    return _entered(std::move(manager), [this](_Cleanup leave) { cleanups_.push_back(std::move(leave)); });
  }
  template <class Manager>
  static decltype(auto) enterClassContext(Manager manager) {
    return _entered(std::move(manager), [](_Cleanup leave) { _class_cleanups().push_back(std::move(leave)); });
  }
  // Runs the cleanups now; false when one failed. Python: self.doCleanups()
  bool doCleanups();

  // Python: self.skipTest(reason)
  [[noreturn]] static void skipTest(std::string reason, std::source_location at = std::source_location::current()) {
    throw SkipTest(std::move(reason), at);
  }

  // A failure within `body` is reported with the parameters, and the test goes on behind it. Without a body it gives a
  // context manager: `co_await with(subTest({{"i", i}}), [&]() -> Coroutine<> { … })`.
  // Python: with self.subTest(msg, **params)
  template <class F>
    requires std::is_invocable_v<F&>
  void subTest(SubTestParams params, F body) {
    _sub_test(SubTestContext(*this, std::nullopt, params), body);
  }
  template <class F>
    requires std::is_invocable_v<F&>
  void subTest(std::string msg, F body) {
    _sub_test(SubTestContext(*this, std::move(msg), {}), body);
  }
  template <class F>
    requires std::is_invocable_v<F&>
  void subTest(std::string msg, SubTestParams params, F body) {
    _sub_test(SubTestContext(*this, std::move(msg), params), body);
  }
  SubTestContext subTest(SubTestParams params) { return {*this, std::nullopt, params}; }
  SubTestContext subTest(std::string msg, SubTestParams params = {}) { return {*this, std::move(msg), params}; }

  ~TestCase() override;
  std::string str() const override;
  std::string id() const override;
  std::optional<std::string> shortDescription() const override;
  const TestCase* test_case() const override { return this; }
  static int countTestCases() { return 1; }

  // Runs the test, and tells `result` what became of it; only KeyboardInterrupt comes out. Python: self.run(result)
  void run(TestResult& result);
  // Runs it without a result: whatever it throws comes out. Python: self.debug()
  void debug();

  // --- not promised: what ties it to the macros, the loader and GoogleTest ---
  void _bind(_Class& of, const _Method& method);
  _Class& _class() const noexcept { return *class_; }
  const _Method& _method() const noexcept { return *method_; }
  // The part of its course that it is in: "setUp", "the test".
  const char* _part() const noexcept { return part_; }
  // What a report adds to a failure: the seed that replays it.
  virtual std::string _note() const { return {}; }
  using _Self = TestCase;

 protected:
  using _Cleanup = _base::Function<void()>;
  TestCase() = default;

  // Around the whole course of a test that is not skipped; a derived class that needs a loop makes it here.
  virtual void _around(_base::Function<void()> course) { course(); }
  virtual void _call_setUp() { setUp(); }
  virtual void _call_tearDown() { tearDown(); }
  virtual void _call_test() { method_->call(*this); }
  // What is left to do behind the cleanups.
  virtual void _call_close() {}
  void _enters(const char* part) noexcept { part_ = part; }
  void _add_cleanup(_Cleanup cleanup) { cleanups_.push_back(std::move(cleanup)); }
  void _drop_cleanups() noexcept { cleanups_.clear(); }

  template <class F, class... Args>
  static _Cleanup _bound(F&& function, Args&&... arguments) {
    return [function = std::decay_t<F>(std::forward<F>(function)),
            ... arguments = std::decay_t<Args>(std::forward<Args>(arguments))]() mutable {
      (void)function(std::move(arguments)...);
    };
  }

 private:
  friend class SubTestContext;
  friend struct _TestOutcome;

  void course(TestResult& result);
  static std::vector<_Cleanup>& _class_cleanups();
  template <class F>
  static void _sub_test(SubTestContext context, F& body) {
    static_assert(!Awaitable<std::invoke_result_t<F&>>,
                  "a sub-test that awaits is written co_await with(subTest(…), [&]() -> Coroutine<> { … })");
    context.enter();
    std::exception_ptr error;
    try {
      body();
    } catch (...) {
      error = std::current_exception();
    }
    if (!context.exit(error) && error) std::rethrow_exception(error);
  }

  _Class* class_ = nullptr;
  const _Method* method_ = nullptr;
  _Decorations decorations_;
  const char* part_ = "";
  _TestOutcome* outcome_ = nullptr;
  _SubTest* subtest_ = nullptr;
  std::vector<_Cleanup> cleanups_;
};

// For the module, that is the source file: after tearDownModule, last added first. Python: unittest.addModuleCleanup(f, *args)
void _add_module_cleanup(_base::Function<void()> cleanup);
template <class F, class... Args>
void addModuleCleanup(F&& function, Args&&... arguments) {
  _add_module_cleanup([function = std::decay_t<F>(std::forward<F>(function)),
                       ... arguments = std::decay_t<Args>(std::forward<Args>(arguments))]() mutable {
    (void)function(std::move(arguments)...);
  });
}
// As TestCase::enterContext, until the module's cleanups run. Python: unittest.enterModuleContext(cm)
template <class Manager>
decltype(auto) enterModuleContext(Manager manager) {
  return _entered(std::move(manager), [](_base::Function<void()> leave) { _add_module_cleanup(std::move(leave)); });
}
// Runs them now; throws the first exception when all have run. Python: unittest.doModuleCleanups()
void doModuleCleanups();

// --- the macros ---

template <class Self>
std::unique_ptr<TestCase> _make_test() {
  return std::unique_ptr<TestCase>(new Self);
}

// The first line of a class that has tests. Behind the name: decorators for all of them. Python: class Self(TestCase):
#define KRAIT_TEST_CASE(Self, ...)                                                                                   \
  using _Self = Self;                                                                                                \
  template <class Any_>                                                                                              \
  friend std::unique_ptr<::krait::unittest::TestCase> krait::unittest::_make_test();                                 \
                                                                                                                     \
 public:                                                                                                             \
  static ::krait::unittest::_Class& krait_class_() {                                                                 \
    static_assert(std::is_base_of_v<::krait::unittest::TestCase, Self>,                                              \
                  "a class with KRAIT_TEST_CASE derives from unittest::TestCase, in public");                        \
    static_assert(std::is_same_v<decltype(&Self::setUpClass), void (*)()>,                                           \
                  "setUpClass() is a static function that gives nothing, as it is a @classmethod in Python");        \
    static_assert(std::is_same_v<decltype(&Self::tearDownClass), void (*)()>,                                        \
                  "tearDownClass() is a static function that gives nothing, as it is a @classmethod in Python");     \
    static ::krait::unittest::_Class known{#Self,                                                                    \
                                           typeid(Self),                                                             \
                                           __FILE__,                                                                 \
                                           __LINE__,                                                                 \
                                           krait_make_<Self>(),                                                      \
                                           &krait_decorate_,                                                         \
                                           &Self::setUpClass,                                                        \
                                           &Self::tearDownClass};                                                    \
    return known;                                                                                                    \
  }                                                                                                                  \
                                                                                                                     \
 private:                                                                                                            \
  template <class Made_>                                                                                             \
  static constexpr auto krait_make_() -> std::unique_ptr<::krait::unittest::TestCase> (*)() {                        \
    if constexpr (std::is_abstract_v<Made_>) {                                                                       \
      return nullptr;                                                                                                \
    } else {                                                                                                         \
      static_assert(requires { new Made_; }, "a class with KRAIT_TEST_CASE needs a constructor without parameters"); \
      return &::krait::unittest::_make_test<Made_>;                                                                  \
    }                                                                                                                \
  }                                                                                                                  \
  static void krait_decorate_([[maybe_unused]] ::krait::unittest::_Decorations& to_) {                               \
    using namespace ::krait::unittest;                                                                               \
    __VA_OPT__(_decorate(to_, __VA_ARGS__);)                                                                         \
  }                                                                                                                  \
  inline static const ::krait::unittest::_AddClass krait_known_{krait_class_()};

#define KRAIT_TEST_METHOD_(Returns, name, Call, ...)                                                                 \
  static_assert(::std::string_view(#name).starts_with("test"), "the name of a test begins with test, as in Python"); \
  void krait_##name##_stands_in_() {                                                                                 \
    static_assert(std::is_same_v<decltype(*this), _Self&>,                                                           \
                  "KRAIT_TEST_CASE(Class) is missing: it is the first line of every class that has tests");          \
  }                                                                                                                  \
  static void krait_##name##_call_(::krait::unittest::TestCase& self_) { Call; }                                     \
  static void krait_##name##_decorate_([[maybe_unused]] ::krait::unittest::_Decorations& to_) {                      \
    using namespace ::krait::unittest;                                                                               \
    __VA_OPT__(_decorate(to_, __VA_ARGS__);)                                                                         \
  }                                                                                                                  \
  inline static const ::krait::unittest::_Method krait_##name##_method_{                                             \
      #name, __FILE__, __LINE__, &krait_##name##_call_, &krait_##name##_decorate_};                                  \
  inline static const ::krait::unittest::_AddMethod krait_##name##_known_{krait_class_(), krait_##name##_method_};   \
  Returns name()

// A test. Behind its name: skip(reason), skipIf(condition, reason), skipUnless(condition, reason), expectedFailure,
// doc(text), which are evaluated when the test is about to run. Python: def test_name(self):
#define KRAIT_TEST(name, ...) KRAIT_TEST_METHOD_(void, name, static_cast<_Self&>(self_).name(), __VA_ARGS__)

// Once in a file, behind the functions: `KRAIT_TEST_MODULE(setUpModule, tearDownModule);` or the first alone, or nullptr and
// the second. Python: def setUpModule(): and def tearDownModule():
#define KRAIT_TEST_MODULE(...) \
  [[maybe_unused]] static const ::krait::unittest::_AddModule krait_test_module_ { __FILE__, __VA_ARGS__ }

}  // namespace krait::unittest
