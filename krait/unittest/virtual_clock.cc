#include "krait/unittest/virtual_clock.h"

#include <algorithm>

namespace krait::unittest {

VirtualClock::VirtualClock(VirtualClockOptions options)
    : options_(options), random_(options.seed.value_or(0)), before_(asyncio::_set_virtual_time(this)) {}

VirtualClock::~VirtualClock() { asyncio::_set_virtual_time(before_); }

void VirtualClock::advance(std::chrono::nanoseconds step) {
  if (step.count() < 0)
    throw ValueError("cannot advance time by " + std::to_string(step.count()) + " ns: it runs forward");
  now_ += step.count();
}

std::int64_t VirtualClock::idle(std::int64_t next, bool external) {
  if (next == asyncio::_TimerHeap::kNever) return -1;
  if (external && !waited_ && options_.autojump_threshold.count() > 0) {
    waited_ = true;
    return options_.autojump_threshold.count();
  }
  waited_ = false;
  now_ = std::max(now_, next);
  return 0;
}

void VirtualClock::order(std::vector<asyncio::_ReadyNode*>& turn) {
  // Not std::shuffle: its use of the generator differs between standard libraries, and a seed must replay anywhere.
  for (std::size_t i = turn.size(); i > 1; --i) std::swap(turn[i - 1], turn[random_() % i]);
}

}  // namespace krait::unittest
