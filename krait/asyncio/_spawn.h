#pragma once
// Starts a program in a child process. Python: subprocess.Popen._execute_child, _posixsubprocess.fork_exec

#include <sys/types.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace krait::asyncio {

struct _SpawnOptions {
  std::vector<std::string> args;         // args[0] is the program: a path, or a name to look for in PATH
  std::array<int, 3> stdio{-1, -1, -1};  // the child's 0, 1 and 2; -1: what the parent has
  std::optional<std::string> cwd;
  std::optional<std::map<std::string, std::string>> env;  // instead of the parent's
  bool close_fds = true;
  std::vector<int> pass_fds;
  bool restore_signals = true;
  bool start_new_session = false;
  std::optional<int> process_group;
};

// The child's pid, once the program runs in it. Throws ValueError for a text with a NUL, and the OSError with which the
// program could not be run: FileNotFoundError "[Errno 2] No such file or directory: 'name'".
// Whoever calls must reap the child.
pid_t _spawn(const _SpawnOptions& options);

}  // namespace krait::asyncio
