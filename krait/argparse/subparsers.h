#pragma once
// Commands: `git add`, `git commit`.
//
//   auto& commands = parser.add_subparsers({.dest = "command", .required = true});
//   ArgumentParser& add = commands.add_parser("add", {.aliases = {"a"}, .help = "add files"});
//   add.add_argument("files", {.nargs = "+"});
//
// Python: what ArgumentParser.add_subparsers gives

#include "krait/argparse/parser.h"

namespace krait::argparse {

// What is left out is as in Python; a title or a description puts the commands under a heading of their own.
struct SubParsersOptions {
  Text title{}, description{};
  Text prog{};  // before a command's name in its usage
  Text dest = SUPPRESS;
  bool required = false;
  Text help{};
  Metavar metavar{};
};

// The keywords of add_parser. `help` is a line in the parser's help, where the command is not shown without one.
struct SubParserOptions {
  std::vector<std::string> aliases{};
  Text help{};
  bool deprecated = false;
  ParserOptions parser{};
};

class SubParsersAction : public Action {
 public:
  explicit SubParsersAction(std::string prog_prefix) : prog_prefix_(std::move(prog_prefix)) {}

  // Throws ArgumentError "conflicting subparser: name". Python: subparsers.add_parser(name, **keywords)
  ArgumentParser& add_parser(std::string_view name, SubParserOptions options = {}) {
    return add_parser<ArgumentParser>(name, std::move(options));
  }
  // A parser of a class of the user's; a class of one's own is not inherited from the parser. Python: parser_class
  template <class Parser>
  Parser& add_parser(std::string_view name, SubParserOptions options = {}) {
    prepare(name, options);
    auto made = std::make_unique<Parser>(std::move(options.parser));
    Parser& parser = *made;
    keep(std::move(made), name, options);
    return parser;
  }

  std::optional<std::vector<Value>> _choices() const override;
  std::vector<const Action*> _subactions() const override;
  // Null: there is none.
  ArgumentParser* _find(std::string_view name) const noexcept;
  bool _is_deprecated(std::string_view name) const noexcept;
  std::vector<ArgumentParser*> _parsers() const;

 private:
  struct Name {
    std::string name;
    ArgumentParser* parser;
    bool deprecated;
  };
  void prepare(std::string_view name, SubParserOptions& options);
  void keep(std::unique_ptr<ArgumentParser> parser, std::string_view name, const SubParserOptions& options);

  std::string prog_prefix_;
  std::vector<Name> names_;
  std::vector<std::unique_ptr<ArgumentParser>> parsers_;
  std::vector<std::unique_ptr<Action>> shown_;
};

}  // namespace krait::argparse
