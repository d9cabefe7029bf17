#include "krait/asyncio/_child.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <mutex>

namespace krait::asyncio {

namespace {

void reap_now(pid_t pid) noexcept {
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

// SIGKILL has been sent; the end takes as long as the kernel needs.
void reap_in_background(pid_t pid) noexcept {
  if (::waitpid(pid, nullptr, WNOHANG) != 0) return;
  try {
    std::thread(reap_now, pid).detach();
  } catch (...) {
    reap_now(pid);
  }
}

}  // namespace

struct _Child::Meeting {
  std::mutex mutex;
  EventLoop* loop;  // null: the child is dropped
  _Child* child;    // to be used in the loop only
  explicit Meeting(EventLoop* l, _Child* c) : loop(l), child(c) {}
};

_Child::_Child(EventLoop& loop, pid_t pid, Watcher watcher) : loop_(&loop), pid_(pid) {
  if (watcher == Watcher::Pidfd) pidfd_ = _base::UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  try {
    if (pidfd_) {
      watch_ = loop._reactor().watch(pidfd_.get());
      watch_->wait_readable(this);
    } else {
      start_thread();
    }
  } catch (...) {
    ::kill(pid_, SIGKILL);
    reap_in_background(pid_);
    throw;
  }
}

_Child::~_Child() {
  watch_.reset();
  if (meeting_) {
    std::lock_guard lock(meeting_->mutex);
    meeting_->loop = nullptr;
    if (!returncode_) loop_->_expect_thread(-1);
  }
  if (returncode_ || reap()) return;
  ::kill(pid_, SIGKILL);
  reap_in_background(pid_);
  std::string name = std::to_string(pid_);
  loop_->call_exception_handler({"subprocess " + name + " is still running",
                                 std::make_exception_ptr(ResourceWarning("subprocess " + name + " is still running")),
                                 "<Process " + name + ">"});
}

void _Child::start_thread() {
  auto meeting = std::make_shared<Meeting>(loop_.get(), this);
  std::thread([meeting, pid = pid_] {
    siginfo_t info;
    // Without reaping: until the loop has heard, the pid must not become another process's.
    while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    std::lock_guard lock(meeting->mutex);
    if (!meeting->loop) return;
    try {
      meeting->loop->call_soon_threadsafe([meeting] {
        if (meeting->loop) meeting->child->_io_ready();
      });
    } catch (const RuntimeError&) {
      // The loop is closed.
    }
  }).detach();
  meeting_ = std::move(meeting);
  loop_->_expect_thread(+1);
}

bool _Child::reap() noexcept {
  int status = 0;
  pid_t pid;
  do {
    pid = ::waitpid(pid_, &status, WNOHANG);
  } while (pid < 0 && errno == EINTR);
  if (pid == 0) return false;
  if (pid < 0) {
    // Somebody else has reaped it (SIGCHLD ignored, a waitpid(-1)). Python's number, and its words.
    returncode_ = 255;
    loop_->call_exception_handler(
        {"Unknown child process pid " + std::to_string(pid_) + ", will report returncode 255", nullptr, {}});
  } else {
    returncode_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }
  return true;
}

void _Child::_io_ready() noexcept {
  if (!returncode_ && !reap()) {
    if (watch_) watch_->wait_readable(this);
    return;
  }
  if (meeting_) loop_->_expect_thread(-1);
  waiters_.wake_all();
}

void _Child::send_signal(int number) {
  // Not reaped yet, so the pid is still this child's.
  if (returncode_) throw ProcessLookupError(ESRCH, {});
  if (::kill(pid_, number) != 0) {
    if (errno == ESRCH) throw ProcessLookupError(ESRCH, {});
    raise_os_error(errno);
  }
}

Coroutine<int> _Child::wait() {
  if (!returncode_) co_await waiters_.wait("Process.wait");
  co_return *returncode_;
}

}  // namespace krait::asyncio
