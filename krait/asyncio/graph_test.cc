#include "krait/asyncio/graph.h"

#include <gtest/gtest.h>

#include "krait/asyncio.h"
#include "krait/asyncio/_run_virtually_test.h"
#include "krait/builtins/traceback.h"

namespace krait::asyncio {
namespace {

Coroutine<> forever() { co_await Future<>(get_running_loop()); }

// The graph without the lines of the stacks.
std::string shape(const FutureBase& future) {
  std::string result, text = format_call_graph(future);
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start) + 1;
    const std::string line = text.substr(start, end - start);
    if (line.find("  File \"") == line.npos) result += line;
    start = end;
  }
  return result;
}

// What a task that runs `function` waits on, once it waits.
template <class F>
std::string waits_on(F function) {
  VirtualClock clock;
  std::string what;
  run([](F body, std::string& result) -> Coroutine<> {
    auto task = create_task(body);
    co_await sleep(1s);
    result = capture_call_graph(task).waits_on;
    task.cancel();
    co_await sleep(1s);
  }(std::move(function), what));
  return what;
}

// B3.34
TEST(CallGraph, a_task_that_awaits_a_task_is_shown_above_it) {
  run_virtually([]() -> Coroutine<> {
    auto inner = create_task(forever(), "inner");
    auto outer = create_task([](Task<> awaited) -> Coroutine<> { co_await awaited; }(inner), "outer");
    co_await sleep(1s);
    EXPECT_EQ(shape(outer),
              "* Task 'outer' waits on Task 'inner'\n"
              "  * Task 'inner' waits on a Future\n"
              "    * a Future\n");
    inner.cancel();
    co_await sleep(1s);
  });
}

// B3.34
TEST(CallGraph, a_stack_has_each_await_with_its_file_line_and_function) {
  run_virtually([]() -> Coroutine<> {
    const unsigned here = __LINE__;
    auto inner = []() -> Coroutine<> { co_await sleep(1h); };
    auto outer = [&inner]() -> Coroutine<> {
      co_await sleep(0);
      co_await inner();
    };
    auto task = create_task(outer(), "cook");
    co_await sleep(1s);
    const FutureCallGraph graph = capture_call_graph(task);
    EXPECT_EQ(graph.future, task);
    EXPECT_EQ(graph.waits_on, "sleep");
    EXPECT_TRUE(graph.awaits.empty());
    EXPECT_EQ(graph.call_stack.size(), 2U);
    EXPECT_EQ(graph.call_stack.front().line(), here + 4);
    EXPECT_EQ(graph.call_stack.back().line(), here + 1);
    EXPECT_EQ(format_call_graph(task), "* Task 'cook' waits on sleep\n" + _format_location(graph.call_stack.front()) +
                                           "\n" + _format_location(graph.call_stack.back()) + "\n");
    task.cancel();
    co_await sleep(0);
  });
}

// B3.34
TEST(CallGraph, a_gather_has_its_children_below_it) {
  run_virtually([]() -> Coroutine<> {
    auto a = create_task(forever(), "a"), b = create_task(forever(), "b");
    auto task =
        create_task([](Task<> first, Task<> second) -> Coroutine<> { co_await gather(first, second); }(a, b), "all");
    co_await sleep(1s);
    EXPECT_EQ(shape(task),
              "* Task 'all' waits on gather\n"
              "  * gather\n"
              "    * Task 'a' waits on a Future\n"
              "      * a Future\n"
              "    * Task 'b' waits on a Future\n"
              "      * a Future\n");
    task.cancel();
    co_await sleep(1s);
  });
}

// B3.34
TEST(CallGraph, a_task_group_has_its_tasks_below_it) {
  run_virtually([]() -> Coroutine<> {
    auto body = [](TaskGroup& group) -> Coroutine<> {
      group.create_task(forever(), "a");
      group.create_task(sleep(1h), {.name = "b"});
      co_return;
    };
    auto task = create_task(async_with(TaskGroup(), body), "group");
    co_await sleep(1s);
    EXPECT_EQ(shape(task),
              "* Task 'group' waits on a TaskGroup\n"
              "  * a TaskGroup\n"
              "    * Task 'a' waits on a Future\n"
              "      * a Future\n"
              "    * Task 'b' waits on sleep\n");
    task.cancel();
    co_await sleep(1s);
  });
}

// B3.34
TEST(CallGraph, a_shield_has_what_it_shields_below_it) {
  run_virtually([]() -> Coroutine<> {
    auto work = create_task(forever(), "work");
    auto task = create_task([](Task<> inner) -> Coroutine<> { co_await shield(inner); }(work), "guard");
    co_await sleep(1s);
    EXPECT_EQ(shape(task),
              "* Task 'guard' waits on shield\n"
              "  * shield\n"
              "    * Task 'work' waits on a Future\n"
              "      * a Future\n");
    task.cancel();
    work.cancel();
    co_await sleep(1s);
  });
}

// B3.34
TEST(CallGraph, names_what_a_task_waits_on) {
  EXPECT_EQ(waits_on([]() -> Coroutine<> { co_await sleep(1h); }), "sleep");
  EXPECT_EQ(waits_on([]() -> Coroutine<> { co_await Event().wait(); }), "Event.wait");
  EXPECT_EQ(waits_on([]() -> Coroutine<> { co_await Queue<int>().get(); }), "Queue.get");
  EXPECT_EQ(waits_on([]() -> Coroutine<> {
              Queue<int> queue(1);
              queue.put_nowait(0);
              co_await queue.put(1);
            }),
            "Queue.put");
  EXPECT_EQ(waits_on([]() -> Coroutine<> {
              Lock lock;
              co_await lock.acquire();
              co_await lock.acquire();
            }),
            "Lock.acquire");
  EXPECT_EQ(waits_on([]() -> Coroutine<> { co_await Semaphore(0).acquire(); }), "Semaphore.acquire");
  EXPECT_EQ(waits_on([]() -> Coroutine<> {
              Condition condition;
              co_await condition.acquire();
              co_await condition.wait();
            }),
            "Condition.wait");
  EXPECT_EQ(waits_on([]() -> Coroutine<> { co_await Future<>(get_running_loop(), "order"); }), "Future 'order'");
}

TEST(CallGraph, of_a_task_that_is_done_or_ready_waits_on_nothing) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(sleep(0), "t");
    EXPECT_EQ(shape(task), "* Task 't'\n");
    EXPECT_EQ(capture_call_graph(task).call_stack.size(), 1U);  // the coroutine itself
    co_await task;
    EXPECT_EQ(format_call_graph(task), "* Task 't'\n");
  });
}

TEST(CallGraph, of_the_running_task_has_no_stack) {
  run_virtually([]() -> Coroutine<> {
    current_task().set_name("main");
    EXPECT_EQ(format_call_graph(current_task()), "* Task 'main'\n");
    co_return;
  });
}

TEST(CallGraph, goes_as_deep_as_it_is_told) {
  run_virtually([]() -> Coroutine<> {
    auto awaits = [](Task<> other) -> Coroutine<> { co_await other; };
    Task<> task = create_task(forever());
    for (int i = 0; i < 40; ++i) task = create_task(awaits(task));
    co_await sleep(1s);
    auto depth = [](const FutureCallGraph& graph) {
      int levels = 0;
      for (const FutureCallGraph* at = &graph; !at->awaits.empty(); at = &at->awaits[0]) ++levels;
      return levels;
    };
    EXPECT_EQ(depth(capture_call_graph(task, 0)), 0);
    EXPECT_EQ(depth(capture_call_graph(task, 3)), 3);
    EXPECT_EQ(depth(capture_call_graph(task)), 32);
    EXPECT_EQ(depth(capture_call_graph(task, 100)), 41);
    task.cancel();
    co_await sleep(1s);
  });
}

TEST(CallGraph, of_tasks_that_await_each_other_in_a_circle_ends) {
  VirtualClock clock;
  auto loop = new_event_loop();
  loop->set_exception_handler([](EventLoop&, const ExceptionContext&) {});
  Task<> a, b;
  auto awaits = [](Task<>& other) -> Coroutine<> { co_await other; };
  a = loop->create_task(awaits(b), "a");
  b = loop->create_task(awaits(a), "b");
  EXPECT_THROW(loop->run_until_complete(a), DeadlockError);
  const FutureCallGraph graph = capture_call_graph(a, 5);
  EXPECT_EQ(graph.awaits[0].future, b);
  EXPECT_EQ(graph.awaits[0].awaits[0].future, a);
  const std::string text = shape(a);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 33);
  a = b = {};
  loop->close();
}

TEST(PrintCallGraph, writes_it_to_stderr) {
  run_virtually([]() -> Coroutine<> {
    auto task = create_task(sleep(1s), "t");
    co_await sleep(0);
    testing::internal::CaptureStderr();
    print_call_graph(task);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), format_call_graph(task));
    co_await task;
  });
}

}  // namespace
}  // namespace krait::asyncio
