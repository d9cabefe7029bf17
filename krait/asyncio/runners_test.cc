#include "krait/asyncio/runners.h"

#include <gtest/gtest.h>

#include <csignal>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/locks.h"

namespace krait::asyncio {
namespace {

Coroutine<int> answer() { co_return 42; }
Coroutine<> fail(std::string text) {
  throw ValueError(std::move(text));
  co_return;
}
Coroutine<> forever() { co_await Future<>(get_running_loop()); }
template <class E>
Coroutine<> raise_after(int turns) {
  for (int i = 0; i < turns; ++i) co_await sleep(0);
  throw E();
}

TEST(Run, gives_the_result_or_throws_the_exception) {
  EXPECT_EQ(run(answer()), 42);
  EXPECT_EQ(*run([]() -> Coroutine<std::unique_ptr<int>> { co_return std::make_unique<int>(7); }()), 7);
  EXPECT_EQ(failure([] { run(fail("boom")); }), "ValueError('boom')");
  EXPECT_EQ(_get_running_loop(), nullptr);
}

TEST(Run, a_main_that_was_cancelled_throws) {
  auto main = []() -> Coroutine<> {
    current_task().cancel("me");
    co_await sleep(0);
  };
  EXPECT_EQ(failure([&] { run(main()); }), "CancelledError('me')");
}

// B1.6
TEST(Run, cannot_be_called_from_a_running_loop) {
  run([]() -> Coroutine<> {
    EXPECT_EQ(failure([] { run(answer()); }),
              "RuntimeError('asyncio.run() cannot be called from a running event loop')");
    EXPECT_EQ(failure([] { Runner().run(answer()); }),
              "RuntimeError('Runner.run() cannot be called from a running event loop')");
    co_return;
  }());
}

// B3.25
TEST(Run, cancels_what_is_left_in_the_order_it_was_made_and_waits_for_it) {
  VirtualClock clock;
  Trace trace;
  run([&]() -> Coroutine<> {
    for (const char* name : {"a", "b"}) {
      create_task([&trace, name]() -> Coroutine<> {
        std::string ended = co_await awaited_failure(forever());
        co_await sleep(1s);
        trace.push_back(name + (" " + ended));
      });
    }
    co_await sleep(0);
    trace.emplace_back("main");
  }());
  EXPECT_EQ(trace, (Trace{"main", "a CancelledError()", "b CancelledError()"}));
  EXPECT_EQ(clock.elapsed(), 1s);
}

// B3.25
TEST(Run, cancels_what_is_left_when_main_fails_too) {
  bool cancelled = false;
  EXPECT_EQ(failure([&] {
              run([&]() -> Coroutine<> {
                create_task([&]() -> Coroutine<> { cancelled = co_await awaited_failure(forever()) != "nothing"; });
                co_await sleep(0);
                throw ValueError("boom");
              }());
            }),
            "ValueError('boom')");
  EXPECT_TRUE(cancelled);
}

// B3.25
TEST(Run, reports_what_is_left_and_fails_at_the_end) {
  Trace reports;
  Runner runner;
  runner.get_loop().set_exception_handler([&](EventLoop&, const ExceptionContext& context) {
    reports.push_back(context.message + " " + context.source + " " + repr(context.exception));
  });
  runner.run([]() -> Coroutine<> {
    auto body = []() -> Coroutine<> {
      co_await awaited_failure(forever());
      throw ValueError("at the end");
    };
    auto left = create_task(body());
    left.set_name("left");
    co_await sleep(0);
  }());
  runner.close();
  EXPECT_EQ(reports, Trace{"unhandled exception during asyncio.run() shutdown <Task finished name='left' "
                           "exception=ValueError('at the end')> ValueError('at the end')"});
}

template <class E>
void leaves_run_and_cleans_up() {
  bool cleaned = false;
  auto main = [&cleaned]() -> Coroutine<> {
    create_task([&cleaned]() -> Coroutine<> {
      co_await awaited_failure(forever());
      co_await sleep(0);
      cleaned = true;
    });
    create_task(raise_after<E>(1));
    co_await forever();
  };
  ::testing::internal::CaptureStderr();
  EXPECT_THROW(run(main()), E);
  EXPECT_EQ(::testing::internal::GetCapturedStderr().substr(0, 34), "Task exception was never retrieved");
  EXPECT_TRUE(cleaned);
  EXPECT_EQ(run(answer()), 42);
}
TEST(Run, a_system_exit_of_any_task_leaves_it_after_the_others_were_cancelled) {
  leaves_run_and_cleans_up<SystemExit>();
}
TEST(Run, a_keyboard_interrupt_of_any_task_leaves_it_after_the_others_were_cancelled) {
  leaves_run_and_cleans_up<KeyboardInterrupt>();
}

TEST(Run, an_interrupt_in_main_itself_is_reported_nowhere) {
  ::testing::internal::CaptureStderr();
  EXPECT_THROW(run(raise_after<KeyboardInterrupt>(0)), KeyboardInterrupt);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

// main's end and the interrupt fall in one turn: the end must not stop the loop that cancels what is left.
TEST(Run, an_interrupt_in_the_turn_in_which_main_ends_still_cleans_up) {
  bool cleaned = false;
  auto main = [&cleaned]() -> Coroutine<> {
    create_task([&cleaned]() -> Coroutine<> {
      co_await awaited_failure(forever());
      for (int i = 0; i < 5; ++i) co_await sleep(0);
      cleaned = true;
    });
    co_await sleep(0);
    create_task(raise_after<KeyboardInterrupt>(0));
    co_await sleep(0);
  };
  ::testing::internal::CaptureStderr();
  EXPECT_THROW(run(main()), KeyboardInterrupt);
  (void)::testing::internal::GetCapturedStderr();  // nobody retrieved it from the task
  EXPECT_TRUE(cleaned);
}

TEST(Run, an_interrupt_while_it_cleans_up_comes_out_and_frees_everything) {
  auto held = std::make_shared<int>();
  auto main = [](std::shared_ptr<int> h) -> Coroutine<> {
    create_task([h]() -> Coroutine<> {
      co_await awaited_failure(forever());
      co_await forever();
    });
    create_task([h]() -> Coroutine<> {
      co_await awaited_failure(forever());
      throw KeyboardInterrupt();
    });
    co_await sleep(0);
  };
  ::testing::internal::CaptureStderr();
  EXPECT_THROW(run(main(held)), KeyboardInterrupt);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("Task was destroyed but it is pending!"), std::string::npos);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Run, a_deadlock_comes_out_and_frees_everything) {
  VirtualClock clock;
  auto held = std::make_shared<int>();
  EXPECT_THROW(run([](std::shared_ptr<int>) -> Coroutine<> { co_await forever(); }(held)), DeadlockError);
  EXPECT_EQ(held.use_count(), 1);
}

// A task that swallows its cancellation and waits again deadlocks twice.
TEST(Run, a_task_that_will_not_end_is_freed_when_nothing_can_end_it) {
  VirtualClock clock;
  auto held = std::make_shared<int>();
  ::testing::internal::CaptureStderr();
  EXPECT_THROW(run([](std::shared_ptr<int> h) -> Coroutine<> {
                 create_task([h]() -> Coroutine<> {
                   co_await awaited_failure(forever());
                   co_await forever();
                 });
                 co_await sleep(0);
               }(held)),
               DeadlockError);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("Task was destroyed but it is pending!"), std::string::npos);
  EXPECT_EQ(held.use_count(), 1);
}

// A shell starts its background jobs with SIGINT ignored, and then run() leaves it alone.
class Sigint : public ::testing::Test {
 protected:
  void SetUp() override { before_ = std::signal(SIGINT, SIG_DFL); }
  void TearDown() override { std::signal(SIGINT, before_); }

 private:
  void (*before_)(int) = SIG_DFL;
};

// B3.26
TEST_F(Sigint, cancels_main_and_comes_out_as_a_keyboard_interrupt) {
  VirtualClock clock;
  std::string ended;
  auto main = [&ended]() -> Coroutine<> {
    ::raise(SIGINT);
    ended = co_await awaited_failure(forever());
    throw CancelledError();
  };
  EXPECT_THROW(run(main()), KeyboardInterrupt);
  EXPECT_EQ(ended, "CancelledError()");
}

TEST_F(Sigint, that_main_swallows_lets_it_end_as_it_wants) {
  VirtualClock clock;
  auto main = []() -> Coroutine<int> {
    ::raise(SIGINT);
    co_await awaited_failure(forever());
    co_return 7;
  };
  EXPECT_EQ(run(main()), 7);
}

// B3.26
TEST_F(Sigint, a_second_one_leaves_at_once) {
  VirtualClock clock;
  bool reached = false;
  auto main = [&reached]() -> Coroutine<> {
    ::raise(SIGINT);
    co_await awaited_failure(forever());
    ::raise(SIGINT);
    co_await awaited_failure(sleep(1h));
    reached = true;
  };
  EXPECT_THROW(run(main()), KeyboardInterrupt);
  EXPECT_EQ(clock.elapsed(), 0s);
  EXPECT_TRUE(reached);  // when what is left was cancelled
}

TEST_F(Sigint, the_default_is_back_when_run_has_ended) {
  run(answer());
  struct sigaction action;
  ASSERT_EQ(::sigaction(SIGINT, nullptr, &action), 0);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

TEST_F(Sigint, is_left_alone_where_it_is_ignored) {
  std::signal(SIGINT, SIG_IGN);
  EXPECT_EQ(run([]() -> Coroutine<int> {
              ::raise(SIGINT);
              co_await sleep(0);
              co_return 7;
            }()),
            7);
  EXPECT_EQ(std::signal(SIGINT, SIG_DFL), SIG_IGN);
}

TEST(Runner, runs_many_in_one_loop) {
  Runner runner;
  EventLoop* loop = &runner.get_loop();
  bool background = false;
  runner.run([&]() -> Coroutine<> {
    EXPECT_EQ(&get_running_loop(), loop);
    create_task([&]() -> Coroutine<> {
      co_await sleep(0);
      co_await sleep(0);
      background = true;
    });
    co_return;
  }());
  EXPECT_FALSE(background);
  runner.run([]() -> Coroutine<> {
    for (int i = 0; i < 5; ++i) co_await sleep(0);
  }());
  EXPECT_TRUE(background);
}

TEST(Runner, a_closed_one_refuses) {
  Runner runner;
  runner.run(answer());
  runner.close();
  runner.close();
  EXPECT_EQ(failure([&] { runner.run(answer()); }), "RuntimeError('Runner is closed')");
  EXPECT_EQ(failure([&] { runner.get_loop(); }), "RuntimeError('Runner is closed')");
}

TEST(Runner, closes_its_loop_at_the_end) {
  _base::Ref<EventLoop> loop;
  {
    Runner runner;
    loop = _base::Ref<EventLoop>(&runner.get_loop());
  }
  EXPECT_TRUE(loop->is_closed());
}

}  // namespace
}  // namespace krait::asyncio
