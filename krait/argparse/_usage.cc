#include <algorithm>
#include <map>
#include <set>

#include "krait/argparse/_formatter.h"
#include "krait/argparse/_percent.h"
#include "krait/argparse/_unicode.h"

namespace krait::argparse {

namespace {

using Parts = std::vector<std::optional<std::string>>;
using Actions = std::vector<const Action*>;

// An exclusive group whose actions stand side by side in a usage, from `start` up to `end`.
struct Place {
  std::size_t start, end;
  auto operator<=>(const Place&) const = default;
};

// Where the group stands in `actions`, if it stands together.
std::optional<Place> place_of(const std::vector<Action*>& group, const Actions& actions) {
  const auto start = std::find(actions.begin(), actions.end(), group[0]);
  if (static_cast<std::size_t>(actions.end() - start) < group.size()) return std::nullopt;
  if (!std::equal(group.begin(), group.end(), start)) return std::nullopt;
  const auto index = static_cast<std::size_t>(start - actions.begin());
  return Place{index, index + group.size()};
}

// Brackets around a group, and bars within.
void mark_group(Parts& parts, Place place, bool required, std::set<std::size_t>& barred) {
  std::vector<std::string> shown;
  for (std::size_t i = place.start; i < place.end; ++i) {
    if (parts[i]) shown.push_back(*parts[i]);
  }
  if (shown.empty()) throw IndexError("list index out of range");
  const bool bare = required && shown.size() == 1;
  shown.front().insert(0, bare ? "" : required ? "(" : "[");
  shown.back().append(bare ? "" : required ? ")" : "]");
  for (std::size_t i = 0; i + 1 < shown.size(); ++i) {
    if (barred.insert(place.start + i).second) parts[place.start + i] = shown[i] + " |";
  }
  parts[place.start + shown.size() - 1] = shown.back();
  for (std::size_t i = place.start + shown.size(); i < place.end; ++i) parts[i] = std::nullopt;
}

// Lines of parts, each line indented; with a prefix, the first one follows it.
std::vector<std::string> lines_of(const std::vector<std::string>& parts, const std::string& indent, int text_width,
                                  const std::string* prefix = nullptr) {
  const int indent_length = static_cast<int>(indent.size());
  int length = (prefix ? static_cast<int>(_text::length(*prefix)) : indent_length) - 1;
  std::vector<std::string> lines;
  std::vector<std::string> line;
  for (const std::string& part : parts) {
    const int size = static_cast<int>(_text::length(part));
    if (length + 1 + size > text_width && !line.empty()) {
      lines.push_back(indent + _text::join(" ", line));
      line.clear();
      length = indent_length - 1;
    }
    line.push_back(part);
    length += size + 1;
  }
  if (!line.empty()) lines.push_back(indent + _text::join(" ", line));
  if (prefix) lines[0].erase(0, indent.size());
  return lines;
}

void extend(std::vector<std::string>& list, const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

}  // namespace

std::string _Formatter::usage_part(const Action& action, bool in_group) const {
  if (!action.is_optional()) {
    std::string part = format_args(action, default_metavar(action));
    if (!in_group) return part;
    if (part.empty()) throw IndexError("string index out of range");
    return part.starts_with('[') && part.ends_with(']')
               ? part.substr(1, part.size() - std::min<std::size_t>(part.size(), 2))
               : part;
  }
  std::string part = action.option_strings[0];
  if (!action.nargs.is_zero()) {
    part += " " + format_args(action, default_metavar(action));
  } else if (action._kind == _ActionKind::BooleanOptional) {
    part = _text::join(" | ", action.option_strings);
  }
  return action.required || in_group ? part : "[" + part + "]";
}

std::vector<std::string> _Formatter::usage_parts(const Actions& actions, const std::vector<_Container*>& groups) const {
  std::set<const Action*> grouped;
  std::map<Place, const _Container*> places;
  for (const _Container* group : groups) {
    if (group->group_actions.empty()) throw ValueError("empty group: a mutually exclusive group has no argument");
    const auto hidden = [](const Action* action) { return action->help.suppressed(); };
    if (std::all_of(group->group_actions.begin(), group->group_actions.end(), hidden)) continue;
    if (const auto place = place_of(group->group_actions, actions)) {
      grouped.insert(group->group_actions.begin(), group->group_actions.end());
      places[*place] = group;
    }
  }
  Parts parts;
  for (const Action* action : actions) {
    parts.push_back(action->help.suppressed() ? std::nullopt
                                              : std::optional(usage_part(*action, grouped.contains(action))));
  }
  std::set<std::size_t> barred;
  for (auto place = places.rbegin(); place != places.rend(); ++place) {
    mark_group(parts, place->first, place->second->required, barred);
  }
  std::vector<std::string> shown;
  for (std::optional<std::string>& part : parts) {
    if (part) shown.push_back(*std::move(part));
  }
  return shown;
}

std::string _Formatter::format_usage(const Item& item) const {
  const std::string& prefix = item.text;
  if (item.usage.given()) return prefix + _percent_prog(item.usage.text(), prog_) + "\n\n";
  if (item.actions.empty()) return prefix + prog_ + "\n\n";
  Actions optionals, positionals;
  for (const Action* action : item.actions) (action->is_optional() ? optionals : positionals).push_back(action);
  Actions all = optionals;
  all.insert(all.end(), positionals.begin(), positionals.end());
  const std::string arguments = _text::join(" ", usage_parts(all, item.groups));
  std::string usage = prog_;
  if (!usage.empty() && !arguments.empty()) usage += ' ';
  usage += arguments;
  const int text_width = width_ - indent_;
  if (static_cast<int>(_text::length(prefix) + _text::length(usage)) > text_width) {
    usage = wrap_usage(prefix, optionals, positionals, item.groups, text_width);
  }
  return prefix + usage + "\n\n";
}

std::string _Formatter::wrap_usage(std::string_view given_prefix, const Actions& optionals, const Actions& positionals,
                                   const std::vector<_Container*>& groups, int text_width) const {
  const std::string prefix(given_prefix);
  std::vector<std::string> optional_parts = usage_parts(optionals, groups);
  std::vector<std::string> positional_parts = usage_parts(positionals, groups);
  const std::size_t start = _text::length(prefix) + _text::length(prog_);
  std::vector<std::string> lines;
  if (static_cast<double>(start) <= 0.75 * text_width) {  // a short program name: the arguments follow it
    const std::string indent(start + 1, ' ');
    std::vector<std::string>& first = optional_parts.empty() ? positional_parts : optional_parts;
    const bool both = !optional_parts.empty();
    first.insert(first.begin(), prog_);
    lines = lines_of(first, indent, text_width, &prefix);
    if (both) extend(lines, lines_of(positional_parts, indent, text_width));
  } else {
    const std::string indent(_text::length(prefix), ' ');
    std::vector<std::string> parts = optional_parts;
    extend(parts, positional_parts);
    lines = lines_of(parts, indent, text_width);
    if (lines.size() > 1) {
      lines = lines_of(optional_parts, indent, text_width);
      extend(lines, lines_of(positional_parts, indent, text_width));
    }
    lines.insert(lines.begin(), prog_);
  }
  return _text::join("\n", lines);
}

}  // namespace krait::argparse
