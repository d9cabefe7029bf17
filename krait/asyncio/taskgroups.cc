#include "krait/asyncio/taskgroups.h"

#include <algorithm>

namespace krait::asyncio {

namespace {

bool is_base_error(const std::exception_ptr& error) {
  return isinstance<SystemExit>(error) || isinstance<KeyboardInterrupt>(error);
}

}  // namespace

class _GroupState : public std::enable_shared_from_this<_GroupState> {
 public:
  void add(_FutureCore& task);
  std::string repr() const;
  void abort();
  void require_open() const;
  Coroutine<> wait_for_tasks(std::exception_ptr& cancelled);
  [[noreturn]] void raise_errors();

  EventLoop* loop = nullptr;
  AnyTask parent;
  bool entered = false, exiting = false, aborting = false, parent_cancel_requested = false;
  // In the order they were made. Those that are done leave when they are half of them: to look for each would make a large
  // group quadratic.
  std::vector<_base::Ref<_FutureCore>> tasks;
  std::size_t left = 0;  // whose end the group has not heard of
  std::vector<std::exception_ptr> errors;
  std::exception_ptr base_error;

 private:
  void task_done(_FutureCore& task);
  Future<> completed_;
};

std::string _GroupState::repr() const {
  std::string text = "<TaskGroup";
  if (left > 0) text += " tasks=" + std::to_string(left);
  if (!errors.empty()) text += " errors=" + std::to_string(errors.size());
  if (aborting) {
    text += " cancelling";
  } else if (entered) {
    text += " entered";
  }
  return text + ">";
}

void _GroupState::require_open() const {
  if (!entered) throw RuntimeError("TaskGroup " + repr() + " has not been entered");
  if (exiting && left == 0) throw RuntimeError("TaskGroup " + repr() + " is finished");
  if (aborting) throw RuntimeError("TaskGroup " + repr() + " is shutting down");
}

void _GroupState::add(_FutureCore& task) {
  ++left;
  if (task.done()) {  // it started eagerly, and needed no wait
    task_done(task);
    return;
  }
  tasks.emplace_back(&task);
  task.add_done_callback([self = shared_from_this()](FutureBase done) { self->task_done(done.core()); });
}

void _GroupState::abort() {
  aborting = true;
  const auto all = tasks;  // cancelling one may end another
  for (const auto& task : all) {
    if (!task->done()) task->cancel(std::nullopt);
  }
}

void _GroupState::task_done(_FutureCore& task) {
  if (--left < tasks.size() / 2) std::erase_if(tasks, [](const auto& each) { return each->done(); });
  if (completed_ && left == 0 && !completed_.done()) completed_.set_result();
  if (task.cancelled()) return;
  std::exception_ptr error = task.exception();
  if (!error) return;
  errors.push_back(error);
  if (!base_error && is_base_error(error)) base_error = error;
  if (parent.done()) {
    loop->call_exception_handler(
        {"Task " + task.repr() + " has errored out but its parent task " + parent.repr() + " is already completed",
         error, task.repr()});
    return;
  }
  if (aborting || parent_cancel_requested) return;
  // The body is still at work: cancel it, too, and take that back in aexit.
  abort();
  parent_cancel_requested = true;
  parent.cancel();
}

Coroutine<> _GroupState::wait_for_tasks(std::exception_ptr& cancelled) {
  while (left > 0) {
    if (!completed_) {
      // What the parent waits for; it tells those who look on which tasks that means.
      using Completed = _WithResult<void, _FutureOfMany>;
      completed_ = Future<>(_base::Ref<_FutureCore>(new Completed(*loop, _FutureCore::Kind::Group, &tasks)));
    }
    try {
      co_await completed_;
    } catch (const CancelledError&) {
      if (!aborting) {
        cancelled = std::current_exception();
        abort();
      }
    }
    completed_ = {};
  }
}

void _GroupState::raise_errors() {
  // A cancel that came from outside of the group stays counted: taken back and requested again, so that it is delivered.
  if (parent.cancelling() > 0) {
    parent.uncancel();
    parent.cancel();
  }
  std::vector<std::exception_ptr> all = std::exchange(errors, {});
  constexpr const char* kMessage = "unhandled errors in a TaskGroup";
  if (std::all_of(all.begin(), all.end(), [](const auto& each) { return isinstance<std::exception>(each); }))
    throw ExceptionGroup(kMessage, std::move(all));
  throw BaseExceptionGroup(kMessage, std::move(all));
}

TaskGroup::TaskGroup() : state_(std::make_shared<_GroupState>()) {}
TaskGroup::TaskGroup(TaskGroup&&) noexcept = default;
TaskGroup& TaskGroup::operator=(TaskGroup&&) noexcept = default;
TaskGroup::~TaskGroup() = default;

std::string TaskGroup::repr() const { return state_->repr(); }
void TaskGroup::require_open() const { state_->require_open(); }
EventLoop& TaskGroup::loop() const { return *state_->loop; }
void TaskGroup::add(_FutureCore& task) { state_->add(task); }

Coroutine<> TaskGroup::aenter() {
  _GroupState& group = *state_;
  if (group.entered) throw RuntimeError("TaskGroup " + repr() + " has already been entered");
  group.loop = &get_running_loop();
  group.parent = current_task();
  if (!group.parent) throw RuntimeError("TaskGroup " + repr() + " cannot determine the parent task");
  group.entered = true;
  co_return;
}

Coroutine<bool> TaskGroup::aexit(std::exception_ptr error) {
  const std::shared_ptr<_GroupState> group = state_;
  group->exiting = true;
  if (error && !group->base_error && is_base_error(error)) group->base_error = error;
  const bool is_cancel = isinstance<CancelledError>(error);
  std::exception_ptr cancelled = is_cancel ? error : nullptr;
  if (error && !group->aborting) group->abort();
  co_await group->wait_for_tasks(cancelled);

  if (group->base_error) std::rethrow_exception(group->base_error);
  // The group cancelled its parent itself: that is over now, and unless somebody else asked as well, it does not come out.
  if (group->parent_cancel_requested && group->parent.uncancel() == 0) cancelled = nullptr;
  if (cancelled && group->errors.empty()) std::rethrow_exception(cancelled);
  if (error && !is_cancel) group->errors.push_back(error);
  if (!group->errors.empty()) group->raise_errors();
  co_return false;
}

}  // namespace krait::asyncio
