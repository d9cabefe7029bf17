#pragma once
// re.search() and its like: patterns given as texts, compiled when they are first seen. 512 are kept, as in Python; any
// number of threads may call.

#include "krait/re/pattern.h"

namespace krait::re {

// Throws PatternError, OverflowError, RecursionError, ValueError (flags), UnicodeDecodeError.
// Python: re.compile(pattern, flags)
Pattern compile(std::string_view pattern, const CompileOptions& options);
inline Pattern compile(std::string_view pattern, RegexFlag flags = NOFLAG) {
  return compile(pattern, CompileOptions{.flags = flags});
}

// Python: re.search(pattern, string, flags) and so on. What they throw: compile(), and Pattern's function of that name.
inline std::optional<Match> search(std::string_view pattern, Subject string, const CompileOptions& options = {}) {
  return compile(pattern, options).search(std::move(string));
}
inline std::optional<Match> match(std::string_view pattern, Subject string, const CompileOptions& options = {}) {
  return compile(pattern, options).match(std::move(string));
}
inline std::optional<Match> fullmatch(std::string_view pattern, Subject string, const CompileOptions& options = {}) {
  return compile(pattern, options).fullmatch(std::move(string));
}
inline Findall findall(std::string_view pattern, Subject string, const CompileOptions& options = {}) {
  return compile(pattern, options).findall(std::move(string));
}
inline Matches finditer(std::string_view pattern, Subject string, const CompileOptions& options = {}) {
  return compile(pattern, options).finditer(std::move(string));
}
// The same with flags alone: re::search("LOVE", text, re::IGNORECASE)
inline std::optional<Match> search(std::string_view pattern, Subject string, RegexFlag flags) {
  return compile(pattern, flags).search(std::move(string));
}
inline std::optional<Match> match(std::string_view pattern, Subject string, RegexFlag flags) {
  return compile(pattern, flags).match(std::move(string));
}
inline std::optional<Match> fullmatch(std::string_view pattern, Subject string, RegexFlag flags) {
  return compile(pattern, flags).fullmatch(std::move(string));
}
inline Findall findall(std::string_view pattern, Subject string, RegexFlag flags) {
  return compile(pattern, flags).findall(std::move(string));
}
inline Matches finditer(std::string_view pattern, Subject string, RegexFlag flags) {
  return compile(pattern, flags).finditer(std::move(string));
}

struct SubOptions {
  std::ptrdiff_t count = 0;  // how many are replaced at most; 0: all
  RegexFlag flags = RegexFlag::NOFLAG;
  bool bytes = false;                            // see CompileOptions
  std::uint32_t limit = CompileOptions().limit;  // see CompileOptions
  std::chrono::nanoseconds timeout = CompileOptions().timeout;

  CompileOptions compile() const { return {.flags = flags, .bytes = bytes, .limit = limit, .timeout = timeout}; }
};

// Python: re.sub(pattern, repl, string, count=, flags=), re.subn(…)
inline std::string sub(std::string_view pattern, std::string_view repl, std::string_view string,
                       const SubOptions& options = {}) {
  return compile(pattern, options.compile()).sub(repl, string, options.count);
}
template <Replacement F>
std::string sub(std::string_view pattern, F&& repl, std::string_view string, const SubOptions& options = {}) {
  return compile(pattern, options.compile()).sub(repl, string, options.count);
}
inline std::pair<std::string, std::size_t> subn(std::string_view pattern, std::string_view repl,
                                                std::string_view string, const SubOptions& options = {}) {
  return compile(pattern, options.compile()).subn(repl, string, options.count);
}
template <Replacement F>
std::pair<std::string, std::size_t> subn(std::string_view pattern, F&& repl, std::string_view string,
                                         const SubOptions& options = {}) {
  return compile(pattern, options.compile()).subn(repl, string, options.count);
}

struct SplitOptions {
  std::ptrdiff_t maxsplit = 0;  // how often is split at most; 0: always
  RegexFlag flags = RegexFlag::NOFLAG;
  bool bytes = false;                            // see CompileOptions
  std::uint32_t limit = CompileOptions().limit;  // see CompileOptions
  std::chrono::nanoseconds timeout = CompileOptions().timeout;

  CompileOptions compile() const { return {.flags = flags, .bytes = bytes, .limit = limit, .timeout = timeout}; }
};

// Python: re.split(pattern, string, maxsplit=, flags=)
inline Pieces split(std::string_view pattern, Subject string, const SplitOptions& options = {}) {
  return compile(pattern, options.compile()).split(std::move(string), options.maxsplit);
}

// `text` as a pattern that matches just it. Python: re.escape(pattern)
std::string escape(std::string_view text);

// Forgets the patterns that are kept. Python: re.purge()
void purge();

}  // namespace krait::re
