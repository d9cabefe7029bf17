#include "krait/asyncio/tasks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/runners.h"
#include "krait/logging/levels.h"
#include "krait/logging/record.h"

namespace krait::asyncio {
namespace {

// A loop in virtual time that keeps what it reports, closed at the end of the test.
struct Stage {
  Stage() {
    loop->set_exception_handler([this](EventLoop&, const ExceptionContext& context) {
      reports.push_back(context.message + " " + context.source + " " + repr(context.exception));
    });
  }
  ~Stage() { loop->close(); }
  template <class F>
  auto run(F main) {
    return loop->run_until_complete(main());
  }
  void run_turn() {
    loop->stop();
    loop->run_forever();
  }

  VirtualClock clock;
  _base::Ref<EventLoop> loop = new_event_loop();
  Trace reports;
};

Coroutine<int> answer() { co_return 42; }
Coroutine<int> fail(std::string text) {
  throw ValueError(std::move(text));
  co_return 0;
}
Coroutine<> forever() { co_await Future<>(get_running_loop()); }

// B1.2: this trace is CPython 3.13's.
TEST(Task, turns_interleave_as_in_cpython) {
  Stage stage;
  Trace trace;
  auto log = [&trace](std::string text) { return [&trace, text] { trace.push_back(text); }; };
  stage.run([&]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    auto body = [&](std::string name) -> Coroutine<> {
      trace.push_back(name + " start");
      co_await sleep(0);
      trace.push_back(name + " after");
    };
    trace.emplace_back("main before");
    loop.call_soon(log("cs1"));
    loop.call_soon(log("cs2"));
    create_task(body("t1"));
    create_task(body("t2"));
    loop.call_later(0s, log("later0"));
    loop.call_at(loop.time() - 1s, log("past"));
    for (const char* text : {"main after1", "main after2", "m3"}) {
      co_await sleep(0);
      trace.emplace_back(text);
    }
  });
  EXPECT_EQ(trace, (Trace{"main before", "cs1", "cs2", "t1 start", "t2 start", "main after1", "past", "later0",
                          "t1 after", "t2 after", "main after2", "m3"}));
}

// B1.4
TEST(CreateTask, takes_the_first_step_in_the_next_turn) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    bool started = false;
    auto task = create_task([&]() -> Coroutine<> {
      started = true;
      co_return;
    });
    EXPECT_FALSE(started);
    co_await sleep(0);
    EXPECT_TRUE(started);
    EXPECT_TRUE(task.done());
  });
}

// B1.12, where krait departs: a task that nobody holds is not lost.
TEST(CreateTask, a_task_whose_handle_was_dropped_runs_on) {
  Stage stage;
  auto held = std::make_shared<int>(0);
  stage.run([&]() -> Coroutine<> {
    create_task([held]() -> Coroutine<> {
      co_await sleep(1s);
      ++*held;
    });
    co_await sleep(2s);
    EXPECT_EQ(*held, 1);
  });
  EXPECT_EQ(held.use_count(), 1);
}

TEST(CreateTask, owns_the_callable_and_its_arguments) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    Task<std::string> task;
    {
      auto captured = std::make_unique<std::string>(40, 'c');
      std::string argument(40, 'a');
      task = create_task(
          [captured = std::move(captured)](std::string first, const std::string& second) -> Coroutine<std::string> {
            co_await sleep(1s);
            co_return *captured + first + second;
          },
          argument, argument);
      argument.assign(40, '!');
    }
    EXPECT_EQ(co_await task, std::string(40, 'c') + std::string(80, 'a'));
  });
}

TEST(CreateTask, takes_a_plain_function_too) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    auto task = create_task([](int a, int b) { return a + b; }, 40, 2);
    EXPECT_EQ(co_await task, 42);
  });
}

TEST(CreateTask, takes_any_awaitable) {
  Stage stage;
  stage.run([&]() -> Coroutine<> {
    co_await create_task(sleep(1s));
    Future<int> future(get_running_loop());
    Task<int> task = create_task(future);
    future.set_result(7);
    EXPECT_EQ(co_await task, 7);
  });
  EXPECT_EQ(stage.clock.elapsed(), 1s);
}

TEST(CreateTask, wants_a_running_loop) {
  EXPECT_EQ(failure([] { create_task(answer()); }), "RuntimeError('no running event loop')");
}

TEST(CreateTask, wants_an_open_loop) {
  auto held = std::make_shared<int>();
  auto loop = new_event_loop();
  loop->close();
  auto body = [](std::shared_ptr<int>) -> Coroutine<> { co_return; };
  EXPECT_EQ(failure([&] { loop->create_task(body(held)); }), "RuntimeError('Event loop is closed')");
  EXPECT_EQ(held.use_count(), 1);
}

TEST(CreateTask, wants_a_coroutine_that_was_not_awaited_yet) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    Coroutine<int> once = answer();
    co_await once;
    EXPECT_EQ(failure([&] { create_task(std::move(once)); }), "RuntimeError('cannot reuse already awaited coroutine')");
  });
}

TEST(EnsureFuture, gives_tasks_and_futures_back_and_makes_tasks_of_the_rest) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    Task<int> task = create_task(answer());
    Future<int> future(get_running_loop());
    EXPECT_TRUE(ensure_future(task) == task);
    EXPECT_TRUE(ensure_future(future) == future);
    EXPECT_EQ(co_await ensure_future(answer()), 42);
    co_await ensure_future(sleep(0));
    co_await task;
  });
}

TEST(Task, is_awaited_by_many_and_again) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    Task<int> task = create_task(answer());
    auto other = create_task([task]() -> Coroutine<int> { co_return co_await task; });
    EXPECT_EQ(co_await task, 42);
    EXPECT_EQ(co_await task, 42);
    EXPECT_EQ(co_await other, 42);
    EXPECT_EQ(task.result(), 42);
  });
}

TEST(Task, its_exception_comes_to_everyone_who_awaits) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    Task<int> task = create_task(fail("boom"));
    EXPECT_EQ(co_await awaited_failure(task), "ValueError('boom')");
    EXPECT_EQ(co_await awaited_failure(task), "ValueError('boom')");
    EXPECT_EQ(repr(task.exception()), "ValueError('boom')");
  });
}

TEST(Task, hands_over_a_result_that_can_only_be_moved) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    auto make = []() -> Coroutine<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
    std::unique_ptr<int> number = co_await create_task(make());
    EXPECT_EQ(*number, 7);
    auto task = create_task(make());
    number = co_await task;
    EXPECT_EQ(co_await awaited_failure(task),
              "InvalidStateError('cannot give the result twice: it cannot be copied and was taken already')");
  });
}

TEST(Task, the_only_holder_gets_the_result_uncopied) {
  struct Copied {
    int copies = 0;
    Copied() = default;
    Copied(const Copied& other) : copies(other.copies + 1) {}
    Copied(Copied&&) = default;
  };
  Stage stage;
  stage.run([]() -> Coroutine<> {
    auto make = []() -> Coroutine<Copied> { co_return Copied(); };
    EXPECT_EQ((co_await create_task(make())).copies, 0);
    auto task = create_task(make());
    EXPECT_EQ((co_await task).copies, 1);
    EXPECT_EQ((co_await task).copies, 1);
  });
}

TEST(Task, frees_its_coroutine_when_it_is_done_though_the_handle_lives) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    auto held = std::make_shared<int>();
    auto task = create_task([](std::shared_ptr<int>) -> Coroutine<> { co_return; }, held);
    EXPECT_EQ(held.use_count(), 2);
    co_await task;
    EXPECT_EQ(held.use_count(), 1);
  });
}

TEST(Task, its_result_cannot_be_set_from_outside) {
  auto settable = [](auto future) { return requires { future.set_result(1); }; };
  auto failable = [](auto future) { return requires { future.set_exception(ValueError()); }; };
  EXPECT_TRUE(settable(Future<int>()));
  EXPECT_TRUE(failable(Future<int>()));
  EXPECT_FALSE(settable(Task<int>()));
  EXPECT_FALSE(failable(Task<int>()));
}

TEST(Task, its_result_cannot_be_set_through_a_future_either) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    Task<int> task = create_task(answer());
    Future<int> future = task;
    EXPECT_EQ(failure([&] { future.set_result(1); }), "RuntimeError('Task does not support set_result operation')");
    EXPECT_EQ(failure([&] { future.set_exception(ValueError()); }),
              "RuntimeError('Task does not support set_exception operation')");
    EXPECT_EQ(co_await task, 42);
  });
}

TEST(Task, cannot_await_itself) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    Task<std::string> self;
    self = create_task([&self]() -> Coroutine<std::string> { co_return co_await awaited_failure(self); });
    self.set_name("me");
    EXPECT_EQ(co_await self, "RuntimeError(\"Task cannot await on itself: <Task pending name='me'>\")");
  });
}

// B1.9
TEST(Task, an_exception_that_nobody_retrieves_is_reported_once) {
  Stage stage;
  stage.run([&]() -> Coroutine<> {
    auto task = create_task(fail("boom"));
    task.set_name("bad");
    auto copy = task;
    co_await sleep(0);
    EXPECT_TRUE(stage.reports.empty());
  });
  EXPECT_EQ(stage.reports,
            Trace{"Task exception was never retrieved <Task finished name='bad' exception=ValueError('boom')> "
                  "ValueError('boom')"});
}

TEST(Task, an_exception_that_was_retrieved_is_not_reported) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    auto awaited = create_task(fail("a")), asked = create_task(fail("b"));
    EXPECT_THROW(co_await awaited, ValueError);
    (void)asked.exception();
  });
  EXPECT_TRUE(stage.reports.empty());
}

// B1.10
TEST(Task, one_that_is_pending_when_the_loop_closes_is_reported_and_freed) {
  auto held = std::make_shared<int>();
  Trace reports;
  {
    Stage stage;
    auto waits = [](std::shared_ptr<int>) -> Coroutine<> { co_await forever(); };
    stage.loop->create_task(waits(held), "waits");
    stage.run_turn();
    stage.loop->create_task(waits(held), "has not started");
    stage.loop->close();
    reports = stage.reports;
  }
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(reports, (Trace{"Task was destroyed but it is pending! <Task pending name='waits'> None",
                            "Task was destroyed but it is pending! <Task pending name='has not started'> None"}));
}

TEST(Task, closing_the_loop_frees_whatever_a_pending_one_waits_for) {
  auto held = std::make_shared<int>();
  Stage stage;
  auto keep = [&](auto awaitable) {
    stage.loop->create_task(
        [](std::shared_ptr<int>, auto a) -> Coroutine<> { (void)co_await std::move(a); }(held, std::move(awaitable)));
  };
  keep(sleep(1h));
  keep(sleep(0));
  keep(stage.loop->create_task(forever()));
  keep(Future<int>(*stage.loop));
  stage.run_turn();
  stage.loop->close();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Task, a_handle_that_outlives_the_loop_is_harmless) {
  Task<> waits, slept, queued;
  {
    Stage stage;
    waits = stage.loop->create_task(forever());
    slept = stage.loop->create_task([]() -> Coroutine<> { co_await sleep(1h); }());
    stage.run_turn();
    queued = stage.loop->create_task(forever());
  }
  for (auto& task : {waits, slept, queued}) {
    EXPECT_FALSE(task.done());
    EXPECT_TRUE(task.cancel());
    EXPECT_FALSE(task.done());
  }
}

// A frame that sets, cancels and starts things as it is destroyed.
struct MeddlesAtItsEnd {
  EventLoop* loop;
  Future<> future;
  Task<> task;
  explicit MeddlesAtItsEnd(EventLoop* l, Future<> f, Task<> t) : loop(l), future(std::move(f)), task(std::move(t)) {}
  MeddlesAtItsEnd(MeddlesAtItsEnd&& other) noexcept
      : loop(std::exchange(other.loop, nullptr)), future(std::move(other.future)), task(std::move(other.task)) {}
  ~MeddlesAtItsEnd() {
    if (!loop || loop->is_closed()) return;
    if (!future.done()) future.set_result();
    task.cancel();
    loop->create_task(forever(), "late");
  }
};
TEST(Task, a_frame_may_meddle_with_others_while_the_loop_closes) {
  Stage stage;
  Future<> future(*stage.loop);
  auto first = stage.loop->create_task([](Future<> f) -> Coroutine<> { co_await f; }(future));
  auto body = [](MeddlesAtItsEnd) -> Coroutine<> { co_await forever(); };
  stage.loop->create_task(body(MeddlesAtItsEnd(stage.loop.get(), future, first)));
  stage.loop->create_task([](Future<> f) -> Coroutine<> { co_await f; }(future));
  stage.run_turn();
  stage.loop->close();
  EXPECT_EQ(stage.reports.size(), 4U);
}

// B1.11
TEST(Task, names_count_up_unless_one_is_given) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    auto first = create_task(answer()), named = create_task(answer(), "cook"), second = create_task(answer());
    EXPECT_EQ(first.get_name().substr(0, 5), "Task-");
    EXPECT_EQ(std::stoi(second.get_name().substr(5)), std::stoi(first.get_name().substr(5)) + 1);
    EXPECT_EQ(named.get_name(), "cook");
    first.set_name("waiter");
    EXPECT_EQ(first.repr(), "<Task pending name='waiter'>");
    co_await sleep(0);
    EXPECT_EQ(named.repr(), "<Task finished name='cook'>");
  });
}

// B1.11
TEST(Task, names_of_two_threads_differ) {
  auto name = [] { return run([]() -> Coroutine<std::string> { co_return create_task(answer()).get_name(); }()); };
  std::string here = name(), there;
  std::thread([&] { there = name(); }).join();
  EXPECT_NE(here, there);
}

TEST(Task, repr_tells_its_state) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    auto task = create_task(forever(), "t");
    auto failed = create_task(fail("boom"), "f");
    task.cancel();
    EXPECT_EQ(task.repr(), "<Task cancelling name='t'>");
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError()");
    EXPECT_EQ(task.repr(), "<Task cancelled name='t'>");
    EXPECT_EQ(failed.repr(), "<Task finished name='f' exception=ValueError('boom')>");
    (void)failed.exception();
  });
}

TEST(CurrentTask, is_the_running_one_or_none) {
  Stage stage;
  EXPECT_FALSE(current_task());
  stage.run([]() -> Coroutine<> {
    Task<bool> task;
    task = create_task([&task]() -> Coroutine<bool> {
      co_await sleep(0);
      co_return current_task() == task;
    });
    bool none_in_a_callback = false;
    get_running_loop().call_soon([&] { none_in_a_callback = !current_task(); });
    EXPECT_TRUE(co_await task);
    EXPECT_TRUE(none_in_a_callback);
    EXPECT_FALSE(current_task() == task);
  });
  EXPECT_FALSE(current_task());
}

TEST(AllTasks, are_those_not_done_in_the_order_they_were_made) {
  Stage stage;
  auto names = [](EventLoop* loop = nullptr) {
    Trace all;
    for (const AnyTask& task : all_tasks(loop)) all.push_back(task.get_name());
    return all;
  };
  stage.run([&]() -> Coroutine<> {
    current_task().set_name("main");
    create_task(forever(), "a");
    auto b = create_task(answer(), "b");
    create_task(forever(), "c");
    EXPECT_EQ(names(), (Trace{"main", "a", "b", "c"}));
    co_await b;
    EXPECT_EQ(names(), (Trace{"main", "a", "c"}));
  });
  EXPECT_EQ(names(stage.loop.get()), (Trace{"a", "c"}));
}

// A coroutine that raises StopIteration would end a loop over it. PEP 479
TEST(Task, a_stop_iteration_comes_out_as_a_runtime_error) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    auto task = create_task([]() -> Coroutine<> {
      co_await sleep(0);
      throw StopIteration("s");
    });
    EXPECT_EQ(co_await awaited_failure(task), "RuntimeError('coroutine raised StopIteration')");
  });
}

template <class E>
void leaves_the_loop() {
  Stage stage;
  Trace trace;
  auto bad = [](int turns) -> Coroutine<> {
    for (int i = 0; i < turns; ++i) co_await sleep(0);
    throw E();
  };
  auto other = stage.loop->create_task([](Trace& trace) -> Coroutine<> {
    co_await sleep(1s);
    trace.emplace_back("other");
  }(trace));
  EXPECT_THROW(stage.loop->run_until_complete(bad(0)), E);
  EXPECT_FALSE(stage.loop->is_running());
  auto task = stage.loop->create_task(bad(1));
  EXPECT_THROW(stage.loop->run_until_complete(other), E);
  EXPECT_TRUE(isinstance<E>(task.exception()));
  stage.loop->run_until_complete(other);
  EXPECT_EQ(trace, Trace{"other"});
  EXPECT_TRUE(stage.reports.empty()) << stage.reports[0];
}

TEST(Task, a_keyboard_interrupt_leaves_the_loop_which_goes_on_later) { leaves_the_loop<KeyboardInterrupt>(); }
TEST(Task, a_system_exit_leaves_the_loop_which_goes_on_later) { leaves_the_loop<SystemExit>(); }

TEST(RunUntilComplete, gives_the_result_of_whatever_it_is_given) {
  Stage stage;
  EXPECT_EQ(stage.loop->run_until_complete(answer()), 42);
  EXPECT_EQ(stage.loop->run_until_complete(stage.loop->create_task(answer())), 42);
  Future<std::string> future(*stage.loop);
  stage.loop->call_soon([future] { future.set_result("text"); });
  EXPECT_EQ(stage.loop->run_until_complete(future), "text");
  stage.loop->run_until_complete(sleep(1s));
  EXPECT_EQ(stage.clock.elapsed(), 1s);
}

TEST(RunUntilComplete, gives_what_can_only_be_moved) {
  Stage stage;
  auto make = []() -> Coroutine<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  EXPECT_EQ(*stage.loop->run_until_complete(make()), 7);
  EXPECT_EQ(*stage.loop->run_until_complete(stage.loop->create_task(make())), 7);
}

TEST(RunUntilComplete, throws_what_the_coroutine_throws) {
  Stage stage;
  EXPECT_EQ(failure([&] { stage.loop->run_until_complete(fail("boom")); }), "ValueError('boom')");
  EXPECT_TRUE(stage.reports.empty());
}

TEST(RunUntilComplete, says_when_the_loop_was_stopped_first) {
  Stage stage;
  auto body = [](EventLoop* loop) -> Coroutine<> {
    loop->stop();
    co_await forever();
  };
  EXPECT_EQ(failure([&] { stage.loop->run_until_complete(body(stage.loop.get())); }),
            "RuntimeError('Event loop stopped before Future completed.')");
}

// B1.6
TEST(RunUntilComplete, cannot_be_nested) {
  Stage stage;
  auto loop = stage.loop.get();
  stage.run([loop]() -> Coroutine<> {
    EXPECT_EQ(failure([&] { loop->run_until_complete(answer()); }),
              "RuntimeError('This event loop is already running')");
    co_return;
  });
}

TEST(RunUntilComplete, refuses_a_future_of_another_loop) {
  Stage stage, other;
  Future<> future(*other.loop);
  EXPECT_EQ(failure([&] { stage.loop->run_until_complete(future); }),
            "ValueError('The future belongs to a different loop than the one specified as the loop argument')");
}

// B1.7
TEST(Sleep, zero_gives_exactly_one_turn) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    for (nanoseconds delay : {0ns, -1ns, -1'000'000'000ns}) {
      int turns = 0;
      get_running_loop().call_soon([&] {
        ++turns;
        get_running_loop().call_soon([&] { ++turns; });
      });
      co_await sleep(delay);
      EXPECT_EQ(turns, 1);
      co_await sleep(0);
    }
  });
}

// B1.7
TEST(Sleep, gives_the_result_it_was_given) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    EXPECT_EQ(co_await sleep(0s, std::string("r")), "r");
    EXPECT_EQ(*co_await sleep(1s, std::make_unique<int>(7)), 7);
  });
}

TEST(Sleep, wakes_in_the_order_of_the_deadlines_and_for_equal_ones_of_the_calls) {
  Stage stage;
  Trace trace;
  stage.run([&]() -> Coroutine<> {
    auto nap = [&](std::string name, nanoseconds delay) -> Coroutine<> {
      co_await sleep(delay);
      trace.push_back(name);
    };
    auto a = create_task(nap("3s", 3s)), b = create_task(nap("1s", 1s)), c = create_task(nap("2s a", 2s)),
         d = create_task(nap("2s b", 2s));
    co_await a;
  });
  EXPECT_EQ(trace, (Trace{"1s", "2s a", "2s b", "3s"}));
  EXPECT_EQ(stage.clock.elapsed(), 3s);
}

TEST(Sleep, takes_seconds_as_python_does) {
  Stage stage;
  stage.run([]() -> Coroutine<> { co_await sleep(0.25); });
  EXPECT_EQ(stage.clock.elapsed(), 250ms);
  EXPECT_THROW((void)sleep(std::nan("")), ValueError);
}

TEST(Sleep, a_number_of_seconds_beyond_all_time_is_for_ever) {
  Stage stage;
  stage.run([]() -> Coroutine<> {
    auto task = create_task(sleep(1e300));
    co_await sleep(24h * 365 * 200);
    EXPECT_FALSE(task.done());
    co_await sleep(-1e300);
  });
}

TEST(Tasks, a_log_record_has_the_name_of_the_task_that_made_it) {
  const auto task_name = [] { return logging::LogRecord("x", logging::NOTSET, "x.cc", 1, "").taskName; };
  EXPECT_EQ(task_name(), std::nullopt);
  Stage stage;
  const auto named = [task_name]() -> Coroutine<std::optional<std::string>> { co_return task_name(); };
  stage.run([&]() -> Coroutine<> {
    EXPECT_EQ(co_await create_task(named(), {.name = "cook"}), "cook");
    EXPECT_EQ(task_name(), current_task().get_name());
  });
}

}  // namespace
}  // namespace krait::asyncio
