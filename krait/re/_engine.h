#pragma once
// PCRE2, and all that is said to it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "krait/re/_translate.h"

struct pcre2_real_code_8;

namespace krait::re {

// Where the groups of a match lie, group 0 first: begin, end. Both kNowhere: the group took no part.
inline constexpr std::size_t kNowhere = ~std::size_t{0};

// A pattern in PCRE2's language, compiled. Any number of threads may run it at once.
class Code {
 public:
  struct Options {
    bool utf = false;
    bool tolerant = false;  // utf; what is none in the subject matches nothing. Else the subject must be valid
    bool anchored = false;
    bool to_the_end = false;   // only matches that end where the subject does
    bool sliced = false;       // Run::last_start counts
    bool plain_start = false;  // no cleverness about where a match may start
  };
  // Throws PatternError when it is beyond the engine.
  Code(const std::string& pattern, const Options& options);
  ~Code();
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;

  // To machine code, where the system lets us.
  void speed_up();

  struct Run {
    std::string_view subject;
    std::size_t start = 0;
    bool must_advance = false;  // not the empty text at `start`
    std::uint32_t steps = 0;    // that may be taken from one starting place
    std::size_t last_start = kNowhere;
  };
  enum class Outcome : unsigned char { Match, NoMatch, OutOfSteps };
  // After Match, spans() and last_mark() tell the result, until this thread's next run. Throws LimitError when memory is short.
  Outcome run(const Run& run) const;
  static const std::size_t* spans() noexcept;
  // The number of the (*MARK:n) passed last; 0: none.
  static std::size_t last_mark() noexcept;

 private:
  pcre2_real_code_8* code_ = nullptr;
  bool fast_ = false;
  bool tolerant_ = false;
  std::uint32_t pairs_ = 1;
};

}  // namespace krait::re
