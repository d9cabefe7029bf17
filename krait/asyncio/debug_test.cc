// Debug mode: slow callbacks, what was never awaited or closed, and deadlocks.

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <regex>
#include <thread>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"

namespace krait::asyncio {
namespace {

// Debug mode turns the development mode on for the whole program: that ends with this one, too.
class DebugLoop {
 public:
  DebugLoop() : loop_(new_event_loop()) {
    loop_->set_debug(true);
    loop_->set_exception_handler(
        [this](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
  }
  ~DebugLoop() {
    loop_->close();
    _development_mode = before_;
  }
  EventLoop* operator->() const { return loop_.get(); }
  Trace reports;

 private:
  bool before_ = _development_mode;
  _base::Ref<EventLoop> loop_;
};

std::string place(unsigned line) { return "debug_test.cc:" + std::to_string(line); }
bool holds(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }
bool alone() {
  const std::filesystem::directory_iterator threads("/proc/self/task");
  return std::distance(begin(threads), end(threads)) == 1;
}

TEST(DebugMode, is_off_unless_asked_for) {
  VirtualClock clock;
  auto loop = new_event_loop();
  EXPECT_EQ(loop->get_debug(), _development_mode);
  DebugLoop other;
  EXPECT_TRUE(other->get_debug());
  other->set_debug(false);
  EXPECT_FALSE(other->get_debug());
  loop->close();
}

TEST(DebugMode, may_be_asked_of_run) {
  VirtualClock clock;
  const bool before = _development_mode;
  auto asks = []() -> Coroutine<bool> { co_return get_running_loop().get_debug(); };
  EXPECT_TRUE(run(asks(), {.debug = true}));
  _development_mode = before;
  EXPECT_FALSE(run(asks(), {.debug = false}));
}

// B3.30
TEST(SlowCallback, of_a_task_is_reported_with_the_awaits_that_it_stood_at) {
  DebugLoop loop;
  loop->slow_callback_duration = 0ns;
  unsigned awaits = 0;
  auto inner = [&]() -> Coroutine<> {
    awaits = __LINE__ + 1;
    co_await sleep(0);
  };
  auto outer = [&]() -> Coroutine<> { co_await inner(); };
  auto task = loop->create_task(outer(), "busy");
  loop->run_until_complete(task);
  ASSERT_GE(loop.reports.size(), 2U);
  EXPECT_TRUE(std::regex_search(loop.reports[0], std::regex("^Executing <Task pending name='busy'> took \\d+\\.\\d{3} "
                                                            "seconds, going on from \\(most recent call last\\):\n")))
      << loop.reports[0];
  EXPECT_TRUE(holds(loop.reports[1], "Executing <Task finished name='busy'> took ")) << loop.reports[1];
  EXPECT_TRUE(holds(loop.reports[1], "debug_test.cc\", line " + std::to_string(awaits) + ", in ")) << loop.reports[1];
}

// B3.30
TEST(SlowCallback, that_is_no_task_is_reported_too) {
  DebugLoop loop;
  loop->slow_callback_duration = 0ns;
  loop->call_soon([&] { loop->stop(); });
  loop->run_forever();
  ASSERT_EQ(loop.reports.size(), 1U);
  EXPECT_TRUE(std::regex_match(loop.reports[0], std::regex("Executing a callback took \\d+\\.\\d{3} seconds")))
      << loop.reports[0];
}

// B3.30
TEST(SlowCallback, one_in_time_is_not_reported) {
  DebugLoop loop;
  EXPECT_EQ(loop->slow_callback_duration, 100ms);
  loop->slow_callback_duration = 1h;
  loop->run_until_complete(sleep(0));
  EXPECT_EQ(loop.reports, Trace());
}

TEST(SlowCallback, outside_of_debug_mode_nothing_is_reported) {
  DebugLoop loop;
  loop->set_debug(false);
  loop->slow_callback_duration = 0ns;
  loop->run_until_complete(sleep(0));
  EXPECT_EQ(loop.reports, Trace());
}

TEST(SlowCallback, under_virtual_time_nothing_is_slow) {
  VirtualClock clock;
  DebugLoop loop;
  loop->slow_callback_duration = 0ns;
  loop->run_until_complete(sleep(1h));
  EXPECT_EQ(loop.reports, Trace());
}

// A callback that ends its own task, or the loop, is reported after the fact.
TEST(SlowCallback, of_a_task_that_frees_itself_is_reported) {
  DebugLoop loop;
  loop->slow_callback_duration = 0ns;
  auto body = [&]() -> Coroutine<> {
    loop->stop();
    co_return;
  };
  loop->create_task(body(), "brief");
  loop->run_forever();
  ASSERT_EQ(loop.reports.size(), 1U);
  EXPECT_TRUE(holds(loop.reports[0], "Executing <Task finished name='brief'> took "));
}

std::vector<std::string>& never_awaited() {
  static std::vector<std::string> all;
  return all;
}

// B3.30
TEST(NeverAwaited, a_coroutine_dropped_in_a_task_is_reported_with_where_it_was_made) {
  VirtualClock clock;
  DebugLoop loop;
  never_awaited().clear();
  _never_awaited_hook = [](const std::string& message) noexcept { never_awaited().push_back(message); };
  unsigned made = 0;
  auto main = [&made]() -> Coroutine<> {
    Event event;
    made = __LINE__ + 1;
    (void)event.wait();
    co_await sleep(0);
  };
  loop->run_until_complete(main());
  _never_awaited_hook = nullptr;
  ASSERT_EQ(never_awaited().size(), 1U);
  EXPECT_TRUE(holds(never_awaited()[0], "Event::wait()' was never awaited")) << never_awaited()[0];
  EXPECT_TRUE(holds(never_awaited()[0], "debug_test.cc\", line " + std::to_string(made))) << never_awaited()[0];
}

// B3.30
TEST(NeverAwaited, a_task_cancelled_before_its_first_step_is_not_reported) {
  VirtualClock clock;
  DebugLoop loop;
  never_awaited().clear();
  _never_awaited_hook = [](const std::string& message) noexcept { never_awaited().push_back(message); };
  auto main = []() -> Coroutine<> {
    Event event;
    auto task = create_task(event.wait());
    task.cancel();
    EXPECT_EQ(co_await awaited_failure(task), "CancelledError()");
  };
  loop->run_until_complete(main());
  _never_awaited_hook = nullptr;
  EXPECT_EQ(never_awaited(), Trace());
}

TEST(NeverAwaited, what_a_task_group_refuses_is_not_reported) {
  VirtualClock clock;
  DebugLoop loop;
  never_awaited().clear();
  _never_awaited_hook = [](const std::string& message) noexcept { never_awaited().push_back(message); };
  auto main = []() -> Coroutine<> {
    Event event;
    TaskGroup group;
    EXPECT_EQ(failure([&] { group.create_task(event.wait()); }),
              "RuntimeError('TaskGroup <TaskGroup> has not been entered')");
    co_return;
  };
  loop->run_until_complete(main());
  _never_awaited_hook = nullptr;
  EXPECT_EQ(never_awaited(), Trace());
}

// B3.30
TEST(UnclosedLoop, is_reported_in_debug_mode) {
  const bool before = _development_mode;
  Trace reports;
  {
    auto loop = new_event_loop();
    loop->set_debug(true);
    loop->set_exception_handler(
        [&](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
  }
  EXPECT_EQ(reports, Trace{"unclosed event loop"});
  {
    auto loop = new_event_loop();
    loop->set_debug(false);
    loop->set_exception_handler(
        [&](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
  }
  EXPECT_EQ(reports.size(), 1U);
  _development_mode = before;
}

// What a deadlock of `main` says.
template <class F>
std::string deadlock(F main) {
  VirtualClock clock;
  try {
    run(main());
  } catch (const DeadlockError& error) {
    return error.what();
  }
  return "nothing";
}

TEST(Deadlock, names_who_waits_for_which_future_and_where) {
  unsigned waits = 0;
  const std::string text = deadlock([&waits]() -> Coroutine<> {
    current_task().set_name("main");
    auto future = get_running_loop().create_future<int>("order");
    waits = __LINE__ + 1;
    co_await future;
  });
  EXPECT_TRUE(
      text.starts_with("deadlock: every task waits, no timer is set and no I/O is awaited\n"
                       "  main waits on Future 'order', which nobody can set, at "))
      << text;
  EXPECT_TRUE(text.ends_with(place(waits))) << text;
}

TEST(Deadlock, names_every_task_and_its_place_in_the_user_s_file) {
  unsigned gets = 0, locks = 0, awaits = 0;
  const std::string text = deadlock([&]() -> Coroutine<> {
    current_task().set_name("main");
    Queue<int> queue;
    Lock lock;
    co_await lock.acquire();
    auto reader = create_task(
        [](Queue<int>& from, unsigned& line) -> Coroutine<> {
          line = __LINE__ + 1;
          co_await from.get();
        }(queue, gets),
        "reader");
    create_task(
        [](Lock& wanted, unsigned& line) -> Coroutine<> {
          line = __LINE__ + 1;
          co_await wanted.acquire();
        }(lock, locks),
        "locker");
    awaits = __LINE__ + 1;
    co_await reader;
  });
  EXPECT_TRUE(std::regex_search(text, std::regex("\n  main waits on Task 'reader', at .*" + place(awaits) + "\n")))
      << text;
  EXPECT_TRUE(std::regex_search(text, std::regex("\n  reader waits on Queue.get, at .*" + place(gets) + "\n"))) << text;
  EXPECT_TRUE(std::regex_search(text, std::regex("\n  locker waits on Lock.acquire, at .*" + place(locks) + "$")))
      << text;
}

TEST(Deadlock, of_very_many_tasks_lists_some) {
  const std::string text = deadlock([]() -> Coroutine<> {
    for (int i = 0; i < 1000; ++i) create_task([]() -> Coroutine<> { co_await Future<>(get_running_loop()); });
    co_await Future<>(get_running_loop());
  });
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 21);
  EXPECT_TRUE(text.ends_with("\n  and more")) << text;
}

TEST(Deadlock, of_a_gather_does_not_say_that_nobody_can_set_it) {
  const std::string text = deadlock([]() -> Coroutine<> {
    current_task().set_name("main");
    auto waits = [](Future<> future) -> Coroutine<> { co_await future; };
    co_await gather(waits(Future<>(get_running_loop(), "x")), waits(Future<>(get_running_loop())));
  });
  EXPECT_TRUE(holds(text, "\n  main waits on gather, at ")) << text;
  EXPECT_TRUE(holds(text, " waits on Future 'x', which nobody can set, at ")) << text;
}

// In real time, debug mode sees it, too, where no other thread could still help.
TEST(Deadlock, in_real_time_comes_out_in_debug_mode) {
  if (!alone()) GTEST_SKIP() << "this program has another thread";
  DebugLoop loop;
  unsigned waits = 0;
  auto main = [&waits]() -> Coroutine<> {
    auto future = get_running_loop().create_future<int>("order");
    co_await sleep(0);
    waits = __LINE__ + 1;
    co_await future;
  };
  auto task = loop->create_task(main(), "main");
  std::string text;
  try {
    loop->run_until_complete(task);
  } catch (const DeadlockError& error) {
    text = error.what();
  }
  EXPECT_TRUE(holds(text, "\n  main waits on Future 'order', which nobody can set, at ")) << text;
  EXPECT_TRUE(text.ends_with(place(waits))) << text;
}

TEST(Deadlock, in_real_time_comes_out_of_run_in_debug_mode) {
  if (!alone()) GTEST_SKIP() << "this program has another thread";
  const bool before = _development_mode;
  std::string text;
  try {
    run([]() -> Coroutine<> { co_await Event().wait(); }(), {.debug = true});
  } catch (const DeadlockError& error) {
    text = error.what();
  }
  _development_mode = before;
  EXPECT_TRUE(holds(text, " waits on Event.wait, at ")) << text;
}

TEST(Deadlock, in_real_time_with_another_thread_is_reported_once_and_waited_out) {
  DebugLoop loop;
  auto first = loop->create_future<int>("first"), second = loop->create_future<int>("second");
  std::atomic<int> stage = 0;
  auto enter = [&stage](int next) {
    stage = next;
    stage.notify_one();
  };
  std::thread other([&] {
    stage.wait(0);
    loop->call_soon_threadsafe([&first] { first.set_result(7); });
    stage.wait(1);
    loop->call_soon_threadsafe([&second] { second.set_result(8); });
  });
  loop->set_exception_handler([&](EventLoop&, const ExceptionContext& context) {
    loop.reports.push_back(context.message);
    enter(1);
  });
  auto main = [&]() -> Coroutine<int> {
    const int sum = co_await first;
    get_running_loop().call_soon([&] { enter(2); });
    co_return sum + co_await second;
  };
  auto task = loop->create_task(main(), "main");
  EXPECT_EQ(loop->run_until_complete(task), 15);
  other.join();
  ASSERT_EQ(loop.reports.size(), 1U);
  EXPECT_TRUE(
      loop.reports[0].starts_with("every task waits: only another thread can wake the loop\n"
                                  "  main waits on Future 'first', which nobody can set, at "))
      << loop.reports[0];
}

TEST(Deadlock, a_signal_handler_may_still_end_it) {
  DebugLoop loop;
  auto future = loop->create_future<int>();
  loop->add_signal_handler(SIGUSR1, [future] { future.set_result(7); });
  loop->call_soon([] { ::raise(SIGUSR1); });
  auto main = [](Future<int> awaited) -> Coroutine<int> { co_return co_await awaited; };
  EXPECT_EQ(loop->run_until_complete(main(future)), 7);
  loop->remove_signal_handler(SIGUSR1);
  EXPECT_EQ(loop.reports, Trace());
}

}  // namespace
}  // namespace krait::asyncio
