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

// --- what is fed by hand; the texts are CPython 3.13's ---

TEST(StreamReader, gives_what_it_is_fed) {
  run([]() -> Coroutine<> {
    StreamReader reader;
    reader.feed_data("one\ntwo\nrest");
    reader.feed_eof();
    std::vector<std::string> lines;
    while (auto line = co_await reader.anext()) lines.push_back(*line);
    EXPECT_EQ(lines, (std::vector<std::string>{"one\n", "two\n", "rest"}));
    EXPECT_TRUE(reader.at_eof());
    EXPECT_EQ(co_await reader.read(), "");
    EXPECT_EQ(co_await reader.readline(), "");
    EXPECT_THROW(reader.feed_data("late"), AssertionError);
    EXPECT_THROW(StreamReader(0), ValueError);
  }());
}

TEST(StreamReader, wakes_who_waits_when_it_is_fed) {
  run([]() -> Coroutine<> {
    StreamReader reader;
    auto reading = create_task([&]() -> Coroutine<std::string> { co_return co_await reader.readexactly(4); });
    co_await sleep(0);
    reader.feed_data("ab");
    co_await sleep(0);
    EXPECT_FALSE(reading.done());
    reader.feed_data("cd");
    EXPECT_EQ(co_await reading, "abcd");
    EXPECT_EQ(co_await reader.readexactly(0), "");
  }());
}

// 3.13: a tuple of separators
TEST(StreamReader, takes_the_separator_that_gives_the_shortest_text) {
  run([]() -> Coroutine<> {
    StreamReader reader;
    reader.feed_data("a\r\nb\nc;d");
    reader.feed_eof();
    EXPECT_EQ(co_await reader.readuntil(std::vector<std::string>{"\r\n", "\n"}), "a\r\n");
    EXPECT_EQ(co_await reader.readuntil(std::vector<std::string>{"\r\n", "\n"}), "b\n");
    EXPECT_EQ(co_await reader.readuntil(std::vector<std::string>{"c;d", ";"}), "c;");
    EXPECT_EQ(co_await error_of<IncompleteReadError>(reader.readuntil(";")),
              "1 bytes read on a total of undefined expected bytes");
    EXPECT_EQ(co_await error_of<ValueError>(reader.readuntil(std::vector<std::string>{})),
              "Separator should contain at least one element");
    EXPECT_EQ(co_await error_of<ValueError>(reader.readuntil("")), "Separator should be at least one-byte string");
  }());
}

TEST(StreamReader, a_separator_that_comes_in_pieces_is_found) {
  run([]() -> Coroutine<> {
    StreamReader reader;
    auto reading = create_task([&]() -> Coroutine<std::string> { co_return co_await reader.readuntil("--end--"); });
    for (char c : std::string("text--en--end--")) {
      co_await sleep(0);
      reader.feed_data(std::string_view(&c, 1));
    }
    EXPECT_EQ(co_await reading, "text--en--end--");
  }());
}

// B3.33
TEST(StreamReader, an_overrun_leaves_what_was_read) {
  run([]() -> Coroutine<> {
    StreamReader reader(4);
    reader.feed_data("0123456789");
    EXPECT_EQ(co_await error_of<LimitOverrunError>(reader.readuntil("\n")),
              "Separator is not found, and chunk exceed the limit");
    EXPECT_EQ(co_await reader.readexactly(3), "012");
    reader.feed_data("\n");
    EXPECT_EQ(co_await error_of<LimitOverrunError>(reader.readuntil("\n")),
              "Separator is found, but chunk is longer than limit");
    EXPECT_EQ(co_await error_of<ValueError>(reader.readline()), "Separator is found, but chunk is longer than limit");
    reader.feed_data("x\n");
    EXPECT_EQ(co_await reader.readline(), "x\n");
  }());
}

TEST(StreamReader, throws_the_exception_that_was_set) {
  run([]() -> Coroutine<> {
    StreamReader reader;
    EXPECT_EQ(reader.exception(), nullptr);
    auto reading = create_task([&]() -> Coroutine<std::string> { co_return co_await reader.read(); });
    co_await sleep(0);
    reader.set_exception(std::make_exception_ptr(ConnectionResetError("gone")));
    EXPECT_EQ(co_await error_of<ConnectionResetError>(reading), "gone");
    EXPECT_EQ(co_await error_of<ConnectionResetError>(reader.readline()), "gone");
    EXPECT_EQ(co_await error_of<ConnectionResetError>(reader.readexactly(1)), "gone");
    EXPECT_NE(reader.exception(), nullptr);
  }());
}

// --- writing and closing ---

// Python sends in the background: a program that writes and then reads the answer need not drain in between.
TEST(StreamWriter, sends_the_rest_by_itself) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    const std::string sent(16 << 20, 'x');
    ends.client.writer.write(sent);
    EXPECT_EQ((co_await ends.peer.reader.readexactly(sent.size())).size(), sent.size());
    ends.peer.writer.write("thanks\n");
    EXPECT_EQ(co_await ends.client.reader.readline(), "thanks\n");
  }());
}

TEST(StreamWriter, close_and_write_eof_come_after_what_was_written) {
  run([]() -> Coroutine<> {
    for (bool eof : {true, false}) {
      Ends ends = co_await connect_ends();
      const std::string sent(16 << 20, 'x');
      ends.client.writer.writelines({"a", "b", sent});
      eof ? ends.client.writer.write_eof() : ends.client.writer.close();
      EXPECT_EQ((co_await ends.peer.reader.read()).size(), sent.size() + 2);
      EXPECT_EQ(co_await error_of<RuntimeError>([](StreamWriter& writer) -> Coroutine<> {
                  writer.write("more");
                  co_return;
                }(ends.client.writer)),
                eof ? "Cannot call write() after write_eof()" : "cannot write: the stream is closed");
      if (!eof) co_await ends.client.writer.wait_closed();
    }
  }());
}

TEST(StreamWriter, drain_tells_that_the_peer_is_gone) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    ends.peer.writer.abort();
    std::string error = "nothing was thrown";
    for (int i = 0; i < 1000 && error == "nothing was thrown"; ++i) {
      ends.client.writer.write(std::string(1 << 16, 'x'));
      error = co_await error_of<ConnectionError>(ends.client.writer.drain());
    }
    EXPECT_NE(error, "nothing was thrown");
  }());
}

TEST(StreamWriter, a_cancelled_drain_loses_nothing) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    const std::string sent(16 << 20, 'x');
    ends.client.writer.write(sent);
    auto draining = create_task([&]() -> Coroutine<> { co_await ends.client.writer.drain(); });
    co_await sleep(0);
    draining.cancel();
    EXPECT_EQ(co_await error_of<CancelledError>(draining), "");
    EXPECT_EQ((co_await ends.peer.reader.readexactly(sent.size())).size(), sent.size());
    co_await ends.client.writer.drain();
  }());
}

TEST(StreamWriter, close_wakes_a_reader_that_waits) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    auto reading = create_task([&]() -> Coroutine<std::string> { co_return co_await ends.client.reader.read(); });
    co_await sleep(0);
    ends.client.writer.close();
    EXPECT_EQ(co_await reading, "");
    co_await ends.client.writer.wait_closed();
    EXPECT_EQ(co_await error_of<ConnectionResetError>(ends.client.writer.drain()), "Connection lost");
  }());
}

TEST(StreamWriter, abort_drops_what_was_not_sent) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    ends.client.writer.write(std::string(32 << 20, 'x'));
    ends.client.writer.abort();
    co_await ends.client.writer.wait_closed();
    EXPECT_LT((co_await ends.peer.reader.read()).size(), std::size_t{32} << 20);
  }());
}

TEST(StreamWriter, what_it_was_given_is_sent_though_it_is_dropped) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    {
      StreamPair dropped = std::move(ends.client);
      dropped.writer.write(std::string(16 << 20, 'x'));
    }
    EXPECT_EQ((co_await ends.peer.reader.read()).size(), std::size_t{16} << 20);
  }());
}

TEST(StreamWriter, knows_its_socket) {
  run([]() -> Coroutine<> {
    Ends ends = co_await connect_ends();
    const StreamWriter& writer = ends.client.writer;
    EXPECT_EQ(*writer.get_extra_info("peername"), "127.0.0.1:" + std::to_string(ends.server.port()));
    EXPECT_EQ(*writer.get_extra_info("sockname"), ends.peer.writer.peername());
    EXPECT_GE(*writer.get_extra_info<int>("socket"), 0);
    EXPECT_EQ(writer.get_extra_info("nonsense"), std::nullopt);
    EXPECT_THROW(writer.get_extra_info<int>("peername"), TypeError);
    EXPECT_TRUE(writer.can_write_eof());
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

// B3.30
TEST(Streams, one_that_is_dropped_open_is_reported_in_debug_mode) {
  std::vector<std::string> reports;
  auto drop = [&reports](bool close) -> Coroutine<> {
    get_running_loop().set_exception_handler(
        [&reports](EventLoop&, const ExceptionContext& context) { reports.push_back(context.message); });
    Server server = co_await start_server([](StreamReader, StreamWriter writer) -> Coroutine<> {
      writer.close();
      co_await writer.wait_closed();
    });
    StreamPair dropped = co_await open_connection({.port = server.port()});
    if (close) dropped.writer.close();
  };
  const bool before = _development_mode;
  run(drop(true), {.debug = true});
  EXPECT_TRUE(reports.empty()) << reports.front();
  run(drop(false), {.debug = true});
  _development_mode = before;
  ASSERT_FALSE(reports.empty());
  EXPECT_TRUE(reports.front().starts_with("unclosed stream to 127.0.0.1:")) << reports.front();
}

}  // namespace
}  // namespace krait::asyncio
