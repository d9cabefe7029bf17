#pragma once
// A set of characters, to be asked of the bytes of a text.

#include <array>
#include <bitset>
#include <cstdint>
#include <vector>

#include "krait/re/_unicode.h"
#include "krait/re/_utf8.h"

namespace krait::re {

class ByteSet {
 public:
  ByteSet(const CodeSet& set, Encoding encoding);

  // By the byte that a character begins with: whether it is a member. Of a byte beyond ASCII in UTF-8 it is Ask when that
  // depends on those that follow; else all bytes beyond ASCII, those that continue a character too, say the same.
  enum Answer : unsigned char { No, Yes, Ask };
  Answer operator[](unsigned char first) const noexcept { return answers_[first]; }
  bool asks() const noexcept { return answers_[0xff] == Ask; }
  // What the first byte alone does not tell.
  bool has(char32_t code) const noexcept { return pages_[page_of_[code >> kPageBits]][code & (kPageSize - 1)]; }

  // The one ASCII character that is no member, where all others are, up to the last; -1: it is another kind of set.
  int only_missing() const noexcept { return only_missing_; }

 private:
  static constexpr int kPageBits = 8;
  static constexpr std::size_t kPageSize = std::size_t{1} << kPageBits;

  std::array<Answer, 256> answers_{};
  int only_missing_ = -1;
  std::vector<std::uint16_t> page_of_;  // most pages are all alike
  std::vector<std::bitset<kPageSize>> pages_;
};

// The code point at `at`, beyond ASCII and valid, and where it ends.
inline char32_t code_point(const unsigned char*& at) noexcept {
  const unsigned char first = *at;
  const auto more = [&](int i) { return static_cast<char32_t>(at[i] & 0x3f); };
  if (first < 0xe0) {
    const char32_t code = static_cast<char32_t>(first & 0x1f) << 6 | more(1);
    at += 2;
    return code;
  }
  if (first < 0xf0) {
    const char32_t code = static_cast<char32_t>(first & 0x0f) << 12 | more(1) << 6 | more(2);
    at += 3;
    return code;
  }
  const char32_t code = static_cast<char32_t>(first & 0x07) << 18 | more(1) << 12 | more(2) << 6 | more(3);
  at += 4;
  return code;
}

}  // namespace krait::re
