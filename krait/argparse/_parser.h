#pragma once
// A parser as a container of arguments, with what it was told of itself.

#include "krait/argparse/_container.h"
#include "krait/argparse/parser.h"

namespace krait::argparse {

// Owned before anything that refers to it.
struct _OwnsShared {
  _Shared owned;
};

class _Parser final : private _OwnsShared, public _Container {
 public:
  explicit _Parser(ParserOptions& options);

  void add_action(std::shared_ptr<Action> action) override;
  std::vector<Action*> positionals() const;
  std::string format_usage() const;
  std::string format_help() const;
  // The usage of the positionals alone: what a command's own usage begins with.
  std::string format_prog_of_subparsers() const;
  // Python: _parse_known_args. `self` is what prints, exits and reads lines. Throws ArgumentError.
  std::vector<std::string> parse(ArgumentParser& self, std::vector<std::string> args, Namespace& space);

  std::string prog;
  Text usage, epilog;
  FormatterClass formatter_class;
  std::optional<std::string> fromfile_prefix_chars;
  bool allow_abbrev, exit_on_error;
  _Container* positional_group = nullptr;
  _Container* optional_group = nullptr;
  _Container* subparsers_group = nullptr;

 protected:
  void check_metavar(const Action& action) const override;
};

}  // namespace krait::argparse
