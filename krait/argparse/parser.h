#pragma once
// Reads a command line as its parser describes it. Python: argparse.ArgumentParser
//
//   int main(int argc, char** argv) {
//     ArgumentParser parser({.description = "Counts."});
//     parser.add_argument("num", {.type = int_, .help = "how far"});
//     parser.add_argument("-v", "--verbose", {.action = "store_true"});
//     const Namespace args = parser.parse_args(argc, argv);
//     return count(args.get<int>("num"), args.get<bool>("verbose"));
//   }
//
// or into a struct of one's own:
//
//   struct Options { int num; bool verbose = false; };
//   parser.add_argument("num").into(&Options::num);
//   parser.add_argument("-v", "--verbose", {.action = "store_true"}).into(&Options::verbose);
//   const Options options = parser.parse_args<Options>(argc, argv);
//
// Usage, help and errors are CPython 3.13's to the byte. A mistake of the user's prints usage and error to stderr and throws
// SystemExit(2); -h and --version print to stdout and throw SystemExit(0). Nobody need catch it: a SystemExit that leaves main()
// ends the program with its code, output flushed, as in Python (destructors of main's locals do not run then). A test catches it.
// A mistake of the parser's author throws ValueError, TypeError or ArgumentError.

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/argparse/formatters.h"
#include "krait/argparse/groups.h"

namespace krait::argparse {

class SubParsersAction;
struct SubParsersOptions;
class _Parser;

struct ParserOptions {
  Text prog{};                             // by default the program's name
  Text usage{};                            // by default made of the arguments
  Text description{};                      // before the arguments
  Text epilog{};                           // after them
  std::vector<ArgumentParser*> parents{};  // whose arguments are added first; the actions are shared
  FormatterClass formatter_class = HelpFormatter;
  std::string prefix_chars = "-";
  std::optional<std::string> fromfile_prefix_chars = std::nullopt;  // "@": @FILE stands for the lines of FILE
  Value argument_default{};
  std::string conflict_handler = "error";  // or "resolve"
  bool add_help = true;
  bool allow_abbrev = true;
  bool exit_on_error = true;  // false: a mistake of the user's throws ArgumentError
};

class ArgumentParser : public _ActionsContainer {
 public:
  // Python: argparse.ArgumentParser(prog=None, usage=None, …)
  explicit ArgumentParser(ParserOptions options = {});
  ArgumentParser(ArgumentParser&&) noexcept;
  ArgumentParser& operator=(ArgumentParser&&) noexcept;
  virtual ~ArgumentParser();

  // Reads argv[1] and on. Python: parser.parse_args()
  Namespace parse_args(int argc, const char* const* argv);
  // Reads these words. What is in `space` already stays, unless an argument sets it. Python: parser.parse_args(args, namespace)
  Namespace parse_args(std::vector<std::string> args, Namespace space = {});
  // The words that this process was started with. Python: parser.parse_args()
  Namespace parse_args();
  // An Options whose bound members hold the values; the others, and those whose value is None, are as they are made.
  template <class Options>
  Options parse_args(int argc, const char* const* argv) {
    return filled<Options>(parse_args(argc, argv));
  }
  template <class Options>
  Options parse_args(std::vector<std::string> args) {
    return filled<Options>(parse_args(std::move(args)));
  }

  // Gives the words that were not understood instead of calling them an error.
  // Python: parser.parse_known_args(args, namespace)
  std::pair<Namespace, std::vector<std::string>> parse_known_args(std::vector<std::string> args, Namespace space = {});
  // Positionals may stand between optionals. Throws TypeError for a parser with subparsers, REMAINDER, or a positional in an
  // exclusive group. Python: parser.parse_intermixed_args(args, namespace)
  Namespace parse_intermixed_args(std::vector<std::string> args, Namespace space = {});
  std::pair<Namespace, std::vector<std::string>> parse_known_intermixed_args(std::vector<std::string> args,
                                                                             Namespace space = {});

  // Commands with arguments of their own. Throws ArgumentError "cannot have multiple subparser arguments".
  // Python: parser.add_subparsers(**keywords)
  SubParsersAction& add_subparsers(SubParsersOptions options);
  SubParsersAction& add_subparsers();

  std::string format_usage();
  std::string format_help();
  // To `file`, or else to standard output, where contextlib::redirect_stdout reaches them.
  void print_usage(std::FILE* file = nullptr);
  void print_help(std::FILE* file = nullptr);

  // What a subclass may replace, as in Python.
  // Prints `message` to stderr and throws SystemExit(status).
  [[noreturn]] virtual void exit(int status = 0, std::string_view message = {});
  // Prints usage and "prog: error: message" to stderr, and exits with 2. Must not return.
  [[noreturn]] virtual void error(std::string_view message);
  // A line of a file that fromfile_prefix_chars asks for: the words that it holds. By default itself.
  virtual std::vector<std::string> convert_arg_line_to_args(std::string_view line);
  // Everything that a parser writes goes through here; file is stdout or stderr.
  virtual void _print_message(std::string_view message, std::FILE* file);

  // Python: the attributes of a parser
  std::string& prog() noexcept;
  Text& usage() noexcept;
  Text& description() noexcept;
  Text& epilog() noexcept;

  _Parser& _node() noexcept { return *parser_; }

 private:
  template <class Options>
  Options filled(const Namespace& space) {
    Options options{};
    fill(&options, &typeid(Options), space);
    return options;
  }
  void fill_one(const Action& action, const _Binding& binding, void* object, const Value& value);
  void refuse_left(const std::vector<std::string>& left);
  void fill(void* object, const std::type_info* owner, const Namespace& space);

  std::unique_ptr<_Parser> parser_;
};

}  // namespace krait::argparse
