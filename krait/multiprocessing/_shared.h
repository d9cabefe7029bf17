#pragma once
// Memory that forked children share, and words in it to wait on. Nobody is relied on to wake a waiter: a process may be killed
// between its change and its wake-up, so every wait looks again now and then, and what a dead process held is taken back.

#include <sys/mman.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>

namespace krait::multiprocessing {

using std::chrono::nanoseconds;
using _Deadline = std::optional<std::chrono::steady_clock::time_point>;

void* _map_shared(std::size_t size);

// A T in memory that children forked later share. Its destructor never runs: others may use it still.
template <class T>
std::shared_ptr<T> _make_shared_memory() {
  return std::shared_ptr<T>(new (_map_shared(sizeof(T))) T, [](T* at) { ::munmap(static_cast<void*>(at), sizeof(T)); });
}

// A word to wait on.
class _Word {
 public:
  std::uint32_t load() const noexcept { return value_.load(std::memory_order_acquire); }
  std::atomic<std::uint32_t>& value() noexcept { return value_; }
  // Waits while it is `seen`, until a wake-up, or for a twentieth of a second, or until `deadline`; false once that has passed.
  bool wait(std::uint32_t seen, const _Deadline& deadline) noexcept;
  // Wakes all who wait.
  void wake() noexcept;
  // Changes it, so that whoever saw the former value does not wait.
  void change() noexcept {
    value_.fetch_add(1, std::memory_order_acq_rel);
    wake();
  }

 private:
  std::atomic<std::uint32_t> value_ = 0;
  std::atomic<std::uint32_t> waiters_ = 0;  // too high when one was killed: that costs a system call
};

// A process, told apart from a later one with its number.
struct _ProcessId {
  std::int32_t pid = 0;
  std::uint64_t started = 0;
  static _ProcessId self() noexcept;
  // False for one that has ended, even while its parent has not asked for its exit code.
  bool alive() const noexcept;
};

_Deadline _deadline_after(const std::optional<nanoseconds>& timeout);
// Milliseconds for poll(): -1 without a deadline.
int _milliseconds_until(const _Deadline& deadline);

}  // namespace krait::multiprocessing
