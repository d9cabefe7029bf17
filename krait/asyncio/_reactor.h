#pragma once
// Readiness of descriptors, signals and name look-ups. Boost.Asio lives behind this header and nowhere else.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "krait/_base/function.h"
#include "krait/_base/ref.h"

namespace krait::asyncio {

class EventLoop;

// One direction of one descriptor: who is to be told when it is ready.
class _IoWaiter {
 public:
  virtual void _io_ready() noexcept = 0;

 protected:
  ~_IoWaiter() = default;
};

// A descriptor under watch. It does not own the descriptor: drop the watch before closing it.
class _Watch {
 public:
  virtual ~_Watch() = default;
  // Tells `waiter` once, when the descriptor may be read (written); at once, within the call, when that is known
  // already. Now and then it tells in vain: be ready for "not now". One waiter a direction; null takes it back.
  // Edge-triggered: first take what is there, up to the short read or EAGAIN, then wait; or say still_readable().
  virtual void wait_readable(_IoWaiter* waiter) = 0;
  virtual void wait_writable(_IoWaiter* waiter) = 0;
  // There may be more to read than was read: the next wait_readable() is to be told at once.
  virtual void still_readable() noexcept = 0;
};

class _Reactor {
 public:
  virtual ~_Reactor() = default;

  // Waits up to `timeout` nanoseconds (negative: for ever) for something and tells its waiters.
  virtual void poll(std::int64_t timeout) = 0;
  // Ends a poll; the only call that may come from another thread.
  virtual void wake() noexcept = 0;
  // True when a descriptor or a name is awaited. Signals do not count: nobody knows whether one will come.
  virtual bool awaits() const noexcept = 0;

  // Throws OSError when the descriptor cannot be watched (a regular file).
  virtual std::unique_ptr<_Watch> watch(int fd) = 0;

  virtual void add_signal(int number, _base::Function<void()> function) = 0;
  virtual bool remove_signal(int number) = 0;

  // One address, in the bytes of a sockaddr.
  struct Address {
    int family = 0;
    std::string bytes;
  };
  // Looks `host` up off the loop; then calls `done` in the loop with the error text ("" is none) and addresses.
  // Gives a token that cancels the call (not the look-up).
  using Resolved = _base::Function<void(std::string error, std::vector<Address> addresses)>;
  virtual std::shared_ptr<void> resolve(const std::string& host, const std::string& service, Resolved done) = 0;
};

std::unique_ptr<_Reactor> _make_reactor();

}  // namespace krait::asyncio
