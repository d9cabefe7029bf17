#include "krait/ssl/sockets.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "krait/ssl/_engine.h"

namespace krait::ssl {

namespace {

using Clock = std::chrono::steady_clock;

// True when `fd` is ready for `events`; false after the timeout.
bool wait_ready(int fd, short events, std::optional<Clock::time_point> deadline) {
  for (;;) {
    int wait = -1;
    if (deadline) {
      auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
      wait = static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000));
    }
    pollfd poller{fd, events, 0};
    int result = ::poll(&poller, 1, wait);
    if (result > 0) return true;
    if (result == 0 && deadline && Clock::now() >= *deadline) return false;
    if (result < 0 && errno != EINTR) raise_os_error(errno, "wait for a TLS connection");
  }
}

}  // namespace

SSLSocket::SSLSocket(std::shared_ptr<_ConnectionState> state, _base::UniqueFd socket, bool suppress_ragged_eofs)
    : _Connection(std::move(state)), socket_(std::move(socket)), suppress_ragged_eofs_(suppress_ragged_eofs) {}

template <class F>
_Step SSLSocket::wait_for(Verb verb, F step) {
  if (!socket_) {
    if (verb == Verb::Shutdown) throw ValueError("No SSL wrapper around a closed socket");
    throw ValueError(std::string(verb == Verb::Write ? "Write" : "Read") + " on closed or unwrapped SSL socket.");
  }
  std::optional<Clock::time_point> deadline;
  if (timeout_) deadline = Clock::now() + *timeout_;
  for (;;) {
    _Step done = step();
    if (done != _Step::WantRead && done != _Step::WantWrite) return done;
    bool reading = done == _Step::WantRead;
    if (timeout_ && timeout_->count() == 0) {
      if (reading) throw SSLWantReadError(SSL_ERROR_WANT_READ, "The operation did not complete (read)");
      throw SSLWantWriteError(SSL_ERROR_WANT_WRITE, "The operation did not complete (write)");
    }
    if (!wait_ready(socket_.get(), reading ? POLLIN : POLLOUT, deadline)) {
      if (verb == Verb::Handshake) throw TimeoutError("The handshake operation timed out");
      throw TimeoutError(reading ? "The read operation timed out" : "The write operation timed out");
    }
  }
}

void SSLSocket::do_handshake() {
  SSLObject object(state_);
  wait_for(Verb::Handshake, [&] { return object._handshake(); });
}

std::string SSLSocket::recv(std::size_t n) {
  SSLObject object(state_);
  std::string bytes(n, '\0');
  std::size_t got = 0;
  try {
    if (n > 0 || !socket_) wait_for(Verb::Read, [&] { return object._read(bytes.data(), n, got); });
  } catch (const SSLEOFError&) {
    if (!suppress_ragged_eofs_) throw;
    got = 0;
  }
  bytes.resize(got);
  return bytes;
}

std::size_t SSLSocket::send(std::string_view data) {
  SSLObject object(state_);
  std::size_t taken = 0;
  if (data.empty() && socket_) return 0;
  if (wait_for(Verb::Write, [&] { return object._write(data, taken); }) == _Step::Closed)
    throw SSLZeroReturnError(SSL_ERROR_ZERO_RETURN, "TLS/SSL connection has been closed (EOF)");
  return taken;
}

void SSLSocket::sendall(std::string_view data) {
  while (!data.empty()) data.remove_prefix(send(data));
}

_base::UniqueFd SSLSocket::unwrap() {
  SSLObject object(state_);
  wait_for(Verb::Shutdown, [&] { return object._shutdown(); });
  return std::move(socket_);
}

SSLSocket SSLContext::wrap_socket(_base::UniqueFd socket, const WrapSocketOptions& options) const {
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_TYPE, &type, &size) != 0) raise_os_error(errno, "wrap a socket");
  if (type != SOCK_STREAM) throw NotImplementedError("only stream sockets are supported");
  int flags = ::fcntl(socket.get(), F_GETFL);
  bool blocking = (flags & O_NONBLOCK) == 0;
  if (!blocking && options.do_handshake_on_connect)
    throw ValueError("do_handshake_on_connect should not be specified for non-blocking sockets");
  // The descriptor itself never blocks: timeouts are kept by poll(), as in Python.
  if (blocking && ::fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) != 0) raise_os_error(errno, "wrap a socket");

  auto state = _new_connection(
      *this, _descriptor_bio(socket.get()), _descriptor_bio(socket.get()),
      {.server_side = options.server_side, .server_hostname = options.server_hostname, .session = options.session});
  SSLSocket wrapped(std::move(state), std::move(socket), options.suppress_ragged_eofs);
  if (!blocking) wrapped.settimeout(std::chrono::nanoseconds(0));
  if (options.do_handshake_on_connect) wrapped.do_handshake();
  return wrapped;
}

SSLSocket SSLContext::wrap_socket(_base::UniqueFd socket) const { return wrap_socket(std::move(socket), {}); }

}  // namespace krait::ssl
