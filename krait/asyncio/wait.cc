#include "krait/asyncio/wait.h"

namespace krait::asyncio {

namespace {

// Done-callbacks that are taken back when the frame they belong to ends.
class Callbacks {
 public:
  Callbacks() = default;
  Callbacks(const Callbacks&) = delete;
  ~Callbacks() {
    for (auto& [future, id] : added_) future->remove_done_callback(id);
  }
  void add(const _base::Ref<_FutureCore>& future, _base::Function<void(FutureBase)> function) {
    added_.emplace_back(future, future->add_done_callback(std::move(function)));
  }

 private:
  std::vector<std::pair<_base::Ref<_FutureCore>, std::uint64_t>> added_;
};

// What the callbacks of one wait() share; they may outlive its frame in the ready queue.
struct WaitState {
  Future<> waiter;
  std::size_t left;
  ReturnWhen return_when;
  TimerHandle timer;

  void release() {
    if (!waiter.done()) waiter.set_result();
  }
  void completed(_FutureCore& future) {
    --left;
    bool failed = return_when == FIRST_EXCEPTION && !future.cancelled() && future.exception();
    if (left > 0 && return_when != FIRST_COMPLETED && !failed) return;
    timer.cancel();
    release();
  }
};

}  // namespace

Coroutine<> _wait(std::vector<_base::Ref<_FutureCore>> futures, WaitOptions options) {
  if (futures.empty()) throw ValueError("Set of Tasks/Futures is empty.");
  EventLoop& loop = get_running_loop();
  using Waiter = _WithResult<void, _FutureOfMany>;
  Future<> waiter(_base::Ref<_FutureCore>(new Waiter(loop, _FutureCore::Kind::Wait, &futures)));
  auto state = std::make_shared<WaitState>(WaitState{waiter, futures.size(), options.return_when, {}});
  struct CancelTimer {
    WaitState& state;
    ~CancelTimer() { state.timer.cancel(); }
  } cancel_timer{*state};
  if (options.timeout) state->timer = loop.call_later(*options.timeout, [state] { state->release(); });
  Callbacks callbacks;
  for (const auto& future : futures) {
    callbacks.add(future, [state](FutureBase done) { state->completed(done.core()); });
  }
  co_await waiter;
}

Coroutine<> _cancel_and_wait(FutureBase future) {
  Future<> waiter(get_running_loop());
  Callbacks callbacks;
  callbacks.add(_base::Ref<_FutureCore>(&future.core()), [waiter](FutureBase) {
    if (!waiter.done()) waiter.set_result();
  });
  future.cancel();
  co_await waiter;
}

void _shield(const FutureBase& inner, const FutureBase& outer, void (*copy)(_FutureCore& from, _FutureCore& to)) {
  std::uint64_t inner_callback = inner.add_done_callback([outer, copy](FutureBase done) {
    _FutureCore& from = done.core();
    if (outer.cancelled()) return;
    if (from.cancelled()) {
      outer.cancel();
    } else if (std::exception_ptr error = from.exception()) {
      outer.core().set_exception(error);
    } else {
      try {
        copy(from, outer.core());
      } catch (...) {
        outer.core().set_exception(std::current_exception());  // a result that could not be copied
      }
    }
  });
  outer.add_done_callback([inner, inner_callback](FutureBase) {
    if (!inner.done()) inner.remove_done_callback(inner_callback);
  });
}

}  // namespace krait::asyncio
