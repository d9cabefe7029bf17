#pragma once
// gather: many awaitables, one future of all their results.
//
//   auto [user, orders] = co_await asyncio::gather(load_user(7), load_orders(7));     // a tuple
//   std::vector<int> sizes = co_await asyncio::gather(std::move(coroutines));         // from a vector
//   auto outcomes = co_await asyncio::gather(asyncio::return_exceptions, a(), b());   // Outcome<T> each
//
// Coroutines become tasks at once, in order. The first exception comes out, the others go on running.
// Cancelling the gather cancels every child. A void result is None. Python: asyncio.gather

#include <tuple>

#include "krait/asyncio/tasks.h"

namespace krait::asyncio {

// What one of a gather's children ended with.
template <class T>
struct Outcome {
  std::optional<_Stored<T>> value;
  std::exception_ptr exception;

  // The result, or throws the exception.
  const _Stored<T>& result() const {
    if (exception) std::rethrow_exception(exception);
    return *value;
  }
};

// Python: gather(…, return_exceptions=True)
struct _ReturnExceptions {};
inline constexpr _ReturnExceptions return_exceptions{};

// Python: asyncio.tasks._GatheringFuture
class _GatheringCore : public _FutureOfMany {
 public:
  _GatheringCore(EventLoop& loop, bool return_exceptions, std::vector<_base::Ref<_FutureCore>> children);
  bool cancel(const _CancelMessage& message) override;
  // Registers with the children; call once, with the whole object made.
  void begin();

 protected:
  // Every child is done: sets the result.
  virtual void collect() = 0;
  std::vector<_base::Ref<_FutureCore>> children_;

 private:
  void child_done(_FutureCore& child);
  std::size_t count_ = 0, finished_ = 0;  // of distinct children
  bool return_exceptions_;
  bool cancel_requested_ = false;
};

// What a done child gives to the result: T, or Outcome<T>.
template <class T, bool kExceptions>
auto _gathered(_FutureCore& child) {
  if constexpr (!kExceptions) {
    return _take_result<_Stored<T>>(child);
  } else {
    Outcome<T> outcome;
    if (child.cancelled()) {
      outcome.exception = std::make_exception_ptr(CancelledError(child.cancel_message().value_or("")));
    } else if ((outcome.exception = child.exception()) == nullptr) {
      outcome.value.emplace(_take_result<_Stored<T>>(child));
    }
    return outcome;
  }
}

template <bool kExceptions, class... Ts>
class _TupleGathering final
    : public _WithResult<std::tuple<std::conditional_t<kExceptions, Outcome<Ts>, _Stored<Ts>>...>, _GatheringCore> {
 public:
  using Result = std::tuple<std::conditional_t<kExceptions, Outcome<Ts>, _Stored<Ts>>...>;
  using _WithResult<Result, _GatheringCore>::_WithResult;

 private:
  void collect() override { collect(std::index_sequence_for<Ts...>()); }
  template <std::size_t... I>
  void collect(std::index_sequence<I...>) {
    this->set_result(Result{_gathered<Ts, kExceptions>(*this->children_[I])...});
  }
};

template <bool kExceptions, class T>
class _VectorGathering final
    : public _WithResult<std::vector<std::conditional_t<kExceptions, Outcome<T>, _Stored<T>>>, _GatheringCore> {
 public:
  using Result = std::vector<std::conditional_t<kExceptions, Outcome<T>, _Stored<T>>>;
  using _WithResult<Result, _GatheringCore>::_WithResult;

 private:
  void collect() override {
    Result results;
    results.reserve(this->children_.size());
    for (const auto& child : this->children_) results.push_back(_gathered<T, kExceptions>(*child));
    this->set_result(std::move(results));
  }
};

template <class G>
Future<typename G::Result> _begin_gather(EventLoop& loop, bool exceptions,
                                         std::vector<_base::Ref<_FutureCore>> children) {
  auto* gathering = new G(loop, exceptions, std::move(children));
  Future<typename G::Result> future{_base::Ref<_FutureCore>(gathering)};
  gathering->begin();
  return future;
}

template <bool kExceptions, class... F>
auto _gather_futures(F... futures) {
  std::vector<_base::Ref<_FutureCore>> children;
  (children.emplace_back(&futures.core()), ...);
  EventLoop& loop = children.front()->loop();
  return _begin_gather<_TupleGathering<kExceptions, typename F::value_type...>>(loop, kExceptions, std::move(children));
}

template <bool kExceptions, class A>
auto _gather_vector(std::vector<A> awaitables) {
  using T = _await_result<A>;
  using Gathering = _VectorGathering<kExceptions, T>;
  std::vector<_base::Ref<_FutureCore>> children;
  children.reserve(awaitables.size());
  for (A& each : awaitables) children.emplace_back(&ensure_future(std::move(each)).core());
  if (children.empty()) {
    Future<typename Gathering::Result> done(get_running_loop());
    done.set_result(typename Gathering::Result());
    return done;
  }
  EventLoop& loop = children.front()->loop();
  return _begin_gather<Gathering>(loop, kExceptions, std::move(children));
}

template <Awaitable... A>
  requires(sizeof...(A) > 0)
auto gather(A... awaitables) {
  // Braces keep the order of the arguments.
  auto futures = std::tuple{ensure_future(std::move(awaitables))...};
  return std::apply([](auto&... f) { return _gather_futures<false>(std::move(f)...); }, futures);
}
template <Awaitable... A>
  requires(sizeof...(A) > 0)
auto gather(_ReturnExceptions, A... awaitables) {
  auto futures = std::tuple{ensure_future(std::move(awaitables))...};
  return std::apply([](auto&... f) { return _gather_futures<true>(std::move(f)...); }, futures);
}
template <Awaitable A>
auto gather(std::vector<A> awaitables) {
  return _gather_vector<false>(std::move(awaitables));
}
template <Awaitable A>
auto gather(_ReturnExceptions, std::vector<A> awaitables) {
  return _gather_vector<true>(std::move(awaitables));
}

// Ends when all of `tasks` have, with whatever outcome. For the loop's own end.
FutureBase _gather_all(const std::vector<AnyTask>& tasks);

}  // namespace krait::asyncio
