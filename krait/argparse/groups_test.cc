#include "krait/argparse/groups.h"

#include <gtest/gtest.h>

#include "krait/argparse.h"

namespace krait::argparse {
namespace {

template <class E, class F>
std::string thrown(F body) {
  try {
    body();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(ArgparseGroups, a_conflicting_option_is_the_authors_mistake) {
  ArgumentParser parser({.prog = "prog"});
  parser.add_argument("-f");
  EXPECT_EQ(thrown<ArgumentError>([&] { parser.add_argument("-f"); }), "argument -f: conflicting option string: -f");
}

TEST(ArgparseGroups, resolve_takes_the_option_from_the_earlier_argument) {
  ArgumentParser parser({.prog = "prog", .conflict_handler = "resolve"});
  parser.add_argument("-f", "--foo", {.dest = "old"});
  parser.add_argument("-f", {.dest = "new"});
  const Namespace args = parser.parse_args({"-f", "1", "--foo", "2"});
  EXPECT_EQ(args.get<std::string>("new"), "1");
  EXPECT_EQ(args.get<std::string>("old"), "2");
}

TEST(ArgparseGroups, keywords_that_an_action_does_not_take_are_type_errors) {
  ArgumentParser parser({.prog = "prog"});
  EXPECT_EQ(thrown<TypeError>([&] { parser.add_argument("-v", {.action = "store_true", .nargs = "?"}); }),
            "_StoreTrueAction.__init__() got an unexpected keyword argument 'nargs'");
  EXPECT_EQ(thrown<ValueError>([&] { parser.add_argument("-v", {.action = "sotre"}); }), "unknown action \"sotre\"");
  EXPECT_EQ(thrown<TypeError>([&] { parser.add_argument("v", {.required = false}); }),
            "'required' is an invalid argument for positionals");
  EXPECT_EQ(thrown<ValueError>([&] { parser.add_argument("-v", {.nargs = 2, .metavar = {"A", "B", "C"}}); }),
            "length of metavar tuple does not match nargs");
}

TEST(ArgparseGroups, exclusive_arguments_must_be_optional) {
  ArgumentParser parser({.prog = "prog"});
  auto& group = parser.add_mutually_exclusive_group();
  EXPECT_EQ(thrown<ValueError>([&] { group.add_argument("num"); }), "mutually exclusive arguments must be optional");
}

TEST(ArgparseGroups, defaults_may_be_set_and_asked_for) {
  ArgumentParser parser({.prog = "prog"});
  parser.add_argument("--foo", {.default_ = 1});
  parser.set_defaults({{"foo", 2}, {"bar", "x"}});
  EXPECT_EQ(parser.get_default("foo"), Value(2));
  EXPECT_EQ(parser.get_default("none"), Value());
  EXPECT_EQ(repr(parser.parse_args({})), "Namespace(foo=2, bar='x')");
}

TEST(ArgparseGroups, a_titled_group_has_its_heading_in_the_help) {
  ArgumentParser parser({.prog = "prog", .formatter_class = HelpFormatter.with({.width = 78}), .add_help = false});
  parser.add_argument_group("paths", "where things are").add_argument("--root", {.help = "the root"});
  EXPECT_EQ(parser.format_help(),
            "usage: prog [--root ROOT]\n\npaths:\n  where things are\n\n  --root ROOT  the root\n");
}

}  // namespace
}  // namespace krait::argparse
