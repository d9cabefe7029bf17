#include "krait/unittest/result.h"

#include <cstdio>

#include "krait/builtins/traceback.h"
#include "krait/unittest/_capture.h"

namespace krait::unittest {

namespace {
std::string ended(std::string text) { return text.ends_with('\n') ? text : text + "\n"; }
}  // namespace

bool _is_failure(const std::exception_ptr& error) noexcept { return isinstance<AssertionError>(error); }

TestResult::TestResult() = default;
TestResult::~TestResult() = default;

std::string TestResult::getDescription(const TestLike& test) const {
  const auto doc = descriptions ? test.shortDescription() : std::nullopt;
  return doc && !doc->empty() ? test.str() + "\n" + *doc : test.str();
}

TestResult::Entry TestResult::entry(const TestLike& test, const std::exception_ptr& error) {
  std::string text = format_exception(error);
  if (test.test_case()) {
    if (std::string note = test.test_case()->_note(); !note.empty()) text += note + "\n";
  }
  if (capture_) {
    if (std::string out = capture_->out(); !out.empty()) text += "\nStdout:\n" + ended(std::move(out));
    if (std::string err = capture_->err(); !err.empty()) text += "\nStderr:\n" + ended(std::move(err));
  }
  return {test.str(), getDescription(test), std::move(text)};
}

void TestResult::_setup_output() {
  if (!buffer) return;
  if (!capture_) capture_ = std::make_unique<_OutputCapture>();
  capture_->start();
}

void TestResult::_restore_output() {
  if (!capture_) return;
  const std::string out = mirror_ ? capture_->out() : "", err = mirror_ ? capture_->err() : "";
  capture_->stop();
  if (!out.empty()) capture_->write(1, "\nStdout:\n" + ended(out));
  if (!err.empty()) capture_->write(2, "\nStderr:\n" + ended(err));
}

void TestResult::write_error(std::string_view text) {
  if (capture_) {
    capture_->write(2, text);
  } else {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  }
}

void TestResult::startTest(const TestLike&) {
  ++testsRun;
  mirror_ = false;
  _setup_output();
}
void TestResult::stopTest(const TestLike&) {
  _restore_output();
  mirror_ = false;
}
void TestResult::addSuccess(const TestLike&) {}
void TestResult::addFailure(const TestLike& test, const std::exception_ptr& error) {
  if (failfast) stop();
  failures.push_back(entry(test, error));
  mirror_ = true;
}
void TestResult::addError(const TestLike& test, const std::exception_ptr& error) {
  if (failfast) stop();
  errors.push_back(entry(test, error));
  mirror_ = true;
}
void TestResult::addSkip(const TestLike& test, const std::string& reason) {
  skipped.push_back({test.str(), getDescription(test), reason});
}
void TestResult::addExpectedFailure(const TestLike& test, const std::exception_ptr& error) {
  expectedFailures.push_back(entry(test, error));
}
void TestResult::addUnexpectedSuccess(const TestLike& test) {
  if (failfast) stop();
  unexpectedSuccesses.push_back({test.str(), getDescription(test), ""});
}
void TestResult::addSubTest(const TestLike&, const TestLike& subtest, const std::exception_ptr& error) {
  if (!error) return;
  if (failfast) stop();
  (_is_failure(error) ? failures : errors).push_back(entry(subtest, error));
  mirror_ = true;
}
void TestResult::addDuration(const TestLike& test, double seconds) {
  collectedDurations.emplace_back(test.str(), seconds);
}

void TestResult::_add(const TestLike& test, const std::exception_ptr& error) {
  if (_is_failure(error)) {
    addFailure(test, error);
  } else {
    addError(test, error);
  }
}

}  // namespace krait::unittest
