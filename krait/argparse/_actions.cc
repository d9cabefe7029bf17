#include "krait/argparse/_unicode.h"
#include "krait/argparse/actions.h"
#include "krait/builtins/repr.h"

namespace krait::argparse {

namespace {

using Kind = _ActionKind;

struct KindName {
  std::string_view name, python_class;
  Kind kind;
};
constexpr KindName kKinds[] = {
    {"store", "_StoreAction", Kind::Store},
    {"store_const", "_StoreConstAction", Kind::StoreConst},
    {"store_true", "_StoreTrueAction", Kind::StoreTrue},
    {"store_false", "_StoreFalseAction", Kind::StoreFalse},
    {"append", "_AppendAction", Kind::Append},
    {"append_const", "_AppendConstAction", Kind::AppendConst},
    {"count", "_CountAction", Kind::Count},
    {"help", "_HelpAction", Kind::Help},
    {"version", "_VersionAction", Kind::Version},
    {"extend", "_ExtendAction", Kind::Extend},
    {"", "BooleanOptionalAction", Kind::BooleanOptional},
};

enum Keyword : unsigned {
  kNargs = 1,
  kConst = 2,
  kDefault = 4,
  kTypeKeyword = 8,
  kChoices = 16,
  kRequired = 32,
  kMetavar = 64,
  kVersion = 128
};

// What each action's constructor takes, beside option_strings, dest, help and deprecated, which all do.
unsigned accepted(Kind kind) noexcept {
  switch (kind) {
    case Kind::Store:
    case Kind::Append:
    case Kind::Extend:
      return kNargs | kConst | kDefault | kTypeKeyword | kChoices | kRequired | kMetavar;
    case Kind::StoreConst:
    case Kind::AppendConst:
      return kConst | kDefault | kRequired | kMetavar;
    case Kind::StoreTrue:
    case Kind::StoreFalse:
    case Kind::Count:
      return kDefault | kRequired;
    case Kind::Help:
      return kDefault;
    case Kind::Version:
      return kDefault | kVersion;
    case Kind::BooleanOptional:
      return kDefault | kTypeKeyword | kChoices | kRequired | kMetavar;
    default:
      return ~0u;
  }
}

void require_accepted(const Argument& argument, bool required) {
  const struct {
    Keyword keyword;
    bool given;
    const char* name;
  } given[] = {
      {kNargs, !argument.nargs.is(Nargs::Kind::None), "nargs"},
      {kConst, argument.const_.has_value(), "const"},
      {kDefault, argument.default_.has_value(), "default"},
      {kTypeKeyword, static_cast<bool>(argument.type), "type"},
      {kChoices, argument.choices.has_value(), "choices"},
      {kMetavar, argument.metavar.given(), "metavar"},
      {kVersion, argument.version.given(), "version"},
      {kRequired, required, "required"},
  };
  for (const auto& each : given) {
    if (!each.given || (accepted(argument.action.kind()) & each.keyword)) continue;
    std::string_view name = "Action";
    for (const KindName& kind : kKinds) {
      if (kind.kind == argument.action.kind()) name = kind.python_class;
    }
    throw TypeError(std::string(name) + ".__init__() got an unexpected keyword argument '" + each.name + "'");
  }
}

void require_values(const Argument& argument) {
  const Kind kind = argument.action.kind();
  if (argument.nargs.is_zero()) {
    throw ValueError(kind == Kind::Store
                         ? "nargs for store actions must be != 0; if you have nothing to store, actions such as "
                           "store true or store const may be more appropriate"
                         : "nargs for append actions must be != 0; if arg strings are not supplying the value "
                           "to append, the append const action may be more appropriate");
  }
  if (argument.const_ && !argument.const_->is_none() && !argument.nargs.is(Nargs::Kind::Optional)) {
    throw ValueError("nargs must be '?' to supply const");
  }
}

std::string describe(const std::optional<std::string>& name, const std::string& message) {
  return name ? "argument " + *name + ": " + message : message;
}

bool matters(const Text& dest) { return dest.given() && dest.text() != SuppressType::text; }

}  // namespace

Nargs::Nargs(std::string_view text) {
  kind_ = text == OPTIONAL             ? Kind::Optional
          : text == ZERO_OR_MORE       ? Kind::ZeroOrMore
          : text == ONE_OR_MORE        ? Kind::OneOrMore
          : text == REMAINDER          ? Kind::Remainder
          : text == PARSER             ? Kind::Parser
          : text == SuppressType::text ? Kind::Suppress
                                       : Kind::Invalid;
  if (kind_ == Kind::Invalid) invalid_ = text;
}

Value Nargs::value() const {
  switch (kind_) {
    case Kind::None:
      return {};
    case Kind::Count:
      return count_;
    case Kind::Optional:
      return OPTIONAL;
    case Kind::ZeroOrMore:
      return ZERO_OR_MORE;
    case Kind::OneOrMore:
      return ONE_OR_MORE;
    case Kind::Remainder:
      return REMAINDER;
    case Kind::Parser:
      return PARSER;
    case Kind::Suppress:
      return SUPPRESS;
    case Kind::Invalid:
      break;
  }
  return invalid_;
}

ActionSpec::ActionSpec(std::string_view name) : kind_(Kind::Unknown), name_(name) {
  for (const KindName& each : kKinds) {
    if (!name.empty() && each.name == name) kind_ = each.kind;
  }
}

ArgumentError::ArgumentError(std::optional<std::string> name, std::string message, std::source_location made)
    : BaseException(describe(name, message), made), name_(std::move(name)), message_(std::move(message)) {}

Action::~Action() = default;

void Action::bind(std::unique_ptr<_Binding> binding, const Type& inferred) {
  const bool takes_values = _kind == Kind::Store || _kind == Kind::Append || _kind == Kind::Extend;
  if (takes_values && !type) type = inferred;
  _bindings.push_back(std::move(binding));
}

_ActionName _action_name(const Action& action) {
  if (action.is_optional()) return {_text::join("/", action.option_strings)};
  if (action.metavar.is_tuple()) {
    std::string text = "(";
    for (const std::string& name : action.metavar.names()) {
      text.append(text.size() > 1 ? ", " : "").append(krait::repr(name));
    }
    return {text + (action.metavar.names().size() == 1 ? ",)" : ")"), true};
  }
  if (action.metavar.given() && action.metavar.names()[0] != SuppressType::text) return {action.metavar.names()[0]};
  if (matters(action.dest)) return {action.dest.text()};
  const auto choices = action._choices();
  if (!choices || choices->empty()) return {};
  std::vector<std::string> names;
  for (const Value& each : *choices) names.push_back(str(each));
  return {"{" + _text::join(",", names) + "}"};
}

std::string _join_names(std::string_view separator, const std::vector<_ActionName>& names) {
  std::vector<std::string> texts;
  for (const _ActionName& name : names) {
    if (!name.text || name.tuple) {
      throw TypeError("sequence item " + std::to_string(texts.size()) + ": expected str instance, " +
                      (name.tuple ? "tuple" : "NoneType") + " found");
    }
    texts.push_back(*name.text);
  }
  return _text::join(separator, texts);
}

void _argument_error(const Action& action, std::string message) {
  throw ArgumentError(_action_name(action).text, std::move(message));
}

std::shared_ptr<Action> _make_action(Argument argument, std::vector<std::string> option_strings, Text dest,
                                     std::optional<bool> required) {
  const Kind kind = argument.action.kind();
  if (kind == Kind::Unknown) throw ValueError("unknown action \"" + argument.action.name() + "\"");
  require_accepted(argument, required.has_value());
  if (kind == Kind::Store || kind == Kind::Append || kind == Kind::Extend) require_values(argument);

  auto action = std::make_shared<Action>();
  action->_kind = kind;
  action->_custom = argument.action.custom();
  action->option_strings = std::move(option_strings);
  action->dest = std::move(dest);
  action->nargs = kind == Kind::Store || kind == Kind::Append || kind == Kind::Extend || kind == Kind::Custom
                      ? argument.nargs
                      : Nargs(0);
  if (argument.const_) action->const_ = std::move(*argument.const_);
  if (argument.default_) action->default_ = std::move(*argument.default_);
  action->type = std::move(argument.type);
  action->choices = std::move(argument.choices);
  action->required = required.value_or(false);
  action->help = std::move(argument.help);
  // _StoreConstAction takes a metavar, and forgets it.
  if (kind != Kind::StoreConst) action->metavar = std::move(argument.metavar);
  action->version = std::move(argument.version);
  // _VersionAction forgets that it is deprecated.
  action->deprecated = argument.deprecated && kind != Kind::Version;

  if (kind == Kind::StoreTrue || kind == Kind::StoreFalse) {
    action->const_ = kind == Kind::StoreTrue;
    if (!argument.default_) action->default_ = kind == Kind::StoreFalse;
  } else if (kind == Kind::Help || kind == Kind::Version) {
    if (!argument.default_) action->default_ = SUPPRESS;
    if (kind == Kind::Version && !action->help.given()) action->help = "show program's version number and exit";
  } else if (kind == Kind::BooleanOptional) {
    std::vector<std::string> both;
    for (const std::string& option : action->option_strings) {
      both.push_back(option);
      if (option.starts_with("--")) both.push_back("--no-" + option.substr(2));
    }
    action->option_strings = std::move(both);
  }
  return action;
}

}  // namespace krait::argparse
