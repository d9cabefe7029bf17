#include "krait/argparse/_formatter.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "krait/argparse/_percent.h"
#include "krait/argparse/_unicode.h"
#include "krait/argparse/_wrap.h"
#include "krait/builtins/repr.h"

namespace krait::argparse {

namespace {

int width_of(std::string_view text) { return static_cast<int>(_text::length(text)); }

std::string blanks(int count) { return std::string(static_cast<std::size_t>(std::max(count, 0)), ' '); }

// At most two line ends in a row.
std::string without_long_breaks(std::string_view text) {
  std::string result;
  std::size_t breaks = 0;
  for (char c : text) {
    breaks = c == '\n' ? breaks + 1 : 0;
    if (breaks <= 2) result += c;
  }
  return result;
}

// What a help text may name: an action's attributes, and prog.
class HelpMapping final : public _Mapping {
 public:
  HelpMapping(const Action& action, const std::string& prog) : action_(action), prog_(prog) {}

  std::optional<Value> find(std::string_view name) const override {
    std::optional<Value> value = attribute(name);
    if (value && value->is_suppress()) return std::nullopt;
    return value;
  }

 private:
  std::optional<Value> attribute(std::string_view name) const {
    if (name == "prog") return prog_;
    if (name == "default") return action_.default_;
    if (name == "option_strings") return Value(action_.option_strings);
    if (name == "dest") return text(action_.dest);
    if (name == "nargs") return action_.nargs.value();
    if (name == "const") return action_.const_;
    if (name == "type") return action_.type ? Value(action_.type.name()) : Value();
    if (name == "choices") return choices();
    if (name == "required") return action_.required;
    if (name == "help") return text(action_.help);
    if (name == "metavar") return metavar();
    if (name == "deprecated") return action_.deprecated;
    if (name == "version" && action_._kind == _ActionKind::Version) return text(action_.version);
    return std::nullopt;
  }
  static Value text(const Text& text) {
    if (text.suppressed()) return SUPPRESS;
    return text.given() ? Value(text.text()) : Value();
  }
  Value choices() const {
    const auto choices = action_._choices();
    if (!choices) return {};
    std::vector<std::string> texts;
    for (const Value& each : *choices) texts.push_back(str(each));
    return _text::join(", ", texts);
  }
  Value metavar() const {
    if (!action_.metavar.given()) return {};
    if (!action_.metavar.is_tuple()) return action_.metavar.names()[0];
    std::string text = "(";
    for (const std::string& name : action_.metavar.names()) {
      text.append(text.size() > 1 ? ", " : "").append(krait::repr(name));
    }
    return text + (action_.metavar.names().size() == 1 ? ",)" : ")");
  }

  const Action& action_;
  const std::string& prog_;
};

// `text` with its "%s" replaced by `names`; as Python's %, it takes neither more names nor fewer.
std::string substituted(std::string_view text, const std::vector<std::string>& names) {
  std::string result;
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (!text.substr(at).starts_with("%s")) {
      result += text[at++];
      continue;
    }
    if (used == names.size()) throw TypeError("not enough arguments for format string");
    result += names[used++];
    at += 2;
  }
  if (used < names.size()) throw TypeError("not all arguments converted during string formatting");
  return result;
}

int columns_asked_for(const char* name) {
  const char* text = std::getenv(name);
  if (!text) return 0;
  try {
    return parse_int(text).get<int>();
  } catch (const ValueError&) {
    return 0;
  } catch (const OverflowError&) {
    return 0;
  }
}

}  // namespace

int _terminal_columns() {
  constexpr int kColumns = 80;
  const int asked = columns_asked_for("COLUMNS");
  if (asked > 0) return asked;
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kColumns;
}

_Formatter::_Formatter(const FormatterClass& kind, std::string prog) : kind_(kind), prog_(std::move(prog)) {
  const FormatterOptions& options = kind_.options;
  width_ = options.width ? *options.width : _terminal_columns() - 2;
  max_help_position_ = std::min(options.max_help_position, std::max(width_ - 20, options.indent_increment * 2));
}

void _Formatter::start_section(const Text& heading) {
  indent_ += kind_.options.indent_increment;
  auto section = std::make_shared<Section>(Section{current_, heading, {}});
  current_->items.push_back({.kind = Item::Kind::Section, .section = section});
  current_ = section.get();
}

void _Formatter::end_section() {
  current_ = current_->parent;
  indent_ -= kind_.options.indent_increment;
}

void _Formatter::add_text(const Text& text) {
  if (text.shown()) current_->items.push_back({.kind = Item::Kind::Text, .text = text.text()});
}

void _Formatter::add_usage(const Text& usage, std::vector<const Action*> actions,
                           const std::vector<_Container*>& groups, std::string prefix) {
  if (usage.suppressed()) return;
  current_->items.push_back({.kind = Item::Kind::Usage,
                             .text = std::move(prefix),
                             .usage = usage,
                             .actions = std::move(actions),
                             .groups = groups});
}

void _Formatter::add_argument(const Action& action) {
  if (action.help.suppressed()) return;
  int longest = width_of(invocation(action)) + indent_;
  for (const Action* each : action._subactions()) {
    longest = std::max(longest, width_of(invocation(*each)) + indent_ + kind_.options.indent_increment);
  }
  action_max_length_ = std::max(action_max_length_, longest);
  current_->items.push_back({.kind = Item::Kind::Action, .actions = {&action}});
}

std::string _Formatter::format_help() {
  std::string help = format(root_);
  if (help.empty()) return help;
  help = without_long_breaks(help);
  help.erase(0, std::min(help.find_first_not_of('\n'), help.size()));
  help.erase(help.find_last_not_of('\n') + 1);
  return help + "\n";
}

std::string _Formatter::format(const Section& section) {
  if (section.parent) indent_ += kind_.options.indent_increment;
  std::string items;
  for (const Item& item : section.items) items += format(item);
  if (section.parent) indent_ -= kind_.options.indent_increment;
  if (items.empty()) return items;
  const std::string heading = section.heading.shown() ? blanks(indent_) + section.heading.text() + ":\n" : "";
  return "\n" + heading + items + "\n";
}

std::string _Formatter::format(const Item& item) {
  switch (item.kind) {
    case Item::Kind::Text:
      return format_text(item.text);
    case Item::Kind::Usage:
      return format_usage(item);
    case Item::Kind::Action:
      return format_action(*item.actions[0]);
    case Item::Kind::Section:
      break;
  }
  return format(*item.section);
}

std::string _Formatter::format_text(std::string text) const {
  constexpr int kNarrowest = 11;
  if (text.find("%(prog)") != text.npos) text = _percent_prog(text, prog_);
  return fill_text(text, std::max(width_ - indent_, kNarrowest), blanks(indent_)) + "\n\n";
}

std::string _Formatter::fill_text(std::string_view text, int width, const std::string& indent) const {
  std::string filled;
  if (kind_.raw_description) {
    for (const std::string& line : _text::splitlines(text, true)) filled.append(indent).append(line);
    return filled;
  }
  for (const std::string& line : _wrap(_text::collapsed(text), width - static_cast<int>(indent.size()))) {
    filled.append(filled.empty() ? "" : "\n").append(indent).append(line);
  }
  return filled;
}

std::vector<std::string> _Formatter::split_lines(std::string_view text, int width) const {
  return kind_.raw_text ? _text::splitlines(text) : _wrap(_text::collapsed(text), width);
}

std::string _Formatter::format_action(const Action& action) {
  constexpr int kNarrowest = 11;
  const int help_position = std::min(action_max_length_ + 2, max_help_position_);
  const int help_width = std::max(width_ - help_position, kNarrowest);
  const int action_width = help_position - indent_ - 2;
  const std::string header = invocation(action);
  const bool beside = !action.help.text().empty() && width_of(header) <= action_width;
  std::string result = blanks(indent_) + header;
  result += beside ? blanks(action_width - width_of(header)) + "  " : "\n";

  if (!_text::strip(action.help.text()).empty()) {
    if (const std::string help = expand_help(action); !help.empty()) {
      const std::vector<std::string> lines = split_lines(help, help_width);
      if (lines.empty()) throw IndexError("list index out of range");
      result.append(blanks(beside ? 0 : help_position)).append(lines[0]).append("\n");
      for (std::size_t i = 1; i < lines.size(); ++i) result.append(blanks(help_position)).append(lines[i]).append("\n");
    }
  } else if (!result.ends_with('\n')) {
    result += '\n';
  }
  indent_ += kind_.options.indent_increment;
  for (const Action* each : action._subactions()) result += format_action(*each);
  indent_ -= kind_.options.indent_increment;
  return result;
}

std::string _Formatter::expand_help(const Action& action) const {
  std::string help = action.help.text();
  if (kind_.defaults && help.find("%(default)") == help.npos && !action.default_.is_suppress()) {
    const bool may_lack = action.nargs.is(Nargs::Kind::Optional) || action.nargs.is(Nargs::Kind::ZeroOrMore);
    if (action.is_optional() || may_lack) help += " (default: %(default)s)";
  }
  return _percent(help, HelpMapping(action, prog_));
}

std::string _Formatter::invocation(const Action& action) const {
  if (!action.is_optional()) {
    const std::vector<std::string> names = metavars(action, default_metavar(action), 1);
    if (names.empty()) throw ValueError("not enough values to unpack (expected 1, got 0)");
    if (names.size() > 1) throw ValueError("too many values to unpack (expected 1)");
    return names[0];
  }
  const std::string options = _text::join(", ", action.option_strings);
  return action.nargs.is_zero() ? options : options + " " + format_args(action, default_metavar(action));
}

std::string _Formatter::default_metavar(const Action& action) const {
  if (!kind_.metavar_type) return action.is_optional() ? _text::upper(action.dest.text()) : action.dest.text();
  if (!action.type) throw AttributeError("'NoneType' object has no attribute '__name__'");
  return action.type.name();
}

std::vector<std::string> _Formatter::metavars(const Action& action, const std::string& default_metavar,
                                              std::size_t count) const {
  if (action.metavar.is_tuple()) return action.metavar.names();
  std::string name = default_metavar;
  if (action.metavar.given()) {
    name = action.metavar.names()[0];
  } else if (const auto choices = action._choices()) {
    std::vector<std::string> texts;
    for (const Value& each : *choices) texts.push_back(str(each));
    name = "{" + _text::join(",", texts) + "}";
  }
  return std::vector<std::string>(count, name);
}

std::string _Formatter::format_args(const Action& action, const std::string& default_metavar) const {
  const auto names = [&](std::size_t count) { return metavars(action, default_metavar, count); };
  switch (action.nargs.kind()) {
    case Nargs::Kind::None:
      return substituted("%s", names(1));
    case Nargs::Kind::Optional:
      return substituted("[%s]", names(1));
    case Nargs::Kind::ZeroOrMore:
      return substituted(names(1).size() == 2 ? "[%s [%s ...]]" : "[%s ...]", names(1));
    case Nargs::Kind::OneOrMore:
      return substituted("%s [%s ...]", names(2));
    case Nargs::Kind::Remainder:
      return "...";
    case Nargs::Kind::Parser:
      return substituted("%s ...", names(1));
    case Nargs::Kind::Suppress:
      return "";
    case Nargs::Kind::Count: {
      const auto count = static_cast<std::size_t>(std::max(action.nargs.count(), 0));
      return substituted(_text::join(" ", std::vector<std::string>(count, "%s")), names(count));
    }
    case Nargs::Kind::Invalid:
      break;
  }
  throw ValueError("invalid nargs value");
}

}  // namespace krait::argparse
