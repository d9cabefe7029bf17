#include "krait/asyncio/events.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include <chrono>
#include <csignal>
#include <limits>
#include <thread>

#include "krait/asyncio/_run_virtually_test.h"
#include "krait/asyncio/runners.h"

namespace krait::asyncio {
namespace {

// What `function` throws, as repr() prints it.
// Collects what a loop reports.
struct Reports {
  explicit Reports(EventLoop& loop) {
    loop.set_exception_handler([this](EventLoop&, const ExceptionContext& context) {
      all.push_back(context.message + ": " + repr(context.exception));
    });
  }
  Trace all;
};

// Python: asyncio.new_event_loop(), closed at the end of the test.
struct Loop {
  _base::Ref<EventLoop> loop = new_event_loop();
  ~Loop() { loop->close(); }
  EventLoop* operator->() const { return loop.get(); }
  EventLoop& operator*() const { return *loop; }
};

// B1.1
TEST(CallSoon, is_first_in_first_out) {
  Loop loop;
  Trace trace;
  for (const char* name : {"a", "b", "c"}) loop->call_soon([&trace, name] { trace.emplace_back(name); });
  loop->stop();
  loop->run_forever();
  EXPECT_EQ(trace, (Trace{"a", "b", "c"}));
}

// B1.1
TEST(CallSoon, what_a_callback_adds_waits_for_the_next_turn) {
  Loop loop;
  Trace trace;
  loop->call_soon([&] {
    trace.emplace_back("first");
    loop->call_soon([&] { trace.emplace_back("added"); });
  });
  loop->call_soon([&] {
    trace.emplace_back("second");
    loop->stop();
  });
  loop->run_forever();
  EXPECT_EQ(trace, (Trace{"first", "second"}));
  loop->stop();
  loop->run_forever();
  EXPECT_EQ(trace, (Trace{"first", "second", "added"}));
}

TEST(CallSoon, a_cancelled_callback_is_not_called_and_lets_its_captures_go) {
  Loop loop;
  auto held = std::make_shared<int>(0);
  Handle handle = loop->call_soon([held] { ++*held; });
  EXPECT_FALSE(handle.cancelled());
  handle.cancel();
  EXPECT_TRUE(handle.cancelled());
  EXPECT_EQ(held.use_count(), 1);
  loop->stop();
  loop->run_forever();
  EXPECT_EQ(*held, 0);
}

TEST(CallSoon, a_handle_may_be_dropped_or_cancelled_too_late) {
  Loop loop;
  int calls = 0;
  Handle handle = loop->call_soon([&calls] { ++calls; });
  (void)loop->call_soon([&calls] { ++calls; });
  loop->stop();
  loop->run_forever();
  handle.cancel();
  Handle().cancel();
  EXPECT_EQ(calls, 2);
}

TEST(CallSoon, a_callback_may_drop_its_own_handle) {
  Loop loop;
  Handle handle;
  int calls = 0;
  handle = loop->call_soon([&] {
    handle = Handle();
    ++calls;
  });
  loop->stop();
  loop->run_forever();
  EXPECT_EQ(calls, 1);
}

TEST(CallSoon, an_exception_is_reported_and_the_loop_goes_on) {
  Loop loop;
  Reports reports(*loop);
  int calls = 0;
  loop->call_soon([] { throw ValueError("boom"); });
  loop->call_soon([] { throw CancelledError(); });
  loop->call_soon([&calls] { ++calls; });
  loop->stop();
  loop->run_forever();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(reports.all,
            (Trace{"Exception in callback: ValueError('boom')", "Exception in callback: CancelledError()"}));
}

template <class E>
void leaves_the_loop_which_goes_on_later() {
  Loop loop;
  Trace trace;
  loop->call_soon([] { throw E(); });
  loop->call_soon([&trace] { trace.emplace_back("rest of the turn"); });
  loop->call_later(0s, [&trace] { trace.emplace_back("timer"); });
  EXPECT_THROW(loop->run_forever(), E);
  EXPECT_FALSE(loop->is_running());
  EXPECT_EQ(_get_running_loop(), nullptr);
  EXPECT_TRUE(trace.empty());
  loop->stop();
  loop->run_forever();
  EXPECT_EQ(trace, (Trace{"rest of the turn", "timer"}));
}

TEST(CallSoon, a_keyboard_interrupt_leaves_the_loop_which_goes_on_later) {
  leaves_the_loop_which_goes_on_later<KeyboardInterrupt>();
}
TEST(CallSoon, a_system_exit_leaves_the_loop_which_goes_on_later) { leaves_the_loop_which_goes_on_later<SystemExit>(); }

// B1.3
TEST(CallLater, timers_fire_in_the_order_of_their_deadlines) {
  VirtualClock clock;
  Loop loop;
  Trace trace;
  auto log = [&](const char* name) {
    return [&trace, &clock, name] { trace.push_back(std::to_string(clock.elapsed() / 1ms) + " " + name); };
  };
  loop->call_later(30ms, log("c"));
  loop->call_later(10ms, log("a"));
  loop->call_later(20ms, log("b"));
  loop->call_later(40ms, [&] { loop->stop(); });
  loop->run_forever();
  EXPECT_EQ(trace, (Trace{"10 a", "20 b", "30 c"}));
}

// B1.3
TEST(CallLater, equal_deadlines_fire_in_the_order_they_were_set) {
  VirtualClock clock;
  Loop loop;
  std::vector<int> order, expected;
  for (int i = 0; i < 50; ++i) {
    loop->call_later(1s, [&order, i] { order.push_back(i); });
    expected.push_back(i);
  }
  loop->call_later(1s, [&] { loop->stop(); });
  loop->run_forever();
  EXPECT_EQ(order, expected);
}

// B1.2: due timers are queued behind what is ready already.
TEST(CallLater, due_timers_run_behind_what_is_ready_in_the_same_turn) {
  VirtualClock clock;
  Loop loop;
  Trace trace;
  loop->call_later(0s, [&] { trace.emplace_back("later 0"); });
  loop->call_at(-1s, [&] { trace.emplace_back("past"); });
  loop->call_soon([&] { trace.emplace_back("soon"); });
  loop->stop();
  loop->run_forever();
  EXPECT_EQ(trace, (Trace{"soon", "past", "later 0"}));
}

TEST(CallLater, a_cancelled_timer_does_not_fire_and_is_not_waited_for) {
  VirtualClock clock;
  Loop loop;
  int calls = 0;
  TimerHandle handle = loop->call_later(1h, [&calls] { ++calls; });
  loop->call_later(1s, [&] { loop->stop(); });
  handle.cancel();
  loop->run_forever();
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(clock.elapsed(), 1s);
}

TEST(CallLater, a_timer_cancelled_in_the_turn_it_is_due_does_not_fire) {
  VirtualClock clock;
  Loop loop;
  int calls = 0;
  TimerHandle second;
  loop->call_later(1s, [&] { second.cancel(); });
  second = loop->call_later(1s, [&calls] { ++calls; });
  loop->call_later(1s, [&] { loop->stop(); });
  loop->run_forever();
  EXPECT_EQ(calls, 0);
}

TEST(CallLater, knows_its_deadline) {
  VirtualClock clock;
  clock.advance(5s);
  Loop loop;
  EXPECT_EQ(loop->time(), 5s);
  EXPECT_EQ(loop->call_later(2s, [] {}).when(), 7s);
  EXPECT_EQ(loop->call_at(9s, [] {}).when(), 9s);
}

TEST(CallLater, a_delay_beyond_all_time_never_comes) {
  VirtualClock clock;
  clock.advance(1s);
  Loop loop;
  bool fired = false;
  loop->call_later(std::chrono::nanoseconds::max(), [&fired] { fired = true; });
  loop->call_later(1h, [&] { loop->stop(); });
  loop->run_forever();
  EXPECT_FALSE(fired);
}

TEST(CallLater, in_real_time_never_fires_early) {
  Loop loop;
  std::chrono::nanoseconds fired{}, due = loop->time() + 2ms;
  loop->call_at(due, [&] {
    fired = loop->time();
    loop->stop();
  });
  loop->run_forever();
  EXPECT_GE(fired, due);
}

TEST(Stop, ends_the_loop_after_the_current_turn) {
  Loop loop;
  Trace trace;
  loop->call_soon([&] {
    loop->stop();
    loop->call_soon([&] { trace.emplace_back("next turn"); });
  });
  loop->call_soon([&] { trace.emplace_back("this turn"); });
  loop->run_forever();
  EXPECT_EQ(trace, Trace{"this turn"});
}

TEST(Stop, said_before_the_start_allows_one_turn_that_does_not_wait) {
  Loop loop;
  loop->call_later(1h, [] {});
  loop->stop();
  loop->run_forever();
  EXPECT_FALSE(loop->is_running());
}

// B1.6
TEST(EventLoop, cannot_run_within_itself) {
  Loop loop;
  std::string said;
  loop->call_soon([&] {
    EXPECT_TRUE(loop->is_running());
    said = failure([&] { loop->run_forever(); });
    loop->stop();
  });
  loop->run_forever();
  EXPECT_EQ(said, "RuntimeError('This event loop is already running')");
}

// B1.6
TEST(EventLoop, cannot_run_within_another) {
  Loop loop, other;
  std::string said;
  loop->call_soon([&] {
    said = failure([&] { other->run_forever(); });
    loop->stop();
  });
  loop->run_forever();
  EXPECT_EQ(said, "RuntimeError('Cannot run the event loop while another loop is running')");
}

TEST(EventLoop, a_closed_one_refuses_everything) {
  Loop loop;
  loop->close();
  const std::string closed = "RuntimeError('Event loop is closed')";
  EXPECT_TRUE(loop->is_closed());
  EXPECT_EQ(failure([&] { loop->call_soon([] {}); }), closed);
  EXPECT_EQ(failure([&] { loop->call_later(1s, [] {}); }), closed);
  EXPECT_EQ(failure([&] { loop->call_at(1s, [] {}); }), closed);
  EXPECT_EQ(failure([&] { loop->call_soon_threadsafe([] {}); }), closed);
  EXPECT_EQ(failure([&] { loop->run_forever(); }), closed);
  loop->close();
}

TEST(EventLoop, cannot_be_closed_while_it_runs) {
  Loop loop;
  std::string said;
  loop->call_soon([&] {
    said = failure([&] { loop->close(); });
    loop->stop();
  });
  loop->run_forever();
  EXPECT_EQ(said, "RuntimeError('Cannot close a running event loop')");
}

TEST(EventLoop, closing_drops_callbacks_and_timers_with_their_captures) {
  auto held = std::make_shared<int>(0);
  _base::Ref<EventLoop> loop = new_event_loop();
  loop->call_soon([held] { ++*held; });
  Handle kept = loop->call_soon([held] { ++*held; });
  loop->call_later(1h, [held] { ++*held; });
  TimerHandle kept_timer = loop->call_later(1h, [held] { ++*held; });
  loop->call_soon_threadsafe([held] { ++*held; });
  loop->close();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(*held, 0);
  kept.cancel();
  kept_timer.cancel();
}

// A captured object that schedules more when it dies, as the loop closes.
struct SchedulesAtItsEnd {
  EventLoop* loop;
  explicit SchedulesAtItsEnd(EventLoop* l) : loop(l) {}
  SchedulesAtItsEnd(SchedulesAtItsEnd&& other) noexcept : loop(std::exchange(other.loop, nullptr)) {}
  ~SchedulesAtItsEnd() {
    if (!loop || loop->is_closed()) return;
    loop->call_soon([] { FAIL(); });
    loop->call_later(1s, [] { FAIL(); });
  }
};
TEST(EventLoop, closing_frees_what_is_scheduled_by_what_it_drops) {
  _base::Ref<EventLoop> loop = new_event_loop();
  loop->call_soon([last = SchedulesAtItsEnd(loop.get())] {});
  loop->call_later(1s, [last = SchedulesAtItsEnd(loop.get())] {});
  loop->call_soon_threadsafe([last = SchedulesAtItsEnd(loop.get())] {});
  loop->close();
  EXPECT_TRUE(loop->is_closed());
}

TEST(EventLoop, an_object_is_not_moved_out_of_a_callback_that_is_yet_to_run) {
  Loop loop;
  std::string text;
  loop->call_soon([&text, payload = std::string(100, 'x')] { text = payload; });
  loop->stop();
  loop->run_forever();
  EXPECT_EQ(text, std::string(100, 'x'));
}

// B1.5
TEST(CallSoonThreadsafe, wakes_a_loop_that_waits) {
  for (int round = 0; round < 20; ++round) {
    Loop loop;
    std::thread::id ran_in;
    std::thread other([&] {
      loop->call_soon_threadsafe([&] {
        ran_in = std::this_thread::get_id();
        loop->stop();
      });
    });
    loop->run_forever();
    other.join();
    EXPECT_EQ(ran_in, std::this_thread::get_id());
  }
}

// B1.5
TEST(CallSoonThreadsafe, keeps_each_thread_s_order_and_loses_nothing) {
  constexpr int kThreads = 4, kCalls = 2000;
  Loop loop;
  std::vector<int> next(kThreads, 0);
  int left = kThreads * kCalls;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kCalls; ++i) {
        loop->call_soon_threadsafe([&, t, i] {
          EXPECT_EQ(next[t]++, i);
          if (--left == 0) loop->stop();
        });
      }
    });
  }
  loop->run_forever();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(next, std::vector<int>(kThreads, kCalls));
}

TEST(CallSoonThreadsafe, may_come_before_the_loop_runs) {
  Loop loop;
  loop->call_soon_threadsafe([&] { loop->stop(); });
  loop->run_forever();
}

TEST(CallSoonThreadsafe, told_too_late_gets_an_error_not_a_crash) {
  for (int round = 0; round < 20; ++round) {
    _base::Ref<EventLoop> loop = new_event_loop();
    loop->call_soon([&] { loop->stop(); });
    EventLoop* raw = loop.get();
    std::string said;
    std::thread other([&said, raw] {
      said = failure([raw] {
        for (;;) raw->call_soon_threadsafe([] {});
      });
    });
    loop->run_forever();
    loop->close();
    other.join();
    EXPECT_EQ(said, "RuntimeError('Event loop is closed')");
  }
}

TEST(CallSoonThreadsafe, is_waited_for_in_virtual_time_when_a_thread_is_expected) {
  VirtualClock clock;
  Loop loop;
  loop->_expect_thread(+1);
  std::thread other([&] {
    loop->call_soon_threadsafe([&] {
      loop->_expect_thread(-1);
      loop->stop();
    });
  });
  loop->run_forever();
  other.join();
  EXPECT_EQ(clock.elapsed(), 0s);
}

TEST(ExceptionHandler, that_throws_is_reported_by_the_default_one) {
  Loop loop;
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) { throw ValueError("handler"); });
  ::testing::internal::CaptureStderr();
  loop->call_exception_handler({"outer", nullptr, {}});
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(text.starts_with("Unhandled error in exception handler\nsource: outer\nTraceback")) << text;
  EXPECT_TRUE(text.ends_with("\nValueError: handler\n")) << text;
}

TEST(ExceptionHandler, the_default_one_writes_to_stderr) {
  Loop loop;
  ::testing::internal::CaptureStderr();
  loop->call_exception_handler(
      {"Exception in callback", std::make_exception_ptr(std::runtime_error("boom")), "<Handle>"});
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "Exception in callback\nsource: <Handle>\nruntime_error: boom\n");
}

TEST(ExceptionHandler, an_empty_one_means_the_default) {
  Loop loop;
  Reports reports(*loop);
  loop->set_exception_handler(nullptr);
  ::testing::internal::CaptureStderr();
  loop->call_exception_handler({"message", nullptr, {}});
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "message\n");
  EXPECT_TRUE(reports.all.empty());
}

TEST(ExceptionHandler, may_replace_itself) {
  Loop loop;
  int calls = 0;
  loop->set_exception_handler([&calls, payload = std::string(100, 'x')](EventLoop& l, const ExceptionContext& c) {
    l.set_exception_handler([&calls](EventLoop&, const ExceptionContext&) { calls += 10; });
    EXPECT_EQ(payload, std::string(100, 'x'));
    EXPECT_EQ(c.message, "first");
    ++calls;
  });
  loop->call_exception_handler({"first", nullptr, {}});
  loop->call_exception_handler({"second", nullptr, {}});
  EXPECT_EQ(calls, 11);
}

// B3.27
TEST(SignalHandler, runs_in_the_loop) {
  Loop loop;
  EventLoop* ran_in = nullptr;
  loop->add_signal_handler(SIGUSR1, [&] {
    ran_in = &get_running_loop();
    loop->stop();
  });
  ::raise(SIGUSR1);
  EXPECT_EQ(ran_in, nullptr);
  loop->run_forever();
  EXPECT_EQ(ran_in, &*loop);
  EXPECT_TRUE(loop->remove_signal_handler(SIGUSR1));
  EXPECT_FALSE(loop->remove_signal_handler(SIGUSR1));
}

// B3.27
TEST(SignalHandler, once_removed_the_default_is_back) {
  Loop loop;
  struct sigaction action;
  loop->add_signal_handler(SIGUSR1, [] {});
  ASSERT_EQ(::sigaction(SIGUSR1, nullptr, &action), 0);
  EXPECT_NE(action.sa_handler, SIG_DFL);
  loop->remove_signal_handler(SIGUSR1);
  ASSERT_EQ(::sigaction(SIGUSR1, nullptr, &action), 0);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

TEST(SignalHandler, a_new_one_replaces_the_former) {
  Loop loop;
  Trace trace;
  loop->add_signal_handler(SIGUSR1, [&] { trace.emplace_back("first"); });
  loop->add_signal_handler(SIGUSR1, [&] {
    trace.emplace_back("second");
    loop->stop();
  });
  ::raise(SIGUSR1);
  loop->run_forever();
  EXPECT_EQ(trace, Trace{"second"});
}

TEST(SignalHandler, an_exception_is_reported_and_the_loop_goes_on) {
  Loop loop;
  Reports reports(*loop);
  loop->add_signal_handler(SIGUSR1, [&] {
    loop->stop();
    throw ValueError("boom");
  });
  ::raise(SIGUSR1);
  loop->run_forever();
  EXPECT_EQ(reports.all, Trace{"Exception in callback: ValueError('boom')"});
}

TEST(SignalHandler, refuses_what_cannot_be_caught) {
  Loop loop;
  EXPECT_EQ(failure([&] { loop->add_signal_handler(0, [] {}); }), "ValueError('invalid signal number 0')");
  EXPECT_EQ(failure([&] { loop->add_signal_handler(1000, [] {}); }), "ValueError('invalid signal number 1000')");
  EXPECT_EQ(failure([&] { loop->add_signal_handler(32, [] {}); }), "ValueError('invalid signal number 32')");
  EXPECT_EQ(failure([&] { loop->remove_signal_handler(1000); }), "ValueError('invalid signal number 1000')");
  EXPECT_EQ(failure([&] { loop->add_signal_handler(SIGKILL, [] {}); }), "RuntimeError('sig 9 cannot be caught')");
  EXPECT_EQ(failure([&] { loop->add_signal_handler(SIGSTOP, [] {}); }), "RuntimeError('sig 19 cannot be caught')");
}

// B3.27
TEST(SignalHandler, only_the_main_thread_may_add_one) {
  Loop loop;
  std::string said;
  std::thread([&] { said = failure([&] { loop->add_signal_handler(SIGUSR1, [] {}); }); }).join();
  EXPECT_EQ(said, "RuntimeError('set_wakeup_fd only works in main thread of the main interpreter')");
}

// B3.27
TEST(SignalHandler, removing_it_restores_the_default) {
  Loop loop;
  loop->add_signal_handler(SIGUSR1, [] {});
  struct sigaction action;
  ::sigaction(SIGUSR1, nullptr, &action);
  EXPECT_NE(action.sa_handler, SIG_DFL);
  EXPECT_TRUE(loop->remove_signal_handler(SIGUSR1));
  ::sigaction(SIGUSR1, nullptr, &action);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

// B3.27: it comes through the ready queue like any other callback, and so behind what is ready.
TEST(SignalHandler, waits_its_turn_and_does_nothing_when_it_is_removed_before) {
  Loop loop;
  Trace trace;
  for (int number : {SIGUSR1, SIGUSR2})
    loop->add_signal_handler(number, [&, number] {
      trace.push_back(number == SIGUSR1 ? "first" : "second");
      loop->remove_signal_handler(number == SIGUSR1 ? SIGUSR2 : SIGUSR1);
      loop->call_soon([&] { loop->stop(); });
    });
  ::raise(SIGUSR1);
  ::raise(SIGUSR2);
  loop->run_forever();
  EXPECT_EQ(trace.size(), 1U);
}

TEST(GetRunningLoop, there_is_none_outside) {
  EXPECT_EQ(failure([] { get_running_loop(); }), "RuntimeError('no running event loop')");
  EXPECT_EQ(_get_running_loop(), nullptr);
}

TEST(GetEventLoop, gives_none_unless_one_runs_or_was_set) {
  const std::string none = "RuntimeError(\"There is no current event loop in thread 'MainThread'.\")";
  EXPECT_EQ(failure([] { get_event_loop(); }), none);
  {
    Loop set, running;
    set_event_loop(&*set);
    EXPECT_EQ(&get_event_loop(), &*set);
    running->call_soon([&] {
      EXPECT_EQ(&get_event_loop(), &*running);
      running->stop();
    });
    running->run_forever();
    std::thread([&] { EXPECT_NE(failure([] { get_event_loop(); }), "nothing"); }).join();
    set_event_loop(nullptr);
    EXPECT_EQ(failure([] { get_event_loop(); }), none);
    set_event_loop(&*set);
  }
  EXPECT_EQ(failure([] { get_event_loop(); }), none) << "a loop that died is still there";
}

// The notes' loop.run_forever() with a callback that stops it, more than once.
TEST(Stop, may_come_from_a_callback_again_and_again) {
  Loop loop;
  Trace trace;
  for (int round = 1; round <= 3; ++round) {
    loop->call_soon([&, round] {
      trace.push_back("round " + std::to_string(round));
      loop->stop();
    });
    loop->run_forever();
    EXPECT_FALSE(loop->is_running());
  }
  EXPECT_EQ(trace, (Trace{"round 1", "round 2", "round 3"}));
}

TEST(GetRunningLoop, each_thread_has_its_own) {
  Loop loop;
  EventLoop* here = nullptr;
  EventLoop* there = &*loop;
  loop->call_soon([&] {
    here = &get_running_loop();
    std::thread([&there] { there = _get_running_loop(); }).join();
    loop->stop();
  });
  loop->run_forever();
  EXPECT_EQ(here, &*loop);
  EXPECT_EQ(there, nullptr);
}

}  // namespace
}  // namespace krait::asyncio
