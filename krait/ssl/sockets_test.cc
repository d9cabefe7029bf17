#include "krait/ssl/sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <future>
#include <thread>

#include "krait/ssl/_authority.h"

namespace krait::ssl {
namespace {

using namespace std::chrono_literals;

template <class E = SSLError, class F>
std::string error_of(F function) {
  try {
    function();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another error: ") + error.what();
  }
  return "nothing was thrown";
}

// A server in a thread of its own, and the socket that leads to it. Both ends give up after half a minute.
class Connected {
 public:
  template <class F>
  explicit Connected(F serve) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) raise_os_error(errno, "make a pair");
    client = _base::UniqueFd(ends[0]);
    _Authority authority;
    _Folder folder;
    _Issued issued = authority.issue();
    context.load_cert_chain(folder.write("s.pem", issued.certificate + issued.key));
    trusting = create_default_context({.cadata = authority.certificate()});
    thread_ = std::thread([this, fd = ends[1], serve] {
      try {
        SSLSocket socket =
            context.wrap_socket(_base::UniqueFd(fd), {.server_side = true, .do_handshake_on_connect = false});
        socket.settimeout(30s);
        serve(socket);
      } catch (const std::exception& error) {
        server_error = error.what();
      }
    });
  }
  ~Connected() { join(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  SSLSocket wrap(WrapSocketOptions options = {}) {
    options.server_hostname = "localhost";
    return trusting.wrap_socket(std::move(client), options);
  }

  _base::UniqueFd client;
  SSLContext context{PROTOCOL_TLS_SERVER}, trusting{PROTOCOL_TLS_CLIENT};
  std::string server_error;

 private:
  std::thread thread_;
};

TEST(SSLSocket, speaks_with_a_server_in_another_thread) {
  Connected connected([](SSLSocket& socket) {
    socket.do_handshake();
    socket.sendall("you said " + socket.recv());
    socket.unwrap();
  });
  SSLSocket socket = connected.wrap();
  EXPECT_EQ(socket.version(), "TLSv1.3");
  EXPECT_EQ(socket.getpeercert()->subject_part("commonName"), "krait test");
  EXPECT_EQ(socket.send("hello"), 5);
  EXPECT_EQ(socket.recv(), "you said hello");
  EXPECT_EQ(socket.recv(), "");
  _base::UniqueFd plain = socket.unwrap();
  EXPECT_TRUE(plain);
  EXPECT_EQ(error_of<ValueError>([&] { socket.recv(); }), "Read on closed or unwrapped SSL socket.");
  EXPECT_EQ(error_of<ValueError>([&] { socket.send("x"); }), "Write on closed or unwrapped SSL socket.");
  EXPECT_EQ(error_of<ValueError>([&] { socket.unwrap(); }), "No SSL wrapper around a closed socket");
  connected.join();
  EXPECT_EQ(connected.server_error, "");
}

TEST(SSLSocket, sends_more_than_the_kernel_takes_at_once) {
  std::string sent(8 << 20, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 131);
  std::string got;
  {
    Connected connected([&](SSLSocket& socket) {
      for (std::string piece; !(piece = socket.recv(1 << 16)).empty();) got += piece;
      socket.unwrap();
    });
    SSLSocket socket = connected.wrap();
    socket.sendall(sent);
    socket.unwrap();
  }
  EXPECT_EQ(got, sent);
}

// B10.3
TEST(SSLSocket, an_end_without_goodbye_is_suppressed_unless_asked_for) {
  for (bool suppress : {true, false}) {
    Connected connected([](SSLSocket& socket) {
      socket.do_handshake();
      socket.sendall("cut");
      socket.close();
    });
    SSLSocket socket = connected.wrap({.suppress_ragged_eofs = suppress});
    EXPECT_EQ(socket.recv(), "cut");
    if (suppress) {
      EXPECT_EQ(socket.recv(), "");
    } else {
      EXPECT_EQ(error_of<SSLEOFError>([&] { socket.recv(); }),
                "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol");
    }
  }
}

TEST(SSLSocket, writing_to_a_peer_that_is_gone_is_an_error_and_no_signal) {
  Connected connected([](SSLSocket& socket) {
    socket.do_handshake();
    socket.close();
  });
  SSLSocket socket = connected.wrap();
  connected.join();
  EXPECT_EQ(error_of<BrokenPipeError>([&] { socket.sendall(std::string(1 << 20, 'x')); }), "[Errno 32] Broken pipe");
}

TEST(SSLSocket, gives_up_after_its_timeout) {
  std::promise<void> over;
  Connected connected([done = over.get_future().share()](SSLSocket& socket) {
    socket.do_handshake();
    done.wait();
  });
  SSLSocket socket = connected.wrap();
  socket.settimeout(1ms);
  EXPECT_EQ(error_of<TimeoutError>([&] { socket.recv(); }), "The read operation timed out");
  EXPECT_EQ(error_of<TimeoutError>([&] { socket.sendall(std::string(8 << 20, 'x')); }),
            "The write operation timed out");
  socket.settimeout(0ms);
  EXPECT_EQ(error_of<SSLWantReadError>([&] { socket.recv(); }), "The operation did not complete (read)");
  socket.close();
  EXPECT_EQ(socket.fileno(), -1);
  over.set_value();
}

TEST(SSLSocket, a_handshake_that_nobody_answers_times_out) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  _base::UniqueFd silent(ends[1]);
  SSLContext context(PROTOCOL_TLS_CLIENT);
  SSLSocket socket =
      context.wrap_socket(_base::UniqueFd(ends[0]), {.do_handshake_on_connect = false, .server_hostname = "localhost"});
  socket.settimeout(1ms);
  EXPECT_EQ(error_of<TimeoutError>([&] { socket.do_handshake(); }), "The handshake operation timed out");
}

TEST(WrapSocket, refuses_what_it_cannot_wrap) {
  SSLContext context(PROTOCOL_TLS_CLIENT);
  _base::UniqueFd datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(error_of<NotImplementedError>(
                [&] { context.wrap_socket(std::move(datagrams), {.server_hostname = "localhost"}); }),
            "only stream sockets are supported");
  _base::UniqueFd impatient(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  EXPECT_EQ(error_of<ValueError>([&] { context.wrap_socket(std::move(impatient), {.server_hostname = "localhost"}); }),
            "do_handshake_on_connect should not be specified for non-blocking sockets");
  _base::UniqueFd nameless(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(error_of<ValueError>([&] { context.wrap_socket(std::move(nameless)); }),
            "check_hostname requires server_hostname");
}

}  // namespace
}  // namespace krait::ssl
