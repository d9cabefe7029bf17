// Tasks that start eagerly. Python: asyncio.eager_task_factory, create_task(eager_start=True)

#include <gtest/gtest.h>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"

namespace krait::asyncio {
namespace {

// Every task within starts eagerly.
template <class F>
void run_eagerly(F main) {
  VirtualClock clock;
  auto loop = new_event_loop();
  loop->set_task_factory(eager_task_factory);
  loop->run_until_complete(main());
  loop->close();
}

Coroutine<int> gives(int value) { co_return value; }
Coroutine<> forever() { co_await Future<>(get_running_loop()); }

// B1.4
TEST(EagerTask, one_that_needs_no_wait_is_done_at_once_and_never_touches_the_loop) {
  run_eagerly([]() -> Coroutine<> {
    bool next_turn = false;
    get_running_loop().call_soon([&next_turn] { next_turn = true; });
    auto task = create_task(gives(7));
    EXPECT_TRUE(task.done());
    EXPECT_EQ(task.result(), 7);
    EXPECT_EQ(co_await task, 7);
    EXPECT_FALSE(next_turn);
    co_await sleep(0);
  });
}

// B1.4
TEST(EagerTask, one_that_waits_goes_on_in_the_loop) {
  Trace trace;
  run_eagerly([&]() -> Coroutine<> {
    auto task = create_task([&]() -> Coroutine<int> {
      trace.emplace_back("first step");
      co_await sleep(0);
      trace.emplace_back("second step");
      co_return 7;
    });
    trace.emplace_back("made");
    EXPECT_FALSE(task.done());
    EXPECT_EQ(co_await task, 7);
  });
  EXPECT_EQ(trace, (Trace{"first step", "made", "second step"}));
}

// B1.4
TEST(EagerTask, may_await_a_future_in_its_first_step) {
  run_eagerly([]() -> Coroutine<> {
    auto future = get_running_loop().create_future<int>();
    auto task = create_task([future]() -> Coroutine<int> { co_return co_await future + 1; });
    EXPECT_FALSE(task.done());
    future.set_result(6);
    EXPECT_EQ(co_await task, 7);
  });
}

// B1.4
TEST(EagerTask, may_be_asked_for_one_by_one) {
  run_virtually([]() -> Coroutine<> {
    auto eager = create_task(gives(1), {.name = "now", .eager_start = true});
    auto lazy = create_task(gives(2));
    EXPECT_TRUE(eager.done());
    EXPECT_EQ(eager.get_name(), "now");
    EXPECT_FALSE(lazy.done());
    EXPECT_EQ(co_await lazy, 2);
  });
}

TEST(EagerTask, may_be_declined_one_by_one) {
  run_eagerly([]() -> Coroutine<> {
    auto task = create_task(gives(1), {.eager_start = false});
    EXPECT_FALSE(task.done());
    EXPECT_EQ(co_await task, 1);
  });
}

TEST(TaskFactory, may_be_set_and_reset_while_the_loop_runs) {
  run_virtually([]() -> Coroutine<> {
    EventLoop& loop = get_running_loop();
    loop.set_task_factory(eager_task_factory);
    auto eager = create_task(gives(1));
    loop.set_task_factory(nullptr);
    auto lazy = create_task(gives(2));
    EXPECT_TRUE(eager.done());
    EXPECT_FALSE(lazy.done());
    EXPECT_EQ(co_await lazy, 2);
  });
}

// A loop that does not run has no step to take.
TEST(TaskFactory, a_task_made_outside_of_the_running_loop_waits_for_it) {
  VirtualClock clock;
  auto loop = new_event_loop();
  loop->set_task_factory(eager_task_factory);
  auto task = loop->create_task(gives(7));
  EXPECT_FALSE(task.done());
  EXPECT_EQ(loop->run_until_complete(task), 7);
  loop->close();
}

TEST(EagerTask, its_exception_comes_out_where_it_is_awaited) {
  run_eagerly([]() -> Coroutine<> {
    auto task = create_task([]() -> Coroutine<> {
      throw ValueError("boom");
      co_return;
    });
    EXPECT_TRUE(task.done());
    EXPECT_EQ(repr(task.exception()), "ValueError('boom')");
    EXPECT_EQ(co_await awaited_failure(task), "ValueError('boom')");
  });
}

// B1.9
TEST(EagerTask, an_exception_that_nobody_retrieves_is_reported) {
  Trace reports;
  run_eagerly([&]() -> Coroutine<> {
    get_running_loop().set_exception_handler(
        [&](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
    create_task([]() -> Coroutine<> {
      throw ValueError("boom");
      co_return;
    });
    co_return;
  });
  EXPECT_EQ(reports, Trace{"Task exception was never retrieved"});
}

TEST(EagerTask, one_that_throws_a_cancellation_in_its_first_step_is_cancelled) {
  run_eagerly([]() -> Coroutine<> {
    auto task = create_task([]() -> Coroutine<> {
      throw CancelledError("mine");
      co_return;
    });
    EXPECT_TRUE(task.cancelled());
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('mine')");
  });
}

// B2.13
TEST(EagerTask, one_that_is_done_cannot_be_cancelled) {
  run_eagerly([]() -> Coroutine<> {
    auto task = create_task(gives(7));
    EXPECT_FALSE(task.cancel());
    EXPECT_FALSE(task.cancelled());
    co_return;
  });
}

// B2.13
TEST(EagerTask, one_that_waits_is_cancelled_where_it_waits) {
  run_eagerly([]() -> Coroutine<> {
    std::string inside;
    auto task = create_task([&]() -> Coroutine<> {
      inside = co_await awaited_failure(forever());
      throw CancelledError("passed on");
    });
    EXPECT_TRUE(task.cancel("why"));
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('passed on')");
    EXPECT_EQ(inside, "CancelledError('why')");
  });
}

TEST(EagerTask, one_that_cancels_itself_in_its_first_step_is_cancelled_at_its_first_wait) {
  run_eagerly([]() -> Coroutine<> {
    bool waited = false;
    auto task = create_task([&]() -> Coroutine<> {
      current_task().cancel("myself");
      waited = true;
      co_await forever();
    });
    EXPECT_TRUE(waited);
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('myself')");
  });
}

TEST(EagerTask, one_that_cancels_itself_and_ends_in_its_first_step_is_cancelled) {
  run_eagerly([]() -> Coroutine<> {
    auto task = create_task([]() -> Coroutine<> {
      current_task().cancel("myself");
      co_return;
    });
    EXPECT_TRUE(task.cancelled());
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError('myself')");
  });
}

TEST(EagerTask, one_that_cancels_its_maker_does_so_at_the_maker_s_next_wait) {
  run_eagerly([]() -> Coroutine<> {
    std::string inside;
    auto maker = create_task([&]() -> Coroutine<> {
      AnyTask self = current_task();
      create_task([self]() -> Coroutine<> {
        self.cancel("from below");
        co_return;
      });
      inside = co_await awaited_failure(forever());
    });
    co_await maker;
    EXPECT_EQ(inside, "CancelledError('from below')");
  });
}

TEST(EagerTask, is_the_current_task_within_its_first_step_and_the_maker_is_after_it) {
  run_eagerly([]() -> Coroutine<> {
    AnyTask maker = current_task(), within, later;
    auto task = create_task([&]() -> Coroutine<> {
      within = current_task();
      co_await sleep(0);
      later = current_task();
    });
    EXPECT_EQ(current_task(), maker);
    EXPECT_EQ(within, task);
    co_await task;
    EXPECT_EQ(later, task);
    EXPECT_EQ(current_task(), maker);
  });
}

TEST(EagerTask, the_maker_is_the_current_task_again_after_a_step_that_threw) {
  run_eagerly([]() -> Coroutine<> {
    AnyTask maker = current_task();
    auto task = create_task([]() -> Coroutine<> {
      throw ValueError("boom");
      co_return;
    });
    EXPECT_EQ(current_task(), maker);
    EXPECT_EQ(co_await awaited_failure(task), "ValueError('boom')");
  });
}

// B3.34
TEST(EagerTask, all_tasks_has_those_that_wait_and_not_those_that_are_done) {
  run_eagerly([]() -> Coroutine<> {
    auto done = create_task(gives(1));
    EXPECT_EQ(all_tasks(), std::vector<AnyTask>{current_task()});
    std::vector<AnyTask> within;
    auto waits = create_task([&]() -> Coroutine<> {
      within = all_tasks();
      co_await sleep(0);
    });
    EXPECT_EQ(within.size(), 2U);
    EXPECT_EQ(all_tasks().size(), 2U);
    co_await waits;
    EXPECT_EQ(all_tasks().size(), 1U);
  });
}

TEST(EagerTask, nests) {
  run_eagerly([]() -> Coroutine<> {
    Trace trace;
    struct Level {
      Trace& trace;
      Coroutine<int> enter(int depth) {
        trace.push_back("in " + std::to_string(depth));
        const int below = depth == 0 ? 0 : co_await create_task(enter(depth - 1));
        trace.push_back("out " + std::to_string(depth));
        co_return below + 1;
      }
    } level{trace};
    auto task = create_task(level.enter(2));
    EXPECT_TRUE(task.done());
    EXPECT_EQ(task.result(), 3);
    EXPECT_EQ(trace, (Trace{"in 2", "in 1", "in 0", "out 0", "out 1", "out 2"}));
    co_return;
  });
}

TEST(EagerTask, nested_ones_that_wait_end_innermost_first) {
  run_eagerly([]() -> Coroutine<> {
    Trace trace;
    auto inner = [&]() -> Coroutine<> {
      co_await sleep(1s);
      trace.emplace_back("inner");
    };
    auto outer = [&]() -> Coroutine<> {
      auto task = create_task(inner());
      EXPECT_FALSE(task.done());
      co_await task;
      trace.emplace_back("outer");
    };
    co_await create_task(outer());
    EXPECT_EQ(trace, (Trace{"inner", "outer"}));
  });
}

TEST(EagerTask, a_gather_of_those_that_need_no_wait_needs_none) {
  run_eagerly([]() -> Coroutine<> {
    auto all = gather(gives(1), gives(2), gives(3));
    EXPECT_EQ(all_tasks().size(), 1U);
    EXPECT_EQ(co_await all, (std::tuple{1, 2, 3}));
  });
}

TEST(EagerTask, hands_over_what_can_only_be_moved) {
  run_eagerly([]() -> Coroutine<> {
    auto task = create_task([]() -> Coroutine<std::unique_ptr<int>> { co_return std::make_unique<int>(7); });
    std::unique_ptr<int> result = co_await std::move(task);
    EXPECT_EQ(*result, 7);
  });
}

TEST(EagerTask, frees_its_coroutine_when_it_is_done) {
  run_eagerly([]() -> Coroutine<> {
    auto held = std::make_shared<int>(0);
    auto body = [](std::shared_ptr<int>) -> Coroutine<> { co_return; };
    auto task = create_task(body(held));
    EXPECT_EQ(held.use_count(), 1);
    co_return;
  });
}

// A task that ends with one of these leaves the loop at once: here through the one who made it.
TEST(EagerTask, a_system_exit_in_its_first_step_comes_out_of_create_task) {
  run_eagerly([]() -> Coroutine<> {
    std::string failure;
    AnyTask maker = current_task();
    get_running_loop().set_exception_handler([](EventLoop&, const ExceptionContext&) {});  // nobody awaits it
    try {
      create_task([]() -> Coroutine<> {
        throw SystemExit(3);
        co_return;
      });
    } catch (const SystemExit& exit) {
      failure = repr(std::current_exception());
    }
    EXPECT_EQ(failure, "SystemExit('3')");
    EXPECT_EQ(current_task(), maker);
    EXPECT_EQ(all_tasks().size(), 1U);
    co_return;
  });
}

TEST(EagerTask, one_that_waits_is_reported_and_freed_when_the_loop_closes) {
  auto loop = new_event_loop();
  loop->set_task_factory(eager_task_factory);
  auto held = std::make_shared<int>(0);
  Trace reports;
  loop->set_exception_handler([&](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
  auto body = [](std::shared_ptr<int>) -> Coroutine<> { co_await forever(); };
  loop->call_soon([&] {
    create_task(body(held));
    loop->stop();
  });
  loop->run_forever();
  EXPECT_EQ(held.use_count(), 2);
  loop->close();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(reports, Trace{"Task was destroyed but it is pending!"});
}

}  // namespace
}  // namespace krait::asyncio
