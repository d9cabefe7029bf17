#include "krait/asyncio/_socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace krait::asyncio {

namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

const sockaddr* as_sockaddr(const _Reactor::Address& address) {
  return reinterpret_cast<const sockaddr*>(address.bytes.data());
}

// Addresses of a numeric host ("" is any); empty when `host` is a name.
std::vector<_Reactor::Address> numeric_addresses(const std::string& host, int port, bool passive) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | (passive ? AI_PASSIVE : 0);
  addrinfo* list = nullptr;
  std::vector<_Reactor::Address> addresses;
  if (getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints, &list) != 0)
    return addresses;
  for (addrinfo* each = list; each; each = each->ai_next) {
    addresses.push_back({each->ai_family, std::string(reinterpret_cast<const char*>(each->ai_addr), each->ai_addrlen)});
  }
  freeaddrinfo(list);
  return addresses;
}

void check_port(int port) {
  if (port < 0 || port > 65535) throw OverflowError("port must be 0-65535, not " + std::to_string(port));
}

}  // namespace

_Socket::_Socket(EventLoop& loop, _base::UniqueFd fd) : fd_(std::move(fd)), watch_(loop._reactor().watch(fd_.get())) {}

ssize_t _Socket::try_recv(char* into, std::size_t size) {
  for (;;) {
    ssize_t n = ::recv(fd_.get(), into, size, 0);
    drained_ = n > 0 && static_cast<std::size_t>(n) < size;
    if (n >= 0) {
      if (static_cast<std::size_t>(n) == size) watch_->still_readable();
      return n;
    }
    if (would_block(errno)) return -1;
    if (errno != EINTR) raise_os_error(errno, "receive from", peer_name());
  }
}

ssize_t _Socket::try_send(std::string_view data) {
  for (;;) {
    ssize_t n = ::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL);
    if (n >= 0) return n;
    if (would_block(errno)) return -1;
    if (errno != EINTR) raise_os_error(errno, "send to", peer_name());
  }
}

Coroutine<std::size_t> _Socket::recv(char* into, std::size_t size) {
  for (;;) {
    ssize_t n = try_recv(into, size);
    if (n >= 0) co_return static_cast<std::size_t>(n);
    co_await readable();
  }
}

Coroutine<> _Socket::send_all(std::string_view data) {
  while (!data.empty()) {
    ssize_t n = try_send(data);
    if (n < 0) {
      co_await writable();
    } else {
      data.remove_prefix(static_cast<std::size_t>(n));
    }
  }
}

void _Socket::shutdown_write() noexcept { ::shutdown(fd_.get(), SHUT_WR); }

void _Socket::close() noexcept {
  watch_.reset();
  fd_.reset();
}

namespace {

// What getpeername or getsockname says; "" when it does not.
std::string name_of(int fd, int (*ask)(int, sockaddr*, socklen_t*) noexcept) {
  _Reactor::Address address;
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (ask(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return "";
  address.bytes.assign(reinterpret_cast<const char*>(&storage), size);
  return _address_text(address);
}

}  // namespace

std::string _Socket::peer_name() const {
  std::string name = name_of(fd_.get(), ::getpeername);
  return name.empty() ? "the peer" : name;
}

std::string _bound_name(int fd) { return name_of(fd, ::getsockname); }

std::any _Socket::extra_info(std::string_view name) const {
  if (name == "socket") return fd_.get();
  if (name != "peername" && name != "sockname") return {};
  std::string text = name_of(fd_.get(), name == "peername" ? ::getpeername : ::getsockname);
  if (text.empty()) return {};
  return text;
}

std::string _address_text(const _Reactor::Address& address) {
  const sockaddr* any = as_sockaddr(address);
  char text[INET6_ADDRSTRLEN] = "";
  if (any->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(any);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(v4->sin_port));
  }
  if (any->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(any);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6->sin6_port));
  }
  if (any->sa_family == AF_UNIX) {
    // The kernel counts a path's closing zero in, and gives an abstract name (which begins with zero) none.
    std::string_view path = std::string_view(address.bytes).substr(offsetof(sockaddr_un, sun_path));
    if (path.empty()) return "unix:";
    if (path.front() == '\0') return "unix:@" + std::string(path.substr(1));
    return "unix:" + std::string(path.substr(0, path.find('\0')));
  }
  return "an address of family " + std::to_string(any->sa_family);
}

Coroutine<std::vector<_Reactor::Address>> _resolve(std::string host, int port) {
  check_port(port);
  std::vector<_Reactor::Address> addresses = numeric_addresses(host, port, false);
  if (!addresses.empty()) co_return addresses;
  EventLoop& loop = get_running_loop();
  struct Answer {
    std::string error;
    std::vector<_Reactor::Address> addresses;
  };
  Future<Answer> answer(loop);
  std::shared_ptr<void> lookup = loop._reactor().resolve(
      host, std::to_string(port), [answer](std::string error, std::vector<_Reactor::Address> found) {
        if (!answer.done()) answer.set_result(Answer{std::move(error), std::move(found)});
      });
  Answer got = co_await answer;
  if (!got.error.empty()) throw OSError("cannot resolve '" + host + "': " + got.error);
  co_return std::move(got.addresses);
}

namespace {

// 0, or the error number.
Coroutine<int> finish_connect(_Socket& socket) {
  co_await socket.writable();
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  co_return error;
}

}  // namespace

Coroutine<_Socket> _connect(std::string host, int port) {
  std::vector<_Reactor::Address> addresses = co_await _resolve(host, port);
  std::string attempts;
  int last = 0;
  for (const _Reactor::Address& address : addresses) {
    _base::UniqueFd fd(::socket(address.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) raise_os_error(errno, "make a socket for", _address_text(address));
    int one = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    int result = ::connect(fd.get(), as_sockaddr(address), static_cast<socklen_t>(address.bytes.size()));
    last = result == 0 ? 0 : errno;
    _Socket socket(get_running_loop(), std::move(fd));
    if (last == EINPROGRESS) last = co_await finish_connect(socket);
    if (last == 0) co_return socket;
    attempts += (attempts.empty() ? "" : ", ") + _address_text(address);
  }
  raise_os_error(last, "connect to", attempts);
}

_base::UniqueFd _listen(const _ListenOptions& options) {
  check_port(options.port);
  std::string name = (options.host.empty() ? "*" : options.host) + ":" + std::to_string(options.port);
  std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  std::vector<_Reactor::Address> addresses = numeric_addresses(host, options.port, true);
  if (addresses.empty())
    throw OSError("cannot listen on " + name +
                  ": the host is no address of this machine; give one such as 127.0.0.1 or 0.0.0.0");
  const _Reactor::Address& address = addresses.front();
  _base::UniqueFd fd(::socket(address.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) raise_os_error(errno, "make a socket for", name);
  int one = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (options.reuse_port) ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  if (::bind(fd.get(), as_sockaddr(address), static_cast<socklen_t>(address.bytes.size())) != 0 ||
      (options.listen && ::listen(fd.get(), options.backlog) != 0))
    raise_os_error(errno, "listen on", name);
  return fd;
}

namespace {

// Throws OSError "AF_UNIX path too long", as Python's socket module does.
_Reactor::Address unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  bool abstract = !path.empty() && path.front() == '\0';
  if (path.size() + !abstract > sizeof address.sun_path) throw OSError("AF_UNIX path too long");
  path.copy(address.sun_path, path.size());
  return {AF_UNIX, std::string(reinterpret_cast<const char*>(&address),
                               offsetof(sockaddr_un, sun_path) + path.size() + !abstract)};
}

_base::UniqueFd unix_socket() {
  _base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) raise_os_error(errno, "make a Unix socket");
  return fd;
}

}  // namespace

Coroutine<_Socket> _connect_unix(std::string path) {
  _Reactor::Address address = unix_address(path);
  _base::UniqueFd fd = unix_socket();
  int result = ::connect(fd.get(), as_sockaddr(address), static_cast<socklen_t>(address.bytes.size()));
  int error = result == 0 ? 0 : errno;
  _Socket socket(get_running_loop(), std::move(fd));
  if (error == EINPROGRESS) error = co_await finish_connect(socket);
  if (error != 0) raise_os_error(error, "connect to", _address_text(address));
  co_return socket;
}

_base::UniqueFd _listen_unix(const std::string& path, int backlog) {
  _Reactor::Address address = unix_address(path);
  struct stat status{};
  bool abstract = path.empty() || path.front() == '\0';
  if (!abstract && ::stat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) ::unlink(path.c_str());
  _base::UniqueFd fd = unix_socket();
  if (::bind(fd.get(), as_sockaddr(address), static_cast<socklen_t>(address.bytes.size())) != 0) {
    if (errno != EADDRINUSE) raise_os_error(errno, "listen on", _address_text(address));
    std::string name = abstract && !path.empty() ? "\\x00" + path.substr(1) : path;
    OSError taken("[Errno " + std::to_string(EADDRINUSE) + "] Address '" + name + "' is already in use");
    taken.errno_ = EADDRINUSE;
    throw taken;
  }
  if (backlog >= 0 && ::listen(fd.get(), backlog) != 0) raise_os_error(errno, "listen on", _address_text(address));
  return fd;
}

int _bound_port(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    raise_os_error(errno, "ask for a socket's port");
  if (storage.ss_family != AF_INET && storage.ss_family != AF_INET6) return 0;
  return ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port
                                             : reinterpret_cast<sockaddr_in*>(&storage)->sin_port);
}

}  // namespace krait::asyncio
