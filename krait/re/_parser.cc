#include "krait/re/_parser.h"

#include <algorithm>

#include "krait/re/_parsing.h"
#include "krait/re/_utf8.h"

namespace krait::re {

namespace {

using Op = Node::Op;

std::uint64_t saturated(unsigned __int128 value) {
  return value > kMaxWidth ? kMaxWidth : static_cast<std::uint64_t>(value);
}

Width sum(Width a, Width b) {
  return {saturated(static_cast<unsigned __int128>(a.low) + b.low),
          saturated(static_cast<unsigned __int128>(a.high) + b.high)};
}

Width repeated(Width body, std::uint64_t min, std::uint64_t max) {
  const bool unbounded = max == kMaxRepeat && body.high > 0;
  return {saturated(static_cast<unsigned __int128>(body.low) * min),
          unbounded ? kMaxWidth : saturated(static_cast<unsigned __int128>(body.high) * max)};
}

Node literal(char32_t code) {
  Node node;
  node.op = Op::Literal;
  node.code = code;
  node.width = {1, 1};
  return node;
}

Node position(Node::At at) {
  Node node;
  node.op = Op::At;
  node.at = at;
  return node;
}

bool is_space(const Token& token) {
  constexpr std::u32string_view kSpace = U" \t\n\r\v\f";
  return token.size == 1 && kSpace.find(token.first) != kSpace.npos;
}

// A group that neither captures nor sets flags is what it holds.
void unwrap(Sequence& sequence) {
  const auto is_plain = [](const Node& node) {
    return node.op == Op::Subpattern && node.group == 0 && node.add_flags == NOFLAG && node.del_flags == NOFLAG;
  };
  if (std::ranges::none_of(sequence.nodes, is_plain)) return;
  std::vector<Node> nodes;
  for (Node& node : sequence.nodes) {
    if (!is_plain(node)) {
      nodes.push_back(std::move(node));
      continue;
    }
    for (Node& inner : node.parts.front().nodes) nodes.push_back(std::move(inner));
  }
  sequence.nodes = std::move(nodes);
}

// "a|b|[cd]" is "[abcd]": nullopt when an alternative is more than one plain character or set.
std::optional<Node> as_set(const std::vector<Sequence>& alternatives) {
  Node set;
  set.op = Op::In;
  set.width = {1, 1};
  for (const Sequence& each : alternatives) {
    if (each.nodes.size() != 1) return std::nullopt;
    const Node& node = each.nodes.front();
    if (node.op == Op::Literal) {
      set.set.push_back({node.code, node.code, std::nullopt, true});
    } else if (node.op == Op::In && !node.negate) {
      set.set.insert(set.set.end(), node.set.begin(), node.set.end());
    } else {
      return std::nullopt;
    }
  }
  return set;
}

}  // namespace

void Sequence::append(Node node) {
  width = sum(width, node.width);
  nodes.push_back(std::move(node));
}

Sequence Parser::alternatives(Context context) {
  std::vector<Sequence> all;
  context.at_start = context.depth == 0;
  do {
    all.push_back(sequence(context));
    context.at_start = false;
    if (context.depth == 0) context.verbose = _has(flags_, VERBOSE);
  } while (source_.match(U'|'));
  if (all.size() == 1) return std::move(all.front());

  Sequence result;
  if (std::optional<Node> set = as_set(all)) {
    result.append(std::move(*set));
    return result;
  }
  Node branch;
  branch.op = Op::Branch;
  branch.width = all.front().width;
  for (const Sequence& each : all) {
    branch.width = {std::min(branch.width.low, each.width.low), std::max(branch.width.high, each.width.high)};
  }
  branch.parts = std::move(all);
  result.append(std::move(branch));
  return result;
}

void Parser::skip_comment() {
  while (true) {
    const Token token = source_.get();
    if (token.at_end() || token.is(U'\n')) return;
  }
}

Sequence Parser::sequence(Context context) {
  Sequence result;
  while (true) {
    if (source_.next().at_end() || source_.next().is(U'|') || source_.next().is(U')')) break;
    const Token token = source_.get();
    if (context.verbose && is_space(token)) continue;
    if (context.verbose && token.is(U'#')) {
      skip_comment();
      continue;
    }
    if (token.is_escape()) {
      result.append(escape(token));
      continue;
    }
    switch (token.first) {
      case U'[':
        result.append(set());
        break;
      case U'*':
      case U'+':
      case U'?':
      case U'{':
        repetition(result, token);
        break;
      case U'.': {
        Node any;
        any.op = Op::Any;
        any.width = {1, 1};
        result.append(std::move(any));
        break;
      }
      case U'(':
        group(result, context);
        break;
      case U'^':
        result.append(position(Node::At::Beginning));
        break;
      case U'$':
        result.append(position(Node::At::End));
        break;
      default:
        result.append(literal(token.first));
    }
  }
  unwrap(result);
  return result;
}

void Parser::repetition(Sequence& to, const Token& token) {
  const std::ptrdiff_t here = source_.tell();
  std::uint64_t min = token.first == U'+' ? 1 : 0;
  std::uint64_t max = token.first == U'?' ? 1 : kMaxRepeat;
  if (token.first == U'{') {
    if (source_.next().is(U'}')) return to.append(literal(U'{'));
    std::u32string low, high;
    constexpr std::size_t kAll = ~std::size_t{0};
    source_.get_while(low, kAll, &Token::is_digit);
    if (source_.match(U',')) {
      source_.get_while(high, kAll, &Token::is_digit);
    } else {
      high = low;
    }
    if (!source_.match(U'}')) {
      source_.seek(here);
      return to.append(literal(U'{'));
    }
    if (!low.empty()) min = to_number(low);
    if (!low.empty() && min >= kMaxRepeat) throw OverflowError("the repetition number is too large");
    if (!high.empty()) {
      max = to_number(high);
      if (max >= kMaxRepeat) throw OverflowError("the repetition number is too large");
      if (max < min) {
        source_.fail("min repeat greater than max repeat", static_cast<std::size_t>(source_.tell() - here));
      }
    }
  }
  const std::size_t offset = static_cast<std::size_t>(source_.tell() - here) + 1;
  if (to.empty() || to.nodes.back().op == Op::At) source_.fail("nothing to repeat", offset);
  if (to.nodes.back().op == Op::Repeat) source_.fail("multiple repeat", offset);

  Node repeat;
  repeat.op = Op::Repeat;
  repeat.min = min;
  repeat.max = max;
  if (source_.match(U'?'))
    repeat.greed = Node::Greed::Lazy;
  else if (source_.match(U'+'))
    repeat.greed = Node::Greed::Possessive;

  Node last = std::move(to.nodes.back());
  to.nodes.pop_back();
  Sequence body;
  if (last.op == Op::Subpattern && last.group == 0 && last.add_flags == NOFLAG && last.del_flags == NOFLAG) {
    body = std::move(last.parts.front());
  } else {
    body.append(std::move(last));
  }
  repeat.width = repeated(body.width, min, max);
  repeat.parts.push_back(std::move(body));
  to.nodes.push_back(std::move(repeat));
  to.width = {};
  for (const Node& node : to.nodes) to.width = sum(to.width, node.width);
}

void Parser::fix_flags() {
  if (source_.is_text()) {
    if (_has(flags_, LOCALE)) throw ValueError("cannot use LOCALE flag with a str pattern");
    if (!_has(flags_, ASCII)) {
      flags_ |= UNICODE;
    } else if (_has(flags_, UNICODE)) {
      throw ValueError("ASCII and UNICODE flags are incompatible");
    }
    return;
  }
  if (_has(flags_, UNICODE)) throw ValueError("cannot use UNICODE flag with a bytes pattern");
  if (_has(flags_, LOCALE) && _has(flags_, ASCII)) throw ValueError("ASCII and LOCALE flags are incompatible");
}

Tree Parser::parse() {
  Tree tree;
  tree.root = alternatives({.verbose = _has(flags_, VERBOSE)});
  fix_flags();
  if (!source_.next().at_end()) source_.fail("unbalanced parenthesis");
  for (const auto& [group, pos] : conditions_) {
    if (group >= widths_.size()) source_.fail_at("invalid group reference " + std::to_string(group), pos);
  }
  tree.flags = flags_;
  tree.groups = widths_.size() - 1;
  tree.groupindex = std::move(groupindex_);
  check_look_behinds(tree.root);
  return tree;
}

void check_look_behinds(const Sequence& sequence) {
  for (const Node& node : sequence.nodes) {
    const bool assertion = node.op == Op::Assert || node.op == Op::AssertNot;
    if (assertion && node.behind) {
      if (node.width.low > kMaxCode) throw PatternError("looks too much behind");
      if (node.parts.front().width.low > kMaxCode) throw PatternError("looks too much behind");
      if (node.parts.front().width.low != node.parts.front().width.high) {
        throw PatternError("look-behind requires fixed-width pattern");
      }
    }
    for (const Sequence& part : node.parts) check_look_behinds(part);
  }
}

Tree parse(std::string_view pattern, bool is_text, RegexFlag flags) { return Parser(pattern, is_text, flags).parse(); }

}  // namespace krait::re
