#pragma once
// One reading of a command line by a parser: which words are options, which argument takes which, what they become.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "krait/argparse/_parser.h"

namespace krait::argparse {

// Python: ArgumentParser._parse_known_args
class _CommandLine {
 public:
  _CommandLine(_Parser& parser, ArgumentParser& self, std::vector<std::string> args, Namespace& space);

  // The words that nobody took. Throws ArgumentError.
  std::vector<std::string> run();

 private:
  // What a word that begins with a prefix means. No action: an option that this parser does not know.
  struct Option {
    Action* action = nullptr;
    std::string option_string;
    bool separated = false;  // by "=": `sep` is not empty
    std::optional<std::string> explicit_arg = std::nullopt;
  };
  struct Taken {
    Action* action;
    std::vector<std::string> words;
    std::string option_string;
  };
  // `is_default`: it is the action's default itself, not merely equal to it.
  struct Values {
    Value value;
    bool is_default;
  };

  void classify();
  std::optional<Option> parse_optional(const std::string& word) const;
  std::vector<Option> options_of(const std::string& word) const;

  std::size_t consume_optional(std::size_t start);
  bool next_of_cluster(Option& option, std::vector<Taken>& taken);
  std::size_t consume_positionals(std::size_t start);
  std::size_t match_argument(const Action& action, std::string_view pattern) const;
  std::vector<std::string> words(std::size_t start, std::size_t count) const;

  void take(Action& action, std::vector<std::string> words, const std::string& option_string);
  void check_conflicts(const Action& action) const;
  void call(Action& action, const Value& value, const std::string& option_string);
  void call_subparser(Action& action, const Value& value);
  void warn_deprecated(const std::string& name, const std::string& message);

  Values get_values(const Action& action, std::vector<std::string> words) const;
  Value get_value(const Action& action, const Value& text) const;
  Value get_list(const Action& action, const std::vector<std::string>& words) const;
  void check_value(const Action& action, const Value& value) const;

  void convert_defaults();
  void require_arguments() const;
  void require_groups() const;

  _Parser& parser_;
  ArgumentParser& self_;
  std::vector<std::string> args_;
  Namespace& space_;

  std::string pattern_;
  std::map<std::size_t, Option> options_;
  std::vector<const Action*> positionals_;
  std::vector<std::string> extras_;
  std::set<const Action*> seen_, seen_non_default_;
  std::set<std::string> warned_;
};

}  // namespace krait::argparse
