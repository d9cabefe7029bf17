#include "krait/asyncio/taskgroups.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/gather.h"
#include "krait/asyncio/runners.h"

namespace krait::asyncio {
namespace {

nanoseconds now() { return get_running_loop().time(); }
Coroutine<int> gives_after(nanoseconds delay, int value) {
  co_await sleep(delay);
  co_return value;
}
template <class E>
Coroutine<> fails_after(nanoseconds delay, E error) {
  co_await sleep(delay);
  throw error;
}
// Waits, and fails with `error` instead of being cancelled.
template <class E>
Coroutine<> fails_when_cancelled(E error) {
  try {
    co_await sleep(1h);
  } catch (const CancelledError&) {
    throw error;
  }
}

// B2.24
TEST(TaskGroup, waits_for_all_of_its_tasks) {
  run_virtually([]() -> Coroutine<> {
    Task<int> first, second;
    co_await async_with(TaskGroup(), [&](TaskGroup& group) -> Coroutine<> {
      first = group.create_task(gives_after(1s, 42));
      second = group.create_task(gives_after(2s, 11));
      co_return;
    });
    EXPECT_TRUE(first.done() && second.done());
    EXPECT_EQ(first.result() + second.result(), 53);
    EXPECT_EQ(now(), 2s);
  });
}

TEST(TaskGroup, waits_for_what_is_left_when_the_body_ends) {
  run_virtually([]() -> Coroutine<> {
    co_await async_with(TaskGroup(), [&](TaskGroup& group) -> Coroutine<> {
      auto first = group.create_task(gives_after(1s, 42));
      auto second = group.create_task(gives_after(3s, 11));
      EXPECT_EQ(co_await first, 42);
      EXPECT_FALSE(second.done());
    });
    EXPECT_EQ(now(), 3s);
  });
}

TEST(TaskGroup, without_tasks_ends_at_once) {
  run_virtually([]() -> Coroutine<> {
    bool next_turn = false;
    get_running_loop().call_soon([&next_turn] { next_turn = true; });
    co_await async_with(TaskGroup(), [](TaskGroup&) -> Coroutine<> { co_return; });
    EXPECT_FALSE(next_turn);
    co_await sleep(0);
  });
}

TEST(TaskGroup, gives_what_its_body_gives) {
  run_virtually([]() -> Coroutine<> {
    int given = co_await async_with(TaskGroup(), [](TaskGroup& group) -> Coroutine<int> {
      co_return 1 + co_await group.create_task(gives_after(1s, 6));
    });
    EXPECT_EQ(given, 7);
  });
}

TEST(TaskGroup, hands_over_what_can_only_be_moved) {
  run_virtually([]() -> Coroutine<> {
    Task<std::unique_ptr<int>> task;
    co_await async_with(TaskGroup(), [&](TaskGroup& group) -> Coroutine<> {
      task = group.create_task([]() -> Coroutine<std::unique_ptr<int>> {
        co_await sleep(1s);
        co_return std::make_unique<int>(7);
      });
      co_return;
    });
    std::unique_ptr<int> result = co_await std::move(task);
    EXPECT_EQ(*result, 7);
  });
}

TEST(TaskGroup, takes_any_awaitable_and_any_callable) {
  run_virtually([]() -> Coroutine<> {
    Task<int> called, plain;
    co_await async_with(TaskGroup(), [&](TaskGroup& group) -> Coroutine<> {
      group.create_task(sleep(2s));
      called = group.create_task([](int n) -> Coroutine<int> { co_return n + 1; }, 6);
      plain = group.create_task([] { return 8; });
      co_return;
    });
    EXPECT_EQ(now(), 2s);
    EXPECT_EQ(called.result(), 7);
    EXPECT_EQ(plain.result(), 8);
  });
}

TEST(TaskGroup, names_its_tasks) {
  run_virtually([]() -> Coroutine<> {
    co_await async_with(TaskGroup(), [](TaskGroup& group) -> Coroutine<> {
      EXPECT_EQ(group.create_task(gives_after(0s, 1), "yolo").get_name(), "yolo");
      EXPECT_EQ(group.create_task(gives_after(0s, 1), {.name = "other"}).get_name(), "other");
      co_return;
    });
  });
}

TEST(TaskGroup, its_tasks_may_add_tasks_after_the_body_has_ended) {
  run_virtually([]() -> Coroutine<> {
    co_await async_with(TaskGroup(), [](TaskGroup& group) -> Coroutine<> {
      group.create_task([&group]() -> Coroutine<> {
        co_await sleep(1s);
        group.create_task(gives_after(1s, 1));
        group.create_task(gives_after(2s, 2));
      });
      co_return;
    });
    EXPECT_EQ(now(), 3s);
  });
}

TEST(TaskGroup, forgets_the_tasks_that_are_done) {
  run_virtually([]() -> Coroutine<> {
    co_await async_with(TaskGroup(), [](TaskGroup& group) -> Coroutine<> {
      for (int i = 0; i < 10; ++i) {
        group.create_task(gives_after(250ms, i));
        co_await sleep(100ms);
      }
      EXPECT_EQ(group.repr(), "<TaskGroup tasks=2 entered>");
      co_await sleep(1s);
      EXPECT_EQ(group.repr(), "<TaskGroup entered>");
    });
  });
}

TEST(TaskGroup, ten_thousand_tasks) {
  run_virtually([]() -> Coroutine<> {
    int done = 0;
    co_await async_with(TaskGroup(), [&done](TaskGroup& group) -> Coroutine<> {
      for (int i = 0; i < 10'000; ++i) {
        group.create_task([&done]() -> Coroutine<> {
          co_await sleep(1s);
          ++done;
        });
      }
      co_return;
    });
    EXPECT_EQ(done, 10'000);
    EXPECT_EQ(now(), 1s);
  });
}

// B2.24
TEST(TaskGroup, a_failure_cancels_the_other_tasks_and_comes_out_in_a_group) {
  run_virtually([]() -> Coroutine<> {
    Task<int> other;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(1s, ValueError("boom")));
      other = group.create_task(gives_after(1h, 42));
      co_return;
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('boom')])");
    EXPECT_TRUE(other.cancelled());
    EXPECT_EQ(now(), 1s);
  });
}

// B2.24
TEST(TaskGroup, counts_the_errors_in_its_message) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(1s, ValueError("a")));
      group.create_task(fails_after(1s, KeyError("b")));
      co_return;
    };
    try {
      co_await async_with(TaskGroup(), body);
      ADD_FAILURE() << "no group";
    } catch (const ExceptionGroup& error) {
      EXPECT_STREQ(error.what(), "unhandled errors in a TaskGroup (2 sub-exceptions)");
      EXPECT_EQ(error.cause(), nullptr);
    }
  });
}

// B2.24
TEST(TaskGroup, a_failure_cancels_the_body) {
  run_virtually([]() -> Coroutine<> {
    std::string inside;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(1s, ValueError("boom")));
      inside = co_await awaited_failure(sleep(1h));
      throw CancelledError();
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('boom')])");
    EXPECT_EQ(inside, "CancelledError()");
    EXPECT_EQ(now(), 1s);
  });
}

// B2.24
TEST(TaskGroup, waits_for_the_cancelled_ones_and_collects_what_they_fail_with_instead) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_when_cancelled(ValueError("a")));
      group.create_task([]() -> Coroutine<> {
        co_await awaited_failure(sleep(1h));
        co_await sleep(5s);  // cleans up
        throw KeyError("b");
      });
      group.create_task(fails_after(1s, TypeError("first")));
      co_await sleep(1h);
    };
    EXPECT_EQ(
        co_await awaited_failure(async_with(TaskGroup(), body)),
        "ExceptionGroup('unhandled errors in a TaskGroup', [TypeError('first'), ValueError('a'), KeyError('b')])");
    EXPECT_EQ(now(), 6s);
  });
}

// B2.24
TEST(TaskGroup, a_failure_of_the_body_cancels_the_tasks_and_comes_last) {
  run_virtually([]() -> Coroutine<> {
    Task<int> other;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      other = group.create_task(gives_after(1h, 1));
      group.create_task(fails_when_cancelled(ValueError("late")));
      co_await sleep(1s);
      throw KeyError("body");
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('late'), KeyError('body')])");
    EXPECT_TRUE(other.cancelled());
  });
}

TEST(TaskGroup, a_failure_of_the_body_alone_comes_out_in_a_group_too) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](TaskGroup&) -> Coroutine<> {
      throw KeyError("body");
      co_return;
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [KeyError('body')])");
  });
}

TEST(TaskGroup, a_failure_while_the_body_cleans_up_after_one_joins_it) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(0s, ValueError("task")));
      co_await fails_when_cancelled(ValueError("body"));
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('task'), ValueError('body')])");
    EXPECT_EQ(current_task().cancelling(), 0);
  });
}

TEST(TaskGroup, takes_failures_of_foreign_types) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(1s, std::runtime_error("foreign")));
      co_return;
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [runtime_error('foreign')])");
  });
}

TEST(TaskGroup, a_failure_that_is_no_std_exception_makes_the_group_a_base_one) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(1s, GeneratorExit("b")));
      co_await fails_when_cancelled(TypeError("t"));
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
              "BaseExceptionGroup('unhandled errors in a TaskGroup', [GeneratorExit('b'), TypeError('t')])");
    auto number = [](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(1s, 7));
      co_return;
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), number)),
              "BaseExceptionGroup('unhandled errors in a TaskGroup', [int('')])");
  });
}

// B2.24
template <class E>
void leaves_bare(E interrupt) {
  VirtualClock clock;
  bool sibling_cancelled = false;
  auto body = [&](TaskGroup& group) -> Coroutine<> {
    auto sibling = group.create_task(gives_after(1h, 1));
    sibling.add_done_callback([&](FutureBase done) { sibling_cancelled = done.cancelled(); });
    co_await sleep(1s);
    throw interrupt;
  };
  // The task of run() itself ends with it, and so it leaves the loop.
  EXPECT_EQ(failure([&] { run(async_with(TaskGroup(), body)); }), repr(std::make_exception_ptr(interrupt)));
  EXPECT_TRUE(sibling_cancelled);
}
TEST(TaskGroup, a_keyboard_interrupt_of_the_body_comes_out_bare) { leaves_bare(KeyboardInterrupt()); }
TEST(TaskGroup, a_system_exit_of_the_body_comes_out_bare) { leaves_bare(SystemExit(3)); }

// B2.24: a task that ends with it leaves the loop at once; when the loop goes on, the group ends with it, too.
TEST(TaskGroup, a_system_exit_of_a_task_leaves_the_loop_and_then_the_group_bare) {
  VirtualClock clock;
  auto loop = new_event_loop();
  auto body = [](TaskGroup& group) -> Coroutine<> {
    group.create_task(fails_after(1s, SystemExit(3)));
    co_await fails_when_cancelled(TypeError("less"));
  };
  auto main = [&]() -> Coroutine<std::string> { co_return co_await awaited_failure(async_with(TaskGroup(), body)); };
  auto task = loop->create_task(main());
  EXPECT_EQ(failure([&] { loop->run_forever(); }), "SystemExit('3')");
  EXPECT_EQ(loop->run_until_complete(task), "SystemExit('3')");
  loop->close();
}

TEST(TaskGroup, a_task_that_throws_a_cancellation_by_itself_concerns_nobody_else) {
  run_virtually([]() -> Coroutine<> {
    Task<> odd;
    Task<int> other;
    co_await async_with(TaskGroup(), [&](TaskGroup& group) -> Coroutine<> {
      odd = group.create_task(fails_after(1s, CancelledError("mine")));
      other = group.create_task(gives_after(2s, 7));
      co_return;
    });
    EXPECT_TRUE(odd.cancelled());
    EXPECT_EQ(other.result(), 7);
  });
}

TEST(TaskGroup, a_task_that_was_cancelled_concerns_nobody_else) {
  run_virtually([]() -> Coroutine<> {
    Task<int> other;
    co_await async_with(TaskGroup(), [&](TaskGroup& group) -> Coroutine<> {
      auto victim = group.create_task(gives_after(1h, 1));
      other = group.create_task(gives_after(2s, 7));
      co_await sleep(1s);
      victim.cancel();
    });
    EXPECT_EQ(other.result(), 7);
    EXPECT_EQ(now(), 2s);
  });
}

// B2.24
TEST(TaskGroup, takes_no_task_before_it_is_entered) {
  run_virtually([]() -> Coroutine<> {
    TaskGroup group;
    EXPECT_EQ(failure([&] { group.create_task(gives_after(1s, 1)); }),
              "RuntimeError('TaskGroup <TaskGroup> has not been entered')");
    co_return;
  });
}

// B2.24
TEST(TaskGroup, takes_no_task_after_it_has_ended) {
  run_virtually([]() -> Coroutine<> {
    TaskGroup group;
    co_await group.aenter();
    co_await group.aexit(nullptr);
    EXPECT_EQ(failure([&] { group.create_task(gives_after(1s, 1)); }),
              "RuntimeError('TaskGroup <TaskGroup entered> is finished')");
  });
}

// B2.24
TEST(TaskGroup, takes_no_task_while_it_aborts) {
  run_virtually([]() -> Coroutine<> {
    std::string refused;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      group.create_task(fails_after(1s, ValueError("boom")));
      group.create_task([&]() -> Coroutine<> {
        co_await awaited_failure(sleep(1h));
        refused = failure([&] { group.create_task(gives_after(1s, 1)); });
      });
      co_return;
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('boom')])");
    EXPECT_EQ(refused, "RuntimeError('TaskGroup <TaskGroup tasks=1 errors=1 cancelling> is shutting down')");
  });
}

TEST(TaskGroup, a_failure_ends_what_would_add_tasks_for_ever) {
  run_virtually([]() -> Coroutine<> {
    int heads = 0;
    struct Hydra {
      TaskGroup& group;
      int& heads;
      Coroutine<> grow() {
        if (++heads > 100'000) co_return;  // else this test would not end when it fails
        co_await sleep(10ms);
        group.create_task(grow());
        group.create_task(grow());
      }
    };
    auto body = [&heads](TaskGroup& group) -> Coroutine<> {
      Hydra hydra{group, heads};
      group.create_task(hydra.grow());
      while (heads < 10) co_await sleep(15ms);
      throw ValueError("slain");
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('slain')])");
    EXPECT_GE(heads, 10);
  });
}

TEST(TaskGroup, is_entered_once) {
  run_virtually([]() -> Coroutine<> {
    TaskGroup group;
    co_await group.aenter();
    EXPECT_EQ(co_await awaited_failure(group.aenter()),
              "RuntimeError('TaskGroup <TaskGroup entered> has already been entered')");
    co_await group.aexit(nullptr);
    EXPECT_EQ(co_await awaited_failure(group.aenter()),
              "RuntimeError('TaskGroup <TaskGroup entered> has already been entered')");
  });
}

// The loop is running, but no task is.
TEST(TaskGroup, is_for_tasks_only) {
  run_virtually([]() -> Coroutine<> {
    std::string refused;
    TaskGroup group;
    auto entering = group.aenter();
    get_running_loop().call_soon([&] {
      auto awaiter = entering.operator co_await();
      awaiter.await_suspend(std::noop_coroutine()).resume();
      refused = failure([&] { awaiter.await_resume(); });
    });
    co_await sleep(0);
    EXPECT_EQ(refused, "RuntimeError('TaskGroup <TaskGroup> cannot determine the parent task')");
    EXPECT_EQ(failure([&] { group.create_task(gives_after(1s, 1)); }),
              "RuntimeError('TaskGroup <TaskGroup> has not been entered')");
  });
}

// B1.4
TEST(TaskGroup, a_task_that_ends_eagerly_needs_no_turn) {
  run_virtually([]() -> Coroutine<> {
    bool next_turn = false;
    get_running_loop().call_soon([&next_turn] { next_turn = true; });
    co_await async_with(TaskGroup(), [](TaskGroup& group) -> Coroutine<> {
      auto task = group.create_task([]() -> Coroutine<int> { co_return 7; }(), {.eager_start = true});
      EXPECT_EQ(task.result(), 7);
      EXPECT_EQ(group.repr(), "<TaskGroup entered>");
      co_return;
    });
    EXPECT_FALSE(next_turn);
    co_await sleep(0);
  });
}

TEST(TaskGroup, a_task_that_fails_eagerly_cancels_the_body_at_its_next_wait) {
  run_virtually([]() -> Coroutine<> {
    std::string inside;
    auto body = [&](TaskGroup& group) -> Coroutine<> {
      auto eager = []() -> Coroutine<> {
        throw ValueError("at once");
        co_return;
      };
      group.create_task(eager(), {.eager_start = true});
      EXPECT_EQ(failure([&] { group.create_task(gives_after(1s, 1)); }),
                "RuntimeError('TaskGroup <TaskGroup errors=1 cancelling> is shutting down')");
      inside = co_await awaited_failure(sleep(1h));
    };
    EXPECT_EQ(co_await awaited_failure(async_with(TaskGroup(), body)),
              "ExceptionGroup('unhandled errors in a TaskGroup', [ValueError('at once')])");
    EXPECT_EQ(inside, "CancelledError()");
    EXPECT_EQ(current_task().cancelling(), 0);
  });
}

TEST(TaskGroup, one_that_waits_is_freed_when_the_loop_closes) {
  auto loop = new_event_loop();
  auto held = std::make_shared<int>(0);
  Trace reports;
  loop->set_exception_handler([&](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
  auto child = [](std::shared_ptr<int>) -> Coroutine<> { co_await sleep(1h); };
  auto owner = [&]() -> Coroutine<> {
    co_await async_with(TaskGroup(), [&](TaskGroup& group) -> Coroutine<> {
      for (int i = 0; i < 3; ++i) group.create_task(child(held));
      co_return;
    });
  };
  loop->create_task(owner());
  for (int turn = 0; turn < 3; ++turn) {
    loop->stop();
    loop->run_forever();
  }
  EXPECT_EQ(held.use_count(), 4);
  loop->close();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(reports, Trace(4, "Task was destroyed but it is pending!"));
}

// The parent was cancelled by force: it left without aexit, and its task fails when nobody is there to be told.
TEST(TaskGroup, a_failure_after_the_parent_has_ended_is_reported) {
  VirtualClock clock;
  Trace reports;
  run([&]() -> Coroutine<> {
    get_running_loop().set_exception_handler(
        [&](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
    auto parent = create_task(
        []() -> Coroutine<> {
          TaskGroup group;
          co_await group.aenter();
          group.create_task(fails_after(1s, ValueError("boom")), "child");
        }(),
        "parent");
    co_await parent;
    co_await sleep(2s);
  }());
  EXPECT_EQ(reports, Trace{"Task <Task finished name='child' exception=ValueError('boom')> has errored out but its "
                           "parent task <Task finished name='parent'> is already completed"});
}

}  // namespace
}  // namespace krait::asyncio
