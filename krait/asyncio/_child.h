#pragma once
// A child process that the loop watches: how it ended, and whoever waits for that. Python: asyncio.unix_events.PidfdChildWatcher

#include <sys/types.h>

#include <memory>
#include <optional>
#include <thread>

#include "krait/_base/unique_fd.h"
#include "krait/asyncio/_reactor.h"
#include "krait/asyncio/locks.h"

namespace krait::asyncio {

// Owns the child: reaps it when it ends, and kills it when it is dropped before. The kernel tells of the end through a
// descriptor (pidfd); where there is none (before Linux 5.3, or none is left), a thread waits for that one child.
// Neither needs SIGCHLD, which belongs to the program.
class _Child final : private _IoWaiter {
 public:
  enum class Watcher : bool { Pidfd, Thread };
  // Takes the child over, also when it throws.
  _Child(EventLoop& loop, pid_t pid, Watcher watcher = Watcher::Pidfd);
  _Child(const _Child&) = delete;
  _Child& operator=(const _Child&) = delete;
  // Kills a child that runs, says so (ResourceWarning to the loop's exception handler), and leaves the reaping to a
  // thread: nothing here waits, and the loop may be gone before the child is.
  ~_Child();

  pid_t pid() const noexcept { return pid_; }
  // None while it runs; minus the signal that killed it.
  std::optional<int> returncode() const noexcept { return returncode_; }
  // Throws ProcessLookupError when it has ended.
  void send_signal(int number);
  // Waits for the end; any number of tasks may. The child lives until then: whoever calls must hold it.
  Coroutine<int> wait();

 private:
  // How the thread finds the child, as long as there is one.
  struct Meeting;
  void _io_ready() noexcept override;
  void start_thread();
  // Asks the kernel; true when the child has ended.
  bool reap() noexcept;

  _base::Ref<EventLoop> loop_;
  pid_t pid_;
  std::optional<int> returncode_;
  _base::UniqueFd pidfd_;
  std::unique_ptr<_Watch> watch_;
  std::shared_ptr<Meeting> meeting_;
  _WaiterLine waiters_;
};

}  // namespace krait::asyncio
