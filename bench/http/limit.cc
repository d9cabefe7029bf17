// limit PORT BODY [CONTENT-TYPE]: the lower bound of an HTTP server on one core of this kernel.
//
// Whatever is asked, it answers the same bytes: it parses nothing, it only counts the blank lines that end a request's
// head, so that it owes 16 answers to 16 requests in one segment. What remains is what every server pays: one
// epoll_wait for all ready sockets, one read and one write a socket. Not a server for anything else: a head is taken
// for a whole request, and a client that does not read its answers stops everybody (the sockets block on write).

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

namespace {

constexpr int kBacklog = 4096;
constexpr int kEventsPerTurn = 512;
constexpr std::size_t kReadSize = 64 * 1024;
constexpr std::size_t kAnswersPerWrite = 64;

// The last bytes of a connection's stream: "\r\n\r\n" may lie across two reads, and any four bytes of which at most
// these three are old hold at least one new byte, so no terminator counts twice.
using Tail = std::array<char, 3>;

// Terminators "\r\n\r\n" in [data, data + size). The loop has no branch, so that the compiler can use vectors.
std::size_t count_terminators(const char* data, std::size_t size) {
  constexpr std::uint32_t kTerminator = 0x0a0d0a0d;  // "\r\n\r\n" as a little-endian word
  std::uint32_t count = 0;
  for (std::size_t i = 0; i + sizeof(kTerminator) <= size; ++i) {
    std::uint32_t window;
    std::memcpy(&window, data + i, sizeof(window));
    count += window == kTerminator ? 1 : 0;
  }
  return count;
}

[[noreturn]] void fail(const char* what) {
  std::cerr << "limit: cannot " << what << ": " << std::strerror(errno) << '\n';
  std::exit(1);
}

int listen_on(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) fail("make a socket");
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // accepted sockets inherit it
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) fail("bind the port");
  if (listen(listener, kBacklog) != 0) fail("listen");
  return listener;
}

class Server {
 public:
  Server(std::uint16_t port, const std::string& answer) : listener_(listen_on(port)), answer_size_(answer.size()) {
    for (std::size_t i = 0; i < kAnswersPerWrite; ++i) answers_ += answer;
    watch(listener_);
  }

  [[noreturn]] void serve() {
    std::array<epoll_event, kEventsPerTurn> events;
    for (;;) {
      const int ready = epoll_wait(epoll_, events.data(), kEventsPerTurn, -1);
      for (int i = 0; i < ready; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == listener_) {
          accept_one();
        } else {
          answer(fd);
        }
      }
    }
  }

 private:
  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) fail("watch a socket");
  }

  void accept_one() {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    tails_.resize(std::max(tails_.size(), static_cast<std::size_t>(fd) + 1));
    tails_[static_cast<std::size_t>(fd)] = Tail{};
    watch(fd);
  }

  void answer(int fd) {
    Tail& tail = tails_[static_cast<std::size_t>(fd)];
    std::memcpy(input_.data(), tail.data(), tail.size());
    const ssize_t got = recv(fd, input_.data() + tail.size(), kReadSize, 0);
    if (got <= 0) {
      close(fd);
      return;
    }
    const auto size = static_cast<std::size_t>(got);
    std::memcpy(tail.data(), input_.data() + size, tail.size());
    std::size_t owed = count_terminators(input_.data(), tail.size() + size);
    while (owed > 0) {
      const std::size_t now = std::min(owed, kAnswersPerWrite);
      if (send(fd, answers_.data(), now * answer_size_, MSG_NOSIGNAL) < 0) {
        close(fd);
        return;
      }
      owed -= now;
    }
  }

  int listener_;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  std::size_t answer_size_;
  std::string answers_;      // kAnswersPerWrite times the same answer
  std::vector<Tail> tails_;  // by descriptor
  std::array<char, sizeof(Tail) + kReadSize> input_;
};

// The head carries what a real server's does: the same bytes travel, nobody makes them.
std::string fixed_answer(const std::string& body, const std::string& content_type) {
  return "HTTP/1.1 200 OK\r\n"
         "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\nContent-Type: " + content_type + "\r\n\r\n" + body;
}

}  // namespace

int main(int argc, char** argv) {
  const long port = argc >= 3 ? std::strtol(argv[1], nullptr, 10) : 0;
  if (port <= 0 || port > 65535) {
    std::cerr << "usage: limit PORT BODY [CONTENT-TYPE]\n";
    return 2;
  }
  Server server(static_cast<std::uint16_t>(port), fixed_answer(argv[2], argc > 3 ? argv[3] : "text/plain"));
  server.serve();
}
