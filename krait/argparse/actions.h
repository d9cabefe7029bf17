#pragma once
// An argument of a parser, as add_argument made it. Python: argparse.Action

#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

#include "krait/argparse/arguments.h"
#include "krait/argparse/namespace.h"

namespace krait::argparse {

class _Container;

// An argument that is wrong: of the parser's author ("conflicting option string: -f") or, from a parser with
// .exit_on_error = false, of its user. Python: argparse.ArgumentError
class ArgumentError : public Exception {
 public:
  // `name` is what the argument is called; absent: the error is no argument's.
  ArgumentError(std::optional<std::string> name, std::string message,
                std::source_location made = std::source_location::current());
  const std::optional<std::string>& argument_name() const noexcept { return name_; }
  const std::string& message() const noexcept { return message_; }

 private:
  std::optional<std::string> name_;
  std::string message_;
};

// Where a value goes once the command line is read.
class _Binding {
 public:
  explicit _Binding(const std::type_info* owner) noexcept : owner(owner) {}
  virtual ~_Binding() = default;
  virtual void fill(void* object, const Value& value, std::string_view name) const = 0;
  const std::type_info* owner;  // the struct whose member it is; null: it knows its place
};
template <class T>
class _ReferenceBinding final : public _Binding {
 public:
  explicit _ReferenceBinding(T& target) noexcept : _Binding(nullptr), target_(&target) {}
  void fill(void*, const Value& value, std::string_view name) const override { *target_ = value.get<T>(name); }

 private:
  T* target_;
};
template <class S, class T>
class _MemberBinding final : public _Binding {
 public:
  explicit _MemberBinding(T S::* member) noexcept : _Binding(&typeid(S)), member_(member) {}
  void fill(void* object, const Value& value, std::string_view name) const override {
    static_cast<S*>(object)->*member_ = value.get<T>(name);
  }

 private:
  T S::* member_;
};

// The type that reads a T, for an argument bound to one.
template <class T>
struct _TypeFor {
  static Type type() {
    if constexpr (std::is_floating_point_v<T>) return float_;
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) return int_;
    return {};
  }
};
template <class T>
struct _TypeFor<std::optional<T>> : _TypeFor<T> {};
template <class T>
struct _TypeFor<std::vector<T>> : _TypeFor<T> {};

class Action {
 public:
  Action() = default;
  Action(const Action&) = delete;
  Action& operator=(const Action&) = delete;
  virtual ~Action();

  // Python: the attributes of an Action
  std::vector<std::string> option_strings;
  Text dest;
  Nargs nargs;
  Value const_, default_;
  Type type;
  std::optional<std::vector<Value>> choices;
  bool required = false;
  Text help;
  Metavar metavar;
  Text version;
  bool deprecated = false;

  // Writes the value to `target`, which must outlive the parsing, whenever parse_args has read a command line; None leaves it as
  // it is, and an int that T cannot hold is an error of the user's. An argument without a type that takes a value gets that of T: `int num; add_argument("num").into(num)`.
  template <class T>
  Action& into(T& target) {
    bind(std::make_unique<_ReferenceBinding<T>>(target), _TypeFor<T>::type());
    return *this;
  }
  // The same for a member of the struct that `parser.parse_args<Options>()` gives: add_argument("num").into(&Options::num).
  template <class S, class T>
  Action& into(T S::* member) {
    bind(std::make_unique<_MemberBinding<S, T>>(member), _TypeFor<T>::type());
    return *this;
  }

  bool is_optional() const noexcept { return !option_strings.empty(); }
  _ActionKind _kind = _ActionKind::Store;
  std::shared_ptr<const _CustomAction> _custom;
  _Container* _container = nullptr;  // the titled group that has it
  std::vector<std::unique_ptr<_Binding>> _bindings;
  // What `choices` names: of subparsers, theirs. Null: anything goes.
  virtual std::optional<std::vector<Value>> _choices() const { return choices; }
  virtual std::vector<const Action*> _subactions() const { return {}; }

 private:
  void bind(std::unique_ptr<_Binding> binding, const Type& type);
};

// What errors call an argument: "-f/--foo", a metavar, a dest, "{a,b}"; absent: None. `tuple` says that it is the repr of a
// metavar that is a tuple.
struct _ActionName {
  std::optional<std::string> text;
  bool tuple = false;
};
_ActionName _action_name(const Action& action);
// Python: separator.join(names). Throws TypeError for a name that is no str.
std::string _join_names(std::string_view separator, const std::vector<_ActionName>& names);
// ArgumentError of `action`.
[[noreturn]] void _argument_error(const Action& action, std::string message);

// An action as add_argument's keywords make it. Throws TypeError, ValueError with Python's texts.
std::shared_ptr<Action> _make_action(Argument argument, std::vector<std::string> option_strings, Text dest,
                                     std::optional<bool> required);

}  // namespace krait::argparse
