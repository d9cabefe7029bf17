#include "krait/unittest/_async_case.h"

#include "krait/builtins/traceback.h"
#include "krait/contextvars.h"
#include "krait/unittest/_seed.h"

namespace krait::unittest {

namespace {

// "ValueError: boom", and below it the awaits that it came through, its cause, what a group holds.
std::string described(const std::exception_ptr& error) {
  std::string text = type_name(error);
  if (std::string said = str(error); !said.empty()) text += ": " + said;
  const auto* known = _exception_cast<BaseException>(error);
  if (known && (!known->traceback().empty() || known->cause() || _exception_cast<BaseExceptionGroup>(error))) {
    text += "\n" + format_exception(error);
    text.pop_back();  // the last newline: GoogleTest adds its own
  }
  return text;
}

}  // namespace

_AsyncCase::~_AsyncCase() = default;

VirtualClock& _AsyncCase::clock() const {
  if (!clock_) throw RuntimeError("cannot give the clock: this test runs in real time; see AsyncTestOptions");
  return *clock_;
}

bool _AsyncCase::_choose_seed() {
  return part("the choice of a seed", [&] { options_.seed = _seed_or_asked(options_.seed); }) == Ended::Well;
}

_AsyncCase::Ended _AsyncCase::part(std::string_view name, const std::function<void()>& what) {
  try {
    what();
    return Ended::Well;
  } catch (const SkipTest& skip) {
    _skipped(skip.what());
    return Ended::Badly;
  } catch (const KeyboardInterrupt&) {
    _failed(std::string(name) + " was interrupted: KeyboardInterrupt");
    return Ended::Interrupted;
  } catch (...) {
    _failed(std::string(name) + " raised " + described(std::current_exception()));
    return Ended::Badly;
  }
}

// Each part is a task of its own, in one loop and one context, as in Python.
_AsyncCase::Ended _AsyncCase::test(asyncio::Runner& runner) {
  Ended set_up = part("setUp", [&] { setUp(); });
  if (set_up == Ended::Well && !_hopeless()) set_up = part("asyncSetUp", [&] { runner.run(asyncSetUp()); });
  if (set_up != Ended::Well || _hopeless()) return set_up;
  Ended ended = part("the test", [&] { runner.run(runTest()); });
  if (ended == Ended::Interrupted) return ended;
  Ended torn_down = part("asyncTearDown", [&] { runner.run(asyncTearDown()); });
  if (torn_down == Ended::Well) torn_down = part("tearDown", [&] { tearDown(); });
  return torn_down == Ended::Well ? ended : torn_down;
}

_AsyncCase::Ended _AsyncCase::clean_up(asyncio::Runner& runner) {
  while (!cleanups_.empty()) {
    auto last = std::move(cleanups_.back());
    cleanups_.pop_back();
    if (part("a cleanup", [&] { runner.run(last()); }) == Ended::Interrupted) return Ended::Interrupted;
  }
  return Ended::Well;
}

void _AsyncCase::_run() {
  std::optional<VirtualClock> clock;
  if (options_.virtual_clock || options_.seed) {
    clock.emplace(VirtualClockOptions{.seed = options_.seed, .autojump_threshold = options_.autojump_threshold});
    clock_ = &*clock;
  }
  Ended ended = Ended::Well;
  contextvars::copy_context().run([&] {  // so that a variable set in setUp() is nobody else's
    asyncio::Runner runner({.debug = true});
    ended = test(runner);
    if (ended != Ended::Interrupted) ended = clean_up(runner);
    cleanups_.clear();  // what an interrupt left is not called, and must not outlive the loop
    Ended closed = part("closing the loop", [&] { runner.close(); });
    if (closed == Ended::Interrupted) ended = closed;
  });
  clock_ = nullptr;
  if (ended == Ended::Interrupted) _interrupted();
}

}  // namespace krait::unittest
