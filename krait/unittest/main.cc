#include "krait/unittest/main.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "krait/builtins/print.h"
#include "krait/unittest/_gtest.h"
#include "krait/unittest/_runner.h"

namespace krait::unittest {

namespace {

constexpr const char* kHelp =
    "\npositional arguments:\n"
    "  tests                a list of any number of test modules, classes and test\n"
    "                       methods.\n"
    "\noptions:\n"
    "  -h, --help           show this help message and exit\n"
    "  -v, --verbose        Verbose output\n"
    "  -q, --quiet          Quiet output\n"
    "  --locals             Show local variables in tracebacks\n"
    "  --durations N        Show the N slowest test cases (N=0 for all)\n"
    "  -f, --failfast       Stop on first fail or error\n"
    "  -c, --catch          Catch Ctrl-C and display results so far\n"
    "  -b, --buffer         Buffer stdout and stderr during tests\n"
    "  -k TESTNAMEPATTERNS  Only run tests which match the given substring\n";
constexpr const char* kGtestHint =
    "\nWith an option that begins with --gtest_, GoogleTest runs the tests and reports.\n";

struct Asked {
  MainOptions options;
  std::vector<std::string> names, patterns;
};

std::string examples(const std::string& program) {
  return "\nExamples:\n  " + program + "                           - run default set of tests\n  " + program +
         " MyTestSuite               - run suite 'MyTestSuite'\n  " + program +
         " MyTestCase.testSomething  - run MyTestCase.testSomething\n  " + program +
         " MyTestCase                - run all 'test*' test methods\n" + std::string(39, ' ') + "in MyTestCase\n";
}

std::string usage(const std::string& program) {
  const std::string indent(7 + program.size() + 1, ' ');
  return "usage: " + program + " [-h] [-v] [-q] [--locals] [--durations N] [-f] [-c] [-b]\n" + indent +
         "[-k TESTNAMEPATTERNS]\n" + indent + "[tests ...]\n";
}

[[noreturn]] void refuse(const std::string& program, const std::string& why) {
  std::fputs((usage(program) + program + ": error: " + why + "\n").c_str(), stderr);
  throw SystemExit(2);
}

// argparse's rules for what this command line has: clusters (-vf), -kVALUE, --durations=N, unambiguous beginnings, "--".
class CommandLine {
 public:
  CommandLine(int argc, char** argv, const MainOptions& defaults) : arguments_(argv + 1, argv + argc) {
    asked_.options = defaults;
    program_ = argc > 0 ? argv[0] : "unittest";
    program_ = program_.substr(program_.rfind('/') + 1);
  }

  Asked parse() {
    for (at_ = 0; at_ < arguments_.size(); ++at_) {
      const std::string argument = arguments_[at_];
      if (only_names_ || argument.size() < 2 || argument[0] != '-') {
        asked_.names.push_back(argument);
      } else if (argument == "--") {
        only_names_ = true;
      } else if (argument.starts_with("--")) {
        long_option(argument);
      } else {
        cluster(argument);
      }
    }
    if (!unknown_.empty()) refuse(program_, "unrecognized arguments: " + unknown_);
    return std::move(asked_);
  }

 private:
  void long_option(const std::string& argument) {
    static constexpr const char* kOptions[] = {"--help",      "--verbose",  "--quiet", "--locals",
                                               "--durations", "--failfast", "--catch", "--buffer"};
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    std::vector<std::string_view> found;
    for (std::string_view option : kOptions) {
      if (option == name || option.starts_with(name)) found.push_back(option);
    }
    if (found.size() != 1) {
      unknown_ += (unknown_.empty() ? "" : " ") + argument;
      return;
    }
    const std::string_view option = found[0];
    if (option == "--durations") {
      durations(equals == std::string::npos ? next("--durations") : argument.substr(equals + 1));
      return;
    }
    constexpr std::string_view kShort = "hvq-dfcb";
    const char letter = kShort[static_cast<std::size_t>(std::ranges::find(kOptions, option) - kOptions)];
    if (equals != std::string::npos) {
      const std::string both =
          letter == '-' ? std::string(option) : std::string("-") + letter + "/" + std::string(option);
      refuse(program_,
             "argument " + both + ": ignored explicit argument " + _repr(_text_value(argument.substr(equals + 1))));
    }
    if (letter != '-') flag(letter);
  }

  void cluster(const std::string& argument) {
    for (std::size_t i = 1; i < argument.size(); ++i) {
      if (argument[i] == 'k') {
        const std::string rest = argument.substr(i + 1);
        pattern(rest.empty() ? next("-k") : rest);
        return;
      }
      if (!std::strchr("hvqfcb", argument[i])) {
        unknown_ += (unknown_.empty() ? "" : " ") + argument;
        return;
      }
      flag(argument[i]);
    }
  }

  void flag(char letter) {
    MainOptions& options = asked_.options;
    if (letter == 'h') {
      print(usage(program_) + kHelp + examples(program_) + kGtestHint);
      throw SystemExit(0);
    }
    if (letter == 'v' || letter == 'q') options.verbosity = letter == 'v' ? 2 : 0;
    if (letter == 'f') options.failfast = true;
    if (letter == 'c') options.catchbreak = true;
    if (letter == 'b') options.buffer = true;
  }

  std::string next(const std::string& option) {
    if (at_ + 1 >= arguments_.size() || (arguments_[at_ + 1].size() > 1 && arguments_[at_ + 1][0] == '-'))
      refuse(program_, "argument " + option + ": expected one argument");
    return arguments_[++at_];
  }
  void durations(const std::string& text) {
    int number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
      refuse(program_, "argument --durations: invalid int value: " + _repr(_text_value(text)));
    asked_.options.durations = number;
  }
  void pattern(const std::string& text) {
    asked_.patterns.push_back(text.find('*') == std::string::npos ? "*" + text + "*" : text);
  }

  std::vector<std::string> arguments_;
  std::string program_, unknown_;
  std::size_t at_ = 0;
  bool only_names_ = false;
  Asked asked_;
};

// --- loading ---

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

void load(TestSuite& suite, _Class& known, const _Method& method) { suite.addTest(known.instance(method)); }

void load(TestSuite& suite, _Class& known, const std::vector<std::string>& patterns) {
  std::vector<const _Method*> methods = known.runnable_tests();
  std::ranges::sort(methods, [](const _Method* a, const _Method* b) { return std::string_view(a->name) < b->name; });
  for (const _Method* method : methods) {
    const std::string name = known.qualified_name() + "." + method->name;
    const bool wanted = patterns.empty() || std::ranges::any_of(patterns, [&](const std::string& pattern) {
                          return ::fnmatch(pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0;
                        });
    if (wanted) load(suite, known, *method);
  }
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

void load_name(TestSuite& suite, const std::string& asked, const std::vector<std::string>& patterns) {
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
        if (each->module() == module) load(suite, *each, patterns);
      }
      return;
    }
  }
  const std::size_t dot = name.rfind('.');
  for (_Class* each : classes) {
    const bool here = each->module() == module || module == "__main__";
    if (here && name == each->name) return load(suite, *each, patterns);
    if (!here || dot == std::string::npos || name.substr(0, dot) != each->name) continue;
    const std::string test = name.substr(dot + 1);
    if (const _Method* method = each->find(test); method && (each->make || method->make))
      return load(suite, *each, *method);
    suite.addTest(
        FailedTest::make(test, "type object '" + std::string(each->name) + "' has no attribute '" + test + "'"));
    return;
  }
  const std::string head = name.substr(0, name.find('.'));
  suite.addTest(FailedTest::make(head, "module '" + module + "' has no attribute '" + head + "'"));
}

// --- Ctrl-C with -c: the first lets the running test end, the second is the system's ---

volatile std::sig_atomic_t interrupted = 0;
void note_interrupt(int) {
  interrupted = 1;
  std::signal(SIGINT, SIG_DFL);
}
class StoppableResult final : public TextTestResult {
 public:
  using TextTestResult::TextTestResult;
  void stopTest(const TestLike& test) override {
    TextTestResult::stopTest(test);
    if (interrupted) stop();
  }
};

}  // namespace

int main(int argc, char** argv, const MainOptions& options, std::source_location at) {
  _set_main_file(at.file_name());
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]).starts_with("--gtest_")) return _run_gtest(argc, argv);
  }
  Asked asked;
  try {
    asked = CommandLine(argc, argv, options).parse();
  } catch (const SystemExit& exit) {
    return exit.code;
  }
  TestSuite suite;
  if (asked.names.empty()) asked.names = options.defaultTest;
  for (const std::string& name : asked.names) load_name(suite, name, asked.patterns);
  if (asked.names.empty()) {
    for (_Class* each : sorted_classes()) load(suite, *each, asked.patterns);
  }
  StoppableResult result(asked.options.verbosity);
  result.failfast = asked.options.failfast;
  result.buffer = asked.options.buffer;
  if (asked.options.catchbreak) std::signal(SIGINT, note_interrupt);
  _run_and_report(std::move(suite), result, asked.options.verbosity, asked.options.durations);
  if (const int plain = _plain_gtest_tests(); plain > 0)
    result.writeln(std::to_string(plain) + " tests of GoogleTest's own were not run: --gtest_filter='*' runs all");
  if (!result.wasSuccessful()) return 1;
  return result.testsRun == 0 && result.skipped.empty() ? 5 : 0;
}

}  // namespace krait::unittest
