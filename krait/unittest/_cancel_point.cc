#include "krait/unittest/_cancel_point.h"

#include <algorithm>

namespace krait::unittest {

namespace {

std::string moment(std::size_t steps, bool woken) {
  if (steps == 0) return "before its first step";
  return "at await point " + std::to_string(steps) + (woken ? ", woken" : ", waiting");
}

}  // namespace

CancelPoint::CancelPoint(std::optional<std::size_t> turn, std::optional<std::uint64_t> seed, std::size_t max_turns)
    : turn_(turn), max_turns_(max_turns), clock_({.seed = seed}), before_(asyncio::_set_virtual_time(this)) {}

CancelPoint::~CancelPoint() { asyncio::_set_virtual_time(before_); }

void CancelPoint::order(std::vector<asyncio::_ReadyNode*>& turn) {
  // An exception from here would lose the turn; a stopped loop throws when it has run it.
  if (++turns_ > max_turns_) asyncio::get_running_loop().stop();
  if (clock_.reorders()) clock_.order(turn);
  if (!victim_ || victim_.done()) return;
  // A task is its own node in the queue, by a private base: hence the cast.
  auto* node = (asyncio::_ReadyNode*)static_cast<asyncio::_TaskCore*>(&victim_.core());
  bool woken = std::ranges::find(turn, node) != turn.end();
  if (turn_ == moments_.size()) hit_ = victim_.cancel("cancel_everywhere");
  moments_.push_back(moment(steps_, woken));
  if (woken) ++steps_;
}

}  // namespace krait::unittest
