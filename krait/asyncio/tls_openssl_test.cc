// Streams over TLS against openssl's own s_server and s_client.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <string>
#include <vector>

#include "krait/asyncio/runners.h"
#include "krait/asyncio/streams.h"
#include "krait/asyncio/wait.h"
#include "krait/ssl.h"
#include "krait/ssl/_authority.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;

// Every test gives up after a while: a protocol that waits for itself would wait for ever.
template <class F>
void run_test(F body) {
  run([](F run_body) -> Coroutine<> { co_await wait_for(run_body(), 60s); }(std::move(body)));
}

Coroutine<> echo(StreamReader reader, StreamWriter writer) {
  for (std::string piece; !(piece = co_await reader.read(1 << 16)).empty();) {
    writer.write(piece);
    co_await writer.drain();
  }
  writer.close();
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 2654435761U >> 13);
  return text;
}

// --- openssl's own programs ---

// `openssl ARGUMENTS…`, whose input and output are a stream.
class Openssl {
 public:
  explicit Openssl(std::vector<std::string> arguments) : io(make(std::move(arguments))) {}
  Openssl(Openssl&&) = delete;
  ~Openssl() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  StreamPair make(std::vector<std::string> arguments) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) raise_os_error(errno, "make a pair");
    _base::UniqueFd ours(ends[0]), theirs(ends[1]);
    ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);  // ours alone: openssl expects to block
    arguments.insert(arguments.begin(), "openssl");
    std::vector<char*> argv;
    for (std::string& each : arguments) argv.push_back(each.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int fd : {0, 1, 2}) posix_spawn_file_actions_adddup2(&actions, theirs.get(), fd);
    posix_spawn_file_actions_addchdir_np(&actions, ssl::_site().folder.path().c_str());
    int error = ::posix_spawnp(&pid_, "openssl", &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) raise_os_error(error, "start openssl");
    auto transport = std::make_shared<_Socket>(get_running_loop(), std::move(ours));
    StreamWriter writer(transport);
    return {StreamReader(transport, kStreamLimit), std::move(writer)};
  }
  pid_t pid_ = -1;

 public:
  StreamPair io;
};

// Reads until a line holds `text`; gives the line.
Coroutine<std::string> line_with(StreamReader& reader, std::string text) {
  for (std::string line; !(line = co_await reader.readline()).empty();) {
    if (line.find(text) != line.npos) co_return line;
  }
  throw EOFError("openssl said no '" + text + "'");
}

std::vector<std::string> s_server(std::vector<std::string> more) {
  std::vector<std::string> arguments{
      "s_server", "-accept", "127.0.0.1:0", "-cert", ssl::_site().good_file, "-key", ssl::_site().good_file};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

Coroutine<int> port_of(Openssl& server) {
  std::string line = co_await line_with(server.io.reader, "ACCEPT ");
  co_return std::stoi(line.substr(line.rfind(':') + 1));
}

std::vector<std::string> s_client(int port, std::vector<std::string> more) {
  std::vector<std::string> arguments{"s_client",
                                     "-connect",
                                     "127.0.0.1:" + std::to_string(port),
                                     "-servername",
                                     "localhost",
                                     "-verify_hostname",
                                     "localhost",
                                     "-verify_return_error",
                                     "-CAfile",
                                     ssl::_site().authority_file};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(OpensslServer, turns_our_lines_round) {
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    run_test([version]() -> Coroutine<> {
      Openssl server(s_server({"-rev", version}));
      int port = co_await port_of(server);
      StreamPair pair =
          co_await open_connection({.port = port, .ssl = ssl::_site().client(), .server_hostname = "localhost"});
      pair.writer.write("stressed\n");
      EXPECT_EQ(co_await pair.reader.readline(), "desserts\n");
      pair.writer.write("CLOSE\n");  // -rev's word for the end
      pair.writer.close();
    });
  }
}

TEST(OpensslServer, sends_us_a_large_file) {
  run_test([]() -> Coroutine<> {
    const std::string sent = pattern(10 << 20);
    ssl::_site().folder.write("big", sent);
    Openssl server(s_server({"-HTTP"}));
    int port = co_await port_of(server);
    StreamPair pair = co_await open_connection({.port = port, .ssl = ssl::_site().client()});
    pair.writer.write("GET /big HTTP/1.0\r\n\r\n");
    std::string got = co_await pair.reader.read();
    EXPECT_EQ(got.size(), sent.size());
    EXPECT_TRUE(got == sent);
  });
}

// Renegotiation (TLS 1.2) and KeyUpdate (1.3), asked for by the server amid the data.
TEST(OpensslServer, may_change_the_keys) {
  for (bool renegotiate : {true, false}) {
    run_test([renegotiate]() -> Coroutine<> {
      Openssl server(s_server({renegotiate ? "-tls1_2" : "-tls1_3"}));
      int port = co_await port_of(server);
      StreamPair pair = co_await open_connection({.port = port, .ssl = ssl::_site().client()});
      pair.writer.write("one\n");
      co_await line_with(server.io.reader, "one");
      auto reading = create_task([&]() -> Coroutine<std::string> { co_return co_await pair.reader.readline(); });
      server.io.writer.write(renegotiate ? "r\n" : "K\n");
      // It looks at its input before it looks at the connection: "two" is printed after the keys were changed.
      pair.writer.write("two\n");
      co_await line_with(server.io.reader, "two");
      server.io.writer.write("three\n");
      EXPECT_EQ(co_await reading, "three\n");
    });
  }
}

TEST(OpensslServer, resumes_our_session) {
  run_test([]() -> Coroutine<> {
    ssl::SSLContext context = ssl::_site().client();
    Openssl server(s_server({"-rev"}));
    int port = co_await port_of(server);
    StreamPair first = co_await open_connection({.port = port, .ssl = context});
    first.writer.write("ab\n");
    co_await first.reader.readline();
    std::optional<ssl::SSLSession> session = first.writer.get_extra_info<ssl::SSLObject>("ssl_object")->session();
    EXPECT_TRUE(session && session->has_ticket());
  });
}

TEST(OpensslClient, speaks_with_our_server) {
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    run_test([version]() -> Coroutine<> {
      auto names = std::make_shared<std::vector<std::string>>();
      ssl::SSLContext context = ssl::_site().server();
      context.set_alpn_protocols({"echo"});
      context.set_sni_callback([names](ssl::SSLObject&, const std::optional<std::string>& name, ssl::SSLContext&) {
        names->push_back(name.value_or("none"));
        return std::optional<ssl::AlertDescription>();
      });
      Server server = co_await start_server(echo, {.ssl = context});
      Openssl client(s_client(server.port(), {version, "-alpn", "echo"}));
      co_await line_with(client.io.reader, "ALPN protocol: echo");
      co_await line_with(client.io.reader, "Verify return code: 0 (ok)");
      client.io.writer.write("hello\n");
      co_await line_with(client.io.reader, "hello");
      client.io.writer.write("Q\n");  // its word for the end
      EXPECT_NE(co_await client.io.reader.read(), "no end");
      EXPECT_EQ(*names, std::vector<std::string>{"localhost"});
      server.close();
      co_await server.wait_closed();
    });
  }
}

TEST(OpensslClient, may_change_the_keys) {
  run_test([]() -> Coroutine<> {
    Server server = co_await start_server(echo, {.ssl = ssl::_site().server()});
    Openssl client(s_client(server.port(), {"-tls1_3"}));
    co_await line_with(client.io.reader, "Verify return code: 0 (ok)");
    for (std::string word : {"one", "two", "three"}) {
      client.io.writer.write(word + "\n");
      co_await line_with(client.io.reader, word);
      client.io.writer.write("K\n");
      co_await line_with(client.io.reader, "KEYUPDATE");
    }
  });
}

TEST(OpensslClient, sees_our_goodbye) {
  run_test([]() -> Coroutine<> {
    Server server = co_await start_server(
        [](StreamReader, StreamWriter writer) -> Coroutine<> {
          writer.write("that is all\n");
          writer.close();
          co_await writer.wait_closed();
        },
        {.ssl = ssl::_site().server()});
    Openssl client(s_client(server.port(), {"-quiet"}));
    std::string said = co_await client.io.reader.read();
    EXPECT_NE(said.find("that is all\n"), said.npos) << said;
    EXPECT_EQ(said.find("unexpected eof"), said.npos) << said;
  });
}

TEST(OpensslClient, refuses_our_expired_certificate) {
  run_test([]() -> Coroutine<> {
    std::string expired =
        ssl::_site().write("old", ssl::_site().authority.issue({.valid_from = -9, .valid_until = -1}));
    Server server = co_await start_server(echo, {.ssl = ssl::_site().server(expired)});
    Openssl client(s_client(server.port(), {}));
    co_await line_with(client.io.reader, "certificate has expired");
  });
}

}  // namespace
}  // namespace krait::asyncio
