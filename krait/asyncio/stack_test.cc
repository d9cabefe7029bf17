// Where a task stands, and where an exception came through on its way from task to task.

#include <gtest/gtest.h>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"
#include "krait/builtins/traceback.h"

namespace krait::asyncio {
namespace {

std::vector<unsigned> lines_of(const std::vector<std::source_location>& places) {
  std::vector<unsigned> lines;
  for (const auto& each : places) lines.push_back(each.line());
  return lines;
}
std::vector<unsigned> traceback_of(const std::exception_ptr& error) {
  return lines_of(_exception_cast<BaseException>(error)->traceback());
}
template <class A>
Coroutine<std::exception_ptr> failure_of(A awaitable) {
  try {
    (void)co_await std::move(awaitable);
  } catch (...) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

constexpr unsigned kInner = __LINE__ + 2;
Coroutine<> inner() {
  co_await sleep(1s);
  throw ValueError("boom");
}
constexpr unsigned kOuter = __LINE__ + 1;
Coroutine<> outer() { co_await inner(); }

// B3.34
TEST(GetStack, has_the_awaits_that_a_task_stands_at_outermost_first) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(outer());
    EXPECT_EQ(lines_of(task.get_stack()), std::vector{kOuter});
    co_await sleep(0);
    EXPECT_EQ(lines_of(task.get_stack()), (std::vector{kOuter, kInner}));
    co_await failure_of(task);
    EXPECT_TRUE(task.get_stack().empty());
  });
}

TEST(GetStack, of_the_running_task_is_empty) {
  run_virtually([]() -> Coroutine<> {
    EXPECT_TRUE(current_task().get_stack().empty());
    co_return;
  });
}

TEST(GetStack, does_not_go_into_the_task_that_is_awaited) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(inner());
    const unsigned here = __LINE__;
    auto awaiting = create_task([task]() -> Coroutine<> { co_await task; });
    co_await sleep(0);
    const std::vector<unsigned> lines = lines_of(awaiting.get_stack());
    EXPECT_EQ(lines.size(), 2U);  // the lambda, and _call that keeps it
    EXPECT_EQ(lines.back(), here + 1);
    co_await failure_of(awaiting);
  });
}

// B3.34
TEST(PrintStack, reads_as_a_traceback) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(outer(), "t");
    co_await sleep(0);
    const auto places = task.get_stack();
    testing::internal::CaptureStderr();
    task.print_stack();
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "Stack for <Task pending name='t'> (most recent call last):\n" +
                                                          _format_location(places[0]) + "\n" +
                                                          _format_location(places[1]) + "\n");
    co_await failure_of(task);
    testing::internal::CaptureStderr();
    task.print_stack();
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "No stack for <Task finished name='t' exception=ValueError('boom')>\n");
  });
}

TEST(TaskTraceback, goes_on_in_the_one_who_awaits_the_task) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(outer());
    const unsigned here = __LINE__;
    auto awaits = [](Task<> failing) -> Coroutine<> { co_await failing; };
    const std::exception_ptr error = co_await failure_of(awaits(task));
    EXPECT_EQ(traceback_of(error), (std::vector{kInner + 1, kOuter, here + 1}));
  });
}

// Both get the same exception object: what one adds after having awaited it must not be in the other's traceback only
// because it was first. What the object carries is the way of all who let it pass.
TEST(TaskTraceback, begins_with_the_task_s_own_for_each_who_awaits_it) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(outer());
    auto awaits = [](Task<> failing) -> Coroutine<> { co_await failing; };
    auto first = create_task(awaits(task)), second = create_task(awaits(task));
    for (const auto& each : {first, second}) {
      std::vector<unsigned> lines = traceback_of(co_await failure_of(each));
      EXPECT_GE(lines.size(), 3U);
      lines.resize(2);
      EXPECT_EQ(lines, (std::vector{kInner + 1, kOuter}));
    }
  });
}

TEST(TaskTraceback, goes_through_a_gather) {
  run_virtually([]() -> Coroutine<> {
    const unsigned here = __LINE__;
    auto gathers = []() -> Coroutine<> { co_await gather(outer(), sleep(1h)); };
    const std::exception_ptr error = co_await failure_of(gathers());
    EXPECT_EQ(traceback_of(error), (std::vector{kInner + 1, kOuter, here + 1}));
  });
}

TEST(TaskTraceback, of_a_task_group_s_error_is_kept_by_the_error_in_the_group) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](TaskGroup& group) -> Coroutine<> {
      group.create_task(outer());
      co_return;
    };
    const std::exception_ptr error = co_await failure_of(async_with(TaskGroup(), body));
    const auto* group = _exception_cast<ExceptionGroup>(error);
    EXPECT_EQ(traceback_of(group ? group->exceptions()[0] : error), (std::vector{kInner + 1, kOuter}));
  });
}

TEST(TaskTraceback, of_a_timeout_has_the_cancellation_as_its_cause_with_its_own_way) {
  run_virtually([]() -> Coroutine<> {
    const unsigned here = __LINE__;
    auto body = [](Timeout&) -> Coroutine<> { co_await sleep(1h); };
    const std::exception_ptr error = co_await failure_of(async_with(timeout(1s), body));
    const std::exception_ptr cause = _exception_cast<TimeoutError>(error)->cause();
    EXPECT_TRUE(isinstance<CancelledError>(cause));
    const std::vector<unsigned> lines = traceback_of(cause ? cause : error);
    EXPECT_EQ(lines.at(1), here + 1);
  });
}

// B1.9
TEST(TaskTraceback, is_in_the_report_of_an_exception_that_nobody_retrieved) {
  testing::internal::CaptureStderr();
  run_virtually([]() -> Coroutine<> {
    create_task(outer(), "forgotten");
    co_await sleep(2s);
  });
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(
      text.starts_with("Task exception was never retrieved\n"
                       "source: <Task finished name='forgotten' exception=ValueError('boom')>\n"
                       "Traceback (most recent call last):\n"))
      << text;
  EXPECT_NE(text.find("stack_test.cc\", line " + std::to_string(kOuter)), text.npos) << text;
  EXPECT_TRUE(text.ends_with("ValueError: boom\n")) << text;
}

}  // namespace
}  // namespace krait::asyncio
