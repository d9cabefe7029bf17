#pragma once
// What parse_args gives: the arguments' values by their dest, in the order in which they came to be.
//
//   args.get<int>("num");                              // TypeError when it is no int, AttributeError when there is none
//   args.get<std::optional<std::string>>("output");    // where the default is None
//   args.get<std::vector<std::string>>("files");       // nargs
//   if (args.contains("verbose")) ...
//
// Python: argparse.Namespace

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/argparse/value.h"
#include "krait/builtins/describe.h"

namespace krait::argparse {

class Namespace {
 public:
  using Item = std::pair<std::string, Value>;

  Namespace() = default;
  // Python: Namespace(name=value, …)
  Namespace(std::initializer_list<Item> items);

  // Python: name in namespace
  bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }
  // Null: there is none. Python: getattr(namespace, name, None)
  const Value* find(std::string_view name) const noexcept;
  Value* _find(std::string_view name) noexcept;
  // Throws AttributeError "'Namespace' object has no attribute 'name'". Python: namespace.name
  const Value& operator[](std::string_view name) const;
  // The value as a T: see Value::get for what T may be and what is thrown. Python: namespace.name
  template <class T>
  T get(std::string_view name) const {
    return (*this)[name].get<T>(name);
  }
  // A struct with a KRAIT_DESCRIBE: each member gets the value of its name (or alias). One whose value is None or absent is as the
  // struct is made. Throws what get() throws.
  template <Described T>
  T to() const {
    T made{};
    _for_each_member<T>([&]<class M>(const _Member<M>& member) {
      const std::string_view name = member.field.alias.empty() ? member.name : member.field.alias.view();
      const Value* value = find(name);
      if (value && !value->is_none())
        *reinterpret_cast<M*>(reinterpret_cast<char*>(&made) + member.offset) = value->get<M>(name);
    });
    return made;
  }
  // Python: setattr(namespace, name, value)
  void set(std::string_view name, Value value);
  // Gives whether there was one. Python: delattr(namespace, name)
  bool erase(std::string_view name);

  std::size_t size() const noexcept { return items_.size(); }
  // The items in order. Python: vars(namespace).items()
  auto begin() const noexcept { return items_.begin(); }
  auto end() const noexcept { return items_.end(); }

  // Equal whatever the order.
  bool operator==(const Namespace& other) const;

 private:
  std::vector<Item> items_;
};

// "Namespace(num=10, verbose=False)". Python: repr(namespace)
std::string repr(const Namespace& space);
inline std::string str(const Namespace& space) { return repr(space); }

}  // namespace krait::argparse
