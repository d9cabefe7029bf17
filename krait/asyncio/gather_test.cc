#include "krait/asyncio/gather.h"

#include <gtest/gtest.h>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/runners.h"

namespace krait::asyncio {
namespace {

// Runs `main` in virtual time; gives what the loop reported until all of it was freed.
template <class F>
Trace reports_of(F main) {
  VirtualClock clock;
  Trace reports;
  Runner runner;
  runner.get_loop().set_exception_handler([&reports](EventLoop&, const ExceptionContext& context) {
    reports.push_back(context.message + ": " + repr(context.exception));
  });
  runner.run(main());
  runner.close();
  return reports;
}
template <class F>
void run_quietly(F main) {
  EXPECT_EQ(reports_of(std::move(main)), Trace{});
}

template <class T>
Coroutine<T> after(nanoseconds delay, T value) {
  co_await sleep(delay);
  co_return value;
}
Coroutine<int> fail(nanoseconds delay, std::string text) {
  co_await sleep(delay);
  throw ValueError(std::move(text));
}
Coroutine<> forever() { co_await Future<>(get_running_loop()); }
// A cancellation makes it return.
Coroutine<int> swallow() {
  try {
    co_await forever();
  } catch (const CancelledError&) {
  }
  co_return 7;
}

// B2.18
TEST(Gather, gives_results_in_the_order_of_the_arguments) {
  run_quietly([]() -> Coroutine<> {
    auto [a, b, c] = co_await gather(after(3s, 1), after(1s, std::string("two")), after(2s, 3.0));
    EXPECT_EQ(a, 1);
    EXPECT_EQ(b, "two");
    EXPECT_EQ(c, 3.0);
  });
}

TEST(Gather, of_a_vector_gives_a_vector) {
  run_quietly([]() -> Coroutine<> {
    std::vector<Coroutine<int>> coroutines;
    for (int i = 0; i < 5; ++i) coroutines.push_back(after(1s * (5 - i), i));
    std::vector<int> results = co_await gather(std::move(coroutines));
    EXPECT_EQ(results, (std::vector{0, 1, 2, 3, 4}));
  });
}

// B2.18
TEST(Gather, of_nothing_is_done_at_once) {
  run_quietly([]() -> Coroutine<> {
    auto gathered = gather(std::vector<Coroutine<int>>());
    EXPECT_TRUE(gathered.done());
    EXPECT_TRUE((co_await gathered).empty());
    EXPECT_TRUE((co_await gather(return_exceptions, std::vector<Coroutine<>>())).empty());
  });
}

TEST(Gather, a_void_result_is_none) {
  run_quietly([]() -> Coroutine<> {
    auto [none, number] = co_await gather(sleep(1s), after(1s, 7));
    EXPECT_EQ(none, None);
    EXPECT_EQ(number, 7);
  });
}

TEST(Gather, hands_over_what_can_only_be_moved) {
  run_quietly([]() -> Coroutine<> {
    auto [pointer, number] = co_await gather(after(1s, std::make_unique<int>(7)), after(1s, 1));
    EXPECT_EQ(*pointer + number, 8);
  });
}

TEST(Gather, makes_tasks_at_once_and_in_order) {
  Trace trace;
  run_quietly([&]() -> Coroutine<> {
    auto note = [&trace](const char* name) -> Coroutine<> {
      trace.emplace_back(name);
      co_return;
    };
    auto gathered = gather(note("a"), note("b"), note("c"));
    EXPECT_EQ(all_tasks().size(), 4U);
    trace.emplace_back("main");
    co_await gathered;
  });
  EXPECT_EQ(trace, (Trace{"main", "a", "b", "c"}));
}

TEST(Gather, takes_tasks_and_futures_and_a_done_one) {
  run_quietly([]() -> Coroutine<> {
    Future<int> done(get_running_loop()), later(get_running_loop());
    done.set_result(1);
    auto task = create_task(after(1s, 2));
    get_running_loop().call_later(2s, [later] { later.set_result(3); });
    auto [a, b, c] = co_await gather(done, task, later);
    EXPECT_EQ((std::vector{a, b, c}), (std::vector{1, 2, 3}));
    auto gathered = gather(done, task);
    EXPECT_TRUE(gathered.done());
  });
}

TEST(Gather, the_same_future_twice_counts_once) {
  run_quietly([]() -> Coroutine<> {
    auto task = create_task(after(1s, 3));
    auto [a, b, c] = co_await gather(task, task, after(2s, 4));
    EXPECT_EQ((std::vector{a, b, c}), (std::vector{3, 3, 4}));
  });
}

TEST(Gather, a_result_that_cannot_be_given_twice_is_its_failure) {
  run_quietly([]() -> Coroutine<> {
    auto task = create_task(after(1s, std::make_unique<int>(3)));
    EXPECT_EQ(co_await awaited_failure(gather(task, task)),
              "InvalidStateError('cannot give the result twice: it cannot be copied and was taken already')");
  });
}

// B2.18
TEST(Gather, the_first_exception_comes_out_and_the_others_run_on) {
  run_quietly([]() -> Coroutine<> {
    auto other = create_task(after(2s, 5));
    EXPECT_EQ(co_await awaited_failure(gather(fail(3s, "late"), fail(1s, "first"), other)), "ValueError('first')");
    EXPECT_EQ(get_running_loop().time(), 1s);
    EXPECT_EQ(co_await other, 5);
    co_await sleep(5s);  // what fails after the first is nobody's news
  });
}

TEST(Gather, one_that_fails_and_is_never_awaited_is_reported) {
  EXPECT_EQ(reports_of([]() -> Coroutine<> {
              gather(fail(1s, "lost"));
              co_await sleep(2s);
            }),
            Trace{"Future exception was never retrieved: ValueError('lost')"});
}

// B2.18
TEST(Gather, return_exceptions_collects_them_in_the_order_of_the_arguments) {
  run_quietly([]() -> Coroutine<> {
    auto [a, b, c] = co_await gather(return_exceptions, fail(2s, "a"), after(1s, 7), fail(0s, "c"));
    EXPECT_EQ(repr(a.exception), "ValueError('a')");
    EXPECT_EQ(b.result(), 7);
    EXPECT_EQ(b.exception, nullptr);
    EXPECT_THROW((void)c.result(), ValueError);
  });
}

TEST(Gather, return_exceptions_of_a_vector) {
  run_quietly([]() -> Coroutine<> {
    std::vector<Coroutine<int>> coroutines;
    coroutines.push_back(fail(1s, "a"));
    coroutines.push_back(after(1s, 7));
    auto outcomes = co_await gather(return_exceptions, std::move(coroutines));
    EXPECT_EQ(repr(outcomes[0].exception), "ValueError('a')");
    EXPECT_EQ(outcomes[1].result(), 7);
  });
}

TEST(Gather, return_exceptions_takes_a_cancelled_child_for_an_exception) {
  run_quietly([]() -> Coroutine<> {
    auto task = create_task(forever());
    get_running_loop().call_later(1s, [task] { task.cancel(); });
    auto [a, b] = co_await gather(return_exceptions, task, after(2s, 7));
    EXPECT_EQ(repr(a.exception), "CancelledError('')");
    EXPECT_EQ(b.result(), 7);
  });
}

TEST(Gather, a_cancelled_child_is_its_exception_and_the_others_run_on) {
  run_quietly([]() -> Coroutine<> {
    auto task = create_task(forever());
    auto other = create_task(after(2s, 7));
    auto gathered = gather(task, other);
    get_running_loop().call_later(1s, [task] { task.cancel("me"); });
    EXPECT_EQ(co_await awaited_failure(gathered), "CancelledError('me')");
    EXPECT_FALSE(gathered.cancelled());
    EXPECT_FALSE(other.done());
    EXPECT_EQ(co_await other, 7);
  });
}

// B2.17, CPython's quirk included: the gather is not cancelled(), it raises CancelledError.
TEST(Gather, cancelling_it_cancels_every_child) {
  run_quietly([]() -> Coroutine<> {
    auto a = create_task(forever()), b = create_task(forever());
    auto gathered = gather(a, b);
    co_await sleep(0);
    EXPECT_TRUE(gathered.cancel("why"));
    EXPECT_FALSE(gathered.done());
    EXPECT_FALSE(a.done());
    EXPECT_EQ(co_await awaited_failure(gathered), "CancelledError('why')");
    EXPECT_TRUE(a.cancelled());
    EXPECT_TRUE(b.cancelled());
    EXPECT_TRUE(gathered.done());
    EXPECT_FALSE(gathered.cancelled());
    EXPECT_FALSE(gathered.cancel());
  });
}

// B2.17
TEST(Gather, a_cancelled_task_that_gathers_cancels_every_child) {
  run_quietly([]() -> Coroutine<> {
    auto a = create_task(forever()), b = create_task(forever());
    auto task = create_task([a, b]() -> Coroutine<> { co_await gather(a, b); });
    co_await sleep(1s);
    task.cancel("m");
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('m')");
    EXPECT_TRUE(task.cancelled());
    EXPECT_TRUE(a.cancelled());
    EXPECT_TRUE(b.cancelled());
  });
}

TEST(Gather, cancelled_with_return_exceptions_raises_all_the_same) {
  run_quietly([]() -> Coroutine<> {
    auto gathered = gather(return_exceptions, create_task(forever()), after(1s, 1));
    co_await sleep(2s);
    EXPECT_TRUE(gathered.cancel("why"));
    EXPECT_EQ(co_await awaited_failure(gathered), "CancelledError()");
  });
}

TEST(Gather, cancelled_with_return_exceptions_leaves_no_child_s_failure_to_report) {
  run_quietly([]() -> Coroutine<> {
    auto gathered = gather(return_exceptions, fail(1s, "early"), forever());
    co_await sleep(2s);
    gathered.cancel();
    EXPECT_EQ(co_await awaited_failure(gathered), "CancelledError()");
  });
}

TEST(Gather, cancelled_with_return_exceptions_takes_what_its_children_fail_with_for_retrieved) {
  run_quietly([]() -> Coroutine<> {
    auto fails_when_cancelled = []() -> Coroutine<> {
      try {
        co_await forever();
      } catch (const CancelledError&) {
        throw ValueError("late");
      }
    };
    auto gathered = gather(return_exceptions, fails_when_cancelled(), forever());
    co_await sleep(1s);
    gathered.cancel();
    EXPECT_EQ(co_await awaited_failure(gathered), "CancelledError()");
  });
}

TEST(Gather, a_child_that_swallows_the_cancellation_does_not_save_it) {
  run_quietly([]() -> Coroutine<> {
    auto child = create_task(swallow());
    auto gathered = gather(child);
    co_await sleep(0);
    gathered.cancel("why");
    EXPECT_EQ(co_await awaited_failure(gathered), "CancelledError()");
    EXPECT_EQ(child.result(), 7);
  });
}

TEST(Gather, one_that_is_done_cannot_be_cancelled) {
  run_quietly([]() -> Coroutine<> {
    Future<int> done(get_running_loop());
    done.set_result(1);
    EXPECT_FALSE(gather(done).cancel());
    co_return;
  });
}

TEST(Gather, nests) {
  run_quietly([]() -> Coroutine<> {
    auto inner = gather(after(1s, 1), after(2s, 2));
    auto [pair, three] = co_await gather(inner, after(1s, 3));
    EXPECT_EQ(std::get<1>(pair) + three, 5);
  });
}

TEST(Gather, cancelling_reaches_the_children_of_an_inner_one) {
  run_quietly([]() -> Coroutine<> {
    auto deep = create_task(forever());
    auto gathered = gather(gather(deep, after(1h, 1)), after(1h, 2));
    co_await sleep(1s);
    gathered.cancel();
    EXPECT_EQ(co_await awaited_failure(gathered), "CancelledError()");
    EXPECT_TRUE(deep.cancelled());
  });
}

TEST(Gather, a_hundred_thousand_children) {
  run_quietly([]() -> Coroutine<> {
    std::vector<Coroutine<int>> coroutines;
    for (int i = 0; i < 100'000; ++i) coroutines.push_back(after(1s, 1));
    long sum = 0;
    for (int one : co_await gather(std::move(coroutines))) sum += one;
    EXPECT_EQ(sum, 100'000);
  });
}

TEST(Gather, one_left_pending_is_freed_when_the_loop_closes) {
  auto held = std::make_shared<int>();
  auto loop = new_event_loop();
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  auto body = [](std::shared_ptr<int>) -> Coroutine<> { co_await gather(forever(), Future<>(get_running_loop())); };
  loop->create_task(body(held));
  loop->stop();
  loop->run_forever();
  loop->close();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(GatherAll, ends_when_all_have_whatever_their_outcome) {
  run_quietly([]() -> Coroutine<> {
    auto failed = create_task(fail(1s, "a"));
    auto cancelled = create_task(forever());
    get_running_loop().call_later(2s, [cancelled] { cancelled.cancel(); });
    std::vector<AnyTask> all = all_tasks();
    all.erase(all.begin());
    Future<> barrier(_base::Ref<_FutureCore>(&_gather_all(all).core()));
    co_await barrier;
    EXPECT_EQ(get_running_loop().time(), 2s);
    EXPECT_EQ(repr(failed.exception()), "ValueError('a')");
  });
}

}  // namespace
}  // namespace krait::asyncio
