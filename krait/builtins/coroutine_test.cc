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

}  // namespace
}  // namespace krait
