#pragma once
// Child processes: create_subprocess_exec, create_subprocess_shell, Process.
//
//   using namespace asyncio::subprocess;
//   auto process = co_await asyncio::create_subprocess_exec("sort", {"-r"}, {.stdin_ = PIPE, .stdout_ = PIPE});
//   auto [out, err] = co_await process.communicate("a\nb\n");        // "b\na\n", ""
//   int code = *process.returncode();                                // 0; -9 when signal 9 ended it
//
// The loop sees the end of a child by itself and reaps it: none is left as a zombie, and SIGCHLD stays the program's.
// Python: asyncio.subprocess

#include <map>

#include "krait/asyncio/streams.h"

namespace krait::asyncio {

class _Child;
class _Pipe;

namespace subprocess {

// What stdin_, stdout_ and stderr_ take, beside a descriptor, which stays the caller's. Python: subprocess.PIPE, …
inline constexpr int PIPE = -1;
inline constexpr int STDOUT = -2;  // stderr_ only: to where stdout goes
inline constexpr int DEVNULL = -3;

// What a child has written. Departs from Python: what was not PIPE is "", not None.
struct Output {
  std::string stdout_, stderr_;
};

// A handle of a child; wait() and communicate() hold it too. When the last one is dropped while the child runs, the child
// is killed and a ResourceWarning goes to the loop's exception handler: a child that is to outlive its handle must be
// waited for. Departs from Python, where an unheld child runs on until its loop is closed, and is killed then.
// Python: asyncio.subprocess.Process
class Process {
 public:
  // `input` is what stdin_ will stand on.
  Process(std::shared_ptr<_Child> child, std::shared_ptr<_Pipe> input, bool kill_on_cancel) noexcept
      : child_(std::move(child)), input_(std::move(input)), kill_on_cancel_(kill_on_cancel) {}
  Process(Process&&) = default;
  Process& operator=(Process&&) = default;

  pid_t pid() const noexcept;
  // None while the child runs; minus the number of the signal that ended it. Python: process.returncode
  std::optional<int> returncode() const noexcept;
  // Waits for the end and gives the return code. Any number of tasks may wait; a cancelled wait leaves the child running,
  // unless .kill_on_cancel. With PIPE, somebody must read meanwhile, or the child may never end: communicate() does.
  // Departs from CPython 3.13, as 3.14 does: waits for the child only, not for the ends of its pipes, which a
  // grandchild may keep open. Python: await process.wait()
  Coroutine<int> wait() const;
  // Writes `input` to stdin and closes it, reads stdout and stderr to their ends, all at once, then waits for the end.
  // A child that does not read its input is no error. What a cancelled call has read stays with the readers.
  // Python: await process.communicate(input=None)
  Coroutine<Output> communicate(std::string input = {}) const;
  // Throw ProcessLookupError when the child has ended. Python: process.send_signal(signal), terminate(), kill()
  void send_signal(int signal) const;
  void terminate() const;
  void kill() const;
  // "<Process 4711>". Python: repr(process)
  std::string repr() const;

  // Null unless PIPE. Named with an underscore for C's macros. Python: process.stdin, stdout, stderr
  std::shared_ptr<StreamWriter> stdin_;
  std::shared_ptr<StreamReader> stdout_, stderr_;

 private:
  std::shared_ptr<_Child> child_;
  std::shared_ptr<_Pipe> input_;
  bool kill_on_cancel_;
};

}  // namespace subprocess

using subprocess::Process;

struct SubprocessOptions {
  std::optional<int> stdin_ = std::nullopt;  // None: the parent's; PIPE, DEVNULL or a descriptor
  std::optional<int> stdout_ = std::nullopt;
  std::optional<int> stderr_ = std::nullopt;  // or STDOUT
  std::optional<std::string> cwd = std::nullopt;
  std::optional<std::map<std::string, std::string>> env = std::nullopt;  // instead of the parent's, not beside it
  std::size_t limit = kStreamLimit;                                      // of stdout_ and stderr_
  bool start_new_session = false;
  std::optional<int> process_group = std::nullopt;  // 0: one of its own
  std::vector<int> pass_fds{};                      // descriptors that the child keeps, under their numbers
  bool close_fds = true;                            // all others beyond 2 are closed in the child
  // Signals that are blocked or ignored here are neither in the child. Departs from Python, which restores only the three
  // that it ignores itself, and none that is blocked.
  bool restore_signals = true;
  // A wait() or communicate() that is cancelled kills the child and waits for its end before it throws CancelledError. For
  // a child whose result nobody wants after that, such as the one of a request whose client has gone: in Python it runs
  // on. Only the child: what it has started itself must look after itself.
  bool kill_on_cancel = false;
};

// Runs `program`, a path or a name to look for in PATH. Throws FileNotFoundError "[Errno 2] No such file or directory:
// 'program'" (the name is the folder's when that is .cwd), PermissionError and other OSErrors; ValueError for a NUL.
// Python: await asyncio.create_subprocess_exec(program, *args, stdin=None, …)
Coroutine<Process> create_subprocess_exec(std::string program, std::vector<std::string> args = {},
                                          SubprocessOptions options = {});
// Runs a command line in /bin/sh. Quote what comes from outside, or use create_subprocess_exec.
// Python: await asyncio.create_subprocess_shell(cmd, stdin=None, …)
Coroutine<Process> create_subprocess_shell(std::string command, SubprocessOptions options = {});

}  // namespace krait::asyncio
