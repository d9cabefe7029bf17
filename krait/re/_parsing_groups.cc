#include <algorithm>

#include "krait/re/_parser.h"
#include "krait/re/_parsing.h"
#include "krait/re/_unicode.h"
#include "krait/re/_utf8.h"

namespace krait::re {

namespace {

using Op = Node::Op;

constexpr RegexFlag kTypeFlags = ASCII | LOCALE | UNICODE;

std::optional<RegexFlag> flag_of(const Token& token) {
  if (token.size != 1) return std::nullopt;
  switch (token.first) {
    case U'i':
      return IGNORECASE;
    case U'L':
      return LOCALE;
    case U'm':
      return MULTILINE;
    case U's':
      return DOTALL;
    case U'x':
      return VERBOSE;
    case U'a':
      return ASCII;
    case U'u':
      return UNICODE;
    default:
      return std::nullopt;
  }
}

bool is_letter(const Token& token) { return token.size == 1 && is_alpha(token.first); }

bool all_digits(std::u32string_view name) {
  return std::ranges::all_of(name, [](char32_t c) { return c >= U'0' && c <= U'9'; });
}

// As Python prints the number, whatever its size.
std::string number_text(std::u32string_view digits) {
  const std::size_t first = digits.find_first_not_of(U'0');
  return first == digits.npos ? "0" : encode_utf8(digits.substr(first));
}

}  // namespace

struct Parser::Opened {
  std::ptrdiff_t start = 0;
  bool capture = true;
  bool atomic = false;
  std::optional<std::u32string> name;
  RegexFlag add_flags = NOFLAG, del_flags = NOFLAG;
};

std::size_t Parser::open_group(const std::optional<std::u32string>& name) {
  const std::size_t group = widths_.size();
  widths_.emplace_back();
  if (name) {
    if (const std::size_t* other = find_group(*name)) {
      source_.fail("redefinition of group name " + repr(*name) + " as group " + std::to_string(group) + "; was group " +
                       std::to_string(*other),
                   name->size() + 1);
    }
    names_.emplace(*name, group);
    groupindex_.emplace_back(encode_utf8(*name), group);
  }
  return group;
}

const std::size_t* Parser::find_group(const std::u32string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}

void Parser::check_look_behind(std::size_t group) const {
  if (!look_behind_groups_) return;
  if (!is_closed(group)) source_.fail("cannot refer to an open group");
  if (group >= *look_behind_groups_) {
    source_.fail("cannot refer to group defined in the same lookbehind subpattern");
  }
}

void Parser::close(std::ptrdiff_t start) {
  if (!source_.match(U')')) {
    source_.fail("missing ), unterminated subpattern", static_cast<std::size_t>(source_.tell() - start));
  }
}

bool Parser::group(Sequence& to, Context& context) {
  if (context.depth >= kMaxDepth) throw RecursionError("maximum recursion depth exceeded");
  Opened opened;
  opened.start = source_.tell() - 1;
  if (source_.match(U'?') && extension(to, context, opened)) return false;
  contents(to, context, opened);
  return true;
}

// True: all is done, there are no contents to come.
bool Parser::extension(Sequence& to, Context& context, Opened& opened) {
  const Token token = source_.get();
  if (token.at_end()) source_.fail("unexpected end of pattern");
  if (token.is(U'P')) {
    bool done = false;
    python_extension(to, opened, done);
    return done;
  }
  if (token.is(U':')) {
    opened.capture = false;
    return false;
  }
  if (token.is(U'#')) {
    while (true) {
      if (source_.next().at_end()) {
        source_.fail("missing ), unterminated comment", static_cast<std::size_t>(source_.tell() - opened.start));
      }
      if (source_.get().is(U')')) return true;
    }
  }
  if (token.is(U'=') || token.is(U'!') || token.is(U'<')) {
    look_around(to, context, token.first, opened.start);
    return true;
  }
  if (token.is(U'(')) {
    conditional(to, context, opened.start);
    return true;
  }
  if (token.is(U'>')) {
    opened.capture = false;
    opened.atomic = true;
    return false;
  }
  if (flag_of(token) || token.is(U'-')) {
    opened.capture = false;
    if (!inline_flags(token.first, opened)) return false;
    if (!context.at_start || !to.empty()) {
      source_.fail("global flags not at the start of the expression",
                   static_cast<std::size_t>(source_.tell() - opened.start));
    }
    context.verbose = _has(flags_, VERBOSE);
    return true;
  }
  source_.fail("unknown extension ?" + encode_utf8(token.text()), static_cast<std::size_t>(token.size) + 1);
}

void Parser::python_extension(Sequence& to, Opened& opened, bool& done) {
  if (source_.match(U'<')) {
    opened.name = source_.get_until(U'>', "group name");
    source_.check_group_name(*opened.name, 1);
    return;
  }
  if (!source_.match(U'=')) {
    const Token token = source_.get();
    if (token.at_end()) source_.fail("unexpected end of pattern");
    source_.fail("unknown extension ?P" + encode_utf8(token.text()), static_cast<std::size_t>(token.size) + 2);
  }
  const std::u32string name = source_.get_until(U')', "group name");
  source_.check_group_name(name, 1);
  const std::size_t* group = find_group(name);
  if (!group) source_.fail("unknown group name " + repr(name, !source_.is_text()), name.size() + 1);
  if (!is_closed(*group)) source_.fail("cannot refer to an open group", name.size() + 1);
  check_look_behind(*group);
  Node node;
  node.op = Op::GroupRef;
  node.group = *group;
  node.width = *widths_[*group];
  to.append(std::move(node));
  done = true;
}

void Parser::look_around(Sequence& to, Context context, char32_t kind, std::ptrdiff_t start) {
  Node node;
  const bool outermost = !look_behind_groups_;
  if (kind == U'<') {
    const Token token = source_.get();
    if (token.at_end()) source_.fail("unexpected end of pattern");
    if (!token.is(U'=') && !token.is(U'!')) {
      source_.fail("unknown extension ?<" + encode_utf8(token.text()), static_cast<std::size_t>(token.size) + 2);
    }
    kind = token.first;
    node.behind = true;
    if (outermost) look_behind_groups_ = widths_.size();
  }
  context.depth += 1;
  Sequence body = alternatives(context);
  if (node.behind && outermost) look_behind_groups_.reset();
  close(start);
  node.op = kind == U'=' ? Op::Assert : body.empty() ? Op::Failure : Op::AssertNot;
  if (node.op != Op::Failure) node.parts.push_back(std::move(body));
  to.append(std::move(node));
}

void Parser::conditional(Sequence& to, Context context, std::ptrdiff_t start) {
  const std::u32string name = source_.get_until(U')', "group name");
  Node node;
  node.op = Op::GroupRefExists;
  if (all_digits(name)) {
    node.group = to_number(name);
    if (node.group == 0) source_.fail("bad group number", name.size() + 1);
    if (node.group >= kMaxGroups) source_.fail("invalid group reference " + number_text(name), name.size() + 1);
    const bool seen = std::ranges::any_of(conditions_, [&](const auto& each) { return each.first == node.group; });
    if (!seen) conditions_.emplace_back(node.group, source_.tell() - static_cast<std::ptrdiff_t>(name.size()) - 1);
  } else {
    source_.check_group_name(name, 1);
    const std::size_t* group = find_group(name);
    if (!group) source_.fail("unknown group name " + repr(name, !source_.is_text()), name.size() + 1);
    node.group = *group;
  }
  check_look_behind(node.group);
  context.depth += 1;
  context.at_start = false;
  Sequence yes = sequence(context);
  node.width = {0, yes.width.high};
  if (source_.match(U'|')) {
    Sequence no = sequence(context);
    if (source_.next().is(U'|')) source_.fail("conditional backref with more than two branches");
    node.width = {std::min(yes.width.low, no.width.low), std::max(yes.width.high, no.width.high)};
    node.parts.push_back(std::move(yes));
    node.parts.push_back(std::move(no));
  } else {
    node.parts.push_back(std::move(yes));
  }
  close(start);
  to.append(std::move(node));
}

void Parser::contents(Sequence& to, Context context, const Opened& opened) {
  const std::size_t group = opened.capture ? open_group(opened.name) : 0;
  context.verbose = (context.verbose || _has(opened.add_flags, VERBOSE)) && !_has(opened.del_flags, VERBOSE);
  context.depth += 1;
  Node node;
  Sequence body = alternatives(context);
  close(opened.start);
  if (group != 0) widths_[group] = body.width;
  node.width = body.width;
  node.op = opened.atomic ? Op::Atomic : Op::Subpattern;
  node.group = group;
  node.add_flags = opened.add_flags;
  node.del_flags = opened.del_flags;
  node.parts.push_back(std::move(body));
  to.append(std::move(node));
}

bool Parser::inline_flags(char32_t first, Opened& opened) {
  Token token{first, 0, 1};
  if (first != U'-') {
    while (true) {
      const RegexFlag flag = *flag_of(token);
      if (source_.is_text() && token.is(U'L')) source_.fail("bad inline flags: cannot use 'L' flag with a str pattern");
      if (!source_.is_text() && token.is(U'u')) {
        source_.fail("bad inline flags: cannot use 'u' flag with a bytes pattern");
      }
      opened.add_flags |= flag;
      if (_has(flag, kTypeFlags) && (opened.add_flags & kTypeFlags) != flag) {
        source_.fail("bad inline flags: flags 'a', 'u' and 'L' are incompatible");
      }
      token = source_.get();
      if (token.at_end()) source_.fail("missing -, : or )");
      if (token.is(U')') || token.is(U'-') || token.is(U':')) break;
      if (!flag_of(token)) source_.fail(is_letter(token) ? "unknown flag" : "missing -, : or )", token.size);
    }
  }
  if (token.is(U')')) {
    flags_ |= opened.add_flags;
    return true;
  }
  if (token.is(U'-')) {
    token = source_.get();
    if (token.at_end()) source_.fail("missing flag");
    if (!flag_of(token)) source_.fail(is_letter(token) ? "unknown flag" : "missing flag", token.size);
    while (true) {
      const RegexFlag flag = *flag_of(token);
      if (_has(flag, kTypeFlags)) source_.fail("bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
      opened.del_flags |= flag;
      token = source_.get();
      if (token.at_end()) source_.fail("missing :");
      if (token.is(U':')) break;
      if (!flag_of(token)) source_.fail(is_letter(token) ? "unknown flag" : "missing :", token.size);
    }
  }
  if (_has(opened.add_flags, opened.del_flags)) source_.fail("bad inline flags: flag turned on and off", 1);
  return false;
}

}  // namespace krait::re
