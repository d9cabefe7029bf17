#include "krait/asyncio/gather.h"

namespace krait::asyncio {

namespace {

// Waits for all and gives nothing: the outcomes stay with the tasks.
class Barrier final : public _WithResult<void, _GatheringCore> {
 public:
  using _WithResult<void, _GatheringCore>::_WithResult;

 private:
  void collect() override { set_result(None); }
};

}  // namespace

_GatheringCore::_GatheringCore(EventLoop& loop, bool return_exceptions, std::vector<_base::Ref<_FutureCore>> children)
    : _FutureOfMany(loop, Kind::Gather, &children_),
      children_(std::move(children)),
      return_exceptions_(return_exceptions) {}

bool _GatheringCore::cancel(const _CancelMessage& message) {
  if (done()) return false;
  bool any = false;
  for (const auto& child : children_) any |= child->cancel(message);
  // A cancellation that reached a child comes out of the gather, whatever return_exceptions says.
  if (any) cancel_requested_ = true;
  return any;
}

void _GatheringCore::begin() {
  std::vector<_FutureCore*> done_already;
  for (const auto& child : children_) {
    if (!child->mark()) continue;  // the same future twice counts once
    ++count_;
    if (child->done()) {
      done_already.push_back(child.get());
      continue;
    }
    child->add_done_callback(
        [self = _base::Ref<_GatheringCore>(this)](FutureBase done) { self->child_done(done.core()); });
  }
  for (const auto& child : children_) child->unmark();
  for (_FutureCore* child : done_already) child_done(*child);
}

void _GatheringCore::child_done(_FutureCore& child) {
  ++finished_;
  if (done()) {
    child.mark_retrieved();
    return;
  }
  if (!return_exceptions_) {
    if (child.cancelled()) {
      set_exception(child.make_cancelled_error());
      return;
    }
    if (std::exception_ptr error = child.exception()) {
      set_exception(error);
      return;
    }
  }
  if (finished_ < count_) return;
  if (cancel_requested_) {
    for (const auto& each : children_) each->mark_retrieved();
    // The message is the last argument's, whichever ended last; it may have none.
    set_exception(children_.back()->make_cancelled_error());
    return;
  }
  try {
    collect();
  } catch (...) {
    set_exception(std::current_exception());  // a result that could not be copied
  }
}

FutureBase _gather_all(const std::vector<AnyTask>& tasks) {
  std::vector<_base::Ref<_FutureCore>> children;
  children.reserve(tasks.size());
  for (const AnyTask& task : tasks) children.emplace_back(&task.core());
  EventLoop& loop = children.front()->loop();
  auto* barrier = new Barrier(loop, true, std::move(children));
  FutureBase future{_base::Ref<_FutureCore>(barrier)};
  barrier->begin();
  return future;
}

}  // namespace krait::asyncio
