#include "krait/asyncio/_spawn.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "krait/_base/unique_fd.h"
#include "krait/builtins/exceptions.h"

namespace krait::asyncio {

namespace {

constexpr unsigned kCloseRangeCloexec = 1U << 2U;  // CLOSE_RANGE_CLOEXEC

enum class Stage : int { Stdio, Chdir, Session, Exec };

// What the child says when it cannot run the program.
struct Failure {
  Stage stage;
  int error;
};

// All that the child needs, made before it exists: between fork and exec it may neither allocate nor take a lock, and as
// it borrows the parent's memory meanwhile, it may not change anything either.
struct Plan {
  std::vector<char*> argv, envp;         // null at the end
  std::vector<std::string> programs;     // the paths to try
  std::array<int, 3> stdio{-1, -1, -1};  // beyond 2, so that no copy overwrites the source of another
  const char* cwd = nullptr;
  bool close_fds, restore_signals, new_session;
  int process_group;  // -1: the parent's
  const int* pass_fds;
  std::size_t pass_count;
  int highest_fd;  // for a kernel without close_range
  sigset_t mask;   // the parent's
  int report;      // Failure goes here
};

[[noreturn]] void fail(const Plan& plan, Stage stage, int error) {
  Failure failure{stage, error};
  [[maybe_unused]] ssize_t written = ::write(plan.report, &failure, sizeof failure);
  ::_exit(255);
}

void reset_signals(const Plan& plan) {
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction now{};
    if (::sigaction(number, nullptr, &now) != 0 || now.sa_handler == SIG_DFL) continue;
    // A handler of the parent must never run here: the memory is the parent's.
    if (now.sa_handler != SIG_IGN || plan.restore_signals) ::sigaction(number, &standard, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, plan.restore_signals ? &none : &plan.mask, nullptr);
}

void leave_descriptors_behind(const Plan& plan) {
  if (plan.close_fds && ::syscall(SYS_close_range, 3U, ~0U, kCloseRangeCloexec) != 0) {
    for (int fd = 3; fd < plan.highest_fd; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  for (std::size_t i = 0; i < plan.pass_count; ++i) ::fcntl(plan.pass_fds[i], F_SETFD, 0);
}

[[noreturn]] void run_program(const Plan& plan) {
  for (int target = 0; target < 3; ++target) {
    int source = plan.stdio[static_cast<std::size_t>(target)];
    if (source >= 0 && ::dup2(source, target) < 0) fail(plan, Stage::Stdio, errno);
  }
  if (plan.cwd && ::chdir(plan.cwd) != 0) fail(plan, Stage::Chdir, errno);
  if (plan.new_session && ::setsid() < 0) fail(plan, Stage::Session, errno);
  if (plan.process_group >= 0 && ::setpgid(0, plan.process_group) != 0) fail(plan, Stage::Session, errno);
  leave_descriptors_behind(plan);
  reset_signals(plan);
  int error = ENOENT;
  for (const std::string& program : plan.programs) {
    ::execve(program.c_str(), plan.argv.data(), plan.envp.data());
    if (errno != ENOENT && errno != ENOTDIR) {
      error = errno;
      break;
    }
    error = errno;
  }
  fail(plan, Stage::Exec, error);
}

// Not inlined: what vfork() returns into twice holds no variable of anybody else.
[[gnu::noinline]] pid_t fork_and_run(const Plan& plan) {
  pid_t pid = ::vfork();  // NOLINT: a fork would copy the page tables of a large server for nothing
  if (pid == 0) run_program(plan);
  return pid;
}

void check_text(const std::string& text) {
  if (text.find('\0') != std::string::npos) throw ValueError("embedded null byte");
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) {
    check_text(text);
    result.push_back(text.data());
  }
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment(const _SpawnOptions& options) {
  std::vector<std::string> result;
  if (!options.env) {
    for (char** each = environ; each && *each; ++each) result.emplace_back(*each);
    return result;
  }
  for (const auto& [name, value] : *options.env) {
    if (name.empty() || name.find('=') != std::string::npos) throw ValueError("illegal environment variable name");
    result.push_back(name + "=" + value);
  }
  return result;
}

// Python: os.get_exec_path(env), joined with the name
std::vector<std::string> programs_to_try(const std::string& name, const std::vector<std::string>& environment) {
  if (name.find('/') != std::string::npos) return {name};
  std::string path = "/bin:/usr/bin";
  for (const std::string& each : environment) {
    if (each.starts_with("PATH=")) path = each.substr(5);
  }
  std::vector<std::string> result;
  for (std::size_t at = 0; at <= path.size();) {
    std::size_t end = std::min(path.find(':', at), path.size());
    std::string folder = path.substr(at, end - at);
    result.push_back(folder.empty() ? name : folder + "/" + name);
    at = end + 1;
  }
  return result;
}

_base::UniqueFd beyond_stdio(int fd) {
  _base::UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!copy) raise_os_error(errno);
  return copy;
}

// Nothing when the program runs.
std::optional<Failure> read_failure(int fd) {
  Failure failure{};
  ssize_t n;
  do {
    n = ::read(fd, &failure, sizeof failure);
  } while (n < 0 && errno == EINTR);
  if (n == sizeof failure) return failure;
  return std::nullopt;
}

}  // namespace

pid_t _spawn(const _SpawnOptions& options) {
  std::vector<std::string> args = options.args, env = environment(options);
  if (options.cwd) check_text(*options.cwd);
  for (int fd : options.pass_fds) {
    if (fd < 0) throw ValueError("bad value(s) in fds_to_keep");
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) raise_os_error(errno);
  _base::UniqueFd failure_in(ends[0]), pipe_end(ends[1]);
  _base::UniqueFd failure_out = beyond_stdio(pipe_end.get());
  pipe_end.reset();
  std::array<_base::UniqueFd, 3> sources;
  Plan plan{.argv = pointers(args),
            .envp = pointers(env),
            .programs = programs_to_try(options.args.at(0), env),
            .cwd = options.cwd ? options.cwd->c_str() : nullptr,
            .close_fds = options.close_fds || !options.pass_fds.empty(),
            .restore_signals = options.restore_signals,
            .new_session = options.start_new_session,
            .process_group = options.process_group.value_or(-1),
            .pass_fds = options.pass_fds.data(),
            .pass_count = options.pass_fds.size(),
            .highest_fd = 1024,
            .mask = {},
            .report = failure_out.get()};
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    plan.highest_fd = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, INT32_MAX));
  for (std::size_t i = 0; i < 3; ++i) {
    if (options.stdio[i] < 0) continue;
    sources[i] = beyond_stdio(options.stdio[i]);
    plan.stdio[i] = sources[i].get();
  }
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &plan.mask);
  pid_t pid = fork_and_run(plan);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &plan.mask, nullptr);
  if (pid < 0) raise_os_error(error);
  failure_out.reset();
  std::optional<Failure> failure = read_failure(failure_in.get());
  if (!failure) return pid;
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (failure->stage == Stage::Exec) raise_os_error(failure->error, {}, options.args[0]);
  raise_os_error(failure->error, {}, failure->stage == Stage::Chdir ? *options.cwd : std::string());
}

}  // namespace krait::asyncio
