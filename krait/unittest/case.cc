#include "krait/unittest/case.h"

#include <chrono>

#include "krait/unittest/_fixtures.h"
#include "krait/unittest/_outcome.h"

namespace krait::unittest {

TestLike::~TestLike() = default;
TestCase::~TestCase() = default;

// --- names ---

namespace {

std::string first_line(const std::string& text) {
  const std::u32string decoded = _decoded(text);
  std::size_t begin = 0;
  while (begin < decoded.size() && _is_space(decoded[begin])) ++begin;
  std::size_t end = std::min(decoded.find(U'\n', begin), decoded.size());
  while (end > begin && _is_space(decoded[end - 1])) --end;
  return _encoded(decoded.substr(begin, end - begin));
}

}  // namespace

void TestCase::_bind(_Class& of, const _Method& method) {
  class_ = &of;
  method_ = &method;
  _Decorations own;
  method.decorate(own);
  of.decorate(decorations_);
  // A reason of the class goes before one of the test, unless it is empty.
  if (own.skip && (!decorations_.skip || decorations_.skip->empty())) decorations_.skip = own.skip;
  decorations_.expected_failure |= own.expected_failure;
  decorations_.doc = own.doc;
}

std::string TestCase::id() const { return class_->qualified_name() + "." + method_->name; }
std::string TestCase::str() const { return std::string(method_->name) + " (" + id() + ")"; }
std::optional<std::string> TestCase::shortDescription() const {
  if (decorations_.doc.empty()) return std::nullopt;
  return first_line(decorations_.doc);
}

std::string _SubTest::description() const {
  std::string text;
  if (message_) text += "[" + *message_ + "]";
  if (!params_.empty()) text += text.empty() ? "(" : " (";
  for (std::size_t i = 0; i < params_.size(); ++i)
    text.append(i ? ", " : "").append(params_[i].name).append("=").append(_repr(params_[i].value));
  if (!params_.empty()) text += ")";
  return text.empty() ? "(<subtest>)" : text;
}
std::string _SubTest::id() const { return test_.id() + " " + description(); }
std::string _SubTest::str() const { return test_.str() + " " + description(); }
std::optional<std::string> _SubTest::shortDescription() const { return test_.shortDescription(); }

// --- the course of a test ---

void _TestOutcome::settle(const TestLike& test, const std::exception_ptr& error) {
  if (!error) {
    if (test.is_subtest() && success) result.addSubTest(*test.test_case(), test, nullptr);
  } else if (isinstance<KeyboardInterrupt>(error)) {
    std::rethrow_exception(error);
  } else if (const auto* skipped = _exception_cast<SkipTest>(error)) {
    success = false;
    result.addSkip(test, skipped->what());
  } else if (isinstance<_ShouldStop>(error)) {
    return;
  } else if (expecting_failure) {
    expected_failure = error;
  } else {
    success = false;
    if (test.is_subtest()) {
      result.addSubTest(*test.test_case(), test, error);
    } else {
      result._add(test, error);
    }
  }
}

void _TestOutcome::part(TestCase& test, const char* name, const std::function<void()>& what) {
  const bool before = std::exchange(success, true);
  test._enters(name);
  const auto expectations = _Expectations::watch(expecting_failure);
  std::exception_ptr error;
  try {
    what();
  } catch (...) {
    error = std::current_exception();
  }
  if (expectations) {
    if (std::exception_ptr failed = expectations->take()) settle(test, failed);
  }
  settle(test, error);
  success = success && before;
}

void TestCase::run(TestResult& result) {
  struct Stop {
    TestCase& test;
    TestResult& result;
    ~Stop() {
      test.outcome_ = nullptr;
      result.stopTest(test);
    }
  };
  result.startTest(*this);
  Stop stop{*this, result};
  if (decorations_.skip) {
    result.addSkip(*this, *decorations_.skip);
    return;
  }
  _around([&] { course(result); });
}

void TestCase::course(TestResult& result) {
  _TestOutcome outcome{.result = result};
  const auto start = std::chrono::steady_clock::now();
  outcome_ = &outcome;
  outcome.part(*this, "setUp", [&] { _call_setUp(); });
  if (outcome.success && !_gtest_is_hopeless()) {
    outcome.expecting_failure = decorations_.expected_failure;
    outcome.part(*this, "the test", [&] { _call_test(); });
    outcome.expecting_failure = false;
    outcome.part(*this, "tearDown", [&] { _call_tearDown(); });
  }
  doCleanups();
  outcome.part(*this, "closing the loop", [&] { _call_close(); });
  result.addDuration(*this, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  if (!outcome.success) return;
  if (!decorations_.expected_failure) {
    result.addSuccess(*this);
  } else if (outcome.expected_failure) {
    result.addExpectedFailure(*this, outcome.expected_failure);
  } else {
    result.addUnexpectedSuccess(*this);
  }
}

bool TestCase::doCleanups() {
  TestResult nobody;
  _TestOutcome own{.result = nobody};
  _TestOutcome& outcome = outcome_ ? *outcome_ : own;
  while (!cleanups_.empty()) {
    _Cleanup last = std::move(cleanups_.back());
    cleanups_.pop_back();
    outcome.part(*this, "a cleanup", [&] { last(); });
  }
  return outcome.success;
}

void TestCase::debug() {
  if (decorations_.skip) throw SkipTest(*decorations_.skip);
  _around([&] {
    _call_setUp();
    _call_test();
    _call_tearDown();
    while (!cleanups_.empty()) {
      _Cleanup last = std::move(cleanups_.back());
      cleanups_.pop_back();
      last();
    }
    _call_close();
  });
}

// --- sub-tests ---

SubTestContext::SubTestContext(TestCase& test, std::optional<std::string> message, SubTestParams params)
    : test_(test), message_(std::move(message)), params_(params) {}

void SubTestContext::enter() {
  if (!test_.outcome_) return;
  around_ = test_.subtest_;
  if (around_) {
    for (const _Param& outer : around_->params()) {
      bool renamed = false;
      for (const _Param& own : params_) renamed = renamed || own.name == outer.name;
      if (!renamed) params_.push_back(outer);
    }
  }
  now_ = std::make_unique<_SubTest>(test_, std::move(message_), std::move(params_));
  test_.subtest_ = now_.get();
  before_ = std::exchange(test_.outcome_->success, true);
}

bool SubTestContext::exit(const std::exception_ptr& error) {
  if (!now_) return false;
  _TestOutcome& outcome = *test_.outcome_;
  test_.subtest_ = around_;
  outcome.settle(*now_, error);
  outcome.success = outcome.success && before_;
  if (!outcome.success ? outcome.result.failfast : outcome.expected_failure != nullptr) throw _ShouldStop();
  return true;
}

// --- cleanups of classes and modules ---

std::vector<TestCase::_Cleanup>& TestCase::_class_cleanups() {
  _Class* current = _Fixtures::current_class();
  if (!current) throw RuntimeError("cannot add a class cleanup: no test case is being set up or run");
  return _Fixtures::class_cleanups(*current);
}

void _add_module_cleanup(_base::Function<void()> cleanup) {
  _Fixtures::module_cleanups().push_back(std::move(cleanup));
}

void doModuleCleanups() {
  std::exception_ptr first;
  auto& cleanups = _Fixtures::module_cleanups();
  while (!cleanups.empty()) {
    auto last = std::move(cleanups.back());
    cleanups.pop_back();
    try {
      last();
    } catch (...) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace krait::unittest
