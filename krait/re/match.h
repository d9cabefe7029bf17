#pragma once
// What a pattern found.
//
//   if (auto m = re::search("(?P<key>\\w+)=(\\d+)", "port=8000"); m) print(m->group("key"), m->start());
//
// Texts are UTF-8, and places are counted in bytes, where Python counts characters. Nothing is copied: what a match gives
// lies in the subject, which must stay as it is while the match is used. A std::string that is moved in, the result of a
// call for one, is kept by the match itself.

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace krait::re {

class Pattern;
class Program;

// A text to be searched: looked at where it lies, or kept when it would be gone.
class Subject {
 public:
  Subject(std::string_view text) noexcept : text_(text) {}
  Subject(const char* text) noexcept : text_(text) {}
  Subject(const std::string& text) noexcept : text_(text) {}
  Subject(std::string&& text) : kept_(std::make_shared<const std::string>(std::move(text))), text_(*kept_) {}

  std::string_view text() const noexcept { return text_; }

 private:
  std::shared_ptr<const std::string> kept_;
  std::string_view text_;
};

// What a group matched, or nothing when it took no part: as a std::optional<std::string_view>, and it stands for its text.
// Python: a str, or None
class Group {
 public:
  Group() noexcept = default;
  Group(std::nullopt_t) noexcept {}
  Group(std::string_view text) noexcept : text_(text) {}
  Group(const char* text) noexcept : text_(text) {}

  bool has_value() const noexcept { return text_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  // There must be one.
  std::string_view operator*() const noexcept { return *text_; }
  const std::string_view* operator->() const noexcept { return &*text_; }
  std::string_view value_or(std::string_view otherwise) const noexcept { return text_.value_or(otherwise); }
  // Throw TypeError when there is none.
  std::string_view value() const { return has_value() ? *text_ : raise(); }
  operator std::string_view() const { return value(); }
  explicit operator std::string() const { return std::string(value()); }

  friend bool operator==(const Group& a, const Group& b) noexcept { return a.text_ == b.text_; }
  template <class T>
    requires std::convertible_to<const T&, std::string_view> && (!std::same_as<T, Group>)
  friend bool operator==(const Group& group, const T& text) noexcept {
    return group.text_ == std::string_view(text);
  }
  friend bool operator==(const Group& group, std::nullopt_t) noexcept { return !group.has_value(); }

 private:
  [[noreturn]] static std::string_view raise();
  std::optional<std::string_view> text_;
};

// Begin and end in bytes; both -1: the group took no part.
using Span = std::pair<std::ptrdiff_t, std::ptrdiff_t>;

// Python: re.Match. Always true, as in Python: functions give an optional that is empty when there is no match.
class Match {
 public:
  // The whole match. Python: m.group(), m[0]
  std::string_view group() const noexcept;
  // Python: m.group(n), m.group("name"). Throws IndexError "no such group".
  Group group(std::size_t group) const;
  Group group(std::string_view name) const;
  Group group(const char* name) const { return group(std::string_view(name)); }
  // Python: m.group(1, "name", …)
  template <class First, class Second, class... More>
  std::array<Group, 2 + sizeof...(More)> group(First first, Second second, More... more) const {
    return {(*this)[first], (*this)[second], (*this)[more]...};
  }
  // Python: m[n], m["name"]
  Group operator[](std::size_t group) const { return this->group(group); }
  Group operator[](int group) const { return this->group(index_of(group)); }
  Group operator[](std::string_view name) const { return group(name); }
  Group operator[](const char* name) const { return group(std::string_view(name)); }
  Group group(int group) const { return this->group(index_of(group)); }

  // All groups from 1 on. Python: m.groups(default)
  std::vector<Group> groups(Group default_ = {}) const;
  // The named groups, in the order of the pattern. Python: m.groupdict(default)
  std::vector<std::pair<std::string_view, Group>> groupdict(Group default_ = {}) const;

  // Python: m.start(group), m.end(group), m.span(group). Throw IndexError "no such group".
  std::ptrdiff_t start(std::size_t group = 0) const { return span(group).first; }
  std::ptrdiff_t end(std::size_t group = 0) const { return span(group).second; }
  Span span(std::size_t group = 0) const;
  std::ptrdiff_t start(std::string_view name) const { return span(name).first; }
  std::ptrdiff_t end(std::string_view name) const { return span(name).second; }
  Span span(std::string_view name) const;
  // The spans of all groups, from 0 on. Python: m.regs
  std::vector<Span> regs() const;

  // The number of the group that ended last, and its name. Found by matching once more, where there are several groups.
  // Python: m.lastindex, m.lastgroup
  std::optional<std::size_t> lastindex() const;
  std::optional<std::string_view> lastgroup() const;

  // The template with \1, \g<name> and the escapes replaced. Throws PatternError, IndexError. Python: m.expand(template)
  std::string expand(std::string_view template_) const;

  Pattern re() const;                                                   // Python: m.re
  std::string_view string() const noexcept { return subject_.text(); }  // Python: m.string
  std::size_t pos() const noexcept { return pos_; }                     // Python: m.pos
  std::size_t endpos() const noexcept { return endpos_; }               // Python: m.endpos
  explicit operator bool() const noexcept { return true; }

 private:
  friend class _Matcher;
  Match(std::shared_ptr<const Program> program, Subject subject) noexcept;
  static std::size_t index_of(int group);
  const std::size_t* spans() const noexcept { return many_.empty() ? few_.data() : many_.data(); }
  std::size_t checked(std::size_t group) const;
  std::size_t named(std::string_view name) const;
  Group text_of(std::size_t group) const noexcept;

  std::shared_ptr<const Program> program_;
  Subject subject_;
  std::size_t pos_ = 0, endpos_ = 0, begun_ = 0;
  unsigned char kind_ = 0, encoding_ = 0;
  bool advanced_ = false;
  std::array<std::size_t, 16> few_{};  // the spans of up to seven groups, of more in many_
  std::vector<std::size_t> many_;
};

// "<re.Match object; span=(2, 7), match='love '>". Python: repr(m)
std::string repr(const Match& match);
inline std::string str(const Match& match) { return repr(match); }
// "(2, 7)"
std::string str(const Span& span);
// The text, or "None".
std::string str(const Group& group);
// "'love '", or "None".
std::string repr(const Group& group);

}  // namespace krait::re
