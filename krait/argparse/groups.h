#pragma once
// What a parser and its groups have in common: arguments are added to them.
//
//   auto& group = parser.add_mutually_exclusive_group();
//   group.add_argument("-v", "--verbose", {.action = "store_true"});
//   group.add_argument("-q", "--quiet", {.action = "store_true"});
//
//   auto& paths = parser.add_argument_group("paths", "where things are");
//   paths.add_argument("--root", {.default_ = "/"});
//
// Groups belong to their parser, and live as long as it does.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/argparse/actions.h"

namespace krait::argparse {

class ArgumentGroup;
class MutuallyExclusiveGroup;

// The keywords of add_argument_group beyond its title and description; what is left out is the container's.
struct ArgumentGroupOptions {
  std::optional<std::string> prefix_chars = std::nullopt;
  std::optional<Value> argument_default = std::nullopt;
  std::optional<std::string> conflict_handler = std::nullopt;
};

struct MutuallyExclusiveGroupOptions {
  bool required = false;
};

class _ActionsContainer {
 public:
  using Defaults = std::vector<std::pair<std::string, Value>>;

  // An optional has one or more option strings ("-f", "--foo"), a positional one name. Throws ValueError, TypeError, and
  // ArgumentError "argument -f: conflicting option string: -f", all with Python's texts.
  // Python: container.add_argument(*name_or_flags, **keywords)
  Action& add_argument(std::vector<std::string> names, Argument argument = {});
  Action& add_argument(std::string_view name, Argument argument = {});
  Action& add_argument(std::string_view name, std::string_view second, Argument argument = {});
  Action& add_argument(std::string_view name, std::string_view second, std::string_view third, Argument argument = {});

  // Arguments under a heading of their own. Python: container.add_argument_group(title=None, description=None)
  ArgumentGroup& add_argument_group(Text title = {}, Text description = {}, ArgumentGroupOptions options = {});
  // Arguments of which a command line may have one. Python: container.add_mutually_exclusive_group(required=False)
  MutuallyExclusiveGroup& add_mutually_exclusive_group(MutuallyExclusiveGroupOptions options = {});

  // Values for dests, with an argument or without. Python: container.set_defaults(**defaults)
  void set_defaults(const Defaults& defaults);
  // None when there is none. Python: container.get_default(dest)
  Value get_default(std::string_view dest) const;

 protected:
  explicit _ActionsContainer(_Container* node) noexcept : node_(node) {}
  _ActionsContainer(const _ActionsContainer&) = default;
  _ActionsContainer& operator=(const _ActionsContainer&) = default;
  ~_ActionsContainer() = default;
  _Container* node_;
};

// Python: what add_argument_group gives
class ArgumentGroup : public _ActionsContainer {
 public:
  explicit ArgumentGroup(_Container* node) noexcept : _ActionsContainer(node) {}
  ArgumentGroup(const ArgumentGroup&) = delete;
  ArgumentGroup& operator=(const ArgumentGroup&) = delete;
};

// Python: what add_mutually_exclusive_group gives
class MutuallyExclusiveGroup : public _ActionsContainer {
 public:
  explicit MutuallyExclusiveGroup(_Container* node) noexcept : _ActionsContainer(node) {}
  MutuallyExclusiveGroup(const MutuallyExclusiveGroup&) = delete;
  MutuallyExclusiveGroup& operator=(const MutuallyExclusiveGroup&) = delete;
};

}  // namespace krait::argparse
