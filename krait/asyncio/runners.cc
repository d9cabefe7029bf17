#include "krait/asyncio/runners.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "krait/asyncio/_reactor.h"
#include "krait/asyncio/gather.h"
#include "krait/builtins/traceback.h"

namespace krait::asyncio {

namespace {

// Python: asyncio.constants.THREAD_JOIN_TIMEOUT
constexpr std::chrono::seconds kThreadJoinTimeout(300);

bool on_main_thread() { return ::syscall(SYS_gettid) == ::getpid(); }

bool sigint_is_default() {
  struct sigaction action;
  return ::sigaction(SIGINT, nullptr, &action) == 0 && action.sa_handler == SIG_DFL;
}

}  // namespace

void _cancel_all_tasks(EventLoop& loop) {
  std::vector<AnyTask> left = all_tasks(&loop);
  if (left.empty()) return;
  for (const AnyTask& task : left) task.cancel();
  loop._run_until_done(_gather_all(left).core());
  for (const AnyTask& task : left) {
    if (task.cancelled()) continue;
    if (std::exception_ptr error = task.exception())
      loop.call_exception_handler({"unhandled exception during asyncio.run() shutdown", error, task.repr()});
  }
}

Runner::Runner(RunnerOptions options) : options_(std::move(options)) { _install_excepthook(); }

Runner::~Runner() {
  try {
    close();
  } catch (...) {
    EventLoop::default_exception_handler({"cannot close the Runner", std::current_exception(), {}});
  }
}

EventLoop& Runner::prepare() {
  if (_get_running_loop()) throw RuntimeError("Runner.run() cannot be called from a running event loop");
  return get_loop();
}

EventLoop& Runner::get_loop() {
  if (closed_) throw RuntimeError("Runner is closed");
  if (!loop_) {
    loop_ = options_.loop_factory ? options_.loop_factory() : new_event_loop();
    if (options_.debug) loop_->set_debug(*options_.debug);
    context_ = contextvars::copy_context();
  }
  return *loop_;
}

void Runner::run_task(_TaskCore& task) {
  int interrupts = 0;
  bool handles_sigint = on_main_thread() && sigint_is_default();
  if (handles_sigint) {
    // Not through the loop: a Ctrl-C that may come is nothing that anybody waits for.
    loop_->_reactor().add_signal(SIGINT, [&interrupts, &task] {
      if (++interrupts == 1 && !task.done()) {
        task.cancel(std::nullopt);
      } else {
        throw KeyboardInterrupt();
      }
    });
  }
  struct Restore {
    EventLoop& loop;
    bool active;
    ~Restore() {
      if (active) loop._reactor().remove_signal(SIGINT);
    }
  } restore{*loop_, handles_sigint};
  loop_->_run_until_done(task);
  if (task.cancelled() && interrupts > 0 && task.uncancel() == 0) throw KeyboardInterrupt();
  task.raise_unless_result();
}

void Runner::close() {
  if (closed_) return;
  closed_ = true;
  if (!loop_) return;
  try {
    _cancel_all_tasks(*loop_);
    if (loop_->_has_default_executor()) loop_->run_until_complete(loop_->shutdown_default_executor(kThreadJoinTimeout));
  } catch (...) {
    loop_->close();  // what a deadlock or a KeyboardInterrupt left pending still refers to the loop
    throw;
  }
  loop_->close();
}

}  // namespace krait::asyncio
