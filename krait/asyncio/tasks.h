#pragma once
// Task<T>: a coroutine that runs by itself, concurrently with its maker.
//
//   Task<int> t = asyncio::create_task(work(), "worker");
//   int n = co_await t;
//
// The loop keeps every task alive until it is done, so a handle may be dropped. Departs from Python, whose loop
// holds only weak references and may lose a running task. Python: asyncio.tasks

#include "krait/asyncio/coroutines.h"
#include "krait/asyncio/futures.h"

namespace krait::asyncio {

// The part of a task that does not know its type.
class _TaskCore : public _FutureCore, private _ReadyNode {
 public:
  _TaskCore(EventLoop& loop, std::coroutine_handle<> root, TaskOptions& options);
  ~_TaskCore() override;

  // The task whose step `node` is, or null.
  static _TaskCore* of(_ReadyNode* node) noexcept {
    return node && node->run == &step ? static_cast<_TaskCore*>(node) : nullptr;
  }

  // --- for its users ---
  bool cancel(const _CancelMessage& message) override;
  int cancelling() const noexcept { return static_cast<int>(cancel_requests_); }
  int uncancel() noexcept;
  std::string name() const override;
  void set_name(std::string name) { name_ = std::make_unique<std::string>(std::move(name)); }
  std::string repr() const override;

  // --- for awaiters ---
  // `waiting` resumes when the node this gives has come up in the ready queue; `on` is what a cancel() goes to
  // (null: nothing, the cancel is thrown when the task comes up by itself).
  _ReadyNode* suspend(std::coroutine_handle<> waiting, _Suspension* on) noexcept {
    resume_ = waiting;
    waiting_on_ = on;
    since_ = loop_->_recent();
    return this;
  }
  bool must_cancel() const noexcept { return must_cancel_; }
  void forget_cancel() noexcept { must_cancel_ = false; }
  // Throws the CancelledError that is due, if one is.
  void raise_if_cancelled() {
    if (must_cancel_) [[unlikely]]
      raise_cancel();
  }
  [[noreturn]] void raise_cancel();
  // Schedules the first step; with `eager`, and within the running loop, takes it at once.
  void start(bool eager);
  // The loop is closing: destroys what the coroutine still holds.
  void abandon() noexcept;

  // --- for those who look on ---
  // What it waits on; null while it runs, is ready, or is done.
  const _Suspension* waiting_on() const noexcept { return waiting_on_; }
  // The loop's time, as of its last look at the clock, when it began to wait.
  nanoseconds since() const noexcept { return nanoseconds(since_); }
  // The awaits it stands at, outermost first; the last is where it waits. Empty for one that is done.
  std::vector<std::source_location> stack() const;

 protected:
  // Moves the outcome out of the finished coroutine and destroys it. Gives the exception, or null.
  virtual std::exception_ptr collect() = 0;
  std::coroutine_handle<> root_;

 private:
  friend _ToolsLayout;
  static void step(_ReadyNode* node);
  [[gnu::always_inline]] inline void take_step();
  void finish_step();
  bool cancel_waiting(const _CancelMessage& message);

  std::coroutine_handle<> resume_;
  _Suspension* waiting_on_ = nullptr;
  std::uint64_t number_;  // "Task-3", unless it has a name
  std::int64_t since_ = 0;
  contextvars::_Slot context_;
  std::uint32_t cancel_requests_ = 0;
  bool must_cancel_ = false;
  bool being_cancelled_ = false;  // its request is on the way to what it waits on
  bool started_ = false;
};

template <class T>
class _TaskState final : public _WithResult<T, _TaskCore> {
 public:
  using Handle = typename Coroutine<T>::Handle;
  _TaskState(EventLoop& loop, Handle root, TaskOptions& options) : _WithResult<T, _TaskCore>(loop, root, options) {}

 protected:
  std::exception_ptr collect() override {
    Handle root = Handle::from_address(this->root_.address());
    auto& outcome = root.promise().outcome;
    std::exception_ptr error;
    if constexpr (std::is_void_v<T>) {
      error = std::move(outcome.error);
      if (!error) this->result_.emplace();
    } else if (outcome.kind == _Outcome<T>::Kind::Error) {
      error = std::move(outcome.error);
    } else {
      this->result_.emplace(std::move(outcome.value));
    }
    root.destroy();
    return error;
  }
};

void _print_stack(const _TaskCore& task);

// Python: asyncio.Task
template <class T = void>
class Task : public Future<T> {
 public:
  Task() = default;
  explicit Task(_base::Ref<_FutureCore> core) : Future<T>(std::move(core)) {}

  // Python: task.get_name(), set_name(name)
  std::string get_name() const { return task().name(); }
  void set_name(std::string name) const { task().set_name(std::move(name)); }
  // The number of cancel() requests that have not been taken back by uncancel(). Python: task.cancelling()
  int cancelling() const { return task().cancelling(); }
  // Takes one request back; gives how many are left. Python: task.uncancel()
  int uncancel() const { return task().uncancel(); }
  // The awaits it stands at, outermost first; empty for one that is done. Python: task.get_stack()
  std::vector<std::source_location> get_stack() const { return task().stack(); }
  // To stderr, as a traceback reads. Python: task.print_stack()
  void print_stack() const { _print_stack(task()); }

  template <class U>
  void set_result(U&&) const = delete;  // "Task does not support set_result operation"
  template <class E>
  void set_exception(E&&) const = delete;  // "Task does not support set_exception operation"

 private:
  _TaskCore& task() const { return static_cast<_TaskCore&>(this->core()); }
};

// A task of whatever type, as current_task and all_tasks give it.
class AnyTask : public FutureBase {
 public:
  AnyTask() = default;
  explicit AnyTask(_TaskCore* task) : FutureBase(_base::Ref<_FutureCore>(task)) {}
  std::string get_name() const { return task().name(); }
  void set_name(std::string name) const { task().set_name(std::move(name)); }
  int cancelling() const { return task().cancelling(); }
  int uncancel() const { return task().uncancel(); }
  std::vector<std::source_location> get_stack() const { return task().stack(); }
  void print_stack() const { _print_stack(task()); }

 private:
  _TaskCore& task() const { return static_cast<_TaskCore&>(core()); }
};

template <class T>
Task<T> EventLoop::create_task(Coroutine<T> coroutine, TaskOptions options) {
  _check_closed();
  _check_thread();
  auto* state = new _TaskState<T>(*this, coroutine._release(), options);
  Task<T> task{_base::Ref<_FutureCore>(state)};
  state->start(options.eager_start.value_or(eager_));
  return task;
}

// Runs `coroutine` as a task of the running loop, from its next turn on (at once, when it is to start eagerly). Throws
// RuntimeError without a running loop.
//   create_task(work(), "worker")      create_task(work(), {.name = "worker", .eager_start = true})
// Python: asyncio.create_task(coro, *, name=None, context=None, eager_start=None)
template <class T>
Task<T> create_task(Coroutine<T> coroutine, TaskOptions options = {}) {
  return get_running_loop().create_task(std::move(coroutine), std::move(options));
}
template <class T>
Task<T> create_task(Coroutine<T> coroutine, std::string name) {
  return get_running_loop().create_task(std::move(coroutine), TaskOptions{.name = std::move(name)});
}
// Any awaitable.
template <Awaitable A>
  requires(!_is_coroutine<A>)
Task<_await_result<A>> create_task(A awaitable, std::string name = {}) {
  return create_task(_as_coroutine(std::move(awaitable)), std::move(name));
}
// Calls `function(arguments…)` within the task. Both move into the task's own frame first, so a lambda's captures
// live as long as the task does.
template <class F, class... Args>
  requires(std::is_invocable_v<std::decay_t<F>&, std::decay_t<Args>...> && !Awaitable<F>)
auto create_task(F&& function, Args&&... arguments) {
  return create_task(
      _call(std::decay_t<F>(std::forward<F>(function)), std::decay_t<Args>(std::forward<Args>(arguments))...));
}

// A task for a coroutine; a Future or Task is given back as it is. Python: asyncio.ensure_future
template <class T>
Task<T> ensure_future(Coroutine<T> coroutine) {
  return create_task(std::move(coroutine));
}
template <class T>
Future<T> ensure_future(Future<T> future) {
  return future;
}
template <class T>
Task<T> ensure_future(Task<T> task) {
  return task;
}
template <Awaitable A>
  requires(!_is_coroutine<A> && !std::is_base_of_v<FutureBase, A>)
Task<_await_result<A>> ensure_future(A awaitable) {
  return create_task(std::move(awaitable));
}

// The running task; an empty handle outside of one. Python: asyncio.current_task()
AnyTask current_task();
// The tasks of `loop` (default: the running one) that are not done, in the order they were made.
// Python: asyncio.all_tasks(loop=None)
std::vector<AnyTask> all_tasks(EventLoop* loop = nullptr);

template <class Awaitable>
auto EventLoop::run_until_complete(Awaitable awaitable) {
  if constexpr (std::is_base_of_v<FutureBase, Awaitable>) {
    _run_until_done(awaitable.core());
    awaitable.core().raise_unless_result();
    using T = typename Awaitable::value_type;
    if constexpr (!std::is_void_v<T>) return _take_result<T>(awaitable.core());
  } else {
    _check_not_running();
    return run_until_complete(create_task(_as_coroutine(std::move(awaitable))));
  }
}

// A wait that belongs to one task: the private future that CPython's locks and queues make, without the future.
// It lives in the waiting coroutine's frame.
class _Waiter : public _Suspension {
 public:
  enum class State : std::uint8_t { Idle, Pending, Done, Cancelled };
  explicit _Waiter(const char* what) noexcept : _Suspension(what) {}
  _Waiter(const _Waiter&) = delete;
  _Waiter& operator=(const _Waiter&) = delete;

  bool done() const noexcept { return state_ >= State::Done; }
  bool cancelled() const noexcept { return state_ == State::Cancelled; }
  // Wakes the task in the loop's next turn. Throws RuntimeError in a thread that is not the loop's.
  // Python: waiter.set_result(None)
  void wake() {
    assert(state_ == State::Pending);
    task_->loop()._check_thread();
    state_ = State::Done;
    task_->loop()._push(node_);
  }
  bool _cancel(const _CancelMessage& message) override;

  // --- as an awaiter ---
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) { suspend(waiting); }
  void await_resume() { finish(); }

 protected:
  ~_Waiter() = default;
  void suspend(std::coroutine_handle<> waiting) {
    task_ = _running.task;
    if (!task_) [[unlikely]]
      raise_no_task();
    state_ = State::Pending;
    node_ = task_->suspend(waiting, this);
  }
  // Throws CancelledError when the wait was cancelled, or the task was after its wake-up.
  void finish() {
    if (task_->must_cancel() || cancelled()) [[unlikely]]
      raise();
  }
  // What else a cancelled wait gives up: its timer, its place in a line.
  virtual void on_cancel() noexcept {}
  _TaskCore* task_ = nullptr;

 private:
  friend _ToolsLayout;
  [[noreturn]] static void raise_no_task();
  [[noreturn]] void raise();
  _ReadyNode* node_ = nullptr;
  std::unique_ptr<std::string> message_;
  State state_ = State::Idle;
};

// Python: asyncio.sleep(delay, result=None)
class [[nodiscard("sleep does nothing until it is awaited")]] _Sleep final : public _Waiter, private _TimerNode {
 public:
  explicit _Sleep(nanoseconds delay) noexcept : _Waiter("sleep"), delay_(delay) {}
  _Sleep(_Sleep&& other) noexcept : _Sleep(other.delay_) {}
  ~_Sleep() { on_cancel(); }
  void await_suspend(std::coroutine_handle<> waiting);
  void await_resume() {
    if (zero()) {
      task_->raise_if_cancelled();
    } else {
      finish();
    }
  }

 private:
  bool zero() const noexcept { return delay_.count() <= 0; }
  void on_cancel() noexcept override {
    if (scheduled()) task_->loop()._remove_timer(this);
  }
  nanoseconds delay_;
};

// Waits `delay`; zero or less gives every other ready task one turn. Python: asyncio.sleep(delay)
inline _Sleep sleep(nanoseconds delay) { return _Sleep(delay); }
// The same for a number of seconds, as in Python: sleep(0.5). Throws ValueError for NaN.
_Sleep sleep(double seconds);
// Python: asyncio.sleep(delay, result)
template <class T>
Coroutine<T> sleep(nanoseconds delay, T result) {
  co_await sleep(delay);
  co_return result;
}

}  // namespace krait::asyncio
