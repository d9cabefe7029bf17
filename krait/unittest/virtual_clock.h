#pragma once
// VirtualClock: time that jumps. While one lives, the loops made in this thread have no other time than its own, and
// when every task waits, the clock moves to the next deadline instead of sleeping: an hour's timeout takes no time.
//
//   VirtualClock clock;
//   asyncio::run(main());                    // sleep(1h) ends at once, in the right order
//   VirtualClock shuffled({.seed = 7});      // and the order of each turn is shuffled, the same way for the same seed
//
// When nothing is ready, no timer is set and no I/O is awaited, run() throws asyncio::DeadlockError.
// The idea is trio's MockClock with autojump; Python's asyncio has none.

#include <chrono>
#include <optional>
#include <random>

#include "krait/asyncio/events.h"

namespace krait::unittest {

struct VirtualClockOptions {
  // None keeps asyncio's own order. A number shuffles what each turn runs, to show what a program took for granted.
  std::optional<std::uint64_t> seed = std::nullopt;
  // How long, in real time, to wait for awaited I/O before time jumps.
  std::chrono::nanoseconds autojump_threshold{0};
};

class VirtualClock final : public asyncio::_VirtualTime {
 public:
  explicit VirtualClock(VirtualClockOptions options = {});
  VirtualClock(const VirtualClock&) = delete;
  VirtualClock& operator=(const VirtualClock&) = delete;
  ~VirtualClock() override;

  // Virtual time since the clock was made.
  std::chrono::nanoseconds elapsed() const noexcept { return std::chrono::nanoseconds(now_); }
  // Moves time on by hand. Throws ValueError for a negative step.
  void advance(std::chrono::nanoseconds step);

  std::int64_t now() const override { return now_; }
  std::int64_t idle(std::int64_t next, bool external) override;
  void order(std::vector<asyncio::_ReadyNode*>& turn) override;
  bool reorders() const override { return options_.seed.has_value(); }

 private:
  VirtualClockOptions options_;
  std::int64_t now_ = 0;
  bool waited_ = false;  // for I/O, since the last jump
  std::mt19937_64 random_;
  asyncio::_VirtualTime* before_;
};

}  // namespace krait::unittest
