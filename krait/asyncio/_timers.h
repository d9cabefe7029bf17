#pragma once
// The timer heap: a 4-ary min-heap by deadline; equal deadlines keep the order in which they were set.
//
// A node knows its place in the heap, so a cancelled timer leaves at once instead of lying about until its time
// comes. (CPython leaves it there and sweeps when half of 100 are dead.)

#include <cstdint>
#include <limits>
#include <vector>

#include "krait/asyncio/_ready.h"

namespace krait::asyncio {

// A due timer becomes ready: its own `run` is what fires it.
struct _TimerNode : _ReadyNode {
  static constexpr std::uint32_t kNowhere = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t place = kNowhere;
  bool scheduled() const noexcept { return place != kNowhere; }
};

class _TimerHeap {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  bool empty() const noexcept { return heap_.empty(); }
  std::size_t size() const noexcept { return heap_.size(); }
  // The earliest deadline (kNever when there is none).
  std::int64_t next() const noexcept { return heap_.empty() ? kNever : heap_.front().when; }

  // `when` is in nanoseconds of the loop's clock. `node` must not be in the heap.
  void add(_TimerNode* node, std::int64_t when);
  void remove(_TimerNode* node) noexcept;
  // Moves every timer whose deadline is `now` or earlier to `ready`, earliest first.
  void expire(std::int64_t now, _ReadyQueue& ready) noexcept;

 private:
  struct Entry {
    std::int64_t when;
    std::uint64_t order;
    _TimerNode* node;
    bool before(const Entry& other) const noexcept {
      return when != other.when ? when < other.when : order < other.order;
    }
  };
  void put(std::size_t place, const Entry& entry) noexcept {
    heap_[place] = entry;
    entry.node->place = static_cast<std::uint32_t>(place);
  }
  void sift_up(std::size_t place, Entry entry) noexcept;
  void sift_down(std::size_t place, Entry entry) noexcept;

  std::vector<Entry> heap_;
  std::uint64_t orders_ = 0;
};

}  // namespace krait::asyncio
