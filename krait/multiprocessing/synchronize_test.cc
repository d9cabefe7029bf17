#include "krait/multiprocessing/synchronize.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <mutex>

#include "krait/multiprocessing/process.h"

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

template <class F>
void in_a_child(F target) {
  Process child(std::move(target));
  child.start();
  child.join(60s);
  ASSERT_EQ(child.exitcode(), 0);
}

TEST(Lock, excludes_other_processes) {
  Lock lock;
  auto counter = _make_shared_memory<long>();
  std::vector<Process> children;
  for (int i = 0; i < 3; ++i) {
    children.emplace_back([=]() mutable {
      for (int k = 0; k < 2000; ++k) {
        std::lock_guard guard(lock);
        long now = *static_cast<volatile long*>(counter.get());
        *static_cast<volatile long*>(counter.get()) = now + 1;
      }
    });
    children.back().start();
  }
  for (Process& each : children) each.join(60s);
  EXPECT_EQ(*counter, 6000);
}

TEST(Lock, may_be_asked_for_without_waiting_or_for_a_while) {
  Lock lock;
  EXPECT_TRUE(lock.acquire());
  EXPECT_FALSE(lock.acquire({.block = false}));
  EXPECT_FALSE(lock.acquire({.timeout = 1ms}));
  lock.release();
  EXPECT_EQ(failure([&] { lock.release(); }), "ValueError('semaphore or lock released too many times')");
}

TEST(Lock, a_process_killed_with_it_gives_it_up) {
  Lock lock;
  RLock recursive;
  Process child([=]() mutable {
    lock.acquire();
    recursive.acquire();
    recursive.acquire();
    ::raise(SIGKILL);
  });
  child.start();
  child.join(60s);
  EXPECT_EQ(child.exitcode(), -SIGKILL);
  EXPECT_TRUE(lock.acquire({.timeout = 60s}));
  EXPECT_TRUE(recursive.acquire({.timeout = 60s}));
  recursive.release();
  EXPECT_THROW(recursive.release(), AssertionError);
}

TEST(RLock, is_taken_as_often_as_its_owner_likes_and_by_nobody_else) {
  RLock lock;
  lock.acquire();
  lock.acquire();
  in_a_child([=]() mutable {
    if (lock.acquire({.block = false})) throw SystemExit(2);
    if (failure([&] { lock.release(); }) != "AssertionError('attempt to release recursive lock not owned by thread')")
      throw SystemExit(3);
  });
  lock.release();
  lock.release();
  in_a_child([=]() mutable { throw SystemExit(lock.acquire({.block = false}) ? 0 : 2); });
}

TEST(Semaphore, counts_across_processes) {
  Semaphore semaphore(1);
  EXPECT_TRUE(semaphore.acquire());
  EXPECT_FALSE(semaphore.acquire({.block = false}));
  EXPECT_FALSE(semaphore.acquire({.timeout = 1ms}));
  in_a_child([=]() mutable { semaphore.release(); });
  EXPECT_EQ(semaphore.get_value(), 1);
  EXPECT_TRUE(semaphore.acquire({.timeout = 60s}));
  EXPECT_EQ(failure([] { Semaphore bad(-1); }), "ValueError('semaphore initial value must be >= 0')");
}

TEST(Event, is_set_across_processes) {
  Event event;
  EXPECT_FALSE(event.wait(1ms));
  in_a_child([=]() mutable { event.set(); });
  EXPECT_TRUE(event.wait(60s));
  event.clear();
  EXPECT_FALSE(event.is_set());
}

}  // namespace
}  // namespace krait::multiprocessing
