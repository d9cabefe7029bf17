#include "krait/asyncio/events.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "krait/asyncio/_descriptors.h"
#include "krait/asyncio/_reactor.h"
#include "krait/asyncio/_tools.h"
#include "krait/asyncio/graph.h"
#include "krait/asyncio/tasks.h"
#include "krait/builtins/traceback.h"

namespace krait::asyncio {

constinit thread_local _Running _running;

namespace {

thread_local _VirtualTime* virtual_time = nullptr;
constinit thread_local EventLoop* current_loop = nullptr;  // of set_event_loop

bool on_main_thread() { return ::syscall(SYS_gettid) == ::getpid(); }

// While something is ready, I/O is looked at only every so many turns: a poll costs as much as a hundred switches.
constexpr int kTurnsBetweenPolls = 64;
// Awaits that complete at once between two looks at the clock, and how long they may keep the loop.
constexpr int kAwaitsBetweenLooks = 1024;
constexpr std::int64_t kLongestStep = 10'000'000;

std::int64_t steady_now() noexcept {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

// Puts back what a turn had not run yet when an exception (KeyboardInterrupt, SystemExit) leaves the loop.
struct RestOfTurn {
  _ReadyQueue turn;
  _ReadyQueue& ready;
  bool& interrupted;
  ~RestOfTurn() {
    interrupted = !turn.empty();
    ready.prepend(turn);
  }
};

// Calls a callback of the loop. What it throws is reported; only these two leave the loop.
void call_reporting(EventLoop& loop, _base::Function<void()>& function) {
  try {
    function();
  } catch (const KeyboardInterrupt&) {
    throw;
  } catch (const SystemExit&) {
    throw;
  } catch (...) {
    loop.call_exception_handler({"Exception in callback", std::current_exception(), {}});
  }
}

}  // namespace

_VirtualTime* _set_virtual_time(_VirtualTime* time) { return std::exchange(virtual_time, time); }

_Callback::_Callback(EventLoop& loop, _base::Function<void()> function, contextvars::_Slot context)
    : loop_(&loop), function_(std::move(function)), context_(std::move(context)) {
  run = &call;
  ++_refs;  // the loop's own, until it has run or was taken out
}

void _Callback::cancel() noexcept {
  if (cancelled_) return;
  cancelled_ = true;
  function_ = nullptr;
  if (!scheduled()) return;  // in the ready queue, or done
  loop_->_remove_timer(this);
  if (--_refs == 0) delete this;
}

void _Callback::call(_ReadyNode* node) {
  auto* self = static_cast<_Callback*>(node);
  _base::Ref<_Callback> alive(self);
  --self->_refs;
  if (self->cancelled_) return;
  _base::Function<void()> function = std::move(self->function_);
  contextvars::_Within within(self->context_);
  call_reporting(*self->loop_, function);
}

EventLoop::EventLoop() : debug_(_development_mode), virtual_(virtual_time) {
  recent_ = _now();
  _show_loop(this);
}

EventLoop::~EventLoop() {
  if (current_loop == this) current_loop = nullptr;
  _hide_loop(this);
  if (closed_) return;
  if (debug_) call_exception_handler({"unclosed event loop", nullptr, {}});
  close();
}

void EventLoop::set_debug(bool enabled) noexcept {
  debug_ = enabled;
  if (enabled) _development_mode = true;
}

void EventLoop::check_other_thread() const {
  const std::thread::id thread = thread_.load(std::memory_order_relaxed);
  if (thread == std::thread::id() || thread == std::this_thread::get_id()) return;
  throw RuntimeError("Non-thread-safe operation invoked on an event loop other than the current one");
}

std::int64_t EventLoop::_now() const noexcept { return virtual_ ? virtual_->now() : steady_now(); }

std::int64_t EventLoop::_deadline(nanoseconds delay) noexcept {
  recent_ = _now();
  std::int64_t deadline;
  if (__builtin_add_overflow(recent_, delay.count(), &deadline)) deadline = _TimerHeap::kNever - 1;
  return deadline;
}

_Reactor& EventLoop::_reactor() {
  if (!reactor_) {
    std::lock_guard lock(incoming_mutex_);  // another thread may be looking for a reactor to wake
    reactor_ = _make_reactor();
  }
  return *reactor_;
}

void EventLoop::_check_closed() const {
  if (closed_) throw RuntimeError("Event loop is closed");
}

void EventLoop::_check_not_running() const {
  _check_closed();
  if (running_) throw RuntimeError("This event loop is already running");
  if (_running.loop) throw RuntimeError("Cannot run the event loop while another loop is running");
}

Handle EventLoop::call_soon(_base::Function<void()> function) {
  return schedule(std::move(function), contextvars::_Slot::copy_current());
}

Handle EventLoop::call_soon(_base::Function<void()> function, const contextvars::Context& context) {
  return schedule(std::move(function), contextvars::_Slot(context));
}

Handle EventLoop::schedule(_base::Function<void()> function, contextvars::_Slot context) {
  _check_closed();
  _check_thread();
  auto* callback = new _Callback(*this, std::move(function), std::move(context));
  ready_.push(callback);
  return Handle(_base::Ref<_Callback>(callback));
}

void EventLoop::call_soon_threadsafe(_base::Function<void()> function) {
  hand_over({std::move(function), contextvars::_Slot::copy_current()});
}

void EventLoop::call_soon_threadsafe(_base::Function<void()> function, const contextvars::Context& context) {
  hand_over({std::move(function), contextvars::_Slot(context)});
}

void EventLoop::hand_over(Incoming incoming) {
  std::lock_guard lock(incoming_mutex_);
  _check_closed();
  incoming_.push_back(std::move(incoming));
  // Only the first of several wakes the loop: until that has taken them all, it does not sleep.
  if (!has_incoming_.exchange(true, std::memory_order_acq_rel) && reactor_) reactor_->wake();
}

TimerHandle EventLoop::call_later(nanoseconds delay, _base::Function<void()> function) {
  _check_thread();
  return schedule_at(nanoseconds(_deadline(delay)), std::move(function), contextvars::_Slot::copy_current());
}

TimerHandle EventLoop::call_later(nanoseconds delay, _base::Function<void()> function,
                                  const contextvars::Context& context) {
  _check_thread();
  return schedule_at(nanoseconds(_deadline(delay)), std::move(function), contextvars::_Slot(context));
}

TimerHandle EventLoop::call_at(nanoseconds when, _base::Function<void()> function) {
  return schedule_at(when, std::move(function), contextvars::_Slot::copy_current());
}

TimerHandle EventLoop::call_at(nanoseconds when, _base::Function<void()> function,
                               const contextvars::Context& context) {
  return schedule_at(when, std::move(function), contextvars::_Slot(context));
}

TimerHandle EventLoop::schedule_at(nanoseconds when, _base::Function<void()> function, contextvars::_Slot context) {
  _check_closed();
  _check_thread();
  auto* callback = new _Callback(*this, std::move(function), std::move(context));
  callback->when = when.count();
  timers_.add(callback, when.count());
  return TimerHandle(_base::Ref<_Callback>(callback));
}

void EventLoop::add_signal_handler(int number, _base::Function<void()> function) {
  struct sigaction now{};
  if (number < 1 || ::sigaction(number, nullptr, &now) != 0)
    throw ValueError("invalid signal number " + std::to_string(number));
  _check_closed();
  if (!on_main_thread()) throw RuntimeError("set_wakeup_fd only works in main thread of the main interpreter");
  if (number == SIGKILL || number == SIGSTOP) throw RuntimeError("sig " + std::to_string(number) + " cannot be caught");
  remove_signal_handler(number);
  // The reactor holds it; what is queued when it is removed does nothing any more.
  auto held = std::make_shared<_base::Function<void()>>(std::move(function));
  _reactor().add_signal(number, [this, held] {
    call_soon([weak = std::weak_ptr(held)] {
      if (auto alive = weak.lock()) (*alive)();
    });
  });
  ++signals_;
}

bool EventLoop::remove_signal_handler(int number) {
  struct sigaction now{};
  if (number < 1 || ::sigaction(number, nullptr, &now) != 0)
    throw ValueError("invalid signal number " + std::to_string(number));
  if (!reactor_ || !reactor_->remove_signal(number)) return false;
  --signals_;
  return true;
}

_Descriptors& EventLoop::descriptors() {
  _check_closed();
  if (!descriptors_) descriptors_ = std::make_unique<_Descriptors>(*this);
  return *descriptors_;
}

void EventLoop::add_reader(int fd, _base::Function<void()> function) {
  descriptors().add(fd, _Descriptors::Direction::Read, std::move(function));
}

void EventLoop::add_writer(int fd, _base::Function<void()> function) {
  descriptors().add(fd, _Descriptors::Direction::Write, std::move(function));
}

bool EventLoop::remove_reader(int fd) noexcept {
  return descriptors_ && descriptors_->remove(fd, _Descriptors::Direction::Read);
}

bool EventLoop::remove_writer(int fd) noexcept {
  return descriptors_ && descriptors_->remove(fd, _Descriptors::Direction::Write);
}

void EventLoop::set_exception_handler(ExceptionHandler handler) {
  exception_handler_ = handler ? std::make_shared<ExceptionHandler>(std::move(handler)) : nullptr;
}

void EventLoop::call_exception_handler(const ExceptionContext& context) noexcept {
  std::shared_ptr<ExceptionHandler> handler = exception_handler_;
  if (!handler) {
    default_exception_handler(context);
    return;
  }
  try {
    (*handler)(*this, context);
  } catch (...) {
    default_exception_handler({"Unhandled error in exception handler", std::current_exception(), context.message});
  }
}

void EventLoop::default_exception_handler(const ExceptionContext& context) noexcept {
  try {
    std::string text = context.message + "\n";
    if (!context.source.empty()) text += "source: " + context.source + "\n";
    if (context.exception) text += format_exception(context.exception);
    std::fwrite(text.data(), 1, text.size(), stderr);
  } catch (...) {
    std::fputs("out of memory while reporting an error\n", stderr);
  }
}

void EventLoop::take_from_threads() {
  std::vector<Incoming> taken;
  {
    std::lock_guard lock(incoming_mutex_);
    taken.swap(incoming_);
    has_incoming_.store(false, std::memory_order_relaxed);
  }
  for (Incoming& each : taken) schedule(std::move(each.function), std::move(each.context));
}

// What could still happen without any timer.
bool EventLoop::may_be_woken() { return external_ > 0 || (reactor_ && reactor_->awaits()); }

void EventLoop::raise_deadlock() {
  throw DeadlockError("deadlock: every task waits, no timer is set and no I/O is awaited" + _describe_waiting(*this));
}

void EventLoop::wait_for_something() {
  const std::int64_t next = timers_.next();
  if (!virtual_) {
    if (debug_ && next == _TimerHeap::kNever && signals_ == 0 && !tasks_.empty() && !may_be_woken()) {
      // Only another thread could wake the loop, when there is one.
      const std::filesystem::directory_iterator threads("/proc/self/task");
      if (std::distance(begin(threads), end(threads)) == 1) raise_deadlock();
      if (!std::exchange(deadlock_reported_, true))
        call_exception_handler(
            {"every task waits: only another thread can wake the loop" + _describe_waiting(*this), nullptr, {}});
    }
    poll(next == _TimerHeap::kNever ? -1 : std::max<std::int64_t>(0, next - steady_now()));
    return;
  }
  if (reactor_) reactor_->poll(0);
  if (!ready_.empty() || has_incoming_.load(std::memory_order_acquire)) return;
  const bool external = may_be_woken();
  if (next == _TimerHeap::kNever && !external) raise_deadlock();
  if (std::int64_t real = virtual_->idle(next, external)) poll(real);
}

void EventLoop::poll(std::int64_t timeout) {
  _Reactor& reactor = _reactor();
  // A thread that called before there was a reactor could not wake it.
  if (has_incoming_.load(std::memory_order_acquire)) return;
  struct Asleep {
    bool& flag;
    explicit Asleep(bool& f) : flag(f) { flag = true; }
    ~Asleep() { flag = false; }
  } asleep(asleep_);
  reactor.poll(timeout);
}

void EventLoop::run_turn() {
  if (ready_.empty() && !stopping_ && !has_incoming_.load(std::memory_order_acquire)) {
    wait_for_something();
    turns_since_poll_ = 0;
    look_at_clock();
  } else if (++turns_since_poll_ >= kTurnsBetweenPolls || stopping_) {
    if (reactor_) reactor_->poll(0);
    turns_since_poll_ = 0;
    look_at_clock();
  }
  if (has_incoming_.load(std::memory_order_acquire)) [[unlikely]]
    take_from_threads();
  if (virtual_) look_at_clock();
  if (timers_.next() <= recent_) timers_.expire(recent_, ready_);
  run_ready();
}

void EventLoop::run_ready() {
  // What an interrupted turn left keeps its place before what it has caused: a sleep's timer must not come after the
  // step of the task that was cancelled out of that sleep.
  bool fifo = interrupted_;
  RestOfTurn rest{{}, ready_, interrupted_};
  rest.turn.swap(ready_);
  if (virtual_ && virtual_->reorders() && !fifo) run_reordered(rest.turn);
  while (!rest.turn.empty()) {
    _ReadyNode* node = rest.turn.pop();
    if (debug_) [[unlikely]] {
      run_watched(node);
    } else {
      node->run(node);
    }
  }
}

// Python: the debug branch of _run_once. Under virtual time nothing is slow.
void EventLoop::run_watched(_ReadyNode* node) {
  _base::Ref<_TaskCore> task(_TaskCore::of(node));
  const std::vector<std::source_location> stack = task ? task->stack() : std::vector<std::source_location>();
  const std::int64_t start = steady_now();
  node->run(node);
  const std::int64_t took = steady_now() - start;
  if (virtual_ || took < slow_callback_duration.count()) return;
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.3f", static_cast<double>(took) * 1e-9);
  std::string message = "Executing " + (task ? task->repr() : "a callback") + " took " + seconds + " seconds";
  if (!stack.empty()) message += ", going on from (most recent call last):";
  for (const auto& each : stack) message += "\n" + _format_location(each);
  call_exception_handler({std::move(message), nullptr, {}});
}

void EventLoop::run_reordered(_ReadyQueue& turn) {
  std::vector<_ReadyNode*> nodes;
  while (!turn.empty()) nodes.push_back(turn.pop());
  virtual_->order(nodes);
  for (_ReadyNode* node : nodes) turn.push(node);
}

bool EventLoop::preempt(std::coroutine_handle<> coroutine) {
  _preemption.budget = kAwaitsBetweenLooks;
  EventLoop* loop = _running.loop;
  _TaskCore* task = _running.task;
  if (!task || loop->_now() - loop->looked_at_ < kLongestStep) return false;
  loop->turns_since_poll_ = kTurnsBetweenPolls;
  loop->_push(task->suspend(coroutine, nullptr));
  return true;
}

void EventLoop::run_forever() {
  _check_not_running();
  struct Running {
    EventLoop& loop;
    _base::Ref<EventLoop> alive{&loop};
    _Running before = _running;
    _Preemption preemption = _preemption;
    explicit Running(EventLoop& l) : loop(l) {
      loop.running_ = true;
      loop.thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
      loop.thread_number_ = static_cast<int>(::syscall(SYS_gettid));
      loop.thread_running_ = &_running;
      _running = {&loop, nullptr};
      _preemption = {kAwaitsBetweenLooks, &EventLoop::preempt};
    }
    ~Running() {
      loop.running_ = loop.stopping_ = false;
      loop.thread_running_ = nullptr;
      loop.thread_.store(std::thread::id(), std::memory_order_relaxed);
      _running = before;
      _preemption = preemption;
    }
  } running(*this);
  look_at_clock();
  do {
    run_turn();
  } while (!stopping_);
}

void EventLoop::_run_until_done(_FutureCore& future) {
  _check_not_running();
  if (&future.loop() != this)
    throw ValueError("The future belongs to a different loop than the one specified as the loop argument");
  _base::Ref<_FutureCore> alive(&future);
  auto waiting = std::make_shared<bool>(true);
  std::uint64_t callback = future.add_done_callback([this, waiting](FutureBase done) {
    if (!done.cancelled()) done.core().mark_retrieved();
    if (*waiting) stop();
  });
  try {
    run_forever();
  } catch (...) {
    // What left the loop may have ended the future, too: that is known now, and must not stop the next run.
    *waiting = false;
    if (future.done() && !future.cancelled()) future.mark_retrieved();
    future.remove_done_callback(callback);
    throw;
  }
  future.remove_done_callback(callback);
  if (!future.done()) throw RuntimeError("Event loop stopped before Future completed.");
}

// Only callbacks own themselves; tasks and timers belong to somebody else.
void EventLoop::drop_ready() noexcept {
  while (!ready_.empty()) {
    _ReadyNode* node = ready_.pop();
    if (node->run == &_Callback::call) {
      _base::Ref<_Callback> callback(static_cast<_Callback*>(node));
      --callback->_refs;
      callback->cancel();  // lets the captures go, even when somebody keeps the handle: they may hold it themselves
    } else {
      _drop_done_callback(node);
    }
  }
}

void EventLoop::drop_everything() noexcept {
  drop_ready();
  std::vector<_base::Ref<_TaskCore>> pending;
  for (_TaskCore& task : tasks_) pending.emplace_back(&task);
  for (auto& task : pending) {
    call_exception_handler({"Task was destroyed but it is pending!", nullptr, task->repr()});
    task->abandon();
  }
  for (auto& task : pending) task->drop_callbacks();
  while (_FutureCore* future = futures_.pop_front()) {
    _base::Ref<_FutureCore> alive(future);  // its callbacks may hold the last references to it
    future->drop_callbacks();
  }
  // What is left in the heap are callbacks: the frames took their timers with them.
  timers_.expire(_TimerHeap::kNever, ready_);
  drop_ready();
}

void EventLoop::close() {
  if (running_) throw RuntimeError("Cannot close a running event loop");
  if (closed_) return;
  threads_.reset();
  // What is dropped may schedule more as it dies.
  do {
    descriptors_.reset();
    take_from_threads();
    drop_everything();
  } while (!tasks_.empty() || !timers_.empty() || !ready_.empty() || descriptors_);
  std::unique_ptr<_Reactor> reactor;
  std::vector<Incoming> incoming;
  std::lock_guard lock(incoming_mutex_);
  closed_ = true;
  reactor.swap(reactor_);
  incoming.swap(incoming_);
}

_base::Ref<EventLoop> new_event_loop() { return _base::Ref<EventLoop>(new EventLoop); }

EventLoop& get_running_loop() {
  if (!_running.loop) throw RuntimeError("no running event loop");
  return *_running.loop;
}

EventLoop& get_event_loop() {
  EventLoop* loop = _running.loop ? _running.loop : current_loop;
  if (loop) return *loop;
  std::string name = on_main_thread() ? "MainThread" : "Thread-" + std::to_string(::syscall(SYS_gettid));
  throw RuntimeError("There is no current event loop in thread '" + name + "'.");
}

void set_event_loop(EventLoop* loop) noexcept { current_loop = loop; }

}  // namespace krait::asyncio
