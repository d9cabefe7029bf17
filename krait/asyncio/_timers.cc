#include "krait/asyncio/_timers.h"

#include <algorithm>

namespace krait::asyncio {

namespace {
constexpr std::size_t kArity = 4;
}

void _TimerHeap::add(_TimerNode* node, std::int64_t when) {
  assert(!node->scheduled());
  heap_.push_back({});
  sift_up(heap_.size() - 1, {when, orders_++, node});
}

void _TimerHeap::remove(_TimerNode* node) noexcept {
  assert(node->scheduled() && heap_[node->place].node == node);
  std::size_t place = node->place;
  node->place = _TimerNode::kNowhere;
  Entry last = heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) return;
  if (place > 0 && last.before(heap_[(place - 1) / kArity])) {
    sift_up(place, last);
  } else {
    sift_down(place, last);
  }
}

void _TimerHeap::expire(std::int64_t now, _ReadyQueue& ready) noexcept {
  while (!heap_.empty() && heap_.front().when <= now) {
    _TimerNode* node = heap_.front().node;
    remove(node);
    ready.push(node);
  }
}

void _TimerHeap::sift_up(std::size_t place, Entry entry) noexcept {
  while (place > 0) {
    std::size_t parent = (place - 1) / kArity;
    if (!entry.before(heap_[parent])) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, entry);
}

void _TimerHeap::sift_down(std::size_t place, Entry entry) noexcept {
  for (;;) {
    std::size_t first = place * kArity + 1, least = first;
    if (first >= heap_.size()) break;
    std::size_t end = std::min(first + kArity, heap_.size());
    for (std::size_t child = first + 1; child < end; ++child) {
      if (heap_[child].before(heap_[least])) least = child;
    }
    if (!heap_[least].before(entry)) break;
    put(place, heap_[least]);
    place = least;
  }
  put(place, entry);
}

}  // namespace krait::asyncio
