// Tasks, futures, callbacks and timers: what is done at once.

#include "python_text.h"
#include "scenario.h"

namespace krait::conformance {

namespace {

using json::Value;

std::string describe_state(const asyncio::Future<Value>& future) {
  if (!future.done()) return "pending";
  if (future.cancelled()) return "cancelled";
  if (std::exception_ptr error = future.exception()) return describe(error);
  return dump(future.result());
}

// cancel() or cancel(msg), as the step has it after its first `skip` arguments.
bool cancel_with(const asyncio::FutureBase& future, const Step& step, std::size_t skip) {
  if (step.size() <= skip || step[skip].is_null()) return future.cancel();
  return future.cancel(str(step[skip]));
}

}  // namespace

void Scenario::add_task_ops(Ops& ops) {
  ops["spawn"] = &Scenario::spawn;
  ops["cancel"] = &Scenario::cancel;
  ops["cancel_self"] = &Scenario::cancel_self;
  ops["uncancel"] = &Scenario::uncancel;
  ops["cancelling"] = &Scenario::cancelling;
  ops["state"] = &Scenario::state;
  ops["future"] = &Scenario::make_future;
  ops["set_result"] = &Scenario::set_result;
  ops["set_exception"] = &Scenario::set_exception;
  ops["done_callback"] = &Scenario::done_callback;
  ops["call_soon"] = &Scenario::call_soon;
  ops["call_later"] = &Scenario::call_later;
  ops["cancel_timer"] = &Scenario::cancel_timer;
}

void Scenario::spawn(Step step) {
  const std::string& name = step.text(0);
  keep(name, asyncio::create_task(coro(step.text(1)), name));
}

void Scenario::cancel(Step step) {
  const std::string& name = step.text(0);
  if (auto* timer = std::get_if<asyncio::TimerHandle>(&thing(name))) {
    timer->cancel();
    log("cancel " + name + " -> null");
    return;
  }
  const bool asked = cancel_with(future(name, "cancel"), step, 1);
  log("cancel " + name + " -> " + dump(asked));
}

void Scenario::cancel_self(Step step) {
  const bool asked = cancel_with(asyncio::current_task(), step, 0);
  log("cancel_self -> " + dump(asked));
}

void Scenario::uncancel(Step) { log("uncancel -> " + std::to_string(asyncio::current_task().uncancel())); }

void Scenario::cancelling(Step) { log("cancelling -> " + std::to_string(asyncio::current_task().cancelling())); }

void Scenario::state(Step step) {
  log("state " + step.text(0) + " -> " + describe_state(future(step.text(0), "have a state")));
}

void Scenario::make_future(Step step) { keep(step.text(0), asyncio::get_running_loop().create_future<Value>()); }

// krait's Task has neither set_result nor set_exception, at compile time; Python's throws.
void Scenario::set_result(Step step) {
  if (std::holds_alternative<Task>(thing(step.text(0))))
    throw RuntimeError("Task does not support set_result operation");
  thing<Future>(step.text(0), "give a result").set_result(step[1]);
}

void Scenario::set_exception(Step step) {
  if (std::holds_alternative<Task>(thing(step.text(0)))) {
    throw RuntimeError("Task does not support set_exception operation");
  }
  thing<Future>(step.text(0), "give an exception").set_exception(make_error(step.text(1), str(step[2])));
}

void Scenario::done_callback(Step step) {
  Future watched = future(step.text(0), "have callbacks");
  watched.add_done_callback(
      [this, watched, text = str(step[1])](asyncio::FutureBase) { log(text + " " + describe_state(watched)); });
}

void Scenario::call_soon(Step step) {
  asyncio::get_running_loop().call_soon([this, text = str(step[0])] { log(text); });
}

void Scenario::call_later(Step step) {
  const std::string text = str(step[1]);
  const std::chrono::milliseconds delay(step.number(0));
  keep("timer:" + text, asyncio::get_running_loop().call_later(delay, [this, text] { log(text); }));
}

void Scenario::cancel_timer(Step step) { thing<asyncio::TimerHandle>("timer:" + str(step[0]), "cancel").cancel(); }

}  // namespace krait::conformance
