#pragma once
// Making suites of the test cases that are linked in.
//
//   unittest::TestSuite suite = unittest::TestLoader().loadTestsFromName("ShopTest.test_tea");
//
// Departs from Python: a module is a file that is linked in, by its name without folder and ending; there is no discovery.
// Python: unittest.loader

#include <string>
#include <vector>

#include "krait/unittest/suite.h"

namespace krait::unittest {

// Python: unittest.TestLoader
struct TestLoader {
  // As -k: a text that is in a test's id, or a pattern with *; empty: all tests. Python: loader.testNamePatterns
  std::vector<std::string> testNamePatterns = {};

  // In alphabetical order. Python: loader.loadTestsFromTestCase(T), loader.getTestCaseNames(T)
  template <class T>
  TestSuite loadTestsFromTestCase() const {
    return load(T::krait_class_());
  }
  template <class T>
  std::vector<std::string> getTestCaseNames() const {
    return names(T::krait_class_());
  }
  // "module", "Class", "Class.test", each with its module in front or not. For a name that there is not, a test that throws
  // AttributeError. Python: loader.loadTestsFromName(name), loader.loadTestsFromNames(names)
  TestSuite loadTestsFromName(const std::string& name) const;
  TestSuite loadTestsFromNames(const std::vector<std::string>& names) const;
  // Those of every module.
  TestSuite loadTests() const;

 private:
  std::vector<const _Method*> methods(const _Class& known) const;
  TestSuite load(_Class& known) const;
  std::vector<std::string> names(const _Class& known) const;
};

}  // namespace krait::unittest
