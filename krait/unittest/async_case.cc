#include "krait/unittest/async_case.h"

#include <deque>

#include "krait/contextvars.h"
#include "krait/unittest/_seed.h"

namespace krait::unittest {

IsolatedAsyncioTestCase::IsolatedAsyncioTestCase(AsyncTestOptions options) : options_(options) {
  try {
    options_.seed = _seed_or_asked(options_.seed);
  } catch (const ValueError&) {  // the test's failure, not that of the program that loads it
    unreadable_seed_ = std::current_exception();
  }
}

IsolatedAsyncioTestCase::~IsolatedAsyncioTestCase() = default;

VirtualClock& IsolatedAsyncioTestCase::clock() const {
  if (!clock_) throw RuntimeError("cannot give the clock: this test runs in real time; see AsyncTestOptions");
  return *clock_;
}

std::string IsolatedAsyncioTestCase::_note() const {
  return options_.seed && !unreadable_seed_ ? _how_to_replay(*options_.seed) : "";
}

void IsolatedAsyncioTestCase::_await(Coroutine<> part) { runner_->run(std::move(part)); }

void IsolatedAsyncioTestCase::_around(_base::Function<void()> course) {
  std::optional<VirtualClock> clock;
  if (options_.virtual_clock || options_.seed) {
    clock.emplace(VirtualClockOptions{.seed = options_.seed, .autojump_threshold = options_.autojump_threshold});
    clock_ = &*clock;
  }
  contextvars::copy_context().run([&] {  // so that a variable set in setUp() is nobody else's
    asyncio::Runner runner({.debug = true});
    runner_ = &runner;
    struct Leave {
      IsolatedAsyncioTestCase& test;
      ~Leave() {
        test._drop_cleanups();  // what an interrupt left is not called, and must not outlive the loop
        test.runner_ = nullptr;
        test.clock_ = nullptr;
      }
    } leave{*this};
    course();
  });
}

void IsolatedAsyncioTestCase::_call_setUp() {
  if (unreadable_seed_) {
    _enters("the choice of a seed");
    std::rethrow_exception(unreadable_seed_);
  }
  setUp();
  _enters("asyncSetUp");
  _await(asyncSetUp());
}

void IsolatedAsyncioTestCase::_call_tearDown() {
  _enters("asyncTearDown");
  _await(asyncTearDown());
  _enters("tearDown");
  tearDown();
}

void IsolatedAsyncioTestCase::_call_close() { runner_->close(); }

_Class& _outside_class(const char* name, const std::type_info& type, const char* file, int line, void (*setUpClass)(),
                       void (*tearDownClass)()) {
  static std::deque<_Class> known;
  for (_Class& each : known) {
    if (std::string_view(each.name) == name && std::string_view(each.file) == file) return each;
  }
  _Class& made =
      known.emplace_back(_Class{name, type, file, line, nullptr, [](_Decorations&) {}, setUpClass, tearDownClass});
  const _AddClass add(made);
  return made;
}

}  // namespace krait::unittest
