#include "krait/argparse/subparsers.h"

#include <gtest/gtest.h>

#include "krait/argparse.h"

namespace krait::argparse {
namespace {

TEST(ArgparseSubparsers, a_command_has_arguments_of_its_own) {
  ArgumentParser parser({.prog = "git"});
  auto& commands = parser.add_subparsers({.dest = "command", .required = true});
  commands.add_parser("add", {.aliases = {"a"}}).add_argument("files", {.nargs = "+"});
  commands.add_parser("commit");
  const Namespace args = parser.parse_args({"a", "x", "y"});
  EXPECT_EQ(repr(args), "Namespace(command='a', files=['x', 'y'])");
}

TEST(ArgparseSubparsers, a_commands_usage_begins_with_its_parsers) {
  ArgumentParser parser({.prog = "git"});
  parser.add_argument("where");
  ArgumentParser& add = parser.add_subparsers().add_parser("add");
  EXPECT_EQ(add.prog(), "git where add");
}

TEST(ArgparseSubparsers, a_name_twice_is_the_authors_mistake) {
  ArgumentParser parser({.prog = "git"});
  auto& commands = parser.add_subparsers({.dest = "command"});
  commands.add_parser("add");
  EXPECT_THROW(commands.add_parser("add"), ArgumentError);
  EXPECT_THROW(commands.add_parser("new", {.aliases = {"add"}}), ArgumentError);
  EXPECT_THROW(parser.add_subparsers(), ArgumentError);
}

TEST(ArgparseSubparsers, what_a_command_does_not_know_is_left_over) {
  ArgumentParser parser({.prog = "git"});
  parser.add_subparsers({.dest = "command"}).add_parser("add");
  const auto [args, left] = parser.parse_known_args({"add", "--what", "x"});
  EXPECT_EQ(left, (std::vector<std::string>{"--what", "x"}));
  EXPECT_EQ(repr(args), "Namespace(command='add')");
}

}  // namespace
}  // namespace krait::argparse
