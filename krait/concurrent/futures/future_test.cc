#include "krait/concurrent/futures/future.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

namespace krait::concurrent::futures {
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

// The address differs from run to run.
std::string masked(std::string text) {
  std::size_t at = text.find("0x");
  return at == std::string::npos ? text : text.replace(at, text.find(' ', at) - at, "0x…");
}

struct Answer {};

TEST(Future, goes_from_pending_through_running_to_finished) {
  Future<int> future;
  EXPECT_FALSE(future.running());
  EXPECT_FALSE(future.done());
  EXPECT_TRUE(future.set_running_or_notify_cancel());
  EXPECT_TRUE(future.running());
  future.set_result(42);
  EXPECT_FALSE(future.running());
  EXPECT_TRUE(future.done());
  EXPECT_EQ(future.result(), 42);
  EXPECT_FALSE(future.exception());
}

TEST(Future, may_be_cancelled_before_it_runs_and_not_after) {
  Future<int> pending, running, finished;
  EXPECT_TRUE(pending.cancel());
  EXPECT_TRUE(pending.cancel());
  EXPECT_TRUE(pending.cancelled());
  EXPECT_FALSE(pending.set_running_or_notify_cancel());
  EXPECT_TRUE(pending.cancelled());
  running.set_running_or_notify_cancel();
  EXPECT_FALSE(running.cancel());
  finished.set_result(1);
  EXPECT_FALSE(finished.cancel());
  EXPECT_EQ(failure([&] { pending.result(); }), "CancelledError()");
  EXPECT_EQ(failure([&] { pending.exception(); }), "CancelledError()");
}

TEST(Future, an_outcome_is_set_once) {
  Future<int> finished, failed, cancelled;
  finished.set_result(1);
  failed.set_exception(ValueError("boom"));
  cancelled.cancel();
  EXPECT_EQ(masked(failure([&] { finished.set_result(2); })),
            "InvalidStateError('FINISHED: <Future at 0x… state=finished returned int>')");
  EXPECT_EQ(masked(failure([&] { failed.set_exception(KeyError("k")); })),
            "InvalidStateError('FINISHED: <Future at 0x… state=finished raised ValueError>')");
  EXPECT_EQ(masked(failure([&] { cancelled.set_result(2); })),
            "InvalidStateError('CANCELLED: <Future at 0x… state=cancelled>')");
  cancelled.set_running_or_notify_cancel();
  EXPECT_EQ(masked(failure([&] { cancelled.set_result(2); })),
            "InvalidStateError('CANCELLED_AND_NOTIFIED: <Future at 0x… state=cancelled>')");
  EXPECT_EQ(failure([&] { finished.set_running_or_notify_cancel(); }), "RuntimeError('Future in unexpected state')");
}

// A38
TEST(Future, prints_as_in_Python) {
  Future<> nothing;
  EXPECT_EQ(masked(nothing.repr()), "<Future at 0x… state=pending>");
  nothing.set_running_or_notify_cancel();
  EXPECT_EQ(masked(nothing.repr()), "<Future at 0x… state=running>");
  nothing.set_result();
  EXPECT_EQ(masked(str(nothing)), "<Future at 0x… state=finished returned NoneType>");
  auto returned = []<class T>(T value) {
    Future<T> future;
    future.set_result(std::move(value));
    std::string text = future.repr();
    return text.substr(text.find("returned ") + 9);
  };
  EXPECT_EQ(returned(1.5), "float>");
  EXPECT_EQ(returned(true), "bool>");
  EXPECT_EQ(returned(std::string("x")), "str>");
  EXPECT_EQ(returned(std::vector<std::string>{}), "list>");
  EXPECT_EQ(returned(std::map<std::string, int>{}), "dict>");
  EXPECT_EQ(returned(std::pair(1, 2)), "tuple>");
  EXPECT_EQ(returned(Answer()), "Answer>");
}

TEST(Future, throws_what_the_call_threw_as_often_as_it_is_asked) {
  Future<int> future;
  future.set_exception(ValueError("boom"));
  EXPECT_EQ(failure([&] { future.result(); }), "ValueError('boom')");
  EXPECT_EQ(failure([&] { future.result(); }), "ValueError('boom')");
  EXPECT_EQ(krait::repr(future.exception()), "ValueError('boom')");
  EXPECT_EQ(failure([&] { Future<int>().set_exception(std::exception_ptr()); }),
            "TypeError('invalid exception object')");
}

TEST(Future, a_wait_ends_with_its_timeout) {
  Future<int> future;
  EXPECT_EQ(failure([&] { future.result(0s); }), "TimeoutError()");
  EXPECT_EQ(failure([&] { future.exception(1ms); }), "TimeoutError()");
  EXPECT_EQ(failure([&] { future.result(-1s); }), "TimeoutError()");
  future.set_result(1);
  EXPECT_EQ(future.result(0s), 1);
}

TEST(Future, wakes_every_thread_that_waits) {
  Future<int> future;
  std::atomic<int> sum = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { sum += future.result(nanoseconds::max()); });
  future.set_result(10);
  for (auto& each : threads) each.join();
  EXPECT_EQ(sum, 40);
}

TEST(Future, a_cancel_wakes_who_waits) {
  Future<int> future;
  std::string woken;
  std::thread waiting([&] { woken = failure([&] { future.result(); }); });
  future.cancel();
  waiting.join();
  EXPECT_EQ(woken, "CancelledError()");
}

TEST(Future, calls_back_in_order_and_at_once_when_it_has_ended) {
  Future<int> future;
  std::vector<std::string> trace;
  future.add_done_callback([&](FutureBase ended) { trace.push_back("a" + std::to_string(ended == future)); });
  future.add_done_callback([&](Future<int> ended) { trace.push_back("b" + std::to_string(ended.result())); });
  EXPECT_TRUE(trace.empty());
  future.set_result(7);
  future.add_done_callback([&](Future<int> ended) { trace.push_back("c" + std::to_string(ended.result())); });
  EXPECT_EQ(trace, (std::vector<std::string>{"a1", "b7", "c7"}));
}

TEST(Future, calls_back_when_it_is_cancelled) {
  Future<int> future;
  bool told = false;
  future.add_done_callback([&](FutureBase ended) { told = ended.cancelled(); });
  future.cancel();
  EXPECT_TRUE(told);
}

TEST(Future, prints_what_a_callback_throws_and_calls_the_next) {
  Future<int> future;
  bool called = false;
  future.add_done_callback([](FutureBase) { throw ValueError("boom"); });
  future.add_done_callback([&](FutureBase) { called = true; });
  testing::internal::CaptureStderr();
  future.set_result(1);
  EXPECT_EQ(masked(testing::internal::GetCapturedStderr()),
            "exception calling callback for <Future at 0x… state=finished returned int>\nValueError: boom\n");
  EXPECT_TRUE(called);
}

TEST(Future, the_last_handle_moves_the_result_out_and_others_copy_it) {
  Future<std::string> future;
  future.set_result(std::string(100, 'x'));
  Future<std::string> other = future;
  EXPECT_EQ(std::move(other).result().size(), 100U);
  EXPECT_EQ(future.result().size(), 100U);
}

TEST(Future, what_cannot_be_copied_is_given_once) {
  Future<std::unique_ptr<int>> future;
  future.set_result(std::make_unique<int>(7));
  EXPECT_EQ(*future.result(), 7);  // a look
  EXPECT_EQ(*std::move(future).result(), 7);
  EXPECT_EQ(failure([&] { future.result(); }),
            "InvalidStateError('cannot give the result twice: it cannot be copied and was taken already')");
}

TEST(Future, one_moved_away_says_so) {
  Future<int> future;
  Future<int> taken = std::move(future);
  EXPECT_EQ(failure([&] { future.done(); }), "InvalidStateError('cannot use a Future that was moved away')");
}

TEST(Future, its_errors_have_their_places_in_the_tree) {
  EXPECT_TRUE((std::is_base_of_v<Error, CancelledError>));
  EXPECT_TRUE((std::is_base_of_v<std::exception, CancelledError>));
  EXPECT_TRUE((std::is_base_of_v<RuntimeError, BrokenExecutor>));
}

}  // namespace
}  // namespace krait::concurrent::futures
