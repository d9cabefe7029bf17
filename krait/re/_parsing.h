#pragma once
// The parser's parts: groups and sequences in _parser.cc, escapes and sets in _parsing_sets.cc, (?…) in _parsing_groups.cc.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "krait/re/_source.h"
#include "krait/re/_tree.h"

namespace krait::re {

class Parser {
 public:
  Parser(std::string_view pattern, bool is_text, RegexFlag flags) : source_(pattern, is_text), flags_(flags) {}

  Tree parse();

 private:
  // Where a sequence stands.
  struct Context {
    bool verbose = false;
    int depth = 0;          // 0: not within a group
    bool at_start = false;  // nothing came before: global flags may
  };

  Sequence alternatives(Context context);
  Sequence sequence(Context context);
  void skip_comment();
  // Makes the last node of `to` a repetition, if what begins with `token` is one; else that is a literal.
  void repetition(Sequence& to, const Token& token);

  // "[" is taken.
  Node set();
  SetItem set_escape(const Token& escape);
  Node escape(const Token& token);
  // What both kinds of escapes have: \x41 \u0041 \U00000041 \N{…}; nullopt: `token` is none of these.
  std::optional<char32_t> coded_escape(std::u32string& text);
  Node numbered_escape(std::u32string text);
  [[noreturn]] void bad_escape(const std::u32string& text) const;
  char32_t octal(const std::u32string& text) const;

  // "(" is taken. False: it was a comment, or flags, and stands for nothing.
  bool group(Sequence& to, Context& context);
  struct Opened;  // what "(?…" said of the group
  bool extension(Sequence& to, Context& context, Opened& opened);
  void python_extension(Sequence& to, Opened& opened, bool& done);
  void look_around(Sequence& to, Context context, char32_t kind, std::ptrdiff_t start);
  void conditional(Sequence& to, Context context, std::ptrdiff_t start);
  void contents(Sequence& to, Context context, const Opened& opened);
  // True: they were global flags.
  bool inline_flags(char32_t first, Opened& opened);
  void close(std::ptrdiff_t start);

  std::size_t open_group(const std::optional<std::u32string>& name);
  const std::size_t* find_group(const std::u32string& name) const;
  bool is_closed(std::size_t group) const { return group < widths_.size() && widths_[group].has_value(); }
  void check_look_behind(std::size_t group) const;
  void fix_flags();

  Source source_;
  RegexFlag flags_;
  std::vector<std::optional<Width>> widths_{std::nullopt};  // of each group once it is closed; group 0 never is
  std::map<std::u32string, std::size_t> names_;
  std::vector<std::pair<std::string, std::size_t>> groupindex_;
  std::optional<std::size_t> look_behind_groups_;  // how many groups there were when the outermost look-behind began
  std::vector<std::pair<std::size_t, std::ptrdiff_t>> conditions_;  // group and place of each (?(1)…)
};

// What re.compile says of a tree: a look-behind has one width.
void check_look_behinds(const Sequence& sequence);

}  // namespace krait::re
