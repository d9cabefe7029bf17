#include "krait/concurrent/futures/future.h"

#include <cxxabi.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>

namespace krait::concurrent::futures {

namespace {

const char* name_of(_FutureCore::State state) {
  constexpr const char* kNames[] = {"PENDING", "RUNNING", "CANCELLED", "CANCELLED_AND_NOTIFIED", "FINISHED"};
  return kNames[static_cast<std::size_t>(state)];
}

const char* description_of(_FutureCore::State state) {
  constexpr const char* kDescriptions[] = {"pending", "running", "cancelled", "cancelled", "finished"};
  return kDescriptions[static_cast<std::size_t>(state)];
}

// Python: LOGGER.exception('exception calling callback for %r', self)
void call_reporting(_base::Function<void(FutureBase)>& callback, const FutureBase& future) noexcept {
  try {
    callback(future);
  } catch (...) {
    std::exception_ptr error = std::current_exception();
    std::string text =
        "exception calling callback for " + future.repr() + "\n" + type_name(error) + ": " + krait::str(error) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
}

// A thread that waits for one future. The future's own lock guards it, so that a future needs no condition of its own.
struct Sleeper final : _EndListener {
  std::condition_variable woken;
  void ended(_FutureCore&) noexcept override { woken.notify_one(); }
};

}  // namespace

std::string _result_type_name(const std::type_info& type) {
  int status = 0;
  std::unique_ptr<char, decltype(&std::free)> demangled(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                        &std::free);
  std::string name = demangled ? demangled.get() : type.name();
  std::size_t arguments = name.find('<');
  std::size_t colons = name.rfind("::", arguments);
  std::string own = name.substr(colons == std::string::npos ? 0 : colons + 2);
  // The standard containers under the name of what they are in Python.
  constexpr std::pair<std::string_view, const char*> kPython[] = {
      {"vector<", "list"},       {"deque<", "list"},         {"list<", "list"},
      {"map<", "dict"},          {"unordered_map<", "dict"}, {"set<", "set"},
      {"unordered_set<", "set"}, {"tuple<", "tuple"},        {"pair<", "tuple"}};
  if (name.starts_with("std::")) {
    for (const auto& [start, python] : kPython) {
      if (own.starts_with(start)) return python;
    }
  }
  return own;
}

void FutureBase::raise_empty() { throw InvalidStateError("cannot use a Future that was moved away"); }

void FutureBase::raise_taken() {
  throw InvalidStateError("cannot give the result twice: it cannot be copied and was taken already");
}

_FutureCore::~_FutureCore() = default;

bool _FutureCore::cancel() {
  std::unique_lock lock(mutex_);
  State now = state();
  if (now == State::RUNNING || now == State::FINISHED) return false;
  if (is_cancelled(now)) return true;
  finish(std::move(lock), State::CANCELLED);
  return true;
}

void _FutureCore::await_end(std::optional<nanoseconds> timeout) {
  if (!done()) {
    Sleeper sleeper;
    std::unique_lock lock(mutex_);
    if (!done()) {
      // A deadline too far away to be computed is none.
      constexpr nanoseconds kLongest = std::chrono::hours(24 * 365 * 100);
      listeners_.push_back(&sleeper);
      auto ended = [this] { return done(); };
      if (!timeout || *timeout > kLongest) {
        sleeper.woken.wait(lock, ended);
      } else {
        sleeper.woken.wait_for(lock, std::max(*timeout, nanoseconds(0)), ended);
      }
      sleeper.unlink();
    }
  }
  if (cancelled()) throw CancelledError();
  if (!done()) throw TimeoutError();
}

std::exception_ptr _FutureCore::exception(std::optional<nanoseconds> timeout) {
  await_end(timeout);
  return exception_;
}

void _FutureCore::raise_unless_result(std::optional<nanoseconds> timeout) {
  await_end(timeout);
  if (exception_) std::rethrow_exception(exception_);
}

void _FutureCore::add_done_callback(_base::Function<void(FutureBase)> function) {
  {
    std::lock_guard lock(mutex_);
    if (!done()) {
      callbacks_.push_back(std::move(function));
      return;
    }
  }
  call_reporting(function, FutureBase(_base::Ref<_FutureCore>(this)));
}

bool _FutureCore::set_running_or_notify_cancel() {
  std::lock_guard lock(mutex_);
  switch (state()) {
    case State::CANCELLED:
      state_ = State::CANCELLED_AND_NOTIFIED;
      return false;
    case State::PENDING:
      state_ = State::RUNNING;
      return true;
    default:
      throw RuntimeError("Future in unexpected state");
  }
}

void _FutureCore::require_unset(std::unique_lock<std::mutex>& lock) const {
  if (!done()) return;
  lock.unlock();
  throw InvalidStateError(std::string(name_of(state())) + ": " + repr());
}

void _FutureCore::set_exception(std::exception_ptr exception) {
  if (!exception) throw TypeError("invalid exception object");
  std::unique_lock lock(mutex_);
  require_unset(lock);
  exception_ = std::move(exception);
  finish(std::move(lock), State::FINISHED);
}

void _FutureCore::finish(std::unique_lock<std::mutex> lock, State state) noexcept {
  // Whoever is told may drop the last handle while this still unlocks.
  _base::Ref<_FutureCore> alive(this);
  std::vector<_base::Function<void(FutureBase)>> callbacks = std::move(callbacks_);
  // A handle before the end is seen: what a callback is about to read, nobody may move out.
  std::optional<FutureBase> self;
  if (!callbacks.empty()) self.emplace(alive);
  state_.store(state, std::memory_order_release);
  while (_EndListener* listener = listeners_.pop_front()) listener->ended(*this);
  lock.unlock();
  for (auto& callback : callbacks) call_reporting(callback, *self);
}

bool _FutureCore::listen(_EndListener& listener) {
  std::lock_guard lock(mutex_);
  if (done()) return false;
  listeners_.push_back(&listener);
  return true;
}

void _FutureCore::unlisten(_EndListener& listener) {
  std::lock_guard lock(mutex_);
  listener.unlink();
}

std::string _FutureCore::repr() const {
  char address[32];
  std::snprintf(address, sizeof address, "%p", static_cast<const void*>(this));
  State now = state();
  std::string text = "<Future at " + std::string(address) + " state=" + description_of(now);
  if (now == State::FINISHED)
    text += exception_ ? " raised " + type_name(exception_) : " returned " + result_type_name();
  return text + ">";
}

}  // namespace krait::concurrent::futures
