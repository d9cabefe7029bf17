#include "krait/concurrent/futures/waiting.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <unordered_set>

namespace krait::concurrent::futures {

struct _EndOrder::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::size_t> ended;  // in order; not taken yet

  template <class Condition>
  bool wait(std::unique_lock<std::mutex>& lock, std::optional<std::chrono::steady_clock::time_point> deadline,
            Condition condition) {
    if (!deadline) {
      changed.wait(lock, condition);
      return true;
    }
    return changed.wait_until(lock, *deadline, condition);
  }
};

struct _EndOrder::Entry final : _EndListener {
  Entry(Shared& s, FutureBase f, std::size_t p) : shared(s), future(std::move(f)), place(p) {}
  void ended(_FutureCore&) noexcept override { note(); }
  void note() {
    std::lock_guard lock(shared.mutex);
    shared.ended.push_back(place);
    shared.changed.notify_one();
  }
  Shared& shared;
  FutureBase future;
  std::size_t place;
};

_EndOrder::_EndOrder(std::vector<FutureBase> futures) : shared_(std::make_unique<Shared>()) {
  std::unordered_set<_FutureCore*> seen;
  for (std::size_t i = 0; i < futures.size(); ++i) {
    if (!seen.insert(&futures[i].core()).second) continue;
    entries_.push_back(std::make_unique<Entry>(*shared_, std::move(futures[i]), i));
  }
  for (const auto& each : entries_) {
    if (!each->future.core().listen(*each)) each->note();
  }
}

_EndOrder::~_EndOrder() {
  for (const auto& each : entries_) each->future.core().unlisten(*each);
}

std::vector<std::size_t> _EndOrder::places() const {
  std::vector<std::size_t> all;
  all.reserve(entries_.size());
  for (const auto& each : entries_) all.push_back(each->place);
  return all;
}

std::optional<std::size_t> _EndOrder::next(std::optional<std::chrono::steady_clock::time_point> deadline) {
  std::unique_lock lock(shared_->mutex);
  if (!shared_->wait(lock, deadline, [this] { return !shared_->ended.empty(); })) return std::nullopt;
  std::size_t place = shared_->ended.front();
  shared_->ended.pop_front();
  return place;
}

std::vector<std::size_t> _EndOrder::wait(ReturnWhen when,
                                         std::optional<std::chrono::steady_clock::time_point> deadline) {
  std::size_t looked_at = 0;  // of those that have ended
  bool failed = false;
  auto holds = [&] {
    const auto& ended = shared_->ended;
    for (; when == FIRST_EXCEPTION && looked_at < ended.size(); ++looked_at) {
      auto entry =
          std::ranges::lower_bound(entries_, ended[looked_at], {}, [](const auto& each) { return each->place; });
      const FutureBase& future = (*entry)->future;
      // It has ended, so this does not wait.
      failed = failed || (!future.cancelled() && future.exception());
    }
    return ended.size() == entries_.size() || failed || (when == FIRST_COMPLETED && !ended.empty());
  };
  std::unique_lock lock(shared_->mutex);
  shared_->wait(lock, deadline, holds);
  return {shared_->ended.begin(), shared_->ended.end()};
}

std::optional<std::chrono::steady_clock::time_point> _deadline(std::optional<nanoseconds> timeout) {
  constexpr nanoseconds kLongest = std::chrono::hours(24 * 365 * 100);
  if (!timeout || *timeout > kLongest) return std::nullopt;
  return std::chrono::steady_clock::now() + *timeout;
}

void _raise_unfinished(std::size_t unfinished, std::size_t all) {
  throw TimeoutError(std::to_string(unfinished) + " (of " + std::to_string(all) + ") futures unfinished");
}

}  // namespace krait::concurrent::futures
