#include "krait/unittest/loader.h"

#include <fnmatch.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "krait/builtins/exceptions.h"

namespace krait::unittest {

namespace {

std::vector<_Class*> sorted_classes() {
  std::vector<_Class*> classes;
  for (_Class* each : _known_classes()) {
    if (each->make || !each->runnable_tests().empty()) classes.push_back(each);
  }
  std::ranges::sort(classes, [](const _Class* a, const _Class* b) {
    const std::string first = a->module(), second = b->module();
    return first != second ? first < second : std::string_view(a->name) < b->name;
  });
  return classes;
}

// Stands for a name that there is no test of. Python: unittest.loader._FailedTest
class FailedTest final : public TestCase {
 public:
  explicit FailedTest(std::string why) : why_(std::move(why)) {}
  static std::unique_ptr<TestCase> make(const std::string& part, std::string why) {
    static _Class known{
        "_FailedTest", typeid(FailedTest), "unittest.loader.py", 0, nullptr, [](_Decorations&) {}, [] {}, [] {}};
    static std::vector<std::unique_ptr<std::pair<std::string, _Method>>> methods;  // what their names point into
    auto& [name, method] = *methods.emplace_back(std::make_unique<std::pair<std::string, _Method>>(
        part, _Method{nullptr, known.file, 0,
                      [](TestCase& self) { throw AttributeError(static_cast<FailedTest&>(self).why_); },
                      [](_Decorations&) {}}));
    method.name = name.c_str();
    auto test = std::make_unique<FailedTest>(std::move(why));
    test->_bind(known, method);
    return test;
  }

 private:
  std::string why_;
};

}  // namespace

std::vector<const _Method*> TestLoader::methods(const _Class& known) const {
  std::vector<const _Method*> methods = known.runnable_tests();
  std::ranges::sort(methods, [](const _Method* a, const _Method* b) { return std::string_view(a->name) < b->name; });
  if (testNamePatterns.empty()) return methods;
  std::erase_if(methods, [&](const _Method* method) {
    const std::string name = known.qualified_name() + "." + method->name;
    return std::ranges::none_of(testNamePatterns, [&](const std::string& asked) {
      const std::string pattern = asked.find('*') == std::string::npos ? "*" + asked + "*" : asked;
      return ::fnmatch(pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0;
    });
  });
  return methods;
}

TestSuite TestLoader::load(_Class& known) const {
  TestSuite suite;
  for (const _Method* method : methods(known)) suite.addTest(known.instance(*method));
  return suite;
}

std::vector<std::string> TestLoader::names(const _Class& known) const {
  std::vector<std::string> names;
  for (const _Method* method : methods(known)) names.emplace_back(method->name);
  return names;
}

TestSuite TestLoader::loadTestsFromName(const std::string& asked) const {
  TestSuite suite;
  std::string name = asked;
  std::string module = "__main__";
  const std::vector<_Class*> classes = sorted_classes();
  const auto in_module = [&](const std::string& of) {
    return std::ranges::any_of(classes, [&](const _Class* each) { return each->module() == of; });
  };
  // As everything is linked in, a module's name may stand in front.
  if (const std::string head = name.substr(0, name.find('.')); in_module(head)) {
    module = head;
    name.erase(0, std::min(head.size() + 1, name.size()));
    if (name.empty()) {
      for (_Class* each : classes) {
        if (each->module() == module) suite.addTests(load(*each));
      }
      return suite;
    }
  }
  const std::size_t dot = name.rfind('.');
  for (_Class* each : classes) {
    const bool here = each->module() == module || module == "__main__";
    if (here && name == each->name) return load(*each);
    if (!here || dot == std::string::npos || name.substr(0, dot) != each->name) continue;
    const std::string test = name.substr(dot + 1);
    if (const _Method* method = each->find(test); method && (each->make || method->make)) {
      suite.addTest(each->instance(*method));
      return suite;
    }
    suite.addTest(
        FailedTest::make(test, "type object '" + std::string(each->name) + "' has no attribute '" + test + "'"));
    return suite;
  }
  const std::string head = name.substr(0, name.find('.'));
  suite.addTest(FailedTest::make(head, "module '" + module + "' has no attribute '" + head + "'"));
  return suite;
}

TestSuite TestLoader::loadTestsFromNames(const std::vector<std::string>& names) const {
  TestSuite suite;
  for (const std::string& name : names) suite.addTests(loadTestsFromName(name));
  return suite;
}

TestSuite TestLoader::loadTests() const {
  TestSuite suite;
  for (_Class* each : sorted_classes()) suite.addTests(load(*each));
  return suite;
}

}  // namespace krait::unittest
