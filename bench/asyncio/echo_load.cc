// echo_load PORT CONNECTIONS SIZE SECONDS: the client of every echo server, bare epoll on one core.
//
// Each connection sends a message of SIZE bytes, waits until all of it has come back, compares it, and sends the next.
// One JSON line: messages, seconds, and the median and 99th percentile of a message's way, in microseconds.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kEventsPerTurn = 512;

[[noreturn]] void fail(const std::string& what, const std::string& why) {
  std::cerr << "echo_load: cannot " << what << ": " << why << '\n';
  std::exit(1);
}

// Messages differ in their first bytes, so that an old echo does not pass for a new one.
struct Connection {
  int fd = -1;
  std::string message, echo;
  std::size_t sent = 0, got = 0;
  std::uint32_t number = 0;
  Clock::time_point started;
};

class Load {
 public:
  Load(std::uint16_t port, std::size_t connections, std::size_t size) : connections_(connections) {
    for (Connection& each : connections_) open(each, port, size);
  }

  // Messages that came back within `time`.
  std::size_t run(std::chrono::duration<double> time) {
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
    for (Connection& each : connections_) next(each);
    std::array<epoll_event, kEventsPerTurn> events;
    while (Clock::now() < end) {
      const int ready = epoll_wait(epoll_, events.data(), kEventsPerTurn, 100);
      for (int i = 0; i < ready; ++i) move(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
    return ways_.size();
  }

  // The way, in microseconds, that `part` of all messages did not exceed.
  double way_us(double part) {
    const auto at = ways_.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(ways_.size() - 1));
    std::nth_element(ways_.begin(), at, ways_.end());
    return static_cast<double>(*at) / 1000;
  }

 private:
  void open(Connection& connection, std::uint16_t port, std::size_t size) {
    connection.message.assign(size, '.');
    connection.echo.resize(size);
    connection.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
      fail("connect", std::strerror(errno));
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &connection;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) != 0) fail("watch a socket", std::strerror(errno));
  }

  void next(Connection& connection) {
    ++connection.number;
    std::memcpy(connection.message.data(), &connection.number, sizeof(connection.number));
    connection.sent = connection.got = 0;
    connection.started = Clock::now();
    send_on(connection);
  }

  void send_on(Connection& connection) {
    while (connection.sent < connection.message.size()) {
      const ssize_t n = send(connection.fd, connection.message.data() + connection.sent,
                             connection.message.size() - connection.sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0 && errno == EAGAIN) return;
      if (n < 0) fail("send", std::strerror(errno));
      connection.sent += static_cast<std::size_t>(n);
    }
  }

  void move(Connection& connection) {
    send_on(connection);
    for (;;) {
      const std::size_t wanted = connection.message.size() - connection.got;
      const ssize_t n = recv(connection.fd, connection.echo.data() + connection.got, wanted, MSG_DONTWAIT);
      if (n < 0 && errno == EAGAIN) return;
      if (n <= 0) fail("receive", n == 0 ? "the server has closed" : std::strerror(errno));
      connection.got += static_cast<std::size_t>(n);
      if (static_cast<std::size_t>(n) < wanted) continue;
      if (connection.echo != connection.message) fail("go on", "the echo is not what was sent");
      ways_.push_back(std::chrono::nanoseconds(Clock::now() - connection.started).count());
      return next(connection);
    }
  }

  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  std::vector<Connection> connections_;
  std::vector<std::int64_t> ways_;  // in nanoseconds
};

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() != 4 || std::stoul(words[2]) < sizeof(std::uint32_t)) {
    std::cerr << "usage: echo_load PORT CONNECTIONS SIZE SECONDS\n";
    return 2;
  }
  Load load(static_cast<std::uint16_t>(std::stoi(words[0])), std::stoul(words[1]), std::stoul(words[2]));
  const auto started = Clock::now();
  const std::size_t messages = load.run(std::chrono::duration<double>(std::stod(words[3])));
  const std::chrono::duration<double> took = Clock::now() - started;
  if (messages == 0) fail("measure", "no message came back");
  std::cout << "{\"messages\": " << messages << ", \"seconds\": " << took.count()
            << ", \"p50_us\": " << load.way_us(0.5) << ", \"p99_us\": " << load.way_us(0.99) << "}\n";
}
