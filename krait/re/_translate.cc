// How the two languages differ, and what is done about it:
//
//   sets and case      each character is written as the set of what CPython lets it match; PCRE2's caseless mode is used for
//                      ASCII letters only, where both agree. For a subject that is all ASCII there is a program of its own.
//   ^ $ \Z \A . \B     \A or ^, \Z or $, \z, \A, \N or ".", and \B that does not match the empty text
//   \b                 by look-around at \w, because PCRE2's has another Unicode version's \w
//   X*+ of groups      in CPython each turn is atomic, not only the whole
//   X* of width 0      (?:X|), which a look-behind takes, too
//   {m,n} above 65535  nested repetitions
//   (?!)               a contradiction: PCRE2's own (*FAIL) takes no quantifier

#include "krait/re/_translate.h"

#include <algorithm>
#include <cstdio>

#include "krait/re/_charset.h"

namespace krait::re {

namespace {

using Op = Node::Op;
using Greed = Node::Greed;

constexpr std::uint64_t kMaxCount = 65535;  // of PCRE2's {m,n}
constexpr Range kSurrogates[] = {{0xd800, 0xdfff}};

bool is_ascii_letter(char32_t code) { return (code | 0x20) >= 'a' && (code | 0x20) <= 'z'; }

std::string hex(char32_t code) {
  char text[16];
  std::snprintf(text, sizeof text, "\\x{%x}", static_cast<unsigned>(code));
  return text;
}

std::string listed(const CodeSet& set) {
  std::string out;
  for (const Range& range : set.ranges()) {
    out += hex(range.first);
    if (range.last > range.first) out += (range.last > range.first + 1 ? "-" : "") + hex(range.last);
  }
  return out;
}

class Writer {
 public:
  explicit Writer(const Dialect& dialect)
      : dialect_(dialect),
        last_(dialect.encoding == Encoding::Ascii   ? 0x7f
              : dialect.encoding == Encoding::Bytes ? 0xff
                                                    : kLastCodePoint),
        alphabet_(CodeSet::range(0, last_) - CodeSet(kSurrogates)) {}

  std::string write(const Tree& tree) {
    body(tree.root, tree.flags);
    return std::move(out_);
  }

 private:
  bool utf() const { return dialect_.encoding == Encoding::Utf8; }

  // What stands between brackets of its own.
  void body(const Sequence& sequence, RegexFlag flags) {
    if (sequence.nodes.size() == 1 && sequence.nodes.front().op == Op::Branch) {
      alternatives(sequence.nodes.front(), flags);
    } else {
      this->sequence(sequence, flags);
    }
  }

  void sequence(const Sequence& sequence, RegexFlag flags) {
    for (const Node& node : sequence.nodes) this->node(node, flags);
  }

  void alternatives(const Node& branch, RegexFlag flags) {
    bool first = true;
    for (const Sequence& part : branch.parts) {
      if (!first) out_ += '|';
      first = false;
      sequence(part, flags);
    }
  }

  template <class Write>
  void bracket(std::string_view open, Write write) {
    const bool outside = caseless_;
    out_ += open;
    write();
    out_ += ')';
    caseless_ = outside;
  }

  void node(const Node& node, RegexFlag flags) {
    switch (node.op) {
      case Op::Literal:
      case Op::NotLiteral:
      case Op::Any:
      case Op::In:
        return single(node, flags);
      case Op::At:
        return position(node.at, flags);
      case Op::Branch:
        return bracket("(?:", [&] { alternatives(node, flags); });
      case Op::Subpattern:
        return subpattern(node, flags);
      case Op::Repeat:
        return repeat(node, flags);
      case Op::Atomic:
        return bracket("(?>", [&] { body(node.parts.front(), flags); });
      case Op::Assert:
        return bracket(node.behind ? "(?<=" : "(?=", [&] { body(node.parts.front(), flags); });
      case Op::AssertNot:
        return bracket(node.behind ? "(?<!" : "(?!", [&] { body(node.parts.front(), flags); });
      case Op::GroupRef:
        return reference(node, flags);
      case Op::GroupRefExists:
        return conditional(node, flags);
      case Op::Failure:
        out_ += "(?=a)(?!a)";
        return;
    }
  }

  void subpattern(const Node& node, RegexFlag flags) {
    const RegexFlag inner = combined(flags, node);
    if (node.group == 0) return bracket("(?:", [&] { body(node.parts.front(), inner); });
    bracket("(", [&] {
      if (!dialect_.marks) return body(node.parts.front(), inner);
      sequence(node.parts.front(), inner);
      out_ += "(*MARK:" + std::to_string(node.group) + ")";
    });
  }

  void conditional(const Node& node, RegexFlag flags) {
    bracket("(?(" + std::to_string(node.group) + ")", [&] {
      sequence(node.parts.front(), flags);
      if (node.parts.size() == 1) return;
      out_ += '|';
      sequence(node.parts.back(), flags);
    });
  }

  void reference(const Node& node, RegexFlag flags) {
    caseless(_has(flags, IGNORECASE));
    out_ += "\\g{" + std::to_string(node.group) + "}";
  }

  void position(Node::At at, RegexFlag flags) {
    const bool lines = _has(flags, MULTILINE);
    switch (at) {
      case Node::At::Beginning:
        out_ += lines ? "^" : "\\A";
        break;
      case Node::At::BeginningOfString:
        out_ += "\\A";
        break;
      case Node::At::End:
        out_ += lines ? "$" : "\\Z";
        break;
      case Node::At::EndOfString:
        out_ += "\\z";
        break;
      case Node::At::Boundary:
        boundary(true, flags);
        break;
      case Node::At::NonBoundary:
        boundary(false, flags);
        break;
    }
  }

  void boundary(bool is, RegexFlag flags) {
    if (!utf() || !_has(flags, UNICODE)) {
      out_ += is ? "\\b" : "\\B(?!\\A\\z)";
      return;
    }
    caseless(false);
    const std::string word = set_text(word_characters(flags));
    out_ += "(?:(?<=" + word + ")" + (is ? "(?!" : "(?=") + word + ")|(?<!" + word + ")" + (is ? "(?=" : "(?!") + word +
            "))";
    if (!is) out_ += "(?!\\A\\z)";
  }

  // Says whether ASCII letters that follow match in both cases.
  void caseless(bool on) {
    if (caseless_ == on) return;
    out_ += on ? "(?i)" : "(?-i)";
    caseless_ = on;
  }

  void single(const Node& node, RegexFlag flags) {
    const CodeSet set = members(node, flags, last_) & alphabet_;
    if (set.ranges().size() == 1 && set.ranges().front().first == set.ranges().front().last) {
      const char32_t code = set.ranges().front().first;
      // With ASCII and IGNORECASE "é" is itself alone, where PCRE2's caseless mode would take "É", too.
      if (is_ascii_letter(code) || code > 0x7f) caseless(false);
      return character(code);
    }
    if (node.op == Op::Literal && is_ascii_letter(node.code)) {
      const char32_t upper = node.code & ~char32_t{0x20}, lower = node.code | 0x20;
      // To PCRE2 in UTF mode, "K" and the Kelvin sign are one letter, "S" and "ſ", too; "i" is not "ı".
      const bool agrees = !utf() || (lower != 'i' && lower != 'k' && lower != 's');
      if (agrees && set == (CodeSet::single(upper) | CodeSet::single(lower))) {
        caseless(true);
        out_ += static_cast<char>(node.code);
        return;
      }
    }
    caseless(false);
    out_ += set_text(set);
  }

  void character(char32_t code) {
    const bool plain = (code >= '0' && code <= '9') || is_ascii_letter(code) || code == '_' || code == ' ';
    if (plain) {
      out_ += static_cast<char>(code);
    } else if (code < 0x80 || !utf()) {
      if (code > ' ' && code < 0x7f)
        (out_ += '\\') += static_cast<char>(code);
      else
        out_ += hex(code);
    } else {
      append_utf8(out_, code);
    }
  }

  std::string set_text(const CodeSet& wanted) const {
    const CodeSet set = wanted & alphabet_;
    const CodeSet others = alphabet_ - set;
    if (set.empty()) return nothing();
    if (others.empty()) return ".";
    if (others == CodeSet::single('\n')) return "\\N";
    constexpr std::size_t kFew = 24;
    const std::size_t few = std::min(set.ranges().size(), others.ranges().size());
    if (few <= kFew || !utf() || !engine_unicode().usable) {
      return set.ranges().size() <= others.ranges().size() ? "[" + listed(set) + "]" : "[^" + listed(others) + "]";
    }
    const Named positive = named(set), negative = named(others);
    if (std::min(positive.cost, negative.cost) >= few) return "[" + listed(set) + "]";
    if (positive.cost <= negative.cost) {
      return positive.without.empty() ? "[" + positive.with + "]"
                                      : "(?:(?!" + positive.without + ")[" + positive.with + "])";
    }
    if (negative.without.empty()) return "[^" + negative.with + "]";
    return "(?:" + negative.without + "|[^" + negative.with + "])";
  }

  // One character, but none: [] would be (*FAIL) to the engine, which takes no quantifier and has no width.
  std::string nothing() const {
    if (dialect_.encoding == Encoding::Ascii) return "\\x{ff}";
    return "[^\\x{0}-" + hex(last_) + "]";
  }

  // A set by the engine's names: what stands in [with], unless it is in `without`.
  struct Named {
    std::string with, without;
    std::size_t cost = ~std::size_t{0};
  };

  Named named(const CodeSet& set) const {
    const CodeSet word(kWord), digit(kDigit);
    Named best;
    const auto consider = [&](const CodeSet& base, const CodeSet& missing, const char* text) {
      const CodeSet more = (set - base) | (missing & set), less = base - set;
      std::size_t cost = more.ranges().size();
      std::string without;
      if (!less.empty()) {
        const bool digits = (digit - less).empty();  // all of \d is to go
        const CodeSet rest = digits ? less - digit : less;
        cost += rest.ranges().size() + 8;
        without = "[" + listed(rest) + (digits ? "\\p{Nd}" + listed(engine_unicode().missing_digits) : "") + "]";
      }
      if (cost < best.cost) best = {text + listed(more), without, cost};
    };
    consider(word, engine_unicode().missing_words, "\\p{L}\\p{N}_");
    consider(digit, engine_unicode().missing_digits, "\\p{Nd}");
    return best;
  }

  void repeat(const Node& node, RegexFlag flags) {
    const Sequence& item = node.parts.front();
    const bool alone = item.nodes.size() == 1 && is_single(item.nodes.front());
    const bool atomic_turns = node.greed == Greed::Possessive && !alone;
    if (node.max == 0) return repeat_never(item);
    if (item.width.high == 0) return repeat_nothing(node, flags);
    if (node.min > kMaxCount || (node.max > kMaxCount && node.max != kMaxRepeat))
      return repeat_often(node, flags, alone);
    if (node.min == 1 && node.max == 1 && node.greed != Greed::Possessive) {
      return bracket("(?:", [&] { body(item, flags); });
    }
    turn(item, flags, alone, atomic_turns);
    quantifier(node.min, node.max, node.greed);
  }

  void turn(const Sequence& item, RegexFlag flags, bool alone, bool atomic) {
    if (alone) return single(item.nodes.front(), flags);
    const bool captures =
        item.nodes.size() == 1 && item.nodes.front().op == Op::Subpattern && item.nodes.front().group != 0;
    if (captures && !atomic) return subpattern(item.nodes.front(), flags);
    bracket(atomic ? "(?>" : "(?:", [&] { body(item, flags); });
  }

  void quantifier(std::uint64_t min, std::uint64_t max, Greed greed) {
    if (max == kMaxRepeat && min <= 1) {
      out_ += min == 0 ? '*' : '+';
    } else if (min == 0 && max == 1) {
      out_ += '?';
    } else {
      out_ += "{" + std::to_string(min);
      if (max != min) out_ += "," + (max == kMaxRepeat ? std::string() : std::to_string(max));
      out_ += '}';
    }
    if (greed == Greed::Lazy) out_ += '?';
    if (greed == Greed::Possessive) out_ += '+';
  }

  // The engine's look-behind would ask for a width even of what is never there. Its groups must be, to be counted.
  void repeat_never(const Sequence& item) {
    const std::size_t captures = count_captures(item);
    if (captures == 0) return;
    out_ += "(?:";
    for (std::size_t i = 0; i < captures; ++i) out_ += "()";
    out_ += "){0}";
  }

  static std::size_t count_captures(const Sequence& sequence) {
    std::size_t count = 0;
    for (const Node& node : sequence.nodes) {
      if (node.op == Op::Subpattern && node.group != 0) ++count;
      for (const Sequence& part : node.parts) count += count_captures(part);
    }
    return count;
  }

  // Nothing is repeated by repeating what is nothing wide: it is there once, or perhaps not.
  void repeat_nothing(const Node& node, RegexFlag flags) {
    const Sequence& item = node.parts.front();
    bracket(node.greed == Greed::Possessive ? "(?>" : "(?:", [&] {
      if (node.min == 0 && node.greed == Greed::Lazy) out_ += '|';
      sequence(item, flags);
      if (node.min == 0 && node.greed != Greed::Lazy) out_ += '|';
    });
  }

  void repeat_often(const Node& node, RegexFlag flags, bool alone) {
    const Sequence& item = node.parts.front();
    const bool possessive = node.greed == Greed::Possessive;
    const Greed greed = possessive ? Greed::Greedy : node.greed;
    bracket(possessive ? "(?>" : "(?:", [&] {
      often(item, flags, alone, possessive, node.min, node.min, greed);
      if (node.max == kMaxRepeat) {
        turn(item, flags, alone, possessive && !alone);
        quantifier(0, kMaxRepeat, greed);
      } else {
        often(item, flags, alone, possessive, 0, node.max - node.min, greed);
      }
    });
  }

  // `min` is 0 or `max`.
  void often(const Sequence& item, RegexFlag flags, bool alone, bool possessive, std::uint64_t min, std::uint64_t max,
             Greed greed) {
    const std::uint64_t blocks = max / kMaxCount, rest = max % kMaxCount;
    if (blocks > 0) {
      bracket("(?:", [&] {
        turn(item, flags, alone, possessive && !alone);
        quantifier(min == 0 ? 0 : kMaxCount, kMaxCount, greed);
      });
      quantifier(min == 0 ? 0 : blocks, blocks, greed);
    }
    if (rest == 0) return;
    turn(item, flags, alone, possessive && !alone);
    quantifier(min == 0 ? 0 : rest, rest, greed);
  }

  const Dialect& dialect_;
  char32_t last_;
  CodeSet alphabet_;
  std::string out_;
  bool caseless_ = false;
};

}  // namespace

bool is_single(const Node& node) noexcept {
  return node.op == Op::Literal || node.op == Op::NotLiteral || node.op == Op::Any || node.op == Op::In;
}

std::string translate(const Tree& tree, const Dialect& dialect) { return Writer(dialect).write(tree); }

}  // namespace krait::re
