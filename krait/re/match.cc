#include "krait/re/match.h"

#include <algorithm>

#include "krait/builtins/repr.h"
#include "krait/re/_matcher.h"
#include "krait/re/_source.h"
#include "krait/re/_template.h"
#include "krait/re/pattern.h"

namespace krait::re {

std::string_view Group::raise() { throw TypeError("cannot take the text of a group: it took no part in the match"); }

Match::Match(std::shared_ptr<const Program> program, Subject subject) noexcept
    : program_(std::move(program)), subject_(std::move(subject)) {}

Match _Matcher::make(const std::shared_ptr<const Program>& program, const Subject& subject, const Look& look,
                     std::size_t pos, const std::size_t* spans) {
  Match match(program, subject);
  match.pos_ = pos;
  match.endpos_ = look.text.size();
  match.begun_ = look.start;
  match.kind_ = static_cast<unsigned char>(look.kind);
  match.encoding_ = static_cast<unsigned char>(look.encoding);
  match.advanced_ = look.must_advance;
  const std::size_t count = 2 * (program->tree().groups + 1);
  if (count <= match.few_.size()) {
    std::copy_n(spans, count, match.few_.begin());
  } else {
    match.many_.assign(spans, spans + count);
  }
  return match;
}

std::size_t Match::index_of(int group) {
  if (group < 0) throw IndexError("no such group");
  return static_cast<std::size_t>(group);
}

std::size_t Match::checked(std::size_t group) const {
  if (group > program_->tree().groups) throw IndexError("no such group");
  return group;
}

std::size_t Match::named(std::string_view name) const {
  for (const auto& [each, group] : program_->tree().groupindex) {
    if (each == name) return group;
  }
  throw IndexError("no such group");
}

Group Match::text_of(std::size_t group) const noexcept {
  const std::size_t begin = spans()[2 * group];
  if (begin == kNowhere) return {};
  return Group(string().substr(begin, spans()[2 * group + 1] - begin));
}

std::string_view Match::group() const noexcept { return string().substr(spans()[0], spans()[1] - spans()[0]); }
Group Match::group(std::size_t group) const { return text_of(checked(group)); }
Group Match::group(std::string_view name) const { return text_of(named(name)); }

std::vector<Group> Match::groups(Group default_) const {
  std::vector<Group> all;
  for (std::size_t group = 1; group <= program_->tree().groups; ++group) {
    const Group text = text_of(group);
    all.push_back(text.has_value() ? text : default_);
  }
  return all;
}

std::vector<std::pair<std::string_view, Group>> Match::groupdict(Group default_) const {
  std::vector<std::pair<std::string_view, Group>> all;
  for (const auto& [name, group] : program_->tree().groupindex) {
    const Group text = text_of(group);
    all.emplace_back(name, text.has_value() ? text : default_);
  }
  return all;
}

Span Match::span(std::size_t group) const {
  const std::size_t* found = spans() + 2 * checked(group);
  if (found[0] == kNowhere) return {-1, -1};
  return {static_cast<std::ptrdiff_t>(found[0]), static_cast<std::ptrdiff_t>(found[1])};
}

Span Match::span(std::string_view name) const { return span(named(name)); }

std::vector<Span> Match::regs() const {
  std::vector<Span> all;
  for (std::size_t group = 0; group <= program_->tree().groups; ++group) all.push_back(span(group));
  return all;
}

std::optional<std::size_t> Match::lastindex() const {
  std::size_t took_part = 0, only = 0;
  for (std::size_t group = 1; group <= program_->tree().groups; ++group) {
    if (spans()[2 * group] == kNowhere) continue;
    ++took_part;
    only = group;
  }
  if (took_part == 0) return std::nullopt;
  if (took_part == 1) return only;
  const Look look{.text = string().substr(0, endpos_),
                  .encoding = static_cast<Encoding>(encoding_),
                  .kind = static_cast<Kind>(kind_),
                  .start = begun_,
                  .must_advance = advanced_};
  const std::size_t last = program_->last_index(look, spans()[0]);
  return last == 0 ? std::nullopt : std::optional(last);
}

std::optional<std::string_view> Match::lastgroup() const {
  const std::optional<std::size_t> last = lastindex();
  if (!last) return std::nullopt;
  for (const auto& [name, group] : program_->tree().groupindex) {
    if (group == *last) return name;
  }
  return std::nullopt;
}

std::string Match::expand(std::string_view template_) const {
  std::string out;
  append_expanded(out, parse_template(template_, program_->is_text(), program_->tree()), string(), spans());
  return out;
}

Pattern Match::re() const { return Pattern(program_); }

std::string str(const Span& span) {
  return "(" + std::to_string(span.first) + ", " + std::to_string(span.second) + ")";
}

std::string str(const Group& group) { return group.has_value() ? std::string(*group) : "None"; }
std::string repr(const Group& group) { return group.has_value() ? repr_of(*group, true) : "None"; }

std::string repr_of(std::string_view text, bool is_text) { return is_text ? krait::repr(text) : repr_bytes(text); }

std::string repr(const Match& match) {
  constexpr std::size_t kShown = 50;  // characters of the text's repr
  const std::u32string text = decode_utf8(repr_of(match.group(), !match.re().is_bytes()));
  return "<re.Match object; span=" + str(match.span()) + ", match=" + encode_utf8(text.substr(0, kShown)) + ">";
}

}  // namespace krait::re
