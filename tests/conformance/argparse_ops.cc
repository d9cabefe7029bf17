// argparse.run and argparse.help: parsers described in JSON. A parser's and an argument's keywords are Python's names.
#include "krait/argparse.h"

#include <cstdlib>
#include <map>

#include "ops.h"
#include "tagged.h"

namespace krait::conformance {

namespace {

using namespace argparse;
using json::Value;

constexpr std::string_view kSuppress = "==SUPPRESS==";

// A parser whose output is kept.
struct Output {
  std::string out, err;
};
thread_local Output* output = nullptr;

class CapturedParser final : public ArgumentParser {
 public:
  using ArgumentParser::ArgumentParser;
  void _print_message(std::string_view message, std::FILE* file) override {
    (file == stderr ? output->err : output->out).append(message);
  }
};

argparse::Value to_value(const Value& value);

argparse::Value::List to_list(const Value& value) {
  argparse::Value::List list;
  for (const Value& each : value.as_array()) list.push_back(to_value(each));
  return list;
}

argparse::Value to_value(const Value& value) {
  switch (value.type()) {
    case Value::Type::Null:
      return {};
    case Value::Type::Bool:
      return value.as_bool();
    case Value::Type::Int:
      return value.as_int();
    case Value::Type::BigInt:
      return argparse::Value::big_int(value.as_big_int());
    case Value::Type::Float:
      return value.as_float();
    case Value::Type::String:
      if (value.as_string() == kSuppress) return SUPPRESS;
      return value.as_string();
    case Value::Type::Array:
      return to_list(value);
    case Value::Type::Object:
      break;
  }
  if (const Value* digits = value.as_object().find("$int")) return argparse::Value::big_int(digits->as_string());
  if (const Value* number = value.as_object().find("$float")) return parse_float(number->as_string());
  if (const Value* tuple = value.as_object().find("$tuple")) return to_list(*tuple);
  throw TypeError("cannot make a default of a dict");
}

Value from_value(const argparse::Value& value) {
  switch (value.kind()) {
    case argparse::Value::Kind::None:
      return nullptr;
    case argparse::Value::Kind::Bool:
      return value.as_bool();
    case argparse::Value::Kind::Int:
      return Value::big_int(value.digits());
    case argparse::Value::Kind::Float:
      return value.as_float();
    case argparse::Value::Kind::List: {
      json::Array array;
      for (const argparse::Value& each : value.as_list()) array.push_back(from_value(each));
      return array;
    }
    default:
      return str(value) == "'==SUPPRESS=='" ? std::string(kSuppress) : str(value);
  }
}

// A request's keywords, asked for one by one.
class Keywords {
 public:
  explicit Keywords(const Value& object) : object_(object.as_object()) {}

  const Value* given(std::string_view name) const {
    const Value* value = object_.find(name);
    return value && !value->is_null() ? value : nullptr;
  }
  Text text(std::string_view name) const {
    const Value* value = given(name);
    if (!value) return {};
    if (value->as_string() == kSuppress) return SUPPRESS;
    return value->as_string();
  }
  bool flag(std::string_view name, bool otherwise) const {
    const Value* value = given(name);
    return value ? value->as_bool() : otherwise;
  }
  std::string string(std::string_view name, const char* otherwise) const {
    const Value* value = given(name);
    return value ? value->as_string() : otherwise;
  }
  // Also None, when it is said.
  std::optional<argparse::Value> value(std::string_view name) const {
    const Value* value = object_.find(name);
    return value ? std::optional(to_value(*value)) : std::nullopt;
  }
  std::vector<std::string> strings(std::string_view name) const {
    std::vector<std::string> strings;
    if (const Value* value = given(name)) {
      for (const Value& each : value->is_string() ? json::Array{*value} : value->as_array())
        strings.push_back(each.as_string());
    }
    return strings;
  }

 private:
  const json::Object& object_;
};

FormatterClass formatter_of(const std::string& name) {
  if (name == "HelpFormatter") return HelpFormatter;
  if (name == "RawDescriptionHelpFormatter") return RawDescriptionHelpFormatter;
  if (name == "RawTextHelpFormatter") return RawTextHelpFormatter;
  if (name == "ArgumentDefaultsHelpFormatter") return ArgumentDefaultsHelpFormatter;
  if (name == "MetavarTypeHelpFormatter") return MetavarTypeHelpFormatter;
  throw ValueError("there is no formatter_class " + name);
}

ParserOptions parser_options(const Keywords& keywords) {
  ParserOptions options{.prog = keywords.text("prog"),
                        .usage = keywords.text("usage"),
                        .description = keywords.text("description"),
                        .epilog = keywords.text("epilog"),
                        .formatter_class = formatter_of(keywords.string("formatter_class", "HelpFormatter")),
                        .prefix_chars = keywords.string("prefix_chars", "-"),
                        .conflict_handler = keywords.string("conflict_handler", "error"),
                        .add_help = keywords.flag("add_help", true),
                        .allow_abbrev = keywords.flag("allow_abbrev", true),
                        .exit_on_error = keywords.flag("exit_on_error", true)};
  if (const Value* chars = keywords.given("fromfile_prefix_chars")) options.fromfile_prefix_chars = chars->as_string();
  if (const auto value = keywords.value("argument_default")) options.argument_default = *value;
  return options;
}

Type type_of(const std::string& name) {
  if (name == "int") return int_;
  if (name == "float") return float_;
  if (name == "str") return str_;
  throw ValueError(repr(argparse::Value(name)) + " is not callable");
}

Nargs nargs_of(const Value& value) {
  return value.is_int() ? Nargs(static_cast<int>(value.as_int())) : Nargs(value.as_string());
}

Metavar metavar_of(const Value& value) {
  if (value.is_string()) return value.as_string();
  const Value& names = value.is_object() ? value["$tuple"] : value;
  std::vector<std::string> texts;
  for (const Value& each : names.as_array()) texts.push_back(each.as_string());
  return texts;
}

ActionSpec action_of(const std::string& name) {
  return name == "BooleanOptionalAction" ? ActionSpec(BooleanOptionalAction) : ActionSpec(name);
}

Argument argument_of(const Keywords& keywords) {
  Argument argument{.action = action_of(keywords.string("action", "store")),
                    .const_ = keywords.value("const"),
                    .default_ = keywords.value("default"),
                    .help = keywords.text("help"),
                    .dest = keywords.text("dest"),
                    .version = keywords.text("version"),
                    .deprecated = keywords.flag("deprecated", false)};
  if (const Value* nargs = keywords.given("nargs")) argument.nargs = nargs_of(*nargs);
  if (const Value* type = keywords.given("type")) argument.type = type_of(type->as_string());
  if (const Value* choices = keywords.given("choices")) argument.choices = to_list(*choices);
  if (const Value* required = keywords.given("required")) argument.required = required->as_bool();
  if (const Value* metavar = keywords.given("metavar")) argument.metavar = metavar_of(*metavar);
  return argument;
}

void add_all(ArgumentParser& parser, const Value& list);

void add_parsers(ArgumentParser& parser, const Value& entry) {
  const Keywords keywords(entry["subparsers"]);
  SubParsersOptions options{.title = keywords.text("title"),
                            .description = keywords.text("description"),
                            .prog = keywords.text("prog"),
                            .required = keywords.flag("required", false),
                            .help = keywords.text("help")};
  if (keywords.given("dest")) options.dest = keywords.text("dest");
  if (const Value* metavar = keywords.given("metavar")) options.metavar = metavar_of(*metavar);
  SubParsersAction& subparsers = parser.add_subparsers(std::move(options));
  for (const Value& each : entry["parsers"].as_array()) {
    const Keywords own(each);
    ArgumentParser& made =
        subparsers.add_parser<CapturedParser>(each["name"].as_string(), {.aliases = own.strings("aliases"),
                                                                         .help = own.text("help"),
                                                                         .deprecated = own.flag("deprecated", false),
                                                                         .parser = parser_options(own)});
    if (const Value* list = own.given("add")) add_all(made, *list);
  }
}

void add_all(ArgumentParser& parser, const Value& list) {
  std::map<std::string, _ActionsContainer*> containers;
  for (const Value& entry : list.as_array()) {
    const Keywords keywords(entry);
    const Value* in = keywords.given("in");
    _ActionsContainer& container = in ? *containers.at(in->as_string()) : parser;
    if (const Value* id = keywords.given("mutex")) {
      containers[id->as_string()] =
          &container.add_mutually_exclusive_group({.required = keywords.flag("required", false)});
    } else if (const Value* group = keywords.given("group")) {
      containers[group->as_string()] =
          &container.add_argument_group(keywords.text("title"), keywords.text("description"));
    } else if (keywords.given("subparsers")) {
      add_parsers(parser, entry);
    } else if (const Value* defaults = keywords.given("set_defaults")) {
      _ActionsContainer::Defaults values;
      for (const auto& [name, value] : defaults->as_object()) values.emplace_back(name, to_value(value));
      container.set_defaults(values);
    } else {
      container.add_argument(keywords.strings("arg"), argument_of(keywords));
    }
  }
}

// COLUMNS for the time of a request.
class Columns {
 public:
  explicit Columns(const Value* columns) {
    if (const char* text = std::getenv("COLUMNS")) saved_ = text;
    if (columns && !columns->is_null()) setenv("COLUMNS", str(from(*columns)).c_str(), 1);
  }
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;
  ~Columns() { saved_ ? setenv("COLUMNS", saved_->c_str(), 1) : unsetenv("COLUMNS"); }

 private:
  static argparse::Value from(const Value& value) { return to_value(value); }
  std::optional<std::string> saved_;
};

CapturedParser make(const Value& request) {
  const Value* keywords = request.as_object().find("parser");
  CapturedParser parser(keywords && !keywords->is_null() ? parser_options(Keywords(*keywords)) : ParserOptions{});
  if (const Value* list = request.as_object().find("add")) add_all(parser, *list);
  return parser;
}

std::pair<Namespace, std::vector<std::string>> parse(CapturedParser& parser, const Keywords& request) {
  const std::vector<std::string> argv = request.strings("argv");
  if (request.flag("intermixed", false)) {
    if (request.flag("known", false)) return parser.parse_known_intermixed_args(argv);
    return {parser.parse_intermixed_args(argv), {}};
  }
  if (request.flag("known", false)) return parser.parse_known_args(argv);
  return {parser.parse_args(argv), {}};
}

// With "warnings": true in the request, the answer to a good command line says what stood on stderr: of deprecated options.
Value argparse_run(const Value& request) {
  const Columns columns(request.as_object().find("columns"));
  Output captured;
  output = &captured;
  CapturedParser parser = make(request);
  try {
    const auto [space, extra] = parse(parser, Keywords(request));
    json::Object names;
    for (const auto& [name, value] : space) names.set(name, from_value(value));
    json::Object answer{{"namespace", tag_numbers(names)}, {"extra", extra}};
    if (Keywords(request).flag("warnings", false)) answer.set("stderr", captured.err);
    return answer;
  } catch (const SystemExit& exit) {
    return json::Object{{"exit", exit.code}, {"stdout", captured.out}, {"stderr", captured.err}};
  }
}

Value argparse_help(const Value& request) {
  const Columns columns(request.as_object().find("columns"));
  CapturedParser parser = make(request);
  return json::Object{{"usage", parser.format_usage()}, {"help", parser.format_help()}};
}

}  // namespace

Ops argparse_ops() { return {{"argparse.run", argparse_run}, {"argparse.help", argparse_help}}; }

}  // namespace krait::conformance
