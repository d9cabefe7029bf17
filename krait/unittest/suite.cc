#include "krait/unittest/suite.h"

#include "krait/unittest/_fixtures.h"

namespace krait::unittest {

void TestSuite::run(TestResult& result) {
  const bool outermost = !std::exchange(result._entered, true);
  for (auto& test : tests_) {
    if (result.shouldStop) break;
    if (_Fixtures::enter(result, test->_class())) test->run(result);
    test.reset();
  }
  tests_.clear();
  if (!outermost) return;
  _Fixtures::finish(result);
  result._entered = false;
}

}  // namespace krait::unittest
