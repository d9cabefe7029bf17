#pragma once
// What CPython's str and re know of each character, as tables of ranges; and sets of characters.

#include <cstdint>
#include <span>
#include <vector>

namespace krait::re {

struct Range {
  char32_t first, last;
  bool operator==(const Range&) const = default;
};

// first, first + step, … last: each maps to itself + distance.
struct CaseRun {
  char32_t first, last;
  std::int32_t step, distance;
};

// Lowercase characters that have the same uppercase, which is no pair of lower and upper: "s" and "ſ".
struct ExtraCase {
  char32_t lower, other;
};

inline constexpr char32_t kLastCodePoint = 0x10ffff;

// Sorted, without overlaps.
extern const std::span<const Range> kWord;         // Python: c.isalnum() or c == "_"
extern const std::span<const Range> kDigit;        // Python: c.isdecimal()
extern const std::span<const Range> kNumericOnly;  // Python: c.isalnum() and not c.isalpha()
extern const std::span<const Range> kIdentifierStart;
extern const std::span<const Range> kIdentifierPart;
extern const std::span<const Range> kCased;           // has another lower or upper case
extern const std::span<const CaseRun> kLower;         // to the simple lower case
extern const std::span<const CaseRun> kUpperAstral;   // to the simple upper case, beyond U+FFFF
extern const std::span<const ExtraCase> kExtraCases;  // by `lower`

bool contains(std::span<const Range> ranges, char32_t code) noexcept;
char32_t map_case(std::span<const CaseRun> runs, char32_t code) noexcept;
inline char32_t to_lower(char32_t code) noexcept { return map_case(kLower, code); }
bool is_alpha(char32_t code) noexcept;  // Python: c.isalpha()

// A set of characters: sorted ranges that neither touch nor overlap, so equal sets compare equal.
class CodeSet {
 public:
  CodeSet() = default;
  explicit CodeSet(std::span<const Range> sorted) : ranges_(sorted.begin(), sorted.end()) {}
  static CodeSet single(char32_t code) { return range(code, code); }
  static CodeSet range(char32_t first, char32_t last);
  static CodeSet of(std::vector<Range> unsorted);

  const std::vector<Range>& ranges() const noexcept { return ranges_; }
  bool empty() const noexcept { return ranges_.empty(); }
  bool contains(char32_t code) const noexcept { return re::contains(ranges_, code); }
  bool operator==(const CodeSet&) const = default;

  CodeSet complement() const;
  friend CodeSet operator|(const CodeSet& a, const CodeSet& b);
  friend CodeSet operator&(const CodeSet& a, const CodeSet& b);
  friend CodeSet operator-(const CodeSet& a, const CodeSet& b) { return a & b.complement(); }

 private:
  std::vector<Range> ranges_;
};

}  // namespace krait::re
