#include "krait/argparse/groups.h"

#include <algorithm>

#include "krait/argparse/_container.h"
#include "krait/argparse/_unicode.h"
#include "krait/builtins/repr.h"

namespace krait::argparse {

namespace {

using Conflicts = std::vector<std::pair<std::string, Action*>>;

[[noreturn]] void report(const Action& action, const Conflicts& conflicts) {
  std::vector<std::string> strings;
  for (const auto& [string, other] : conflicts) strings.push_back(string);
  _argument_error(action, (strings.size() == 1 ? "conflicting option string: " : "conflicting option strings: ") +
                              _text::join(", ", strings));
}

void resolve(_Shared& shared, const Conflicts& conflicts) {
  for (const auto& [string, action] : conflicts) {
    std::erase_if(shared.option_strings, [&](const auto& entry) { return entry.first == string; });
    const auto found = std::find(action->option_strings.begin(), action->option_strings.end(), string);
    if (found == action->option_strings.end()) throw ValueError("list.remove(x): x not in list");
    action->option_strings.erase(found);
    if (action->option_strings.empty()) action->_container->remove_action(action);
  }
}

void require_handler(const std::string& handler) {
  if (handler != "error" && handler != "resolve") {
    throw ValueError("invalid conflict_resolution value: " + krait::repr(handler));
  }
}

// "--foo-bar" gives foo_bar, "-x" x; the first long one decides.
std::string infer_dest(const std::vector<std::string>& option_strings, const std::string& prefix_chars) {
  const auto is_long = [&](const std::string& option) {
    return _text::starts_with_one_of(_text::rest(option), prefix_chars);
  };
  const auto long_one = std::find_if(option_strings.begin(), option_strings.end(), is_long);
  std::string_view rest = long_one == option_strings.end() ? option_strings[0] : *long_one;
  while (_text::starts_with_one_of(rest, prefix_chars)) rest = _text::rest(rest);
  if (rest.empty()) throw ValueError("dest= is required for options like " + krait::repr(option_strings.back()));
  std::string dest(rest);
  std::replace(dest.begin(), dest.end(), '-', '_');
  return dest;
}

void require_prefixes(const std::vector<std::string>& option_strings, const std::string& prefix_chars) {
  for (const std::string& option : option_strings) {
    if (option.empty()) throw IndexError("string index out of range");
    if (_text::starts_with_one_of(option, prefix_chars)) continue;
    throw ValueError("invalid option string " + krait::repr(option) + ": must start with a character " +
                     krait::repr(prefix_chars));
  }
}

}  // namespace

bool _is_negative_number(std::string_view text) {
  if (!text.starts_with('-')) return false;
  std::u32string points = _text::decode(text.substr(1));
  if (points.ends_with(U'\n')) points.pop_back();  // Python's $ also matches before one
  const std::size_t point = points.find(U'.');
  if (point != points.npos) points.erase(point, 1);
  const auto is_digit = [](char32_t c) { return _text::decimal(c) >= 0; };
  return !points.empty() && point != points.size() && std::all_of(points.begin(), points.end(), is_digit);
}

Action* _Shared::find_option(std::string_view option_string) const noexcept {
  const auto found = std::find_if(option_strings.begin(), option_strings.end(),
                                  [&](const auto& entry) { return entry.first == option_string; });
  return found == option_strings.end() ? nullptr : found->second;
}

const Value* _Shared::find_default(std::string_view dest) const noexcept {
  const auto found =
      std::find_if(defaults.begin(), defaults.end(), [&](const auto& entry) { return entry.first == dest; });
  return found == defaults.end() ? nullptr : &found->second;
}

void _Shared::set_default(const std::string& dest, const Value& value) {
  for (auto& [name, held] : defaults) {
    if (name != dest) continue;
    held = value;
    return;
  }
  defaults.emplace_back(dest, value);
}

_Container::_Container(Kind kind, _Shared& shared, _Container* outer, Settings given)
    : kind(kind), shared(shared), outer(outer), settings(std::move(given)) {
  require_handler(settings.conflict_handler);
  if (kind == Kind::Group) group = std::make_unique<ArgumentGroup>(this);
  if (kind == Kind::Mutex) mutex = std::make_unique<MutuallyExclusiveGroup>(this);
}

std::shared_ptr<Action> _Container::make_action(std::vector<std::string> names, Argument argument) const {
  const std::string& prefixes = settings.prefix_chars;
  if (names.size() == 1 && names[0].empty()) throw IndexError("string index out of range");
  const bool positional = names.empty() || (names.size() == 1 && !_text::starts_with_one_of(names[0], prefixes));
  std::optional<bool> required = argument.required;
  Text dest = argument.dest;
  if (positional) {
    if (!names.empty() && dest.given()) throw ValueError("dest supplied twice for positional argument");
    if (names.empty() && !dest.given()) {
      throw TypeError("_ActionsContainer._get_positional_kwargs() missing 1 required positional argument: 'dest'");
    }
    if (!names.empty()) dest = names[0] == SuppressType::text ? Text(SUPPRESS) : Text(names[0]);
    names.clear();
    if (required) throw TypeError("'required' is an invalid argument for positionals");
    const bool any = argument.nargs.is(Nargs::Kind::ZeroOrMore);
    if ((!argument.nargs.is(Nargs::Kind::Optional) && !any) || (any && !argument.default_)) required = true;
  } else {
    require_prefixes(names, prefixes);
    if (!dest.given()) dest = infer_dest(names, prefixes);
  }
  if (!argument.default_) {
    if (const Value* value = shared.find_default(dest.text())) {
      argument.default_ = *value;
    } else if (!settings.argument_default.is_none()) {
      argument.default_ = settings.argument_default;
    }
  }
  return _make_action(std::move(argument), std::move(names), std::move(dest), required);
}

Action& _Container::add_argument(std::vector<std::string> names, Argument argument) {
  std::shared_ptr<Action> action = make_action(std::move(names), std::move(argument));
  check_metavar(*action);
  add_action(action);
  return *action;
}

// An exclusive group hands an argument on to what it stands in, where it gets its place in the help.
void _Container::add_action(std::shared_ptr<Action> action) {
  if (kind != Kind::Mutex) return index_action(std::move(action));
  if (action->required) throw ValueError("mutually exclusive arguments must be optional");
  Action* added = action.get();
  outer->add_action(std::move(action));
  group_actions.push_back(added);
}

void _Container::index_action(std::shared_ptr<Action> action) {
  check_conflict(*action);
  action->_container = this;
  group_actions.push_back(action.get());
  for (const std::string& option_string : action->option_strings) {
    const auto found = std::find_if(shared.option_strings.begin(), shared.option_strings.end(),
                                    [&](const auto& entry) { return entry.first == option_string; });
    if (found != shared.option_strings.end()) {
      found->second = action.get();
    } else {
      shared.option_strings.emplace_back(option_string, action.get());
    }
    if (_is_negative_number(option_string)) shared.has_negative_number_optionals = true;
  }
  shared.actions.push_back(std::move(action));
}

void _Container::check_conflict(Action& action) {
  Conflicts conflicts;
  for (const std::string& option_string : action.option_strings) {
    if (Action* other = shared.find_option(option_string)) conflicts.emplace_back(option_string, other);
  }
  if (conflicts.empty()) return;
  if (settings.conflict_handler == "error") report(action, conflicts);
  resolve(shared, conflicts);
}

void _Container::remove_action(Action* action) {
  const auto held = std::find_if(shared.actions.begin(), shared.actions.end(),
                                 [&](const std::shared_ptr<Action>& each) { return each.get() == action; });
  const auto shown = std::find(group_actions.begin(), group_actions.end(), action);
  if (held == shared.actions.end() || shown == group_actions.end()) throw ValueError("list.remove(x): x not in list");
  shared.removed.push_back(std::move(*held));
  shared.actions.erase(held);
  group_actions.erase(shown);
}

_Container& _Container::add_group(Text title, Text description, ArgumentGroupOptions options) {
  Settings inherited{options.prefix_chars.value_or(settings.prefix_chars),
                     options.argument_default.value_or(settings.argument_default),
                     options.conflict_handler.value_or(settings.conflict_handler)};
  auto made = std::make_unique<_Container>(Kind::Group, shared, this, std::move(inherited));
  made->title = std::move(title);
  made->description = std::move(description);
  action_groups.push_back(made.get());
  shared.groups.push_back(std::move(made));
  return *shared.groups.back();
}

_Container& _Container::add_mutex_group(bool required) {
  auto made = std::make_unique<_Container>(Kind::Mutex, shared, this, settings);
  made->required = required;
  shared.mutex_groups.push_back(made.get());
  shared.groups.push_back(std::move(made));
  return *shared.groups.back();
}

void _Container::add_actions_of(const _Container& other) {
  const auto same_title = [](const Text& a, const Text& b) { return a.given() == b.given() && a.text() == b.text(); };
  for (std::size_t i = 0; i < action_groups.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!same_title(action_groups[i]->title, action_groups[j]->title)) continue;
      const Text& title = action_groups[i]->title;
      throw ValueError("cannot merge actions - two groups are named " +
                       (title.given() ? krait::repr(title.text()) : std::string("None")));
    }
  }
  std::vector<std::pair<const Action*, _Container*>> places;  // the last one that names an action counts
  for (const _Container* theirs : other.action_groups) {
    const auto mine = std::find_if(action_groups.begin(), action_groups.end(),
                                   [&](const _Container* each) { return same_title(each->title, theirs->title); });
    _Container* place =
        mine != action_groups.end()
            ? *mine
            : &add_group(theirs->title, theirs->description, {.conflict_handler = theirs->settings.conflict_handler});
    for (const Action* action : theirs->group_actions) places.emplace_back(action, place);
  }
  for (const _Container* theirs : other.shared.mutex_groups) {
    _Container* place = &add_mutex_group(theirs->required);
    for (const Action* action : theirs->group_actions) places.emplace_back(action, place);
  }
  const auto actions = other.shared.actions;
  for (const std::shared_ptr<Action>& action : actions) {
    const auto place =
        std::find_if(places.rbegin(), places.rend(), [&](const auto& each) { return each.first == action.get(); });
    (place == places.rend() ? this : place->second)->add_action(action);
  }
}

Action& _ActionsContainer::add_argument(std::vector<std::string> names, Argument argument) {
  return node_->add_argument(std::move(names), std::move(argument));
}
Action& _ActionsContainer::add_argument(std::string_view name, Argument argument) {
  return node_->add_argument({std::string(name)}, std::move(argument));
}
Action& _ActionsContainer::add_argument(std::string_view name, std::string_view second, Argument argument) {
  return node_->add_argument({std::string(name), std::string(second)}, std::move(argument));
}
Action& _ActionsContainer::add_argument(std::string_view name, std::string_view second, std::string_view third,
                                        Argument argument) {
  return node_->add_argument({std::string(name), std::string(second), std::string(third)}, std::move(argument));
}

ArgumentGroup& _ActionsContainer::add_argument_group(Text title, Text description, ArgumentGroupOptions options) {
  return *node_->add_group(std::move(title), std::move(description), std::move(options)).group;
}

MutuallyExclusiveGroup& _ActionsContainer::add_mutually_exclusive_group(MutuallyExclusiveGroupOptions options) {
  return *node_->add_mutex_group(options.required).mutex;
}

void _ActionsContainer::set_defaults(const Defaults& defaults) {
  for (const auto& [dest, value] : defaults) node_->shared.set_default(dest, value);
  for (const std::shared_ptr<Action>& action : node_->shared.actions) {
    for (const auto& [dest, value] : defaults) {
      if (action->dest.given() && action->dest.text() == dest) action->default_ = value;
    }
  }
}

Value _ActionsContainer::get_default(std::string_view dest) const {
  for (const std::shared_ptr<Action>& action : node_->shared.actions) {
    if (action->dest.text() == dest && !action->default_.is_none()) return action->default_;
  }
  const Value* value = node_->shared.find_default(dest);
  return value ? *value : Value();
}

}  // namespace krait::argparse
