// What becomes of an argument's words: values, and what the argument's action does with them.
#include <algorithm>
#include <limits>
#include <stdexcept>

#include "krait/argparse/_command_line.h"
#include "krait/argparse/_formatter.h"
#include "krait/argparse/_unicode.h"
#include "krait/argparse/subparsers.h"

namespace krait::argparse {

namespace {

constexpr std::string_view kUnrecognized = "_unrecognized_args";

[[noreturn]] void no_attribute(const Value& value, std::string_view name) {
  throw AttributeError("'" + std::string(value.type_name()) + "' object has no attribute '" + std::string(name) + "'");
}

// The list that append and extend add to: what is there, taken out of it, or a copy where it is a default, too.
Value::List items_of(Namespace& space, const std::string& dest, std::string_view verb) {
  Value* held = space._find(dest);
  if (!held || held->is_none()) return {};
  if (!held->is_list()) no_attribute(*held, verb);
  return std::move(*held)._release_list();
}

// Python: list(value)
Value::List iterated(const Value& value) {
  if (value.is_list()) return value.as_list();
  if (!value.is_str()) throw TypeError("'" + std::string(value.type_name()) + "' object is not iterable");
  Value::List characters;
  for (std::string_view text = value.as_str(); !text.empty(); text = _text::rest(text)) {
    characters.emplace_back(_text::first(text));
  }
  return characters;
}

// Python: int + 1, of a row of digits
Value one_more(std::string digits) {
  const bool negative = digits.starts_with('-');
  std::size_t at = digits.size();
  const char wraps = negative ? '0' : '9';
  while (at > 0 && digits[at - 1] == wraps) digits[--at] = negative ? '9' : '0';
  if (at > 0 && digits[at - 1] != '-') {
    digits[at - 1] = static_cast<char>(digits[at - 1] + (negative ? -1 : 1));
  } else {
    digits.insert(0, "1");
  }
  return Value::big_int(digits);
}

// Python: value + 1, where None counts as 0
Value one_more(const Value* value) {
  if (!value || value->is_none()) return 1;
  if (value->is_bool()) return value->as_bool() ? 2 : 1;
  if (value->is_float()) return value->as_float() + 1;
  if (value->is_str()) throw TypeError("can only concatenate str (not \"int\") to str");
  if (value->is_list()) throw TypeError("can only concatenate list (not \"int\") to list");
  if (value->is_int() && !value->as_int64()) return one_more(value->digits());
  const std::int64_t count = value->get<std::int64_t>("count");
  return count == std::numeric_limits<std::int64_t>::max() ? one_more(value->digits()) : Value(count + 1);
}

}  // namespace

Value _CommandLine::get_value(const Action& action, const Value& text) const {
  const auto invalid = [&] { _argument_error(action, "invalid " + action.type.name() + " value: " + repr(text)); };
  try {
    if (text.is_suppress() && !action.type._keeps_text()) return action.type(SuppressType::text);  // to Python, a str
    return action.type(text);
  } catch (const ArgumentTypeError& error) {
    _argument_error(action, error.what());
  } catch (const TypeError&) {
    invalid();
  } catch (const ValueError&) {
    invalid();
  } catch (const std::invalid_argument&) {
    invalid();
  } catch (const std::out_of_range&) {
    invalid();
  }
  return {};
}

void _CommandLine::check_value(const Action& action, const Value& value) const {
  const auto choices = action._choices();
  if (!choices || std::find(choices->begin(), choices->end(), value) != choices->end()) return;
  std::vector<std::string> texts;
  for (const Value& each : *choices) texts.push_back(repr(each));
  _argument_error(action, "invalid choice: " + repr(value) + " (choose from " + _text::join(", ", texts) + ")");
}

Value _CommandLine::get_list(const Action& action, const std::vector<std::string>& words) const {
  Value::List values;
  for (const std::string& word : words) values.push_back(get_value(action, word));
  return values;
}

_CommandLine::Values _CommandLine::get_values(const Action& action, std::vector<std::string> words) const {
  using Kind = Nargs::Kind;
  const Kind nargs = action.nargs.kind();
  if (!action.is_optional() && nargs != Kind::Parser && nargs != Kind::Remainder) {
    const auto dashes = std::find(words.begin(), words.end(), "--");
    if (dashes != words.end()) words.erase(dashes);
  }
  const auto judged = [&](Value value) {
    const bool is_default = value._is(action.default_);
    return Values{std::move(value), is_default};
  };
  if (words.empty() && nargs == Kind::Optional) {
    const Value& given = action.is_optional() ? action.const_ : action.default_;
    if (!given.is_str() && !given.is_suppress()) return {given, !action.is_optional() || given._is(action.default_)};
    Value value = get_value(action, given);
    check_value(action, value);
    return judged(std::move(value));
  }
  if (words.empty() && nargs == Kind::ZeroOrMore && !action.is_optional()) {
    if (action.default_.is_none()) return {Value::List{}, false};
    check_value(action, action.default_);
    return {action.default_, true};
  }
  if (words.size() == 1 && (nargs == Kind::None || nargs == Kind::Optional)) {
    Value value = get_value(action, words[0]);
    check_value(action, value);
    return judged(std::move(value));
  }
  if (nargs == Kind::Suppress) return judged(SUPPRESS);
  Value values = get_list(action, words);
  if (nargs == Kind::Parser) {
    check_value(action, values.as_list().at(0));
  } else if (nargs != Kind::Remainder) {
    for (const Value& each : values.as_list()) check_value(action, each);
  }
  return {std::move(values), false};
}

void _CommandLine::call(Action& action, const Value& value, const std::string& option_string) {
  const std::string& dest = action.dest.text();
  switch (action._kind) {
    case _ActionKind::Store:
      return space_.set(dest, value);
    case _ActionKind::StoreConst:
    case _ActionKind::StoreTrue:
    case _ActionKind::StoreFalse:
      return space_.set(dest, action.const_);
    case _ActionKind::Append:
    case _ActionKind::AppendConst: {
      Value::List items = items_of(space_, dest, "append");
      items.push_back(action._kind == _ActionKind::Append ? value : action.const_);
      return space_.set(dest, std::move(items));
    }
    case _ActionKind::Extend: {
      Value::List items = items_of(space_, dest, "extend");
      for (Value& each : iterated(value)) items.push_back(std::move(each));
      return space_.set(dest, std::move(items));
    }
    case _ActionKind::Count:
      return space_.set(dest, one_more(space_.find(dest)));
    case _ActionKind::Help:
      self_.print_help();
      self_.exit();
    case _ActionKind::Version: {
      if (!action.version.given()) no_attribute(Value(), "version");
      _Formatter formatter(parser_.formatter_class, parser_.prog);
      formatter.add_text(action.version);
      self_._print_message(formatter.format_help(), stdout);
      self_.exit();
    }
    case _ActionKind::BooleanOptional: {
      const auto& options = action.option_strings;
      if (std::find(options.begin(), options.end(), option_string) == options.end()) return;
      return space_.set(dest, !option_string.starts_with("--no-"));
    }
    case _ActionKind::Custom:
      return action._custom->call(self_, space_, value, option_string);
    case _ActionKind::Parsers:
      return call_subparser(action, value);
    case _ActionKind::Unknown:
      break;
  }
}

void _CommandLine::call_subparser(Action& action, const Value& value) {
  const auto& subparsers = static_cast<const SubParsersAction&>(action);
  std::vector<std::string> words = value.get<std::vector<std::string>>();
  const std::string name = std::move(words.front());
  words.erase(words.begin());
  if (!action.dest.suppressed()) space_.set(action.dest.text(), name);
  if (subparsers._is_deprecated(name)) {
    self_._print_message(parser_.prog + ": warning: command '" + name + "' is deprecated\n", stderr);
  }
  auto [inner, left] = subparsers._find(name)->parse_known_args(std::move(words));
  for (const auto& [key, each] : inner) space_.set(key, each);
  if (left.empty()) return;
  Value::List unrecognized = items_of(space_, std::string(kUnrecognized), "extend");
  unrecognized.insert(unrecognized.end(), left.begin(), left.end());
  space_.set(kUnrecognized, std::move(unrecognized));
}

}  // namespace krait::argparse
