#include "krait/concurrent/futures/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <latch>
#include <numeric>
#include <set>
#include <thread>

#include "krait/builtins/traceback.h"
#include "krait/concurrent/futures/thread.h"
#include "krait/concurrent/futures/waiting.h"
#include "krait/multiprocessing/process.h"
#include "krait/multiprocessing/synchronize.h"

namespace krait::concurrent::futures {
namespace {

using namespace std::chrono_literals;

constexpr auto kLong = 60s;  // a test that waits so long has failed
constexpr auto kBroken =
    "BrokenProcessPool('A process in the process pool was terminated abruptly while the future was running or "
    "pending.')";
constexpr auto kUnusable =
    "BrokenProcessPool('A child process terminated abruptly, the process pool is not usable anymore')";

template <class F>
std::string failure(F function) {
  try {
    function();
  } catch (...) {
    return krait::repr(std::current_exception());
  }
  return "nothing";
}

int square(int n) { return n * n; }
int pid() { return ::getpid(); }
void die() { ::raise(SIGKILL); }

// Shared with the workers, which are forked later.
struct Gate {
  multiprocessing::Event started, open;
};
Gate* gate = nullptr;
int wait_at_gate(int n) {
  gate->started.set();
  gate->open.wait();
  return n;
}
class AtGate : public testing::Test {
 protected:
  void SetUp() override { gate = new Gate; }
  void TearDown() override { delete std::exchange(gate, nullptr); }
};
using ProcessPoolAtGate = AtGate;

// Zombies count.
bool has_children() {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
  return !multiprocessing::active_children().empty();  // the sanitizer's symbolizer is a child, too
#endif
#endif
  siginfo_t info;
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}
bool exists(int process) { return ::kill(process, 0) == 0; }

TEST(ProcessPool, calls_in_another_process) {
  ProcessPoolExecutor pool(1);
  EXPECT_NE(pool.submit(pid).result(kLong), ::getpid());
  EXPECT_EQ(pool.submit(square, 7).result(kLong), 49);
  EXPECT_EQ(pool.submit(&square, 7).result(kLong), 49);
  EXPECT_EQ(pool.submit([](int a, int b) { return a - b; }, 6, 7).result(kLong), -1);
  EXPECT_EQ(pool.submit([](auto a) { return a + 1; }, 0.5).result(kLong), 1.5);
  pool.submit([] {}).result(kLong);
}

TEST(ProcessPool, what_crosses_is_a_copy) {
  ProcessPoolExecutor pool(1);
  std::vector<std::string> words{"a", "b"};
  auto longer = pool.submit(
      [](std::vector<std::string> list) {
        list.emplace_back("c");
        return list;
      },
      words);
  words.clear();
  EXPECT_EQ(longer.result(kLong), (std::vector<std::string>{"a", "b", "c"}));
  std::string_view view = "four";
  EXPECT_EQ(pool.submit([](const std::string& text) { return text.size(); }, view).result(kLong), 4U);
  EXPECT_EQ(pool.submit([](std::string_view text) { return text.size(); }, "literal").result(kLong), 7U);
  auto number =
      pool.submit([](std::unique_ptr<int> n) { return std::make_unique<int>(*n + 1); }, std::make_unique<int>(1));
  EXPECT_EQ(*std::move(number).result(kLong), 2);
}

TEST(ProcessPool, ten_megabytes_cross_both_ways) {
  ProcessPoolExecutor pool(2);
  std::string text(10'000'000, 'x');
  std::vector<Future<std::string>> futures;
  for (int i = 0; i < 4; ++i) {
    text[0] = static_cast<char>('a' + i);
    futures.push_back(pool.submit([](std::string given) { return given += "!"; }, text));
  }
  for (int i = 0; i < 4; ++i) {
    const std::string& result = futures[static_cast<std::size_t>(i)].result(kLong);
    EXPECT_EQ(result.size(), text.size() + 1);
    EXPECT_EQ(result[0], 'a' + i);
    EXPECT_EQ(result.back(), '!');
  }
}

TEST(ProcessPool, makes_many_small_calls) {
  ProcessPoolExecutor pool(3);
  std::vector<Future<int>> futures;
  for (int i = 0; i < 3000; ++i) futures.push_back(pool.submit(square, i));
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(futures[static_cast<std::size_t>(i)].result(kLong), i * i);
}

TEST(ProcessPool, many_threads_may_submit) {
  ProcessPoolExecutor pool(2);
  std::atomic<int> sum = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) sum += pool.submit(square, 2).result(kLong);
    });
  }
  for (auto& each : threads) each.join();
  EXPECT_EQ(sum, 4 * 100 * 4);
}

TEST(ProcessPool, needs_a_worker) {
  EXPECT_EQ(failure([] { ProcessPoolExecutor pool(0); }), "ValueError('max_workers must be greater than 0')");
  EXPECT_EQ(failure([] { ProcessPoolExecutor pool({.max_workers = 1, .max_tasks_per_child = 0}); }),
            "ValueError('max_tasks_per_child must be >= 1')");
}

KRAIT_EXCEPTION(NoDumpling, LookupError);
KRAIT_EXCEPTION(Odd, Exception);
struct Strange {};

template <class E>
std::string crossed(ProcessPoolExecutor& pool) {
  return failure([&] { pool.submit([] { throw E("boom"); }).result(kLong); });
}

TEST(ProcessPool, an_exception_crosses_with_its_class_and_text) {
  ProcessPoolExecutor pool(1);
  EXPECT_EQ(crossed<ValueError>(pool), "ValueError('boom')");
  EXPECT_EQ(crossed<KeyError>(pool), "KeyError('boom')");
  EXPECT_EQ(crossed<CancelledError>(pool), "CancelledError('boom')");
  EXPECT_EQ(crossed<KeyboardInterrupt>(pool), "KeyboardInterrupt('boom')");
  EXPECT_EQ(failure([&] { pool.submit([] { throw ValueError(); }).result(kLong); }), "ValueError()");
  EXPECT_EQ(failure([&] { pool.submit([] { raise_os_error(ENOENT, {}, "x"); }).result(kLong); }),
            "FileNotFoundError(\"[Errno 2] No such file or directory: 'x'\")");
  try {
    pool.submit([] { raise_os_error(ENOENT); }).result(kLong);
  } catch (const OSError& error) {
    EXPECT_EQ(error.errno_, ENOENT);
  }
  try {
    pool.submit([] { throw SystemExit(7); }).result(kLong);
  } catch (const SystemExit& error) {
    EXPECT_EQ(error.code, 7);
  }
  EXPECT_EQ(failure([&] {
              pool.submit([] {
                    throw ExceptionGroup(
                        "two", {std::make_exception_ptr(ValueError("a")), std::make_exception_ptr(TypeError("b"))});
                  })
                  .result(kLong);
            }),
            "ExceptionGroup('two', [ValueError('a'), TypeError('b')])");
  EXPECT_EQ(pool.submit(square, 3).result(kLong), 9);  // and the worker goes on
}

TEST(ProcessPool, an_exception_of_a_class_that_is_not_Pythons_crosses_as_what_it_derives_from) {
  ProcessPoolExecutor pool(1);
  EXPECT_EQ(crossed<NoDumpling>(pool), "LookupError('NoDumpling: boom')");
  EXPECT_EQ(crossed<Odd>(pool), "RuntimeError('Odd: boom')");
  EXPECT_EQ(crossed<std::out_of_range>(pool), "RuntimeError('out_of_range: boom')");
  EXPECT_EQ(failure([&] { pool.submit([] { throw Strange(); }).result(kLong); }), "RuntimeError('Strange')");
}

TEST(ProcessPool, the_traceback_in_the_worker_is_the_cause) {
  ProcessPoolExecutor pool(1);
  std::exception_ptr error = pool.submit([] { throw ValueError("boom"); }).exception(kLong);
  std::string text = format_exception(error);
  EXPECT_TRUE(text.starts_with("Traceback (most recent call last):\n")) << text;
  EXPECT_NE(text.find("_RemoteTraceback: \n\"\"\"\nTraceback (most recent call last):\n"), text.npos) << text;
  EXPECT_NE(text.find("process_test.cc"), text.npos) << text;
  EXPECT_NE(text.find("ValueError: boom\n\"\"\"\n\nThe above exception was the direct cause"), text.npos) << text;
}

struct Endless {
  std::unique_ptr<Endless> next;
};
KRAIT_DESCRIBE(Endless, next);

TEST(ProcessPool, a_result_that_cannot_be_pickled_is_an_error_of_its_call) {
  ProcessPoolExecutor pool(1);
  auto deep = pool.submit(
      [](int depth) {
        Endless top;
        for (; depth > 0; --depth) {
          auto wrapped = std::make_unique<Endless>(std::move(top));
          top.next = std::move(wrapped);
        }
        return top;
      },
      1000);
  EXPECT_EQ(failure([&] { std::move(deep).result(kLong); }),
            "RecursionError('maximum recursion depth exceeded while pickling an object')");
  EXPECT_EQ(pool.submit(square, 3).result(kLong), 9);
}

TEST_F(ProcessPoolAtGate, a_call_that_has_not_begun_can_be_cancelled) {
  ProcessPoolExecutor pool(1);
  auto first = pool.submit(wait_at_gate, 1);
  auto second = pool.submit([] { die(); });
  auto third = pool.submit(square, 3);
  EXPECT_TRUE(first.running());
  EXPECT_FALSE(first.cancel());
  EXPECT_FALSE(second.running());
  EXPECT_TRUE(second.cancel());
  gate->open.set();
  EXPECT_EQ(first.result(kLong), 1);
  EXPECT_EQ(third.result(kLong), 9);
  EXPECT_EQ(failure([&] { second.result(kLong); }), "CancelledError()");
}

TEST(ProcessPool, takes_nothing_after_its_shutdown_and_leaves_no_process) {
  ASSERT_FALSE(has_children());
  ProcessPoolExecutor pool(2);
  auto future = pool.submit(square, 3);
  pool.shutdown();
  EXPECT_EQ(future.result(0s), 9);
  EXPECT_FALSE(has_children());
  EXPECT_EQ(failure([&] { pool.submit(square, 1); }), "RuntimeError('cannot schedule new futures after shutdown')");
  pool.shutdown();
}

TEST(ProcessPool, makes_what_was_submitted_before_its_destructor_returns) {
  std::vector<Future<int>> futures;
  {
    ProcessPoolExecutor pool(2);
    for (int i = 0; i < 50; ++i) futures.push_back(pool.submit(square, i));
  }
  for (int i = 0; i < 50; ++i) EXPECT_EQ(futures[static_cast<std::size_t>(i)].result(0s), i * i);
  EXPECT_FALSE(has_children());
}

TEST_F(ProcessPoolAtGate, may_cancel_what_has_not_begun_at_its_shutdown) {
  ProcessPoolExecutor pool(1);
  auto first = pool.submit(wait_at_gate, 1);
  auto second = pool.submit(square, 2);
  pool.shutdown({.wait = false, .cancel_futures = true});
  EXPECT_TRUE(second.cancelled());
  EXPECT_TRUE(first.running());
  gate->open.set();
  EXPECT_EQ(first.result(kLong), 1);
  pool.shutdown();
  EXPECT_FALSE(has_children());
}

TEST_F(ProcessPoolAtGate, without_waiting_the_calls_are_made_after_its_shutdown) {
  Future<int> second;
  ProcessPoolExecutor pool(1);
  auto first = pool.submit(wait_at_gate, 1);
  second = pool.submit(square, 2);
  pool.shutdown({.wait = false});
  EXPECT_FALSE(first.done());
  gate->open.set();
  EXPECT_EQ(second.result(kLong), 4);
}

TEST(ProcessPool, a_callback_may_submit_and_shut_down) {
  ProcessPoolExecutor pool(1);
  Future<int> later;
  std::latch called(1);
  pool.submit(square, 2).add_done_callback([&](FutureBase) {
    later = pool.submit(square, 3);
    pool.shutdown();
    called.count_down();
  });
  called.wait();
  EXPECT_EQ(later.result(kLong), 9);
}

// B9.10
TEST_F(ProcessPoolAtGate, is_broken_by_a_worker_that_is_killed_at_work) {
  ProcessPoolExecutor pool(2);
  auto waiting = pool.submit(wait_at_gate, 1);
  auto killed = pool.submit(die);
  std::vector<Future<int>> pending;
  for (int i = 0; i < 5; ++i) {
    try {
      pending.push_back(pool.submit(square, i));
    } catch (const BrokenProcessPool&) {  // it may be known already
    }
  }
  EXPECT_EQ(failure([&] { killed.result(kLong); }), kBroken);
  EXPECT_EQ(failure([&] { waiting.result(kLong); }), kBroken);
  for (auto& each : pending) {
    std::string outcome = failure([&] { each.result(kLong); });
    EXPECT_TRUE(outcome == kBroken || outcome == "nothing") << outcome;
  }
  EXPECT_EQ(failure([&] { pool.submit(square, 1); }), kUnusable);
  pool.shutdown();
  EXPECT_FALSE(has_children());
}

TEST(ProcessPool, is_broken_by_a_worker_that_ends_without_an_answer) {
  ProcessPoolExecutor pool(1);
  EXPECT_EQ(failure([&] { pool.submit([] { ::_exit(0); }).result(kLong); }), kBroken);
}

TEST(ProcessPool, is_broken_by_a_worker_that_is_killed_when_idle) {
  ProcessPoolExecutor pool(2);
  int worker = pool.submit(pid).result(kLong);
  ::kill(worker, SIGKILL);
  // Sooner or later; not one of them hangs.
  std::string outcome = "nothing";
  while (outcome == "nothing") outcome = failure([&] { pool.submit(square, 1).result(kLong); });
  EXPECT_TRUE(outcome == kBroken || outcome == kUnusable) << outcome;
  pool.shutdown();
  EXPECT_FALSE(has_children());
}

TEST(ProcessPool, a_worker_that_is_killed_while_it_writes_its_result_hangs_nobody) {
  for (int round = 0; round < 60; ++round) {
    ProcessPoolExecutor pool(2);
    int worker = pool.submit(pid).result(kLong);
    std::vector<Future<std::string>> futures;
    for (int i = 0; i < 8; ++i)
      futures.push_back(pool.submit([](std::size_t size) { return std::string(size, 'x'); },
                                    static_cast<std::size_t>(round % 2 ? 20'000 : 200'000)));
    futures[static_cast<std::size_t>(round % 4)].exception(kLong);
    ::kill(worker, SIGKILL);
    for (auto& each : futures) {
      std::string outcome = failure([&] { each.result(kLong); });
      ASSERT_TRUE(outcome == "nothing" || outcome == kBroken) << outcome;
    }
    pool.shutdown();
    ASSERT_FALSE(has_children());
  }
}

TEST(ProcessPool, calls_its_initializer_in_each_worker) {
  static int prepared = 0;
  int number = 41;
  ProcessPoolExecutor pool({.max_workers = 2, .initializer = [&] { prepared = number + 1; }});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(pool.submit([] { return prepared; }).result(kLong), 42);
  EXPECT_EQ(prepared, 0);
}

TEST(ProcessPool, is_broken_when_its_initializer_throws) {
  testing::internal::CaptureStderr();
  multiprocessing::Event submitted;
  {
    ProcessPoolExecutor pool({.max_workers = 1, .initializer = [submitted]() mutable {
                                submitted.wait();
                                throw ValueError("no luck");
                              }});
    auto first = pool.submit(square, 1), second = pool.submit(square, 2);
    submitted.set();
    EXPECT_EQ(failure([&] { first.result(kLong); }), kBroken);
    EXPECT_EQ(failure([&] { second.result(kLong); }), kBroken);
    EXPECT_EQ(failure([&] { pool.submit(square, 3); }), kUnusable);
  }
  std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(printed.starts_with("Exception in initializer:\nTraceback")) << printed;
  EXPECT_TRUE(printed.ends_with("ValueError: no luck\n")) << printed;
}

TEST(ProcessPool, a_worker_is_replaced_after_so_many_calls) {
  std::vector<int> workers;
  ProcessPoolExecutor pool({.max_workers = 1, .max_tasks_per_child = 2});
  std::vector<Future<int>> futures;
  for (int i = 0; i < 6; ++i) futures.push_back(pool.submit(pid));
  for (auto& each : futures) workers.push_back(each.result(kLong));
  EXPECT_EQ(workers[0], workers[1]);
  EXPECT_EQ(workers[2], workers[3]);
  EXPECT_EQ(workers[4], workers[5]);
  EXPECT_EQ(std::set<int>(workers.begin(), workers.end()).size(), 3U);
  pool.shutdown();
  EXPECT_FALSE(has_children());
  for (int each : workers) EXPECT_FALSE(exists(each));
}

TEST(ProcessPool, that_replaces_workers_is_broken_by_one_that_is_killed) {
  ProcessPoolExecutor pool({.max_workers = 2, .max_tasks_per_child = 3});
  EXPECT_EQ(pool.submit(square, 5).result(kLong), 25);
  EXPECT_EQ(failure([&] { pool.submit(die).result(kLong); }), kBroken);
  EXPECT_EQ(failure([&] { pool.submit([] { ::_exit(0); }).result(kLong); }), kUnusable);
  pool.shutdown();
  EXPECT_FALSE(has_children());
}

TEST(ProcessPool, maps_in_order) {
  ProcessPoolExecutor pool(2);
  std::vector<int> numbers(25), squares;
  std::iota(numbers.begin(), numbers.end(), 0);
  for (int chunksize : {1, 4, 100}) {
    squares.clear();
    for (int n : pool.map(MapOptions{.chunksize = chunksize}, square, numbers)) squares.push_back(n);
    ASSERT_EQ(squares.size(), 25U);
    for (std::size_t i = 0; i < 25; ++i) EXPECT_EQ(squares[i], static_cast<int>(i * i));
  }
  std::vector<std::string> texts;
  for (const std::string& each : pool.map([](std::string a, bool b) { return b ? a : "no"; },
                                          std::vector<std::string>{"a", "b", "c"}, std::vector<bool>{true, false}))
    texts.push_back(each);
  EXPECT_EQ(texts, (std::vector<std::string>{"a", "no"}));
  int calls = 0;
  for (NoneType each : pool.map([](int) {}, numbers)) (void)each, ++calls;
  EXPECT_EQ(calls, 25);
  EXPECT_EQ(failure([&] { (void)pool.map(MapOptions{.chunksize = 0}, square, numbers); }),
            "ValueError('chunksize must be >= 1.')");
}

TEST_F(ProcessPoolAtGate, map_has_a_deadline_and_throws_in_its_place) {
  ProcessPoolExecutor pool(1);
  auto results = pool.map([](int n) { return n > 1 ? throw ValueError("two") : n; }, std::vector{1, 2, 3});
  EXPECT_EQ(results.next(), 1);
  EXPECT_EQ(failure([&] { results.next(); }), "ValueError('two')");
  EXPECT_EQ(results.next(), std::nullopt);
  auto late = pool.map(MapOptions{.timeout = 1ms}, wait_at_gate, std::vector{1, 2});
  EXPECT_EQ(failure([&] { late.next(); }), "TimeoutError()");
  gate->open.set();
}

TEST(ProcessPool, comes_after_other_threads_of_krait) {
  ThreadPoolExecutor threads(2);
  threads.submit([] {}).result();
  ProcessPoolExecutor first(1), second(1);
  EXPECT_EQ(first.submit(square, 2).result(kLong), 4);
  EXPECT_EQ(second.submit(square, 3).result(kLong), 9);
  ProcessPoolExecutor third(1);
  EXPECT_EQ(third.submit(square, 4).result(kLong), 16);
  // and the pools forked earlier go first all the same
  first.shutdown();
  second.shutdown();
  EXPECT_EQ(third.submit(square, 5).result(kLong), 25);
}

TEST(ProcessPool, is_not_made_beside_threads_that_may_hold_a_lock) {
  std::latch go_on(1);
  std::thread other([&] { go_on.wait(); });
  EXPECT_TRUE(failure([] { ProcessPoolExecutor pool(2); }).starts_with("RuntimeError('cannot start Process-"));
  {
    ProcessPoolExecutor pool({.max_workers = 1, .allow_threads = true});
    EXPECT_EQ(pool.submit(square, 2).result(kLong), 4);
  }
  go_on.count_down();
  other.join();
  EXPECT_FALSE(has_children());
}

TEST(ProcessPool, belongs_to_the_process_that_made_it) {
  ProcessPoolExecutor pool(1);
  multiprocessing::Process child([&] {
    bool refused = failure([&] { pool.submit(square, 1); }).starts_with("RuntimeError('cannot schedule new futures");
    pool.shutdown();  // of no effect
    throw SystemExit(refused ? 5 : 6);
  });
  child.start();
  child.join(kLong);
  EXPECT_EQ(child.exitcode(), 5);
  EXPECT_EQ(pool.submit(square, 2).result(kLong), 4);
}

TEST(ProcessPool, that_nobody_shut_down_ends_with_its_process) {
  multiprocessing::Process child([] {
    auto* pool = new ProcessPoolExecutor(2);
    pool->submit(square, 2);
  });
  child.start();
  child.join(kLong);
  EXPECT_EQ(child.exitcode(), 0);
}

TEST(ProcessPool, a_worker_may_have_a_pool_of_its_own) {
  ProcessPoolExecutor pool(1);
  auto nested = pool.submit(
      [](int n) {
        ProcessPoolExecutor inner(1);
        return inner.submit(square, n).result(kLong);
      },
      6);
  EXPECT_EQ(nested.result(kLong), 36);
}

// A pipe that the workers hold: it ends when they have.
TEST(ProcessPool, its_workers_end_when_their_parent_is_killed) {
  for (std::optional<int> max_tasks : {std::optional<int>(), std::optional<int>(5)}) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    multiprocessing::Process parent([&] {
      ProcessPoolExecutor pool({.max_workers = 2, .max_tasks_per_child = max_tasks});
      pool.submit(square, 2).result(kLong);
      die();
    });
    parent.start();
    ::close(ends[1]);
    char byte;
    EXPECT_EQ(::read(ends[0], &byte, 1), 0);
    ::close(ends[0]);
    parent.join(kLong);
    EXPECT_EQ(parent.exitcode(), -SIGKILL);
  }
}

TEST(ProcessPool, uses_one_thread_and_lets_all_descriptors_go) {
  auto entries = [](const char* folder) {
    DIR* open = ::opendir(folder);
    int count = 0;
    while (::readdir(open)) ++count;
    ::closedir(open);
    return count;
  };
  std::thread([] {}).join();  // ThreadSanitizer has a thread of its own from the first one on
  int threads = entries("/proc/self/task"), descriptors = entries("/proc/self/fd");
  {
    ProcessPoolExecutor pool(3);
    for (int i = 0; i < 20; ++i) pool.submit(square, 2).result(kLong);
    EXPECT_EQ(entries("/proc/self/task"), threads + 1);
  }
  EXPECT_EQ(entries("/proc/self/fd"), descriptors);
}

}  // namespace
}  // namespace krait::concurrent::futures
