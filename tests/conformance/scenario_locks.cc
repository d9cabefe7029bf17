// Locks, semaphores, conditions and barriers. A coroutine that waits holds on to the one it waits for: its handle may be made
// again meanwhile.

#include "python_text.h"
#include "scenario.h"

namespace krait::conformance {

void Scenario::add_lock_ops(Ops& ops) {
  ops["lock"] = &Scenario::make_lock;
  ops["semaphore"] = &Scenario::make_semaphore;
  ops["bounded_semaphore"] = &Scenario::make_bounded_semaphore;
  ops["acquire"] = &Scenario::acquire;
  ops["release"] = &Scenario::release;
  ops["locked"] = &Scenario::locked;
  ops["with"] = &Scenario::with;
  ops["condition"] = &Scenario::make_condition;
  ops["cond_wait"] = &Scenario::cond_wait;
  ops["notify"] = &Scenario::notify;
  ops["notify_all"] = &Scenario::notify_all;
  ops["barrier"] = &Scenario::make_barrier;
  ops["barrier_wait"] = &Scenario::barrier_wait;
  ops["barrier_abort"] = &Scenario::barrier_abort;
  ops["barrier_reset"] = &Scenario::barrier_reset;
}

template <class F>
auto Scenario::lockable(const std::string& name, std::string_view wanted_by, F f) {
  Thing& found = thing(name);
  if (auto* lock = std::get_if<Lock>(&found)) return f(*lock);
  if (auto* semaphore = std::get_if<Semaphore>(&found)) return f(*semaphore);
  return f(thing<Condition>(name, wanted_by));
}

void Scenario::make_lock(Step step) { keep(step.text(0), std::make_shared<asyncio::Lock>()); }

void Scenario::make_semaphore(Step step) {
  keep(step.text(0), std::make_shared<asyncio::Semaphore>(static_cast<std::ptrdiff_t>(step.number(1))));
}

void Scenario::make_bounded_semaphore(Step step) {
  keep(step.text(0),
       Semaphore(std::make_shared<asyncio::BoundedSemaphore>(static_cast<std::ptrdiff_t>(step.number(1)))));
}

Coroutine<> Scenario::acquire(Step step) {
  const Thing held = thing(step.text(0));
  const bool acquired =
      co_await lockable(step.text(0), "acquire", [](const auto& lock) -> Coroutine<bool> { return lock->acquire(); });
  log("acquire " + step.text(0) + " -> " + dump(acquired));
}

void Scenario::release(Step step) {
  lockable(step.text(0), "release", [](const auto& lock) { lock->release(); });
}

void Scenario::locked(Step step) {
  const bool locked = lockable(step.text(0), "be locked", [](const auto& lock) -> bool { return lock->locked(); });
  log("locked " + step.text(0) + " -> " + dump(locked));
}

template <class L>
Coroutine<Scenario::Returned> Scenario::with_lock(std::shared_ptr<L> lock, Step step) {
  co_return co_await async_with<L&>(*lock, [this, step](L&) -> Coroutine<Returned> {
    co_return co_await run_steps(steps_of(step[1]), step.group());
  });
}

Coroutine<Scenario::Returned> Scenario::with(Step step) {
  return lockable(step.text(0), "enter", [this, step](const auto& lock) { return with_lock(lock, step); });
}

void Scenario::make_condition(Step step) { keep(step.text(0), std::make_shared<asyncio::Condition>()); }

Coroutine<> Scenario::cond_wait(Step step) {
  const Condition condition = thing<Condition>(step.text(0), "wait for");
  const bool notified = co_await condition->wait();
  log("cond " + step.text(0) + " -> " + dump(notified));
}

void Scenario::notify(Step step) {
  thing<Condition>(step.text(0), "notify")->notify(static_cast<std::size_t>(std::max<std::int64_t>(step.number(1), 0)));
}

void Scenario::notify_all(Step step) { thing<Condition>(step.text(0), "notify")->notify_all(); }

void Scenario::make_barrier(Step step) {
  keep(step.text(0), std::make_shared<asyncio::Barrier>(static_cast<std::ptrdiff_t>(step.number(1))));
}

Coroutine<> Scenario::barrier_wait(Step step) {
  const Barrier barrier = thing<Barrier>(step.text(0), "wait at");
  const auto number = co_await barrier->wait();
  log("barrier " + step.text(0) + " -> " + std::to_string(number));
}

Coroutine<> Scenario::barrier_abort(Step step) {
  const Barrier barrier = thing<Barrier>(step.text(0), "abort");
  co_await barrier->abort();
}

Coroutine<> Scenario::barrier_reset(Step step) {
  const Barrier barrier = thing<Barrier>(step.text(0), "reset");
  co_await barrier->reset();
}

}  // namespace krait::conformance
