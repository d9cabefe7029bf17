#pragma once
// A compiled pattern: its tree, and the engine's programs for it, each made when it is first needed.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "krait/re/_engine.h"
#include "krait/re/_linear.h"
#include "krait/re/_tree.h"
#include "krait/re/pattern.h"

namespace krait::re {

enum class Kind : unsigned char { Search, Match, FullMatch };

// Where and how to look for one match.
struct Look {
  std::string_view text;  // as far as endpos
  Encoding encoding = Encoding::Utf8;
  Kind kind = Kind::Search;
  std::size_t start = 0;
  bool must_advance = false;
};

class Program {
 public:
  Program(std::string_view pattern, const CompileOptions& options);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  const std::string& pattern() const noexcept { return pattern_; }
  const Tree& tree() const noexcept { return tree_; }
  bool is_text() const noexcept { return is_text_; }

  // What the text is. Throws UnicodeDecodeError. A long one that is matched at one place only is not looked through.
  Encoding encoding_of(std::string_view text, Kind kind, std::size_t pos) const;

  // The spans, until this thread's next look or the end of `room`; null: no match. Throws LimitError.
  const std::size_t* find(const Look& look, LinearSpans& room) const;
  // Of the match that `look` found at `begin`: the group that ended last; 0: none.
  std::size_t last_index(const Look& look, std::size_t begin) const;

 private:
  enum class Role : unsigned char { Plain, Sliced, Marked };
  // Null: the engine is to be asked.
  const Linear* linear(Encoding encoding, bool whole) const;
  const std::size_t* find_by_engine(const Look& look) const;
  const Code& code(Encoding encoding, Kind kind, Role role) const;
  Code* make(Encoding encoding, Kind kind, Role role) const;
  const std::size_t* find_slowly(const Look& look, std::uint32_t steps) const;
  [[noreturn]] void raise_limit(std::string_view what) const;

  std::string pattern_;
  bool is_text_;
  std::uint32_t limit_;
  std::chrono::nanoseconds timeout_;
  Tree tree_;
  bool plain_start_;
  mutable std::mutex making_;
  mutable std::array<std::atomic<Code*>, 4 * 3 * 3> codes_{};
  mutable std::array<std::atomic<const std::optional<Linear>*>, 4 * 2> linears_{};
};

}  // namespace krait::re
