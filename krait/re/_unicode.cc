#include "krait/re/_unicode.h"

#include <algorithm>

namespace krait::re {

bool contains(std::span<const Range> ranges, char32_t code) noexcept {
  const auto at = std::ranges::lower_bound(ranges, code, {}, &Range::last);
  return at != ranges.end() && at->first <= code;
}

char32_t map_case(std::span<const CaseRun> runs, char32_t code) noexcept {
  const auto at = std::ranges::lower_bound(runs, code, {}, &CaseRun::last);
  if (at == runs.end() || code < at->first || (code - at->first) % static_cast<char32_t>(at->step) != 0) return code;
  return code + static_cast<char32_t>(at->distance);
}

bool is_alpha(char32_t code) noexcept { return code != U'_' && contains(kWord, code) && !contains(kNumericOnly, code); }

CodeSet CodeSet::range(char32_t first, char32_t last) {
  CodeSet set;
  if (first <= last) set.ranges_.push_back({first, last});
  return set;
}

CodeSet CodeSet::of(std::vector<Range> unsorted) {
  std::ranges::sort(unsorted, {}, &Range::first);
  CodeSet set;
  for (const Range& each : unsorted) {
    if (!set.ranges_.empty() && each.first <= set.ranges_.back().last + 1) {
      set.ranges_.back().last = std::max(set.ranges_.back().last, each.last);
    } else {
      set.ranges_.push_back(each);
    }
  }
  return set;
}

CodeSet CodeSet::complement() const {
  CodeSet set;
  char32_t next = 0;
  for (const Range& each : ranges_) {
    if (each.first > next) set.ranges_.push_back({next, each.first - 1});
    next = each.last + 1;
  }
  if (next <= kLastCodePoint) set.ranges_.push_back({next, kLastCodePoint});
  return set;
}

CodeSet operator|(const CodeSet& a, const CodeSet& b) {
  std::vector<Range> all = a.ranges_;
  all.insert(all.end(), b.ranges_.begin(), b.ranges_.end());
  return CodeSet::of(std::move(all));
}

CodeSet operator&(const CodeSet& a, const CodeSet& b) {
  CodeSet set;
  for (auto x = a.ranges_.begin(), y = b.ranges_.begin(); x != a.ranges_.end() && y != b.ranges_.end();) {
    const char32_t first = std::max(x->first, y->first);
    const char32_t last = std::min(x->last, y->last);
    if (first <= last) set.ranges_.push_back({first, last});
    (x->last < y->last ? x : y)++;
  }
  return set;
}

}  // namespace krait::re
