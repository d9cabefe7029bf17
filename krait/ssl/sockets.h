#pragma once
// TLS over a blocking socket, for a thread of its own. Services use asyncio's streams.
//
//   ssl::SSLSocket tls = context.wrap_socket(std::move(socket), {.server_hostname = "example.org"});
//   tls.sendall("GET / HTTP/1.0\r\n\r\n");
//   std::string answer = tls.recv();
//
// Python: ssl.SSLSocket

#include <chrono>

#include "krait/ssl/objects.h"

namespace krait::ssl {

struct WrapSocketOptions {
  bool server_side = false;
  bool do_handshake_on_connect = true;
  // The end without the peer's goodbye is an end like any other, not an SSLEOFError.
  bool suppress_ragged_eofs = true;
  std::optional<std::string> server_hostname = std::nullopt;
  std::optional<SSLSession> session = std::nullopt;
};

// Made by SSLContext.wrap_socket(); owns the descriptor.
class SSLSocket : public _Connection {
 public:
  SSLSocket(std::shared_ptr<_ConnectionState> state, _base::UniqueFd socket, bool suppress_ragged_eofs);
  SSLSocket(SSLSocket&&) = default;
  SSLSocket& operator=(SSLSocket&&) = default;

  // Each waits for the peer up to the timeout, then throws TimeoutError ("The read operation timed out"); with a timeout
  // of zero they throw SSLWantReadError and SSLWantWriteError instead. After close() or unwrap() they throw ValueError
  // ("Read on closed or unwrapped SSL socket.").

  // Python: sock.do_handshake()
  void do_handshake();
  // At least one byte; "" at the end. Python: sock.recv(bufsize), read(len)
  std::string recv(std::size_t n = 1024);
  std::string read(std::size_t n = 1024) { return recv(n); }
  // Gives how many bytes were taken. Python: sock.send(data), write(data)
  std::size_t send(std::string_view data);
  std::size_t write(std::string_view data) { return send(data); }
  // Python: sock.sendall(data)
  void sendall(std::string_view data);
  // Says goodbye, waits for the peer's, and gives the plain socket back. Python: sock.unwrap()
  _base::UniqueFd unwrap();
  // Closes without a goodbye, as Python's does. Python: sock.close()
  void close() noexcept { socket_.reset(); }

  int fileno() const noexcept { return socket_.get(); }
  // nullopt: for ever. Python: sock.settimeout(value), gettimeout()
  void settimeout(std::optional<std::chrono::nanoseconds> timeout) { timeout_ = timeout; }
  std::optional<std::chrono::nanoseconds> gettimeout() const noexcept { return timeout_; }

 private:
  enum class Verb : std::uint8_t { Handshake, Read, Write, Shutdown };
  // Calls `step` until it is done, waiting in between.
  template <class F>
  _Step wait_for(Verb verb, F step);

  _base::UniqueFd socket_;
  bool suppress_ragged_eofs_;
  std::optional<std::chrono::nanoseconds> timeout_;
};

}  // namespace krait::ssl
