#include "krait/re/_charset.h"

#include <algorithm>

namespace krait::re {

namespace {

using Op = Node::Op;

constexpr Range kAsciiWord[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
constexpr Range kAsciiDigit[] = {{'0', '9'}};
constexpr Range kAsciiSpace[] = {{'\t', '\r'}, {' ', ' '}};
// Python: c.isspace(). It has U+001C to U+001F, which Unicode's White_Space has not.
constexpr Range kSpace[] = {{'\t', '\r'},     {0x1c, ' '},      {0x85, 0x85},     {0xa0, 0xa0},     {0x1680, 0x1680},
                            {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}};
constexpr char32_t kLastOfBmp = 0xffff;

// How one pattern ignores case.
class Folding {
 public:
  explicit Folding(bool unicode) : unicode_(unicode) {}

  char32_t lower(char32_t code) const {
    if (unicode_) return to_lower(code);
    return code >= 'A' && code <= 'Z' ? code + 0x20 : code;
  }
  bool is_cased(char32_t code) const {
    if (unicode_) return contains(kCased, code);
    return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
  }
  // Adds `lowered` and what shares its upper case.
  void add_with_others(std::vector<Range>& to, char32_t lowered) const {
    to.push_back({lowered, lowered});
    if (!unicode_) return;
    const auto [first, last] = std::ranges::equal_range(kExtraCases, lowered, {}, &ExtraCase::lower);
    for (auto each = first; each != last; ++each) to.push_back({each->other, each->other});
  }
  // Those that are in `set` once they are lowered, up to `last`.
  CodeSet preimage(const CodeSet& set, char32_t last) const {
    std::vector<Range> found;
    std::vector<Range> mapped;
    const auto look = [&](char32_t code, char32_t lowered) {
      mapped.push_back({code, code});
      if (set.contains(lowered)) found.push_back({code, code});
    };
    if (!unicode_ || last < 0x80) {
      for (char32_t code = 'A'; code <= 'Z'; ++code) look(code, code + 0x20);
    } else {
      for (const CaseRun& run : kLower) {
        for (char32_t code = run.first; code <= run.last && code <= last; code += static_cast<char32_t>(run.step)) {
          look(code, code + static_cast<char32_t>(run.distance));
        }
      }
    }
    return (set - CodeSet::of(std::move(mapped))) | CodeSet::of(std::move(found));
  }

 private:
  bool unicode_;
};

CodeSet of_category(Category category, RegexFlag flags) {
  const bool unicode = _has(flags, UNICODE);
  switch (category) {
    case Category::Digit:
      return digit_characters(flags);
    case Category::NotDigit:
      return digit_characters(flags).complement();
    case Category::Word:
      return word_characters(flags);
    case Category::NotWord:
      return word_characters(flags).complement();
    case Category::Space:
      return CodeSet(unicode ? std::span<const Range>(kSpace) : kAsciiSpace);
    case Category::NotSpace:
      return CodeSet(unicode ? std::span<const Range>(kSpace) : kAsciiSpace).complement();
  }
  return {};
}

CodeSet literal(char32_t code, RegexFlag flags, char32_t last) {
  if (!_has(flags, IGNORECASE)) return CodeSet::single(code);
  const Folding folding(_has(flags, UNICODE));
  if (!folding.is_cased(code)) return CodeSet::single(code);
  std::vector<Range> lowered;
  folding.add_with_others(lowered, folding.lower(code));
  return folding.preimage(CodeSet::of(std::move(lowered)), last);
}

// What a [set] holds once a character to be looked up in it has been lowered, and whether it has to be: CPython
// (re._compiler._optimize_charset) lowers the set's members up to U+FFFF, and leaves single ones beyond that as they are.
struct LoweredSet {
  CodeSet set;
  bool has_cased = false;
};

LoweredSet lowered_set(const std::vector<SetItem>& items, RegexFlag flags) {
  const Folding folding(_has(flags, UNICODE));
  std::vector<Range> ranges;
  CodeSet categories;
  bool has_cased = false;
  for (const SetItem& item : items) {
    if (item.category) {
      categories = categories | of_category(*item.category, flags);
      continue;
    }
    if (item.is_literal && folding.lower(item.first) > kLastOfBmp) {
      has_cased = true;
      ranges.push_back({item.first, item.first});
      continue;
    }
    for (char32_t code = item.first; code <= std::min(item.last, kLastOfBmp); ++code) {
      folding.add_with_others(ranges, folding.lower(code));
      has_cased = has_cased || folding.is_cased(code);
    }
    if (item.last <= kLastOfBmp) continue;
    has_cased = true;
    ranges.push_back({item.first, item.last});
    for (const CaseRun& run : kUpperAstral) {
      for (char32_t code = run.first; code <= run.last; code += static_cast<char32_t>(run.step)) {
        const char32_t upper = code + static_cast<char32_t>(run.distance);
        if (upper >= item.first && upper <= item.last) ranges.push_back({code, code});
      }
    }
  }
  return {CodeSet::of(std::move(ranges)) | categories, has_cased};
}

CodeSet plain_set(const std::vector<SetItem>& items, RegexFlag flags) {
  std::vector<Range> ranges;
  CodeSet categories;
  for (const SetItem& item : items) {
    if (item.category)
      categories = categories | of_category(*item.category, flags);
    else
      ranges.push_back({item.first, item.last});
  }
  return CodeSet::of(std::move(ranges)) | categories;
}

CodeSet set(const std::vector<SetItem>& items, RegexFlag flags, char32_t last) {
  if (!_has(flags, IGNORECASE)) return plain_set(items, flags);
  const LoweredSet lowered = lowered_set(items, flags);
  return lowered.has_cased ? Folding(_has(flags, UNICODE)).preimage(lowered.set, last) : lowered.set;
}

}  // namespace

RegexFlag combined(RegexFlag flags, const Node& subpattern) {
  constexpr RegexFlag kTypes = ASCII | LOCALE | UNICODE;
  if (_has(subpattern.add_flags, kTypes)) flags = flags & ~kTypes;
  return (flags | subpattern.add_flags) & ~subpattern.del_flags;
}

CodeSet word_characters(RegexFlag flags) { return CodeSet(_has(flags, UNICODE) ? kWord : kAsciiWord); }
CodeSet digit_characters(RegexFlag flags) { return CodeSet(_has(flags, UNICODE) ? kDigit : kAsciiDigit); }

CodeSet members(const Node& node, RegexFlag flags, char32_t last) {
  switch (node.op) {
    case Op::Literal:
      return literal(node.code, flags, last);
    case Op::NotLiteral:
      return literal(node.code, flags, last).complement();
    case Op::Any:
      return _has(flags, DOTALL) ? CodeSet().complement() : CodeSet::single('\n').complement();
    default: {
      CodeSet all = set(node.set, flags, last);
      return node.negate ? all.complement() : all;
    }
  }
}

}  // namespace krait::re
