#pragma once
// The event loop: one thread, one FIFO queue of what is ready, one heap of timers, one reactor.
//
//   asyncio::EventLoop& loop = asyncio::get_running_loop();
//   loop.call_later(2s, [] { print("two seconds on"); });
//
// Each turn waits for I/O (only when nothing is ready), moves due timers behind what is ready, and runs a snapshot
// of the queue: what becomes ready meanwhile waits for the next turn. Nothing here is thread-safe but
// call_soon_threadsafe. Python: asyncio.events, asyncio.base_events

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "krait/_base/function.h"
#include "krait/_base/intrusive_list.h"
#include "krait/_base/ref.h"
#include "krait/asyncio/_ready.h"
#include "krait/asyncio/_timers.h"
#include "krait/asyncio/exceptions.h"
#include "krait/builtins/coroutine.h"
#include "krait/builtins/none.h"
#include "krait/contextvars.h"

namespace krait::concurrent::futures {
class ThreadPoolExecutor;
}

namespace krait::asyncio {

struct AddressInfo;
struct DatagramEndpointOptions;
class EventLoop;
class FutureBase;
struct GetaddrinfoOptions;
struct NameInfo;
struct SocketAddress;
class _Descriptors;
class _FutureCore;
class _LoopThreads;
class _Reactor;
class _TaskCore;
template <class T>
class Future;
template <class T>
class Task;

using std::chrono::nanoseconds;

// What runs in this thread just now.
struct _Running {
  EventLoop* loop = nullptr;
  _TaskCore* task = nullptr;
};
extern constinit thread_local _Running _running;

struct _ToolsLayout;  // what `krait ps` knows of where things lie: _tools.cc

// A callback in the queue or in the heap. Shared by its Handle and the loop.
class _Callback : public _TimerNode {
 public:
  _Callback(EventLoop& loop, _base::Function<void()> function, contextvars::_Slot context);
  void cancel() noexcept;
  bool cancelled() const noexcept { return cancelled_; }
  std::int64_t when = 0;

  int _refs = 0;
  void _unreferenced() noexcept { delete this; }
  static void* operator new(std::size_t size) { return _base::FrameAllocator::allocate(size); }
  static void operator delete(void* p, std::size_t size) noexcept { _base::FrameAllocator::deallocate(p, size); }

  static void call(_ReadyNode* node);

 private:
  EventLoop* loop_;
  _base::Function<void()> function_;
  contextvars::_Slot context_;
  bool cancelled_ = false;
};

// What call_soon gives. Dropping it changes nothing; cancel() takes the callback back. Python: asyncio.Handle
class Handle {
 public:
  Handle() = default;
  explicit Handle(_base::Ref<_Callback> callback) : callback_(std::move(callback)) {}
  // No effect on one that ran already.
  void cancel() noexcept {
    if (callback_) callback_->cancel();
  }
  bool cancelled() const noexcept { return callback_ && callback_->cancelled(); }

 protected:
  _base::Ref<_Callback> callback_;
};

// What call_later and call_at give. Python: asyncio.TimerHandle
class TimerHandle : public Handle {
 public:
  using Handle::Handle;
  // The deadline, in the loop's time().
  nanoseconds when() const noexcept { return nanoseconds(callback_ ? callback_->when : 0); }
};

// What an exception handler is told. Python: the context dict of call_exception_handler
struct ExceptionContext {
  std::string message;
  std::exception_ptr exception;
  std::string source;  // the task, future or handle concerned, as repr() prints it; may be empty
};

// How a task is made. Python: the keyword arguments of create_task
struct TaskOptions {
  std::string name = {};  // "Task-3" when there is none
  // Takes the first step at once, up to the first await that has to wait, before create_task returns; a task that ends in
  // it never goes through the loop. None: as set_task_factory() has it.
  std::optional<bool> eager_start = std::nullopt;
  // The context itself that it runs in; none: a copy of the current one.
  std::optional<contextvars::Context> context = std::nullopt;
};

// What set_task_factory() takes: new tasks start eagerly. Departs from Python, where a factory is any callable.
// Python: asyncio.eager_task_factory, 3.12
struct _EagerTaskFactory {};
inline constexpr _EagerTaskFactory eager_task_factory{};

// Time and order that a test commands instead of the system: unittest::VirtualClock is one.
class _VirtualTime {
 public:
  virtual ~_VirtualTime() = default;
  virtual std::int64_t now() const = 0;
  // Nothing is ready. `next` is the earliest deadline (_TimerHeap::kNever: none), `external` tells that I/O,
  // a signal or a thread could still wake the loop; one of both there is. Gives how long to wait for those in real time
  // (negative: for ever), after which it is asked again; zero after having moved the time to `next`.
  virtual std::int64_t idle(std::int64_t next, bool external) = 0;
  // Reorders what one turn will run. The default keeps FIFO.
  virtual void order(std::vector<_ReadyNode*>&) {}
  virtual bool reorders() const { return false; }
};
// The one that loops made in this thread from now on obey; null for real time. Gives the one before.
_VirtualTime* _set_virtual_time(_VirtualTime* time);

class EventLoop {
 public:
  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs `future` (a Coroutine, Task or Future) to its end and gives its result or throws its exception.
  // Throws RuntimeError "This event loop is already running" within a loop, "Event loop is closed" after close().
  // Defined in tasks.h. Python: loop.run_until_complete(future)
  template <class Awaitable>
  auto run_until_complete(Awaitable awaitable);
  // Runs until stop(). Python: loop.run_forever()
  void run_forever();
  // Ends run_forever after the current turn. Python: loop.stop()
  void stop() noexcept { stopping_ = true; }
  bool is_running() const noexcept { return running_; }
  bool is_closed() const noexcept { return closed_; }
  // Drops what is still scheduled. Tasks that are still pending are reported ("Task was destroyed but it is
  // pending!") and their frames destroyed. Throws RuntimeError while running. Python: loop.close()
  void close();

  // Calls `function` in the next turn. It runs in a copy of the current context, or in `context` itself, as with all that
  // follow. Python: loop.call_soon(callback, *, context=None)
  Handle call_soon(_base::Function<void()> function);
  Handle call_soon(_base::Function<void()> function, const contextvars::Context& context);
  // From any thread; also wakes the loop. Throws RuntimeError "Event loop is closed".
  // Python: loop.call_soon_threadsafe(callback)
  void call_soon_threadsafe(_base::Function<void()> function);
  void call_soon_threadsafe(_base::Function<void()> function, const contextvars::Context& context);
  // Calls `function` after `delay`, never earlier. Python: loop.call_later(delay, callback)
  TimerHandle call_later(nanoseconds delay, _base::Function<void()> function);
  TimerHandle call_later(nanoseconds delay, _base::Function<void()> function, const contextvars::Context& context);
  // Calls `function` when time() has reached `when`. Python: loop.call_at(when, callback)
  TimerHandle call_at(nanoseconds when, _base::Function<void()> function);
  TimerHandle call_at(nanoseconds when, _base::Function<void()> function, const contextvars::Context& context);
  // The loop's clock: monotonic, from an arbitrary start. Python: loop.time()
  nanoseconds time() const noexcept { return nanoseconds(_now()); }

  // Defined in futures.h and tasks.h.
  template <class T = void>
  Future<T> create_future(std::string name = {});
  template <class T>
  Task<T> create_task(Coroutine<T> coroutine, TaskOptions options = {});
  template <class T>
  Task<T> create_task(Coroutine<T> coroutine, std::string name) {
    return create_task(std::move(coroutine), TaskOptions{.name = std::move(name)});
  }
  // From now on tasks start eagerly, or (null) in the next turn. Python: loop.set_task_factory(asyncio.eager_task_factory)
  void set_task_factory(_EagerTaskFactory) noexcept { eager_ = true; }
  void set_task_factory(std::nullptr_t) noexcept { eager_ = false; }

  // Has `function(arguments…)` called by `executor` (null: the loop's own ThreadPoolExecutor, made on first use), and gives a
  // Future of the loop for what it returns or throws. Both move in. Cancelling that future takes back a call that has not
  // begun; a running one runs on, and nobody hears of it. Defined in threads.h.
  // Python: loop.run_in_executor(executor, func, *args)
  template <class Executor, class F, class... Args>
  auto run_in_executor(Executor&& executor, F&& function, Args&&... arguments);
  // Python: loop.set_default_executor(executor)
  void set_default_executor(std::shared_ptr<concurrent::futures::ThreadPoolExecutor> executor);
  // Ends the loop's own executor and waits for its threads; asyncio::run does so at its end, with a timeout of 300 s. Then
  // prints "RuntimeWarning: The executor did not finishing joining its threads within 300 seconds." and goes on. Under
  // virtual time, which says nothing of threads, there is no timeout. Python: loop.shutdown_default_executor(timeout=None)
  Coroutine<> shutdown_default_executor(std::optional<nanoseconds> timeout = std::nullopt);

  // Calls `function` in the loop whenever signal `number` comes; replaces the former one. Only in the main thread. Throws
  // ValueError "invalid signal number 99"; RuntimeError for one that cannot be caught, and in another thread.
  // Python: loop.add_signal_handler(sig, callback)
  void add_signal_handler(int number, _base::Function<void()> function);
  // True when there was one; the default action is back. Python: loop.remove_signal_handler
  bool remove_signal_handler(int number);

  // Calls `function` in every turn in which the descriptor can be read (written), until it is removed; replaces the former
  // one. The descriptor stays the caller's, who removes before closing it. Throws ValueError for a negative number,
  // PermissionError for a file, which is always ready, and RuntimeError for one that a transport uses.
  // Python: loop.add_reader(fd, callback), loop.add_writer(fd, callback)
  void add_reader(int fd, _base::Function<void()> function);
  void add_writer(int fd, _base::Function<void()> function);
  // True when there was one. Python: loop.remove_reader(fd), loop.remove_writer(fd)
  bool remove_reader(int fd) noexcept;
  bool remove_writer(int fd) noexcept;

  // Look names up in another thread, so that nothing waits here. Cancelling drops the answer, not the look-up, which
  // nobody waits for, not even close(). Throw gaierror "[Errno -2] Name or service not known". The types are in
  // addresses.h. Departs from Python: host "" and service "" are None.
  // Python: await loop.getaddrinfo(host, port, *, family=0, type=0, proto=0, flags=0)
  Coroutine<std::vector<AddressInfo>> getaddrinfo(std::string host, int port, GetaddrinfoOptions options);
  Coroutine<std::vector<AddressInfo>> getaddrinfo(std::string host, std::string service, GetaddrinfoOptions options);
  // Python: await loop.getnameinfo(sockaddr, flags=0)
  Coroutine<NameInfo> getnameinfo(SocketAddress address, int flags = 0);

  // A datagram socket under a protocol: a pair of the transport and of what `factory` gives. In transports.h.
  // Python: await loop.create_datagram_endpoint(protocol_factory, local_addr=None, remote_addr=None, …)
  template <class Factory>
  auto create_datagram_endpoint(Factory factory, DatagramEndpointOptions options);

  // Replaces the handler; an empty one means the default, which logs to stderr. Python: set_exception_handler
  using ExceptionHandler = _base::Function<void(EventLoop&, const ExceptionContext&)>;
  void set_exception_handler(ExceptionHandler handler);
  void call_exception_handler(const ExceptionContext& context) noexcept;
  static void default_exception_handler(const ExceptionContext& context) noexcept;

  // Debug mode reports callbacks that take longer than slow_callback_duration, with the awaits that the task stood at;
  // coroutines never awaited, with where they were made; streams and loops never closed; and throws DeadlockError, naming
  // who waits for what, where the loop would sleep for ever. KRAIT_DEBUG=1 turns it on for every loop.
  // Python: loop.set_debug(enabled), get_debug()
  void set_debug(bool enabled) noexcept;
  bool get_debug() const noexcept { return debug_; }
  nanoseconds slow_callback_duration = std::chrono::milliseconds(100);  // Python: loop.slow_callback_duration

  // --- for asyncio's own rooms ---
  // Throws RuntimeError when the loop runs in another thread than this one. Departs from Python, which looks only in
  // debug mode: here a call from the wrong thread would be a data race.
  void _check_thread() const {
    if (_running.loop != this) [[unlikely]]
      check_other_thread();
  }
  void _push(_ReadyNode* node) noexcept { ready_.push(node); }
  std::int64_t _now() const noexcept;
  // The time as of the last look at the clock: at most some turns old. For coarse deadlines.
  std::int64_t _recent() const noexcept { return recent_; }
  void _add_timer(_TimerNode* node, std::int64_t when) { timers_.add(node, when); }
  void _remove_timer(_TimerNode* node) noexcept { timers_.remove(node); }
  std::int64_t _deadline(nanoseconds delay) noexcept;
  _Reactor& _reactor();
  _base::IntrusiveList<_TaskCore>& _tasks() noexcept { return tasks_; }
  _base::IntrusiveList<_FutureCore>& _futures() noexcept { return futures_; }
  void _check_closed() const;
  void _check_not_running() const;
  void _run_until_done(_FutureCore& future);
  // Keeps a deadlock from being seen while another thread will call back.
  void _expect_thread(int change) noexcept { external_ += change; }
  _LoopThreads& _threads();
  bool _has_default_executor() const noexcept;
  struct _DropThreads {
    void operator()(_LoopThreads* threads) const noexcept;
  };

  int _refs = 0;
  void _unreferenced() noexcept { delete this; }

 private:
  friend _ToolsLayout;
  ~EventLoop();
  void check_other_thread() const;
  void run_turn();
  void look_at_clock() noexcept { recent_ = looked_at_ = _now(); }
  void wait_for_something();
  void poll(std::int64_t timeout);
  bool may_be_woken();
  [[noreturn]] void raise_deadlock();
  void run_ready();
  void run_watched(_ReadyNode* node);
  void run_reordered(_ReadyQueue& turn);
  struct Incoming {
    _base::Function<void()> function;
    contextvars::_Slot context;
  };
  Handle schedule(_base::Function<void()> function, contextvars::_Slot context);
  TimerHandle schedule_at(nanoseconds when, _base::Function<void()> function, contextvars::_Slot context);
  void hand_over(Incoming incoming);
  void take_from_threads();
  _Descriptors& descriptors();
  void drop_everything() noexcept;
  void drop_ready() noexcept;
  static bool preempt(std::coroutine_handle<> coroutine);

  _ReadyQueue ready_;
  _TimerHeap timers_;
  std::int64_t recent_ = 0;     // the clock as last read, by whomever
  std::int64_t looked_at_ = 0;  // the clock as last read between two turns
  int turns_since_poll_ = 0;
  bool stopping_ = false, running_ = false, closed_ = false;
  bool interrupted_ = false;  // an exception left the last turn before its end
  bool eager_ = false;
  bool debug_;
  bool deadlock_reported_ = false;
  bool asleep_ = false;  // waits for I/O or a timer; for those who look on from outside, as the next two
  int thread_number_ = 0;
  const _Running* thread_running_ = nullptr;
  std::atomic<std::thread::id> thread_{};  // that it runs in; none while it does not run
  _VirtualTime* virtual_ = nullptr;
  // Those that are pending, in the order they were made.
  _base::IntrusiveList<_TaskCore> tasks_;
  _base::IntrusiveList<_FutureCore> futures_;
  std::unique_ptr<_Reactor> reactor_;
  std::unique_ptr<_Descriptors> descriptors_;            // made when the first is added
  std::shared_ptr<ExceptionHandler> exception_handler_;  // shared, so that it may replace itself while it runs
  int external_ = 0;
  int signals_ = 0;  // handlers that users added
  std::unique_ptr<_LoopThreads, _DropThreads> threads_;

  // What other threads hand over.
  std::mutex incoming_mutex_;
  std::vector<Incoming> incoming_;
  std::atomic<bool> has_incoming_ = false;
};

// An owned loop: close() it when done, or let asyncio::run do all of it. Python: asyncio.new_event_loop()
_base::Ref<EventLoop> new_event_loop();
// Throws RuntimeError "no running event loop". Python: asyncio.get_running_loop()
EventLoop& get_running_loop();
// The running loop, or null. Python: asyncio._get_running_loop()
inline EventLoop* _get_running_loop() noexcept { return _running.loop; }
// The running loop, else the one set for this thread. Throws RuntimeError "There is no current event loop in thread
// 'MainThread'.", as Python does from 3.14 on: none is made on the way. Python: asyncio.get_event_loop()
EventLoop& get_event_loop();
// Sets this thread's loop for get_event_loop(); null: none. Departs from Python: who made the loop keeps it, and when it
// dies the thread has none. Python: asyncio.set_event_loop(loop)
void set_event_loop(EventLoop* loop) noexcept;

}  // namespace krait::asyncio
