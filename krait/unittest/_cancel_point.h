#pragma once
// One run of cancel_everywhere.h: a virtual time that cancels a task in one turn of the loop.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "krait/asyncio/tasks.h"
#include "krait/unittest/virtual_clock.h"

namespace krait::unittest {

class CancelPoint final : private asyncio::_VirtualTime {
 public:
  // The victim is cancelled in this turn of its life (0: the one that would start it), before the turn runs: what it was
  // woken for is then on the way. None: never.
  CancelPoint(std::optional<std::size_t> turn, std::optional<std::uint64_t> seed, std::size_t max_turns);
  CancelPoint(const CancelPoint&) = delete;
  CancelPoint& operator=(const CancelPoint&) = delete;
  ~CancelPoint() override;

  // The task that is to be cancelled: the last one named. Gives it back.
  template <class T>
  asyncio::Task<T> victim(asyncio::Task<T> task) {
    victim_ = asyncio::AnyTask(static_cast<asyncio::_TaskCore*>(&task.core()));
    return task;
  }
  // Waits for its end. True: it was cancelled; false: it gave a result. Any other exception passes through.
  template <class T>
  Coroutine<bool> ended(asyncio::Task<T> task) {
    try {
      (void)co_await task;
    } catch (const asyncio::CancelledError&) {
      co_return true;
    }
    co_return false;
  }
  // True once the victim has been asked to cancel.
  bool hit() const noexcept { return hit_; }

  // The victim's turns so far: "before its first step", "at await point 2, waiting", "at await point 2, woken".
  const std::vector<std::string>& _moments() const noexcept { return moments_; }
  std::size_t _await_points() const noexcept { return steps_ == 0 ? 0 : steps_ - 1; }
  bool _endless() const noexcept { return turns_ > max_turns_; }
  // Lets the victim go; true when it ended with CancelledError.
  bool _forget() { return victim_ && std::exchange(victim_, {}).cancelled(); }

 private:
  std::int64_t now() const override { return clock_.now(); }
  std::int64_t idle(std::int64_t next, bool external) override { return clock_.idle(next, external); }
  bool reorders() const override { return true; }
  void order(std::vector<asyncio::_ReadyNode*>& turn) override;

  std::optional<std::size_t> turn_;
  std::size_t max_turns_;
  std::size_t turns_ = 0, steps_ = 0;
  bool hit_ = false;
  asyncio::AnyTask victim_;
  std::vector<std::string> moments_;
  VirtualClock clock_;
  asyncio::_VirtualTime* before_;
};

}  // namespace krait::unittest
