#pragma once
// What add_argument is told about an argument: Python's keywords, as the members of one struct.
//
//   parser.add_argument("-o", "--output", {.default_ = "-", .help = "where to write (default: %(default)s)", .metavar = "FILE"});

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "krait/argparse/types.h"
#include "krait/argparse/value.h"

namespace krait::argparse {

class ArgumentParser;
class Namespace;

// A text that may be absent (None) or SUPPRESS.
class Text {
 public:
  Text() noexcept = default;
  Text(NoneType) noexcept {}
  Text(SuppressType) : given_(true), suppressed_(true), text_(SuppressType::text) {}
  Text(const char* text) : given_(true), text_(text) {}
  Text(std::string_view text) : given_(true), text_(text) {}
  Text(std::string text) noexcept : given_(true), text_(std::move(text)) {}

  bool given() const noexcept { return given_; }            // is not None
  bool suppressed() const noexcept { return suppressed_; }  // is SUPPRESS
  bool shown() const noexcept { return given_ && !suppressed_; }
  const std::string& text() const noexcept { return text_; }  // "" for None

 private:
  bool given_ = false, suppressed_ = false;
  std::string text_;
};

// How many words of the command line an argument takes.
//   a number   so many, as a list              "?"  one or none: const_ for a bare option, the default for no positional
//   "*"        any number, as a list           "+"  at least one, as a list
//   "..."      all that follow (REMAINDER)     "A..."  one and all that follow (PARSER)
// None: one, no list. Python: nargs
class Nargs {
 public:
  enum class Kind : unsigned char {
    None,
    Count,
    Optional,
    ZeroOrMore,
    OneOrMore,
    Remainder,
    Parser,
    Suppress,
    Invalid
  };

  Nargs() noexcept = default;
  Nargs(NoneType) noexcept {}
  Nargs(int count) noexcept : kind_(Kind::Count), count_(count) {}
  Nargs(SuppressType) noexcept : kind_(Kind::Suppress) {}
  Nargs(std::string_view text);
  Nargs(const char* text) : Nargs(std::string_view(text)) {}

  Kind kind() const noexcept { return kind_; }
  bool is(Kind kind) const noexcept { return kind_ == kind; }
  int count() const noexcept { return count_; }
  bool is_zero() const noexcept { return kind_ == Kind::Count && count_ == 0; }
  // Python: the value of nargs
  Value value() const;

 private:
  Kind kind_ = Kind::None;
  int count_ = 0;
  std::string invalid_;
};

// Python: argparse.OPTIONAL …
inline constexpr std::string_view OPTIONAL = "?", ZERO_OR_MORE = "*", ONE_OR_MORE = "+", PARSER = "A...",
                                  REMAINDER = "...";

// What stands for an argument's value in usage and help; a list of names where it takes several words. Python: metavar
class Metavar {
 public:
  Metavar() noexcept = default;
  Metavar(NoneType) noexcept {}
  Metavar(const char* name) : Metavar(std::string(name)) {}
  Metavar(std::string_view name) : Metavar(std::string(name)) {}
  Metavar(std::string name) : given_(true), names_{std::move(name)} {}
  Metavar(std::vector<std::string> names) noexcept : given_(true), tuple_(true), names_(std::move(names)) {}
  Metavar(std::initializer_list<std::string> names) : Metavar(std::vector<std::string>(names)) {}

  bool given() const noexcept { return given_; }
  bool is_tuple() const noexcept { return tuple_; }
  const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  bool given_ = false, tuple_ = false;
  std::vector<std::string> names_;
};

// A user's own action. `values` is what the argument got: one value or a list, as nargs says. Python: Action.__call__
class _CustomAction {
 public:
  virtual ~_CustomAction() = default;
  virtual void call(ArgumentParser& parser, Namespace& space, const Value& values,
                    std::string_view option_string) const = 0;
};
template <class F>
class _CustomActionOf final : public _CustomAction {
 public:
  explicit _CustomActionOf(F function) : function_(std::move(function)) {}
  void call(ArgumentParser& parser, Namespace& space, const Value& values,
            std::string_view option_string) const override {
    function_(parser, space, values, option_string);
  }

 private:
  F function_;
};

struct BooleanOptionalActionType {};
// --foo and --no-foo. Python: argparse.BooleanOptionalAction
inline constexpr BooleanOptionalActionType BooleanOptionalAction{};

enum class _ActionKind : unsigned char {
  Store,
  StoreConst,
  StoreTrue,
  StoreFalse,
  Append,
  AppendConst,
  Count,
  Help,
  Version,
  Extend,
  BooleanOptional,
  Custom,
  Parsers,
  Unknown
};

// "store" "store_const" "store_true" "store_false" "append" "append_const" "count" "help" "version" "extend",
// BooleanOptionalAction, or a callable (ArgumentParser&, Namespace&, const Value& values, std::string_view option_string).
// Python: action
class ActionSpec {
 public:
  ActionSpec() noexcept = default;
  ActionSpec(std::string_view name);
  ActionSpec(const char* name) : ActionSpec(std::string_view(name)) {}
  ActionSpec(BooleanOptionalActionType) noexcept : kind_(_ActionKind::BooleanOptional) {}
  template <class F>
    requires std::is_invocable_v<const F&, ArgumentParser&, Namespace&, const Value&, std::string_view>
  ActionSpec(F function)
      : kind_(_ActionKind::Custom), custom_(std::make_shared<const _CustomActionOf<F>>(std::move(function))) {}

  _ActionKind kind() const noexcept { return kind_; }
  const std::string& name() const noexcept { return name_; }
  const std::shared_ptr<const _CustomAction>& custom() const noexcept { return custom_; }

 private:
  _ActionKind kind_ = _ActionKind::Store;
  std::string name_;
  std::shared_ptr<const _CustomAction> custom_;
};

// The keywords of add_argument. What is left out is as in Python: a default of None, no choices … (`std::nullopt` is "not
// given", `None` is None). Departs from Python: choices is a list, and a keyword that an action does not take is named as
// CPython names it, but in the order of this struct.
struct Argument {
  ActionSpec action{};
  Nargs nargs{};
  std::optional<Value> const_ = std::nullopt;
  std::optional<Value> default_ = std::nullopt;
  Type type{};
  std::optional<std::vector<Value>> choices = std::nullopt;
  std::optional<bool> required = std::nullopt;
  Text help{};
  Metavar metavar{};
  Text dest{};
  Text version{};
  bool deprecated = false;  // a warning on stderr for whoever uses it
};

}  // namespace krait::argparse
