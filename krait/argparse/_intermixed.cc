// Positionals between optionals. Python: ArgumentParser.parse_intermixed_args
#include <algorithm>

#include "krait/argparse/_parser.h"
#include "krait/argparse/_unicode.h"

namespace krait::argparse {

namespace {

void require_intermixable(const _Parser& parser, const std::vector<Action*>& positionals) {
  for (const Action* action : positionals) {
    if (action->nargs.is(Nargs::Kind::Parser) || action->nargs.is(Nargs::Kind::Remainder)) {
      throw TypeError("parse_intermixed_args: positional arg with nargs=" + str(action->nargs.value()));
    }
  }
  for (const _Container* group : parser.shared.mutex_groups) {
    const auto is_positional = [&](const Action* action) {
      return std::find(positionals.begin(), positionals.end(), action) != positionals.end();
    };
    if (std::any_of(group->group_actions.begin(), group->group_actions.end(), is_positional)) {
      throw TypeError("parse_intermixed_args: positional in mutuallyExclusiveGroup");
    }
  }
}

// The whole usage, for errors while the parser is not itself.
class WholeUsage {
 public:
  explicit WholeUsage(_Parser& parser) : parser_(parser), saved_(parser.usage) {
    if (saved_.given()) return;
    parser_.usage = parser.format_usage().substr(std::string_view("usage: ").size());
  }
  WholeUsage(const WholeUsage&) = delete;
  WholeUsage& operator=(const WholeUsage&) = delete;
  ~WholeUsage() { parser_.usage = std::move(saved_); }

 private:
  _Parser& parser_;
  Text saved_;
};

// Positionals that take nothing.
class NoPositionals {
 public:
  explicit NoPositionals(const std::vector<Action*>& actions) {
    for (Action* action : actions) {
      saved_.push_back({action, action->nargs, action->default_});
      action->nargs = SUPPRESS;
      action->default_ = SUPPRESS;
    }
  }
  NoPositionals(const NoPositionals&) = delete;
  NoPositionals& operator=(const NoPositionals&) = delete;
  ~NoPositionals() {
    for (Saved& each : saved_) {
      each.action->nargs = std::move(each.nargs);
      each.action->default_ = std::move(each.default_);
    }
  }

 private:
  struct Saved {
    Action* action;
    Nargs nargs;
    Value default_;
  };
  std::vector<Saved> saved_;
};

// Optionals and groups that nobody need give.
class NothingRequired {
 public:
  explicit NothingRequired(const _Parser& parser) {
    for (const std::shared_ptr<Action>& action : parser.shared.actions) {
      if (action->is_optional()) forget(action->required);
    }
    for (_Container* group : parser.shared.mutex_groups) forget(group->required);
  }
  NothingRequired(const NothingRequired&) = delete;
  NothingRequired& operator=(const NothingRequired&) = delete;
  ~NothingRequired() {
    for (bool* each : saved_) *each = true;
  }

 private:
  void forget(bool& required) {
    if (required) saved_.push_back(&required);
    required = false;
  }
  std::vector<bool*> saved_;
};

}  // namespace

Namespace ArgumentParser::parse_intermixed_args(std::vector<std::string> args, Namespace space) {
  auto [read, left] = parse_known_intermixed_args(std::move(args), std::move(space));
  refuse_left(left);
  fill(nullptr, nullptr, read);
  return std::move(read);
}

std::pair<Namespace, std::vector<std::string>> ArgumentParser::parse_known_intermixed_args(
    std::vector<std::string> args, Namespace space) {
  const std::vector<Action*> positionals = parser_->positionals();
  require_intermixable(*parser_, positionals);
  const WholeUsage usage(*parser_);
  std::pair<Namespace, std::vector<std::string>> read;
  {
    const NoPositionals deactivated(positionals);
    read = parse_known_args(std::move(args), std::move(space));
    for (const Action* action : positionals) {  // CPython warns of its programmers' surprise here
      const Value* value = read.first.find(action->dest.text());
      if (!value || *value != Value::List{}) continue;
      read.first.erase(action->dest.text());
    }
  }
  const NothingRequired optional(*parser_);
  return parse_known_args(std::move(read.second), std::move(read.first));
}

}  // namespace krait::argparse
