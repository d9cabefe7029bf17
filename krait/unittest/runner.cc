#include "krait/unittest/runner.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace krait::unittest {

namespace {

const std::string kDouble(70, '='), kSingle(70, '-');

std::string seconds(double number) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3fs", number);
  return text;
}

void print_durations(TextTestResult& result, int verbosity, int most) {
  if (result.collectedDurations.empty()) return;
  auto slowest = result.collectedDurations;
  std::ranges::sort(slowest, [](const auto& a, const auto& b) { return a.second > b.second; });
  if (most > 0 && slowest.size() > static_cast<std::size_t>(most)) slowest.resize(static_cast<std::size_t>(most));
  result.writeln("Slowest test durations");
  result.writeln(kSingle);
  bool hidden = false;
  for (const auto& [test, elapsed] : slowest) {
    if (verbosity < 2 && elapsed < 0.001) {
      hidden = true;
      continue;
    }
    std::string time = seconds(elapsed);
    time.resize(std::max<std::size_t>(time.size(), 10), ' ');
    result.writeln(time + " " + test);
  }
  result.writeln(hidden ? "\n(durations < 0.001s were hidden; use -v to show these durations)" : "");
}

std::string summary(const TestResult& result) {
  std::string infos;
  const auto add = [&](const char* name, std::size_t count) {
    if (count) infos.append(infos.empty() ? " (" : ", ").append(name).append("=").append(std::to_string(count));
  };
  const bool well = result.wasSuccessful();
  if (!well) {
    add("failures", result.failures.size());
    add("errors", result.errors.size());
  }
  add("skipped", result.skipped.size());
  add("expected failures", result.expectedFailures.size());
  add("unexpected successes", result.unexpectedSuccesses.size());
  if (!infos.empty()) infos += ")";
  const bool nothing = result.testsRun == 0 && result.skipped.empty();
  return (!well ? "FAILED" : nothing ? "NO TESTS RAN" : "OK") + infos;
}

}  // namespace

void TextTestResult::writeln(std::string_view text) { write_error(std::string(text) + "\n"); }

void TextTestResult::startTest(const TestLike& test) {
  TestResult::startTest(test);
  if (!all_) return;
  write_error(getDescription(test) + " ... ");
  new_line_ = false;
}

void TextTestResult::status(const TestLike& test, const char* dot, const std::string& word) {
  if (dots_) write_error(dot);
  if (!all_) return;
  std::string text;
  if (test.is_subtest() || new_line_) {
    if (!new_line_) text += "\n";
    if (test.is_subtest()) text += "  ";
    text += getDescription(test) + " ... ";
  }
  writeln(text + word);
  new_line_ = true;
}

void TextTestResult::addSuccess(const TestLike& test) {
  TestResult::addSuccess(test);
  status(test, ".", "ok");
}
void TextTestResult::addFailure(const TestLike& test, const std::exception_ptr& error) {
  TestResult::addFailure(test, error);
  status(test, "F", "FAIL");
}
void TextTestResult::addError(const TestLike& test, const std::exception_ptr& error) {
  TestResult::addError(test, error);
  status(test, "E", "ERROR");
}
void TextTestResult::addSkip(const TestLike& test, const std::string& reason) {
  TestResult::addSkip(test, reason);
  status(test, "s", "skipped " + _repr(_text_value(reason)));
}
// These two are written where the cursor is, even below the lines of sub-tests.
void TextTestResult::addExpectedFailure(const TestLike& test, const std::exception_ptr& error) {
  TestResult::addExpectedFailure(test, error);
  if (all_) writeln("expected failure");
  if (dots_) write_error("x");
}
void TextTestResult::addUnexpectedSuccess(const TestLike& test) {
  TestResult::addUnexpectedSuccess(test);
  if (all_) writeln("unexpected success");
  if (dots_) write_error("u");
}
void TextTestResult::addSubTest(const TestLike& test, const TestLike& subtest, const std::exception_ptr& error) {
  if (error) status(subtest, _is_failure(error) ? "F" : "E", _is_failure(error) ? "FAIL" : "ERROR");
  TestResult::addSubTest(test, subtest, error);
}

void TextTestResult::list(const char* flavour, const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    writeln(kDouble);
    writeln(std::string(flavour) + ": " + entry.description);
    writeln(kSingle);
    writeln(entry.text);
  }
}

void TextTestResult::printErrors() {
  if (dots_ || all_) writeln();
  list("ERROR", errors);
  list("FAIL", failures);
  if (unexpectedSuccesses.empty()) return;
  writeln(kDouble);
  for (const Entry& entry : unexpectedSuccesses) writeln("UNEXPECTED SUCCESS: " + entry.description);
}

std::unique_ptr<TextTestResult> TextTestRunner::run(TestSuite suite) const {
  auto result = std::make_unique<TextTestResult>(options_.verbosity);
  run(std::move(suite), *result);
  return result;
}

void TextTestRunner::run(TestSuite suite, TextTestResult& result) const {
  result.failfast = options_.failfast;
  result.buffer = options_.buffer;
  result.descriptions = options_.descriptions;
  const auto start = std::chrono::steady_clock::now();
  result.startTestRun();
  suite.run(result);
  result.stopTestRun();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  result.printErrors();
  if (options_.durations) print_durations(result, options_.verbosity, *options_.durations);
  result.writeln(kSingle);
  result.writeln("Ran " + std::to_string(result.testsRun) + (result.testsRun == 1 ? " test" : " tests") + " in " +
                 seconds(taken.count()) + "\n");
  result.writeln(summary(result));
}

}  // namespace krait::unittest
