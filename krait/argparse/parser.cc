#include "krait/argparse/parser.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "krait/argparse/_command_line.h"
#include "krait/argparse/_files.h"
#include "krait/argparse/_formatter.h"
#include "krait/argparse/_parser.h"
#include "krait/argparse/_unicode.h"
#include "krait/argparse/subparsers.h"
#include "krait/builtins/print.h"
#include "krait/builtins/repr.h"
#include "krait/builtins/traceback.h"

namespace krait::argparse {

namespace {

constexpr std::string_view kUnrecognized = "_unrecognized_args";

std::vector<const Action*> pointers(const std::vector<std::shared_ptr<Action>>& actions) {
  std::vector<const Action*> result;
  result.reserve(actions.size());
  for (const std::shared_ptr<Action>& action : actions) result.push_back(action.get());
  return result;
}

}  // namespace

_Parser::_Parser(ParserOptions& options)
    : _Container(Kind::Parser, owned, nullptr,
                 {options.prefix_chars, std::move(options.argument_default), std::move(options.conflict_handler)}),
      prog(options.prog.given() ? options.prog.text() : program_invocation_short_name),
      usage(std::move(options.usage)),
      epilog(std::move(options.epilog)),
      formatter_class(options.formatter_class),
      fromfile_prefix_chars(std::move(options.fromfile_prefix_chars)),
      allow_abbrev(options.allow_abbrev),
      exit_on_error(options.exit_on_error) {
  description = std::move(options.description);
  positional_group = &add_group("positional arguments", {}, {});
  optional_group = &add_group("options", {}, {});
  const std::string_view prefixes = options.prefix_chars;
  if (prefixes.empty()) throw IndexError("string index out of range");
  if (options.add_help) {
    const std::string prefix(prefixes.find('-') != prefixes.npos ? "-" : _text::first(prefixes));
    add_argument({prefix + "h", prefix + prefix + "help"},
                 {.action = "help", .default_ = Value(SUPPRESS), .help = "show this help message and exit"});
  }
  for (ArgumentParser* parent : options.parents) {
    if (!parent) throw TypeError("parents must be a list of ArgumentParser");
    add_actions_of(parent->_node());
    for (const auto& [dest, value] : parent->_node().shared.defaults) shared.set_default(dest, value);
  }
}

void _Parser::add_action(std::shared_ptr<Action> action) {
  (action->is_optional() ? optional_group : positional_group)->add_action(std::move(action));
}

void _Parser::check_metavar(const Action& action) const {
  try {
    static_cast<void>(_Formatter(formatter_class, prog).format_args(action, "None"));
  } catch (const TypeError&) {
    throw ValueError("length of metavar tuple does not match nargs");
  }
}

std::vector<Action*> _Parser::positionals() const {
  std::vector<Action*> found;
  for (const std::shared_ptr<Action>& action : shared.actions) {
    if (!action->is_optional()) found.push_back(action.get());
  }
  return found;
}

std::string _Parser::format_usage() const {
  _Formatter formatter(formatter_class, prog);
  formatter.add_usage(usage, pointers(shared.actions), shared.mutex_groups);
  return formatter.format_help();
}

std::string _Parser::format_prog_of_subparsers() const {
  _Formatter formatter(formatter_class, prog);
  const std::vector<Action*> found = positionals();
  formatter.add_usage(usage, {found.begin(), found.end()}, shared.mutex_groups, "");
  return std::string(_text::strip(formatter.format_help()));
}

std::string _Parser::format_help() const {
  _Formatter formatter(formatter_class, prog);
  formatter.add_usage(usage, pointers(shared.actions), shared.mutex_groups);
  formatter.add_text(description);
  for (const _Container* group : action_groups) {
    formatter.start_section(group->title);
    formatter.add_text(group->description);
    for (const Action* action : group->group_actions) formatter.add_argument(*action);
    formatter.end_section();
  }
  formatter.add_text(epilog);
  return formatter.format_help();
}

std::vector<std::string> _Parser::parse(ArgumentParser& self, std::vector<std::string> args, Namespace& space) {
  if (fromfile_prefix_chars) args = _read_args_from_files(self, *fromfile_prefix_chars, args);
  return _CommandLine(*this, self, std::move(args), space).run();
}

ArgumentParser::ArgumentParser(ParserOptions options)
    : _ActionsContainer(nullptr), parser_(std::make_unique<_Parser>(options)) {
  node_ = parser_.get();
}

ArgumentParser::ArgumentParser(ArgumentParser&& other) noexcept = default;
ArgumentParser& ArgumentParser::operator=(ArgumentParser&& other) noexcept = default;
ArgumentParser::~ArgumentParser() = default;

std::string& ArgumentParser::prog() noexcept { return parser_->prog; }
Text& ArgumentParser::usage() noexcept { return parser_->usage; }
Text& ArgumentParser::description() noexcept { return parser_->description; }
Text& ArgumentParser::epilog() noexcept { return parser_->epilog; }

Namespace ArgumentParser::parse_args(int argc, const char* const* argv) {
  return parse_args(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
}

Namespace ArgumentParser::parse_args() { return parse_args(_words_of_process()); }

Namespace ArgumentParser::parse_args(std::vector<std::string> args, Namespace space) {
  auto [read, left] = parse_known_args(std::move(args), std::move(space));
  refuse_left(left);
  fill(nullptr, nullptr, read);
  return std::move(read);
}

void ArgumentParser::refuse_left(const std::vector<std::string>& left) {
  if (left.empty()) return;
  const std::string message = "unrecognized arguments: " + _text::join(" ", left);
  if (parser_->exit_on_error) error(message);
  throw ArgumentError(std::nullopt, message);
}

std::pair<Namespace, std::vector<std::string>> ArgumentParser::parse_known_args(std::vector<std::string> args,
                                                                                Namespace space) {
  for (const std::shared_ptr<Action>& action : parser_->shared.actions) {
    if (action->dest.suppressed() || action->default_.is_suppress() || space.contains(action->dest.text())) continue;
    space.set(action->dest.text(), action->default_);
  }
  for (const auto& [dest, value] : parser_->shared.defaults) {
    if (!space.contains(dest)) space.set(dest, value);
  }
  std::vector<std::string> left;
  try {
    left = parser_->parse(*this, std::move(args), space);
  } catch (const ArgumentError& mistake) {
    if (!parser_->exit_on_error) throw;
    error(mistake.what());
  }
  if (const Value* more = space.find(kUnrecognized)) {
    for (std::string& word : more->get<std::vector<std::string>>()) left.push_back(std::move(word));
    space.erase(kUnrecognized);
  }
  return {std::move(space), std::move(left)};
}

std::string ArgumentParser::format_usage() { return parser_->format_usage(); }
std::string ArgumentParser::format_help() { return parser_->format_help(); }

void ArgumentParser::print_usage(std::FILE* file) { _print_message(format_usage(), file ? file : stdout); }
void ArgumentParser::print_help(std::FILE* file) { _print_message(format_help(), file ? file : stdout); }

void ArgumentParser::exit(int status, std::string_view message) {
  if (!message.empty()) _print_message(message, stderr);
  _install_excepthook();
  throw SystemExit(status);
}

void ArgumentParser::error(std::string_view message) {
  print_usage(stderr);
  exit(2, parser_->prog + ": error: " + std::string(message) + "\n");
}

std::vector<std::string> ArgumentParser::convert_arg_line_to_args(std::string_view line) { return {std::string(line)}; }

// Whole lines to standard output go where print() goes, so that what redirects it catches these, too.
void ArgumentParser::_print_message(std::string_view message, std::FILE* file) {
  if (message.empty()) return;
  if (file == stdout && message.ends_with('\n')) {
    message.remove_suffix(1);
    return _print_line(std::string(message));
  }
  const std::string text = file == stderr ? _text::escaped(message) : std::string(message);
  std::fwrite(text.data(), 1, text.size(), file);
}

// A number that its place cannot hold is the user's mistake, as any other value of a wrong kind is.
void ArgumentParser::fill_one(const Action& action, const _Binding& binding, void* object, const Value& value) {
  const std::string& name = action.dest.text();
  try {
    return binding.fill(object, value, name);
  } catch (const OverflowError& too_large) {
    std::string message = too_large.what();
    const std::string prefix = "cannot read " + krait::repr(name) + ": ";
    if (message.starts_with(prefix)) message.erase(0, prefix.size());
    const ArgumentError mistake(_action_name(action).text, message);
    if (!parser_->exit_on_error) throw mistake;
    error(mistake.what());
  }
}

// The values of one command line, to whatever its arguments were bound to. `object` is an `owner`; null: only references.
void ArgumentParser::fill(void* object, const std::type_info* owner, const Namespace& space) {
  for (const std::shared_ptr<Action>& action : parser_->shared.actions) {
    const Value* value = space.find(action->dest.text());
    for (const auto& binding : action->_bindings) {
      const bool mine = object ? binding->owner && *binding->owner == *owner : !binding->owner;
      if (mine && value && !value->is_none()) fill_one(*action, *binding, object, *value);
    }
    if (action->_kind != _ActionKind::Parsers) continue;
    for (ArgumentParser* each : static_cast<const SubParsersAction&>(*action)._parsers())
      each->fill(object, owner, space);
  }
}

}  // namespace krait::argparse
