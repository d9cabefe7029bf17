#include "krait/argparse/parser.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "krait/argparse.h"

namespace krait::argparse {
namespace {

// What a parser printed, and how it ended.
struct Ended {
  int code = -1;
  std::string out, err;
};
class Printing final : public ArgumentParser {
 public:
  using ArgumentParser::ArgumentParser;
  Ended ended;
  void _print_message(std::string_view message, std::FILE* file) override {
    (file == stderr ? ended.err : ended.out).append(message);
  }
  Ended run(std::vector<std::string> args) {
    try {
      parse_args(std::move(args));
    } catch (const SystemExit& exit) {
      ended.code = exit.code;
    }
    return ended;
  }
};
constexpr FormatterClass kWide = HelpFormatter.with({.width = 78});

Printing fib() {
  Printing parser({.prog = "fib.py", .formatter_class = kWide});
  auto& group = parser.add_mutually_exclusive_group();
  group.add_argument("-v", "--verbose", {.action = "store_true"});
  group.add_argument("-q", "--quite", {.action = "store_true"});
  parser.add_argument("num", {.type = int_, .help = "The fibonacci number you wish to calculate."});
  return parser;
}

TEST(ArgumentParser, prints_usage_and_error_to_stderr_and_exits_with_2) {
  const Ended ended = fib().run({"-v", "-q", "10"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(ended.err,
            "usage: fib.py [-h] [-v | -q] num\n"
            "fib.py: error: argument -q/--quite: not allowed with argument -v/--verbose\n");
}

TEST(ArgumentParser, prints_help_to_stdout_and_exits_with_0) {
  const Ended ended = fib().run({"-h"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.err, "");
  EXPECT_EQ(ended.out,
            "usage: fib.py [-h] [-v | -q] num\n\npositional arguments:\n"
            "  num            The fibonacci number you wish to calculate.\n\noptions:\n"
            "  -h, --help     show this help message and exit\n  -v, --verbose\n  -q, --quite\n");
}

TEST(ArgumentParser, names_what_is_wrong_with_a_value) {
  EXPECT_TRUE(fib().run({"x"}).err.ends_with("error: argument num: invalid int value: 'x'\n"));
  EXPECT_TRUE(fib().run({"--verbose=1", "10"}).err.ends_with("-v/--verbose: ignored explicit argument '1'\n"));
  EXPECT_TRUE(fib().run({"10", "20"}).err.ends_with("error: unrecognized arguments: 20\n"));
  EXPECT_TRUE(fib().run({}).err.ends_with("error: the following arguments are required: num\n"));
}

TEST(ArgumentParser, takes_negative_numbers_prefixes_and_clusters) {
  EXPECT_EQ(fib().parse_args({"-3"}).get<int>("num"), -3);
  EXPECT_TRUE(fib().parse_args({"--verb", "1"}).get<bool>("verbose"));
  ArgumentParser parser({.prog = "prog"});
  parser.add_argument("-a", {.action = "count"});
  parser.add_argument("-b", {.type = int_});
  EXPECT_EQ(repr(parser.parse_args({"-aab5"})), "Namespace(a=2, b=5)");
}

TEST(ArgumentParser, an_uncaught_exit_ends_the_program_with_its_code) {
  EXPECT_EXIT([]() noexcept { ArgumentParser({.prog = "p"}).parse_args({"x"}); }(), testing::ExitedWithCode(2),
              "p: error: unrecognized arguments: x");
}

TEST(ArgumentParser, without_exit_on_error_throws_argument_error) {
  ArgumentParser parser({.prog = "prog", .exit_on_error = false});
  parser.add_argument("--num", {.type = int_});
  try {
    parser.parse_args({"--num", "x"});
    FAIL();
  } catch (const ArgumentError& error) {
    EXPECT_EQ(error.argument_name(), "--num");
    EXPECT_EQ(error.message(), "invalid int value: 'x'");
  }
}

struct Options {
  int num = 0;
  bool verbose = false;
  std::string name = "unset";
  std::vector<double> rates;
};

TEST(ArgumentParser, fills_the_members_of_a_struct) {
  ArgumentParser parser({.prog = "prog"});
  parser.add_argument("num").into(&Options::num);
  parser.add_argument("-v", {.action = "store_true"}).into(&Options::verbose);
  parser.add_argument("--name").into(&Options::name);
  parser.add_argument("--rates", {.nargs = "*"}).into(&Options::rates);
  const auto options = parser.parse_args<Options>({"7", "-v", "--rates", "1", ".5"});
  EXPECT_EQ(options.num, 7);
  EXPECT_TRUE(options.verbose);
  EXPECT_EQ(options.name, "unset");
  EXPECT_EQ(options.rates, (std::vector<double>{1, .5}));
}

TEST(ArgumentParser, writes_to_references) {
  int num = 0;
  std::optional<std::string> name;
  ArgumentParser parser({.prog = "prog"});
  parser.add_argument("num").into(num);
  parser.add_argument("--name").into(name);
  parser.parse_args({"7"});
  EXPECT_EQ(num, 7);
  EXPECT_EQ(name, std::nullopt);
  parser.parse_args({"8", "--name", "x"});
  EXPECT_EQ(name, "x");
}

TEST(ArgumentParser, an_int_that_its_place_cannot_hold_is_the_users_mistake) {
  std::uint16_t port = 0;
  Printing parser({.prog = "prog", .formatter_class = kWide});
  parser.add_argument("--port").into(port);
  const Ended ended = parser.run({"--port", "70000"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(ended.err.ends_with("error: argument --port: 70000 is not between 0 and 65535\n"));
}

TEST(ArgumentParser, appending_a_hundred_thousand_times_is_no_square) {
  ArgumentParser parser({.prog = "prog"});
  parser.add_argument("-n", {.action = "append", .default_ = Value::List{"d"}});
  const Namespace args = parser.parse_args(std::vector<std::string>(100'000, "-nx"));
  EXPECT_EQ(args["n"].as_list().size(), 100'001u);
  EXPECT_EQ(parser.get_default("n"), Value(Value::List{"d"}));
}

TEST(ArgumentParser, a_users_type_names_itself_in_the_error) {
  Printing parser({.prog = "prog", .formatter_class = kWide});
  parser.add_argument("--even", {.type = {"even", [](std::string_view text) {
                                            const int number = std::stoi(std::string(text));
                                            if (number % 2) throw ArgumentTypeError("it is odd");
                                            return number;
                                          }}});
  EXPECT_EQ(parser.parse_args({"--even", "4"}).get<int>("even"), 4);
  EXPECT_TRUE(parser.run({"--even", "3"}).err.ends_with("error: argument --even: it is odd\n"));
  EXPECT_TRUE(parser.run({"--even", "x"}).err.ends_with("error: argument --even: invalid even value: 'x'\n"));
}

TEST(ArgumentParser, a_users_action_gets_the_values) {
  ArgumentParser parser({.prog = "prog"});
  parser.add_argument("--swap", {.action =
                                     [](ArgumentParser&, Namespace& space, const Value& values, std::string_view) {
                                       space.set("swapped", Value::List{values.as_list()[1], values.as_list()[0]});
                                     },
                                 .nargs = 2,
                                 .default_ = SUPPRESS});
  EXPECT_EQ(repr(parser.parse_args({"--swap", "a", "b"})), "Namespace(swapped=['b', 'a'])");
}

TEST(ArgumentParser, reads_words_from_a_file) {
  char name[] = "/tmp/krait-argparse-XXXXXX";
  close(mkstemp(name));
  std::ofstream(name) << "--num\n5";
  Printing parser({.prog = "prog", .formatter_class = kWide, .fromfile_prefix_chars = "@"});
  parser.add_argument("--num", {.type = int_});
  EXPECT_EQ(parser.parse_args({std::string("@") + name}).get<int>("num"), 5);
  std::ofstream(name) << "@" << name;
  EXPECT_THROW(parser.parse_args({std::string("@") + name}), RecursionError);
  unlink(name);
  EXPECT_TRUE(parser.run({"@/none"}).err.ends_with("error: [Errno 2] No such file or directory: '/none'\n"));
}

TEST(ArgumentParser, inherits_from_its_parents) {
  ArgumentParser base({.prog = "base", .add_help = false});
  base.add_argument("--level", {.default_ = 1, .type = int_});
  ArgumentParser parser({.prog = "prog", .parents = {&base}});
  EXPECT_EQ(parser.parse_args({"--level", "3"}).get<int>("level"), 3);
}

TEST(ArgumentParser, positionals_may_stand_between_optionals) {
  ArgumentParser parser({.prog = "prog"});
  parser.add_argument("--foo");
  parser.add_argument("rest", {.nargs = "*", .type = int_});
  EXPECT_EQ(repr(parser.parse_intermixed_args({"1", "--foo", "x", "2"})), "Namespace(foo='x', rest=[1, 2])");
}

TEST(ArgumentParser, can_be_moved_with_its_groups) {
  ArgumentParser first({.prog = "prog"});
  auto& group = first.add_argument_group("group");
  ArgumentParser second = std::move(first);
  group.add_argument("--foo");
  EXPECT_EQ(repr(second.parse_args({"--foo", "x"})), "Namespace(foo='x')");
}

TEST(ArgumentParser, thousands_of_words_are_read_in_no_time) {
  ArgumentParser parser({.prog = "prog"});
  parser.add_argument("a", {.nargs = "*"});
  parser.add_argument("b", {.nargs = "+"});
  parser.add_argument("c", {.nargs = 3});
  const Namespace args = parser.parse_args(std::vector<std::string>(100'000, "x"));
  EXPECT_EQ(args["a"].as_list().size(), 100'000u - 4);
}

}  // namespace
}  // namespace krait::argparse
