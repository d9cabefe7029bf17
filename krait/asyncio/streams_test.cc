#include "krait/asyncio/streams.h"

#include <gtest/gtest.h>

#include "krait/asyncio/queues.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/wait.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;

// A connection to a server whose end of it a test drives.
struct Ends {
  Ends(Server s, StreamPair c, StreamPair p) : server(std::move(s)), client(std::move(c)), peer(std::move(p)) {}
  Server server;
  StreamPair client, peer;
};

Coroutine<Ends> connect_ends(std::size_t limit = kStreamLimit) {
  auto accepted = std::make_shared<Queue<StreamPair>>();
  Server server = co_await start_server(
      [accepted](StreamReader reader, StreamWriter writer) -> Coroutine<> {
        co_await accepted->put({std::move(reader), std::move(writer)});
      },
      {.limit = limit});
  StreamPair client = co_await open_connection({.port = server.port(), .limit = limit});
  StreamPair peer = co_await accepted->get();
  co_return Ends(std::move(server), std::move(client), std::move(peer));
}

template <class E, class A>
Coroutine<std::string> error_of(A awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (const E& error) {
    co_return error.what();
  }
  co_return "nothing was thrown";
}

TEST(Streams, carry_lines_both_ways) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    ends.client.writer.write("hello\nworld");
    ends.client.writer.write_eof();
    EXPECT_EQ(co_await ends.peer.reader.readline(), "hello\n");
    EXPECT_EQ(co_await ends.peer.reader.readline(), "world");
    EXPECT_EQ(co_await ends.peer.reader.readline(), "");
    EXPECT_TRUE(ends.peer.reader.at_eof());
    ends.peer.writer.write("answer");
    ends.peer.writer.close();
    EXPECT_EQ(co_await ends.client.reader.read(), "answer");
  }());
}

TEST(Streams, readexactly_says_how_much_was_missing) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    ends.client.writer.write("abc");
    ends.client.writer.close();
    try {
      co_await ends.peer.reader.readexactly(5);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const IncompleteReadError& error) {
      EXPECT_EQ(error.partial, "abc");
      EXPECT_EQ(error.expected, 5);
      EXPECT_STREQ(error.what(), "3 bytes read on a total of 5 expected bytes");
    }
  }());
}

// B3.33
TEST(Streams, a_line_over_the_limit_is_a_ValueError_and_the_next_line_is_read) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends(8);
    ends.client.writer.write("0123456789abcdef\nnext\n");
    EXPECT_EQ(co_await error_of<ValueError>(ends.peer.reader.readline()),
              "Separator is found, but chunk is longer than limit");
    EXPECT_EQ(co_await ends.peer.reader.readline(), "next\n");
  }());
}

// B3.33
TEST(Streams, two_readers_at_once_are_refused) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    auto first = create_task([&]() -> Coroutine<std::string> { co_return co_await ends.peer.reader.read(1); });
    co_await sleep(0);
    EXPECT_EQ(co_await error_of<RuntimeError>(ends.peer.reader.readexactly(1)),
              "readexactly() called while another coroutine is already waiting for incoming data");
    ends.client.writer.write("x");
    EXPECT_EQ(co_await first, "x");
  }());
}

TEST(Streams, a_cancelled_read_loses_nothing) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    auto reading = create_task([&]() -> Coroutine<std::string> { co_return co_await ends.peer.reader.readexactly(4); });
    ends.client.writer.write("ab");
    // Connecting anew makes the loop look at its sockets, so the task has read these two bytes by now.
    StreamPair other = co_await open_connection({.port = ends.server.port()});
    reading.cancel();
    EXPECT_EQ(co_await error_of<CancelledError>(reading), "");
    ends.client.writer.write("cd");
    EXPECT_EQ(co_await ends.peer.reader.readexactly(4), "abcd");
  }());
}

TEST(Streams, drain_waits_for_a_slow_reader) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    constexpr std::size_t kSize = 32 * 1024 * 1024;  // more than two sockets hold
    ends.client.writer.write(std::string(kSize, 'x'));
    auto draining = create_task([&]() -> Coroutine<> {
      co_await ends.client.writer.drain();
      ends.client.writer.close();
    });
    auto [done, pending] = co_await wait(std::vector{draining}, {.timeout = 10ms});
    EXPECT_TRUE(done.empty());
    std::size_t got = 0;
    for (std::string piece; !(piece = co_await ends.peer.reader.read(1 << 20)).empty();) got += piece.size();
    EXPECT_EQ(got, kSize);
    co_await draining;
  }());
}

TEST(OpenConnection, names_the_address_that_refused) {
  run([]() -> Coroutine<> {
    int port;
    {
      _base::UniqueFd listening = _listen({});
      port = _bound_port(listening.get());
    }
    EXPECT_EQ(co_await error_of<ConnectionRefusedError>(open_connection({.port = port})),
              "[Errno 111] cannot connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
  }());
}

TEST(OpenConnection, looks_names_up) {
  run([]() -> Coroutine<> {
    Server server = co_await start_server([](StreamReader, StreamWriter writer) -> Coroutine<> {
      writer.write("found");
      co_return;
    });
    StreamPair pair = co_await open_connection({.host = "localhost", .port = server.port()});
    EXPECT_EQ(co_await pair.reader.read(), "found");
  }());
}

TEST(OpenConnection, refuses_a_port_that_is_none) {
  run([]() -> Coroutine<> {
    EXPECT_EQ(co_await error_of<OverflowError>(open_connection({.port = 70000})), "port must be 0-65535, not 70000");
  }());
}

TEST(StartServer, names_a_port_that_is_taken) {
  run([]() -> Coroutine<> {
    Server server = co_await start_server([](StreamReader, StreamWriter) -> Coroutine<> { co_return; });
    EXPECT_EQ(co_await error_of<OSError>(
                  start_server([](StreamReader, StreamWriter) -> Coroutine<> { co_return; }, {.port = server.port()})),
              "[Errno 98] cannot listen on 127.0.0.1:" + std::to_string(server.port()) + ": Address already in use");
  }());
}

TEST(StartServer, a_failing_callback_concerns_nobody_else) {
  run([]() -> Coroutine<> {
    std::vector<std::string> reports;
    get_running_loop().set_exception_handler(
        [&](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
    int calls = 0;
    Server server = co_await start_server([&](StreamReader, StreamWriter writer) -> Coroutine<> {
      if (++calls == 1) throw ValueError("first");
      writer.write("second");
      co_return;
    });
    StreamPair first = co_await open_connection({.port = server.port()});
    EXPECT_EQ(co_await first.reader.read(), "");
    StreamPair second = co_await open_connection({.port = server.port()});
    EXPECT_EQ(co_await second.reader.read(), "second");
    EXPECT_EQ(reports, std::vector<std::string>{"Unhandled exception in client_connected_cb"});
  }());
}

TEST(Server, wait_closed_waits_for_the_connections) {
  run([]() -> Coroutine<> {
    Event entered, leave;
    Server server = co_await start_server([&](StreamReader, StreamWriter) -> Coroutine<> {
      entered.set();
      co_await leave.wait();
    });
    StreamPair pair = co_await open_connection({.port = server.port()});
    co_await entered.wait();
    server.close();
    auto closing = create_task([&]() -> Coroutine<> { co_await server.wait_closed(); });
    co_await sleep(0);
    co_await sleep(0);
    EXPECT_FALSE(closing.done());
    leave.set();
    co_await closing;
    EXPECT_FALSE(server.is_serving());
  }());
}

}  // namespace
}  // namespace krait::asyncio
