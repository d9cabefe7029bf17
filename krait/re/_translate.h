#pragma once
// A parsed pattern in the engine's language, with exactly Python's meaning.

#include <string>

#include "krait/re/_tree.h"
#include "krait/re/_unicode.h"
#include "krait/re/_utf8.h"

namespace krait::re {

// What the engine's own Unicode tables lack beside Python's.
struct EngineUnicode {
  bool usable = false;    // its \p{L}, \p{N} and \p{Nd} hold nothing that Python's \w and \d do not
  CodeSet missing_words;  // in \w, but neither \p{L} nor \p{N} nor "_"
  CodeSet missing_digits;
};

// Compares once, when first asked; defined with the engine.
const EngineUnicode& engine_unicode();

struct Dialect {
  Encoding encoding = Encoding::Utf8;
  bool marks = false;  // (*MARK:n) where group n ends, to learn lastindex
};

std::string translate(const Tree& tree, const Dialect& dialect);

// Whether only one character, always, is what `node` matches.
bool is_single(const Node& node) noexcept;

}  // namespace krait::re
