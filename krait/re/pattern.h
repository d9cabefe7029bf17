#pragma once
// Compiled patterns, in Python's language.
//
//   static const re::Pattern kWord = re::compile("\\w+", re::IGNORECASE);
//   for (std::string_view word : kWord.findall(text)) …
//
// The language is CPython 3.13's, and so are the errors. It departs in this:
// - \N{NAME} is not known: write \uXXXX or \UXXXXXXXX. FutureWarnings are not given.
// - A match takes a limited number of steps, and limited time: see CompileOptions::limit.
// - A pattern may not be larger than the engine takes when written out: {m,n} after a group counts n times, 64 KiB in all.
//   Look-behinds look back 65535 characters at most.
// - In {m,n} with a finite n > 1, CPython ends with a turn that matched nothing; here another may follow, so that the
//   group may hold another turn's text.
// - match() with a `pos` beyond `endpos` finds nothing, where CPython's finds what is empty.
// - A (?(n)…) within group n itself sees that group's last turn, where CPython sees nothing.
// - Ignoring case, \1 takes "ſ" for "s" and their like, too.
// - LOCALE, in a bytes pattern, means the C locale.
// Places are bytes, where Python counts characters; those of a PatternError are characters.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "krait/re/error.h"
#include "krait/re/findall.h"
#include "krait/re/flags.h"
#include "krait/re/match.h"

namespace krait::re {

struct CompileOptions {
  RegexFlag flags = RegexFlag::NOFLAG;
  // A bytes pattern for bytes: every byte is one character, \w and its like are ASCII's. Python: rb"…"
  bool bytes = false;
  // How many steps of going back and trying anew one starting place is worth; 0: without end. Beyond it, and beyond
  // `timeout` of processor time for one match (0: without end), LimitError is thrown: patterns like (a+)+$ would
  // otherwise take years for "aaaa…b". Python's re has no limit.
  std::uint32_t limit = 10'000'000;
  std::chrono::nanoseconds timeout = std::chrono::seconds(5);
};

inline constexpr std::size_t _kToTheEnd = ~std::size_t{0};

// What sub() calls for each match: writes the replacement.
struct _Replace {
  void* context = nullptr;
  void (*append)(void* context, const Match& match, std::string& to) = nullptr;
};
template <class F>
_Replace _replace_by(F& function) {
  if constexpr (std::is_function_v<F>) {  // by its name
    return {reinterpret_cast<void*>(&function), [](void* context, const Match& match, std::string& to) {
              to.append(std::string_view(reinterpret_cast<F*>(context)(match)));
            }};
  } else {
    return {const_cast<void*>(static_cast<const void*>(&function)),
            [](void* context, const Match& match, std::string& to) {
              to.append(std::string_view((*static_cast<F*>(context))(match)));
            }};
  }
}
// A function of a match that gives what becomes a std::string_view.
template <class F>
concept Replacement = std::is_invocable_v<F&, const Match&> &&
                      std::is_constructible_v<std::string_view, std::invoke_result_t<F&, const Match&>>;

// The matches of a text, one after the other, each found when it is asked for. Python: the iterator of finditer
class Matches {
 public:
  class iterator {
   public:
    using value_type = Match;
    using difference_type = std::ptrdiff_t;
    const Match& operator*() const noexcept { return *matches_->current_; }
    const Match* operator->() const noexcept { return &*matches_->current_; }
    iterator& operator++() {
      matches_->next();
      return *this;
    }
    void operator++(int) { matches_->next(); }
    bool operator==(std::nullptr_t) const noexcept { return !matches_->current_.has_value(); }

   private:
    friend class Matches;
    explicit iterator(Matches* matches) noexcept : matches_(matches) {}
    Matches* matches_;
  };

  // Once. Throws LimitError, as ++ does.
  iterator begin() {
    next();
    return iterator(this);
  }
  std::nullptr_t end() const noexcept { return nullptr; }
  // Python: list(pattern.finditer(…))
  std::vector<Match> list();

 private:
  friend class Pattern;
  Matches(std::shared_ptr<const Program> program, Subject subject, std::size_t pos, std::size_t endpos);
  void next();

  std::shared_ptr<const Program> program_;
  Subject subject_;
  std::size_t pos_, endpos_, start_;
  unsigned char encoding_ = 0;
  bool must_advance_ = false;
  std::optional<Match> current_;
};

// Python: re.Pattern. A value that is cheap to copy; any number of threads may use one at once.
//
// All that search throw LimitError, UnicodeDecodeError for a subject that is no UTF-8 (but for one of more than 32 KiB that is
// matched at one place or from a `pos` on: there, what is no UTF-8 matches nothing), and ValueError for a `pos` or
// `endpos` within a character. `pos` and `endpos` beyond the text are its end.
class Pattern {
 public:
  // Python: p.search(string, pos, endpos) and so on. `^` is the text's real beginning; $ and \Z are at `endpos`.
  std::optional<Match> search(Subject string, std::size_t pos = 0, std::size_t endpos = _kToTheEnd) const;
  std::optional<Match> match(Subject string, std::size_t pos = 0, std::size_t endpos = _kToTheEnd) const;
  std::optional<Match> fullmatch(Subject string, std::size_t pos = 0, std::size_t endpos = _kToTheEnd) const;
  // Texts, or tuples of them when the pattern has several groups: see Findall.
  Findall findall(Subject string, std::size_t pos = 0, std::size_t endpos = _kToTheEnd) const;
  Matches finditer(Subject string, std::size_t pos = 0, std::size_t endpos = _kToTheEnd) const;

  // `repl` is a template with \1, \g<name> and escapes, or a function of the match. Replaces at most `count`; 0: all.
  // Throws PatternError and IndexError for the template. Python: p.sub(repl, string, count), p.subn(…)
  std::string sub(std::string_view repl, std::string_view string, std::ptrdiff_t count = 0) const {
    return subn(repl, string, count).first;
  }
  std::pair<std::string, std::size_t> subn(std::string_view repl, std::string_view string,
                                           std::ptrdiff_t count = 0) const;
  template <Replacement F>
  std::string sub(F&& repl, std::string_view string, std::ptrdiff_t count = 0) const {
    return replace(_replace_by(repl), string, count).first;
  }
  template <Replacement F>
  std::pair<std::string, std::size_t> subn(F&& repl, std::string_view string, std::ptrdiff_t count = 0) const {
    return replace(_replace_by(repl), string, count);
  }

  // What lies between the matches, and after each piece the groups of the match. Splits at most `maxsplit` times; 0: always.
  // Python: p.split(string, maxsplit)
  Pieces split(Subject string, std::ptrdiff_t maxsplit = 0) const;

  // Python: p.pattern, p.flags, p.groups, p.groupindex (in the order of the pattern)
  const std::string& pattern() const noexcept;
  RegexFlag flags() const noexcept;
  std::size_t groups() const noexcept;
  const std::vector<std::pair<std::string, std::size_t>>& groupindex() const noexcept;
  bool is_bytes() const noexcept;

  // What may surprise about this pattern, a sentence a line; "" when there is nothing to say. Why does findall give only
  // empty texts? "group 1 cannot participate: inside a negative look-around". Ours: Python has no such thing.
  std::string explain() const;

  // The same pattern text, flags and kind. Python: p == q
  friend bool operator==(const Pattern& a, const Pattern& b) noexcept;

 private:
  friend Pattern compile(std::string_view pattern, const CompileOptions& options);
  friend class Match;
  explicit Pattern(std::shared_ptr<const Program> program) noexcept : program_(std::move(program)) {}
  std::pair<std::string, std::size_t> replace(_Replace replacement, std::string_view string,
                                              std::ptrdiff_t count) const;

  std::shared_ptr<const Program> program_;
};

// "re.compile('love', re.IGNORECASE)". Python: repr(p)
std::string repr(const Pattern& pattern);
inline std::string str(const Pattern& pattern) { return repr(pattern); }

}  // namespace krait::re
