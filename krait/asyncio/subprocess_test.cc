#include "krait/asyncio/subprocess.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "krait/asyncio/_child.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/wait.h"
#include "krait/unittest/virtual_clock.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;
using namespace subprocess;

// Runs `body` in a loop; what hangs fails instead.
void in_loop(Coroutine<> body) { run(wait_for(std::move(body), 60s)); }

template <class A>
Coroutine<std::string> failure_of(A awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (...) {
    co_return repr(std::current_exception());
  }
  co_return "nothing was thrown";
}

Coroutine<Output> output_of(std::string command, SubprocessOptions options = {}) {
  options.stdout_ = PIPE;
  Process process = co_await create_subprocess_shell(std::move(command), std::move(options));
  co_return co_await process.communicate();
}

// True while this process has a child, running or zombie.
bool has_child() { return ::waitid(P_ALL, 0, nullptr, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD; }

// Waits until `pid` is no child of ours any more, and so was reaped.
Coroutine<> until_reaped(pid_t pid) {
  siginfo_t info;
  while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0) co_await sleep(1ms);
}

struct Folder {
  std::string path = (std::filesystem::temp_directory_path() / "krait-subprocess-XXXXXX").string();
  Folder() { EXPECT_NE(::mkdtemp(path.data()), nullptr); }
  ~Folder() { std::filesystem::remove_all(path); }
};

TEST(CreateSubprocessExec, runs_a_program_with_its_arguments_as_they_are) {
  in_loop([]() -> Coroutine<> {
    Process process = co_await create_subprocess_exec("printf", {"%s|", "a b", "$HOME", "*", ""}, {.stdout_ = PIPE});
    EXPECT_GT(process.pid(), 0);
    EXPECT_EQ(process.repr(), "<Process " + std::to_string(process.pid()) + ">");
    EXPECT_EQ(process.stdin_, nullptr);
    EXPECT_EQ(process.stderr_, nullptr);
    EXPECT_EQ((co_await process.communicate()).stdout_, "a b|$HOME|*||");
    EXPECT_EQ(process.returncode(), 0);
  }());
}

TEST(CreateSubprocessExec, streams_both_ways) {
  in_loop([]() -> Coroutine<> {
    Process process = co_await create_subprocess_exec("cat", {}, {.stdin_ = PIPE, .stdout_ = PIPE});
    process.stdin_->write("one\n");
    EXPECT_EQ(co_await process.stdout_->readline(), "one\n");
    process.stdin_->write("two\n");
    process.stdin_->write_eof();
    EXPECT_EQ(co_await process.stdout_->readline(), "two\n");
    EXPECT_EQ(co_await process.stdout_->readline(), "");
    EXPECT_EQ(co_await process.wait(), 0);
  }());
}

TEST(CreateSubprocessExec, what_cannot_run_is_an_error_and_leaves_no_child) {
  in_loop([]() -> Coroutine<> {
    Folder folder;
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("krait-no-such-program")),
              "FileNotFoundError(\"[Errno 2] No such file or directory: 'krait-no-such-program'\")");
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("/no/such/program")),
              "FileNotFoundError(\"[Errno 2] No such file or directory: '/no/such/program'\")");
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("true", {}, {.cwd = "/no/such/folder"})),
              "FileNotFoundError(\"[Errno 2] No such file or directory: '/no/such/folder'\")");
    EXPECT_EQ(co_await failure_of(create_subprocess_exec(folder.path)),
              "PermissionError(\"[Errno 13] Permission denied: '" + folder.path + "'\")");
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("")), "PermissionError('[Errno 13] Permission denied')");
    EXPECT_FALSE(has_child());
  }());
}

TEST(CreateSubprocessExec, hostile_arguments_are_refused) {
  in_loop([]() -> Coroutine<> {
    using namespace std::string_literals;
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("true", {"a\0b"s})), "ValueError('embedded null byte')");
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("true", {}, {.cwd = "/\0x"s})),
              "ValueError('embedded null byte')");
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("true", {}, {.env = {{{"A=B", "c"}}}})),
              "ValueError('illegal environment variable name')");
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("true", {}, {.stdout_ = STDOUT})),
              "ValueError('STDOUT can only be used for stderr')");
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("true", {}, {.stdout_ = PIPE, .limit = 0})),
              "ValueError('Limit cannot be <= 0')");
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("true", {}, {.stdout_ = 1'000'000})),
              "OSError('[Errno 9] Bad file descriptor')");
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("true", {}, {.stdout_ = -7})),
              "ValueError('cannot start a process: -7 is no descriptor')");
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("true", {}, {.pass_fds = {-1}})),
              "ValueError('bad value(s) in fds_to_keep')");
    EXPECT_FALSE(has_child());
  }());
}

TEST(CreateSubprocessExec, looks_the_program_up_in_the_child_s_own_PATH) {
  in_loop([]() -> Coroutine<> {
    Folder folder;
    std::filesystem::create_symlink("/bin/echo", folder.path + "/krait-echo");
    Process process = co_await create_subprocess_exec(
        "krait-echo", {"found"}, {.stdout_ = PIPE, .env = {{{"PATH", "/no/such/folder:" + folder.path}}}});
    EXPECT_EQ((co_await process.communicate()).stdout_, "found\n");
  }());
}

TEST(CreateSubprocessShell, runs_a_command_line) {
  in_loop([]() -> Coroutine<> {
    Process process =
        co_await create_subprocess_shell("echo out; echo err >&2; exit 7", {.stdout_ = PIPE, .stderr_ = PIPE});
    auto [out, err] = co_await process.communicate();
    EXPECT_EQ(out, "out\n");
    EXPECT_EQ(err, "err\n");
    EXPECT_EQ(process.returncode(), 7);
  }());
}

TEST(CreateSubprocessShell, stderr_can_go_to_where_stdout_goes) {
  in_loop([]() -> Coroutine<> {
    EXPECT_EQ((co_await output_of("echo out; echo err >&2", {.stderr_ = STDOUT})).stdout_, "out\nerr\n");
  }());
}

TEST(CreateSubprocessShell, DEVNULL_reads_nothing_and_swallows_everything) {
  in_loop([]() -> Coroutine<> {
    Output output = co_await output_of("cat; echo gone >&2; echo end", {.stdin_ = DEVNULL, .stderr_ = DEVNULL});
    EXPECT_EQ(output.stdout_, "end\n");
    EXPECT_EQ(output.stderr_, "");
  }());
}

TEST(CreateSubprocessShell, takes_descriptors_and_leaves_them_open_here) {
  in_loop([]() -> Coroutine<> {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    _base::UniqueFd reading(ends[0]), writing(ends[1]);
    Process process = co_await create_subprocess_shell("echo out; echo err >&2",
                                                       {.stdout_ = writing.get(), .stderr_ = writing.get()});
    EXPECT_EQ(co_await process.wait(), 0);
    EXPECT_EQ(::write(writing.get(), "here\n", 5), 5);
    char got[64];
    ssize_t n = ::read(reading.get(), got, sizeof got);
    EXPECT_EQ(std::string_view(got, static_cast<std::size_t>(n)), "out\nerr\nhere\n");
  }());
}

TEST(CreateSubprocessShell, keeps_stdout_and_stderr_apart) {
  in_loop([]() -> Coroutine<> {
    Process process = co_await create_subprocess_shell("sh -c 'echo out; echo err >&2' 3>&1 1>&2 2>&3",
                                                       {.stdout_ = PIPE, .stderr_ = PIPE});
    auto [out, err] = co_await process.communicate();
    EXPECT_EQ(out, "err\n");
    EXPECT_EQ(err, "out\n");
  }());
}

TEST(CreateSubprocessShell, cwd_and_env_replace_the_parent_s) {
  in_loop([]() -> Coroutine<> {
    Output output = co_await output_of("pwd; echo $NAME-$HOME", {.cwd = "/usr", .env = {{{"NAME", "value"}}}});
    EXPECT_EQ(output.stdout_, "/usr\nvalue-\n");
  }());
}

TEST(CreateSubprocessShell, a_session_or_a_process_group_of_its_own) {
  in_loop([]() -> Coroutine<> {
    auto fields = [](const std::string& line) {
      std::vector<int> numbers;
      for (std::size_t at = 0; at < line.size(); at = line.find(' ', at) + 1) {
        numbers.push_back(std::atoi(line.c_str() + at));
        if (line.find(' ', at) == std::string::npos) break;
      }
      return numbers;
    };
    Process leader = co_await create_subprocess_exec("cut", {"-d ", "-f1,5,6", "/proc/self/stat"},
                                                     {.stdout_ = PIPE, .start_new_session = true});
    std::vector<int> session = fields((co_await leader.communicate()).stdout_);
    EXPECT_EQ(session, (std::vector<int>{leader.pid(), leader.pid(), leader.pid()}));
    Process group = co_await create_subprocess_exec("cut", {"-d ", "-f1,5,6", "/proc/self/stat"},
                                                    {.stdout_ = PIPE, .process_group = 0});
    session = fields((co_await group.communicate()).stdout_);
    EXPECT_EQ(session, (std::vector<int>{group.pid(), group.pid(), ::getsid(0)}));
    Process other = co_await create_subprocess_exec("true");
    co_await other.wait();
    EXPECT_EQ(co_await failure_of(create_subprocess_exec("true", {}, {.process_group = other.pid()})),
              "PermissionError('[Errno 1] Operation not permitted')");
  }());
}

// The descriptors that a child sees. The lowest one that is free is its own: it lists a folder.
Coroutine<std::string> descriptors_of_child(SubprocessOptions options) {
  options.stdin_ = DEVNULL;
  options.stdout_ = PIPE;
  options.stderr_ = DEVNULL;
  Process process =
      co_await create_subprocess_shell("for f in /proc/$$/fd/*; do echo -n \"${f##*/} \"; done", std::move(options));
  co_return (co_await process.communicate()).stdout_;
}

TEST(Descriptors, do_not_leak_into_the_child) {
  in_loop([]() -> Coroutine<> {
    _base::UniqueFd leaky(::open("/dev/null", O_RDONLY));  // no O_CLOEXEC
    Process other = co_await create_subprocess_exec("cat", {}, {.stdin_ = PIPE, .stdout_ = PIPE});
    EXPECT_EQ(co_await descriptors_of_child({}), "0 1 2 3 ");
    std::string without_closing = co_await descriptors_of_child({.close_fds = false});
    EXPECT_NE((" " + without_closing).find(" " + std::to_string(leaky.get()) + " "), std::string::npos);
    co_await other.communicate();
  }());
}

TEST(Descriptors, that_are_passed_keep_their_numbers) {
  in_loop([]() -> Coroutine<> {
    _base::UniqueFd kept(::open("/dev/null", O_RDONLY)), passed(::fcntl(kept.get(), F_DUPFD_CLOEXEC, 20));
    EXPECT_EQ(co_await descriptors_of_child({.pass_fds = {passed.get()}}),
              "0 1 2 " + std::to_string(passed.get()) + " 3 ");  // sorted as text
  }());
}

TEST(Descriptors, are_not_left_open_here_either) {
  auto count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
  };
  auto before = count();
  in_loop([]() -> Coroutine<> {
    for (int i = 0; i < 3; ++i) {
      Process process = co_await create_subprocess_exec("cat", {}, {.stdin_ = PIPE, .stdout_ = PIPE, .stderr_ = PIPE});
      co_await process.communicate();
      co_await failure_of(create_subprocess_exec("/no/such", {}, {.stdin_ = PIPE, .stdout_ = PIPE, .stderr_ = PIPE}));
    }
  }());
  EXPECT_EQ(count(), before);
}

// What /proc/PID/status says of a child's signals.
Coroutine<std::string> signals_of_child(SubprocessOptions options = {}) {
  return [](SubprocessOptions o) -> Coroutine<std::string> {
    o.stdout_ = PIPE;
    Process process =
        co_await create_subprocess_exec("grep", {"-E", "^Sig(Blk|Ign)", "/proc/self/status"}, std::move(o));
    co_return (co_await process.communicate()).stdout_;
  }(std::move(options));
}

TEST(Signals, that_are_blocked_or_ignored_here_are_neither_in_the_child) {
  struct sigaction ignore{}, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGUSR2, &ignore, &before);
  sigset_t usr1, mask;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &usr1, &mask);
  in_loop([]() -> Coroutine<> {
    EXPECT_EQ(co_await signals_of_child(), "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    EXPECT_EQ(co_await signals_of_child({.restore_signals = false}),
              "SigBlk:\t0000000000000200\nSigIgn:\t0000000000000800\n");
  }());
  sigset_t now;
  pthread_sigmask(SIG_SETMASK, &mask, &now);
  EXPECT_EQ(sigismember(&now, SIGUSR1), 1) << "starting a child changed the parent's mask";
  ::sigaction(SIGUSR2, &before, nullptr);
}

TEST(Process, returncode_is_None_while_it_runs_and_minus_the_signal_that_ended_it) {
  in_loop([]() -> Coroutine<> {
    for (int number : {SIGTERM, SIGKILL, SIGHUP}) {
      Process process = co_await create_subprocess_exec("cat", {}, {.stdin_ = PIPE});
      EXPECT_EQ(process.returncode(), std::nullopt);
      if (number == SIGTERM) process.terminate();
      if (number == SIGKILL) process.kill();
      if (number == SIGHUP) process.send_signal(SIGHUP);
      EXPECT_EQ(co_await process.wait(), -number);
      EXPECT_EQ(process.returncode(), -number);
    }
  }());
}

TEST(Process, signals_to_one_that_has_ended_are_a_ProcessLookupError) {
  in_loop([]() -> Coroutine<> {
    Process process = co_await create_subprocess_exec("true");
    EXPECT_EQ(co_await process.wait(), 0);
    EXPECT_EQ(co_await process.wait(), 0);
    EXPECT_THROW(process.kill(), ProcessLookupError);
    EXPECT_THROW(process.terminate(), ProcessLookupError);
    EXPECT_THROW(process.send_signal(0), ProcessLookupError);
  }());
}

TEST(Process, many_may_wait_for_one) {
  in_loop([]() -> Coroutine<> {
    Process process = co_await create_subprocess_exec("cat", {}, {.stdin_ = PIPE});
    std::vector<Task<int>> waits;
    for (int i = 0; i < 3; ++i) waits.push_back(create_task(process.wait()));
    co_await sleep(0);
    waits[1].cancel();
    process.stdin_->close();
    EXPECT_EQ(co_await waits[0], 0);
    EXPECT_EQ(co_await waits[2], 0);
    EXPECT_EQ(co_await failure_of(waits[1]), "CancelledError()");
  }());
}

TEST(Process, is_reaped_though_nobody_waits) {
  in_loop([]() -> Coroutine<> {
    Process process = co_await create_subprocess_exec("true");
    while (!process.returncode()) co_await sleep(1ms);
    EXPECT_EQ(process.returncode(), 0);
    EXPECT_FALSE(has_child());
  }());
}

TEST(Process, wait_does_not_wait_for_a_grandchild_that_holds_the_pipe) {
  in_loop([]() -> Coroutine<> {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    _base::UniqueFd reading(ends[0]), writing(ends[1]);  // the grandchild reads until this is closed
    Process process =
        co_await create_subprocess_shell("exec 3<&0; cat <&3 >&2 & exit 3", {.stdin_ = reading.get(), .stderr_ = PIPE});
    EXPECT_EQ(co_await process.wait(), 3);
    EXPECT_EQ(::write(writing.get(), "still here", 10), 10);
    writing.reset();
    EXPECT_EQ((co_await process.communicate()).stderr_, "still here");
  }());
}

TEST(Process, a_hundred_at_once_all_end_and_leave_no_zombie) {
  in_loop([]() -> Coroutine<> {
    std::vector<Task<std::string>> tasks;
    for (int i = 0; i < 100; ++i) {
      tasks.push_back(create_task(
          [](int n) -> Coroutine<std::string> { co_return (co_await output_of("echo " + std::to_string(n))).stdout_; },
          i));
    }
    for (int i = 0; i < 100; ++i) EXPECT_EQ(co_await tasks[static_cast<std::size_t>(i)], std::to_string(i) + "\n");
    EXPECT_FALSE(has_child());
  }());
}

TEST(Process, counts_as_awaited_in_virtual_time) {
  unittest::VirtualClock clock;
  run([]() -> Coroutine<> {
    Process process = co_await create_subprocess_exec("true");
    EXPECT_EQ(co_await process.wait(), 0);
  }());
  EXPECT_EQ(clock.elapsed(), 0s);
}

TEST(Process, dropped_while_it_runs_is_reported_killed_and_reaped) {
  in_loop([]() -> Coroutine<> {
    std::vector<std::string> reports;
    get_running_loop().set_exception_handler([&](EventLoop&, const ExceptionContext& context) {
      reports.push_back(repr(context.exception) + " of " + context.source);
    });
    pid_t pid;
    {
      Process process = co_await create_subprocess_exec("sleep", {"1000"});
      pid = process.pid();
    }
    std::string name = std::to_string(pid);
    EXPECT_EQ(reports, std::vector<std::string>{"ResourceWarning('subprocess " + name +
                                                " is still running') of <Process " + name + ">"});
    co_await until_reaped(pid);
    EXPECT_FALSE(has_child());
  }());
}

TEST(Process, dropped_after_its_end_is_not_reported_even_if_the_loop_has_not_seen_it) {
  in_loop([]() -> Coroutine<> {
    int reports = 0;
    get_running_loop().set_exception_handler([&](EventLoop&, const ExceptionContext&) { ++reports; });
    Process process = co_await create_subprocess_exec("true");
    siginfo_t info;
    EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(process.pid()), &info, WEXITED | WNOWAIT), 0);
    {
      Process dropped = std::move(process);
    }
    EXPECT_EQ(reports, 0);
    EXPECT_FALSE(has_child());
  }());
}

TEST(Process, that_outlives_its_loop_is_killed_when_it_is_dropped) {
  ::testing::internal::CaptureStderr();
  {
    Process process = run(create_subprocess_exec("sleep", {"1000"}, {.stdin_ = PIPE, .stdout_ = PIPE}));
    EXPECT_EQ(process.returncode(), std::nullopt);
  }
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("is still running"), std::string::npos);
  in_loop([]() -> Coroutine<> {
    while (has_child()) co_await sleep(1ms);
  }());
}

TEST(Process, reaped_by_somebody_else_has_Python_s_unknown_return_code) {
  in_loop([]() -> Coroutine<> {
    std::vector<std::string> reports;
    get_running_loop().set_exception_handler(
        [&](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
    Process process = co_await create_subprocess_exec("cat", {}, {.stdin_ = PIPE});
    process.kill();
    EXPECT_EQ(::waitpid(process.pid(), nullptr, 0), process.pid());
    EXPECT_EQ(co_await process.wait(), 255);
    EXPECT_EQ(reports, std::vector<std::string>{"Unknown child process pid " + std::to_string(process.pid()) +
                                                ", will report returncode 255"});
  }());
}

TEST(Communicate, ten_megabytes_both_ways_at_once) {
  in_loop([]() -> Coroutine<> {
    std::string data;
    for (int i = 0; data.size() < 10'000'000; ++i) data += std::to_string(i) + "\n";
    Process process =
        co_await create_subprocess_shell("tee /dev/stderr", {.stdin_ = PIPE, .stdout_ = PIPE, .stderr_ = PIPE});
    auto [out, err] = co_await process.communicate(data);
    EXPECT_TRUE(out == data);
    EXPECT_TRUE(err == data);
  }());
}

TEST(Communicate, sends_what_was_written_before_and_closes_stdin) {
  in_loop([]() -> Coroutine<> {
    Process process = co_await create_subprocess_exec("cat", {}, {.stdin_ = PIPE, .stdout_ = PIPE});
    process.stdin_->write("first ");
    EXPECT_EQ((co_await process.communicate("second")).stdout_, "first second");
    EXPECT_TRUE(process.stdin_->is_closing());
    EXPECT_EQ((co_await process.communicate("too late")).stdout_, "");
  }());
}

TEST(Communicate, ignores_a_child_that_does_not_read) {
  in_loop([]() -> Coroutine<> {
    Process process = co_await create_subprocess_shell("exec <&-; echo done", {.stdin_ = PIPE, .stdout_ = PIPE});
    EXPECT_EQ((co_await process.communicate(std::string(1'000'000, 'x'))).stdout_, "done\n");
    EXPECT_EQ(process.returncode(), 0);
  }());
}

TEST(Write, to_a_child_that_has_ended_is_a_BrokenPipeError_and_no_signal) {
  in_loop([]() -> Coroutine<> {
    Process process = co_await create_subprocess_exec("true", {}, {.stdin_ = PIPE});
    co_await process.wait();
    process.stdin_->write("x");
    bool broken = false;
    try {
      co_await process.stdin_->drain();
    } catch (const BrokenPipeError&) {
      broken = true;
    }
    EXPECT_TRUE(broken);
  }());
}

// Cancels what `begin` makes of a process while it waits, once in each of its first turns.
template <class F>
Coroutine<> cancel_in_each_turn(SubprocessOptions options, F begin, bool lives_on) {
  for (int turns = 0; turns < 6; ++turns) {
    SubprocessOptions each = options;
    Process process = co_await create_subprocess_exec("cat", {}, std::move(each));
    auto task = create_task(begin(process));
    for (int i = 0; i < turns; ++i) co_await sleep(0);
    task.cancel();
    EXPECT_EQ(co_await failure_of(task), "CancelledError()") << turns;
    bool began = turns > 0;  // one that never began could not kill either
    if (lives_on || !began) {
      EXPECT_EQ(process.returncode(), std::nullopt) << turns;
      process.kill();
    }
    EXPECT_EQ(co_await process.wait(), -SIGKILL) << turns;
  }
}

TEST(Cancelling, wait_or_communicate_leaves_the_child_running) {
  in_loop([]() -> Coroutine<> {
    SubprocessOptions options{.stdin_ = PIPE, .stdout_ = PIPE};
    co_await cancel_in_each_turn(options, [](Process& p) { return p.wait(); }, true);
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);  // an input that never ends
    _base::UniqueFd reading(ends[0]), writing(ends[1]);
    options.stdin_ = reading.get();
    co_await cancel_in_each_turn(options, [](Process& p) { return p.communicate(); }, true);
  }());
}

TEST(Cancelling, kills_the_child_when_asked_and_waits_for_its_end) {
  in_loop([]() -> Coroutine<> {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    _base::UniqueFd reading(ends[0]), writing(ends[1]);
    SubprocessOptions options{.stdin_ = reading.get(), .stdout_ = PIPE, .kill_on_cancel = true};
    co_await cancel_in_each_turn(options, [](Process& p) { return p.wait(); }, false);
    co_await cancel_in_each_turn(options, [](Process& p) { return p.communicate(); }, false);
    EXPECT_FALSE(has_child());
  }());
}

TEST(Cancelling, a_timeout_can_kill) {
  in_loop([]() -> Coroutine<> {
    Process process = co_await create_subprocess_exec("sleep", {"1000"}, {.kill_on_cancel = true});
    EXPECT_EQ(co_await failure_of(wait_for(process.wait(), 1ms)), "TimeoutError()");
    EXPECT_EQ(process.returncode(), -SIGKILL);
  }());
}

TEST(Cancelling, communicate_in_the_middle_of_its_input_leaves_a_process_that_can_be_used) {
  in_loop([]() -> Coroutine<> {
    Process process = co_await create_subprocess_exec("cat", {}, {.stdin_ = PIPE, .stdout_ = PIPE});
    auto talking = create_task(process.communicate(std::string(1'000'000, 'x')));
    while (process.stdout_->at_eof()) co_await sleep(0);
    for (int i = 0; i < 5; ++i) co_await sleep(1ms);
    talking.cancel();
    co_await failure_of(talking);
    co_await process.communicate();
    EXPECT_EQ(process.returncode(), 0);
  }());
}

pid_t fork_child(int exit_code) {
  pid_t pid = ::fork();
  if (pid == 0) {
    if (exit_code >= 0) ::_exit(exit_code);
    for (;;) ::pause();
  }
  return pid;
}

TEST(Child, is_waited_for_by_a_thread_where_there_is_no_pidfd) {
  in_loop([]() -> Coroutine<> {
    auto child = std::make_shared<_Child>(get_running_loop(), fork_child(5), _Child::Watcher::Thread);
    EXPECT_EQ(co_await child->wait(), 5);
    EXPECT_THROW(child->send_signal(SIGTERM), ProcessLookupError);
    auto killed = std::make_shared<_Child>(get_running_loop(), fork_child(-1), _Child::Watcher::Thread);
    killed->send_signal(SIGKILL);
    EXPECT_EQ(co_await killed->wait(), -SIGKILL);
    EXPECT_FALSE(has_child());
  }());
}

TEST(Child, dropped_while_a_thread_waits_for_it_is_killed_and_reaped) {
  in_loop([]() -> Coroutine<> {
    int reports = 0;
    get_running_loop().set_exception_handler([&](EventLoop&, const ExceptionContext&) { ++reports; });
    pid_t pid = fork_child(-1);
    std::make_shared<_Child>(get_running_loop(), pid, _Child::Watcher::Thread).reset();
    co_await until_reaped(pid);
    EXPECT_EQ(reports, 1);
    EXPECT_FALSE(has_child());
  }());
}

TEST(Child, that_a_thread_waits_for_counts_as_awaited_in_virtual_time) {
  unittest::VirtualClock clock;
  run([]() -> Coroutine<> {
    auto child = std::make_shared<_Child>(get_running_loop(), fork_child(0), _Child::Watcher::Thread);
    EXPECT_EQ(co_await child->wait(), 0);
  }());
  EXPECT_EQ(clock.elapsed(), 0s);
}

}  // namespace
}  // namespace krait::asyncio
