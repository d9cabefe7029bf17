#pragma once
// Short patterns that never have to go back, since the next character always decides whether a repetition goes on. They are
// walked here, step by step, where entering the engine would take longer than matching:
//
//   \w+    \b[A-Z]\w*    " 5\d\d     (\d{4})-(\d\d)-(\d\d)    #(\w+)
//
// \w+x does go back, for "x" is a \w. Alternatives, look-around and whatever is long are the engine's, whose machine code
// takes fewer cycles a step.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "krait/re/_byte_set.h"
#include "krait/re/_start.h"
#include "krait/re/_tree.h"

namespace krait::re {

inline constexpr std::size_t kLinearGroups = 15;
inline constexpr std::uint32_t kEndless = 0xffffffffu;  // Step::max

// Room for the places of all groups.
using LinearSpans = std::array<std::size_t, 2 * (kLinearGroups + 1)>;

struct Step {
  enum class Op : unsigned char {
    One,    // a member of `set`
    Run,    // `min` to `max` members, as many as there are
    Byte,   // `byte`
    Text,   // `max` bytes of the texts, from `min` on
    Open,   // `group` begins
    Close,  // `group` ends
    Begin,  // of the text
    LineBegin,
    End,          // of the text
    LastLineEnd,  // of the text, or before the newline that ends it
    LineEnd,
    Boundary,  // between a member of `set` and none; `negate`: not such a place
  };
  Op op = Op::Byte;
  bool negate = false;
  unsigned char byte = 0;
  std::uint16_t set = 0;
  std::uint16_t group = 0;
  std::uint32_t min = 0, max = 0;
};

class Linear {
 public:
  // Nullopt: it is the engine's. `whole`: the match is to end where the text does.
  static std::optional<Linear> compile(const Tree& tree, Encoding encoding, bool whole);

  enum class Outcome : unsigned char { Match, NoMatch, TooLong };
  // The first match from `start` on, or `only_there`; with `must_advance` not the empty one at `start`. Writes the places of
  // all groups to `spans`. TooLong: looking for it takes more than it may; the engine has means to go on.
  Outcome find(std::string_view text, std::size_t start, bool only_there, bool must_advance,
               std::size_t* spans) const noexcept;

 private:
  friend class LinearCompiler;
  template <bool kUtf8>
  friend class Walker;

  std::vector<Step> steps_;
  std::vector<ByteSet> sets_;
  std::string texts_;
  Encoding encoding_ = Encoding::Ascii;
  std::size_t groups_ = 0;
  std::size_t width_ = 0;               // bytes of a match, at least
  std::optional<Landmarks> landmarks_;  // where matches start, or else
  std::optional<std::uint16_t> first_;  // what they start with
};

}  // namespace krait::re
