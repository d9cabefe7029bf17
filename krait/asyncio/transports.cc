#include "krait/asyncio/transports.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "krait/asyncio/_transport.h"

namespace krait::asyncio {

namespace {

constexpr std::size_t kLargest = 64 * 1024;                           // no datagram of UDP is larger
constexpr int kReadsAtOnce = 16;                                      // before others get their turn
constexpr std::size_t kHighWater = 64 * 1024, kLowWater = 16 * 1024;  // Python: FlowControlMixin
constexpr std::size_t kHeader = 8;                                    // of UDP

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

const sockaddr* as_sockaddr(const std::string& bytes) { return reinterpret_cast<const sockaddr*>(bytes.data()); }

std::exception_ptr os_error(int error) {
  try {
    raise_os_error(error);
  } catch (...) {
    return std::current_exception();
  }
}

std::optional<SocketAddress> name_of(int fd, int (*ask)(int, sockaddr*, socklen_t*) noexcept) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (ask(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return std::nullopt;
  return _socket_address({reinterpret_cast<const char*>(&storage), size});
}

// The error number, or 0.
int send_to(const _DatagramSocket& socket, std::string_view data, const std::optional<SocketAddress>& addr) {
  std::string to;
  if (!socket.peer && addr) to = _sockaddr_bytes(*addr, socket.family);
  ssize_t n = ::sendto(socket.fd.get(), data.data(), data.size(), MSG_NOSIGNAL, to.empty() ? nullptr : as_sockaddr(to),
                       static_cast<socklen_t>(to.size()));
  return n < 0 ? errno : 0;
}

// The error number, or 0.
int receive_from(const _DatagramSocket& socket, Datagram& datagram) {
  thread_local std::array<char, kLargest> buffer;
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ssize_t n =
      ::recvfrom(socket.fd.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&storage), &size);
  if (n < 0) return errno;
  datagram.data.assign(buffer.data(), static_cast<std::size_t>(n));
  datagram.addr = _socket_address({reinterpret_cast<const char*>(&storage), size});
  return 0;
}

// Where a datagram goes. Throws ValueError.
std::optional<SocketAddress> check_target(const _DatagramSocket& socket, std::optional<SocketAddress> addr) {
  if (socket.target) {
    if (addr && *addr != *socket.target)
      throw ValueError("Invalid address: must be None or ('" + socket.target->host + "', " +
                       std::to_string(socket.target->port) + ")");
    return socket.target;
  }
  if (!addr) throw ValueError("cannot send a datagram: the endpoint has no remote address, and none was given");
  return addr;
}

// One family's addresses of an endpoint.
struct Candidate {
  int family;
  std::optional<SocketAddress> local, remote;
};

Coroutine<std::vector<Candidate>> candidates(DatagramEndpointOptions options) {
  std::vector<Candidate> all;
  EventLoop& loop = get_running_loop();
  for (bool remote : {false, true}) {
    std::optional<SocketAddress> addr = remote ? options.remote_addr : options.local_addr;
    if (!addr) continue;
    std::vector<AddressInfo> found = co_await loop.getaddrinfo(
        addr->host, addr->port, {.family = options.family, .type = SOCK_DGRAM, .flags = remote ? 0 : AI_PASSIVE});
    for (AddressInfo& info : found) {
      auto same = [&](const Candidate& each) { return each.family == info.family; };
      auto at = std::find_if(all.begin(), all.end(), same);
      if (at == all.end()) at = all.insert(all.end(), Candidate{info.family, std::nullopt, std::nullopt});
      std::optional<SocketAddress>& place = remote ? at->remote : at->local;
      info.sockaddr.flowinfo = addr->flowinfo;
      if (addr->scope_id) info.sockaddr.scope_id = addr->scope_id;
      if (!place) place = std::move(info.sockaddr);
    }
  }
  std::erase_if(all, [&](const Candidate& each) {
    return (options.local_addr && !each.local) || (options.remote_addr && !each.remote);
  });
  if (all.empty()) throw ValueError("can not get address information");
  co_return all;
}

_DatagramSocket open_socket(const Candidate& candidate, const DatagramEndpointOptions& options) {
  _DatagramSocket socket{
      .fd = _base::UniqueFd(::socket(candidate.family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      .family = candidate.family,
      .peer = std::nullopt,
      .target = candidate.remote};
  if (!socket.fd) raise_os_error(errno);
  int one = 1;
  for (auto [wanted, option] : {std::pair(options.reuse_port, SO_REUSEPORT), {options.allow_broadcast, SO_BROADCAST}}) {
    if (wanted && ::setsockopt(socket.fd.get(), SOL_SOCKET, option, &one, sizeof one) != 0) raise_os_error(errno);
  }
  if (candidate.local) {
    std::string local = _sockaddr_bytes(*candidate.local, candidate.family);
    if (::bind(socket.fd.get(), as_sockaddr(local), static_cast<socklen_t>(local.size())) != 0)
      raise_os_error(errno, "bind to", candidate.local->host + ":" + std::to_string(candidate.local->port));
  }
  if (candidate.remote && !options.allow_broadcast) {
    std::string remote = _sockaddr_bytes(*candidate.remote, candidate.family);
    if (::connect(socket.fd.get(), as_sockaddr(remote), static_cast<socklen_t>(remote.size())) != 0)
      raise_os_error(errno, "connect to", candidate.remote->host + ":" + std::to_string(candidate.remote->port));
    socket.peer = candidate.remote;
  }
  return socket;
}

}  // namespace

Coroutine<_DatagramSocket> _open_datagram_socket(DatagramEndpointOptions options) {
  std::vector<Candidate> all;
  if (options.local_addr || options.remote_addr) {
    all = co_await candidates(options);
  } else {
    if (options.family == 0) throw ValueError("unexpected address family");
    all.push_back({options.family, std::nullopt, std::nullopt});
  }
  std::exception_ptr first;
  for (const Candidate& each : all) {
    try {
      co_return open_socket(each, options);
    } catch (const OSError&) {
      if (!first) first = std::current_exception();
    }
  }
  std::rethrow_exception(first);
}

DatagramTransport::DatagramTransport(EventLoop& loop, _DatagramSocket socket,
                                     std::shared_ptr<DatagramProtocol> protocol)
    : loop_(loop), socket_(std::move(socket)), protocol_(std::move(protocol)) {}

// What the loop holds of a transport: when the loop lets go of it, so does the transport of its protocol, which may hold
// the transport in turn.
struct DatagramTransport::Kept {
  explicit Kept(std::shared_ptr<DatagramTransport> t) : transport(std::move(t)) {}
  Kept(Kept&&) = default;
  Kept& operator=(Kept&&) = delete;
  ~Kept() {
    if (transport && !transport->closing_) transport->protocol_.reset();
  }
  std::shared_ptr<DatagramTransport> transport;
};

void DatagramTransport::_begin() {
  protocol_->connection_made(shared_from_this());
  if (!closing_) loop_.add_reader(socket_.fd.get(), [kept = Kept(shared_from_this())] { kept.transport->read(); });
}

void DatagramTransport::read() {
  std::shared_ptr<DatagramProtocol> protocol = protocol_;
  for (int i = 0; i < kReadsAtOnce && !closing_; ++i) {
    Datagram datagram;
    int error = receive_from(socket_, datagram);
    if (would_block(error)) return;
    if (error) {
      protocol->error_received(os_error(error));
    } else {
      protocol->datagram_received(std::move(datagram.data), std::move(datagram.addr));
    }
  }
}

void DatagramTransport::sendto(std::string_view data, std::optional<SocketAddress> addr) {
  addr = check_target(socket_, std::move(addr));
  if (closing_ || !protocol_) return;
  if (buffer_.empty()) {
    int error = send_to(socket_, data, addr);
    if (!would_block(error)) {
      if (error) protocol_->error_received(os_error(error));
      return;
    }
    loop_.add_writer(socket_.fd.get(), [self = shared_from_this()] { self->flush(); });
  }
  buffer_.emplace_back(data, std::move(addr));
  buffered_ += data.size() + kHeader;
  if (buffered_ > kHighWater && !std::exchange(paused_, true)) protocol_->pause_writing();
}

void DatagramTransport::flush() {
  std::shared_ptr<DatagramProtocol> protocol = protocol_;
  while (!buffer_.empty()) {
    auto& [data, addr] = buffer_.front();
    int error = send_to(socket_, data, addr);
    if (would_block(error)) break;
    buffered_ -= data.size() + kHeader;
    buffer_.pop_front();
    if (!error) continue;
    protocol->error_received(os_error(error));
    break;
  }
  if (buffered_ <= kLowWater && std::exchange(paused_, false)) protocol->resume_writing();
  if (!buffer_.empty() || !socket_.fd) return;
  std::shared_ptr<DatagramTransport> alive = shared_from_this();
  loop_.remove_writer(socket_.fd.get());
  if (closing_) lose();
}

void DatagramTransport::close() {
  if (std::exchange(closing_, true)) return;
  std::shared_ptr<DatagramTransport> alive = shared_from_this();
  if (socket_.fd) loop_.remove_reader(socket_.fd.get());
  if (buffer_.empty()) lose();
}

void DatagramTransport::abort() {
  std::shared_ptr<DatagramTransport> alive = shared_from_this();
  bool waited = !buffer_.empty();
  if (waited) loop_.remove_writer(socket_.fd.get());
  buffer_.clear();
  buffered_ = 0;
  if (!closing_) {
    close();
  } else if (waited) {
    lose();
  }
}

// Tells the protocol in the loop's next turn; until then the descriptor stays, so that its number is nobody else's.
void DatagramTransport::lose() {
  std::shared_ptr<DatagramProtocol> protocol = std::move(protocol_);
  if (!protocol) return;
  loop_.call_soon([self = shared_from_this(), protocol = std::move(protocol)] {
    self->socket_.fd.reset();
    protocol->connection_lost(nullptr);
  });
}

std::any DatagramTransport::get_extra_info(std::string_view name) const {
  if (name == "socket" && socket_.fd) return socket_.fd.get();
  if (name == "peername" && socket_.peer) return *socket_.peer;
  if (name != "sockname") return {};
  auto found = name_of(socket_.fd.get(), ::getsockname);
  return found ? std::any(*found) : std::any();
}

SocketAddress DatagramTransport::sockname() const {
  return name_of(socket_.fd.get(), ::getsockname).value_or(SocketAddress{});
}

Coroutine<std::shared_ptr<DatagramTransport>> _create_datagram_endpoint(
    _base::Function<std::shared_ptr<DatagramProtocol>()> factory, DatagramEndpointOptions options) {
  _DatagramSocket socket = co_await _open_datagram_socket(std::move(options));
  auto transport = std::make_shared<DatagramTransport>(get_running_loop(), std::move(socket), factory());
  transport->_begin();
  co_return transport;
}

DatagramEndpoint::DatagramEndpoint(EventLoop& loop, _DatagramSocket socket)
    : socket_(std::move(socket)), watch_(loop._reactor().watch(socket_.fd.get())) {}

DatagramEndpoint& DatagramEndpoint::operator=(DatagramEndpoint&& other) noexcept {
  if (this == &other) return *this;
  watch_ = std::move(other.watch_);  // before the descriptor it watches
  socket_ = std::move(other.socket_);
  return *this;
}

namespace {

// One task in one direction.
class Busy {
 public:
  Busy(bool& flag, const char* who) : flag_(flag) {
    if (flag_) throw RuntimeError(std::string(who) + "() called while another coroutine is already waiting in it");
    flag_ = true;
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() { flag_ = false; }

 private:
  bool& flag_;
};

}  // namespace

Coroutine<Datagram> DatagramEndpoint::recvfrom() {
  Busy busy(reading_, "recvfrom");
  for (;;) {
    if (!watch_) throw OSError(EBADF, {});
    Datagram datagram;
    int error = receive_from(socket_, datagram);
    if (!error || !would_block(error)) watch_->still_readable();  // the next one may be there already
    if (!error) co_return datagram;
    if (!would_block(error)) raise_os_error(error);
    co_await _IoWait(*watch_, _IoWait::Direction::Read);
  }
}

Coroutine<> DatagramEndpoint::sendto(std::string data, std::optional<SocketAddress> addr) {
  Busy busy(writing_, "sendto");
  addr = check_target(socket_, std::move(addr));
  for (;;) {
    if (!watch_) throw OSError(EBADF, {});
    int error = send_to(socket_, data, addr);
    if (!error) co_return;
    if (!would_block(error)) raise_os_error(error);
    co_await _IoWait(*watch_, _IoWait::Direction::Write);
  }
}

SocketAddress DatagramEndpoint::sockname() const {
  return name_of(socket_.fd.get(), ::getsockname).value_or(SocketAddress{});
}

void DatagramEndpoint::close() noexcept {
  watch_.reset();
  socket_.fd.reset();
}

Coroutine<DatagramEndpoint> open_datagram_endpoint(DatagramEndpointOptions options) {
  _DatagramSocket socket = co_await _open_datagram_socket(std::move(options));
  co_return DatagramEndpoint(get_running_loop(), std::move(socket));
}

}  // namespace krait::asyncio
