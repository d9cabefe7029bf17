#include "krait/cli/command.h"

#include <charconv>

#include "krait/builtins/exceptions.h"
#include "krait/cli/ps.h"
#include "krait/cli/pstree.h"

namespace krait::cli {

namespace {

constexpr const char* kHelp = R"(usage: krait COMMAND ...

  krait ps PID        the asyncio tasks of a live process: what each waits on, where, for how long
  krait pstree PID    the same as a tree of who waits for whom
  krait --version

`krait COMMAND --help` tells more.
)";

constexpr const char* kPsHelp = R"(usage: krait ps [-v] [--json] PID

Lists the asyncio tasks of a live process and of its children: what each waits on, for how long, and the file and line of the
innermost await in your code. The process needs no preparation; it is neither stopped nor slowed down, and may be blocked.

  -v, --verbose   also the awaits that each task stands at, outermost first
  --json          for programs

STATE is waiting, ready (its next step is due), running, or changing (it ran while it was read). Exit status: 0; 1 when the
process cannot be shown; 2 for a wrong command line. Other users' processes take root, and so do one's own where
kernel.yama.ptrace_scope is 1 or more.
)";

constexpr const char* kPstreeHelp = R"(usage: krait pstree [--json] PID

Shows the asyncio tasks of a live process and of its children as trees of who waits for whom, with the awaits that each
stands at. The roots are the tasks that no other task waits for; tasks that wait for each other are named as a cycle.

  --json          for programs

Exit status and permissions are as in `krait ps --help`.
)";

struct Options {
  pid_t pid = 0;
  bool json = false, verbose = false, help = false;
};

// Throws ValueError.
Options parse(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "-h" || argument == "--help") {
      options.help = true;
    } else if (argument == "--json") {
      options.json = true;
    } else if ((argument == "-v" || argument == "--verbose") && arguments[0] == "ps") {
      options.verbose = true;
    } else if (argument.starts_with('-')) {
      throw ValueError("unrecognized argument: " + argument);
    } else if (options.pid) {
      throw ValueError("one process at a time: " + argument + " is too much");
    } else {
      const char* end = argument.data() + argument.size();
      const auto [stopped, error] = std::from_chars(argument.data(), end, options.pid);
      if (error != std::errc() || stopped != end || options.pid <= 0)
        throw ValueError("not a process id: '" + argument + "'");
    }
  }
  if (!options.pid && !options.help) throw ValueError("which process? give its id");
  return options;
}

int show(const Options& options, bool tree, std::string& out, std::string& err) {
  const Family family = look_at_family(options.pid);
  if (tree) {
    out += options.json ? pstree_json(family) : pstree_text(family);
  } else {
    out += options.json ? ps_json(family) : ps_text(family, options.verbose);
  }
  for (const std::string& note : family.notes) err += "krait: " + note + "\n";
  return 0;
}

}  // namespace

int command(const std::vector<std::string>& arguments, std::string& out, std::string& err) {
  const std::string name = arguments.empty() ? "" : arguments[0];
  if (name == "-h" || name == "--help" || name == "help") {
    out += kHelp;
    return 0;
  }
  if (name == "--version") {
    out += "krait " KRAIT_VERSION "\n";
    return 0;
  }
  const bool tree = name == "pstree";
  if (!tree && name != "ps") {
    err += kHelp;
    if (!name.empty()) err += "krait: there is no command '" + name + "'\n";
    return 2;
  }
  try {
    const Options options = parse(arguments);
    if (options.help) {
      out += tree ? kPstreeHelp : kPsHelp;
      return 0;
    }
    return show(options, tree, out, err);
  } catch (const ValueError& error) {
    err += "krait " + name + ": " + error.what() + "\n";
    err += tree ? "usage: krait pstree [--json] PID\n" : "usage: krait ps [-v] [--json] PID\n";
    return 2;
  } catch (const Exception& error) {
    err += "krait " + name + ": " + error.what() + "\n";
    return 1;
  }
}

}  // namespace krait::cli
