// Words, separated by NUL, for a parser that has something of everything, and the same again as the lines of a file: reading them ends
// in a namespace or in an exit, never otherwise, and twice in the same.

#include "krait/argparse.h"

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace {

using namespace krait;
using namespace krait::argparse;

std::string printed;

class Quiet final : public ArgumentParser {
 public:
  using ArgumentParser::ArgumentParser;
  void _print_message(std::string_view message, std::FILE*) override { printed.append(message); }
};

void add_arguments(ArgumentParser& parser) {
  parser.add_argument("first", {.nargs = "?", .default_ = "1", .type = int_});
  parser.add_argument("-n", "--number", {.action = "append", .type = int_, .help = "a number, %(default)s by default"});
  parser.add_argument("-f", "--float", {.nargs = "*", .type = float_, .metavar = {"A", "B"}});
  parser.add_argument("--pair", {.nargs = 2, .choices = std::vector<Value>{"a", "b"}});
  parser.add_argument("--rest", {.nargs = "..."});
  parser.add_argument("-c", {.action = "count", .deprecated = true});
  parser.add_argument("--größe", {.action = "extend", .nargs = "+"});
  parser.add_argument("--flag", {.action = BooleanOptionalAction});
  parser.add_argument("--version", {.action = "version", .version = "%(prog)s 1"});
  auto& group = parser.add_mutually_exclusive_group();
  group.add_argument("-v", "--verbose", {.action = "store_true"});
  group.add_argument("-q", "--quiet", {.action = "store_const", .const_ = 5});
}

Quiet make() {
  Quiet parser({.prog = "fuzz", .description = "reads anything", .fromfile_prefix_chars = "@"});
  add_arguments(parser);
  auto& commands = parser.add_subparsers({.dest = "command"});
  ArgumentParser& add = commands.add_parser<Quiet>("add", {.aliases = {"a"}, .help = "add"});
  add.add_argument("files", {.nargs = "+"});
  add.add_argument("-x", {.required = true});
  add_arguments(commands.add_parser<Quiet>("more", {.deprecated = true}));
  return parser;
}

// Everything that can be seen of a reading.
std::string read(const std::vector<std::string>& words, bool known) {
  printed.clear();
  static Quiet parser = make();  // which no reading may change
  try {
    if (!known) return repr(parser.parse_args(words)) + printed;
    const auto [space, left] = parser.parse_known_args(words);
    return repr(space) + repr(Value(left)) + printed;
  } catch (const SystemExit& exit) {
    return std::to_string(exit.code) + printed;
  } catch (const RecursionError&) {
    return "recursion";
  }
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\0', at), text.size());
    words.emplace_back(text.substr(at, end - at));
    std::string& word = words.back();  // no file of this machine is to be read
    if (word.starts_with('@')) word.insert(1, "/nowhere/");
    for (std::size_t i = 1; i < word.size(); ++i) word[i] = word[i] == '@' ? '#' : word[i];
    at = end + 1;
  }
  return words;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string kFile = "/tmp/krait-fuzz-argparse-" + std::to_string(getpid());
  setenv("COLUMNS", size % 2 ? "80" : "20", 1);
  const std::vector<std::string> words = split({reinterpret_cast<const char*>(data), size});
  for (const bool known : {false, true}) {
    if (read(words, known) != read(words, known)) std::abort();
  }
  {
    std::ofstream file(kFile, std::ios::binary);
    for (const std::string& word : words) file << word << '\n';
  }
  read({"@" + kFile}, true);
  unlink(kFile.c_str());
  return 0;
}
