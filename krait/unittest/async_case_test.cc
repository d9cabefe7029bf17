#include "krait/unittest/async_case.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "krait/asyncio.h"
#include "krait/builtins/traceback.h"
#include "krait/contextvars.h"
#include "krait/unittest/result.h"

namespace krait::unittest {
namespace {

using namespace std::chrono_literals;
using asyncio::sleep;
using Trace = std::vector<std::string>;

// --- what a user writes ---

KRAIT_ASYNC_TEST(AsyncTest, awaits_in_a_running_loop) {
  asyncio::EventLoop& loop = asyncio::get_running_loop();
  co_await sleep(0);
  EXPECT_EQ(&asyncio::get_running_loop(), &loop);
}

KRAIT_ASYNC_TEST(AsyncTest, jumps_on_a_virtual_clock, .virtual_clock = true) {
  co_await sleep(1h);
  EXPECT_EQ(clock().elapsed(), 1h);
  co_await assertRaises<TimeoutError>(asyncio::wait_for(sleep(1h), 1s));
}

TEST(AsyncTest, shares_its_suite_with_a_plain_one) { EXPECT_THROW(asyncio::get_running_loop(), RuntimeError); }

class Shop : public IsolatedAsyncioTestCase {
 protected:
  Shop() : IsolatedAsyncioTestCase({.virtual_clock = true}) {}
  Coroutine<> asyncSetUp() override {
    opening_ = asyncio::create_task(open());
    co_await opening_;
  }
  Coroutine<> asyncTearDown() override {
    co_await sleep(1h);
    open_ = false;
  }
  ~Shop() override { EXPECT_FALSE(open_); }
  Coroutine<> open() {
    co_await sleep(1h);
    open_ = true;
  }
  asyncio::Task<> opening_;
  bool open_ = false;
};

KRAIT_ASYNC_TEST_F(Shop, is_open_in_its_test) {
  EXPECT_TRUE(open_);
  EXPECT_EQ(clock().elapsed(), 1h);
  co_return;
}
KRAIT_ASYNC_TEST_F(Shop, is_another_one_in_the_next) {
  EXPECT_TRUE(open_);
  co_await sleep(1s);
}

class StallTest : public IsolatedAsyncioTestCase {
  KRAIT_TEST_CASE(StallTest)
  Coroutine<> asyncSetUp() override {
    co_await queue.put(1);
    addAsyncCleanup([this]() -> Coroutine<> { assertEqual(co_await queue.get(), 3); });
  }
  KRAIT_TEST_ASYNC(test_awaits, doc("What is in the queue.")) {
    assertEqual(co_await queue.get(), 1);
    co_await queue.put(3);
  }
  KRAIT_TEST(test_beside_it_does_not) {
    assertEqual(queue.get_nowait(), 1);
    queue.put_nowait(3);
  }
  KRAIT_TEST_ASYNC(test_fails_as_expected, expectedFailure) {
    co_await queue.put(3);
    assertEqual(co_await queue.get(), 2);
  }
  KRAIT_TEST_ASYNC(test_is_skipped, skip("closed")) {
    fail();
    co_return;
  }
  asyncio::Queue<int> queue;
};

// --- the course of a test, as CPython 3.13 takes it ---

class Case;
// Tells a Case what became of it, in its trace.
class Tracer final : public TestResult {
 public:
  explicit Tracer(Case& of) : case_(of) {}
  void addFailure(const TestLike& test, const std::exception_ptr& error) override { addError(test, error); }
  void addError(const TestLike& test, const std::exception_ptr& error) override;
  void addSkip(const TestLike& test, const std::string& reason) override;

 private:
  Case& case_;
};

class Case : public IsolatedAsyncioTestCase {
 public:
  explicit Case(AsyncTestOptions options = {}) : IsolatedAsyncioTestCase(options) {
    static _Class known{"Case", typeid(Case), "shop.cc", 0, nullptr, [](_Decorations&) {}, [] {}, [] {}};
    static const _Method method{"test", "shop.cc", 0,
                                [](TestCase& self) {
                                  auto& test = static_cast<Case&>(self);
                                  test._await(test.test());
                                },
                                [](_Decorations&) {}};
    _bind(known, method);
  }

  // The parts that raise, and what they raise.
  std::vector<std::pair<std::string, std::exception_ptr>> errors;
  std::function<Coroutine<>(Case&)> body;
  std::function<Coroutine<>(Case&)> before;
  Trace trace;
  std::string full_text;  // of what it failed with

  Trace traced() {
    Tracer result(*this);
    try {
      run(result);
    } catch (const KeyboardInterrupt&) {
      trace.push_back(std::string(_part()) + " was interrupted");
    }
    return trace;
  }
  void at(const std::string& part) {
    trace.push_back(part);
    for (auto& [where, error] : errors) {
      if (where == part) std::rethrow_exception(error);
    }
  }
  Coroutine<> async_at(std::string part) {
    co_await sleep(0);
    at(part);
  }

 private:
  void setUp() override { at("setUp"); }
  Coroutine<> asyncSetUp() override {
    addAsyncCleanup(&Case::cleanup, this, "cleanup1");
    addCleanup([this] { at("cleanup2"); });
    if (before) co_await before(*this);
    co_await async_at("asyncSetUp");
  }
  Coroutine<> test() {
    if (body) co_await body(*this);
    co_await async_at("test");
  }
  Coroutine<> asyncTearDown() override { return async_at("asyncTearDown"); }
  void tearDown() override { at("tearDown"); }
  static Coroutine<> cleanup(Case* self, std::string name) { return self->async_at(std::move(name)); }
};

void Tracer::addError(const TestLike&, const std::exception_ptr& error) {
  std::string text = std::string(case_._part()) + " raised " + type_name(error);
  if (std::string said = str(error); !said.empty()) text += ": " + said;
  case_.trace.push_back("F " + text);
  case_.full_text += text + "\n" + format_exception(error);
}
void Tracer::addSkip(const TestLike&, const std::string& reason) { case_.trace.push_back("s " + reason); }

template <class E>
std::pair<std::string, std::exception_ptr> raise_in(std::string part, E error) {
  return {std::move(part), std::make_exception_ptr(std::move(error))};
}

TEST(Course, goes_from_set_up_to_cleanups_last_added_first) {
  EXPECT_EQ(Case().traced(),
            (Trace{"setUp", "asyncSetUp", "test", "asyncTearDown", "tearDown", "cleanup2", "cleanup1"}));
}

TEST(Course, a_failed_setUp_leaves_nothing_to_do) {
  Case test;
  test.errors.push_back(raise_in("setUp", ValueError("x")));
  EXPECT_EQ(test.traced(), (Trace{"setUp", "F setUp raised ValueError: x"}));
}

TEST(Course, a_failed_asyncSetUp_goes_on_with_the_cleanups) {
  Case test;
  test.errors.push_back(raise_in("asyncSetUp", ValueError("x")));
  EXPECT_EQ(test.traced(), (Trace{"setUp", "asyncSetUp", "F asyncSetUp raised ValueError: x", "cleanup2", "cleanup1"}));
}

TEST(Course, a_failed_test_is_torn_down) {
  Case test;
  test.errors.push_back(raise_in("test", KeyError("k")));
  EXPECT_EQ(test.traced(), (Trace{"setUp", "asyncSetUp", "test", "F the test raised KeyError: 'k'", "asyncTearDown",
                                  "tearDown", "cleanup2", "cleanup1"}));
}

TEST(Course, a_failed_asyncTearDown_skips_tearDown_only) {
  Case test;
  test.errors.push_back(raise_in("asyncTearDown", KeyError()));
  test.errors.push_back(raise_in("cleanup2", OSError("o")));
  EXPECT_EQ(test.traced(), (Trace{"setUp", "asyncSetUp", "test", "asyncTearDown", "F asyncTearDown raised KeyError",
                                  "cleanup2", "F a cleanup raised OSError: o", "cleanup1"}));
}

TEST(Course, a_skip_in_the_test_still_tears_down) {
  Case test;
  test.body = [](Case&) -> Coroutine<> {
    Case::skipTest("no network");
    co_return;
  };
  EXPECT_EQ(test.traced(),
            (Trace{"setUp", "asyncSetUp", "s no network", "asyncTearDown", "tearDown", "cleanup2", "cleanup1"}));
}

TEST(Course, a_cleanup_may_add_another) {
  Case test;
  test.before = [](Case& self) -> Coroutine<> {
    self.addAsyncCleanup([&self] { self.addAsyncCleanup([&self] { self.at("late"); }); });
    co_return;
  };
  EXPECT_EQ(test.traced(),
            (Trace{"setUp", "asyncSetUp", "test", "asyncTearDown", "tearDown", "late", "cleanup2", "cleanup1"}));
}

TEST(Course, an_interrupt_ends_it_at_once) {
  Case test;
  test.errors.push_back(raise_in("test", KeyboardInterrupt()));
  EXPECT_EQ(test.traced(), (Trace{"setUp", "asyncSetUp", "test", "the test was interrupted"}));
}

TEST(Course, every_part_runs_in_the_same_loop) {
  Case test;
  asyncio::EventLoop* loop = nullptr;
  test.before = [&loop](Case&) -> Coroutine<> {
    loop = &asyncio::get_running_loop();
    co_return;
  };
  test.body = [&loop](Case& self) -> Coroutine<> {
    EXPECT_EQ(&asyncio::get_running_loop(), loop);
    self.addAsyncCleanup([&loop] { EXPECT_EQ(&asyncio::get_running_loop(), loop); });
    co_return;
  };
  EXPECT_EQ(test.traced().size(), 7U);
}

contextvars::ContextVar<std::string> variable("variable", "unset");

TEST(Course, every_part_runs_in_the_same_context_which_ends_with_the_test) {
  Case test;
  test.before = [](Case& self) -> Coroutine<> {
    self.addAsyncCleanup([&self] { self.trace.push_back(variable.get()); });
    variable.set("set up");
    co_return;
  };
  test.body = [](Case& self) -> Coroutine<> {
    self.trace.push_back(variable.get());
    variable.set("tested");
    co_return;
  };
  EXPECT_EQ(test.traced(), (Trace{"setUp", "asyncSetUp", "set up", "test", "asyncTearDown", "tearDown", "tested",
                                  "cleanup2", "cleanup1"}));
  EXPECT_EQ(variable.get(), "unset");
}

TEST(Course, a_task_that_is_left_is_cancelled_after_the_cleanups) {
  Case test;
  test.body = [](Case& self) -> Coroutine<> {
    asyncio::create_task([&self]() -> Coroutine<> {
      try {
        co_await sleep(1h);
      } catch (const asyncio::CancelledError&) {
        self.at("left");
      }
    });
    co_await sleep(0);
  };
  EXPECT_EQ(test.traced().back(), "left");
}

// --- how a failure reads ---

// What a test with this body is told to have failed with; "" when it passed.
std::string whole_failure_of(std::function<Coroutine<>(Case&)> body, AsyncTestOptions options = {}) {
  Case test(options);
  test.body = std::move(body);
  test.traced();
  return test.full_text;
}
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }
std::string failure_of(std::function<Coroutine<>(Case&)> body, AsyncTestOptions options = {}) {
  return first_line(whole_failure_of(std::move(body), options));
}
bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Failure, names_class_and_text) {
  EXPECT_EQ(failure_of([](Case&) -> Coroutine<> {
              throw AssertionError("1 != 2");
              co_return;
            }),
            "the test raised AssertionError: 1 != 2");
}

TEST(Failure, is_told_of_what_is_no_std_exception) {
  EXPECT_EQ(failure_of([](Case&) -> Coroutine<> {
              throw SystemExit(3);
              co_return;
            }),
            "the test raised SystemExit: 3");
  EXPECT_EQ(failure_of([](Case&) -> Coroutine<> {
              throw 7;
              co_return;
            }),
            "the test raised int");
}

TEST(Failure, names_a_cancellation) {
  EXPECT_EQ(first_line(whole_failure_of([](Case&) -> Coroutine<> {
              auto task = asyncio::create_task(sleep(1h));
              task.cancel("too late");
              co_await task;
            })),
            "the test raised CancelledError: too late");
}

Coroutine<> fails_below() {
  co_await sleep(0);
  throw ValueError("deep down");
}

TEST(Failure, shows_the_awaits_that_it_came_through) {
  std::string text = whole_failure_of([](Case&) -> Coroutine<> { co_await fails_below(); });
  EXPECT_EQ(first_line(text), "the test raised ValueError: deep down");
  EXPECT_TRUE(holds(text, "async_case_test.cc\", line ")) << text;
  EXPECT_TRUE(text.ends_with("\nValueError: deep down\n")) << text;
}

TEST(Failure, shows_what_a_group_holds_and_where_it_came_from) {
  std::string text = whole_failure_of([](Case&) -> Coroutine<> {
    KeyError caused("k");
    caused.set_cause(std::make_exception_ptr(OSError("disk")));
    throw ExceptionGroup("unhandled errors in a TaskGroup",
                         {std::make_exception_ptr(ValueError("v")), std::make_exception_ptr(caused)});
    co_return;
  });
  EXPECT_EQ(first_line(text), "the test raised ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)");
  for (const char* part : {"ValueError: v", "OSError: disk", "KeyError: 'k'"}) EXPECT_TRUE(holds(text, part)) << text;
}

constexpr std::string_view kDeadlock =
    "DeadlockError: deadlock: every task waits, no timer is set and no I/O is awaited";

TEST(Failure, of_a_deadlock_on_a_virtual_clock) {
  std::string text =
      whole_failure_of([](Case&) -> Coroutine<> { co_await asyncio::Event().wait(); }, {.virtual_clock = true});
  EXPECT_EQ(first_line(text), "the test raised " + std::string(kDeadlock));
}

// The test is stuck; its set-up, tear-down and cleanups are not.
TEST(Failure, of_a_deadlock_lets_the_rest_go_on) {
  Case test({.virtual_clock = true});
  test.body = [](Case&) -> Coroutine<> { co_await asyncio::Event().wait(); };
  Trace trace = test.traced();
  EXPECT_EQ(Trace(trace.begin() + 3, trace.end()), (Trace{"asyncTearDown", "tearDown", "cleanup2", "cleanup1"}));
}

TEST(Failure, of_the_closing_loop_is_told) {
  std::string text = whole_failure_of(
      [](Case&) -> Coroutine<> {
        asyncio::create_task([]() -> Coroutine<> {
          for (;;) {
            try {
              co_await asyncio::Event().wait();
            } catch (const asyncio::CancelledError&) {
            }
          }
        });
        co_await sleep(0);
      },
      {.virtual_clock = true});
  EXPECT_EQ(first_line(text), "closing the loop raised " + std::string(kDeadlock));
}

// --- contexts ---

struct Door {
  Trace* trace;
  Coroutine<> aenter() {
    co_await sleep(0);
    trace->push_back("enter");
  }
  Coroutine<bool> aexit(std::exception_ptr error) {
    co_await sleep(0);
    trace->push_back(error ? "exit with an error" : "exit");
    co_return true;
  }
};
struct Counter {
  Coroutine<int> aenter() { co_return 42; }
  Coroutine<> aexit(std::exception_ptr) { co_return; }
};
struct Locked {
  Coroutine<> aenter() {
    throw ValueError("locked");
    co_return;
  }
  Coroutine<> aexit(std::exception_ptr) {
    ADD_FAILURE() << "left what was never entered";
    co_return;
  }
};

TEST(EnterAsyncContext, leaves_among_the_cleanups) {
  Case test;
  test.body = [](Case& self) -> Coroutine<> {
    std::shared_ptr<Door> door = co_await self.enterAsyncContext(Door{&self.trace});
    EXPECT_EQ(door->trace, &self.trace);
    EXPECT_EQ(co_await self.enterAsyncContext(Counter()), 42);
  };
  test.errors.push_back(raise_in("test", KeyError()));
  EXPECT_EQ(test.traced(), (Trace{"setUp", "asyncSetUp", "enter", "test", "F the test raised KeyError", "asyncTearDown",
                                  "tearDown", "exit", "cleanup2", "cleanup1"}));
}

TEST(EnterAsyncContext, does_not_leave_what_it_could_not_enter) {
  EXPECT_EQ(failure_of([](Case& self) -> Coroutine<> { co_await self.enterAsyncContext(Locked()); }),
            "the test raised ValueError: locked");
}

TEST(Clock, is_not_there_in_real_time) {
  EXPECT_EQ(failure_of([](Case& self) -> Coroutine<> {
              self.clock();
              co_return;
            }),
            "the test raised RuntimeError: cannot give the clock: this test runs in real time; see AsyncTestOptions");
}

// --- through GoogleTest: the order of a shuffled run, and what a program prints ---

// Stays quiet unless another test of this file asks for the opposite, in a process of its own.
const char* asked_for() {
  const char* asked = std::getenv("KRAIT_MISBEHAVE");
  return asked ? asked : "";
}
bool asked_for(std::string_view what) { return asked_for() == what; }

class Misbehaving : public IsolatedAsyncioTestCase {
 protected:
  Misbehaving() : IsolatedAsyncioTestCase({.seed = 7}) {}
  Coroutine<> first_of(int count) {
    std::vector<asyncio::Task<>> tasks;
    for (int i = 0; i < count; ++i) {
      tasks.push_back(asyncio::create_task([this, i]() -> Coroutine<> {
        order_ += std::to_string(i);
        co_return;
      }));
    }
    co_await asyncio::wait(tasks);
  }
  std::string order_;
};

KRAIT_ASYNC_TEST_F(Misbehaving, one) {
  co_await first_of(10);
  EXPECT_EQ(order_.size(), 10U);
  if (asked_for("fail")) EXPECT_EQ(order_, "");
  if (asked_for("cancel")) throw asyncio::CancelledError("by hand");
  if (asked_for("interrupt")) ::raise(SIGINT);
  if (asked_for("skip")) skipTest("not today");
  co_await sleep(1s);
}
KRAIT_ASYNC_TEST_F(Misbehaving, two) {
  if (asked_for("fatal")) throw AssertionError("enough");
  co_return;
}

struct Ran {
  int status;
  std::string out;
};
Ran run_misbehaving(const std::string& what, const std::string& seed = "") {
  std::string self(4096, '\0');
  self.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::readlink("/proc/self/exe", self.data(), self.size()))));
  std::string command = "KRAIT_SEED='" + seed + "' KRAIT_MISBEHAVE=" + what + " GTEST_OUTPUT= timeout 60 '" + self +
                        "' --gtest_filter='Misbehaving.*' --gtest_color=no 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::string out;
  for (int c; (c = std::fgetc(pipe)) != EOF;) out += static_cast<char>(c);
  return {::pclose(pipe), out};
}

TEST(Program, prints_the_seed_of_a_failure) {
  Ran ran = run_misbehaving("fail");
  EXPECT_NE(ran.status, 0);
  EXPECT_NE(ran.out.find("shuffled; to replay this order: KRAIT_SEED=7\n"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("\"0749312865\""), std::string::npos) << ran.out;  // as virtual_clock_test has it
}

TEST(Program, replays_the_seed_that_it_is_given) {
  Ran first = run_misbehaving("fail", "12345"), again = run_misbehaving("fail", "12345");
  EXPECT_NE(first.out.find("KRAIT_SEED=12345\n"), std::string::npos) << first.out;
  auto order = [](const std::string& out) { return out.substr(out.find("Which is: \""), 30); };
  EXPECT_EQ(order(first.out), order(again.out));
  EXPECT_NE(order(first.out), order(run_misbehaving("fail", "12346").out));
}

TEST(Program, picks_a_fresh_seed_when_asked) {
  auto seed = [](const std::string& out) { return out.substr(out.find("KRAIT_SEED="), 24); };
  Ran first = run_misbehaving("fail", "random"), second = run_misbehaving("fail", "random");
  ASSERT_NE(first.out.find("KRAIT_SEED="), std::string::npos) << first.out;
  EXPECT_NE(seed(first.out), seed(second.out));
}

TEST(Program, says_what_is_wrong_with_a_seed) {
  Ran ran = run_misbehaving("nothing", "abc");
  EXPECT_NE(ran.status, 0);
  EXPECT_NE(ran.out.find("the choice of a seed raised ValueError: cannot read KRAIT_SEED='abc': it is a number below "
                         "2**64, or the word random"),
            std::string::npos)
      << ran.out;
}

TEST(Program, fails_by_name_of_the_cancellation_and_goes_on) {
  Ran ran = run_misbehaving("cancel");
  EXPECT_NE(ran.status, 0);
  EXPECT_NE(ran.out.find("the test raised CancelledError: by hand"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("[       OK ] Misbehaving.two"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("async_case_test.cc:"), std::string::npos) << ran.out;
}

TEST(Program, skips_what_is_left_after_an_interrupt) {
  Ran ran = run_misbehaving("interrupt");
  EXPECT_NE(ran.status, 0);
  EXPECT_NE(ran.out.find("the test was interrupted: KeyboardInterrupt"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("[  SKIPPED ] Misbehaving.two"), std::string::npos) << ran.out;
}

TEST(Program, shows_a_skipped_test_as_skipped) {
  Ran ran = run_misbehaving("skip");
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_NE(ran.out.find("[  SKIPPED ] Misbehaving.one"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("not today"), std::string::npos) << ran.out;
}

TEST(Program, an_AssertionError_ends_the_test) {
  Ran ran = run_misbehaving("fatal");
  EXPECT_NE(ran.status, 0);
  EXPECT_NE(ran.out.find("the test raised AssertionError: enough"), std::string::npos) << ran.out;
}

}  // namespace
}  // namespace krait::unittest
