#include "krait/multiprocessing/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "krait/_base/unique_fd.h"
#include "krait/multiprocessing/_shared.h"
#include "krait/multiprocessing/_threads.h"

namespace krait::multiprocessing {

namespace {

// What this process knows of itself and its children. Never destroyed: it is asked at the exit.
struct Family {
  std::recursive_mutex mutex;
  CurrentProcess self;
  int children_made = 0;
  std::vector<std::shared_ptr<_ProcessCore>> children;  // that were started and are not known to have ended
  std::vector<void (*)()> after_fork, before_join, at_exit;
  pid_t exits_in = 0;  // the process in which our exit handler stands
};
Family& family() {
  static Family* all = new Family;
  return *all;
}

std::string signal_name(int number) {
  const char* name = ::sigabbrev_np(number);
  return name ? std::string("-SIG") + name : std::to_string(-number);
}

// A handler of ours would wake the parent's loop, with whom the child shares the descriptors. Faults keep theirs: a sanitizer's.
void reset_signals() {
  for (int number = 1; number < NSIG; ++number) {
    if (number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL || number == SIGABRT ||
        number == SIGTRAP || number == SIGSYS)
      continue;
    struct sigaction action;
    if (::sigaction(number, nullptr, &action) != 0) continue;
    if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) continue;
    ::signal(number, SIG_DFL);
  }
}

}  // namespace

class _ProcessCore : public std::enable_shared_from_this<_ProcessCore> {
 public:
  _ProcessCore(ProcessOptions options, _base::Function<void()> target) : target_(std::move(target)) {
    Family& all = family();
    std::lock_guard lock(all.mutex);
    identity_ = all.self.identity;
    identity_.push_back(++all.children_made);
    name_ = std::move(options.name);
    if (name_.empty()) {
      name_ = "Process-";
      for (std::size_t i = 0; i < identity_.size(); ++i) name_ += (i ? ":" : "") + std::to_string(identity_[i]);
    }
    daemon_ = options.daemon.value_or(all.self.daemon);
    allow_threads_ = options.allow_threads;
  }

  void start();
  void join(std::optional<nanoseconds> timeout);
  // Asks for its end, and waits until `deadline`; true once it has ended.
  bool ended(const _Deadline& deadline);
  bool ended() { return ended(_Deadline(std::chrono::steady_clock::now())); }
  void send(int number);
  void close();
  std::string repr();
  void require_open() const {
    if (closed_) throw ValueError("process object is closed");
  }
  void require_own(const char* what) const {
    if (parent_ != ::getpid()) throw AssertionError(what);
  }

  std::string name_;
  bool daemon_ = false;
  pid_t pid_ = 0;
  std::optional<int> exitcode_;
  _base::UniqueFd sentinel_;

 private:
  [[noreturn]] void run_in_child();
  std::vector<int> identity_;
  // Held where a thread looks at whether it has ended and, if so, takes its exit code. Not in a child, where another thread may
  // have held it at the fork: there nothing is to be taken.
  std::unique_lock<std::mutex> lock_in_parent() {
    return parent_ == ::getpid() ? std::unique_lock(exit_mutex_) : std::unique_lock<std::mutex>();
  }
  std::mutex exit_mutex_;
  bool allow_threads_ = false, closed_ = false;
  pid_t parent_ = ::getpid();
  _base::Function<void()> target_;
};

namespace {

// Python: multiprocessing.util._exit_function
void leave() {
  Family& all = family();
  for (auto before_join : all.before_join) before_join();
  for (const auto& child : all.children) {
    if (child->daemon_) child->send(SIGTERM);
  }
  for (const auto& child : std::vector(all.children)) child->ended(std::nullopt);
  all.children.clear();
  for (auto at_exit : all.at_exit) at_exit();
}

void have_exit_handler() {
  Family& all = family();
  if (all.exits_in != 0) return;
  all.exits_in = ::getpid();
  std::atexit([] {
    // Somebody else may have forked this process: then the children are not its own.
    if (family().exits_in == ::getpid()) leave();
  });
}

}  // namespace

void _ProcessCore::start() {
  require_open();
  if (pid_ != 0) throw AssertionError("cannot start a process twice");
  require_own("can only start a process object created by current process");
  Family& all = family();
  std::unique_lock lock(all.mutex);
  if (all.self.daemon) throw AssertionError("daemonic processes are not allowed to have children");
  if (int threads = allow_threads_ ? 0 : _threads_in_the_way(); threads > 0) {
    throw RuntimeError("cannot start " + name_ + ": " + std::to_string(threads) +
                       (threads == 1 ? " other thread runs" : " other threads run") +
                       " in this process, and a lock that it holds now would stay locked in the child for ever; start "
                       "processes first, or say .allow_threads = true");
  }
  std::erase_if(all.children, [](const auto& child) { return child->ended(); });
  have_exit_handler();
  lock.unlock();  // the child must not inherit it locked
  std::fflush(nullptr);
  // No signal comes to the child before its handlers are its own.
  sigset_t every, before;
  ::sigfillset(&every);
  ::pthread_sigmask(SIG_BLOCK, &every, &before);
  pid_t pid = ::fork();
  if (pid == 0) {
    reset_signals();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    run_in_child();
  }
  int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) raise_os_error(error, "start", name_);
  pid_ = pid;
  sentinel_ = _base::UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  target_ = nullptr;
  lock.lock();
  all.children.push_back(shared_from_this());
}

void _ProcessCore::run_in_child() {
  int code = 1;
  try {
    Family& all = family();
    new (&all.mutex) std::recursive_mutex;  // another thread may hold it
    _forget_threads();
    all.self = {name_, daemon_, identity_};
    all.children_made = 0;
    all.children.clear();
    all.exits_in = 0;
    if (int null = ::open("/dev/null", O_RDONLY); null > 0) {
      ::dup2(null, 0);
      ::close(null);
    }
    for (auto after_fork : all.after_fork) after_fork();
    try {
      target_();
      code = 0;
    } catch (const SystemExit& exit) {
      code = exit.code;
    } catch (...) {
      std::exception_ptr raised = std::current_exception();
      std::string text = krait::str(raised);
      text = "Process " + name_ + ":\n" + type_name(raised) + (text.empty() ? "" : ": " + text) + "\n";
      std::fwrite(text.data(), 1, text.size(), stderr);
    }
    leave();
    std::fflush(nullptr);
  } catch (...) {
    code = 1;
  }
  // Not exit(): what the parent has registered is the parent's.
  ::_exit(code);
}

bool _ProcessCore::ended(const _Deadline& deadline) {
  {
    auto lock = lock_in_parent();
    if (exitcode_) return true;
  }
  if (pid_ == 0) return false;
  if (sentinel_) {
    pollfd ready{sentinel_.get(), POLLIN, 0};
    int found;
    while ((found = ::poll(&ready, 1, _milliseconds_until(deadline))) < 0 && errno == EINTR) {
    }
    if (found == 0) return false;
  }
  auto lock = lock_in_parent();
  if (exitcode_) return true;  // another thread was first
  int status = 0;
  pid_t waited;
  while ((waited = ::waitpid(pid_, &status, sentinel_ || !deadline ? 0 : WNOHANG)) < 0 && errno == EINTR) {
  }
  if (waited == 0) return false;
  // Somebody else has taken its exit code: Python's asyncio says 255 then.
  exitcode_ = waited < 0 ? 255 : WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  return true;
}

void _ProcessCore::join(std::optional<nanoseconds> timeout) {
  require_open();
  require_own("can only join a child process");
  if (pid_ == 0) throw AssertionError("can only join a started process");
  if (!ended(_deadline_after(timeout))) return;
  Family& all = family();
  std::lock_guard lock(all.mutex);
  std::erase(all.children, shared_from_this());
}

void _ProcessCore::send(int number) {
  if (pid_ == 0 || ended()) return;
  auto lock = lock_in_parent();
  if (!exitcode_) ::kill(pid_, number);  // so the number is still its own
}

void _ProcessCore::close() {
  if (pid_ != 0) {
    if (!ended())
      throw ValueError(
          "Cannot close a process while it is still running. You should first call join() or terminate().");
    sentinel_.reset();
    Family& all = family();
    std::lock_guard lock(all.mutex);
    std::erase(all.children, shared_from_this());
  }
  closed_ = true;
}

std::string _ProcessCore::repr() {
  std::string text = "<Process name='" + name_ + "'";
  if (pid_ != 0) text += " pid=" + std::to_string(pid_);
  text += " parent=" + std::to_string(parent_);
  if (closed_) {
    text += " closed";
  } else if (parent_ != ::getpid()) {
    text += " unknown";
  } else if (pid_ == 0) {
    text += " initial";
  } else if (ended()) {
    text += " stopped exitcode=" + (*exitcode_ < 0 ? signal_name(-*exitcode_) : std::to_string(*exitcode_));
  } else {
    text += " started";
  }
  return text + (daemon_ ? " daemon>" : ">");
}

Process::Process(ProcessOptions options, _base::Function<void()> target, std::nullptr_t)
    : core_(std::make_shared<_ProcessCore>(std::move(options), std::move(target))) {}

void Process::start() { core_->start(); }
void Process::join(std::optional<nanoseconds> timeout) { core_->join(timeout); }
bool Process::is_alive() {
  core_->require_open();
  core_->require_own("can only test a child process");
  return core_->pid_ != 0 && !core_->ended();
}
void Process::terminate() {
  core_->require_open();
  core_->send(SIGTERM);
}
void Process::kill() {
  core_->require_open();
  core_->send(SIGKILL);
}
std::optional<int> Process::exitcode() {
  core_->require_open();
  return core_->ended() ? core_->exitcode_ : std::nullopt;
}
std::optional<int> Process::pid() const {
  core_->require_open();
  return core_->pid_ == 0 ? std::nullopt : std::optional<int>(core_->pid_);
}
const std::string& Process::name() const { return core_->name_; }
bool Process::daemon() const { return core_->daemon_; }
int Process::sentinel() const {
  core_->require_open();
  if (!core_->sentinel_) throw ValueError("process not started");
  return core_->sentinel_.get();
}
void Process::close() { core_->close(); }
std::string Process::repr() const { return core_->repr(); }

const CurrentProcess& current_process() { return family().self; }

std::vector<Process> active_children() {
  Family& all = family();
  std::lock_guard lock(all.mutex);
  std::erase_if(all.children, [](const auto& child) { return child->ended(); });
  std::vector<Process> children;
  children.reserve(all.children.size());
  for (const auto& child : all.children) children.push_back(Process(child));
  return children;
}

int cpu_count() { return static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)); }

void _register_after_fork(void (*in_child)()) { family().after_fork.push_back(in_child); }

void _register_at_exit(void (*at_exit)()) {
  Family& all = family();
  std::lock_guard lock(all.mutex);
  all.at_exit.push_back(at_exit);
  have_exit_handler();
}

void _register_before_children_are_joined(void (*at_exit)()) {
  Family& all = family();
  std::lock_guard lock(all.mutex);
  all.before_join.push_back(at_exit);
  have_exit_handler();
}

}  // namespace krait::multiprocessing
