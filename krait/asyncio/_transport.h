#pragma once
// What streams stand on: bytes that are moved now or not now, and a watch that tells when to try again. A socket is one;
// a pipe, a TLS session and an end of an in-memory pair are others. Python: asyncio.transports

#include <sys/types.h>

#include <any>
#include <memory>
#include <string>
#include <string_view>

#include "krait/asyncio/_reactor.h"
#include "krait/asyncio/tasks.h"

namespace krait::asyncio {

// Waits until a descriptor is ready; lives in the waiting frame.
class _IoWait final : public _Waiter, public _IoWaiter {
 public:
  enum class Direction : bool { Read, Write };
  _IoWait(_Watch& watch, Direction direction) noexcept
      : _Waiter(direction == Direction::Read ? "readable" : "writable"), watch_(watch), direction_(direction) {}
  ~_IoWait() { on_cancel(); }
  void await_suspend(std::coroutine_handle<> waiting) {
    suspend(waiting);
    waiting_ = true;
    arm(this);
  }
  void await_resume() { finish(); }
  // Wakes the task as if the descriptor were ready: its watch is about to go.
  void give_up() noexcept {
    if (!std::exchange(waiting_, false)) return;
    arm(nullptr);
    if (!done()) wake();
  }

 private:
  void arm(_IoWaiter* waiter) {
    direction_ == Direction::Read ? watch_.wait_readable(waiter) : watch_.wait_writable(waiter);
  }
  void _io_ready() noexcept override {
    waiting_ = false;
    if (!done()) wake();
  }
  void on_cancel() noexcept override {
    if (std::exchange(waiting_, false)) arm(nullptr);
  }
  _Watch& watch_;
  Direction direction_;
  bool waiting_ = false;
};

class _Stream;

class _Transport {
 public:
  virtual ~_Transport() = default;

  // What the call gives, at once: the number of bytes (0: the peer has finished), or -1 for "not now", after which
  // readable() tells when to try again. Throws OSError (ConnectionResetError, …).
  virtual ssize_t try_recv(char* into, std::size_t size) = 0;
  // True when try_recv() would give -1, as is known without asking: the last one took all there was.
  virtual bool known_empty() const noexcept { return false; }
  // How many bytes were taken, or -1 for "not now", after which writable() tells. Throws OSError (BrokenPipeError, …).
  virtual ssize_t try_send(std::string_view data) = 0;
  // True when nothing that try_send() took is still here: it is with the kernel, or with the peer. False: "not now".
  virtual bool try_flush() { return true; }

  // Whom to ask for readiness; it lives until close(). A watch of one's own may stand over another's.
  virtual _Watch& watch() = 0;
  // One task a direction.
  _IoWait readable() { return _IoWait(watch(), _IoWait::Direction::Read); }
  _IoWait writable() { return _IoWait(watch(), _IoWait::Direction::Write); }

  // Python: transport.can_write_eof()
  virtual bool can_write_eof() const noexcept { return true; }
  // Says that nothing more will be sent; the other direction goes on. Only where can_write_eof().
  virtual void shutdown_write() = 0;
  // Where a protocol ends with a goodbye, as TLS does: says it and waits for the peer's, before close(). Throws
  // TimeoutError, OSError.
  virtual bool must_finish() const noexcept { return false; }
  virtual Coroutine<> finish();
  // At once: what is not with the kernel is lost. Nobody may be waiting on the watch. A second call does nothing.
  virtual void close() noexcept = 0;
  virtual bool is_open() const noexcept = 0;

  // The other end, for people: "127.0.0.1:4711"
  virtual std::string peer_name() const = 0;
  // What is known of the connection under `name`, empty when nothing is; each kind of transport says which it knows, and
  // with what type. Python: transport.get_extra_info(name)
  virtual std::any extra_info(std::string_view) const { return {}; }

 protected:
  _Transport() = default;
  _Transport(const _Transport&) = default;
  _Transport& operator=(const _Transport&) = default;

 private:
  friend _Stream;
  // Reader and writer of one transport share this; each finds here what the other has made.
  std::weak_ptr<_Stream> stream_;
};

}  // namespace krait::asyncio
