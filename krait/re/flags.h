#pragma once
// The flags of re, combined with |:   re::compile("^love", re::IGNORECASE | re::MULTILINE)

namespace krait::re {

// Python: re.RegexFlag, with Python's values.
enum class RegexFlag : unsigned {
  NOFLAG = 0,
  IGNORECASE = 2,  // letters match in either case, with Python's pairs ("ſ" and "s", but not "ß" and "ss")
  LOCALE = 4,      // for bytes patterns only, and then the C locale: the same as ASCII
  MULTILINE = 8,   // ^ and $ match at lines, too
  DOTALL = 16,     // . matches a newline, too
  UNICODE = 32,    // what a text pattern has anyway
  VERBOSE = 64,    // white space and # comments in the pattern do not count
  ASCII = 256,     // \w \d \s \b and IGNORECASE know ASCII only
};

constexpr RegexFlag operator|(RegexFlag a, RegexFlag b) noexcept {
  return static_cast<RegexFlag>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr RegexFlag operator&(RegexFlag a, RegexFlag b) noexcept {
  return static_cast<RegexFlag>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
constexpr RegexFlag operator~(RegexFlag a) noexcept { return static_cast<RegexFlag>(~static_cast<unsigned>(a)); }
constexpr RegexFlag& operator|=(RegexFlag& a, RegexFlag b) noexcept { return a = a | b; }
// Python: bool(flags & re.I)
constexpr bool _has(RegexFlag flags, RegexFlag any) noexcept { return (flags & any) != RegexFlag::NOFLAG; }

// Python: re.IGNORECASE, re.I and so on.
inline constexpr RegexFlag NOFLAG = RegexFlag::NOFLAG;
inline constexpr RegexFlag IGNORECASE = RegexFlag::IGNORECASE, I = IGNORECASE;
inline constexpr RegexFlag LOCALE = RegexFlag::LOCALE, L = LOCALE;
inline constexpr RegexFlag MULTILINE = RegexFlag::MULTILINE, M = MULTILINE;
inline constexpr RegexFlag DOTALL = RegexFlag::DOTALL, S = DOTALL;
inline constexpr RegexFlag UNICODE = RegexFlag::UNICODE, U = UNICODE;
inline constexpr RegexFlag VERBOSE = RegexFlag::VERBOSE, X = VERBOSE;
inline constexpr RegexFlag ASCII = RegexFlag::ASCII, A = ASCII;

}  // namespace krait::re
