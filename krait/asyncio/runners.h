#pragma once
// asyncio::run(main()): one call from a synchronous program into asynchronous code and back.
// Python: asyncio.runners

#include "krait/asyncio/tasks.h"

namespace krait::asyncio {

struct RunnerOptions {
  std::optional<bool> debug = std::nullopt;                    // none: as KRAIT_DEBUG has it
  _base::Function<_base::Ref<EventLoop>()> loop_factory = {};  // none: new_event_loop
};

// Runs a main coroutine with a loop of its own. At the end it cancels the tasks that are left, in the order they were
// made, waits for them, and reports what they failed with. Ctrl-C cancels the main task and comes out as
// KeyboardInterrupt; a second one leaves at once. Python: asyncio.Runner
class Runner {
 public:
  // An exception that the program then lets leave main() is printed with the awaits it came through.
  explicit Runner(RunnerOptions options = {});
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner();

  // Throws what `main` throws; RuntimeError from within a running loop. Python: runner.run(coro)
  template <class T>
  T run(Coroutine<T> main) {
    EventLoop& loop = prepare();
    Task<T> task = loop.create_task(std::move(main), TaskOptions{.context = context_});
    run_task(static_cast<_TaskCore&>(task.core()));
    if constexpr (!std::is_void_v<T>) return _take_result<T>(task.core());
  }
  // Python: runner.get_loop()
  EventLoop& get_loop();
  // Cancels and awaits what is left, ends the loop's own executor, then closes the loop. Python: runner.close()
  void close();

 private:
  EventLoop& prepare();
  void run_task(_TaskCore& task);
  RunnerOptions options_;
  _base::Ref<EventLoop> loop_;
  std::optional<contextvars::Context> context_;  // of every main(): a later one sees what an earlier one set
  bool closed_ = false;
};

// Cancels the loop's tasks and runs it until they are done. Python: asyncio.runners._cancel_all_tasks
void _cancel_all_tasks(EventLoop& loop);

// Throws RuntimeError "asyncio.run() cannot be called from a running event loop".
// Python: asyncio.run(main, *, debug=None, loop_factory=None)
template <class T>
T run(Coroutine<T> main, RunnerOptions options = {}) {
  if (_get_running_loop()) throw RuntimeError("asyncio.run() cannot be called from a running event loop");
  Runner runner(std::move(options));  // closes itself when an exception passes
  if constexpr (std::is_void_v<T>) {
    runner.run(std::move(main));
    runner.close();
  } else {
    T result = runner.run(std::move(main));
    runner.close();
    return result;
  }
}

}  // namespace krait::asyncio
