#pragma once
// Calls that block, made in other threads; and coroutines, run from them.
//
//   std::string text = co_await asyncio::to_thread(read_file, path);
//   int n = co_await loop.run_in_executor(&pool, compute, 7);
//   auto answer = asyncio::run_coroutine_threadsafe(ask(), loop);    // in another thread; answer.result() waits there
//
// Python: asyncio.threads, asyncio.run_coroutine_threadsafe, asyncio.wrap_future

#include "krait/asyncio/tasks.h"
#include "krait/concurrent/futures/executor.h"
#include "krait/contextvars.h"

namespace krait::asyncio {

// Ties a future of a loop to what another thread does for it. The thread may outlive the future and the loop: from
// settle() on it posts in vain. Counted by threads; all but post() belongs to the loop's thread.
class _ThreadLink : public _base::ListLink {
 public:
  _ThreadLink() = default;
  _ThreadLink(const _ThreadLink&) = delete;
  _ThreadLink& operator=(const _ThreadLink&) = delete;

  // From now on something is expected: `future` is kept until it has come.
  void expect(_base::Ref<_FutureCore> future);
  // Nothing is expected any more. Gives the future, which may be the last to hold this.
  _base::Ref<_FutureCore> settle() noexcept;
  // In the other thread: it has come.
  void post() noexcept;
  // The future was cancelled: so may be what it waits for.
  virtual void cancel_source() noexcept {}

  std::atomic<std::uint32_t> _refs = 0;
  void _unreferenced() noexcept { delete this; }

 protected:
  virtual ~_ThreadLink() = default;
  // Gives `future`, which is pending, what has come.
  virtual void deliver(_FutureCore& future) = 0;

 private:
  void arrive();
  std::mutex mutex_;
  EventLoop* loop_ = nullptr;  // null once settled; guarded, for the other thread reads it
  _base::Ref<_FutureCore> future_;
};

// What a loop has to do with threads.
class _LoopThreads {
 public:
  ~_LoopThreads();
  concurrent::futures::Executor& default_executor();

  std::shared_ptr<concurrent::futures::ThreadPoolExecutor> executor;
  bool executor_was_shut_down = false;
  _base::IntrusiveList<_ThreadLink> expected;
};

// A future that another thread brings to its end.
template <class T>
class _LinkedFuture final : public _FutureState<T> {
 public:
  _LinkedFuture(EventLoop& loop, _base::Ref<_ThreadLink> link) : _FutureState<T>(loop), link_(std::move(link)) {}
  bool cancel(const _CancelMessage& message) override {
    if (!_FutureCore::cancel(message)) return false;
    link_->cancel_source();
    link_->settle();
    return true;
  }

 private:
  _base::Ref<_ThreadLink> link_;
};

template <class T>
Future<T> _link(EventLoop& loop, _base::Ref<_ThreadLink> link) {
  _ThreadLink& made = *link;
  Future<T> future{_base::Ref<_FutureCore>(new _LinkedFuture<T>(loop, std::move(link)))};
  made.expect(_base::Ref<_FutureCore>(&future.core()));
  return future;
}

// An error of concurrent.futures as asyncio's own. Python: asyncio.futures._convert_future_exc
std::exception_ptr _convert_future_exc(std::exception_ptr error);

// A job of an executor whose outcome goes straight to a loop: it needs no future of its own.
class _LoopJob : public _ThreadLink, public concurrent::futures::_Job {
 public:
  void _run() noexcept final;
  void _refuse(std::exception_ptr why) noexcept final;
  void _drop() noexcept final;
  void cancel_source() noexcept final;

 protected:
  // Makes the call and keeps its result.
  virtual void call() = 0;
  // Lets the function and its arguments go.
  virtual void forget_call() noexcept = 0;
  virtual void deliver_result(_FutureCore& future) = 0;

 private:
  enum class State : std::uint8_t { Pending, Begun, Cancelled };
  bool begin(State state) noexcept;
  void deliver(_FutureCore& future) final;
  std::atomic<State> state_ = State::Pending;
  bool refused_ = false;
  std::exception_ptr error_;
};

template <class R, class F, class... Args>
class _LoopCall final : public _LoopJob {
 public:
  template <class G, class... Gives>
  explicit _LoopCall(G&& function, Gives&&... arguments)
      : call_(std::in_place, std::forward<G>(function), std::forward<Gives>(arguments)...) {}

 private:
  void call() override { result_.emplace((*call_)()); }
  void forget_call() noexcept override { call_.reset(); }
  void deliver_result(_FutureCore& future) override {
    static_cast<_FutureState<R>&>(future).set_result(std::move(*result_));
  }
  std::optional<concurrent::futures::_Call<R, F, Args...>> call_;
  std::optional<_Stored<R>> result_;
};

template <class F, class... Args>
auto _run_in(EventLoop& loop, concurrent::futures::Executor& executor, F&& function, Args&&... arguments) {
  using R = concurrent::futures::_CallResult<F, Args...>;
  auto* call = new _LoopCall<R, std::decay_t<F>, std::decay_t<Args>...>(std::forward<F>(function),
                                                                        std::forward<Args>(arguments)...);
  _base::Ref<_ThreadLink> link(call);
  ++call->_refs;  // the executor's
  concurrent::futures::_JobPtr job(call);
  Future<R> future = _link<R>(loop, std::move(link));
  try {
    executor._enqueue(std::move(job));
  } catch (...) {
    call->settle();
    throw;
  }
  return future;
}

// The future of an executor, awaited.
template <class T>
class _WrapLink final : public _ThreadLink {
 public:
  explicit _WrapLink(concurrent::futures::Future<T> source) : source_(std::move(source)) {}
  void cancel_source() noexcept override { source_.cancel(); }

 private:
  void deliver(_FutureCore& future) override {
    if (source_.cancelled()) {
      future.cancel(std::nullopt);
    } else if (std::exception_ptr error = source_.exception()) {
      future.set_exception(_convert_future_exc(std::move(error)));
    } else if constexpr (std::is_void_v<T>) {
      static_cast<_FutureState<T>&>(future).set_result(None);
    } else {
      static_cast<_FutureState<T>&>(future).set_result(source_._take());
    }
  }
  concurrent::futures::Future<T> source_;
};

// A Future of `loop` (default: the running one) that ends as `future` does; cancelling it cancels `future`.
// Python: asyncio.wrap_future(future, *, loop=None)
template <class T>
Future<T> wrap_future(concurrent::futures::Future<T> future, EventLoop* loop = nullptr) {
  EventLoop& in = loop ? *loop : get_running_loop();
  in._check_closed();
  _base::Ref<_ThreadLink> link(new _WrapLink<T>(future));
  Future<T> wrapped = _link<T>(in, link);
  future.add_done_callback([link = std::move(link)](concurrent::futures::FutureBase) { link->post(); });
  return wrapped;
}
template <class T>
Future<T> wrap_future(Future<T> future, EventLoop* = nullptr) {
  return future;
}

template <class Executor, class F, class... Args>
auto EventLoop::run_in_executor(Executor&& executor, F&& function, Args&&... arguments) {
  using E = std::remove_cvref_t<Executor>;
  using Abstract = concurrent::futures::Executor;
  _check_closed();
  if constexpr (std::is_null_pointer_v<E>) {
    return _run_in(*this, _threads().default_executor(), std::forward<F>(function), std::forward<Args>(arguments)...);
  } else if constexpr (std::is_convertible_v<E, Abstract*>) {
    Abstract* chosen = executor;
    return _run_in(*this, chosen ? *chosen : _threads().default_executor(), std::forward<F>(function),
                   std::forward<Args>(arguments)...);
  } else if constexpr (std::is_base_of_v<Abstract, E>) {
    return _run_in(*this, executor, std::forward<F>(function), std::forward<Args>(arguments)...);
  } else if constexpr (std::is_pointer_v<E>) {
    return run_in_executor(*executor, std::forward<F>(function), std::forward<Args>(arguments)...);
  } else {
    // An executor of another kind, ProcessPoolExecutor: its submit() says what can be called.
    return wrap_future(executor.submit(std::forward<F>(function), std::forward<Args>(arguments)...), this);
  }
}

// Calls `function(arguments…)` in a thread of the loop's own executor and gives what it returns. Both move in; it runs in a copy
// of the caller's context. A cancelled wait leaves a running call running. Python: asyncio.to_thread(func, /, *args)
template <class F, class... Args>
Coroutine<concurrent::futures::_CallResult<F, Args...>> to_thread(F function, Args... arguments) {
  // Held here too, so that its memory comes back to this thread, whose it is, unless the wait is cancelled.
  auto context = std::make_shared<const contextvars::Context>(contextvars::copy_context());
  co_return co_await get_running_loop().run_in_executor(
      nullptr,
      [context, function = std::move(function)](Args&&... each) mutable -> decltype(auto) {
        return context->run(std::move(function), std::move(each)...);
      },
      std::move(arguments)...);
}

// From another thread's future to a task, and back. The future may outlive the task and its loop.
class _TaskLink {
 public:
  _TaskLink(EventLoop& loop, _TaskCore& task) : loop_(&loop), task_(&task) {}
  // In any thread.
  static void cancel_task(const std::shared_ptr<_TaskLink>& link) noexcept;
  // In the loop's thread: the task has ended, or will not.
  void close() noexcept;

 private:
  std::mutex mutex_;
  EventLoop* loop_;
  _TaskCore* task_;  // the loop's thread alone looks at it
};

// Who will end `future`; when it goes without having done so, the future is cancelled: nobody is left to wait for ever.
template <class T>
class _Pledge {
 public:
  explicit _Pledge(concurrent::futures::Future<T> future) : future_(std::move(future)) {}
  _Pledge(_Pledge&& other) noexcept
      : future_(std::exchange(other.future_, std::nullopt)), link_(std::move(other.link_)) {}
  _Pledge& operator=(_Pledge&&) = delete;
  ~_Pledge() {
    if (link_) link_->close();
    if (future_) future_->cancel();
  }

  // Starts the task that is to end it. A cancel of the future from now on cancels the task.
  void start(EventLoop& loop, Coroutine<T> coroutine) && {
    Task<T> task = loop.create_task(std::move(coroutine));
    concurrent::futures::Future<T> future = *future_;
    auto link = std::make_shared<_TaskLink>(loop, static_cast<_TaskCore&>(task.core()));
    link_ = link;
    task.add_done_callback([pledge = std::move(*this)](FutureBase ended) mutable { pledge.keep(ended.core()); });
    future.add_done_callback([link](concurrent::futures::FutureBase ended) {
      if (ended.cancelled()) _TaskLink::cancel_task(link);
    });
  }

 private:
  // Python: asyncio.futures._set_concurrent_future_state
  void keep(_FutureCore& task) {
    std::exchange(link_, nullptr)->close();
    concurrent::futures::Future<T> future = *std::exchange(future_, std::nullopt);
    if (task.cancelled()) future.cancel();
    if (!future.set_running_or_notify_cancel()) return;
    if (std::exception_ptr error = task.exception()) {
      future.set_exception(std::move(error));
    } else if constexpr (std::is_void_v<T>) {
      future.set_result();
    } else {
      future.set_result(_take_result<T>(task));
    }
  }
  std::optional<concurrent::futures::Future<T>> future_;
  std::shared_ptr<_TaskLink> link_;
};

// Runs `coroutine` as a task of `loop`, which another thread runs, and gives a future for this one to wait for; cancelling
// that cancels the task. Throws RuntimeError "Event loop is closed". Departs from Python, where a loop that closes before the
// task has ended leaves the future pending for ever: here it is cancelled.
// Python: asyncio.run_coroutine_threadsafe(coro, loop)
template <class T>
concurrent::futures::Future<T> run_coroutine_threadsafe(Coroutine<T> coroutine, EventLoop& loop) {
  concurrent::futures::Future<T> future;
  loop.call_soon_threadsafe([pledge = _Pledge<T>(future), coroutine = std::move(coroutine), &loop]() mutable {
    std::move(pledge).start(loop, std::move(coroutine));
  });
  return future;
}

}  // namespace krait::asyncio
