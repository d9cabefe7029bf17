#include "krait/asyncio/tasks.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>

#include "krait/builtins/traceback.h"
#include "krait/logging/record.h"

namespace krait::asyncio {

namespace {

// Numbers are unique in the process. A thread takes them by the block, so that making a task is not atomic; in a
// program of one thread they are Task-1, Task-2, … as in Python.
std::uint64_t next_task_number() noexcept {
  constexpr std::uint64_t kBlock = 1024;
  static std::atomic<std::uint64_t> blocks{0};
  static constinit thread_local std::uint64_t next = 0, end = 0;
  if (next == end) {
    next = blocks.fetch_add(kBlock, std::memory_order_relaxed);
    end = next + kBlock;
  }
  return ++next;
}

}  // namespace

_TaskCore::_TaskCore(EventLoop& loop, std::coroutine_handle<> root, TaskOptions& options)
    : _FutureCore(loop, Kind::Task, std::move(options.name)),
      root_(root),
      resume_(root),
      number_(name_ ? 0 : next_task_number()),
      since_(loop._recent()),
      context_(options.context ? contextvars::_Slot(*options.context) : contextvars::_Slot::copy_current()) {
  _ReadyNode::run = &step;
}

_TaskCore::~_TaskCore() {
  // Only a task that start() could not enter into the loop still has its coroutine here.
  if (root_) root_.destroy();
}

inline void _TaskCore::take_step() {
  // There is one before only when this task starts eagerly, within another's step.
  _TaskCore* before = std::exchange(_running.task, this);
  context_.exchange();
  resume_.resume();
  context_.exchange();
  _running.task = before;
  if (root_.done()) {
    finish_step();
  } else if (must_cancel_ && waiting_on_) [[unlikely]] {
    // It cancelled itself, or was, during this very step: what it waits on now takes the request.
    if (waiting_on_->_cancel(cancel_message())) must_cancel_ = false;
  }
}

void _TaskCore::start(bool eager) {
  loop_->_tasks().push_back(this);
  ++_refs;  // the loop's own, until the task is done
  if (eager && _running.loop == loop_.get()) {
    started_ = true;
    take_step();
  } else {
    loop_->_push(this);
  }
}

std::string _TaskCore::name() const { return name_ ? *name_ : "Task-" + std::to_string(number_); }

std::string _TaskCore::repr() const {
  std::string text = "<Task " + (must_cancel_ && !done() ? std::string("cancelling") : describe_state());
  text += " name='" + name() + "'";
  if (state_ == State::Finished && exception_) text += " exception=" + krait::repr(exception_);
  return text + ">";
}

bool _TaskCore::cancel(const _CancelMessage& message) {
  loop_->_check_thread();
  unretrieved_ = false;
  if (done()) return false;
  // CPython recurses until it throws a RecursionError; here the stack would overflow.
  if (being_cancelled_) throw RuntimeError("cannot cancel " + repr() + ": it awaits itself through other tasks");
  ++cancel_requests_;
  if (waiting_on_ && cancel_waiting(message)) return true;
  // The next step is in the ready queue already (or under way): it will find this.
  must_cancel_ = true;
  message_ = message ? std::make_unique<std::string>(*message) : nullptr;
  return true;
}

bool _TaskCore::cancel_waiting(const _CancelMessage& message) {
  struct Entered {
    bool& flag;
    explicit Entered(bool& f) : flag(f) { flag = true; }
    ~Entered() { flag = false; }
  } entered(being_cancelled_);
  return waiting_on_->_cancel(message);
}

int _TaskCore::uncancel() noexcept {
  if (cancel_requests_ > 0 && --cancel_requests_ == 0) must_cancel_ = false;
  return cancelling();
}

void _TaskCore::raise_cancel() {
  must_cancel_ = false;
  _raise_cancelled(cancel_message());
}

void _TaskCore::step(_ReadyNode* node) {
  auto* self = static_cast<_TaskCore*>(node);
  assert(!self->done());
  self->waiting_on_ = nullptr;
  if (!self->started_) [[unlikely]] {
    self->started_ = true;
    if (self->must_cancel_) {
      // Cancelled before its first step: the body never runs.
      self->must_cancel_ = false;
      self->exception_ = self->make_cancelled_error();
      std::exchange(self->root_, nullptr).destroy();
      self->_FutureCore::cancel(std::nullopt);
      _base::Ref<_TaskCore> last(self);
      --self->_refs;
      return;
    }
  }
  self->take_step();
}

std::vector<std::source_location> _TaskCore::stack() const {
  std::vector<std::source_location> awaits;
  // While it runs, resume_ is where it began this step, and that frame may be gone.
  if (!root_ || _running.task == this) return awaits;
  for (std::coroutine_handle<> frame = resume_; frame; frame = _PromiseBase::of(frame).continuation) {
    awaits.push_back(_PromiseBase::of(frame).where);
  }
  std::reverse(awaits.begin(), awaits.end());
  return awaits;
}

void _print_stack(const _TaskCore& task) {
  std::string text;
  for (const auto& each : task.stack()) text += _format_location(each) + "\n";
  text = (text.empty() ? "No stack for " : "Stack for ") + task.repr() +
         (text.empty() ? "\n" : " (most recent call last):\n") + text;
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void _TaskCore::finish_step() {
  _base::Ref<_TaskCore> self(this);
  --_refs;  // the loop's reference becomes `self`
  std::exception_ptr error = collect();
  root_ = nullptr;
  if (!error) {
    if (must_cancel_) {
      // The request came too late to be thrown, but it counts. Python: StopIteration with _must_cancel set
      must_cancel_ = false;
      _FutureCore::cancel(cancel_message());
      return;
    }
    finish(State::Finished);
    return;
  }
  if (isinstance<CancelledError>(error)) {
    exception_ = std::move(error);
    _FutureCore::cancel(std::nullopt);
    return;
  }
  if (isinstance<StopIteration>(error)) {
    RuntimeError raised("coroutine raised StopIteration");
    raised.set_cause(std::move(error));
    error = std::make_exception_ptr(std::move(raised));
  }
  set_exception(error);
  if (isinstance<KeyboardInterrupt>(error) || isinstance<SystemExit>(error)) std::rethrow_exception(error);
}

void _TaskCore::abandon() noexcept {
  _base::Ref<_TaskCore> last(this);
  unlink();
  --_refs;  // the loop's reference
  waiting_on_ = nullptr;
  if (root_) std::exchange(root_, nullptr).destroy();
}

AnyTask current_task() { return AnyTask(_running.task); }

namespace {

// Python: logging.LogRecord asks asyncio, where that was imported, for the name of the current task.
[[maybe_unused]] const bool records_have_task_names = [] {
  logging::_set_name_sources({.task = [] { return _running.task ? _running.task->name() : std::string(); }});
  return true;
}();

}  // namespace

std::vector<AnyTask> all_tasks(EventLoop* loop) {
  std::vector<AnyTask> tasks;
  for (_TaskCore& each : (loop ? *loop : get_running_loop())._tasks()) tasks.emplace_back(&each);
  return tasks;
}

void _Waiter::raise_no_task() { throw RuntimeError("no running event loop"); }

bool _Waiter::_cancel(const _CancelMessage& message) {
  if (state_ != State::Pending) return false;
  state_ = State::Cancelled;
  if (message) message_ = std::make_unique<std::string>(*message);
  on_cancel();
  task_->loop()._push(node_);
  return true;
}

void _Waiter::raise() {
  if (cancelled()) {
    task_->forget_cancel();
    _raise_cancelled(message_ ? _CancelMessage(*message_) : std::nullopt);
  }
  task_->raise_cancel();
}

_Sleep sleep(double seconds) {
  if (std::isnan(seconds)) throw ValueError("Invalid delay: NaN (not a number)");
  constexpr double kLongest = 9.2e9;  // seconds that fit in 64 bits of nanoseconds: 292 years
  return _Sleep(nanoseconds(static_cast<std::int64_t>(std::clamp(seconds, 0.0, kLongest) * 1e9)));
}

void _Sleep::await_suspend(std::coroutine_handle<> waiting) {
  if (zero()) {
    task_ = _running.task;
    if (!task_) throw RuntimeError("no running event loop");
    task_->loop()._push(task_->suspend(waiting, nullptr));
    return;
  }
  suspend(waiting);
  // Fires in one turn and wakes the task in the next, as the future that CPython's sleep waits on does.
  _TimerNode::run = [](_ReadyNode* node) {
    auto* self = static_cast<_Sleep*>(static_cast<_TimerNode*>(node));
    if (!self->done()) self->wake();
  };
  EventLoop& loop = task_->loop();
  loop._add_timer(this, loop._deadline(delay_));
}

}  // namespace krait::asyncio
