// Waiting for tasks and futures: await, shield, wait_for, wait, gather.

#include <algorithm>

#include "python_text.h"
#include "scenario.h"

namespace krait::conformance {

namespace {

using json::Value;

asyncio::ReturnWhen return_when_of(const Step& step) {
  const std::string name = step.size() > 2 ? step.text(2) : "ALL_COMPLETED";
  if (name == "FIRST_COMPLETED") return asyncio::FIRST_COMPLETED;
  if (name == "FIRST_EXCEPTION") return asyncio::FIRST_EXCEPTION;
  if (name == "ALL_COMPLETED") return asyncio::ALL_COMPLETED;
  throw ValueError("Invalid return_when value: " + name);
}

std::string describe_outcome(const asyncio::Outcome<Value>& outcome) {
  return outcome.exception ? describe(outcome.exception) : dump(outcome.result());
}

// "a, b", each element printed by `show`.
template <class Results, class Show>
std::string join_texts(const Results& results, Show show) {
  std::string text;
  const char* separator = "";
  for (const auto& each : results) text += std::exchange(separator, ", ") + show(each);
  return text;
}

}  // namespace

void Scenario::add_waiting_ops(Ops& ops) {
  ops["await"] = &Scenario::await;
  ops["shield"] = &Scenario::shield;
  ops["wait_for"] = &Scenario::wait_for;
  ops["wait"] = &Scenario::wait;
  ops["gather"] = &Scenario::gather;
  ops["as_completed"] = &Scenario::as_completed;
}

Coroutine<> Scenario::await(Step step) {
  const Value result = co_await future(step.text(0), "await");
  log("await " + step.text(0) + " -> " + dump(result));
}

Coroutine<> Scenario::shield(Step step) {
  const std::string& name = step.text(0);
  const std::optional<Future> inner = future_or_coro(name, "shield");
  Future outer = inner ? asyncio::shield(*inner) : asyncio::shield(coro_of(name));
  const Value result = co_await outer;
  log("shield " + name + " -> " + dump(result));
}

Coroutine<> Scenario::wait_for(Step step) {
  const std::string& name = step.text(0);
  const std::optional<Future> future = future_or_coro(name, "wait for");
  const auto timeout = duration_of(step[1]);
  Value result;
  if (future) {
    result = co_await asyncio::wait_for(*future, timeout);
  } else {
    result = co_await asyncio::wait_for(coro_of(name), timeout);
  }
  log("wait_for " + name + " -> " + dump(result));
}

Coroutine<> Scenario::wait(Step step) {
  const json::Array& names = step[0].as_array();
  std::vector<Future> all = futures(step[0], "wait for");
  const asyncio::WaitOptions options{.timeout = duration_of(step[1]), .return_when = return_when_of(step)};
  const asyncio::WaitResult<Future> result = co_await asyncio::wait(std::move(all), options);

  // A handle that was made again meanwhile names what was not waited for: it stands in neither list.
  std::string text = "wait ->";
  for (const std::vector<Future>* part : {&result.done, &result.pending}) {
    std::string line;
    for (const Value& name : names) {
      const Thing& now = thing(name.as_string());
      const bool here = std::any_of(part->begin(), part->end(), [&now](const Future& each) {
        const auto* task = std::get_if<Task>(&now);
        const auto* future = std::get_if<Future>(&now);
        return (task && each == *task) || (future && each == *future);
      });
      if (here) line += (line.empty() ? "" : " ") + name.as_string();
    }
    text += " " + line + (part == &result.done ? " |" : "");
  }
  log(text);
}

std::vector<Scenario::Future> Scenario::started(const Value& names, std::string_view wanted_by) {
  // Every handle must be there before the first coroutine becomes a task.
  std::vector<std::optional<Future>> given;
  for (const Value& name : names.as_array()) given.push_back(future_or_coro(name.as_string(), wanted_by));
  std::vector<Future> all;
  for (std::size_t i = 0; i < given.size(); ++i) {
    all.push_back(given[i] ? *given[i] : asyncio::ensure_future(coro_of(names.as_array()[i].as_string())));
  }
  return all;
}

Coroutine<> Scenario::gather(Step step) {
  const std::string results = co_await gathered(started(step[0], "gather"), step.flag(1));
  log("gather -> " + results);
}

Coroutine<> Scenario::as_completed(Step step) {
  asyncio::AsCompletedOptions options;
  if (step.size() > 1) options.timeout = duration_of(step[1]);
  for (Coroutine<Value> next : asyncio::as_completed(started(step[0], "wait for"), options)) {
    const Value result = co_await std::move(next);
    log("completed -> " + dump(result));
  }
}

Coroutine<std::string> Scenario::gathered(std::vector<Future> futures, bool return_exceptions) {
  if (return_exceptions) {
    const auto outcomes = co_await asyncio::gather(asyncio::return_exceptions, std::move(futures));
    co_return join_texts(outcomes, describe_outcome);
  }
  const auto results = co_await asyncio::gather(std::move(futures));
  co_return join_texts(results, dump);
}

}  // namespace krait::conformance
