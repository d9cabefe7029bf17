#pragma once
// What KRAIT_TEST_CASE, KRAIT_TEST and KRAIT_TEST_MODULE leave behind before main() runs: which classes have which tests.
// Nothing of a test's own runs then, not even its decorators.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

namespace krait::unittest {

class TestCase;
struct _Class;

// --- decorators: what stands behind the name in KRAIT_TEST(name, …), and behind the class in KRAIT_TEST_CASE(Class, …) ---

struct _Skip {
  bool skips;
  std::string reason;
};
struct _ExpectedFailure {};
struct _Doc {
  std::string text;
};

// Python: @unittest.skip(reason)
inline _Skip skip(std::string reason) { return {true, std::move(reason)}; }
// Python: @unittest.skipIf(condition, reason)
inline _Skip skipIf(bool condition, std::string reason) { return {condition, std::move(reason)}; }
// Python: @unittest.skipUnless(condition, reason)
inline _Skip skipUnless(bool condition, std::string reason) { return {!condition, std::move(reason)}; }
// Python: @unittest.expectedFailure
inline constexpr _ExpectedFailure expectedFailure{};
// The docstring, of which reports show the first line. Python: """text""" below def
inline _Doc doc(std::string text) { return {std::move(text)}; }

// All of them together. As in Python the outermost, which stands first, has the last word on the reason.
struct _Decorations {
  std::optional<std::string> skip;
  bool expected_failure = false;
  std::string doc;

  void add(_Skip decorator) {
    if (decorator.skips && !skip) skip = std::move(decorator.reason);
  }
  void add(_ExpectedFailure) { expected_failure = true; }
  void add(_Doc decorator) { doc = std::move(decorator.text); }
};
template <class... Decorators>
void _decorate(_Decorations& to, Decorators... decorators) {
  (to.add(std::move(decorators)), ...);
}

// --- the tests ---

// One test, where it was written.
struct _Method {
  const char* name;
  const char* file;
  int line;
  void (*call)(TestCase& self);
  void (*decorate)(_Decorations& to);
  std::unique_ptr<TestCase> (*make)() = nullptr;  // of a class of the test's own, as KRAIT_ASYNC_TEST makes it
};

struct _Class {
  const char* name;
  const std::type_info& type;
  const char* file;
  int line;
  std::unique_ptr<TestCase> (*make)();  // null: an abstract class, whose tests run in those derived from it
  void (*decorate)(_Decorations& to);
  void (*setUpClass)();
  void (*tearDownClass)();

  // Its own, in the order they were written; what it inherits comes from tests().
  std::vector<const _Method*> own = {};

  // Each by its nearest definition, as a method is looked up: an own one hides an inherited one of that name.
  std::vector<const _Method*> tests() const;
  const _Method* find(std::string_view test) const;
  // Those of them that there can be an instance for, and the instance.
  std::vector<const _Method*> runnable_tests() const;
  std::unique_ptr<TestCase> instance(const _Method& method);
  // Its file without folder and ending; "__main__" for the one that called unittest::main(). Python: cls.__module__
  std::string module() const;
  // Python: "%s.%s" % (cls.__module__, cls.__qualname__)
  std::string qualified_name() const { return module() + "." + name; }
};

// A class is known from then on, a test as well, also to GoogleTest.
struct _AddClass {
  explicit _AddClass(_Class& known);
};
struct _AddMethod {
  _AddMethod(_Class& known, const _Method& method);
};

struct _Module {
  void (*setUpModule)() = nullptr;
  void (*tearDownModule)() = nullptr;
};
struct _AddModule {
  _AddModule(const char* file, void (*setUpModule)(), void (*tearDownModule)() = nullptr);
};
// Throws RuntimeError when a file has two KRAIT_TEST_MODULE.
const _Module* _find_module(std::string_view file);

// In the order they became known.
const std::vector<_Class*>& _known_classes();
// Whose module is "__main__".
void _set_main_file(std::string_view file);
std::string _module_of(std::string_view file);

// Tells GoogleTest of a test, which then runs `known`'s test of that name.
void _tell_gtest(const _Class& known, const _Method& method);

}  // namespace krait::unittest
