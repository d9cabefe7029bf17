#pragma once
// A non-blocking socket and the waits for it. Everything that speaks over a network stands on this.

#include <sys/socket.h>

#include "krait/_base/unique_fd.h"
#include "krait/asyncio/_transport.h"

namespace krait::asyncio {

// Final, so that who holds a _Socket itself pays for no virtual call.
class _Socket final : public _Transport {
 public:
  _Socket(EventLoop& loop, _base::UniqueFd fd);

  int fd() const noexcept { return fd_.get(); }
  bool is_open() const noexcept override { return static_cast<bool>(fd_); }

  ssize_t try_recv(char* into, std::size_t size) override;
  // A short read has emptied the kernel's buffer; what comes after it, the end included, makes an edge of its own or is
  // known to the watch.
  bool known_empty() const noexcept override { return drained_; }
  ssize_t try_send(std::string_view data) override;
  _Watch& watch() noexcept override { return *watch_; }
  // On the watch without a virtual call.
  _IoWait readable() { return _IoWait(*watch_, _IoWait::Direction::Read); }
  _IoWait writable() { return _IoWait(*watch_, _IoWait::Direction::Write); }

  // The first bytes to come; 0 at the end.
  Coroutine<std::size_t> recv(char* into, std::size_t size);
  // `data` stays valid until this completes.
  Coroutine<> send_all(std::string_view data);
  void shutdown_write() noexcept override;
  void close() noexcept override;
  // Python: sock.getpeername(), "127.0.0.1:4711"
  std::string peer_name() const override;
  // "peername" and "sockname" as text, "socket" as an int: the descriptor, which stays the transport's.
  std::any extra_info(std::string_view name) const override;

 private:
  _base::UniqueFd fd_;
  bool drained_ = false;
  std::unique_ptr<_Watch> watch_;
};

// What a socket is bound to, as _address_text() writes it; "" when it is not.
std::string _bound_name(int fd);

// "127.0.0.1:80", "[::1]:80", "unix:/path", "unix:@name" for an abstract one
std::string _address_text(const _Reactor::Address& address);

// What a name stands for; numbers are not looked up. Throws OSError "cannot resolve 'name': …".
Coroutine<std::vector<_Reactor::Address>> _resolve(std::string host, int port);
// Throws OSError naming the address and the reason of each attempt.
Coroutine<_Socket> _connect(std::string host, int port);

struct _ListenOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any free one
  int backlog = 2048;
  bool listen = true;       // false: only bind
  bool reuse_port = false;  // several sockets (of one process or more) share the port
};
// A stream socket of the machine itself; a name that begins with a zero byte is an abstract one.
Coroutine<_Socket> _connect_unix(std::string path);
// A socket that is there already and stale is replaced. Throws OSError "[Errno 98] Address '/x' is already in use".
_base::UniqueFd _listen_unix(const std::string& path, int backlog);

// A listening socket, bound. Throws OSError: "[Errno 98] cannot listen on 127.0.0.1:80: Address already in use".
_base::UniqueFd _listen(const _ListenOptions& options);
// The port that a bound socket has; 0 for one that has none.
int _bound_port(int fd);

}  // namespace krait::asyncio
