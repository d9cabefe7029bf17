#pragma once
// as_completed: what many awaitables give, in the order in which they end.
//
//   auto completed = asyncio::as_completed(std::move(coroutines), {.timeout = 5s});
//   while (auto task = co_await completed.anext()) use(task->result());       // 3.13's form: the tasks themselves
//
//   for (Coroutine<int> next : asyncio::as_completed(tasks)) use(co_await std::move(next));   // the classic form: results
//
// Python: asyncio.as_completed(fs, *, timeout=None)

#include "krait/asyncio/queues.h"

namespace krait::asyncio {

struct AsCompletedOptions {
  std::optional<nanoseconds> timeout = std::nullopt;  // for all of them together; none: for ever
};

// The part that does not know the type; it outlives the iterator in the futures' callbacks.
class _Completions : public std::enable_shared_from_this<_Completions> {
 public:
  // `futures` are distinct.
  void begin(std::vector<_base::Ref<_FutureCore>> futures, std::optional<nanoseconds> timeout);
  bool left() const noexcept { return left_ > 0; }
  void take_one() noexcept { --left_; }
  // The next to end. Throws TimeoutError.
  Coroutine<FutureBase> next();

 private:
  void completed(FutureBase future);
  void timed_out();
  std::vector<std::pair<_base::Ref<_FutureCore>, std::uint64_t>> todo_;
  std::size_t left_ = 0;
  Queue<FutureBase> done_;  // an empty one: time is up
  TimerHandle timer_;
};

// Python: asyncio.tasks._AsCompletedIterator
template <class F>
class AsCompleted {
 public:
  using value_type = typename F::value_type;
  AsCompleted(std::vector<F> futures, std::optional<nanoseconds> timeout) : state_(std::make_shared<_Completions>()) {
    std::vector<_base::Ref<_FutureCore>> distinct;
    for (F& each : futures) each.core();  // throws for an empty one, before any is marked
    for (F& each : futures) {
      if (each.core().mark()) distinct.emplace_back(&each.core());
    }
    for (const auto& each : distinct) each->unmark();
    state_->begin(std::move(distinct), timeout);
  }

  // The next future that has ended, or nullopt when there is none left. Throws TimeoutError. Python: async for
  Coroutine<std::optional<F>> anext() {
    if (!state_->left()) co_return std::nullopt;
    state_->take_one();
    const std::shared_ptr<_Completions> state = state_;
    FutureBase next = co_await state->next();
    co_return F(_base::Ref<_FutureCore>(&next.core()));
  }

  // A coroutine for each: what it gives is the result of the next to end, whichever that is. Python: for
  class iterator {
   public:
    using value_type = Coroutine<typename AsCompleted::value_type>;
    using difference_type = std::ptrdiff_t;
    explicit iterator(std::shared_ptr<_Completions> state) : state_(std::move(state)) {}
    value_type operator*() const {
      state_->take_one();
      return result_of_next(state_);
    }
    iterator& operator++() { return *this; }
    void operator++(int) {}
    bool operator==(std::default_sentinel_t) const { return !state_->left(); }

   private:
    std::shared_ptr<_Completions> state_;
  };
  iterator begin() { return iterator(state_); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  static Coroutine<value_type> result_of_next(std::shared_ptr<_Completions> state) {
    FutureBase next = co_await state->next();
    next.core().raise_unless_result();
    if constexpr (!std::is_void_v<value_type>) co_return _take_result<value_type>(next.core());
  }
  std::shared_ptr<_Completions> state_;
};

// Coroutines become tasks at once, in order. The same future twice counts once.
template <Awaitable A>
auto as_completed(std::vector<A> awaitables, AsCompletedOptions options = {}) {
  using F = decltype(ensure_future(std::declval<A>()));
  std::vector<F> futures;
  futures.reserve(awaitables.size());
  for (A& each : awaitables) futures.push_back(ensure_future(std::move(each)));
  return AsCompleted<F>(std::move(futures), options.timeout);
}

}  // namespace krait::asyncio
