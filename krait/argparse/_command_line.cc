#include "krait/argparse/_command_line.h"

#include <algorithm>

#include "krait/argparse/_match.h"
#include "krait/argparse/_unicode.h"
#include "krait/builtins/repr.h"

namespace krait::argparse {

_CommandLine::_CommandLine(_Parser& parser, ArgumentParser& self, std::vector<std::string> args, Namespace& space)
    : parser_(parser), self_(self), args_(std::move(args)), space_(space) {
  for (const Action* action : parser.positionals()) positionals_.push_back(action);
}

std::vector<std::string> _CommandLine::run() {
  classify();
  std::size_t start = 0;
  for (auto option = options_.begin(); option != options_.end(); option = options_.lower_bound(start)) {
    const std::size_t next = option->first;
    if (start != next) {
      const std::size_t end = consume_positionals(start);
      if (end > start) {
        start = end;
        continue;
      }
    }
    if (!options_.contains(start)) {
      for (const std::string& word : words(start, next - start)) extras_.push_back(word);
      start = next;
    }
    start = consume_optional(start);
  }
  const std::size_t stop = consume_positionals(start);
  for (const std::string& word : words(stop, args_.size() - std::min(stop, args_.size()))) extras_.push_back(word);
  convert_defaults();
  require_arguments();
  require_groups();
  return std::move(extras_);
}

void _CommandLine::classify() {
  for (std::size_t i = 0; i < args_.size(); ++i) {
    if (args_[i] == "--") {
      pattern_ += '-';
      pattern_.append(args_.size() - i - 1, 'A');
      return;
    }
    std::optional<Option> option = parse_optional(args_[i]);
    pattern_ += option ? 'O' : 'A';
    if (option) options_.emplace(i, *std::move(option));
  }
}

std::optional<_CommandLine::Option> _CommandLine::parse_optional(const std::string& word) const {
  if (!_text::starts_with_one_of(word, parser_.settings.prefix_chars)) return std::nullopt;
  if (Action* action = parser_.shared.find_option(word)) return Option{action, word};
  if (_text::rest(word).empty()) return std::nullopt;
  if (const std::size_t equals = word.find('='); equals != word.npos) {
    const std::string option_string = word.substr(0, equals);
    if (Action* action = parser_.shared.find_option(option_string)) {
      return Option{action, option_string, true, word.substr(equals + 1)};
    }
  }
  std::vector<Option> possible = options_of(word);
  if (possible.size() > 1) {
    std::vector<std::string> matches;
    matches.reserve(possible.size());
    for (const Option& each : possible) matches.push_back(each.option_string);
    throw ArgumentError(std::nullopt, "ambiguous option: " + word + " could match " + _text::join(", ", matches));
  }
  if (possible.size() == 1) return std::move(possible[0]);
  if (_is_negative_number(word) && !parser_.shared.has_negative_number_optionals) return std::nullopt;
  if (word.find(' ') != word.npos) return std::nullopt;
  return Option{nullptr, word};
}

// The options that the word may be short for. It has at least two characters.
std::vector<_CommandLine::Option> _CommandLine::options_of(const std::string& word) const {
  std::vector<Option> found;
  const std::string_view second = _text::first(_text::rest(word));
  if (_text::contains(parser_.settings.prefix_chars, second)) {
    if (!parser_.allow_abbrev) return found;
    const std::size_t equals = word.find('=');
    const std::string prefix = word.substr(0, equals);
    for (const auto& [option_string, action] : parser_.shared.option_strings) {
      if (!option_string.starts_with(prefix)) continue;
      found.push_back({action, option_string});
      if (equals == word.npos) continue;
      found.back().separated = true;
      found.back().explicit_arg = word.substr(equals + 1);
    }
    return found;
  }
  const std::size_t two = _text::first(word).size() + second.size();
  for (const auto& [option_string, action] : parser_.shared.option_strings) {
    if (option_string == std::string_view(word).substr(0, two)) {
      found.push_back({action, option_string, false, word.substr(two)});
    } else if (option_string.starts_with(word)) {
      found.push_back({action, option_string});
    }
  }
  return found;
}

std::vector<std::string> _CommandLine::words(std::size_t start, std::size_t count) const {
  if (start >= args_.size()) return {};
  const auto first = args_.begin() + static_cast<std::ptrdiff_t>(start);
  return {first, first + static_cast<std::ptrdiff_t>(std::min(count, args_.size() - start))};
}

std::size_t _CommandLine::match_argument(const Action& action, std::string_view pattern) const {
  if (const auto counts = _match({&action}, pattern)) return (*counts)[0];
  switch (action.nargs.kind()) {
    case Nargs::Kind::None:
      _argument_error(action, "expected one argument");
    case Nargs::Kind::Optional:
      _argument_error(action, "expected at most one argument");
    case Nargs::Kind::OneOrMore:
      _argument_error(action, "expected at least one argument");
    case Nargs::Kind::Count:
      _argument_error(action, "expected " + std::to_string(action.nargs.count()) +
                                  (action.nargs.count() == 1 ? " argument" : " arguments"));
    default:
      _argument_error(action, "expected " + str(action.nargs.value()) + " arguments");
  }
}

std::size_t _CommandLine::consume_optional(std::size_t start) {
  Option option = options_.at(start);
  std::vector<Taken> taken;
  std::size_t stop = start + 1;
  for (bool more = true; more;) {
    if (!option.action) {
      extras_.push_back(args_[start]);
      return start + 1;
    }
    if (option.explicit_arg) {
      more = next_of_cluster(option, taken);
      continue;
    }
    const std::size_t count = match_argument(*option.action, std::string_view(pattern_).substr(start + 1));
    stop = start + 1 + count;
    taken.push_back({option.action, words(start + 1, count), option.option_string});
    more = false;
  }
  for (Taken& each : taken) {
    if (each.action->deprecated) {
      warn_deprecated(each.option_string, "option '" + each.option_string + "' is deprecated");
    }
    take(*each.action, std::move(each.words), each.option_string);
  }
  return stop;
}

// An option with text that belongs to it, as -xVALUE, --x=VALUE, or -xyz, of which the next is then `option`. Gives whether
// there is a next one.
bool _CommandLine::next_of_cluster(Option& option, std::vector<Taken>& taken) {
  const std::string& prefixes = parser_.settings.prefix_chars;
  const std::string argument = *option.explicit_arg;
  const std::size_t count = match_argument(*option.action, "A");
  const bool is_long = _text::starts_with_one_of(_text::rest(option.option_string), prefixes);
  if (count == 1) {
    taken.push_back({option.action, {argument}, option.option_string});
    return false;
  }
  if (count != 0 || is_long || argument.empty() || option.separated || _text::starts_with_one_of(argument, prefixes)) {
    _argument_error(*option.action, "ignored explicit argument " + krait::repr(argument));
  }
  taken.push_back({option.action, {}, option.option_string});
  const std::string prefix(_text::first(option.option_string));
  option.option_string = prefix + std::string(_text::first(argument));
  option.action = parser_.shared.find_option(option.option_string);
  if (!option.action) {
    extras_.push_back(prefix + argument);
    return false;
  }
  const std::string_view rest = _text::rest(argument);
  option.separated = rest.starts_with('=');
  if (rest.empty()) {
    option.explicit_arg.reset();
  } else {
    option.explicit_arg = std::string(option.separated ? rest.substr(1) : rest);
  }
  return true;
}

std::size_t _CommandLine::consume_positionals(std::size_t start) {
  const std::string_view pattern = std::string_view(pattern_).substr(std::min(start, pattern_.size()));
  const std::vector<std::size_t> counts = _match_partial(positionals_, pattern);
  const std::vector<const Action*> matched(positionals_.begin(),
                                           positionals_.begin() + static_cast<std::ptrdiff_t>(counts.size()));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    auto& action = const_cast<Action&>(*matched[i]);
    std::vector<std::string> taken = words(start, counts[i]);
    start += counts[i];
    if (!taken.empty() && action.deprecated) {
      warn_deprecated(action.dest.text(), "argument '" + action.dest.text() + "' is deprecated");
    }
    take(action, std::move(taken), "");
  }
  positionals_.erase(positionals_.begin(), positionals_.begin() + static_cast<std::ptrdiff_t>(counts.size()));
  return start;
}

void _CommandLine::warn_deprecated(const std::string& name, const std::string& message) {
  if (!warned_.insert(name).second) return;
  self_._print_message(parser_.prog + ": warning: " + message + "\n", stderr);
}

void _CommandLine::check_conflicts(const Action& action) const {
  for (const _Container* group : parser_.shared.mutex_groups) {
    const auto& actions = group->group_actions;
    for (std::size_t i = 0; i < actions.size(); ++i) {
      if (actions[i] != &action) continue;
      for (std::size_t j = 0; j < actions.size(); ++j) {
        if (j == i || !seen_non_default_.contains(actions[j])) continue;
        _ActionName name = _action_name(*actions[j]);
        if (name.tuple) {  // CPython hands it to % as it is
          if (actions[j]->metavar.names().size() != 1)
            throw TypeError("not all arguments converted during string formatting");
          name.text = actions[j]->metavar.names()[0];
        }
        _argument_error(action, "not allowed with argument " + name.text.value_or("None"));
      }
    }
  }
}

void _CommandLine::take(Action& action, std::vector<std::string> words, const std::string& option_string) {
  seen_.insert(&action);
  const Values values = get_values(action, std::move(words));
  if (!values.is_default) {
    seen_non_default_.insert(&action);
    check_conflicts(action);
  }
  if (!values.value.is_suppress()) call(action, values.value, option_string);
}

void _CommandLine::convert_defaults() {
  for (const std::shared_ptr<Action>& action : parser_.shared.actions) {
    const bool text = action->default_.is_str() || action->default_.is_suppress();
    if (seen_.contains(action.get()) || action->required || !text) continue;
    const Value* held = space_.find(action->dest.text());
    if (held && held->_is(action->default_)) space_.set(action->dest.text(), get_value(*action, action->default_));
  }
}

void _CommandLine::require_arguments() const {
  std::vector<_ActionName> missing;
  for (const std::shared_ptr<Action>& action : parser_.shared.actions) {
    if (!seen_.contains(action.get()) && action->required) missing.push_back(_action_name(*action));
  }
  if (missing.empty()) return;
  throw ArgumentError(std::nullopt, "the following arguments are required: " + _join_names(", ", missing));
}

void _CommandLine::require_groups() const {
  for (const _Container* group : parser_.shared.mutex_groups) {
    if (!group->required) continue;
    std::vector<_ActionName> names;
    bool used = false;
    for (const Action* action : group->group_actions) {
      used = used || seen_non_default_.contains(action);
      if (!action->help.suppressed()) names.push_back(_action_name(*action));
    }
    if (used) continue;
    throw ArgumentError(std::nullopt, "one of the arguments " + _join_names(" ", names) + " is required");
  }
}

}  // namespace krait::argparse
