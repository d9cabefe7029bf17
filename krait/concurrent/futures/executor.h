#pragma once
// Executor: who makes calls elsewhere. ThreadPoolExecutor is one; a class of yours is another once it overrides _enqueue
// and shutdown. Python: concurrent.futures.Executor

#include <algorithm>
#include <functional>
#include <memory>
#include <tuple>

#include "krait/builtins/coroutine.h"
#include "krait/builtins/generator.h"
#include "krait/concurrent/futures/future.h"
#include "krait/multiprocessing/_threads.h"

namespace krait::concurrent::futures {

// One call that an executor is asked to make, once, in whatever thread it likes.
class _Job {
 public:
  // Makes the call, unless it was cancelled. The outcome goes to whoever waits for it.
  virtual void _run() noexcept = 0;
  // Instead of the call: it ends with `why`; null cancels it.
  virtual void _refuse(std::exception_ptr why) noexcept = 0;
  // The executor is through with it.
  virtual void _drop() noexcept = 0;
  _Job* _next = nullptr;  // in the executor's line

 protected:
  ~_Job() = default;
};
struct _DropJob {
  void operator()(_Job* job) const noexcept { job->_drop(); }
};
using _JobPtr = std::unique_ptr<_Job, _DropJob>;

template <class R>
inline constexpr bool _is_coroutine = false;
template <class T>
inline constexpr bool _is_coroutine<Coroutine<T>> = true;

// What a call gives, as a value.
template <class F, class... Args>
using _CallResult = std::remove_cvref_t<std::invoke_result_t<std::decay_t<F>, std::decay_t<Args>...>>;

// A function and its arguments, which it is given as they were moved in.
template <class R, class F, class... Args>
class _Call {
 public:
  static_assert(!_is_coroutine<R>,
                "a coroutine cannot run in an executor: await it, or call asyncio::run in the thread");
  template <class G, class... Gives>
  explicit _Call(G&& function, Gives&&... arguments)
      : function_(std::forward<G>(function)), arguments_(std::forward<Gives>(arguments)...) {}
  // A void function gives None.
  _Stored<R> operator()() {
    if constexpr (std::is_void_v<R>) {
      std::apply([this](Args&... each) { std::invoke(std::move(function_), std::move(each)...); }, arguments_);
      return None;
    } else {
      return std::apply(
          [this](Args&... each) -> decltype(auto) { return std::invoke(std::move(function_), std::move(each)...); },
          arguments_);
    }
  }

 private:
  F function_;
  std::tuple<Args...> arguments_;
};

// "Exception in worker" and `error`, on stderr.
void _report_worker_error(const std::exception_ptr& error) noexcept;

// A future that holds its call until that is made: one allocation.
template <class R, class F, class... Args>
class _CallState final : public _FutureState<R>, public _Job {
 public:
  template <class G, class... Gives>
  explicit _CallState(G&& function, Gives&&... arguments)
      : call_(std::in_place, std::forward<G>(function), std::forward<Gives>(arguments)...) {
    ++this->_refs;  // the executor's
  }

  void _run() noexcept override {
    try {
      if (!this->set_running_or_notify_cancel()) return call_.reset();
      multiprocessing::_UserCode user_code;
      std::optional<_Stored<R>> result;
      try {
        result.emplace((*call_)());
      } catch (...) {
        call_.reset();
        return this->set_exception(std::current_exception());
      }
      call_.reset();
      this->set_result(std::move(*result));
    } catch (...) {
      _report_worker_error(std::current_exception());  // somebody else has set its outcome
    }
  }
  void _refuse(std::exception_ptr why) noexcept override {
    if (!why) return void(this->cancel());
    try {
      if (this->set_running_or_notify_cancel()) this->set_exception(std::move(why));
    } catch (...) {
      _report_worker_error(std::current_exception());
    }
  }
  void _drop() noexcept override {
    if (--this->_refs == 0) this->_unreferenced();
  }

 private:
  std::optional<_Call<R, F, Args...>> call_;
};

struct ShutdownOptions {
  bool wait = true;             // until the calls that were submitted have ended
  bool cancel_futures = false;  // those that have not begun
};

struct MapOptions {
  std::optional<nanoseconds> timeout = std::nullopt;  // for all of them, from the call of map() on
  int chunksize = 1;                                  // so many calls go to a process at once; threads do not ask
};

template <class R>
using _MapFutures = std::vector<Future<R>>;
// The results in order. Whoever leaves early cancels what has not begun.
template <class R>
Generator<_Stored<R>> _map_results(_MapFutures<R> futures,
                                   std::optional<std::chrono::steady_clock::time_point> deadline) {
  struct CancelRest {
    _MapFutures<R>& futures;
    ~CancelRest() {
      for (const Future<R>& each : futures) each.cancel();
    }
  } rest{futures};
  std::reverse(futures.begin(), futures.end());
  while (!futures.empty()) {
    std::optional<nanoseconds> left;
    if (deadline) left = *deadline - std::chrono::steady_clock::now();
    if constexpr (std::is_void_v<R>) {
      futures.back().result(left);
      futures.pop_back();
      co_yield NoneType(None);
    } else {
      R result = std::move(futures.back()).result(left);
      futures.pop_back();
      co_yield std::move(result);
    }
  }
}

// Python: concurrent.futures.Executor
class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  // An executor of yours ends with `shutdown()` in its own destructor. Python: the end of `with executor:`
  virtual ~Executor() = default;

  // Has `function(arguments…)` called elsewhere. Both move in first (std::ref where a reference is meant); what cannot be
  // copied is fine. Throws RuntimeError "cannot schedule new futures after shutdown", and BrokenExecutor.
  // Python: executor.submit(fn, *args)
  template <class F, class... Args>
  Future<_CallResult<F, Args...>> submit(F&& function, Args&&... arguments) {
    using R = _CallResult<F, Args...>;
    auto* call = new _CallState<R, std::decay_t<F>, std::decay_t<Args>...>(std::forward<F>(function),
                                                                           std::forward<Args>(arguments)...);
    Future<R> future{_base::Ref<_FutureCore>(call)};
    _enqueue(_JobPtr(call));
    return future;
  }

  // Calls `function` with each element of `elements` (with one of each list, until the shortest ends), all of them at
  // once, and gives the results one by one, in order: for (int n : pool.map(square, numbers)). Throws, where its result
  // would come, what a call threw, and TimeoutError. A function of no result gives None. The calls are made even when
  // nobody iterates. Python: executor.map(fn, *iterables, timeout=None)
  template <class F, class... Lists>
    requires(sizeof...(Lists) > 0 && !std::is_convertible_v<F, MapOptions>)
  auto map(F function, Lists... elements) {
    return map(MapOptions{}, std::move(function), std::move(elements)...);
  }
  template <class F, class... Lists>
    requires(sizeof...(Lists) > 0)
  auto map(MapOptions options, F function, Lists... elements) {
    using R = std::remove_cvref_t<std::invoke_result_t<F&, std::decay_t<decltype(*std::begin(elements))>...>>;
    std::optional<std::chrono::steady_clock::time_point> deadline;
    if (options.timeout) deadline = std::chrono::steady_clock::now() + *options.timeout;
    auto shared = std::make_shared<F>(std::move(function));
    _MapFutures<R> futures;
    auto at = std::tuple(std::begin(elements)...);
    auto end = std::tuple(std::end(elements)...);
    auto call_with_next = [&]<std::size_t... I>(std::index_sequence<I...>) {
      while (((std::get<I>(at) != std::get<I>(end)) && ...)) {
        futures.push_back(submit([shared](auto&&... each) -> R { return std::invoke(*shared, std::move(each)...); },
                                 _taken(std::get<I>(at))...));
        (++std::get<I>(at), ...);
      }
    };
    call_with_next(std::index_sequence_for<Lists...>());
    return _map_results<R>(std::move(futures), deadline);
  }

  // Takes no more calls; those submitted are made, unless `cancel_futures`. May be called again.
  // Python: executor.shutdown(wait=True, *, cancel_futures=False)
  virtual void shutdown(ShutdownOptions options = {}) = 0;

  // Takes a job in: calls its _run(), or _refuse()s it. May be called in any thread. Throws RuntimeError when it will not.
  virtual void _enqueue(_JobPtr job) = 0;

 private:
  // The lists are map()'s own, so their elements may be moved out; vector<bool> and ranges give values anyhow.
  template <class Iterator>
  static auto _taken(Iterator& at) {
    return std::decay_t<decltype(*at)>(std::move(*at));
  }
};

}  // namespace krait::concurrent::futures
