#pragma once
// Lays out usage and help, as argparse.HelpFormatter does: sections are filled first, so that the widest argument is known
// when they are written.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "krait/argparse/_container.h"
#include "krait/argparse/formatters.h"

namespace krait::argparse {

class _Formatter {
 public:
  _Formatter(const FormatterClass& kind, std::string prog);

  void start_section(const Text& heading);
  void end_section();
  void add_text(const Text& text);
  void add_usage(const Text& usage, std::vector<const Action*> actions, const std::vector<_Container*>& groups,
                 std::string prefix = "usage: ");
  void add_argument(const Action& action);
  std::string format_help();

  // "FOO [BAR ...]". Throws TypeError when the metavar does not fit nargs, ValueError "invalid nargs value".
  std::string format_args(const Action& action, const std::string& default_metavar) const;

 private:
  struct Section;
  struct Item {
    enum class Kind : unsigned char { Text, Usage, Action, Section } kind;
    std::string text = {};  // of a Usage: its prefix
    Text usage = {};
    std::vector<const Action*> actions = {};
    std::vector<_Container*> groups = {};
    std::shared_ptr<Section> section = nullptr;
  };
  struct Section {
    Section* parent = nullptr;
    Text heading;
    std::vector<Item> items;
  };

  std::string format(const Section& section);
  std::string format(const Item& item);
  std::string format_text(std::string text) const;
  std::string format_action(const Action& action);
  std::string fill_text(std::string_view text, int width, const std::string& indent) const;
  std::vector<std::string> split_lines(std::string_view text, int width) const;
  std::string expand_help(const Action& action) const;

  std::string format_usage(const Item& item) const;
  std::string wrap_usage(std::string_view prefix, const std::vector<const Action*>& optionals,
                         const std::vector<const Action*>& positionals, const std::vector<_Container*>& groups,
                         int text_width) const;
  std::vector<std::string> usage_parts(const std::vector<const Action*>& actions,
                                       const std::vector<_Container*>& groups) const;
  std::string usage_part(const Action& action, bool in_group) const;

  std::string invocation(const Action& action) const;
  std::vector<std::string> metavars(const Action& action, const std::string& default_metavar, std::size_t count) const;
  std::string default_metavar(const Action& action) const;

  FormatterClass kind_;
  std::string prog_;
  int width_, max_help_position_;
  int indent_ = 0, action_max_length_ = 0;
  Section root_;
  Section* current_ = &root_;
};

// What text can be as wide as: COLUMNS, else the terminal's width, else 80. Python: shutil.get_terminal_size().columns
int _terminal_columns();

}  // namespace krait::argparse
