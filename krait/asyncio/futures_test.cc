#include "krait/asyncio/futures.h"

#include <gtest/gtest.h>

#include <memory>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/runners.h"

namespace krait::asyncio {
namespace {

// What `function` throws, as repr() prints it.
// What awaiting throws, as repr() prints it.
// A loop in virtual time that keeps what it reports. Runs a turn when asked.
struct Stage {
  Stage() {
    loop->set_exception_handler([this](EventLoop&, const ExceptionContext& context) {
      reports.push_back(context.message + " " + context.source + " " + repr(context.exception));
    });
  }
  ~Stage() { loop->close(); }
  void run_turn() {
    loop->stop();
    loop->run_forever();
  }
  template <class F>
  void run(F main) {
    loop->run_until_complete(main());
  }

  VirtualClock clock;
  _base::Ref<EventLoop> loop = new_event_loop();
  Trace reports;
};

// Counts how often it is copied.
struct Copied {
  explicit Copied(int& n) : copies(&n) {}
  Copied(const Copied& other) : copies(other.copies) { ++*copies; }
  Copied(Copied&&) = default;
  int* copies;
};

TEST(Future, waits_until_its_result_is_set) {
  Stage stage;
  auto future = stage.loop->create_future<int>();
  EXPECT_FALSE(future.done());
  stage.loop->call_later(1s, [future] { future.set_result(42); });
  stage.run([&]() -> Coroutine<> { EXPECT_EQ(co_await future, 42); });
  EXPECT_EQ(stage.clock.elapsed(), 1s);
  EXPECT_TRUE(future.done());
  EXPECT_FALSE(future.cancelled());
  EXPECT_EQ(future.result(), 42);
  EXPECT_EQ(future.exception(), nullptr);
}

TEST(Future, an_exception_comes_out_of_the_await) {
  Stage stage;
  auto future = stage.loop->create_future<int>();
  future.set_exception(ValueError("boom"));
  stage.run([&]() -> Coroutine<> { EXPECT_EQ(co_await awaited_failure(future), "ValueError('boom')"); });
  EXPECT_EQ(failure([&] { future.result(); }), "ValueError('boom')");
  EXPECT_EQ(repr(future.exception()), "ValueError('boom')");
}

// B1.8
TEST(Future, cannot_be_set_twice) {
  Stage stage;
  const std::string invalid = "InvalidStateError('invalid state')";
  auto future = stage.loop->create_future<int>();
  future.set_result(1);
  EXPECT_EQ(failure([&] { future.set_result(2); }), invalid);
  EXPECT_EQ(failure([&] { future.set_exception(ValueError()); }), invalid);
  EXPECT_EQ(future.result(), 1);
  auto cancelled = stage.loop->create_future<>();
  cancelled.cancel();
  EXPECT_EQ(failure([&] { cancelled.set_result(); }), invalid);
}

TEST(Future, cannot_be_asked_too_early) {
  Stage stage;
  auto future = stage.loop->create_future<int>();
  EXPECT_EQ(failure([&] { future.result(); }), "InvalidStateError('Result is not set.')");
  EXPECT_EQ(failure([&] { (void)future.exception(); }), "InvalidStateError('Exception is not set.')");
}

// B1.8
TEST(Future, callbacks_run_through_the_loop_in_the_order_they_were_added) {
  Stage stage;
  Trace trace;
  auto future = stage.loop->create_future<int>();
  for (const char* name : {"a", "b", "c"}) {
    future.add_done_callback([&trace, name](FutureBase done) {
      EXPECT_TRUE(done.done());
      trace.emplace_back(name);
    });
  }
  future.set_result(1);
  EXPECT_TRUE(trace.empty());
  stage.run_turn();
  EXPECT_EQ(trace, (Trace{"a", "b", "c"}));
}

TEST(Future, a_callback_is_given_the_future_it_was_added_to) {
  Stage stage;
  auto future = stage.loop->create_future<>();
  FutureBase given;
  future.add_done_callback([&given](FutureBase done) { given = std::move(done); });
  future.set_result();
  stage.run_turn();
  EXPECT_TRUE(given == future);
  EXPECT_FALSE(given == stage.loop->create_future<>());
}

// B1.8
TEST(Future, a_callback_added_late_runs_in_the_next_turn_never_inline) {
  Stage stage;
  int calls = 0;
  auto future = stage.loop->create_future<>();
  future.set_result();
  future.add_done_callback([&calls](FutureBase) { ++calls; });
  EXPECT_EQ(calls, 0);
  stage.run_turn();
  EXPECT_EQ(calls, 1);
}

TEST(Future, a_removed_callback_is_not_called) {
  Stage stage;
  Trace trace;
  auto future = stage.loop->create_future<>();
  auto held = std::make_shared<int>();
  std::uint64_t first = future.add_done_callback([&trace, held](FutureBase) { trace.emplace_back("first"); });
  future.add_done_callback([&trace](FutureBase) { trace.emplace_back("second"); });
  EXPECT_EQ(future.remove_done_callback(first), 1U);
  EXPECT_EQ(future.remove_done_callback(first), 0U);
  EXPECT_EQ(held.use_count(), 1);
  future.set_result();
  stage.run_turn();
  EXPECT_EQ(trace, Trace{"second"});
}

TEST(Future, an_exception_of_a_callback_is_reported_and_the_others_run) {
  Stage stage;
  int calls = 0;
  auto future = stage.loop->create_future<>();
  future.add_done_callback([](FutureBase) { throw ValueError("boom"); });
  future.add_done_callback([&calls](FutureBase) { ++calls; });
  future.set_result();
  stage.run_turn();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(stage.reports, Trace{"Exception in callback of <Future finished> <Future finished> ValueError('boom')"});
}

TEST(Future, those_who_wait_wake_in_the_order_they_came) {
  Stage stage;
  Trace trace;
  stage.run([&]() -> Coroutine<> {
    Future<int> future(get_running_loop());
    auto wait = [&](std::string name) -> Coroutine<> { trace.push_back(name + " " + std::to_string(co_await future)); };
    auto a = create_task(wait("a")), b = create_task(wait("b"));
    co_await sleep(0);
    future.add_done_callback([&](FutureBase) { trace.emplace_back("callback"); });
    auto c = create_task(wait("c"));
    co_await sleep(0);
    future.set_result(7);
    co_await c;
  });
  EXPECT_EQ(trace, (Trace{"a 7", "b 7", "callback", "c 7"}));
}

TEST(Future, one_that_is_done_is_awaited_without_a_turn) {
  Stage stage;
  Trace trace;
  stage.run([&]() -> Coroutine<> {
    Future<int> future(get_running_loop());
    future.set_result(1);
    get_running_loop().call_soon([&] { trace.emplace_back("next turn"); });
    co_await future;
    trace.emplace_back("awaited");
    co_await sleep(0);
  });
  EXPECT_EQ(trace, (Trace{"awaited", "next turn"}));
}

TEST(Future, a_cancelled_one_cancels_those_who_wait) {
  Stage stage;
  stage.run([&]() -> Coroutine<> {
    Future<int> future(get_running_loop());
    auto task = create_task(awaited_failure(future));
    co_await sleep(0);
    EXPECT_TRUE(future.cancel("why"));
    EXPECT_FALSE(future.cancel("again"));
    EXPECT_EQ(co_await task, "CancelledError('why')");
    EXPECT_TRUE(future.cancelled());
    EXPECT_EQ(failure([&] { future.result(); }), "CancelledError('why')");
    EXPECT_EQ(failure([&] { (void)future.exception(); }), "CancelledError('why')");
  });
}

TEST(Future, one_cancelled_without_a_message_raises_without_one) {
  Stage stage;
  auto future = stage.loop->create_future<>();
  future.cancel();
  EXPECT_EQ(failure([&] { future.result(); }), "CancelledError()");
}

TEST(Future, one_that_is_done_cannot_be_cancelled) {
  Stage stage;
  auto future = stage.loop->create_future<int>();
  future.set_result(1);
  EXPECT_FALSE(future.cancel());
  EXPECT_FALSE(future.cancelled());
}

// B1.9
TEST(Future, an_exception_that_nobody_retrieves_is_reported_once) {
  Stage stage;
  {
    auto future = stage.loop->create_future<int>();
    future.set_exception(ValueError("boom"));
    auto copy = future;
  }
  EXPECT_EQ(
      stage.reports,
      Trace{"Future exception was never retrieved <Future finished exception=ValueError('boom')> ValueError('boom')"});
}

// B1.9
TEST(Future, an_exception_that_somebody_retrieved_is_not_reported) {
  Stage stage;
  {
    auto asked = stage.loop->create_future<int>(), taken = stage.loop->create_future<int>(),
         cancelled = stage.loop->create_future<int>(), awaited = stage.loop->create_future<int>();
    for (auto& future : {asked, taken, cancelled, awaited}) future.set_exception(ValueError("boom"));
    (void)asked.exception();
    EXPECT_THROW(taken.result(), ValueError);
    cancelled.cancel();
    stage.run([&]() -> Coroutine<> { EXPECT_THROW(co_await awaited, ValueError); });
  }
  EXPECT_TRUE(stage.reports.empty());
}

TEST(Future, refuses_what_is_no_exception) {
  Stage stage;
  auto future = stage.loop->create_future<int>();
  EXPECT_EQ(failure([&] { future.set_exception(std::exception_ptr()); }), "TypeError('invalid exception object')");
  EXPECT_FALSE(future.done());
}

// As in CPython 3.12 and later: a RuntimeError takes its place.
TEST(Future, a_stop_iteration_is_not_raised_into_those_who_wait) {
  Stage stage;
  auto future = stage.loop->create_future<int>();
  future.set_exception(StopIteration("s"));
  std::exception_ptr error = future.exception();
  EXPECT_EQ(repr(error),
            "RuntimeError('StopIteration interacts badly with generators and cannot be raised into a Future')");
  try {
    std::rethrow_exception(error);
  } catch (const RuntimeError& e) {
    EXPECT_EQ(repr(e.cause()), "StopIteration('s')");
  }
}

TEST(Future, of_nothing_gives_nothing) {
  Stage stage;
  auto future = stage.loop->create_future();
  future.set_result();
  stage.run([&]() -> Coroutine<> { co_await future; });
  future.result();
  static_assert(std::is_void_v<decltype(future.result())>);
}

TEST(Future, hands_over_what_can_only_be_moved_once) {
  Stage stage;
  auto future = stage.loop->create_future<std::unique_ptr<int>>();
  future.set_result(std::make_unique<int>(7));
  EXPECT_EQ(*future.result(), 7);
  stage.run([&]() -> Coroutine<> {
    std::unique_ptr<int> taken = co_await future;
    EXPECT_EQ(*taken, 7);
    EXPECT_EQ(co_await awaited_failure(future),
              "InvalidStateError('cannot give the result twice: it cannot be copied and was taken already')");
  });
}

TEST(Future, result_of_what_was_moved_away_says_so) {
  Stage stage;
  auto future = stage.loop->create_future<std::unique_ptr<int>>();
  future.set_result(std::make_unique<int>(7));
  stage.run([&]() -> Coroutine<> { (void)co_await future; });
  EXPECT_EQ(failure([&] { (void)future.result(); }),
            "InvalidStateError('cannot give the result twice: it cannot be copied and was taken already')");
}

TEST(Future, those_who_share_one_get_copies) {
  Stage stage;
  int copies = 0;
  auto future = stage.loop->create_future<Copied>();
  future.set_result(Copied(copies));
  EXPECT_EQ(copies, 0);
  stage.run([&]() -> Coroutine<> {
    Copied first = co_await future, second = co_await future;
    EXPECT_EQ(first.copies, second.copies);
    EXPECT_EQ(copies, 2);
  });
}

TEST(Future, its_only_holder_gets_the_result_itself) {
  Stage stage;
  int copies = 0;
  auto future = stage.loop->create_future<Copied>();
  future.set_result(Copied(copies));
  stage.run([&]() -> Coroutine<> {
    Copied taken = co_await std::move(future);
    EXPECT_EQ(taken.copies, &copies);
  });
  EXPECT_EQ(copies, 0);
}

TEST(Future, result_is_a_reference_that_copies_nothing) {
  Stage stage;
  int copies = 0;
  auto future = stage.loop->create_future<Copied>();
  future.set_result(Copied(copies));
  EXPECT_EQ(&future.result(), &future.result());
  EXPECT_EQ(copies, 0);
}

TEST(Future, a_handle_to_none_says_so) {
  Future<int> none;
  EXPECT_FALSE(none);
  const std::string empty = "InvalidStateError('cannot use a Future that was default-constructed or moved away')";
  EXPECT_EQ(failure([&] { none.done(); }), empty);
  EXPECT_EQ(failure([&] { none.set_result(1); }), empty);
  Stage stage;
  stage.run([&]() -> Coroutine<> { EXPECT_EQ(co_await awaited_failure(none), empty); });
}

TEST(Future, of_another_loop_cannot_be_awaited) {
  Stage stage, other;
  auto future = other.loop->create_future<>();
  stage.run([&]() -> Coroutine<> {
    current_task().set_name("main");
    EXPECT_EQ(
        co_await awaited_failure(future),
        "RuntimeError(\"Task <Task pending name='main'> got Future <Future pending> attached to a different loop\")");
  });
}

TEST(Future, knows_its_loop) {
  Stage stage;
  EXPECT_EQ(&stage.loop->create_future<>().get_loop(), stage.loop.get());
}

TEST(Future, repr_tells_its_state) {
  Stage stage;
  auto future = stage.loop->create_future<int>(), failed = stage.loop->create_future<int>();
  EXPECT_EQ(future.repr(), "<Future pending>");
  future.cancel();
  EXPECT_EQ(future.repr(), "<Future cancelled>");
  failed.set_exception(ValueError("boom"));
  EXPECT_EQ(failed.repr(), "<Future finished exception=ValueError('boom')>");
  (void)failed.exception();
}

TEST(Future, lives_until_its_callbacks_have_run) {
  Stage stage;
  auto result = std::make_shared<int>(7);
  int seen = 0;
  {
    auto future = stage.loop->create_future<std::shared_ptr<int>>();
    future.add_done_callback([&seen](FutureBase done) { seen += done.done(); });
    future.set_result(result);
  }
  EXPECT_EQ(result.use_count(), 2);
  stage.run_turn();
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(result.use_count(), 1);
}

TEST(Future, one_that_its_own_callback_holds_is_freed_when_the_loop_closes) {
  auto held = std::make_shared<int>();
  {
    Stage stage;
    auto future = stage.loop->create_future<>();
    future.add_done_callback([future, held](FutureBase) {});
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Future, two_whose_callbacks_hold_each_other_are_freed_when_the_loop_closes) {
  auto held = std::make_shared<int>();
  {
    Stage stage;
    auto a = stage.loop->create_future<>(), b = stage.loop->create_future<>();
    a.add_done_callback([b, held](FutureBase) {});
    b.add_done_callback([a, held](FutureBase) {});
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Future, a_scheduled_callback_is_freed_when_the_loop_closes) {
  auto held = std::make_shared<int>();
  {
    Stage stage;
    auto future = stage.loop->create_future<>();
    future.add_done_callback([future, held](FutureBase) { FAIL(); });
    future.set_result();
  }
  EXPECT_EQ(held.use_count(), 1);
}

// CPython raises "Event loop is closed" then, as it cannot schedule them.
TEST(Future, one_set_after_its_loop_closed_calls_nobody_and_leaks_nothing) {
  auto held = std::make_shared<int>();
  _base::Ref<EventLoop> loop = new_event_loop();
  auto future = loop->create_future<int>();
  loop->close();
  future.add_done_callback([future, held](FutureBase) { FAIL(); });
  future.set_result(1);
  EXPECT_EQ(future.result(), 1);
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(failure([&] { future.add_done_callback([future, held](FutureBase) {}); }),
            "RuntimeError('Event loop is closed')");
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Future, is_awaited_by_a_task_only) {
  Stage stage;
  auto future = stage.loop->create_future<int>();
  auto body = [&]() -> Coroutine<std::string> { co_return co_await awaited_failure(future); };
  Coroutine<std::string> coroutine = body();
  auto frame = coroutine._release();
  frame.resume();
  EXPECT_EQ(frame.promise().outcome.take(), "RuntimeError('no running event loop')");
  frame.destroy();
}

}  // namespace
}  // namespace krait::asyncio
