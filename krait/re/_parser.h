#pragma once
// Python's regular expressions: their grammar, their errors and where they are.
//
//   pattern := branch ("|" branch)*         branch := (item repeat?)*
//   repeat  := ("*" | "+" | "?" | "{" [m] ["," [n]] "}") ("?" | "+")?
//   item    := "." | "^" | "$" | character | "\" escape | "[" ["^"] set "]" | "(" group ")"
//   group   := pattern | "?:" pattern | "?P<name>" pattern | "?P=name" | "?#" comment | "?=" | "?!" | "?<=" | "?<!" pattern
//            | "?>" pattern | "?(" id ")" branch ["|" branch] | "?" flags | "?" [flags] ["-" flags] ":" pattern

#include <string_view>

#include "krait/re/_tree.h"

namespace krait::re {

// Deeper nesting of groups throws RecursionError, as at CPython's default limit.
inline constexpr int kMaxDepth = 496;
inline constexpr std::size_t kMaxGroups = 0x3fffffff;  // Python: re._constants.MAXGROUPS

// Throws PatternError, OverflowError (a repetition number), ValueError (flags), RecursionError, and UnicodeDecodeError for
// a text that is no UTF-8. Python: re._parser.parse(pattern, flags), and what re._compiler.compile finds.
Tree parse(std::string_view pattern, bool is_text, RegexFlag flags);

}  // namespace krait::re
