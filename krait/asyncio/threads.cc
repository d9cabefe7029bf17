#include "krait/asyncio/threads.h"

#include <pthread.h>

#include <cstdio>
#include <thread>

#include "krait/asyncio/wait.h"
#include "krait/builtins/print.h"
#include "krait/concurrent/futures/thread.h"

namespace krait::asyncio {

namespace futures = concurrent::futures;

namespace {

// A child that is forked within a loop is not within it: the loop is its parent's. Python: _get_running_loop asks for the pid
[[maybe_unused]] const int forgets_the_loop = ::pthread_atfork(nullptr, nullptr, [] { _running = {}; });

}  // namespace

void _ThreadLink::expect(_base::Ref<_FutureCore> future) {
  future_ = std::move(future);
  EventLoop& loop = future_->loop();
  loop._threads().expected.push_back(this);
  loop._expect_thread(+1);
  std::lock_guard lock(mutex_);
  loop_ = &loop;
}

_base::Ref<_FutureCore> _ThreadLink::settle() noexcept {
  if (!future_) return nullptr;
  {
    std::lock_guard lock(mutex_);
    loop_ = nullptr;
  }
  unlink();
  future_->loop()._expect_thread(-1);
  return std::move(future_);
}

void _ThreadLink::post() noexcept {
  std::lock_guard lock(mutex_);
  if (loop_) loop_->call_soon_threadsafe([link = _base::Ref<_ThreadLink>(this)] { link->arrive(); });
}

void _ThreadLink::arrive() {
  _base::Ref<_FutureCore> future = settle();
  if (future && !future->done()) deliver(*future);
}

_LoopThreads::~_LoopThreads() {
  while (_ThreadLink* link = expected.front()) link->settle();
  if (executor) executor->shutdown({.wait = false});
}

futures::Executor& _LoopThreads::default_executor() {
  if (executor_was_shut_down) throw RuntimeError("Executor shutdown has been called");
  if (!executor)
    executor =
        std::make_shared<futures::ThreadPoolExecutor>(futures::ThreadPoolOptions{.thread_name_prefix = "asyncio"});
  return *executor;
}

std::exception_ptr _convert_future_exc(std::exception_ptr error) {
  if (isinstance<futures::CancelledError>(error)) return std::make_exception_ptr(CancelledError());
  if (isinstance<futures::InvalidStateError>(error))
    return std::make_exception_ptr(InvalidStateError(krait::str(error)));
  return error;
}

bool _LoopJob::begin(State state) noexcept {
  State pending = State::Pending;
  return state_.compare_exchange_strong(pending, state);
}

void _LoopJob::_run() noexcept {
  if (!begin(State::Begun)) return;
  {
    multiprocessing::_UserCode user_code;
    try {
      call();
    } catch (...) {
      error_ = std::current_exception();
    }
    forget_call();
  }
  post();
}

void _LoopJob::_refuse(std::exception_ptr why) noexcept {
  if (!begin(State::Begun)) return;
  refused_ = !why;
  error_ = std::move(why);
  forget_call();
  post();
}

void _LoopJob::_drop() noexcept {
  if (--_refs == 0) _unreferenced();
}

void _LoopJob::cancel_source() noexcept {
  if (begin(State::Cancelled)) forget_call();
}

void _LoopJob::deliver(_FutureCore& future) {
  if (refused_) {
    future.cancel(std::nullopt);
  } else if (error_) {
    future.set_exception(_convert_future_exc(std::move(error_)));
  } else {
    deliver_result(future);
  }
}

void _TaskLink::cancel_task(const std::shared_ptr<_TaskLink>& link) noexcept {
  std::lock_guard lock(link->mutex_);
  if (!link->loop_) return;
  link->loop_->call_soon_threadsafe([link] {
    if (link->task_) link->task_->cancel(std::nullopt);
  });
}

void _TaskLink::close() noexcept {
  std::lock_guard lock(mutex_);
  loop_ = nullptr;
  task_ = nullptr;
}

_LoopThreads& EventLoop::_threads() {
  if (!threads_) threads_.reset(new _LoopThreads);
  return *threads_;
}

bool EventLoop::_has_default_executor() const noexcept { return threads_ && threads_->executor; }

void EventLoop::_DropThreads::operator()(_LoopThreads* threads) const noexcept { delete threads; }

void EventLoop::set_default_executor(std::shared_ptr<futures::ThreadPoolExecutor> executor) {
  if (!executor) throw TypeError("executor must be ThreadPoolExecutor instance");
  _threads().executor = std::move(executor);
}

namespace {

// The end of an executor's threads.
class JoinLink final : public _ThreadLink {
  void deliver(_FutureCore& future) override { static_cast<_FutureState<void>&>(future).set_result(None); }
};

void warn_of_threads(nanoseconds timeout) {
  bool whole = timeout % std::chrono::seconds(1) == nanoseconds(0);
  std::string seconds = whole ? std::to_string(timeout / std::chrono::seconds(1))
                              : krait::str(std::chrono::duration<double>(timeout).count());
  std::string text =
      "RuntimeWarning: The executor did not finishing joining its threads within " + seconds + " seconds.\n";
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

Coroutine<> EventLoop::shutdown_default_executor(std::optional<nanoseconds> timeout) {
  _LoopThreads& threads = _threads();
  threads.executor_was_shut_down = true;
  std::shared_ptr<futures::ThreadPoolExecutor> executor = threads.executor;
  if (!executor) co_return;
  if (virtual_) timeout = std::nullopt;
  _base::Ref<_ThreadLink> link(new JoinLink);
  Future<> joined = _link<void>(*this, link);
  struct Joining {
    std::thread thread;
    ~Joining() {
      if (thread.joinable()) thread.detach();
    }
  } joining;
  joining.thread = std::thread([executor, link] {
    multiprocessing::_OwnThread own;
    executor->shutdown({});
    link->post();
  });
  bool late = false;
  try {
    co_await wait_for(joined, timeout);
  } catch (const TimeoutError&) {
    late = true;
  }
  if (late) {
    warn_of_threads(*timeout);
    executor->shutdown({.wait = false});
  } else {
    joining.thread.join();
  }
}

}  // namespace krait::asyncio
