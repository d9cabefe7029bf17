#include "krait/unittest/_registry.h"

#include <cxxabi.h>

#include <algorithm>
#include <map>

#include "krait/builtins/exceptions.h"
#include "krait/unittest/case.h"

namespace krait::unittest {

namespace {

// Function-local, because the first to ask is some other file's initialiser.
std::vector<_Class*>& classes() {
  static std::vector<_Class*> known;
  return known;
}
std::map<std::string, std::pair<_Module, int>, std::less<>>& modules() {
  static std::map<std::string, std::pair<_Module, int>, std::less<>> known;
  return known;
}
std::string& main_file() {
  static std::string file;
  return file;
}

const _Class* class_of(const std::type_info& type) {
  const auto found = std::ranges::find_if(classes(), [&](const _Class* each) { return each->type == type; });
  return found == classes().end() ? nullptr : *found;
}

// The type information of the Itanium ABI names the bases of a class, which is all the reflection that C++20 has.
void collect(const std::type_info& type, std::vector<const _Method*>& tests) {
  if (const _Class* known = class_of(type)) {
    for (const _Method* method : known->own) {
      const bool hidden = std::ranges::any_of(
          tests, [&](const _Method* nearer) { return std::string_view(nearer->name) == method->name; });
      if (!hidden) tests.push_back(method);
    }
  }
  if (const auto* single = dynamic_cast<const abi::__si_class_type_info*>(&type)) {
    collect(*single->__base_type, tests);
  } else if (const auto* several = dynamic_cast<const abi::__vmi_class_type_info*>(&type)) {
    for (unsigned int i = 0; i < several->__base_count; ++i) collect(*several->__base_info[i].__base_type, tests);
  }
}

}  // namespace

std::vector<const _Method*> _Class::tests() const {
  std::vector<const _Method*> all;
  collect(type, all);
  return all;
}

const _Method* _Class::find(std::string_view test) const {
  for (const _Method* method : tests()) {
    if (method->name == test) return method;
  }
  return nullptr;
}

std::vector<const _Method*> _Class::runnable_tests() const {
  std::vector<const _Method*> all = tests();
  std::erase_if(all, [this](const _Method* method) { return !make && !method->make; });
  return all;
}

std::unique_ptr<TestCase> _Class::instance(const _Method& method) {
  std::unique_ptr<TestCase> test = method.make ? method.make() : make();
  test->_bind(*this, method);
  return test;
}

std::string _Class::module() const { return _module_of(file); }

_AddClass::_AddClass(_Class& known) {
  classes().push_back(&known);
  if (!known.make) return;
  // Those of its bases, which are complete already; its own follow one by one.
  for (const _Method* inherited : known.tests()) _tell_gtest(known, *inherited);
}

_AddMethod::_AddMethod(_Class& known, const _Method& method) {
  const bool inherited = known.find(method.name) != nullptr;
  known.own.push_back(&method);
  if ((known.make || method.make) && !inherited) _tell_gtest(known, method);
}

_AddModule::_AddModule(const char* file, void (*setUpModule)(), void (*tearDownModule)()) {
  auto& [module, count] = modules()[file];
  module = {setUpModule, tearDownModule};
  ++count;
}

const _Module* _find_module(std::string_view file) {
  const auto found = modules().find(file);
  if (found == modules().end()) return nullptr;
  if (found->second.second > 1)
    throw RuntimeError("cannot set " + std::string(file) + " up: it has more than one KRAIT_TEST_MODULE");
  return &found->second.first;
}

const std::vector<_Class*>& _known_classes() { return classes(); }

void _set_main_file(std::string_view file) { main_file() = file; }

std::string _module_of(std::string_view file) {
  if (file == main_file()) return "__main__";
  file = file.substr(file.rfind('/') + 1);
  return std::string(file.substr(0, file.rfind('.')));
}

}  // namespace krait::unittest
