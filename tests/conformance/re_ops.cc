#include "krait/re.h"

#include <algorithm>

#include "ops.h"
#include "tagged.h"

namespace krait::conformance {

namespace {

using json::Array;
using json::Object;
using json::Value;

const Value* argument(const Value& request, std::string_view name) {
  const Value* value = request.as_object().find(name);
  return value && !value->is_null() ? value : nullptr;
}

std::int64_t integer(const Value& request, std::string_view name, std::int64_t otherwise) {
  const Value* value = argument(request, name);
  return value ? value->as_int() : otherwise;
}

// Places are characters in the lines, and bytes to krait.
class Places {
 public:
  Places(std::string_view text, bool bytes) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (bytes || (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) starts_.push_back(i);
    }
    starts_.push_back(text.size());
  }
  // Python: negative is 0, beyond the end is the end.
  std::size_t byte(std::int64_t character) const {
    const std::int64_t last = static_cast<std::int64_t>(starts_.size()) - 1;
    return starts_[static_cast<std::size_t>(std::clamp<std::int64_t>(character, 0, last))];
  }
  std::int64_t character(std::ptrdiff_t byte) const {
    if (byte < 0) return -1;
    return std::ranges::lower_bound(starts_, static_cast<std::size_t>(byte)) - starts_.begin();
  }

 private:
  std::vector<std::size_t> starts_;
};

// A request's pattern and subject: texts, or {"$bytes"} both.
struct Asked {
  explicit Asked(const Value& request)
      : bytes(request["pattern"].is_object()),
        pattern(re::compile(text(request["pattern"]), {.flags = flags(request), .bytes = bytes})),
        string(argument(request, "string") ? text(request["string"]) : std::string()),
        places(string, bytes) {
    pos = places.byte(integer(request, "pos", 0));
    endpos = places.byte(integer(request, "endpos", INT64_MAX));
  }

  static std::string text(const Value& value) { return value.is_object() ? untag_bytes(value) : value.as_string(); }

  static re::RegexFlag flags(const Value& request) {
    static const std::map<std::string_view, re::RegexFlag> kNames{
        {"IGNORECASE", re::I}, {"LOCALE", re::L},  {"MULTILINE", re::M}, {"DOTALL", re::S},
        {"VERBOSE", re::X},    {"UNICODE", re::U}, {"ASCII", re::A},     {"NOFLAG", re::NOFLAG}};
    re::RegexFlag flags = re::NOFLAG;
    const Value* names = argument(request, "flags");
    if (!names) return flags;
    for (const Value& name : names->as_array()) flags |= kNames.at(name.as_string());
    return flags;
  }

  Value show(std::string_view piece) const { return bytes ? tag_bytes(piece) : Value(piece); }
  Value maybe(const re::Group& group) const { return group.has_value() ? show(*group) : Value(nullptr); }
  Value show(re::Span span) const { return Array{places.character(span.first), places.character(span.second)}; }
  Value show(const std::optional<re::Match>& match) const { return match ? show(*match) : Value(nullptr); }

  Value show(const re::Match& match) const {
    Array regs, groups;
    for (const re::Span& span : match.regs()) regs.push_back(show(span));
    for (const re::Group& group : match.groups()) groups.push_back(maybe(group));
    Object named;
    for (const auto& [name, group] : match.groupdict()) named.set(std::string(name), maybe(group));
    const std::optional<std::size_t> index = match.lastindex();
    const std::optional<std::string_view> group = match.lastgroup();
    return Object{{"span", show(match.span())},
                  {"regs", regs},
                  {"groups", groups},
                  {"groupdict", named},
                  {"lastindex", index ? Value(static_cast<std::int64_t>(*index)) : Value(nullptr)},
                  {"lastgroup", group ? Value(*group) : Value(nullptr)}};
  }

  bool bytes;
  re::Pattern pattern;
  std::string string;
  Places places;
  std::size_t pos = 0, endpos = 0;
};

Value compile(const Value& request) {
  const Asked asked(request);
  Object names;
  for (const auto& [name, group] : asked.pattern.groupindex()) names.set(name, static_cast<std::int64_t>(group));
  return Object{{"groups", static_cast<std::int64_t>(asked.pattern.groups())}, {"groupindex", names}};
}

// Python: p.search("ab", 2, 1) is None, whatever the pattern.
template <auto Search>
Value search(const Value& request) {
  const Asked asked(request);
  return asked.show((asked.pattern.*Search)(asked.string, asked.pos, asked.endpos));
}

Value findall(const Value& request) {
  const Asked asked(request);
  Array all;
  for (const re::Found& found : asked.pattern.findall(asked.string, asked.pos, asked.endpos)) {
    Array texts;
    for (const std::string_view text : found) texts.push_back(asked.show(text));
    if (found.size() == 1)
      all.push_back(texts[0]);
    else
      all.push_back(Object{{"$tuple", texts}});
  }
  return all;
}

Value finditer(const Value& request) {
  const Asked asked(request);
  Array all;
  for (const re::Match& match : asked.pattern.finditer(asked.string, asked.pos, asked.endpos)) {
    all.push_back(asked.show(match));
  }
  return all;
}

std::pair<std::string, std::size_t> substituted(const Value& request, const Asked& asked) {
  return asked.pattern.subn(Asked::text(request["repl"]), asked.string, integer(request, "count", 0));
}

Value sub(const Value& request) {
  const Asked asked(request);
  return asked.show(substituted(request, asked).first);
}

Value subn(const Value& request) {
  const Asked asked(request);
  const auto [text, n] = substituted(request, asked);
  return Array{asked.show(text), static_cast<std::int64_t>(n)};
}

Value split(const Value& request) {
  const Asked asked(request);
  Array all;
  for (const re::Group& piece : asked.pattern.split(asked.string, integer(request, "maxsplit", 0))) {
    all.push_back(asked.maybe(piece));
  }
  return all;
}

Value escape(const Value& request) {
  const Value& string = request["string"];
  const std::string escaped = re::escape(Asked::text(string));
  return string.is_object() ? tag_bytes(escaped) : Value(escaped);
}

}  // namespace

Ops re_ops() {
  return {{"re.compile", compile},
          {"re.search", search<&re::Pattern::search>},
          {"re.match", search<&re::Pattern::match>},
          {"re.fullmatch", search<&re::Pattern::fullmatch>},
          {"re.findall", findall},
          {"re.finditer", finditer},
          {"re.sub", sub},
          {"re.subn", subn},
          {"re.split", split},
          {"re.escape", escape}};
}

}  // namespace krait::conformance
