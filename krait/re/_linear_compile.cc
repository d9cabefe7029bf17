// A tree becomes steps from its end to its beginning, for whether a repetition may take all it can is told by what follows.

#include <algorithm>

#include "krait/re/_charset.h"
#include "krait/re/_linear.h"
#include "krait/re/_translate.h"

namespace krait::re {

namespace {

using Op = Node::Op;
using Steps = std::vector<Step>;

constexpr std::size_t kMaxSteps = 16, kMaxLandmarks = 64;
constexpr std::uint64_t kMaxTurns = 4;
constexpr Range kSurrogates[] = {{0xd800, 0xdfff}};

// What follows a step, on to the pattern's end.
struct Rest {
  CodeSet next;       // what it may begin with, where there is still a character
  bool sure = false;  // it cannot fail
  // It begins with \b or \B, of these words.
  std::optional<CodeSet> boundary = {};
  bool negate = false;
};

bool takes_characters(const Step& step) {
  return step.op == Step::Op::One || step.op == Step::Op::Run || step.op == Step::Op::Byte || step.op == Step::Op::Text;
}

// A run without an end, and then more that may fail: where it does, the engine knows that the starts within the run are no better.
bool leads_far(const Steps& steps) {
  const auto first = std::ranges::find_if(
      steps, [](const Step& step) { return step.op != Step::Op::Open && step.op != Step::Op::Close; });
  return first != steps.end() && first->op == Step::Op::Run && first->max == kEndless &&
         std::any_of(first + 1, steps.end(), takes_characters);
}

bool disjoint(const CodeSet& a, const CodeSet& b) { return (a & b).empty(); }

void append(Steps& to, Steps more) { to.insert(to.end(), more.begin(), more.end()); }

}  // namespace

class LinearCompiler {
 public:
  explicit LinearCompiler(Encoding encoding)
      : encoding_(encoding),
        last_(encoding == Encoding::Ascii   ? 0x7f
              : encoding == Encoding::Bytes ? 0xff
                                            : kLastCodePoint),
        alphabet_(CodeSet::range(0, last_) - CodeSet(kSurrogates)) {}

  std::optional<Linear> compile(const Tree& tree, bool whole) {
    if (tree.groups > kLinearGroups) return std::nullopt;
    Rest rest = anything();
    if (whole) rest = {.next = {}};
    Linear linear;
    linear.steps_ = sequence(tree.root, tree.flags, rest);
    if (impossible_ || linear.steps_.size() > kMaxSteps) return std::nullopt;
    if (whole) linear.steps_.push_back({.op = Step::Op::End});
    if (leads_far(linear.steps_)) return std::nullopt;
    linear.texts_ = texts_;
    const std::vector<CodeSet> known = known_bytes(linear.steps_);
    linear.encoding_ = encoding_;
    linear.groups_ = tree.groups;
    linear.width_ = std::max<std::size_t>(tree.root.width.low, known.size());
    linear.landmarks_ = Landmarks::choose(known);
    if (!linear.landmarks_ && tree.root.width.low > 0) linear.first_ = set_number(rest.next);
    for (const CodeSet& set : sets_) linear.sets_.emplace_back(set, encoding_);
    return linear;
  }

 private:
  Rest anything() const { return {.next = alphabet_, .sure = true}; }

  Steps give_up() {
    impossible_ = true;
    return {};
  }

  std::uint16_t set_number(const CodeSet& set) {
    const auto number = static_cast<std::size_t>(std::ranges::find(sets_, set) - sets_.begin());
    if (number == sets_.size()) sets_.push_back(set);
    return static_cast<std::uint16_t>(number);
  }

  // Makes of `rest`, what follows the sequence, what begins with it; so do all that follow.
  Steps sequence(const Sequence& sequence, RegexFlag flags, Rest& rest) {
    std::vector<Steps> parts;
    std::size_t size = 0;
    for (auto node = sequence.nodes.rbegin(); node != sequence.nodes.rend() && !impossible_; ++node) {
      parts.push_back(this->node(*node, flags, rest));
      size += parts.back().size();
      if (size > kMaxSteps) return give_up();
    }
    return joined(parts);
  }

  // Those that were made from the last to the first, with bytes in a row as texts.
  Steps joined(std::vector<Steps>& parts) {
    Steps steps;
    std::string text;
    const auto put_text = [&] {
      if (text.size() == 1) steps.push_back({.op = Step::Op::Byte, .byte = static_cast<unsigned char>(text[0])});
      if (text.size() > 1) {
        steps.push_back({.op = Step::Op::Text,
                         .min = static_cast<std::uint32_t>(texts_.size()),
                         .max = static_cast<std::uint32_t>(text.size())});
        texts_ += text;
      }
      text.clear();
    };
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      if (std::ranges::all_of(*part, [](const Step& step) { return step.op == Step::Op::Byte; })) {
        for (const Step& step : *part) text += static_cast<char>(step.byte);
        continue;
      }
      put_text();
      append(steps, std::move(*part));
    }
    put_text();
    return steps;
  }

  Steps node(const Node& node, RegexFlag flags, Rest& rest) {
    switch (node.op) {
      case Op::Literal:
      case Op::NotLiteral:
      case Op::Any:
      case Op::In:
        return one(node, flags, rest);
      case Op::At:
        return position(node.at, flags, rest);
      case Op::Subpattern:
        return subpattern(node, flags, rest);
      case Op::Repeat:
        return repeat(node, flags, rest);
      default:
        return give_up();
    }
  }

  Steps one(const Node& node, RegexFlag flags, Rest& rest) {
    const CodeSet set = members(node, flags, last_) & alphabet_;
    rest = {.next = set};
    if (set.ranges().size() != 1 || set.ranges()[0].first != set.ranges()[0].last) {
      return {{.op = Step::Op::One, .set = set_number(set)}};
    }
    std::string bytes;
    if (encoding_ == Encoding::Utf8) {
      append_utf8(bytes, set.ranges()[0].first);
    } else {
      bytes += static_cast<char>(set.ranges()[0].first);
    }
    Steps steps;
    for (const char byte : bytes) steps.push_back({.op = Step::Op::Byte, .byte = static_cast<unsigned char>(byte)});
    return steps;
  }

  Steps position(Node::At at, RegexFlag flags, Rest& rest) {
    const bool lines = _has(flags, MULTILINE);
    if (rest.sure) rest.next = alphabet_;
    rest = {.next = std::move(rest.next)};
    switch (at) {
      case Node::At::Beginning:
        return {{.op = lines ? Step::Op::LineBegin : Step::Op::Begin}};
      case Node::At::BeginningOfString:
        return {{.op = Step::Op::Begin}};
      case Node::At::End:
        rest.next = rest.next & CodeSet::single('\n');
        return {{.op = lines ? Step::Op::LineEnd : Step::Op::LastLineEnd}};
      case Node::At::EndOfString:
        rest.next = {};
        return {{.op = Step::Op::End}};
      default:
        rest.boundary = word_characters(flags) & alphabet_;
        rest.negate = at == Node::At::NonBoundary;
        return {{.op = Step::Op::Boundary, .negate = rest.negate, .set = set_number(*rest.boundary)}};
    }
  }

  Steps subpattern(const Node& node, RegexFlag flags, Rest& rest) {
    const RegexFlag inner = combined(flags, node);
    if (node.group == 0) return sequence(node.parts.front(), inner, rest);
    Steps steps{{.op = Step::Op::Open, .group = static_cast<std::uint16_t>(node.group)}};
    append(steps, sequence(node.parts.front(), inner, rest));
    steps.push_back({.op = Step::Op::Close, .group = static_cast<std::uint16_t>(node.group)});
    return steps;
  }

  Steps repeat(const Node& node, RegexFlag flags, Rest& rest) {
    const Sequence& item = node.parts.front();
    if (item.nodes.size() == 1 && is_single(item.nodes.front())) return run(node, flags, rest);
    const bool fixed = node.min == node.max && node.min > 0 && node.min <= kMaxTurns;
    if (!fixed || item.width.low == 0 || node.greed == Node::Greed::Possessive) return give_up();
    std::vector<Steps> turns;
    std::size_t size = 0;
    for (std::uint64_t i = 0; i < node.min; ++i) {
      turns.push_back(sequence(item, flags, rest));
      size += turns.back().size();
      if (impossible_ || size > kMaxSteps) return give_up();
    }
    Steps steps;
    for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) append(steps, std::move(*turn));
    return steps;
  }

  Steps run(const Node& node, RegexFlag flags, Rest& rest) {
    if (node.max == 0 || node.min >= kEndless) return give_up();
    const CodeSet set = members(node.parts.front().nodes.front(), flags, last_) & alphabet_;
    if (node.min != node.max && node.greed != Node::Greed::Possessive) {
      CodeSet next = rest.next;
      if (rest.boundary && node.min > 0) {
        const CodeSet& word = *rest.boundary;
        if ((set - word).empty()) next = rest.negate ? next & word : next - word;
        if (disjoint(set, word)) next = rest.negate ? next - word : next & word;
      }
      const bool decided = rest.sure ? node.greed == Node::Greed::Greedy : disjoint(set, next);
      if (!decided) return give_up();
    }
    if (node.min > 0) {
      rest = {.next = set};
    } else {
      rest = {.next = rest.next | set, .sure = rest.sure};
    }
    return {{.op = Step::Op::Run,
             .set = set_number(set),
             .min = static_cast<std::uint32_t>(node.min),
             .max = static_cast<std::uint32_t>(std::min<std::uint64_t>(node.max, kEndless))}};
  }

  // The bytes at the beginning of every match whose places are known, by what may be there.
  std::vector<CodeSet> known_bytes(const Steps& steps) const {
    std::vector<CodeSet> known;
    const auto add = [&](const CodeSet& set, std::size_t times) {
      const bool one_byte = encoding_ != Encoding::Utf8 || (!set.empty() && set.ranges().back().last < 0x80);
      for (std::size_t i = 0; one_byte && i < times && known.size() < kMaxLandmarks; ++i) known.push_back(set);
      return one_byte;
    };
    bool more = true;
    for (const Step& step : steps) {
      switch (step.op) {
        case Step::Op::Byte:
          known.push_back(CodeSet::single(step.byte));
          break;
        case Step::Op::Text:
          for (std::size_t k = 0; k < step.max; ++k)
            known.push_back(CodeSet::single(static_cast<unsigned char>(texts_[step.min + k])));
          break;
        case Step::Op::One:
          more = add(sets_[step.set], 1);
          break;
        case Step::Op::Run:
          more = add(sets_[step.set], step.min) && step.min == step.max;
          break;
        default:
          break;
      }
      if (!more || known.size() >= kMaxLandmarks) break;
    }
    return known;
  }

  Encoding encoding_;
  char32_t last_;
  CodeSet alphabet_;
  std::vector<CodeSet> sets_;
  std::string texts_;
  bool impossible_ = false;
};

std::optional<Linear> Linear::compile(const Tree& tree, Encoding encoding, bool whole) {
  return LinearCompiler(encoding).compile(tree, whole);
}

}  // namespace krait::re
