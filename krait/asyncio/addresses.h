#pragma once
// Addresses of sockets, and what a look-up of names gives.
//
//   auto found = co_await loop.getaddrinfo("example.org", "https", {.type = SOCK_STREAM});
//   found[0].sockaddr.host;                                            // "93.184.215.14"
//   auto [host, service] = co_await loop.getnameinfo({"127.0.0.1", 80});
//
// Python: socket

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "krait/builtins/exceptions.h"

namespace krait::asyncio {

// Names cannot be looked up: "[Errno -2] Name or service not known"; errno_ is getaddrinfo's own number.
// Python: socket.gaierror
KRAIT_OS_EXCEPTION(gaierror, OSError);

// Python: the address tuple of an AF_INET or AF_INET6 socket: (host, port), (host, port, flowinfo, scope_id)
struct SocketAddress {
  std::string host;
  int port = 0;
  std::uint32_t flowinfo = 0, scope_id = 0;  // of IPv6
  bool operator==(const SocketAddress&) const = default;
};

// Python: one of the tuples of socket.getaddrinfo
struct AddressInfo {
  int family = 0, type = 0, proto = 0;
  std::string canonname;  // of the first, with AI_CANONNAME
  SocketAddress sockaddr;
};

struct GetaddrinfoOptions {
  int family = 0, type = 0, proto = 0, flags = 0;  // AF_…, SOCK_…, IPPROTO_…, AI_…; 0: any
};

// Python: what loop.getnameinfo gives: (host, service)
struct NameInfo {
  std::string host, service;
};

// A sockaddr as its bytes. `family` is AF_INET or AF_INET6, the host a number of it ("" is any).
// Throws OverflowError for a port that is none, gaierror for another host.
std::string _sockaddr_bytes(const SocketAddress& address, int family);
// Throws OSError for a family that is neither of the two.
SocketAddress _socket_address(std::string_view sockaddr_bytes);

}  // namespace krait::asyncio
