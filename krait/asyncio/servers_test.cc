// What asyncio.Server does beside accepting, and Unix sockets.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "krait/asyncio/queues.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/streams.h"
#include "krait/asyncio/wait.h"
#include "krait/ssl/_authority.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;

Coroutine<> echo(StreamReader reader, StreamWriter writer) {
  for (std::string piece; !(piece = co_await reader.read(1 << 16)).empty();) {
    writer.write(piece);
    co_await writer.drain();
  }
  writer.close();
}

template <class E, class A>
Coroutine<std::string> error_of(A awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (const E& error) {
    co_return error.what();
  } catch (const std::exception& error) {
    co_return std::string("another error: ") + error.what();
  }
  co_return "nothing was thrown";
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

TEST(Server, shows_its_sockets_until_it_is_closed) {
  run([]() -> Coroutine<> {
    Server server = co_await start_server(echo);
    EXPECT_TRUE(server.is_serving());
    EXPECT_EQ(server.sockets().size(), 1u);
    EXPECT_EQ(server.sockets().front().getsockname(), "127.0.0.1:" + std::to_string(server.port()));
    EXPECT_GE(server.sockets().front().fileno(), 0);
    server.close();
    server.close();
    EXPECT_TRUE(server.sockets().empty());
    co_await server.wait_closed();
    EXPECT_FALSE(server.is_serving());
  }());
}

TEST(Server, serves_when_it_is_told_to) {
  run([]() -> Coroutine<> {
    Server server = co_await start_server(echo, {.start_serving = false});
    EXPECT_FALSE(server.is_serving());
    EXPECT_NE(co_await error_of<ConnectionRefusedError>(open_connection({.port = server.port()})),
              "nothing was thrown");
    co_await server.start_serving();
    co_await server.start_serving();
    EXPECT_TRUE(server.is_serving());
    StreamPair pair = co_await open_connection({.port = server.port()});
    pair.writer.write("x");
    EXPECT_EQ(co_await pair.reader.read(1), "x");
  }());
}

TEST(Server, serve_forever_ends_by_cancel_or_close_and_waits_for_the_connections) {
  run([]() -> Coroutine<> {
    for (bool by_close : {false, true}) {
      Event entered, leave;
      Server server = co_await start_server(
          [&](StreamReader, StreamWriter) -> Coroutine<> {
            entered.set();
            co_await leave.wait();
          },
          {.start_serving = false});
      auto serving = create_task([&]() -> Coroutine<> { co_await server.serve_forever(); });
      co_await sleep(0);
      EXPECT_TRUE(server.is_serving());
      StreamPair pair = co_await open_connection({.port = server.port()});
      co_await entered.wait();
      by_close ? server.close() : void(serving.cancel());
      for (int i = 0; i < 5; ++i) co_await sleep(0);
      EXPECT_FALSE(serving.done());
      EXPECT_FALSE(server.is_serving());
      leave.set();
      EXPECT_EQ(co_await error_of<CancelledError>(serving), "");
    }
  }());
}

TEST(Server, serve_forever_is_awaited_once_and_not_after_close) {
  run([]() -> Coroutine<> {
    Server server = co_await start_server(echo);
    std::string name = "server <Server sockets=('127.0.0.1:" + std::to_string(server.port()) + "',)>";
    auto serving = create_task([&]() -> Coroutine<> { co_await server.serve_forever(); });
    co_await sleep(0);
    EXPECT_EQ(co_await error_of<RuntimeError>(server.serve_forever()),
              name + " is already being awaited on serve_forever()");
    serving.cancel();
    EXPECT_EQ(co_await error_of<CancelledError>(serving), "");
    EXPECT_EQ(co_await error_of<RuntimeError>(server.serve_forever()), "server <Server sockets=()> is closed");
  }());
}

TEST(Server, wait_closed_waits_for_close_first) {
  run([]() -> Coroutine<> {
    Server server = co_await start_server(echo);
    auto waiting = create_task([&]() -> Coroutine<> { co_await server.wait_closed(); });
    for (int i = 0; i < 5; ++i) co_await sleep(0);
    EXPECT_FALSE(waiting.done());
    server.close();
    co_await waiting;
  }());
}

// 3.13
TEST(Server, close_clients_ends_what_is_open_and_abort_clients_at_once) {
  run([]() -> Coroutine<> {
    for (bool abort : {false, true}) {
      auto accepted = std::make_shared<Queue<StreamPair>>();
      Server server = co_await start_server([accepted](StreamReader reader, StreamWriter writer) -> Coroutine<> {
        co_await accepted->put({std::move(reader), std::move(writer)});
      });
      StreamPair one = co_await open_connection({.port = server.port()});
      StreamPair first = co_await accepted->get();
      StreamPair two = co_await open_connection({.port = server.port()});
      StreamPair second = co_await accepted->get();
      const std::string sent(8 << 20, 'x');
      first.writer.write(sent);
      server.close();
      auto closing = create_task([&]() -> Coroutine<> { co_await server.wait_closed(); });
      for (int i = 0; i < 5; ++i) co_await sleep(0);
      EXPECT_FALSE(closing.done());  // the callbacks are done, the connections are not
      abort ? server.abort_clients() : server.close_clients();
      std::string got = co_await one.reader.read();
      EXPECT_EQ(got.size() == sent.size(), !abort);
      EXPECT_EQ(co_await two.reader.read(), "");
      co_await closing;
      EXPECT_TRUE(second.writer.is_closing());
      EXPECT_EQ(co_await error_of<ConnectionResetError>(second.writer.drain()), "Connection lost");
    }
  }());
}

TEST(Server, a_callback_that_fails_or_is_cancelled_closes_its_connection) {
  run([]() -> Coroutine<> {
    get_running_loop().set_exception_handler([](EventLoop&, const ExceptionContext&) {});
    std::vector<StreamPair> kept;
    int calls = 0;
    Server server = co_await start_server([&](StreamReader reader, StreamWriter writer) -> Coroutine<> {
      kept.push_back({std::move(reader), std::move(writer)});
      if (++calls == 1) throw ValueError("no");
      throw CancelledError();
    });
    for (int i = 0; i < 2; ++i) {
      StreamPair pair = co_await open_connection({.port = server.port()});
      EXPECT_EQ(co_await pair.reader.read(), "");
    }
  }());
}

// --- Unix sockets ---

TEST(UnixServer, is_reached_by_its_path_and_leaves_nothing_behind) {
  run([]() -> Coroutine<> {
    ssl::_Folder folder;
    std::string path = folder.path() + "/echo.sock";
    Server server = co_await start_unix_server(echo, path);
    EXPECT_EQ(server.port(), 0);
    EXPECT_EQ(server.sockets().front().getsockname(), "unix:" + path);
    StreamPair pair = co_await open_unix_connection(path);
    EXPECT_EQ(pair.writer.peername(), "unix:" + path);
    EXPECT_EQ(*pair.writer.get_extra_info("sockname"), "unix:");
    pair.writer.write("hello\n");
    pair.writer.write_eof();
    EXPECT_EQ(co_await pair.reader.read(), "hello\n");
    EXPECT_TRUE(exists(path));
    server.close();
    EXPECT_FALSE(exists(path));
    co_await server.wait_closed();
    EXPECT_EQ(co_await error_of<FileNotFoundError>(open_unix_connection(path)),
              "[Errno 2] cannot connect to unix:" + path + ": No such file or directory");
  }());
}

TEST(UnixServer, replaces_a_stale_socket_but_no_other_file) {
  run([]() -> Coroutine<> {
    ssl::_Folder folder;
    std::string path = folder.path() + "/s";
    {
      _base::UniqueFd stale = _listen_unix(path, 1);
    }
    EXPECT_TRUE(exists(path));
    EXPECT_NE(co_await error_of<ConnectionRefusedError>(open_unix_connection(path)), "nothing was thrown");
    Server server = co_await start_unix_server(echo, path);
    StreamPair pair = co_await open_unix_connection(path);
    pair.writer.write("x");
    EXPECT_EQ(co_await pair.reader.read(1), "x");

    std::string file = folder.write("file", "precious");
    EXPECT_EQ(co_await error_of<OSError>(start_unix_server(echo, file)),
              "[Errno 98] Address '" + file + "' is already in use");
    EXPECT_TRUE(exists(file));
  }());
}

// 3.13: cleanup_socket
TEST(UnixServer, does_not_remove_what_a_later_server_has_made) {
  run([]() -> Coroutine<> {
    ssl::_Folder folder;
    std::string path = folder.path() + "/s";
    Server first = co_await start_unix_server(echo, path);
    Server second = co_await start_unix_server(echo, path);
    first.close();
    EXPECT_TRUE(exists(path));
    second.close();
    EXPECT_FALSE(exists(path));
    Server kept = co_await start_unix_server(echo, path, {.cleanup_socket = false});
    kept.close();
    EXPECT_TRUE(exists(path));
  }());
}

TEST(UnixServer, takes_an_abstract_name) {
  run([]() -> Coroutine<> {
    ssl::_Folder folder;  // for its name, which nobody else has
    std::string name = std::string(1, '\0') + folder.path();
    Server server = co_await start_unix_server(echo, name);
    EXPECT_EQ(server.sockets().front().getsockname(), "unix:@" + folder.path());
    StreamPair pair = co_await open_unix_connection(name);
    pair.writer.write("x");
    EXPECT_EQ(co_await pair.reader.read(1), "x");
    EXPECT_EQ(co_await error_of<OSError>(start_unix_server(echo, name)),
              "[Errno 98] Address '\\x00" + folder.path() + "' is already in use");
    EXPECT_EQ(co_await error_of<OSError>(open_unix_connection(std::string(200, 'x'))), "AF_UNIX path too long");
  }());
}

}  // namespace
}  // namespace krait::asyncio
