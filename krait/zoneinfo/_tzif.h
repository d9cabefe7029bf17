#pragma once
// A compiled time zone: the file, and what it says of a moment.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "krait/zoneinfo/_posix_rule.h"

namespace krait::zoneinfo {

class _Tzif {
 public:
  // Throws ValueError "Invalid TZif file: magic not found", or what else is wrong with it.
  explicit _Tzif(std::string_view bytes);

  // The kind of time at a local time, in seconds since 1970-01-01T00:00 of the same clock, of the year given.
  const _Kind& at_clock(std::int64_t clock, int year, int fold) const;
  _PosixRule::Found at_utc(std::int64_t utc, int year) const;
  // The only kind, of a zone that has no other.
  const _Kind* fixed() const;

 private:
  void find_summer_offsets(const std::vector<bool>& is_summer);
  void find_local_times();
  bool repeats(std::size_t change, const _Kind& now, std::int64_t utc) const;
  const _Kind& kind(std::size_t change) const { return kinds_[indices_[change]]; }
  const _Kind& after() const { return rule_ ? rule_->standard : kinds_[last_]; }

  std::vector<_Kind> kinds_;
  std::vector<std::int64_t> utc_;       // the changes, in order
  std::vector<std::uint8_t> indices_;   // the kind from each change on
  std::vector<std::int64_t> local_[2];  // the changes by the local clock, for fold 0 and 1
  std::size_t before_ = 0;              // the kind before the first change
  std::size_t last_ = 0;                // the kind behind the last one, without a rule
  std::optional<_PosixRule> rule_;
};

}  // namespace krait::zoneinfo
