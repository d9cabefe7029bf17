#include "krait/multiprocessing/synchronize.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace krait::multiprocessing {

// `owner` is the process that has it, or 0.
struct _LockState {
  _Word owner;
  std::atomic<std::uint64_t> owner_started = 0;
  std::atomic<std::int32_t> thread = 0;  // of an RLock
  int depth = 0;                         // of an RLock; its owner's
};

namespace {

bool take(_LockState& state, const AcquireOptions& options) {
  const _ProcessId self = _ProcessId::self();
  _Deadline deadline = _deadline_after(options.timeout);
  for (bool waited = false;; waited = true) {
    std::uint32_t owner = 0;
    bool taken = state.owner.value().compare_exchange_strong(owner, static_cast<std::uint32_t>(self.pid));
    if (!taken && waited && owner != 0) {
      // Whoever was killed with it gives it up; two that see so race for the same exchange.
      _ProcessId who{static_cast<std::int32_t>(owner), state.owner_started.load()};
      taken = !who.alive() && state.owner.value().compare_exchange_strong(owner, static_cast<std::uint32_t>(self.pid));
      if (taken) state.depth = 0;
    }
    if (taken) {
      state.owner_started = self.started;
      return true;
    }
    if (!options.block) return false;
    if (owner != 0 && !state.owner.wait(owner, deadline)) return false;
  }
}

void give(_LockState& state) {
  state.owner.value().store(0, std::memory_order_release);
  state.owner.wake();
}

std::int32_t this_thread() { return static_cast<std::int32_t>(::syscall(SYS_gettid)); }

}  // namespace

Lock::Lock() : state_(_make_shared_memory<_LockState>()) {}

bool Lock::acquire(AcquireOptions options) { return take(*state_, options); }

void Lock::release() {
  if (state_->owner.load() == 0) throw ValueError("semaphore or lock released too many times");
  give(*state_);
}

RLock::RLock() : state_(_make_shared_memory<_LockState>()) {}

bool RLock::acquire(AcquireOptions options) {
  if (state_->thread.load() != this_thread()) {
    if (!take(*state_, options)) return false;
    state_->thread = this_thread();
  }
  ++state_->depth;
  return true;
}

void RLock::release() {
  if (state_->thread.load() != this_thread())
    throw AssertionError("attempt to release recursive lock not owned by thread");
  if (--state_->depth > 0) return;
  state_->thread = 0;
  give(*state_);
}

Semaphore::Semaphore(int value) : state_(_make_shared_memory<_Word>()) {
  if (value < 0) throw ValueError("semaphore initial value must be >= 0");
  state_->value() = static_cast<std::uint32_t>(value);
}

bool Semaphore::acquire(AcquireOptions options) {
  _Deadline deadline = _deadline_after(options.timeout);
  for (;;) {
    std::uint32_t value = state_->load();
    if (value > 0) {
      if (state_->value().compare_exchange_weak(value, value - 1)) return true;
    } else if (!options.block || !state_->wait(0, deadline)) {
      return false;
    }
  }
}

void Semaphore::release() { state_->change(); }

int Semaphore::get_value() const { return static_cast<int>(state_->load()); }

Event::Event() : state_(_make_shared_memory<_Word>()) {}

bool Event::is_set() const { return state_->load() != 0; }

void Event::set() {
  state_->value() = 1;
  state_->wake();
}

void Event::clear() { state_->value() = 0; }

bool Event::wait(std::optional<nanoseconds> timeout) {
  _Deadline deadline = _deadline_after(timeout);
  while (!is_set()) {
    if (!state_->wait(0, deadline)) return is_set();
  }
  return true;
}

}  // namespace krait::multiprocessing
