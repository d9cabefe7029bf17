#include "krait/re/_byte_set.h"

#include <algorithm>

namespace krait::re {

namespace {

constexpr char32_t kLastAscii = 0x7f, kLastByte = 0xff;
constexpr Range kBeyondAscii[] = {{0x80, 0xd7ff}, {0xe000, kLastCodePoint}};

}  // namespace

ByteSet::ByteSet(const CodeSet& set, Encoding encoding) {
  const char32_t last = encoding == Encoding::Bytes ? kLastByte : kLastAscii;
  std::size_t members = 0;
  for (const Range& range : set.ranges()) {
    for (char32_t code = range.first; code <= std::min(range.last, last); ++code) {
      answers_[code] = Yes;
      ++members;
    }
  }
  bool all_beyond = encoding != Encoding::Utf8;
  if (encoding == Encoding::Utf8) {
    const CodeSet beyond = set & CodeSet(kBeyondAscii);
    all_beyond = beyond == CodeSet(kBeyondAscii);
    const Answer answer = beyond.empty() ? No : all_beyond ? Yes : Ask;
    std::fill(answers_.begin() + 0x80, answers_.end(), answer);
  }
  if (all_beyond && members == last) {
    only_missing_ = static_cast<int>(std::ranges::find(answers_, No) - answers_.begin());
  }
  if (!asks()) return;
  page_of_.assign((kLastCodePoint >> kPageBits) + 1, 0);
  pages_.resize(1);  // the empty one
  std::uint16_t full = 0;
  for (const Range& range : set.ranges()) {
    for (char32_t code = range.first; code <= range.last;) {
      const std::size_t page = code >> kPageBits;
      const char32_t end = std::min<char32_t>(range.last, static_cast<char32_t>((page + 1) << kPageBits) - 1);
      const bool whole = (code & (kPageSize - 1)) == 0 && (end & (kPageSize - 1)) == kPageSize - 1;
      if (whole && full == 0) {
        full = static_cast<std::uint16_t>(pages_.size());
        pages_.emplace_back().set();
      }
      if (whole) {
        page_of_[page] = full;
      } else {
        if (page_of_[page] == 0) {
          page_of_[page] = static_cast<std::uint16_t>(pages_.size());
          pages_.emplace_back();
        }
        for (char32_t each = code; each <= end; ++each) pages_[page_of_[page]][each & (kPageSize - 1)] = true;
      }
      code = end + 1;
    }
  }
}

}  // namespace krait::re
