#pragma once
// From a subject to looks, and from spans to matches.

#include <memory>
#include <optional>

#include "krait/re/_program.h"
#include "krait/re/match.h"

namespace krait::re {

// The part of `subject` up to `endpos`, and where to begin in it. Throws UnicodeDecodeError, ValueError.
struct Prepared {
  Look look;
  bool possible = true;  // false: pos lies beyond endpos
};
Prepared prepare(const Program& program, const Subject& subject, Kind kind, std::size_t pos, std::size_t endpos);

// The next look after the match at `spans`: an empty match must not be found again.
void go_on(Look& look, const std::size_t* spans) noexcept;

class _Matcher {
 public:
  static Match make(const std::shared_ptr<const Program>& program, const Subject& subject, const Look& look,
                    std::size_t pos, const std::size_t* spans);
};

// Python: repr(text); bytes as b'…'
std::string repr_of(std::string_view text, bool is_text);

}  // namespace krait::re
