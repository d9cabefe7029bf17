#pragma once
// Process: a function in a process of its own, forked from this one.
//
//   multiprocessing::Process child(consume, queue);
//   child.start();
//   child.join();                           // child.exitcode() is 0; 1 after an exception; -9 when it was killed
//
// The child is a copy: it sees what was there when it was started, and nothing that is done to it is seen here. Only the thread
// that starts it is in it. A lock that another thread holds at that moment stays locked in the child for ever, so start()
// refuses while threads that krait does not know run, or one of its pools is at a call. Python: multiprocessing.process

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "krait/_base/function.h"
#include "krait/builtins/coroutine.h"
#include "krait/builtins/exceptions.h"

namespace krait::multiprocessing {

using std::chrono::nanoseconds;

struct ProcessOptions {
  std::string name = {};  // "Process-1", …
  // A daemon is terminated when this process ends; another is waited for. Default: as the process that makes it.
  std::optional<bool> daemon = std::nullopt;
  // Start it beside other threads: whoever says so knows that none of them holds a lock that the child needs.
  bool allow_threads = false;
};

class _ProcessCore;

// A handle: copies are one process. Python: multiprocessing.Process(target=…, args=…, name=…, daemon=…)
class Process {
 public:
  // Calls `target(arguments…)` in the child; both are copied into it by the fork, so anything goes: a lambda, a Queue.
  template <class F, class... Args>
    requires(std::is_invocable_v<std::decay_t<F>&, std::decay_t<Args>&...> &&
             !std::is_same_v<std::remove_cvref_t<F>, ProcessOptions>)
  explicit Process(F&& target, Args&&... arguments)
      : Process(ProcessOptions{}, std::forward<F>(target), std::forward<Args>(arguments)...) {}
  template <class F, class... Args>
    requires std::is_invocable_v<std::decay_t<F>&, std::decay_t<Args>&...>
  Process(ProcessOptions options, F&& target, Args&&... arguments)
      : Process(std::move(options), bind(std::forward<F>(target), std::forward<Args>(arguments)...), nullptr) {}

  // Throws RuntimeError when threads are in the way, AssertionError "cannot start a process twice" and "daemonic processes are
  // not allowed to have children". Python: process.start()
  void start();
  // Waits for its end, or for `timeout`. Throws AssertionError "can only join a started process", "can only join a child
  // process". Python: process.join(timeout=None)
  void join(std::optional<nanoseconds> timeout = std::nullopt);
  bool is_alive();
  // SIGTERM and SIGKILL. Python: process.terminate(), process.kill()
  void terminate();
  void kill();
  // What it ended with: 0, 1 after an exception, SystemExit's code; minus the number of the signal that killed it. None while
  // it runs. Python: process.exitcode
  std::optional<int> exitcode();
  std::optional<int> pid() const;
  const std::string& name() const;
  bool daemon() const;
  // A descriptor that is readable once it has ended. Throws ValueError "process not started". Python: process.sentinel
  int sentinel() const;
  // Lets go of the descriptor. Throws ValueError while it runs; what is asked afterwards throws ValueError "process object is
  // closed". Python: process.close()
  void close();
  // "<Process name='Process-1' pid=7 parent=6 stopped exitcode=-SIGKILL>". Python: repr(process)
  std::string repr() const;

 private:
  friend std::vector<Process> active_children();
  Process(ProcessOptions options, _base::Function<void()> target, std::nullptr_t);
  explicit Process(std::shared_ptr<_ProcessCore> core) : core_(std::move(core)) {}
  template <class F, class... Args>
  static _base::Function<void()> bind(F&& target, Args&&... arguments) {
    return [target = std::decay_t<F>(std::forward<F>(target)),
            arguments = std::tuple<std::decay_t<Args>...>(std::forward<Args>(arguments)...)]() mutable {
      std::apply([&](auto&... each) { (void)std::invoke(target, each...); }, arguments);
    };
  }
  std::shared_ptr<_ProcessCore> core_;
};

// This process, as its parent started it. Python: multiprocessing.current_process()
struct CurrentProcess {
  std::string name = "MainProcess";
  bool daemon = false;
  std::vector<int> identity = {};  // (1, 2): the second child of the first
};
const CurrentProcess& current_process();
// Those that run; forgets the others. Python: multiprocessing.active_children()
std::vector<Process> active_children();
// Python: multiprocessing.cpu_count()
int cpu_count();

// Calls `in_child` in every child that is forked from here on, before its target. Python: os.register_at_fork
void _register_after_fork(void (*in_child)());
// Calls `at_exit` when this process, or a child of it, ends of its own accord.
void _register_at_exit(void (*at_exit)());
// The same, before it waits for its children: who keeps some lets them go.
void _register_before_children_are_joined(void (*at_exit)());

}  // namespace krait::multiprocessing
