#pragma once
// Who waits for whom: the tasks of a loop, what each waits on, and where.
//
//   asyncio::print_call_graph(task);
//   // * Task 'main' waits on Task 'cook'
//   //   File "shop.cc", line 41, in Coroutine<> main()
//   //   * Task 'cook' waits on Queue.get
//   //     File "shop.cc", line 17, in Coroutine<> cook()
//
// Departs from Python, whose graph goes upwards, from a future to those who await it: here it goes down, from one who waits
// to what it waits for, because that is what a waiting frame knows. Python: asyncio.graph, 3.14

#include "krait/asyncio/tasks.h"

namespace krait::asyncio {

// A future, what it waits on, and that one's own graph. Python: asyncio.FutureCallGraph
struct FutureCallGraph {
  FutureBase future;
  std::vector<std::source_location> call_stack;  // outermost first; empty when it is no task
  std::string waits_on;                          // "sleep", "Queue.get", "Task 'cook'"; empty when it waits on nothing
  std::vector<FutureCallGraph> awaits;
};

// At most `depth` levels deep; tasks that await each other in a circle end there. Python: asyncio.capture_call_graph(future)
FutureCallGraph capture_call_graph(const FutureBase& future, int depth = 32);
// Python: asyncio.format_call_graph(future)
std::string format_call_graph(const FutureBase& future);
// To stderr. Python: asyncio.print_call_graph(future)
void print_call_graph(const FutureBase& future);

// A line for each task of `loop` that waits: "\n  main waits on Future 'x', which nobody can set, at shop.cc:41".
std::string _describe_waiting(EventLoop& loop);

}  // namespace krait::asyncio
