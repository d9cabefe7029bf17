// The steps that a coroutine's own text is made of: log, sleep, yield, call, return, raise, repeat, try, timeout,
// taskgroup, tg_spawn.

#include <string_view>

#include "python_text.h"
#include "scenario.h"

namespace krait::conformance {

namespace {

using json::Value;

template <class E>
bool is(const std::exception_ptr& error) {
  return isinstance<E>(error);
}

using Matches = bool (*)(const std::exception_ptr&);

// What an `except` clause of this name catches. Python: the classes of the same names
const std::map<std::string_view, Matches> kCatches = {
    {"*", [](const std::exception_ptr& error) { return is<Exception>(error) || is<asyncio::CancelledError>(error); }},
    {"Exception", is<Exception>},
    {"CancelledError", is<asyncio::CancelledError>},
    {"TimeoutError", is<TimeoutError>},
    {"InvalidStateError", is<asyncio::InvalidStateError>},
    {"ExceptionGroup", is<ExceptionGroup>},
    {"QueueEmpty", is<asyncio::QueueEmpty>},
    {"QueueFull", is<asyncio::QueueFull>},
    {"QueueShutDown", is<asyncio::QueueShutDown>},
    {"BrokenBarrierError", is<asyncio::BrokenBarrierError>},
    {"ValueError", is<ValueError>},
    {"KeyError", is<KeyError>},
    {"RuntimeError", is<RuntimeError>},
    {"TypeError", is<TypeError>}};

bool catches(const std::string& clause, const std::exception_ptr& error) {
  const auto found = kCatches.find(clause);
  if (found == kCatches.end()) throw KeyError(clause);
  return found->second(error);
}

bool reraises(Steps clause) {
  if (clause.empty()) return false;
  const json::Array& last = clause.back().as_array();
  return last.size() == 1 && last.front().is_string() && last.front().as_string() == "reraise";
}

// The steps of one of try's clauses; none when there is no such clause.
Steps clause_of(const json::Object& clauses, std::string_view name) {
  const Value* clause = clauses.find(name);
  return clause ? steps_of(*clause) : Steps();
}

}  // namespace

void Scenario::add_flow_ops(Ops& ops) {
  ops["log"] = &Scenario::log_step;
  ops["sleep"] = &Scenario::sleep;
  ops["yield"] = &Scenario::yield;
  ops["call"] = &Scenario::call;
  ops["return"] = &Scenario::return_;
  ops["raise"] = &Scenario::raise;
  ops["repeat"] = &Scenario::repeat;
  ops["try"] = &Scenario::try_;
  ops["timeout"] = &Scenario::timeout;
  ops["taskgroup"] = &Scenario::taskgroup;
  ops["tg_spawn"] = &Scenario::tg_spawn;
}

void Scenario::log_step(Step step) { log(str(step[0])); }

Coroutine<> Scenario::sleep(Step step) {
  // Python: asyncio.sleep(None) is a TypeError, too
  const std::chrono::milliseconds delay(step.number(0));
  co_await asyncio::sleep(delay);
}

Coroutine<> Scenario::yield(Step) { co_await asyncio::sleep(std::chrono::nanoseconds(0)); }

// A coroutine that calls itself for ever would take all memory. CPython allows some 300 such calls within a task.
Coroutine<> Scenario::call(Step step) {
  constexpr int kMostCalls = 10'000;  // under way in all tasks together
  struct Counted {
    int& calls;
    explicit Counted(int& c) : calls(c) { ++calls; }
    ~Counted() { --calls; }
  } counted(calls_);
  if (calls_ > kMostCalls) throw RecursionError("maximum recursion depth exceeded");
  const Value result = co_await coro(step.text(0));
  log("call " + step.text(0) + " -> " + dump(result));
}

Coroutine<Scenario::Returned> Scenario::return_(Step step) { co_return step[0]; }

std::exception_ptr make_error(const std::string& type, std::string text) {
  if (type == "ValueError") return std::make_exception_ptr(ValueError(std::move(text)));
  if (type == "KeyError") return std::make_exception_ptr(KeyError(std::move(text)));
  if (type == "RuntimeError") return std::make_exception_ptr(RuntimeError(std::move(text)));
  if (type == "TypeError") return std::make_exception_ptr(TypeError(std::move(text)));
  throw KeyError(type);
}

void Scenario::raise(Step step) {
  std::string text = str(step[1]);
  if (step.text(0) == "CancelledError") throw asyncio::CancelledError(std::move(text));
  std::rethrow_exception(make_error(step.text(0), std::move(text)));
}

Coroutine<Scenario::Returned> Scenario::repeat(Step step) {
  for (std::int64_t left = step.number(0); left > 0; --left) {
    Returned done = co_await run_steps(steps_of(step[1]), step.group());
    if (done) co_return done;
  }
  co_return std::nullopt;
}

// A `return` in `finally` swallows whatever was under way: an exception, another `return`.
Coroutine<Scenario::Returned> Scenario::try_(Step step) {
  const json::Object& clauses = step[1].as_object();
  Returned done;
  std::exception_ptr error;
  try {
    done = co_await except(steps_of(step[0]), clauses, step.group());
  } catch (...) {
    error = std::current_exception();
  }
  Returned last = co_await run_steps(clause_of(clauses, "finally"), step.group());
  if (last) co_return last;
  if (error) std::rethrow_exception(error);
  co_return done;
}

Coroutine<Scenario::Returned> Scenario::except(Steps body, const json::Object& clauses, asyncio::TaskGroup* group) {
  std::exception_ptr error;
  try {
    Returned done = co_await run_steps(body, group);
    if (done) co_return done;
  } catch (...) {
    error = std::current_exception();
  }
  if (!error) co_return co_await run_steps(clause_of(clauses, "else"), group);

  static const json::Object kNone;
  const Value* handlers = clauses.find("except");
  for (const auto& [name, handler] : handlers ? handlers->as_object() : kNone) {
    if (!catches(name, error)) continue;
    log("caught " + describe(error));
    Steps steps = steps_of(handler);
    const bool again = reraises(steps);
    Returned done = co_await run_steps(again ? steps.first(steps.size() - 1) : steps, group);
    if (done || !again) co_return done;
    break;
  }
  std::rethrow_exception(error);
}

Coroutine<Scenario::Returned> Scenario::timeout(Step step) {
  asyncio::Timeout scope = asyncio::timeout(duration_of(step[0]));
  const Steps body = steps_of(step[1]);
  Returned done = co_await async_with<asyncio::Timeout&>(
      scope, [this, body, group = step.group()](asyncio::Timeout&) -> Coroutine<Returned> {
        co_return co_await run_steps(body, group);
      });
  if (!done) log(std::string("timeout expired -> ") + (scope.expired() ? "true" : "false"));
  co_return done;
}

Coroutine<Scenario::Returned> Scenario::taskgroup(Step step) {
  const Steps body = steps_of(step[0]);
  co_return co_await async_with(asyncio::TaskGroup(), [this, body](asyncio::TaskGroup& group) -> Coroutine<Returned> {
    co_return co_await run_steps(body, &group);
  });
}

void Scenario::tg_spawn(Step step) {
  const std::string& name = step.text(0);
  if (!step.group()) throw AttributeError("'NoneType' object has no attribute 'create_task'");
  keep(name, step.group()->create_task(coro(step.text(1)), name));
}

}  // namespace krait::conformance
