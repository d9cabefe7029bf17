#pragma once
// A parser or a group within: the arguments added to it. Python's groups share lists with their parser, and so do these.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "krait/argparse/groups.h"

namespace krait::argparse {

class _Container;

// What a parser and all of its groups have in common. A parent's actions are its children's, too.
struct _Shared {
  std::vector<std::shared_ptr<Action>> actions;
  std::vector<std::pair<std::string, Action*>> option_strings;  // in order of insertion, as a dict has them
  std::vector<std::pair<std::string, Value>> defaults;
  bool has_negative_number_optionals = false;
  std::vector<_Container*> mutex_groups;
  std::vector<std::unique_ptr<_Container>> groups;  // owns all of them
  std::vector<std::shared_ptr<Action>> removed;     // by conflict_handler "resolve"; their Action& stays valid

  Action* find_option(std::string_view option_string) const noexcept;
  const Value* find_default(std::string_view dest) const noexcept;
  void set_default(const std::string& dest, const Value& value);
};

class _Container {
 public:
  enum class Kind : unsigned char { Parser, Group, Mutex };
  struct Settings {
    std::string prefix_chars = "-";
    Value argument_default;
    std::string conflict_handler = "error";
  };

  _Container(Kind kind, _Shared& shared, _Container* outer, Settings settings);
  _Container(const _Container&) = delete;
  _Container& operator=(const _Container&) = delete;
  virtual ~_Container() = default;

  Action& add_argument(std::vector<std::string> names, Argument argument);
  _Container& add_group(Text title, Text description, ArgumentGroupOptions options);
  _Container& add_mutex_group(bool required);
  virtual void add_action(std::shared_ptr<Action> action);
  void remove_action(Action* action);
  // Python: _add_container_actions
  void add_actions_of(const _Container& other);

  const Kind kind;
  _Shared& shared;
  _Container* const outer;  // of a group: what it was made by
  Settings settings;
  Text title, description;
  bool required = false;                   // of a mutex group
  std::vector<_Container*> action_groups;  // titled ones, made by this
  std::vector<Action*> group_actions;      // of a group
  std::unique_ptr<ArgumentGroup> group;    // the face of a Group
  std::unique_ptr<MutuallyExclusiveGroup> mutex;

 protected:
  // Throws ValueError when the metavar does not fit nargs; only a parser looks.
  virtual void check_metavar(const Action&) const {}

 private:
  std::shared_ptr<Action> make_action(std::vector<std::string> names, Argument argument) const;
  void index_action(std::shared_ptr<Action> action);
  void check_conflict(Action& action);
};

// Python: re.match(r"^-\d+$|^-\d*\.\d+$", text)
bool _is_negative_number(std::string_view text);

}  // namespace krait::argparse
