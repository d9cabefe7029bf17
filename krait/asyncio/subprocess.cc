#include "krait/asyncio/subprocess.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "krait/asyncio/_child.h"
#include "krait/asyncio/_pipe.h"
#include "krait/asyncio/_spawn.h"
#include "krait/asyncio/gather.h"

namespace krait::asyncio {

namespace subprocess {

namespace {

// Waits on `child`; when that is cancelled and the child is to go with it, kills it and waits for its end.
Coroutine<int> wait_or_kill(std::shared_ptr<_Child> child, bool kill_on_cancel) {
  std::exception_ptr cancelled;
  try {
    co_return co_await child->wait();
  } catch (const CancelledError&) {
    cancelled = std::current_exception();
  }
  if (kill_on_cancel && !child->returncode()) {
    child->send_signal(SIGKILL);
    co_await child->wait();
  }
  std::rethrow_exception(cancelled);
}

// Straight from `input`: a writer would copy first what the pipe does not take.
Coroutine<> send_all(std::shared_ptr<_Pipe> pipe, std::string input) {
  std::string_view rest = input;
  while (!rest.empty()) {
    ssize_t n = pipe->try_send(rest);
    if (n < 0) {
      co_await pipe->writable();
    } else {
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
  }
}

// What the child does not take is no error: it may have seen enough, or have ended.
Coroutine<> feed(std::shared_ptr<StreamWriter> writer, std::shared_ptr<_Pipe> pipe, std::string input) {
  if (!writer) co_return;
  try {
    if (!writer->is_closing() && pipe->is_open()) {
      co_await writer->drain();
      co_await send_all(std::move(pipe), std::move(input));
    }
  } catch (const BrokenPipeError&) {
  } catch (const ConnectionResetError&) {
  }
  writer->close();
}

Coroutine<std::string> read_all(std::shared_ptr<StreamReader> reader) {
  if (!reader) co_return "";
  co_return co_await reader->read();
}

}  // namespace

pid_t Process::pid() const noexcept { return child_->pid(); }
std::optional<int> Process::returncode() const noexcept { return child_->returncode(); }
void Process::send_signal(int signal) const { child_->send_signal(signal); }
void Process::terminate() const { send_signal(SIGTERM); }
void Process::kill() const { send_signal(SIGKILL); }
std::string Process::repr() const { return "<Process " + std::to_string(pid()) + ">"; }

Coroutine<int> Process::wait() const { return wait_or_kill(child_, kill_on_cancel_); }

namespace {

Coroutine<Output> talk(std::shared_ptr<_Child> child, Coroutine<> in, Coroutine<std::string> out,
                       Coroutine<std::string> err) {
  auto results = co_await gather(std::move(in), std::move(out), std::move(err));
  co_await child->wait();
  co_return Output{std::move(std::get<1>(results)), std::move(std::get<2>(results))};
}

Coroutine<Output> talk_or_kill(std::shared_ptr<_Child> child, Coroutine<Output> talking) {
  std::exception_ptr cancelled;
  try {
    co_return co_await std::move(talking);
  } catch (const CancelledError&) {
    cancelled = std::current_exception();
  }
  if (!child->returncode()) {
    child->send_signal(SIGKILL);
    co_await child->wait();
  }
  std::rethrow_exception(cancelled);
}

}  // namespace

Coroutine<Output> Process::communicate(std::string input) const {
  Coroutine<Output> talking =
      talk(child_, feed(stdin_, input_, std::move(input)), read_all(stdout_), read_all(stderr_));
  if (!kill_on_cancel_) return talking;
  return talk_or_kill(child_, std::move(talking));
}

}  // namespace subprocess

namespace {

using subprocess::DEVNULL;
using subprocess::PIPE;
using subprocess::STDOUT;

// One of the child's 0, 1, 2: its end, which is closed here once the child has it, and ours.
struct Stdio {
  int fd = -1;
  _base::UniqueFd theirs;
  std::shared_ptr<_Pipe> ours;
};

Stdio prepare(std::optional<int> what, int number) {
  Stdio stdio;
  if (!what) return stdio;
  bool to_child = number == 0;
  if (*what == DEVNULL) {
    stdio.theirs = _base::UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!stdio.theirs) raise_os_error(errno, {}, "/dev/null");
  } else if (*what == PIPE) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) raise_os_error(errno, "make a pipe");
    _base::UniqueFd reading(ends[0]), writing(ends[1]);
    stdio.theirs = std::move(to_child ? reading : writing);
    stdio.ours = std::make_shared<_Pipe>(get_running_loop(), std::move(to_child ? writing : reading));
  } else if (*what < 0) {
    throw ValueError("cannot start a process: " + std::to_string(*what) + " is no descriptor");
  }
  stdio.fd = stdio.theirs ? stdio.theirs.get() : *what;
  return stdio;
}

Coroutine<Process> create(std::vector<std::string> args, SubprocessOptions options) {
  if (options.stdin_ == STDOUT || options.stdout_ == STDOUT) throw ValueError("STDOUT can only be used for stderr");
  EventLoop& loop = get_running_loop();
  Stdio in = prepare(options.stdin_, 0), out = prepare(options.stdout_, 1);
  Stdio err =
      options.stderr_ == STDOUT ? Stdio{out.fd >= 0 ? out.fd : STDOUT_FILENO, {}, {}} : prepare(options.stderr_, 2);
  // Before the child exists: a limit of zero throws.
  std::shared_ptr<StreamReader> stdout_reader, stderr_reader;
  if (out.ours) stdout_reader = std::make_shared<StreamReader>(out.ours, options.limit);
  if (err.ours) stderr_reader = std::make_shared<StreamReader>(err.ours, options.limit);

  pid_t pid = _spawn({.args = std::move(args),
                      .stdio = {in.fd, out.fd, err.fd},
                      .cwd = std::move(options.cwd),
                      .env = std::move(options.env),
                      .close_fds = options.close_fds,
                      .pass_fds = std::move(options.pass_fds),
                      .restore_signals = options.restore_signals,
                      .start_new_session = options.start_new_session,
                      .process_group = options.process_group});
  Process process(std::make_shared<_Child>(loop, pid), in.ours, options.kill_on_cancel);
  if (in.ours) process.stdin_ = std::make_shared<StreamWriter>(in.ours);
  process.stdout_ = std::move(stdout_reader);
  process.stderr_ = std::move(stderr_reader);
  co_return process;
}

}  // namespace

Coroutine<Process> create_subprocess_exec(std::string program, std::vector<std::string> args,
                                          SubprocessOptions options) {
  args.insert(args.begin(), std::move(program));
  return create(std::move(args), std::move(options));
}

Coroutine<Process> create_subprocess_shell(std::string command, SubprocessOptions options) {
  return create({"/bin/sh", "-c", std::move(command)}, std::move(options));
}

}  // namespace krait::asyncio
