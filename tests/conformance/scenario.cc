#include "scenario.h"

#include <algorithm>

#include "python_text.h"

namespace krait::conformance {

using json::Value;

Value run_scenario(const Value& spec) {
  Scenario scenario(spec);
  std::string end = scenario.run();
  return json::Object{{"trace", scenario.take_trace()}, {"end", std::move(end)}};
}

Scenario::Scenario(const Value& spec) : coros_(spec["coros"].as_object()), main_(spec["main"].as_string()) {}

Scenario::~Scenario() = default;

std::string Scenario::run() {
  asyncio::Runner runner;
  runner.get_loop().set_exception_handler(
      [this](asyncio::EventLoop&, const asyncio::ExceptionContext& context) { report(context); });
  std::string end;
  try {
    try {
      end = "result " + dump(runner.run(main(main_)));
    } catch (const asyncio::DeadlockError&) {
      throw;
    } catch (const SystemExit&) {
      throw;
    } catch (...) {
      end = "error " + describe(std::current_exception());
    }
    runner.close();
  } catch (const asyncio::DeadlockError&) {
    end = "deadlock";
  } catch (...) {
    over_ = true;
    throw;
  }
  over_ = true;
  return end;
}

void Scenario::report(const asyncio::ExceptionContext& context) {
  if (context.message != "unhandled exception during asyncio.run() shutdown") return;
  log("unhandled " + describe(context.exception));
}

void Scenario::log(std::string_view text) {
  if (over_) return;
  std::string name = "-";
  if (asyncio::AnyTask task = asyncio::current_task()) name = task.get_name();
  // The number of a task that got no name depends on how many there were before.
  const bool numbered = name.starts_with("Task-") && name.size() > 5 &&
                        std::all_of(name.begin() + 5, name.end(), [](char c) { return '0' <= c && c <= '9'; });
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.elapsed());
  std::string line = std::to_string(now.count()) + " " + (numbered ? "Task" : name) + " ";
  line.append(text);
  trace_.emplace_back(std::move(line));
}

Coroutine<Value> Scenario::main(std::string name) {
  asyncio::current_task().set_name("main");
  co_return co_await coro(std::move(name));
}

Coroutine<Value> Scenario::coro(std::string name) {
  const Value* steps = coros_.find(name);
  if (!steps) throw KeyError(name);
  Returned done = co_await run_steps(steps_of(*steps));
  co_return done ? std::move(*done) : Value();
}

Coroutine<Scenario::Returned> Scenario::run_steps(Steps steps, asyncio::TaskGroup* group) {
  for (const Value& each : steps) {
    if (over_) break;
    const Step step(each, group);
    const auto found = ops().find(step.op());
    if (found == ops().end()) throw BadScenario("unknown step " + dump(each));
    if (const Now* now = std::get_if<Now>(&found->second)) {
      (this->**now)(step);
    } else if (const Wait* wait = std::get_if<Wait>(&found->second)) {
      co_await (this->**wait)(step);
    } else {
      Returned done = co_await (this->*std::get<Flow>(found->second))(step);
      if (done) co_return done;
    }
  }
  co_return std::nullopt;
}

const Scenario::Ops& Scenario::ops() {
  static const Ops all = [] {
    Ops ops;
    add_flow_ops(ops);
    add_task_ops(ops);
    add_waiting_ops(ops);
    add_object_ops(ops);
    add_lock_ops(ops);
    return ops;
  }();
  return all;
}

void Scenario::keep(const std::string& name, Thing thing) { things_.insert_or_assign(name, std::move(thing)); }

Scenario::Thing& Scenario::thing(const std::string& name) {
  const auto found = things_.find(name);
  if (found == things_.end()) throw KeyError(name);
  return found->second;
}

Scenario::Future Scenario::future(const std::string& name, std::string_view wanted_by) {
  if (Task* task = std::get_if<Task>(&thing(name))) return *task;
  return thing<Future>(name, wanted_by);
}

std::optional<Scenario::Future> Scenario::future_or_coro(const std::string& name, std::string_view wanted_by) {
  if (name.starts_with('@')) return std::nullopt;
  return future(name, wanted_by);
}

std::vector<Scenario::Future> Scenario::futures(const Value& names, std::string_view wanted_by) {
  std::vector<Future> futures;
  for (const Value& name : names.as_array()) futures.push_back(future(name.as_string(), wanted_by));
  return futures;
}

}  // namespace krait::conformance
