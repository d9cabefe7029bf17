#include "krait/builtins/async_generator.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "krait/builtins/exceptions.h"

namespace krait {
namespace {

using Trace = std::vector<std::string>;

struct Logs {
  Trace& trace;
  std::string name;
  ~Logs() { trace.push_back(name); }
};

// A wait without a loop: the test resumes what stands here, as a loop would.
struct Gate {
  std::coroutine_handle<> waiting;
  void open() { std::exchange(waiting, nullptr).resume(); }
};
struct Pass {
  Gate& gate;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) noexcept { gate.waiting = h; }
  void await_resume() const noexcept {}
};

// A coroutine on its own two feet; destroyed with this, wherever it stands.
template <class T>
class Running {
 public:
  explicit Running(Coroutine<T> coroutine) : frame_(coroutine._release()) { frame_.resume(); }
  Running(const Running&) = delete;
  ~Running() { frame_.destroy(); }
  bool done() const { return frame_.done(); }
  T result() { return frame_.promise().outcome.take(); }

 private:
  typename Coroutine<T>::Handle frame_;
};
template <class T>
T run(Coroutine<T> coroutine) {
  Running<T> running(std::move(coroutine));
  EXPECT_TRUE(running.done());
  return running.result();
}

// What awaiting gives: "1", "None" at the end, or what it throws, as repr() prints it.
template <class A>
Coroutine<std::string> told(A awaitable) {
  try {
    if constexpr (std::is_void_v<_await_result<A>>) {
      co_await std::move(awaitable);
      co_return "None";
    } else {
      auto item = co_await std::move(awaitable);
      co_return item ? std::to_string(*item) : "None";
    }
  } catch (...) {
    co_return repr(std::current_exception());
  }
}
std::string tell(auto awaitable) { return run(told(std::move(awaitable))); }

AsyncGenerator<int> count(int n) {
  for (int i = 0; i < n; ++i) co_yield i;
}
template <class T>
Coroutine<std::vector<T>> list(AsyncGenerator<T> generator) {
  std::vector<T> all;
  while (auto item = co_await generator.anext()) all.push_back(std::move(*item));
  co_return all;
}

TEST(AsyncGenerator, gives_its_values_in_order) {
  EXPECT_EQ(run(list(count(3))), (std::vector{0, 1, 2}));
  EXPECT_TRUE(run(list(count(0))).empty());
}
TEST(AsyncGenerator, may_await_between_yields) {
  auto body = []() -> AsyncGenerator<int> {
    auto answer = [](int n) -> Coroutine<int> { co_return n * 10; };
    co_yield co_await answer(1);
    co_yield co_await answer(2);
  };
  EXPECT_EQ(run(list(body())), (std::vector{10, 20}));
}
TEST(AsyncGenerator, does_nothing_until_a_step_is_awaited) {
  Trace trace;
  auto body = [&trace]() -> AsyncGenerator<int> {
    trace.push_back("started");
    co_yield 1;
  };
  AsyncGenerator<int> generator = body();
  auto step = generator.anext();
  EXPECT_TRUE(trace.empty());
  EXPECT_EQ(tell(std::move(step)), "1");
  EXPECT_EQ(trace, Trace{"started"});
}
TEST(AsyncGenerator, gives_nothing_at_the_end_and_ever_after) {
  AsyncGenerator<int> generator = count(1);
  EXPECT_EQ(tell(generator.anext()), "0");
  EXPECT_EQ(tell(generator.anext()), "None");
  EXPECT_EQ(tell(generator.anext()), "None");
}
TEST(AsyncGenerator, waits_where_the_generator_waits) {
  Gate gate;
  auto body = [&gate]() -> AsyncGenerator<int> {
    co_await Pass{gate};
    co_yield 7;
  };
  AsyncGenerator<int> generator = body();
  Running<std::string> step(told(generator.anext()));
  EXPECT_FALSE(step.done());
  gate.open();
  EXPECT_TRUE(step.done());
  EXPECT_EQ(step.result(), "7");
}

TEST(AsyncGenerator, a_yielded_variable_is_copied_and_a_temporary_is_moved) {
  auto body = []() -> AsyncGenerator<std::shared_ptr<int>> {
    auto kept = std::make_shared<int>(1);
    co_yield kept;
    const auto constant = std::make_shared<int>(2);
    co_yield constant;
    auto moved = std::make_shared<int>(3);
    co_yield std::move(moved);
    EXPECT_EQ(kept.use_count(), 2);
    EXPECT_EQ(constant.use_count(), 2);
    EXPECT_EQ(moved, nullptr);
  };
  std::vector<std::shared_ptr<int>> all = run(list(body()));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(*all[0] + *all[1] + *all[2], 6);
  EXPECT_EQ(all[2].use_count(), 1);
}
TEST(AsyncGenerator, gives_what_cannot_be_copied) {
  auto body = []() -> AsyncGenerator<std::unique_ptr<int>> { co_yield std::make_unique<int>(5); };
  EXPECT_EQ(*run(list(body()))[0], 5);
}

TEST(AsyncGenerator, an_exception_comes_out_of_the_step_and_ends_it) {
  auto body = []() -> AsyncGenerator<int> {
    co_yield 1;
    throw ValueError("boom");
  };
  AsyncGenerator<int> generator = body();
  EXPECT_EQ(tell(generator.anext()), "1");
  EXPECT_EQ(tell(generator.anext()), "ValueError('boom')");
  EXPECT_EQ(tell(generator.anext()), "None");
}
template <class E>
AsyncGenerator<int> raises_after_one() {
  co_yield 1;
  throw E("inside");
}
TEST(AsyncGenerator, stop_iteration_from_within_becomes_a_runtime_error) {
  AsyncGenerator<int> generator = raises_after_one<StopIteration>();
  EXPECT_EQ(tell(generator.anext()), "1");
  try {
    run([](AsyncGenerator<int>& g) -> Coroutine<> { co_await g.anext(); }(generator));
    FAIL() << "it threw nothing";
  } catch (const RuntimeError& error) {
    EXPECT_STREQ(error.what(), "async generator raised StopIteration");
    EXPECT_EQ(repr(error.cause()), "StopIteration('inside')");
  }
}
TEST(AsyncGenerator, stop_async_iteration_from_within_becomes_a_runtime_error) {
  AsyncGenerator<int> generator = raises_after_one<StopAsyncIteration>();
  EXPECT_EQ(tell(generator.anext()), "1");
  EXPECT_EQ(tell(generator.anext()), "RuntimeError('async generator raised StopAsyncIteration')");
}
TEST(AsyncGenerator, generator_exit_from_within_goes_to_who_steps_it) {
  AsyncGenerator<int> generator = raises_after_one<GeneratorExit>();
  EXPECT_EQ(tell(generator.anext()), "1");
  EXPECT_EQ(tell(generator.anext()), "GeneratorExit('inside')");
}

std::exception_ptr boom() { return std::make_exception_ptr(ValueError("boom")); }

TEST(Athrow, throws_in_at_the_yield_and_gives_the_next_value) {
  auto body = []() -> AsyncGenerator<int> {
    std::string caught;
    try {
      co_yield 1;
    } catch (const ValueError& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "boom");
    co_yield 2;
  };
  AsyncGenerator<int> generator = body();
  EXPECT_EQ(tell(generator.anext()), "1");
  EXPECT_EQ(tell(generator.athrow(boom())), "2");
  EXPECT_EQ(tell(generator.anext()), "None");
}
TEST(Athrow, gives_nothing_when_the_generator_swallows_it_and_ends) {
  auto body = []() -> AsyncGenerator<int> {
    try {
      co_yield 1;
    } catch (const ValueError&) {
    }
  };
  AsyncGenerator<int> generator = body();
  EXPECT_EQ(tell(generator.anext()), "1");
  EXPECT_EQ(tell(generator.athrow(boom())), "None");
}
TEST(Athrow, comes_straight_back_from_one_that_has_not_started_and_ends_it) {
  auto held = std::make_shared<int>(1);
  auto body = [](std::shared_ptr<int>) -> AsyncGenerator<int> { co_yield 1; };
  AsyncGenerator<int> generator = body(held);
  EXPECT_EQ(held.use_count(), 2);
  EXPECT_EQ(tell(generator.athrow(boom())), "ValueError('boom')");
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(tell(generator.anext()), "None");
}
TEST(Athrow, gives_nothing_when_the_generator_has_ended) {
  AsyncGenerator<int> generator = count(0);
  EXPECT_EQ(tell(generator.anext()), "None");
  EXPECT_EQ(tell(generator.athrow(boom())), "None");
}

TEST(Aclose, throws_generator_exit_in_and_waits_for_what_follows) {
  Trace trace;
  Gate gate;
  auto body = [&]() -> AsyncGenerator<int> {
    Logs local{trace, "destructor"};
    std::exception_ptr left;
    try {
      co_yield 1;
    } catch (...) {
      left = std::current_exception();
    }
    trace.push_back(repr(left));
    co_await Pass{gate};
    trace.push_back("closed");
    std::rethrow_exception(left);
  };
  AsyncGenerator<int> generator = body();
  EXPECT_EQ(tell(generator.anext()), "1");
  Running<std::string> closing(told(generator.aclose()));
  EXPECT_EQ(trace, Trace{"GeneratorExit()"});
  gate.open();
  EXPECT_EQ(closing.result(), "None");
  EXPECT_EQ(trace, (Trace{"GeneratorExit()", "closed", "destructor"}));
  EXPECT_EQ(tell(generator.anext()), "None");
}
TEST(Aclose, is_content_with_a_generator_that_returns) {
  auto body = []() -> AsyncGenerator<int> {
    try {
      co_yield 1;
    } catch (const GeneratorExit&) {
    }
  };
  AsyncGenerator<int> generator = body();
  EXPECT_EQ(tell(generator.anext()), "1");
  EXPECT_EQ(tell(generator.aclose()), "None");
}
TEST(Aclose, refuses_a_generator_that_yields_again) {
  auto body = []() -> AsyncGenerator<int> {
    for (int i = 0;; ++i) {
      try {
        co_yield i;
      } catch (const GeneratorExit&) {
      }
    }
  };
  AsyncGenerator<int> generator = body();
  EXPECT_EQ(tell(generator.anext()), "0");
  EXPECT_EQ(tell(generator.aclose()), "RuntimeError('async generator ignored GeneratorExit')");
  EXPECT_EQ(tell(generator.anext()), "2");  // as in CPython, it is still there
}
TEST(Aclose, throws_what_the_generator_throws_instead) {
  auto body = []() -> AsyncGenerator<int> {
    try {
      co_yield 1;
    } catch (const GeneratorExit&) {
      throw ValueError("cannot close");
    }
  };
  AsyncGenerator<int> generator = body();
  EXPECT_EQ(tell(generator.anext()), "1");
  EXPECT_EQ(tell(generator.aclose()), "ValueError('cannot close')");
}
TEST(Aclose, ends_one_that_has_not_started_and_one_that_has_ended) {
  Trace trace;
  auto body = [&]() -> AsyncGenerator<int> {
    trace.push_back("started");
    co_yield 1;
  };
  AsyncGenerator<int> generator = body();
  EXPECT_EQ(tell(generator.aclose()), "None");
  EXPECT_EQ(tell(generator.aclose()), "None");
  EXPECT_EQ(tell(generator.anext()), "None");
  EXPECT_TRUE(trace.empty());
}

// A generator whose first step waits at the gate.
AsyncGenerator<int> slow(Gate& gate) {
  co_await Pass{gate};
  co_yield 1;
}
TEST(AsyncGenerator, only_one_may_step_it_at_a_time) {
  Gate gate;
  AsyncGenerator<int> generator = slow(gate);
  Running<std::string> first(told(generator.anext()));
  EXPECT_EQ(tell(generator.anext()), "RuntimeError('anext(): asynchronous generator is already running')");
  EXPECT_EQ(tell(generator.athrow(boom())), "RuntimeError('athrow(): asynchronous generator is already running')");
  EXPECT_EQ(tell(generator.aclose()), "RuntimeError('aclose(): asynchronous generator is already running')");
  gate.open();
  EXPECT_EQ(first.result(), "1");
  EXPECT_EQ(tell(generator.anext()), "None");
}
TEST(AsyncGenerator, cannot_step_itself) {
  AsyncGenerator<int>* self = nullptr;
  auto body = [&self]() -> AsyncGenerator<int> { co_yield *co_await self->anext(); };
  AsyncGenerator<int> generator = body();
  self = &generator;
  EXPECT_EQ(tell(generator.anext()), "RuntimeError('anext(): asynchronous generator is already running')");
}
TEST(AsyncGenerator, a_step_is_awaited_once) {
  AsyncGenerator<int> generator = count(3);
  auto twice = [](auto& step) -> Coroutine<> {
    co_await step;
    co_await step;
  };
  auto step = generator.anext();
  EXPECT_EQ(run(told(twice(step))), "RuntimeError('cannot reuse already awaited __anext__()/asend()')");
  auto closing = generator.aclose();
  EXPECT_EQ(run(told(twice(closing))), "RuntimeError('cannot reuse already awaited aclose()/athrow()')");
}

TEST(AsyncGenerator, destroying_it_at_a_yield_runs_the_destructors_of_its_locals) {
  Trace trace;
  auto body = [&trace]() -> AsyncGenerator<int> {
    Logs outer{trace, "outer"};
    for (int i = 0;; ++i) {
      Logs inner{trace, "inner"};
      co_yield i;
    }
  };
  run([](AsyncGenerator<int> generator, Trace& trace) -> Coroutine<> {
    while (auto i = co_await generator.anext()) {
      trace.push_back("take");
      break;
    }
    trace.push_back("broke");
  }(body(), trace));
  EXPECT_EQ(trace, (Trace{"take", "broke", "inner", "outer"}));
}
TEST(AsyncGenerator, one_that_never_started_frees_its_arguments) {
  auto held = std::make_shared<int>(1);
  auto body = [](std::shared_ptr<int> p) -> AsyncGenerator<int> { co_yield *p; };
  {
    AsyncGenerator<int> generator = body(held);
  }
  EXPECT_EQ(held.use_count(), 1);
}
TEST(AsyncGenerator, one_that_ended_frees_its_frame_at_once) {
  auto held = std::make_shared<int>(1);
  auto body = [](std::shared_ptr<int> p) -> AsyncGenerator<int> { co_yield *p; };
  AsyncGenerator<int> generator = body(held);
  EXPECT_EQ(tell(generator.anext()), "1");
  EXPECT_EQ(held.use_count(), 2);
  EXPECT_EQ(tell(generator.anext()), "None");
  EXPECT_EQ(held.use_count(), 1);
}
TEST(AsyncGenerator, moves_with_its_place) {
  AsyncGenerator<int> first = count(3);
  EXPECT_EQ(tell(first.anext()), "0");
  AsyncGenerator<int> second = std::move(first);
  EXPECT_EQ(tell(second.anext()), "1");
  second = count(1);
  EXPECT_EQ(tell(second.anext()), "0");
  EXPECT_EQ(tell(second.anext()), "None");
}
TEST(AsyncGenerator, a_step_may_outlive_the_generator_object) {
  Trace trace;
  auto body = [&trace]() -> AsyncGenerator<int> {
    Logs local{trace, "destructor"};
    co_yield 4;
  };
  std::optional<AsyncGenerator<int>> generator = body();
  auto step = generator->anext();
  generator.reset();
  EXPECT_EQ(tell(std::move(step)), "4");
  EXPECT_EQ(trace, Trace{"destructor"});
}
TEST(AsyncGenerator, destroying_the_object_within_a_step_waits_for_the_step) {
  Gate gate;
  std::optional<AsyncGenerator<int>> generator = slow(gate);
  Running<std::string> step(told(generator->anext()));
  generator.reset();
  gate.open();
  EXPECT_EQ(step.result(), "1");
}
TEST(AsyncGenerator, a_step_that_is_destroyed_half_way_ends_it) {
  Gate gate;
  Trace trace;
  auto body = [&]() -> AsyncGenerator<int> {
    Logs local{trace, "destructor"};
    co_await Pass{gate};
    co_yield 1;
  };
  AsyncGenerator<int> generator = body();
  {
    Running<std::string> step(told(generator.anext()));
  }
  EXPECT_EQ(trace, Trace{"destructor"});
  EXPECT_EQ(tell(generator.anext()), "None");
}
TEST(AsyncGenerator, a_step_is_part_of_the_chain_of_awaits) {
  Gate gate;
  AsyncGenerator<int> generator = slow(gate);
  Running<std::string> step(told(generator.anext()));
  auto frame = std::coroutine_handle<_PromiseBase>::from_address(gate.waiting.address());
  ASSERT_TRUE(frame.promise().continuation);
  auto awaiter = std::coroutine_handle<_PromiseBase>::from_address(frame.promise().continuation.address());
  EXPECT_FALSE(awaiter.promise().continuation);  // told() is the root
  gate.open();
  EXPECT_EQ(step.result(), "1");
}

// A generator that awaits others: each item goes through two.
AsyncGenerator<int> doubled(AsyncGenerator<int> inner) {
  while (auto item = co_await inner.anext()) co_yield *item * 2;
}
TEST(AsyncGenerator, may_stand_on_another) { EXPECT_EQ(run(list(doubled(doubled(count(3))))), (std::vector{0, 4, 8})); }
TEST(AsyncGenerator, a_million_items_need_no_stack) {
  long sum = run([](AsyncGenerator<int> generator) -> Coroutine<long> {
    long sum = 0;
    while (auto item = co_await generator.anext()) sum += *item;
    co_return sum;
  }(doubled(count(1'000'000))));
  EXPECT_EQ(sum, 999'999'000'000);
}
TEST(AsyncGenerator, ten_thousand_within_each_other_need_no_stack) {
  AsyncGenerator<int> outermost = count(2);
  for (int i = 0; i < 10'000; ++i) {
    auto pass = [](AsyncGenerator<int> inner) -> AsyncGenerator<int> {
      while (auto item = co_await inner.anext()) co_yield *item + 1;
    };
    outermost = pass(std::move(outermost));
  }
  EXPECT_EQ(run(list(std::move(outermost))), (std::vector{10'000, 10'001}));
}
TEST(AsyncGenerator, every_step_counts_against_the_budget_of_awaits_that_complete_at_once) {
  _Preemption before = _preemption;
  _preemption.budget = 1000;
  run(list(count(9)));
  EXPECT_EQ(_preemption.budget, 990);
  _preemption = before;
}

// The seed's Reader: an iterator written by hand.
struct Reader {
  int count = 0;
  Coroutine<std::optional<int>> anext() {
    if (++count == 4) co_return std::nullopt;
    co_return count;
  }
};
struct Library {
  Reader aiter() const { return {}; }
};
static_assert(AsyncIterator<Reader> && AsyncIterator<AsyncGenerator<int>>);
static_assert(AsyncIterable<Library> && !AsyncIterator<Library> && !AsyncIterable<int>);

TEST(AsyncFor, calls_the_body_for_each) {
  std::vector<int> seen;
  auto body = [&seen](int n) { seen.push_back(n); };
  run(async_for(count(2), body));
  run(async_for(Reader(), body));
  run(async_for(Library(), body));
  EXPECT_EQ(seen, (std::vector{0, 1, 1, 2, 3, 1, 2, 3}));
}
TEST(AsyncFor, awaits_a_body_that_can_be_awaited) {
  std::vector<int> seen;
  run(async_for(count(2), [&seen](int n) -> Coroutine<> {
    seen.push_back(n);
    co_return;
  }));
  EXPECT_EQ(seen, (std::vector{0, 1}));
}
TEST(AsyncFor, uses_a_named_iterator_in_place) {
  AsyncGenerator<int> generator = count(3);
  EXPECT_EQ(tell(generator.anext()), "0");
  std::vector<int> seen;
  run(async_for(generator, [&seen](int n) { seen.push_back(n); }));
  EXPECT_EQ(seen, (std::vector{1, 2}));
}
TEST(AsyncFor, an_exception_of_the_body_ends_it) {
  EXPECT_EQ(tell(async_for(count(3), [](int) { throw ValueError("body"); })), "ValueError('body')");
}
TEST(Aiter, of_an_iterator_is_the_iterator) {
  AsyncGenerator<int> generator = count(1);
  EXPECT_EQ(&aiter(generator), &generator);
}
TEST(Anext, gives_the_fallback_at_the_end) {
  AsyncGenerator<int> generator = count(1);
  EXPECT_EQ(run(anext(generator, 9)), 0);
  EXPECT_EQ(run(anext(generator, 9)), 9);
  EXPECT_EQ(tell(anext(generator)), "None");
}

}  // namespace
}  // namespace krait
