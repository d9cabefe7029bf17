#include "krait/argparse/subparsers.h"

#include <algorithm>

#include "krait/argparse/_parser.h"
#include "krait/argparse/_unicode.h"

namespace krait::argparse {

std::optional<std::vector<Value>> SubParsersAction::_choices() const {
  std::vector<Value> names;
  names.reserve(names_.size());
  for (const Name& each : names_) names.emplace_back(each.name);
  return names;
}

std::vector<const Action*> SubParsersAction::_subactions() const {
  std::vector<const Action*> actions;
  actions.reserve(shown_.size());
  for (const auto& each : shown_) actions.push_back(each.get());
  return actions;
}

ArgumentParser* SubParsersAction::_find(std::string_view name) const noexcept {
  const auto found = std::find_if(names_.begin(), names_.end(), [&](const Name& each) { return each.name == name; });
  return found == names_.end() ? nullptr : found->parser;
}

bool SubParsersAction::_is_deprecated(std::string_view name) const noexcept {
  return std::any_of(names_.begin(), names_.end(),
                     [&](const Name& each) { return each.name == name && each.deprecated; });
}

std::vector<ArgumentParser*> SubParsersAction::_parsers() const {
  std::vector<ArgumentParser*> parsers;
  parsers.reserve(parsers_.size());
  for (const auto& each : parsers_) parsers.push_back(each.get());
  return parsers;
}

void SubParsersAction::prepare(std::string_view name, SubParserOptions& options) {
  if (!options.parser.prog.given()) options.parser.prog = prog_prefix_ + " " + std::string(name);
  if (_find(name)) _argument_error(*this, "conflicting subparser: " + std::string(name));
  for (const std::string& alias : options.aliases) {
    if (_find(alias)) _argument_error(*this, "conflicting subparser alias: " + alias);
  }
  if (!options.help.given()) return;
  auto line = std::make_unique<Action>();
  line->dest = name;
  line->help = options.help;
  const std::string aliases = options.aliases.empty() ? "" : " (" + _text::join(", ", options.aliases) + ")";
  line->metavar = std::string(name) + aliases;
  shown_.push_back(std::move(line));
}

void SubParsersAction::keep(std::unique_ptr<ArgumentParser> parser, std::string_view name,
                            const SubParserOptions& options) {
  const auto add = [&](std::string_view key) {
    const auto same = std::find_if(names_.begin(), names_.end(), [&](const Name& each) { return each.name == key; });
    if (same == names_.end()) {
      names_.push_back({std::string(key), parser.get(), options.deprecated});
    } else {  // an alias given twice, or a command's own name
      same->parser = parser.get();
    }
  };
  add(name);
  for (const std::string& alias : options.aliases) add(alias);
  parsers_.push_back(std::move(parser));
}

SubParsersAction& ArgumentParser::add_subparsers() { return add_subparsers(SubParsersOptions{}); }

SubParsersAction& ArgumentParser::add_subparsers(SubParsersOptions options) {
  if (parser_->subparsers_group) throw ArgumentError(std::nullopt, "cannot have multiple subparser arguments");
  const bool apart = options.title.given() || options.description.given();
  parser_->subparsers_group =
      apart ? &parser_->add_group(options.title.given() ? options.title : Text("subcommands"), options.description, {})
            : parser_->positional_group;
  std::string prog = options.prog.given() ? options.prog.text() : parser_->format_prog_of_subparsers();
  auto action = std::make_shared<SubParsersAction>(std::move(prog));
  SubParsersAction& made = *action;
  made._kind = _ActionKind::Parsers;
  made.dest = std::move(options.dest);
  made.nargs = Nargs(PARSER);
  made.required = options.required;
  made.help = std::move(options.help);
  made.metavar = std::move(options.metavar);
  parser_->subparsers_group->add_action(std::move(action));
  return made;
}

}  // namespace krait::argparse
