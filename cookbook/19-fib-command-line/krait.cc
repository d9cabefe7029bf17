// A command line: fib. Run: ./dev cookbook 19
//
// `args["num"].digits()` has all digits of an int, however many; `args.get<int>("num")` would refuse one that an int does not hold. A
// parser throws SystemExit after it has printed: here it is caught to show the status; examples/fib.cc lets it leave main().
// What a parser prints goes through `_print_message`, as in Python, so that errors can be shown among the output.
#include <krait/argparse.h>
#include <krait/builtins.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdlib>
#include <string>
#include <vector>

using namespace krait;
using boost::multiprecision::cpp_int;

constexpr int kMost = 100'000;

cpp_int fib(int n) {
  cpp_int a = 0, b = 1;
  for (int i = 0; i < n; ++i) {
    a.swap(b);
    b += a;
  }
  return a;
}

class Parser : public argparse::ArgumentParser {
 public:
  using ArgumentParser::ArgumentParser;
  void _print_message(std::string_view message, std::FILE*) override {
    ArgumentParser::_print_message(message, stdout);
  }
};

void run(const std::vector<std::string>& argv) {
  Parser parser({.prog = "fib"});
  auto& group = parser.add_mutually_exclusive_group();
  group.add_argument("-v", "--verbose", {.action = "store_true"});
  group.add_argument("-q", "--quite", {.action = "store_true"});
  group.add_argument("--quiet", {.action = "store_true", .help = argparse::SUPPRESS, .dest = "quite"});

  parser.add_argument("num", {.type = argparse::int_, .help = "The fibonacci number you wish to calculate."});
  parser.add_argument("-o", "--output", {.action = "store_true", .help = "Output result to a file"});
  const argparse::Namespace args = parser.parse_args(argv);
  const std::string num = args["num"].digits();
  if (cpp_int(num) > kMost) {
    parser.error("argument num: " + num + " is too large: the most is " + std::to_string(kMost));
  }

  const std::string result = fib(args.get<int>("num")).str();
  if (args.get<bool>("verbose")) {
    print("The " + num + "th fib number is " + result);
  } else if (args.get<bool>("quite")) {
    print(result);
  } else {
    print("fib(" + num + ") =" + result);
  }
}

void show(const std::vector<std::string>& argv) {
  std::string line = "$ fib";
  for (const std::string& word : argv) line += " " + word;
  print(line);
  int code = 0;
  try {
    run(argv);
  } catch (const SystemExit& ended) {
    code = ended.code;
  }
  print("->", code);
}

int main() {
  setenv("COLUMNS", "80", 1);
  show({"10"});
  show({"10", "-v"});
  show({"100", "-q"});
  show({"1_000", "--quiet"});
  show({"-3"});
  show({"--", "-3"});
  show({"--verb", "10"});
  show({"-v", "-q", "10"});
  show({"-vq", "10"});
  show({});
  show({"x"});
  show({"0x10"});
  show({"10", "20"});
  show({"--verbose=1", "10"});
  show({"100001"});
}
