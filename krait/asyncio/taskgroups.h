#pragma once
// TaskGroup: tasks that end together.
//
//   co_await async_with(asyncio::TaskGroup(), [&](asyncio::TaskGroup& group) -> Coroutine<> {
//     group.create_task(fetch("a"));
//     group.create_task(fetch("b"));
//     co_return;
//   });                                    // both are done here
//
// The first that fails cancels the others and the body; what failed comes out as one ExceptionGroup, once all have ended.
// Python: asyncio.taskgroups

#include "krait/asyncio/tasks.h"
#include "krait/builtins/async_with.h"

namespace krait::asyncio {

// What the tasks and their group share; it outlives the group in their callbacks.
class _GroupState;

// Python: asyncio.TaskGroup
class TaskGroup {
 public:
  TaskGroup();
  TaskGroup(TaskGroup&&) noexcept;
  TaskGroup& operator=(TaskGroup&&) noexcept;
  ~TaskGroup();

  // Runs `coroutine` as a task of the group. Throws RuntimeError "TaskGroup … has not been entered", "… is finished",
  // "… is shutting down". Python: group.create_task(coro, *, name=None)
  template <class T>
  Task<T> create_task(Coroutine<T> coroutine, TaskOptions options = {}) {
    require_open(coroutine);
    Task<T> task = loop().create_task(std::move(coroutine), std::move(options));
    add(task.core());
    return task;
  }
  template <class T>
  Task<T> create_task(Coroutine<T> coroutine, std::string name) {
    return create_task(std::move(coroutine), TaskOptions{.name = std::move(name)});
  }
  // Any other awaitable, or a callable with its arguments, as asyncio::create_task has it.
  template <Awaitable A>
    requires(!_is_coroutine<A>)
  Task<_await_result<A>> create_task(A awaitable, TaskOptions options = {}) {
    return create_task(_as_coroutine(std::move(awaitable)), std::move(options));
  }
  template <class F, class... Args>
    requires(std::is_invocable_v<std::decay_t<F>&, std::decay_t<Args>...> && !Awaitable<F>)
  auto create_task(F&& function, Args&&... arguments) {
    return create_task(
        _call(std::decay_t<F>(std::forward<F>(function)), std::decay_t<Args>(std::forward<Args>(arguments))...));
  }

  // "<TaskGroup tasks=2 entered>". Python: repr(group)
  std::string repr() const;

  // Throws RuntimeError when entered twice, or outside of a task.
  Coroutine<> aenter();
  // Waits for the tasks. Throws ExceptionGroup "unhandled errors in a TaskGroup (N sub-exceptions)"; a BaseExceptionGroup
  // where an error is none of std::exception's; KeyboardInterrupt and SystemExit as they are.
  Coroutine<bool> aexit(std::exception_ptr error);

 private:
  // `coroutine` is dropped, without a report, when it cannot run.
  template <class T>
  void require_open(Coroutine<T>& coroutine) const {
    try {
      require_open();
    } catch (...) {
      coroutine.close();
      throw;
    }
  }
  void require_open() const;
  EventLoop& loop() const;
  void add(_FutureCore& task);
  std::shared_ptr<_GroupState> state_;
};

}  // namespace krait::asyncio
