#pragma once
// A non-blocking socket and the waits for it. Everything that speaks over a network stands on this.

#include <sys/socket.h>
#include <sys/types.h>

#include <string_view>

#include "krait/_base/unique_fd.h"
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

class _Socket {
 public:
  _Socket(EventLoop& loop, _base::UniqueFd fd);

  int fd() const noexcept { return fd_.get(); }
  bool is_open() const noexcept { return static_cast<bool>(fd_); }

  // What the call gives, at once: the number of bytes (0 from recv: the peer has finished), or -1 for "not now".
  // Throws OSError (ConnectionResetError, …).
  ssize_t try_recv(char* into, std::size_t size);
  ssize_t try_send(std::string_view data);

  // One task a direction. Throws RuntimeError when a second one waits.
  _IoWait readable() { return _IoWait(*watch_, _IoWait::Direction::Read); }
  _IoWait writable() { return _IoWait(*watch_, _IoWait::Direction::Write); }

  _Watch& watch() noexcept { return *watch_; }

  // The first bytes to come; 0 at the end.
  Coroutine<std::size_t> recv(char* into, std::size_t size);
  // `data` stays valid until this completes.
  Coroutine<> send_all(std::string_view data);
  void shutdown_write() noexcept;
  void close() noexcept;
  // Python: sock.getpeername(), "127.0.0.1:4711"
  std::string peer_name() const;

 private:
  _base::UniqueFd fd_;
  std::unique_ptr<_Watch> watch_;
};

// "127.0.0.1:80", "[::1]:80", "unix:/path"
std::string _address_text(const _Reactor::Address& address);

// What a name stands for; numbers are not looked up. Throws OSError "cannot resolve 'name': …".
Coroutine<std::vector<_Reactor::Address>> _resolve(std::string host, int port);
// Throws OSError naming the address and the reason of each attempt.
Coroutine<_Socket> _connect(std::string host, int port);

struct _ListenOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any free one
  int backlog = 2048;
  bool reuse_port = false;  // several sockets (of one process or more) share the port
};
// A listening socket, bound. Throws OSError: "[Errno 98] cannot listen on 127.0.0.1:80: Address already in use".
_base::UniqueFd _listen(const _ListenOptions& options);
// The port that a bound socket has.
int _bound_port(int fd);

}  // namespace krait::asyncio
