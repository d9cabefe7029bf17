#include "krait/re/pattern.h"

#include <algorithm>

#include "krait/re/_matcher.h"
#include "krait/re/_source.h"
#include "krait/re/_template.h"

namespace krait::re {

namespace {

void check_place(const Program& program, std::string_view text, std::size_t place, const char* name) {
  if (program.is_text() && place < text.size() && is_continuation(text[place])) {
    throw ValueError(std::string("cannot search: ") + name + " " + std::to_string(place) + " lies within a character");
  }
}

std::string_view piece(const Look& look, const std::size_t* spans, std::size_t group) {
  const std::size_t begin = spans[2 * group];
  return begin == kNowhere ? std::string_view() : look.text.substr(begin, spans[2 * group + 1] - begin);
}

std::optional<Match> find_one(const std::shared_ptr<const Program>& program, const Subject& subject, Kind kind,
                              std::size_t pos, std::size_t endpos) {
  const Prepared prepared = prepare(*program, subject, kind, pos, endpos);
  if (!prepared.possible) return std::nullopt;
  LinearSpans room;
  const std::size_t* spans = program->find(prepared.look, room);
  if (!spans) return std::nullopt;
  return _Matcher::make(program, subject, prepared.look, prepared.look.start, spans);
}

// Calls append(spans) for each match of `text`, at most `count` of them (0: all), and copies what lies between.
template <class Append>
std::pair<std::string, std::size_t> replace_each(const Program& program, std::string_view text, std::ptrdiff_t count,
                                                 Append append) {
  std::pair<std::string, std::size_t> result;
  Look look = prepare(program, text, Kind::Search, 0, text.size()).look;
  LinearSpans room;
  std::size_t copied = 0;
  while (count == 0 || static_cast<std::ptrdiff_t>(result.second) < count) {
    const std::size_t* spans = program.find(look, room);
    if (!spans) break;
    if (result.second == 0) result.first.reserve(text.size());
    const std::size_t begin = spans[0], end = spans[1];
    result.first.append(text, copied, begin - copied);
    copied = end;
    ++result.second;
    const Look here = look;
    go_on(look, spans);
    append(result.first, here, spans);
  }
  result.first.append(text, copied, text.npos);
  return result;
}

// Group numbers within negative look-arounds, and within what is repeated no times.
void cannot_participate(const Sequence& sequence, const char* why,
                        std::vector<std::pair<std::size_t, const char*>>& to) {
  for (const Node& node : sequence.nodes) {
    if (node.op == Node::Op::Subpattern && node.group != 0 && why) to.emplace_back(node.group, why);
    const char* inner = why;
    if (!inner && node.op == Node::Op::AssertNot) inner = "inside a negative look-around";
    if (!inner && node.op == Node::Op::Repeat && node.max == 0) inner = "inside what is repeated no times";
    for (const Sequence& part : node.parts) cannot_participate(part, inner, to);
  }
}

}  // namespace

Prepared prepare(const Program& program, const Subject& subject, Kind kind, std::size_t pos, std::size_t endpos) {
  const std::string_view whole = subject.text();
  pos = std::min(pos, whole.size());
  endpos = std::min(endpos, whole.size());
  if (pos > endpos) return {.look = {}, .possible = false};
  if (endpos < whole.size()) check_place(program, whole, endpos, "endpos");
  check_place(program, whole, pos, "pos");
  const std::string_view text = whole.substr(0, endpos);
  return {.look = {.text = text, .encoding = program.encoding_of(text, kind, pos), .kind = kind, .start = pos}};
}

void go_on(Look& look, const std::size_t* spans) noexcept {
  look.must_advance = spans[0] == spans[1];
  look.start = spans[1];
}

std::optional<Match> Pattern::search(Subject string, std::size_t pos, std::size_t endpos) const {
  return find_one(program_, string, Kind::Search, pos, endpos);
}

std::optional<Match> Pattern::match(Subject string, std::size_t pos, std::size_t endpos) const {
  return find_one(program_, string, Kind::Match, pos, endpos);
}

std::optional<Match> Pattern::fullmatch(Subject string, std::size_t pos, std::size_t endpos) const {
  return find_one(program_, string, Kind::FullMatch, pos, endpos);
}

// After so many matches findall guesses how many there will be, so that their list need not be moved again and again.
constexpr std::size_t kSample = 64;

Findall Pattern::findall(Subject string, std::size_t pos, std::size_t endpos) const {
  const std::size_t groups = this->groups();
  Prepared prepared = prepare(*program_, string, Kind::Search, pos, endpos);
  Findall all(std::move(string), std::max<std::size_t>(groups, 1));
  if (!prepared.possible) return all;
  Look& look = prepared.look;
  LinearSpans room;
  while (const std::size_t* spans = program_->find(look, room)) {
    for (std::size_t group = groups == 0 ? 0 : 1; group <= groups; ++group) all._append(piece(look, spans, group));
    go_on(look, spans);
    if (all.size() == kSample) all._expect(kSample * look.text.size() / std::max<std::size_t>(look.start, 1));
  }
  return all;
}

Matches Pattern::finditer(Subject string, std::size_t pos, std::size_t endpos) const {
  return {program_, std::move(string), pos, endpos};
}

Matches::Matches(std::shared_ptr<const Program> program, Subject subject, std::size_t pos, std::size_t endpos)
    : program_(std::move(program)), subject_(std::move(subject)) {
  const Prepared prepared = prepare(*program_, subject_, Kind::Search, pos, endpos);
  pos_ = prepared.look.start;
  endpos_ = prepared.look.text.size();
  start_ = prepared.possible ? pos_ : endpos_ + 1;
  encoding_ = static_cast<unsigned char>(prepared.look.encoding);
}

void Matches::next() {
  Look look{.text = subject_.text().substr(0, endpos_),
            .encoding = static_cast<Encoding>(encoding_),
            .start = start_,
            .must_advance = must_advance_};
  LinearSpans room;
  const std::size_t* spans = program_->find(look, room);
  if (!spans) {
    current_.reset();
    start_ = endpos_ + 1;
    return;
  }
  current_.emplace(_Matcher::make(program_, subject_, look, pos_, spans));
  go_on(look, spans);
  start_ = look.start;
  must_advance_ = look.must_advance;
}

std::vector<Match> Matches::list() {
  std::vector<Match> all;
  for (const Match& match : *this) all.push_back(match);
  return all;
}

std::pair<std::string, std::size_t> Pattern::subn(std::string_view repl, std::string_view string,
                                                  std::ptrdiff_t count) const {
  if (program_->is_text()) check_utf8(repl);
  if (repl.find('\\') == repl.npos) {
    return replace_each(*program_, string, count,
                        [repl](std::string& to, const Look&, const std::size_t*) { to += repl; });
  }
  const Template template_ = parse_template(repl, program_->is_text(), program_->tree());
  return replace_each(*program_, string, count, [&](std::string& to, const Look& look, const std::size_t* spans) {
    append_expanded(to, template_, look.text, spans);
  });
}

std::pair<std::string, std::size_t> Pattern::replace(_Replace replacement, std::string_view string,
                                                     std::ptrdiff_t count) const {
  return replace_each(*program_, string, count, [&](std::string& to, const Look& look, const std::size_t* spans) {
    replacement.append(replacement.context, _Matcher::make(program_, string, look, 0, spans), to);
  });
}

Pieces Pattern::split(Subject string, std::ptrdiff_t maxsplit) const {
  Pieces pieces(string);
  Look look = prepare(*program_, string, Kind::Search, 0, _kToTheEnd).look;
  LinearSpans room;
  std::size_t last = 0;
  for (std::ptrdiff_t n = 0; maxsplit == 0 || n < maxsplit; ++n) {
    const std::size_t* spans = program_->find(look, room);
    if (!spans) break;
    pieces.emplace_back(look.text.substr(last, spans[0] - last));
    for (std::size_t group = 1; group <= groups(); ++group) {
      if (spans[2 * group] == kNowhere)
        pieces.emplace_back();
      else
        pieces.emplace_back(piece(look, spans, group));
    }
    last = spans[1];
    go_on(look, spans);
  }
  pieces.emplace_back(look.text.substr(last));
  return pieces;
}

const std::string& Pattern::pattern() const noexcept { return program_->pattern(); }
RegexFlag Pattern::flags() const noexcept { return program_->tree().flags; }
std::size_t Pattern::groups() const noexcept { return program_->tree().groups; }
bool Pattern::is_bytes() const noexcept { return !program_->is_text(); }

const std::vector<std::pair<std::string, std::size_t>>& Pattern::groupindex() const noexcept {
  return program_->tree().groupindex;
}

std::string Pattern::explain() const {
  std::vector<std::pair<std::size_t, const char*>> idle;
  cannot_participate(program_->tree().root, nullptr, idle);
  std::string out;
  for (const auto& [group, why] : idle) {
    out += "group " + std::to_string(group) + " cannot participate: " + why + "\n";
  }
  if (!idle.empty() && groups() == 1) {
    out += "findall gives group 1, so '' for every match: write (?:…) instead of (…) to be given the matches\n";
  }
  if (!out.empty()) out.pop_back();
  return out;
}

bool operator==(const Pattern& a, const Pattern& b) noexcept {
  return a.program_ == b.program_ ||
         (a.pattern() == b.pattern() && a.flags() == b.flags() && a.is_bytes() == b.is_bytes());
}

std::string repr(const Pattern& pattern) {
  constexpr std::size_t kShown = 200;  // characters of the text's repr
  constexpr std::pair<RegexFlag, const char*> kNames[] = {
      {IGNORECASE, "IGNORECASE"}, {LOCALE, "LOCALE"},   {MULTILINE, "MULTILINE"}, {DOTALL, "DOTALL"},
      {UNICODE, "UNICODE"},       {VERBOSE, "VERBOSE"}, {ASCII, "ASCII"}};
  const RegexFlag implied = pattern.is_bytes() ? NOFLAG : UNICODE;
  std::string flags;
  for (const auto& [flag, name] : kNames) {
    if (_has(pattern.flags() & ~implied, flag)) flags += (flags.empty() ? ", re." : "|re.") + std::string(name);
  }
  const std::u32string text = decode_utf8(repr_of(pattern.pattern(), !pattern.is_bytes()));
  return "re.compile(" + encode_utf8(text.substr(0, kShown)) + flags + ")";
}

}  // namespace krait::re
