#include "krait/multiprocessing/process.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <latch>
#include <thread>

#include "krait/multiprocessing/synchronize.h"

namespace krait::multiprocessing {
namespace {

using namespace std::chrono_literals;

template <class F>
std::string failure(F function) {
  try {
    function();
  } catch (...) {
    return krait::repr(std::current_exception());
  }
  return "nothing";
}

void wait_for_a_signal() {
  for (;;) ::pause();
}

// The exit code of a child that calls `target`.
template <class F>
std::optional<int> exitcode_of(F target) {
  Process child(std::move(target));
  child.start();
  child.join(60s);
  return child.exitcode();
}

// B9.7
TEST(Process, its_exit_code_tells_how_it_ended) {
  EXPECT_EQ(exitcode_of([] {}), 0);
  EXPECT_EQ(exitcode_of([] { throw SystemExit(3); }), 3);
  EXPECT_EQ(exitcode_of([] { ::raise(SIGKILL); }), -SIGKILL);
  EXPECT_EQ(exitcode_of([] { ::raise(SIGTERM); }), -SIGTERM);
}

TEST(Process, an_exception_is_printed_and_ends_it_with_1) {
  testing::internal::CaptureStderr();
  Process child({.name = "cook"}, [] { throw ValueError("boom"); });
  child.start();
  child.join(60s);
  EXPECT_EQ(child.exitcode(), 1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "Process cook:\nValueError: boom\n");
}

TEST(Process, is_a_copy_whose_changes_are_not_seen_here) {
  Event seen;
  int number = 1;
  Process child(
      [&number, seen](int given) mutable {
        if (number == 1 && given == 2) seen.set();
        number = 7;
      },
      2);
  child.start();
  child.join(60s);
  EXPECT_TRUE(seen.is_set());
  EXPECT_EQ(number, 1);
}

TEST(Process, has_a_life) {
  Event go_on;
  Process child([go_on]() mutable { go_on.wait(); });
  EXPECT_FALSE(child.is_alive());
  EXPECT_EQ(child.exitcode(), std::nullopt);
  EXPECT_EQ(child.pid(), std::nullopt);
  EXPECT_EQ(failure([&] { child.join(); }), "AssertionError('can only join a started process')");
  EXPECT_EQ(failure([&] { (void)child.sentinel(); }), "ValueError('process not started')");
  child.start();
  EXPECT_TRUE(child.is_alive());
  EXPECT_GT(child.pid(), 0);
  EXPECT_EQ(active_children().size(), 1U);
  child.join(0s);
  EXPECT_EQ(child.exitcode(), std::nullopt);
  EXPECT_EQ(failure([&] { child.start(); }), "AssertionError('cannot start a process twice')");
  EXPECT_EQ(
      failure([&] { child.close(); }),
      "ValueError('Cannot close a process while it is still running. You should first call join() or terminate().')");
  pollfd ended{child.sentinel(), POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 0), 0);
  go_on.set();
  EXPECT_EQ(::poll(&ended, 1, 60'000), 1);
  child.join(60s);
  EXPECT_FALSE(child.is_alive());
  EXPECT_EQ(child.exitcode(), 0);
  EXPECT_TRUE(active_children().empty());
  child.close();
  EXPECT_EQ(failure([&] { child.is_alive(); }), "ValueError('process object is closed')");
}

TEST(Process, may_be_terminated_and_killed) {
  Process one(wait_for_a_signal), two(wait_for_a_signal);
  one.start();
  two.start();
  one.terminate();
  two.kill();
  one.join(60s);
  two.join(60s);
  EXPECT_EQ(one.exitcode(), -SIGTERM);
  EXPECT_EQ(two.exitcode(), -SIGKILL);
  one.terminate();  // of no effect
}

TEST(Process, a_handler_of_the_parent_is_not_the_childs) {
  ::signal(SIGTERM, [](int) {});
  Process child(wait_for_a_signal);
  child.start();
  child.terminate();
  child.join(60s);
  ::signal(SIGTERM, SIG_DFL);
  EXPECT_EQ(child.exitcode(), -SIGTERM);
}

TEST(Process, prints_as_in_Python) {
  std::string parent = std::to_string(::getpid());
  Process child({.name = "p", .daemon = true}, wait_for_a_signal);
  EXPECT_EQ(child.repr(), "<Process name='p' parent=" + parent + " initial daemon>");
  child.start();
  std::string pid = std::to_string(*child.pid());
  EXPECT_EQ(child.repr(), "<Process name='p' pid=" + pid + " parent=" + parent + " started daemon>");
  child.kill();
  child.join(60s);
  EXPECT_EQ(child.repr(), "<Process name='p' pid=" + pid + " parent=" + parent + " stopped exitcode=-SIGKILL daemon>");
}

TEST(Process, has_a_name_of_its_place_in_the_family) {
  Process a([] {}), b([] {});
  std::string first = a.name(), second = b.name();
  EXPECT_TRUE(first.starts_with("Process-"));
  EXPECT_EQ(std::stoi(second.substr(8)), std::stoi(first.substr(8)) + 1);
  EXPECT_EQ(current_process().name, "MainProcess");
  EXPECT_EQ(exitcode_of([] {
              Process grandchild([] {});
              bool right = grandchild.name() == current_process().name + ":1";
              throw SystemExit(right ? 5 : 6);
            }),
            5);
}

TEST(Process, a_daemon_has_no_children) {
  Event refused;
  Process daemon({.daemon = true}, [refused]() mutable {
    Process child([] {});
    if (failure([&] { child.start(); }) == "AssertionError('daemonic processes are not allowed to have children')")
      refused.set();
  });
  daemon.start();
  daemon.join(60s);
  EXPECT_TRUE(refused.is_set());
}

// B9.7, B9.8: in a child, whose end is like that of a program.
TEST(Process, at_the_end_daemons_are_terminated_and_the_others_waited_for) {
  Event daemon_ended, child_ended, child_may_end;
  Process parent([=]() mutable {
    Process daemon({.daemon = true}, [=]() mutable {
      wait_for_a_signal();
      daemon_ended.set();
    });
    Process child([=]() mutable {
      child_may_end.wait();
      child_ended.set();
    });
    daemon.start();
    child.start();
  });
  parent.start();
  parent.join(0s);
  child_may_end.set();
  parent.join(60s);
  EXPECT_EQ(parent.exitcode(), 0);
  EXPECT_TRUE(child_ended.is_set());
  EXPECT_FALSE(daemon_ended.is_set());
}

TEST(Process, is_not_started_beside_threads_that_may_hold_a_lock) {
  std::latch go_on(1);
  std::thread other([&] { go_on.wait(); });
  Process child({.name = "late"}, [] {});
  EXPECT_EQ(
      failure([&] { child.start(); }),
      "RuntimeError('cannot start late: 1 other thread runs in this process, and a lock that it holds now would stay "
      "locked in the child for ever; start processes first, or say .allow_threads = true')");
  Process knowing({.allow_threads = true}, [] {});
  knowing.start();
  knowing.join(60s);
  EXPECT_EQ(knowing.exitcode(), 0);
  go_on.count_down();
  other.join();
}

TEST(Process, only_its_parent_may_wait_for_it) {
  Process sibling([] {});
  sibling.start();
  EXPECT_EQ(exitcode_of([sibling]() mutable {
              bool refused = failure([&] { sibling.join(); }) == "AssertionError('can only join a child process')";
              throw SystemExit(refused ? 5 : 6);
            }),
            5);
  sibling.join(60s);
}

}  // namespace
}  // namespace krait::multiprocessing
