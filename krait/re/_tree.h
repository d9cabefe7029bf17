#pragma once
// A parsed pattern: the tree that CPython's re._parser makes, in C++.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "krait/re/flags.h"

namespace krait::re {

// How many characters something matches, at least and at most. Beyond kMaxWidth it is kMaxWidth.
struct Width {
  std::uint64_t low = 0, high = 0;
  bool operator==(const Width&) const = default;
};
inline constexpr std::uint64_t kMaxWidth = ~std::uint64_t{0};
inline constexpr std::uint64_t kMaxRepeat = 0xffffffffu;  // no upper bound. Python: re._constants.MAXREPEAT
inline constexpr std::uint64_t kMaxCode = 0xffffffffu;    // how far a look-behind may look

enum class Category : unsigned char { Digit, NotDigit, Space, NotSpace, Word, NotWord };

// A part of a [set]: a character or range, or a category.
struct SetItem {
  char32_t first = 0, last = 0;
  std::optional<Category> category;
  bool is_literal = true;  // a single character, which ignoring case treats otherwise than a range
  bool operator==(const SetItem&) const = default;
};

struct Node;

struct Sequence {
  std::vector<Node> nodes;
  Width width;

  Sequence() = default;
  Sequence(Sequence&&) noexcept;
  Sequence& operator=(Sequence&&) noexcept;
  ~Sequence();

  bool empty() const noexcept { return nodes.empty(); }
  void append(Node node);
};

struct Node {
  enum class Op : unsigned char {
    Literal,     // code
    NotLiteral,  // code
    Any,
    In,              // set, negate
    At,              // at
    Branch,          // parts: the alternatives
    Subpattern,      // group (0: none), add_flags, del_flags, parts[0]
    Repeat,          // min, max, greed, parts[0]
    Atomic,          // parts[0]
    Assert,          // behind, parts[0]
    AssertNot,       // behind, parts[0]
    GroupRef,        // group
    GroupRefExists,  // group, parts: yes, no (perhaps absent)
    Failure,
  };
  enum class At : unsigned char { Beginning, BeginningOfString, Boundary, NonBoundary, End, EndOfString };
  enum class Greed : unsigned char { Greedy, Lazy, Possessive };

  Op op = Op::Failure;
  At at = At::Beginning;
  Greed greed = Greed::Greedy;
  bool negate = false;
  bool behind = false;
  char32_t code = 0;
  std::size_t group = 0;
  RegexFlag add_flags = RegexFlag::NOFLAG, del_flags = RegexFlag::NOFLAG;
  std::uint64_t min = 0, max = 0;
  Width width;
  std::vector<SetItem> set;
  std::vector<Sequence> parts;
};

inline Sequence::Sequence(Sequence&&) noexcept = default;
inline Sequence& Sequence::operator=(Sequence&&) noexcept = default;
inline Sequence::~Sequence() = default;

struct Tree {
  Sequence root;
  RegexFlag flags = RegexFlag::NOFLAG;  // those given, those at the pattern's start, and UNICODE or ASCII
  std::size_t groups = 0;
  std::vector<std::pair<std::string, std::size_t>> groupindex;  // in the order of the pattern
};

}  // namespace krait::re
