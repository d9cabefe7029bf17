#pragma once
// What goes wrong with a pattern, and with matching it.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "krait/builtins/exceptions.h"

namespace krait::re {

// The pattern, or the template of a substitution, is not Python's language. what() is
// "missing ), unterminated subpattern at position 1", and in a pattern of several lines "… (line 2, column 1)".
// Places are counted in characters, as in Python; in a bytes pattern that is bytes.
// Python: re.PatternError, and its older name re.error
class PatternError : public Exception {
 public:
  explicit PatternError(std::string msg);
  // `pattern` is the text, `characters` what a place is counted in.
  PatternError(std::string msg, std::string pattern, std::u32string_view characters, std::ptrdiff_t pos);

  std::string msg;  // without the place
  std::optional<std::string> pattern;
  std::optional<std::size_t> pos;     // from 0
  std::optional<std::size_t> lineno;  // from 1
  std::optional<std::size_t> colno;   // from 1
};
using error = PatternError;

// Matching took more than the pattern's limit of steps or of time (see Options), where Python's re would go on, perhaps
// for years; or it needed more memory than the engine may take. The same search may succeed with higher limits.
KRAIT_EXCEPTION(LimitError, RuntimeError);

}  // namespace krait::re
