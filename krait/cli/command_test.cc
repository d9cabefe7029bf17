#include "krait/cli/command.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <thread>

#include "krait/asyncio.h"

namespace krait::cli {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kLongestTest = 240;  // seconds, after which a child ends itself

struct Said {
  int status;
  std::string out, err;
};
Said run(std::vector<std::string> arguments) {
  Said said{};
  said.status = command(arguments, said.out, said.err);
  return said;
}

// Another process that runs `body`, until this object dies.
class Child {
 public:
  explicit Child(void (*body)(int ready)) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::alarm(kLongestTest);
      body(ends[1]);
      ::_exit(0);
    }
    ::close(ends[1]);
    ready_ = ends[0];
  }
  Child(const Child&) = delete;
  ~Child() {
    kill();
    ::waitpid(pid_, nullptr, 0);
    ::close(ready_);
  }
  // Waits for the byte by which it says that all its tasks stand where they should.
  bool wait_until_ready() {
    char byte;
    return ::read(ready_, &byte, 1) == 1;
  }
  void kill() { ::kill(pid_, SIGKILL); }
  std::string pid() const { return std::to_string(pid_); }

 private:
  pid_t pid_ = 0;
  int ready_ = -1;
};

void say_ready(int ready) {
  if (::write(ready, "!", 1) != 1) ::_exit(1);
}
// Once every task has come as far as it can without time passing.
void say_ready_soon(int ready, int turns = 10) {
  asyncio::get_running_loop().call_soon([ready, turns] {
    if (turns > 0) {
      say_ready_soon(ready, turns - 1);
    } else {
      say_ready(ready);
    }
  });
}

// Where nobody may read another process's memory, a test says so, and that the command tells the remedy.
#define SKIP_WITHOUT_PERMISSION(said)                                                                             \
  if ((said).err.find("cannot read the memory of process") != std::string::npos) {                                \
    EXPECT_EQ((said).status, 1);                                                                                  \
    EXPECT_TRUE((said).err.find("ptrace") != std::string::npos || (said).err.find("root") != std::string::npos || \
                (said).err.find("PTRACE") != std::string::npos)                                                   \
        << (said).err;                                                                                            \
    GTEST_SKIP() << "not allowed to read another process's memory: " << (said).err;                               \
  }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }
// "name state waits-on file", of the task's row; the time and the line may be any.
std::string row_of(const Said& said, const std::string& task) {
  std::size_t at = said.out.find("1     " + task + " ");
  if (at == said.out.npos) return "no row for " + task + " in\n" + said.out + said.err;
  const std::string row = said.out.substr(at, said.out.find('\n', at) - at);
  std::string words;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] != ' ' || (i > 0 && row[i - 1] != ' ')) words += row[i];
  }
  return words;
}
asyncio::Queue<int>* orders;
asyncio::Lock* kitchen;

Coroutine<> sleeper() { co_await asyncio::sleep(1h); }
Coroutine<> cook() { co_await orders->get(); }
Coroutine<> locked() { co_await kitchen->acquire(); }
Coroutine<> awaits(asyncio::Task<> other) { co_await other; }
Coroutine<> gatherer() { co_await asyncio::gather(sleeper(), cook()); }
Coroutine<> grouped() {
  co_await async_with(asyncio::TaskGroup(), [](asyncio::TaskGroup& group) -> Coroutine<> {
    group.create_task(sleeper(), "of the group");
    co_return;
  });
}
Coroutine<> waiter(asyncio::Task<> other) { co_await asyncio::wait(std::vector{other}); }
Coroutine<> guard(asyncio::Task<> other) { co_await asyncio::shield(other); }
Coroutine<> hopeless() {
  asyncio::Future<> nobody(asyncio::get_running_loop(), "nobody sets");
  co_await nobody;
}

void everything(int ready) {
  asyncio::Queue<int> queue;
  asyncio::Lock lock;
  orders = &queue;
  kitchen = &lock;
  asyncio::run([](int fd) -> Coroutine<> {
    co_await kitchen->acquire();
    auto sleeps = asyncio::create_task(sleeper(), "sleeps");
    asyncio::create_task(cook(), "cooks");
    asyncio::create_task(locked(), "locked");
    asyncio::create_task(awaits(sleeps), "awaits");
    asyncio::create_task(gatherer(), "gathers");
    asyncio::create_task(grouped(), "grouped");
    asyncio::create_task(waiter(sleeps), "waits");
    asyncio::create_task(guard(asyncio::create_task(sleeper(), "guarded")), "guards");
    asyncio::create_task(hopeless(), "hopeless");
    asyncio::create_task(sleeper(), "named \x1b[31m\n\xff");
    say_ready_soon(fd);
    co_await asyncio::sleep(2h);
  }(ready));
}

TEST(Ps, tells_what_each_task_of_a_live_process_waits_on) {
  Child child(everything);
  ASSERT_TRUE(child.wait_until_ready());
  const Said said = run({"ps", child.pid()});
  SKIP_WITHOUT_PERMISSION(said);
  EXPECT_EQ(said.status, 0);
  EXPECT_EQ(said.err, "");
  const auto matches = [&](const std::string& task, const std::string& on) {
    const std::string row = row_of(said, task);
    EXPECT_TRUE(row.starts_with("1 " + task + " waiting ") && contains(row, " " + on + " command_test.cc:")) << row;
  };
  matches("sleeps", "sleep");
  matches("cooks", "Queue.get");
  matches("locked", "Lock.acquire");
  matches("awaits", "Task 'sleeps'");
  matches("gathers", "gather");
  matches("grouped", "a TaskGroup");
  matches("of the group", "sleep");
  matches("waits", "wait");
  matches("guards", "shield");
  matches("hopeless", "Future 'nobody sets'");
  matches("Task-1", "sleep");
  EXPECT_TRUE(contains(said.out, R"(named \x1b[31m\x0a\xff)")) << "what would move the cursor is spelled out";
}

TEST(Pstree, tells_who_waits_for_whom_in_a_live_process) {
  Child child(everything);
  ASSERT_TRUE(child.wait_until_ready());
  const Said said = run({"pstree", child.pid()});
  SKIP_WITHOUT_PERMISSION(said);
  EXPECT_EQ(said.status, 0);
  EXPECT_TRUE(contains(said.out, "pid " + child.pid() + ", thread " + child.pid() + "): 15 tasks")) << said.out;
  const std::size_t awaits = said.out.find("Task 'awaits' waits on Task 'sleeps' for ");
  ASSERT_NE(awaits, said.out.npos) << said.out;
  const std::size_t sleeps = said.out.find("\n│   └── Task 'sleeps' waits on sleep for ", awaits);
  ASSERT_NE(sleeps, said.out.npos) << said.out;
  EXPECT_TRUE(contains(said.out.substr(sleeps), "in Coroutine<> krait::cli::(anonymous namespace)::sleeper()"))
      << said.out;
  EXPECT_TRUE(contains(said.out, "Task 'sleeps', shown above")) << "wait() waits for it, too: " << said.out;
  EXPECT_EQ(said.out.find("\n├── Task 'of the group'"), said.out.npos) << "it is no root: " << said.out;
  EXPECT_EQ(said.out.find("\n├── Task 'guarded'"), said.out.npos) << "nor is what a shield stands before: " << said.out;
}

TEST(Ps, sees_a_loop_that_a_task_has_blocked) {
  Child child(+[](int ready) {
    asyncio::run([](int fd) -> Coroutine<> {
      asyncio::create_task(sleeper(), "sleeps");
      auto busy = asyncio::create_task(
          [](int said) -> Coroutine<> {
            co_await asyncio::sleep(0s);
            say_ready(said);
            for (volatile bool forever = true; forever;) {
            }
          }(fd),
          "busy");
      co_await busy;
    }(ready));
  });
  ASSERT_TRUE(child.wait_until_ready());
  Said said = run({"ps", child.pid()});
  SKIP_WITHOUT_PERMISSION(said);
  // Blocked means for longer than 100 ms: those pass while this looks again.
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!contains(said.out, "has not looked at I/O or timers for") && std::chrono::steady_clock::now() < deadline)
    said = run({"ps", child.pid()});
  EXPECT_TRUE(contains(said.out, "; it runs Task 'busy'")) << said.out;
  EXPECT_TRUE(row_of(said, "busy").starts_with("1 busy running ")) << said.out;
  EXPECT_TRUE(contains(row_of(said, "busy"), " command_test.cc:")) << said.out;
  EXPECT_TRUE(row_of(said, "sleeps").starts_with("1 sleeps waiting ")) << said.out;
  EXPECT_TRUE(contains(row_of(said, "Task-1"), "Task 'busy'")) << said.out;
}

TEST(Pstree, names_tasks_that_wait_for_each_other) {
  Child child(+[](int ready) {
    asyncio::run([](int fd) -> Coroutine<> {
      static asyncio::Task<> left, right;
      left = asyncio::create_task([]() -> Coroutine<> { co_await right; }(), "left");
      right = asyncio::create_task([]() -> Coroutine<> { co_await left; }(), "right");
      say_ready_soon(fd);
      co_await asyncio::sleep(1h);
    }(ready));
  });
  ASSERT_TRUE(child.wait_until_ready());
  const Said said = run({"pstree", child.pid()});
  SKIP_WITHOUT_PERMISSION(said);
  EXPECT_EQ(said.status, 0);
  EXPECT_TRUE(contains(said.out, "\ncycle: 'left' → 'right' → 'left'\n")) << said.out;
}

TEST(Ps, sees_the_loops_of_all_threads) {
  Child child(+[](int ready) {
    const auto both = [](std::string name, int fd) {
      asyncio::run([](std::string called, int said) -> Coroutine<> {
        asyncio::create_task(sleeper(), std::move(called));
        say_ready_soon(said);
        co_await asyncio::sleep(1h);
      }(std::move(name), fd));
    };
    std::thread other(both, "there", ready);
    both("here", ready);
  });
  ASSERT_TRUE(child.wait_until_ready() && child.wait_until_ready());
  const Said said = run({"ps", child.pid()});
  SKIP_WITHOUT_PERMISSION(said);
  EXPECT_TRUE(contains(said.out, "here ") && contains(said.out, "there ")) << said.out;
  EXPECT_TRUE(contains(said.out, "\n1  ") && contains(said.out, "\n2  ")) << said.out;
}

TEST(Ps, shows_the_krait_children_of_a_process_with_it) {
  Child child(+[](int ready) {
    if (const pid_t worker = ::fork(); worker != 0) {
      ::waitpid(worker, nullptr, 0);
      return;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    asyncio::run([](int fd) -> Coroutine<> {
      say_ready_soon(fd);
      co_await asyncio::sleep(1h);
    }(ready));
  });
  ASSERT_TRUE(child.wait_until_ready());
  const Said said = run({"ps", child.pid()});
  SKIP_WITHOUT_PERMISSION(said);
  EXPECT_EQ(said.status, 0);
  EXPECT_TRUE(said.out.starts_with("PID ")) << said.out;
  EXPECT_TRUE(contains(said.out, " Task-1  waiting  ")) << said.out;
  EXPECT_EQ(said.err, "") << "that the parent has no loop is nothing to complain of";
}

TEST(Ps, does_not_mistake_what_a_fork_left_behind_for_a_loop) {
  Child child(+[](int ready) {
    asyncio::run([](int fd) -> Coroutine<> {
      if (::fork() == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) ::pause();
      }
      say_ready_soon(fd);
      co_await asyncio::sleep(1h);
    }(ready));
  });
  ASSERT_TRUE(child.wait_until_ready());
  const Said said = run({"ps", child.pid()});
  SKIP_WITHOUT_PERMISSION(said);
  EXPECT_EQ(std::count(said.out.begin(), said.out.end(), '\n'), 2) << said.out;
}

Coroutine<> restless(std::string name) {
  for (;;) {
    co_await asyncio::create_task([](std::string text) -> Coroutine<> {
      co_await asyncio::sleep(0s);
      text += "!";
    }(name));
    co_await asyncio::sleep(1us);
  }
}

TEST(Ps, reads_a_process_that_changes_all_the_time) {
  Child child(+[](int ready) {
    asyncio::run([](int fd) -> Coroutine<> {
      for (int i = 0; i < 30; ++i) {
        const std::string name = "restless " + std::to_string(i);
        asyncio::create_task(restless(name), name);
      }
      say_ready_soon(fd);
      co_await asyncio::sleep(1h);
    }(ready));
  });
  ASSERT_TRUE(child.wait_until_ready());
  for (int i = 0; i < 25; ++i) {
    for (const char* name : {"ps", "pstree"}) {
      const Said said = run({name, child.pid()});
      SKIP_WITHOUT_PERMISSION(said);
      ASSERT_EQ(said.status, 0) << said.err;
      ASSERT_TRUE(said.err.empty() || contains(said.err, "kept changing while loop 1 was read: ")) << said.err;
    }
  }
}

// Overwrites all of a Task<> that lies behind its links.
void fill(asyncio::_FutureCore& task, int byte) {
  char* from = reinterpret_cast<char*>(&task.next + 1);
  char* end = reinterpret_cast<char*>(&task) + sizeof(asyncio::_TaskState<void>);
  std::memset(from, byte, static_cast<std::size_t>(end - from));
}

// What a stray pointer of the process itself may have left of a task, or of the list.
TEST(Ps, survives_a_process_whose_memory_is_broken) {
  constexpr void (*kBreak[])(asyncio::_FutureCore&) = {
      [](asyncio::_FutureCore& task) { task.next = &task; },
      [](asyncio::_FutureCore& task) { task.next = reinterpret_cast<_base::ListLink*>(std::uintptr_t{0x10}); },
      [](asyncio::_FutureCore& task) { task.next = reinterpret_cast<_base::ListLink*>(~std::uintptr_t{0}); },
      [](asyncio::_FutureCore& task) { fill(task, 0xff); },
      [](asyncio::_FutureCore& task) { fill(task, 0x41); },
      [](asyncio::_FutureCore& task) { fill(task, 0); },
  };
  static void (*breaks)(asyncio::_FutureCore&);
  for (const auto each : kBreak) {
    breaks = each;
    Child child(+[](int ready) {
      asyncio::run([](int fd) -> Coroutine<> {
        asyncio::create_task(sleeper(), "before");
        auto victim = asyncio::create_task(sleeper(), "victim");
        asyncio::create_task(sleeper(), "after");
        co_await asyncio::sleep(0s);
        breaks(victim.core());
        say_ready(fd);
        for (;;) ::pause();
      }(ready));
    });
    ASSERT_TRUE(child.wait_until_ready());
    for (const char* name : {"ps", "pstree"}) {
      const Said said = run({name, child.pid()});
      SKIP_WITHOUT_PERMISSION(said);
      EXPECT_EQ(said.status, 0) << said.err;
      EXPECT_TRUE(contains(said.out, "before")) << said.out;
      EXPECT_TRUE(contains(said.err, "kept changing while loop 1 was read")) << said.err;
    }
  }
}

TEST(Ps, says_that_a_process_has_ended) {
  Child child(everything);
  ASSERT_TRUE(child.wait_until_ready());
  child.kill();
  siginfo_t info;
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(std::stoi(child.pid())), &info, WEXITED | WNOWAIT), 0);
  const Said said = run({"ps", child.pid()});
  EXPECT_EQ(said.status, 1);
  EXPECT_TRUE(contains(said.err, ") has ended; its parent has not asked for its exit status yet")) << said.err;
}

TEST(Ps, bears_a_process_that_ends_while_it_is_read) {
  for (int i = 0; i < 20; ++i) {
    Child child(everything);
    if (i % 2) ASSERT_TRUE(child.wait_until_ready());
    std::thread killer([&child] { child.kill(); });
    const Said said = run({"ps", child.pid()});
    killer.join();
    EXPECT_EQ(said.status,
              said.err.empty() || contains(said.err, "event loop") || contains(said.err, "kept changing") ? 0 : 1)
        << said.err;
  }
}

TEST(Ps, says_why_it_cannot_look) {
  EXPECT_EQ(run({"ps", "999999999"}).err, "krait ps: no such process: 999999999\n");
  EXPECT_EQ(run({"pstree", "999999999"}).status, 1);
  Child shell(+[](int) { ::execlp("cat", "cat", "/dev/zero", static_cast<char*>(nullptr)); });
  Said said;
  do {  // until it is a cat
    said = run({"ps", shell.pid()});
    SKIP_WITHOUT_PERMISSION(said);
  } while (!contains(said.err, "(cat)"));
  EXPECT_EQ(said.err, "krait ps: process " + shell.pid() + " (cat) is not a krait program\n");
  EXPECT_EQ(said.status, 1);
}

TEST(Ps, tells_the_remedy_when_it_has_no_permission) {
  if (::geteuid() != 0) {
    const Said said = run({"ps", "1"});
    EXPECT_EQ(said.status, 1);
    EXPECT_TRUE(contains(said.err, "Run krait as root")) << said.err;
    return;
  }
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t nobody = ::fork();
  if (nobody == 0) {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(3);
    const Said said = run({"ps", std::to_string(::getppid())});
    if (::write(ends[1], said.err.data(), said.err.size()) < 0) ::_exit(4);
    ::_exit(said.status);
  }
  ::close(ends[1]);
  std::string text;
  char part[512];
  for (ssize_t count; (count = ::read(ends[0], part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(count));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(nobody, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 1) << text;
  EXPECT_TRUE(contains(text, "Permission denied. Run krait as root, or as the user that the process runs as")) << text;
}

TEST(Command, tells_how_it_is_used) {
  EXPECT_TRUE(contains(run({"--help"}).out, "krait pstree PID"));
  EXPECT_TRUE(contains(run({"ps", "--help"}).out, "usage: krait ps [-v] [--json] PID"));
  EXPECT_TRUE(contains(run({"pstree", "-h"}).out, "usage: krait pstree [--json] PID"));
  EXPECT_TRUE(run({"--version"}).out.starts_with("krait "));
  for (const std::string& each : std::vector<std::string>{"--help", "--version"}) EXPECT_EQ(run({each}).status, 0);
}

TEST(Command, refuses_a_command_line_that_makes_no_sense) {
  const auto error = [](std::vector<std::string> arguments) {
    const Said said = run(std::move(arguments));
    EXPECT_EQ(said.status, 2);
    EXPECT_EQ(said.out, "");
    return said.err.substr(0, said.err.find('\n'));
  };
  EXPECT_EQ(error({"ps"}), "krait ps: which process? give its id");
  EXPECT_EQ(error({"ps", "shop"}), "krait ps: not a process id: 'shop'");
  EXPECT_EQ(error({"ps", "0"}), "krait ps: not a process id: '0'");
  EXPECT_EQ(error({"ps", "12x"}), "krait ps: not a process id: '12x'");
  EXPECT_EQ(error({"ps", "99999999999"}), "krait ps: not a process id: '99999999999'");
  EXPECT_EQ(error({"ps", "1", "2"}), "krait ps: one process at a time: 2 is too much");
  EXPECT_EQ(error({"pstree", "-v", "1"}), "krait pstree: unrecognized argument: -v");
  EXPECT_TRUE(contains(run({"top"}).err, "krait: there is no command 'top'"));
  EXPECT_EQ(run({}).status, 2);
}

}  // namespace
}  // namespace krait::cli
