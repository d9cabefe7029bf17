#pragma once
// Runs the scenarios of `aio.run` on krait's asyncio: coroutines made of steps, under a virtual clock.
//
//   {"main": "m", "coros": {"m": [["spawn", "t", "w"], ["await", "t"]], "w": [["sleep", 10], ["return", 1]]}}
//
// Every step is a call of what a user of krait would call, and what it gives is a line of the trace.

#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "krait/asyncio.h"
#include "krait/json.h"
#include "krait/unittest.h"
#include "step.h"

namespace krait::conformance {

// The scenario asked for what is no step of the language. Leaves the loop at once, as SystemExit does.
class BadScenario : public SystemExit {
 public:
  explicit BadScenario(std::string text) : SystemExit(1), text(std::move(text)) {}
  std::string text;
};

// {"trace": […], "end": "…"}. Throws BadScenario, and KeyError when "main" or "coros" is missing.
json::Value run_scenario(const json::Value& spec);

// A queue of whatever kind.
class AnyQueue {
 public:
  virtual ~AnyQueue() = default;
  virtual Coroutine<> put(json::Value item) = 0;
  virtual Coroutine<json::Value> get() = 0;
  virtual void put_nowait(json::Value item) = 0;
  virtual json::Value get_nowait() = 0;
  virtual void task_done() = 0;
  virtual Coroutine<> join() = 0;
  virtual std::size_t qsize() const = 0;
  virtual void shutdown(bool immediate) = 0;
};

class Scenario {
 public:
  explicit Scenario(const json::Value& spec);
  Scenario(const Scenario&) = delete;
  Scenario& operator=(const Scenario&) = delete;
  ~Scenario();

  // How main ended: "result <json>", "error <description>" or "deadlock".
  std::string run();
  json::Array take_trace() { return std::move(trace_); }

 private:
  // What a `return` step gave; nothing when the steps came to their end.
  using Returned = std::optional<json::Value>;
  using Future = asyncio::Future<json::Value>;
  using Task = asyncio::Task<json::Value>;
  using Event = std::shared_ptr<asyncio::Event>;
  using Queue = std::shared_ptr<AnyQueue>;
  using Lock = std::shared_ptr<asyncio::Lock>;
  using Semaphore = std::shared_ptr<asyncio::Semaphore>;
  using Condition = std::shared_ptr<asyncio::Condition>;
  using Barrier = std::shared_ptr<asyncio::Barrier>;
  using Thing = std::variant<Future, Task, asyncio::TimerHandle, Event, Queue, Lock, Semaphore, Condition, Barrier>;
  // A step is done at once, or awaits, or may also end the coroutine by a `return`.
  using Now = void (Scenario::*)(Step);
  using Wait = Coroutine<> (Scenario::*)(Step);
  using Flow = Coroutine<Returned> (Scenario::*)(Step);
  using Op = std::variant<Now, Wait, Flow>;
  using Ops = std::map<std::string_view, Op>;
  static const Ops& ops();
  static void add_flow_ops(Ops& ops);
  static void add_task_ops(Ops& ops);
  static void add_waiting_ops(Ops& ops);
  static void add_object_ops(Ops& ops);
  static void add_lock_ops(Ops& ops);

  Coroutine<json::Value> coro(std::string name);
  Coroutine<json::Value> main(std::string name);
  Coroutine<Returned> run_steps(Steps steps, asyncio::TaskGroup* group = nullptr);
  void log(std::string_view text);
  void report(const asyncio::ExceptionContext& context);

  // Handles are global, and using one not made yet is a KeyError.
  void keep(const std::string& name, Thing thing);
  Thing& thing(const std::string& name);
  template <class T>
  T& thing(const std::string& name, std::string_view wanted_by);
  Future future(const std::string& name, std::string_view wanted_by);
  // A handle's future, or for "@name" nothing: the coroutine itself is meant, and made by coro_of().
  std::optional<Future> future_or_coro(const std::string& name, std::string_view wanted_by);
  Coroutine<json::Value> coro_of(const std::string& name) { return coro(name.substr(1)); }
  std::vector<Future> futures(const json::Value& names, std::string_view wanted_by);

  // scenario_flow.cc
  void log_step(Step step);
  Coroutine<> sleep(Step step);
  Coroutine<> yield(Step step);
  Coroutine<> call(Step step);
  Coroutine<Returned> return_(Step step);
  void raise(Step step);
  Coroutine<Returned> repeat(Step step);
  Coroutine<Returned> try_(Step step);
  // `clauses` lives as long as the scenario's JSON does.
  Coroutine<Returned> except(Steps body, const json::Object& clauses, asyncio::TaskGroup* group);
  Coroutine<Returned> timeout(Step step);
  Coroutine<Returned> taskgroup(Step step);
  void tg_spawn(Step step);

  // scenario_tasks.cc
  void spawn(Step step);
  void cancel(Step step);
  void cancel_self(Step step);
  void uncancel(Step step);
  void cancelling(Step step);
  void state(Step step);
  void make_future(Step step);
  void set_result(Step step);
  void set_exception(Step step);
  void done_callback(Step step);
  void call_soon(Step step);
  void call_later(Step step);
  void cancel_timer(Step step);

  // scenario_waiting.cc
  Coroutine<> await(Step step);
  Coroutine<> shield(Step step);
  Coroutine<> wait_for(Step step);
  Coroutine<> wait(Step step);
  Coroutine<> gather(Step step);
  std::vector<Future> started(const json::Value& names, std::string_view wanted_by);
  Coroutine<> as_completed(Step step);
  Coroutine<std::string> gathered(std::vector<Future> futures, bool return_exceptions);

  // scenario_objects.cc
  void make_event(Step step);
  void set(Step step);
  void clear(Step step);
  Coroutine<> wait_event(Step step);
  void make_queue(Step step);
  Coroutine<> put(Step step);
  Coroutine<> get(Step step);
  void put_nowait(Step step);
  void get_nowait(Step step);
  void task_done(Step step);
  Coroutine<> join(Step step);
  void qsize(Step step);
  void shutdown(Step step);

  // scenario_locks.cc
  // Calls `f` with the lock, semaphore or condition of that name.
  template <class F>
  auto lockable(const std::string& name, std::string_view wanted_by, F f);
  void make_lock(Step step);
  void make_semaphore(Step step);
  void make_bounded_semaphore(Step step);
  Coroutine<> acquire(Step step);
  void release(Step step);
  void locked(Step step);
  Coroutine<Returned> with(Step step);
  template <class L>
  Coroutine<Returned> with_lock(std::shared_ptr<L> lock, Step step);
  void make_condition(Step step);
  Coroutine<> cond_wait(Step step);
  void notify(Step step);
  void notify_all(Step step);
  void make_barrier(Step step);
  Coroutine<> barrier_wait(Step step);
  Coroutine<> barrier_abort(Step step);
  Coroutine<> barrier_reset(Step step);

  const json::Object& coros_;
  std::string main_;
  unittest::VirtualClock clock_;
  json::Array trace_;
  bool over_ = false;  // nothing that happens from now on belongs to the trace
  int calls_ = 0;      // `call` steps under way
  std::map<std::string, Thing> things_;
};

// A ValueError, KeyError, RuntimeError or TypeError by its name; throws KeyError for another.
std::exception_ptr make_error(const std::string& type, std::string text);

template <class T>
T& Scenario::thing(const std::string& name, std::string_view wanted_by) {
  T* found = std::get_if<T>(&thing(name));
  if (!found) throw AttributeError("'" + name + "' is nothing to " + std::string(wanted_by));
  return *found;
}

}  // namespace krait::conformance
