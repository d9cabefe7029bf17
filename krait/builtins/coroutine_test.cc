#include "krait/builtins/coroutine.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "krait/builtins/exceptions.h"

namespace krait {
namespace {

// Runs a coroutine that never waits, without a loop.
template <class T>
T run_now(Coroutine<T> coroutine) {
  auto handle = coroutine._release();
  struct End {
    decltype(handle)& frame;
    ~End() { frame.destroy(); }
  } end{handle};
  handle.resume();
  EXPECT_TRUE(handle.done());
  return handle.promise().outcome.take();
}

// What running `coroutine` throws, as repr() prints it.
template <class T>
std::string failure(Coroutine<T> coroutine) {
  try {
    (void)run_now(std::move(coroutine));
  } catch (...) {
    return repr(std::current_exception());
  }
  return "nothing";
}

struct Counted {
  explicit Counted(int& n) : alive(&n) { ++*alive; }
  Counted(const Counted& other) : alive(other.alive) { ++*alive; }
  ~Counted() { --*alive; }
  int* alive;
};

Coroutine<int> answer() { co_return 42; }
Coroutine<> fail(std::string text) {
  throw ValueError(std::move(text));
  co_return;
}

TEST(Coroutine, does_nothing_until_it_is_awaited) {
  bool ran = false;
  auto body = [&ran]() -> Coroutine<> {
    ran = true;
    co_return;
  };
  Coroutine<> coroutine = body();
  EXPECT_FALSE(ran);
  run_now(std::move(coroutine));
  EXPECT_TRUE(ran);
}

TEST(Coroutine, gives_what_it_returns) {
  auto body = []() -> Coroutine<std::string> { co_return "n = " + std::to_string(co_await answer()); };
  EXPECT_EQ(run_now(body()), "n = 42");
}

TEST(Coroutine, converts_to_its_result_type) {
  auto body = []() -> Coroutine<std::string> { co_return "text"; };
  EXPECT_EQ(run_now(body()), "text");
}

TEST(Coroutine, gives_what_can_only_be_moved) {
  auto make = []() -> Coroutine<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  auto body = [&make]() -> Coroutine<std::unique_ptr<int>> {
    std::unique_ptr<int> number = co_await make();
    ++*number;
    co_return number;
  };
  EXPECT_EQ(*run_now(body()), 8);
}

TEST(Coroutine, an_exception_comes_out_of_the_await) {
  auto body = []() -> Coroutine<std::string> {
    try {
      co_await fail("boom");
    } catch (const ValueError& e) {
      co_return e.what();
    }
    co_return "nothing";
  };
  EXPECT_EQ(run_now(body()), "boom");
  EXPECT_EQ(failure(fail("out")), "ValueError('out')");
}

TEST(Coroutine, an_exception_of_a_local_s_destructor_replaces_the_result) {
  struct Throws {
    ~Throws() noexcept(false) { throw ValueError("at the end"); }
  };
  auto body = []() -> Coroutine<std::string> {
    Throws last;
    co_return std::string(100, 'x');
  };
  EXPECT_EQ(failure(body()), "ValueError('at the end')");
}

TEST(Coroutine, a_result_that_cannot_be_stored_is_the_failure) {
  struct Picky {
    Picky() = default;
    Picky(const Picky&) { throw ValueError("no copies"); }
  };
  static const Picky original;
  auto body = []() -> Coroutine<Picky> { co_return original; };
  EXPECT_EQ(failure(body()), "ValueError('no copies')");
}

TEST(Coroutine, is_awaited_once) {
  auto body = []() -> Coroutine<> {
    Coroutine<int> once = answer();
    co_await once;
    co_await once;
  };
  EXPECT_EQ(failure(body()), "RuntimeError('cannot reuse already awaited coroutine')");
}

TEST(Coroutine, cannot_be_awaited_after_it_moved_away) {
  auto body = []() -> Coroutine<> {
    Coroutine<int> first = answer();
    Coroutine<int> second = std::move(first);
    EXPECT_EQ(co_await second, 42);
    co_await first;  // NOLINT(bugprone-use-after-move)
  };
  EXPECT_EQ(failure(body()), "RuntimeError('cannot reuse already awaited coroutine')");
}

TEST(Coroutine, cannot_await_itself) {
  auto body = []() -> Coroutine<> {
    Coroutine<>* self = nullptr;
    auto inner = [&self]() -> Coroutine<> { co_await *self; };
    Coroutine<> coroutine = inner();
    self = &coroutine;
    co_await coroutine;
  };
  EXPECT_EQ(failure(body()), "RuntimeError('cannot reuse already awaited coroutine')");
}

TEST(Coroutine, frees_its_arguments_when_it_is_never_awaited) {
  int alive = 0;
  {
    auto body = [](Counted) -> Coroutine<> { co_return; };
    Coroutine<> coroutine = body(Counted(alive));
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Coroutine, assigning_frees_what_it_held) {
  int alive = 0;
  auto body = [](Counted) -> Coroutine<> { co_return; };
  Coroutine<> coroutine = body(Counted(alive));
  coroutine = body(Counted(alive));
  EXPECT_EQ(alive, 1);
  Coroutine<>& same = coroutine;
  coroutine = std::move(same);
  EXPECT_EQ(alive, 1);
}

TEST(Coroutine, locals_end_in_reverse_order_before_the_awaiter_goes_on) {
  std::vector<std::string> trace;
  struct Logs {
    std::vector<std::string>& trace;
    std::string name;
    ~Logs() { trace.push_back(name); }
  };
  auto inner = [&]() -> Coroutine<> {
    Logs first{trace, "first"}, second{trace, "second"};
    co_return;
  };
  auto outer = [&]() -> Coroutine<> {
    co_await inner();
    trace.push_back("outer");
  };
  run_now(outer());
  EXPECT_EQ(trace, (std::vector<std::string>{"second", "first", "outer"}));
}

Coroutine<int> nested(int depth) { co_return depth == 0 ? 0 : 1 + co_await nested(depth - 1); }
TEST(Coroutine, nests_deep) { EXPECT_EQ(run_now(nested(10'000)), 10'000); }

// Each await resumes and is resumed by symmetric transfer; a compiler that makes calls of those would need 100 MB of
// stack.
TEST(Coroutine, a_million_awaits_that_complete_at_once_need_no_stack) {
  auto body = []() -> Coroutine<long> {
    long sum = 0;
    for (int i = 0; i < 1'000'000; ++i) sum += co_await answer();
    co_return sum;
  };
  EXPECT_EQ(run_now(body()), 42'000'000);
}

TEST(Coroutine, awaits_that_throw_need_no_stack) {
  auto body = []() -> Coroutine<int> {
    int caught = 0;
    for (int i = 0; i < 50'000; ++i) {
      try {
        co_await fail("x");
      } catch (const ValueError&) {
        ++caught;
      }
    }
    co_return caught;
  };
  EXPECT_EQ(run_now(body()), 50'000);
}

// Development mode, for as long as one lives; what is reported goes to `reports`.
class DevelopmentMode {
 public:
  DevelopmentMode() {
    reports().clear();
    _never_awaited_hook = [](const std::string& message) noexcept { reports().push_back(message); };
    _development_mode = true;
  }
  ~DevelopmentMode() {
    _development_mode = before_;
    _never_awaited_hook = nullptr;
  }
  static std::vector<std::string>& reports() {
    static std::vector<std::string> all;
    return all;
  }

 private:
  bool before_ = _development_mode;
};

// Not inlined: a frame that the optimizer keeps in its caller's is not allocated, and nobody notes where it was made.
[[gnu::noinline]] Coroutine<int> from_elsewhere() { co_return 42; }

// B3.30
TEST(NeverAwaited, is_reported_with_the_coroutine_and_where_it_was_made) {
  DevelopmentMode development;
  unsigned made = 0;
  {
    made = __LINE__ + 1;
    Coroutine<int> forgotten = from_elsewhere();
  }
  ASSERT_EQ(development.reports().size(), 1U);
  const std::string& report = development.reports()[0];
  EXPECT_NE(report.find("from_elsewhere()' was never awaited\nmade at (most recent call last):\n"), std::string::npos)
      << report;
  EXPECT_NE(report.find("coroutine_test.cc\", line " + std::to_string(made)), std::string::npos) << report;
}

// B3.30
TEST(NeverAwaited, a_coroutine_that_was_awaited_is_not_reported) {
  DevelopmentMode development;
  auto body = []() -> Coroutine<int> { co_return co_await answer() + 1; };
  EXPECT_EQ(run_now(body()), 43);
  EXPECT_EQ(development.reports().size(), 0U);
}

TEST(NeverAwaited, a_coroutine_that_moved_is_reported_once) {
  DevelopmentMode development;
  {
    Coroutine<int> first = answer();
    Coroutine<int> second = std::move(first);
    first = std::move(second);
  }
  EXPECT_EQ(development.reports().size(), 1U);
}

TEST(NeverAwaited, one_that_is_assigned_over_is_reported) {
  DevelopmentMode development;
  Coroutine<int> coroutine = answer();
  coroutine = answer();
  EXPECT_EQ(development.reports().size(), 1U);
  EXPECT_EQ(run_now(std::move(coroutine)), 42);
}

// B3.30
TEST(NeverAwaited, a_closed_coroutine_is_not_reported_and_lets_its_arguments_go) {
  DevelopmentMode development;
  int alive = 0;
  auto body = [](Counted) -> Coroutine<> { co_return; };
  Coroutine<> coroutine = body(Counted(alive));
  coroutine.close();
  coroutine.close();
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(development.reports().size(), 0U);
}

TEST(Coroutine, that_was_closed_cannot_be_awaited) {
  auto body = []() -> Coroutine<> {
    Coroutine<int> closed = answer();
    closed.close();
    co_await closed;
  };
  EXPECT_EQ(failure(body()), "RuntimeError('cannot reuse already awaited coroutine')");
}

TEST(NeverAwaited, outside_of_development_mode_nothing_is_reported) {
  DevelopmentMode development;
  _development_mode = false;
  {
    Coroutine<int> forgotten = answer();
  }
  EXPECT_EQ(development.reports().size(), 0U);
}

TEST(NeverAwaited, one_that_was_made_before_development_mode_is_reported_without_its_place) {
  DevelopmentMode development;
  _development_mode = false;
  {
    Coroutine<int> forgotten = answer();
    _development_mode = true;
  }
  ASSERT_EQ(development.reports().size(), 1U);
  EXPECT_TRUE(development.reports()[0].ends_with("answer()' was never awaited")) << development.reports()[0];
}

TEST(NeverAwaited, is_written_to_stderr_when_nobody_else_wants_it) {
  DevelopmentMode development;
  _never_awaited_hook = nullptr;
  testing::internal::CaptureStderr();
  {
    Coroutine<int> forgotten = answer();
  }
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(text.starts_with("RuntimeWarning: coroutine '")) << text;
  EXPECT_NE(text.find("was never awaited"), std::string::npos) << text;
}

}  // namespace
}  // namespace krait
