// Where the tests of TestCases and GoogleTest meet; nobody else includes GoogleTest.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "krait/builtins/traceback.h"
#include "krait/unittest/_fixtures.h"
#include "krait/unittest/_gtest.h"
#include "krait/unittest/_outcome.h"

namespace krait::unittest {

namespace {

#define KRAIT_SKIP_AT_(file, line) GTEST_MESSAGE_AT_(file, line, "", ::testing::TestPartResult::kSkip)

bool gtest_runs() { return ::testing::UnitTest::GetInstance()->current_test_info() != nullptr; }

// "ValueError: boom", and below it the traceback, as async_case.h reports.
std::string described(const std::exception_ptr& error) {
  std::string text = type_name(error);
  if (std::string said = str(error); !said.empty()) text += ": " + said;
  if (!isinstance<BaseException>(error)) return text;
  text += "\n" + format_exception(error);
  text.pop_back();  // the last newline: GoogleTest adds its own
  return text;
}

// Tells GoogleTest what Python's report would say.
class Teller final : public TestResult {
 public:
  const char* file = nullptr;
  int line = -1;
  std::string broken;                   // why the tests of this class cannot run
  std::optional<std::string> skipping;  // or need not

  void addFailure(const TestLike& test, const std::exception_ptr& error) override { tell(test, error); }
  void addError(const TestLike& test, const std::exception_ptr& error) override { tell(test, error); }
  void addSubTest(const TestLike&, const TestLike& subtest, const std::exception_ptr& error) override {
    if (error) tell(subtest, error);
  }
  void addSkip(const TestLike& test, const std::string& reason) override {
    if (test.is_subtest()) return;
    if (!test.test_case()) {
      skipping = reason;
    } else {
      KRAIT_SKIP_AT_(file, line) << reason;
    }
  }
  void addExpectedFailure(const TestLike&, const std::exception_ptr&) override {}
  void addUnexpectedSuccess(const TestLike& test) override {
    ADD_FAILURE_AT(file, line) << "unexpected success: " << test.str();
  }

 private:
  void tell(const TestLike& test, const std::exception_ptr& error) {
    const TestCase* within = test.test_case();
    std::string text = (within ? within->_part() : test.str()) + std::string(" raised ") + described(error);
    if (test.is_subtest()) text = test.str() + "\n" + text;
    if (!within) broken = text;
    const auto* known = _exception_cast<AssertionError>(error);
    const std::source_location at = known ? known->traceback().front() : std::source_location();
    ADD_FAILURE_AT(known ? at.file_name() : file, known ? static_cast<int>(at.line()) : line) << text;
  }
};

Teller& teller() {
  static Teller the;
  return the;
}

// Tears down what the last test left set up.
class Finish final : public ::testing::Environment {
  void TearDown() override { _Fixtures::finish(teller()); }
};

// After an interrupt. A test's flags are put back when it has ended, so this waits for that.
class SkipTheRest final : public ::testing::EmptyTestEventListener {
  void OnTestEnd(const ::testing::TestInfo&) override { GTEST_FLAG_SET(fail_fast, true); }
};

class Bridge final : public ::testing::Test {
 public:
  Bridge(_Class& known, std::string name) : known_(known), name_(std::move(name)) {}

  void TestBody() override {
    static ::testing::Environment* const finish = ::testing::AddGlobalTestEnvironment(new Finish);
    (void)finish;
    Teller& result = teller();
    const _Method* method = known_.find(name_);
    result.file = method->file;
    result.line = method->line;
    const _Class* previous = result._previous_class;
    const bool same_module = previous && previous->module() == known_.module();
    if (previous != &known_ && !(same_module && result._module_setup_failed)) {
      result.skipping.reset();
      result.broken.clear();
    }
    if (!_Fixtures::enter(result, known_)) {
      if (result.skipping) {
        KRAIT_SKIP_AT_(method->file, method->line) << *result.skipping;
      } else if (!HasFailure()) {  // the class's first test was told when it happened
        ADD_FAILURE_AT(method->file, method->line) << result.broken;
      }
      return;
    }
    std::unique_ptr<TestCase> test = known_.instance(*method);
    std::optional<::testing::ScopedTrace> note;
    if (std::string text = test->_note(); !text.empty()) note.emplace(method->file, method->line, text);
    try {
      test->run(result);
    } catch (const KeyboardInterrupt&) {
      ADD_FAILURE_AT(method->file, method->line) << test->_part() << " was interrupted: KeyboardInterrupt";
      ::testing::UnitTest::GetInstance()->listeners().Append(new SkipTheRest);
    }
  }

 private:
  _Class& known_;
  std::string name_;
};

class Watch final : public _Expectations, public ::testing::TestPartResultReporterInterface {
 public:
  Watch() : reporter_(::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &results_) {}
  void ReportTestPartResult(const ::testing::TestPartResult& result) override { results_.Append(result); }
  std::exception_ptr take() override {
    std::string text;
    for (int i = 0; i < results_.size(); ++i) {
      const auto& each = results_.GetTestPartResult(i);
      if (each.skipped()) return std::make_exception_ptr(SkipTest(each.message()));
      if (!each.failed()) continue;
      text += std::string(text.empty() ? "" : "\n") + (each.file_name() ? each.file_name() : "") + ":" +
              std::to_string(each.line_number()) + ": " + each.message();
    }
    return text.empty() ? nullptr : std::make_exception_ptr(AssertionError(text));
  }

 private:
  ::testing::TestPartResultArray results_;
  ::testing::ScopedFakeTestPartResultReporter reporter_;
};

}  // namespace

void _tell_gtest(const _Class& known, const _Method& method) {
  auto* of = const_cast<_Class*>(&known);
  ::testing::RegisterTest(
      known.name, method.name, nullptr, nullptr, method.file, method.line,
      [of, name = std::string(method.name)]() -> ::testing::Test* { return new Bridge(*of, name); });
}

std::unique_ptr<_Expectations> _Expectations::watch(bool expecting_failure) {
  if (gtest_runs() && !expecting_failure) return nullptr;
  return std::make_unique<Watch>();
}

bool _gtest_is_hopeless() {
  return gtest_runs() && (::testing::Test::HasFatalFailure() || ::testing::Test::IsSkipped());
}

int _run_gtest(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

int _plain_gtest_tests() {
  int ours = 0;
  for (const _Class* known : _known_classes()) {
    ours += static_cast<int>(known->runnable_tests().size());
  }
  return ::testing::UnitTest::GetInstance()->total_test_count() - ours;
}

}  // namespace krait::unittest
