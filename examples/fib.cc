// Prints a Fibonacci number of any size. Run: build/examples/fib 100 (-h says what else)
#include <krait/argparse.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdio>

using namespace krait;
using boost::multiprecision::cpp_int;

constexpr int kMost = 100'000;

// fib(n), by doubling: fib(2k) = f(k) (2 f(k+1) - f(k)), fib(2k+1) = f(k)² + f(k+1)²
cpp_int fib(int n) {
  cpp_int a = 0, b = 1;  // f(k), f(k + 1), where k is the bits of n read so far
  for (int bit = 30; bit >= 0; --bit) {
    const cpp_int twice = a * (2 * b - a), next = a * a + b * b;
    const bool odd = n > 0 && (n >> bit & 1);
    a = odd ? next : twice;
    b = odd ? cpp_int(twice + next) : next;
  }
  return a;
}

int main(int argc, char** argv) {
  argparse::ArgumentParser parser;
  auto& group = parser.add_mutually_exclusive_group();
  group.add_argument("-v", "--verbose", {.action = "store_true"});
  group.add_argument("-q", "--quite", {.action = "store_true"});
  group.add_argument("--quiet", {.action = "store_true", .help = argparse::SUPPRESS, .dest = "quite"});
  parser.add_argument("num", {.type = argparse::int_, .help = "The fibonacci number you wish to calculate."});
  parser.add_argument("-o", "--output", {.action = "store_true", .help = "Output result to a file"});
  const argparse::Namespace args = parser.parse_args(argc, argv);

  const std::string digits = args["num"].digits();
  const bool negative = digits.starts_with('-');
  if (!negative && cpp_int(digits) > kMost) {
    parser.error("argument num: " + digits + " is too large: the most is " + std::to_string(kMost));
  }
  const std::string result = negative ? "0" : fib(args.get<int>("num")).str();
  if (args.get<bool>("verbose")) {
    std::printf("The %sth fib number is %s\n", digits.c_str(), result.c_str());
  } else if (args.get<bool>("quite")) {
    std::printf("%s\n", result.c_str());
  } else {
    std::printf("fib(%s) =%s\n", digits.c_str(), result.c_str());
  }

  if (!args.get<bool>("output")) return 0;
  std::FILE* file = std::fopen("fib.txt", "a");
  if (!file) raise_os_error(errno, "", "fib.txt");
  std::fprintf(file, "%s\n", result.c_str());
  if (std::fclose(file) != 0) raise_os_error(errno, "", "fib.txt");
  return 0;
}
