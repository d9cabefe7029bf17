#pragma once
// Datagrams: loop.create_datagram_endpoint with Python's protocols, and open_datagram_endpoint for coroutines.
//
//   struct Echo : asyncio::DatagramProtocol {
//     std::shared_ptr<asyncio::DatagramTransport> transport;
//     void connection_made(std::shared_ptr<asyncio::DatagramTransport> t) override { transport = std::move(t); }
//     void datagram_received(std::string data, asyncio::SocketAddress addr) override { transport->sendto(data, addr); }
//   };
//   auto [transport, protocol] = co_await loop.create_datagram_endpoint(
//       [] { return std::make_shared<Echo>(); }, {.local_addr = {{"127.0.0.1", 9999}}});
//
//   auto endpoint = co_await asyncio::open_datagram_endpoint({.remote_addr = {{"127.0.0.1", 9999}}});
//   co_await endpoint.sendto("ping");
//   auto [data, addr] = co_await endpoint.recvfrom();
//
// Python: asyncio.transports, asyncio.selector_events

#include <any>
#include <deque>
#include <optional>

#include "krait/_base/unique_fd.h"
#include "krait/asyncio/_reactor.h"
#include "krait/asyncio/protocols.h"
#include "krait/asyncio/tasks.h"

namespace krait::asyncio {

struct DatagramEndpointOptions {
  std::optional<SocketAddress> local_addr = std::nullopt;   // to bind to; port 0: any free one
  std::optional<SocketAddress> remote_addr = std::nullopt;  // to connect to: others are neither heard nor sent to
  int family = 0;                                           // AF_INET or AF_INET6; 0: what the addresses say
  bool reuse_port = false;                                  // several sockets share the port
  bool allow_broadcast = false;                             // with it, remote_addr is where to send, not whom to hear
};

// A datagram socket, its address when connected, and where it sends by default.
struct _DatagramSocket {
  _base::UniqueFd fd;
  int family = 0;
  std::optional<SocketAddress> peer;    // connected
  std::optional<SocketAddress> target;  // of a sendto() without address
};
// Throws ValueError when no family is known, gaierror, and the OSError of the first address that failed.
Coroutine<_DatagramSocket> _open_datagram_socket(DatagramEndpointOptions options);

// Lives until it is closed, whoever holds it. Python: asyncio.DatagramTransport
class DatagramTransport : public std::enable_shared_from_this<DatagramTransport> {
 public:
  DatagramTransport(EventLoop& loop, _DatagramSocket socket, std::shared_ptr<DatagramProtocol> protocol);
  DatagramTransport(const DatagramTransport&) = delete;
  DatagramTransport& operator=(const DatagramTransport&) = delete;

  // Sends one datagram, now or as soon as there is room; never waits. What goes wrong comes to error_received(). Throws
  // ValueError "Invalid address: must be None or …" for another one than the endpoint's own, and without any; nothing is
  // sent after close(). Python: transport.sendto(data, addr=None)
  void sendto(std::string_view data, std::optional<SocketAddress> addr = std::nullopt);
  // Sends what waits, then calls connection_lost(). Python: transport.close()
  void close();
  // Drops what waits. Python: transport.abort()
  void abort();
  bool is_closing() const noexcept { return closing_; }
  // Python: transport.get_write_buffer_size()
  std::size_t get_write_buffer_size() const noexcept { return buffered_; }
  // "sockname" and "peername" as SocketAddress, "socket" as an int: the descriptor. Empty when it is not known.
  // Python: transport.get_extra_info(name)
  std::any get_extra_info(std::string_view name) const;
  // Python: transport.get_extra_info("sockname")
  SocketAddress sockname() const;

  void _begin();  // connection_made(), then reading

 private:
  struct Kept;
  void read();
  void flush();
  void lose();

  EventLoop& loop_;
  _DatagramSocket socket_;
  std::shared_ptr<DatagramProtocol> protocol_;  // null once lost
  std::deque<std::pair<std::string, std::optional<SocketAddress>>> buffer_;
  std::size_t buffered_ = 0;
  bool closing_ = false, paused_ = false;
};

Coroutine<std::shared_ptr<DatagramTransport>> _create_datagram_endpoint(
    _base::Function<std::shared_ptr<DatagramProtocol>()> factory, DatagramEndpointOptions options);

template <class Factory, class Protocol>
Coroutine<std::pair<std::shared_ptr<DatagramTransport>, std::shared_ptr<Protocol>>> _create_endpoint(
    Factory factory, DatagramEndpointOptions options) {
  std::shared_ptr<Protocol> protocol;
  auto make = [&factory, &protocol]() -> std::shared_ptr<DatagramProtocol> { return protocol = factory(); };
  std::shared_ptr<DatagramTransport> transport = co_await _create_datagram_endpoint(make, std::move(options));
  co_return std::pair(std::move(transport), std::move(protocol));
}

template <class Factory>
auto EventLoop::create_datagram_endpoint(Factory factory, DatagramEndpointOptions options) {
  using Protocol = typename std::invoke_result_t<Factory&>::element_type;
  return _create_endpoint<Factory, Protocol>(std::move(factory), std::move(options));
}

struct Datagram {
  std::string data;
  SocketAddress addr;
};

// A datagram socket for coroutines. What nobody reads stays with the kernel, which drops what is too much; a protocol has
// no such brake. Python has only the sock_recvfrom() of its loop for this; the names are those.
class DatagramEndpoint {
 public:
  DatagramEndpoint(EventLoop& loop, _DatagramSocket socket);
  DatagramEndpoint(DatagramEndpoint&&) = default;
  DatagramEndpoint& operator=(DatagramEndpoint&& other) noexcept;

  // The next datagram. Throws ConnectionRefusedError when the last one sent found nobody. A cancelled one loses nothing.
  // One task at a time. Python: await loop.sock_recvfrom(sock, bufsize)
  Coroutine<Datagram> recvfrom();
  // Waits until there is room for it. Python: await loop.sock_sendto(sock, data, address)
  Coroutine<> sendto(std::string data, std::optional<SocketAddress> addr = std::nullopt);
  SocketAddress sockname() const;
  // At once; nobody may be waiting.
  void close() noexcept;

 private:
  _DatagramSocket socket_;
  std::unique_ptr<_Watch> watch_;  // goes before the descriptor does
  bool reading_ = false, writing_ = false;
};

// Throws what create_datagram_endpoint throws.
Coroutine<DatagramEndpoint> open_datagram_endpoint(DatagramEndpointOptions options);

}  // namespace krait::asyncio
