#include "krait/unittest/main.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "krait/builtins/print.h"
#include "krait/unittest/_gtest.h"
#include "krait/unittest/loader.h"
#include "krait/unittest/runner.h"

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
  void pattern(const std::string& text) { asked_.patterns.push_back(text); }

  std::vector<std::string> arguments_;
  std::string program_, unknown_;
  std::size_t at_ = 0;
  bool only_names_ = false;
  Asked asked_;
};

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
  if (asked.names.empty()) asked.names = options.defaultTest;
  TestLoader loader{.testNamePatterns = std::move(asked.patterns)};
  TestSuite suite = asked.names.empty() ? loader.loadTests() : loader.loadTestsFromNames(asked.names);
  StoppableResult result(asked.options.verbosity);
  if (asked.options.catchbreak) std::signal(SIGINT, note_interrupt);
  TextTestRunner({.verbosity = asked.options.verbosity,
                  .failfast = asked.options.failfast,
                  .buffer = asked.options.buffer,
                  .durations = asked.options.durations})
      .run(std::move(suite), result);
  if (const int plain = _plain_gtest_tests(); plain > 0)
    result.writeln(std::to_string(plain) + " tests of GoogleTest's own were not run: --gtest_filter='*' runs all");
  if (!result.wasSuccessful()) return 1;
  return result.testsRun == 0 && result.skipped.empty() ? 5 : 0;
}

}  // namespace krait::unittest
