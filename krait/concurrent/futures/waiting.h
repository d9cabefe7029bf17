#pragma once
// wait and as_completed: for several futures at once. Python: concurrent.futures.wait, as_completed

#include "krait/builtins/generator.h"
#include "krait/concurrent/futures/future.h"

namespace krait::concurrent::futures {

enum class ReturnWhen : std::uint8_t { FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED };
using enum ReturnWhen;

struct WaitOptions {
  std::optional<nanoseconds> timeout = std::nullopt;  // for ever
  ReturnWhen return_when = ALL_COMPLETED;
};

// Python's sets of futures, in the order of the argument. Python: DoneAndNotDoneFutures
template <class F>
struct WaitResult {
  std::vector<F> done, not_done;
};

// Collects futures in the order in which they end.
class _EndOrder {
 public:
  // Those that are in the list twice count once.
  explicit _EndOrder(std::vector<FutureBase> futures);
  _EndOrder(const _EndOrder&) = delete;
  _EndOrder& operator=(const _EndOrder&) = delete;
  ~_EndOrder();

  std::size_t size() const noexcept { return entries_.size(); }
  // Where in the list the distinct ones are.
  std::vector<std::size_t> places() const;
  // The place in the list of the next one to end; none when `deadline` passes first.
  std::optional<std::size_t> next(std::optional<std::chrono::steady_clock::time_point> deadline);
  // Waits until `when` holds; gives the places in the list of those that have ended.
  std::vector<std::size_t> wait(ReturnWhen when, std::optional<std::chrono::steady_clock::time_point> deadline);

 private:
  struct Entry;
  struct Shared;
  void take(const Entry& entry);
  std::unique_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Entry>> entries_;
};

std::optional<std::chrono::steady_clock::time_point> _deadline(std::optional<nanoseconds> timeout);
std::vector<FutureBase> _as_bases(const auto& futures) {
  return std::vector<FutureBase>(futures.begin(), futures.end());
}
[[noreturn]] void _raise_unfinished(std::size_t unfinished, std::size_t all);

// Waits until `return_when` holds for the distinct `futures`, or for `timeout`. Throws none of their exceptions.
//   auto [done, not_done] = concurrent::futures::wait(jobs, {.return_when = FIRST_COMPLETED});
// Departs from Python, where a cancelled future counts only once its executor has noticed, and so, after
// shutdown(cancel_futures=True), never. Python: concurrent.futures.wait(fs, timeout=None, return_when=ALL_COMPLETED)
template <class F>
  requires std::is_base_of_v<FutureBase, F>
WaitResult<F> wait(const std::vector<F>& futures, WaitOptions options = {}) {
  _EndOrder order(_as_bases(futures));
  std::vector<bool> ended(futures.size());
  for (std::size_t place : order.wait(options.return_when, _deadline(options.timeout))) ended[place] = true;
  WaitResult<F> result;
  for (std::size_t place : order.places()) (ended[place] ? result.done : result.not_done).push_back(futures[place]);
  return result;
}

// Gives the distinct `futures` as they end: first those that have, in the order of the argument.
//   for (auto& future : as_completed(jobs)) print(future.result());
// Throws TimeoutError "1 (of 2) futures unfinished", `timeout` after the first one was asked for.
// Python: concurrent.futures.as_completed(fs, timeout=None)
template <class F>
  requires std::is_base_of_v<FutureBase, F>
Generator<F> as_completed(std::vector<F> futures, std::optional<nanoseconds> timeout = std::nullopt) {
  auto deadline = _deadline(timeout);
  _EndOrder order(_as_bases(futures));
  for (std::size_t given = 0; given < order.size(); ++given) {
    std::optional<std::size_t> place = order.next(deadline);
    if (!place) _raise_unfinished(order.size() - given, order.size());
    co_yield F(futures[*place]);
  }
}

}  // namespace krait::concurrent::futures
