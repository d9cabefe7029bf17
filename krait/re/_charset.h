#pragma once
// Which characters a node of one character matches.

#include "krait/re/_tree.h"
#include "krait/re/_unicode.h"

namespace krait::re {

// Exactly CPython's set for a Literal, NotLiteral, Any or In under these flags, as far as characters up to `last` go.
CodeSet members(const Node& node, RegexFlag flags, char32_t last);

// The flags within a Subpattern that stands where `flags` hold.
RegexFlag combined(RegexFlag flags, const Node& subpattern);

// \w and \d under these flags.
CodeSet word_characters(RegexFlag flags);
CodeSet digit_characters(RegexFlag flags);

}  // namespace krait::re
