#include "krait/unittest/memory_streams.h"

#include <gtest/gtest.h>

#include <set>

#include "krait/asyncio.h"
#include "krait/unittest/async_case.h"
#include "krait/unittest/cancel_everywhere.h"

namespace krait::unittest {
namespace {

using namespace std::chrono_literals;
using asyncio::create_task;
using asyncio::sleep;
using asyncio::StreamReader;
using asyncio::StreamWriter;
using Pieces = std::vector<std::string>;

Coroutine<Pieces> read_all(StreamReader& reader) {
  Pieces pieces;
  for (;;) {
    std::string piece = co_await reader.read(1000);
    if (piece.empty()) co_return pieces;
    pieces.push_back(std::move(piece));
  }
}
std::string joined(const Pieces& pieces) {
  std::string text;
  for (const std::string& each : pieces) text += each;
  return text;
}

class Wires : public IsolatedAsyncioTestCase {
 protected:
  Wires() : IsolatedAsyncioTestCase({.virtual_clock = true}) {}
};

KRAIT_ASYNC_TEST_F(Wires, carry_bytes_both_ways) {
  auto [client, server] = memory_streams();
  client.writer.write("hello\nworld");
  client.writer.write_eof();
  EXPECT_EQ(co_await server.reader.readline(), "hello\n");
  EXPECT_EQ(co_await server.reader.readline(), "world");
  EXPECT_EQ(co_await server.reader.readline(), "");
  EXPECT_TRUE(server.reader.at_eof());
  server.writer.write("answer");
  server.writer.close();
  EXPECT_EQ(co_await client.reader.read(), "answer");
}

KRAIT_ASYNC_TEST_F(Wires, wake_a_reader_that_waits) {
  auto [client, server] = memory_streams();
  auto line = create_task(server.reader.readline());
  co_await sleep(1s);
  EXPECT_FALSE(line.done());
  client.writer.write("late\n");
  EXPECT_EQ(co_await line, "late\n");
}

TEST(MemoryStreams, may_be_written_to_before_a_loop_runs) {
  auto [client, server] = memory_streams();
  client.writer.write("early");
  client.writer.close();
  auto read = [](StreamReader& reader) -> Coroutine<std::string> { co_return co_await reader.read(); };
  EXPECT_EQ(asyncio::run(read(server.reader)), "early");
}

KRAIT_ASYNC_TEST_F(Wires, whom_nobody_writes_to_waits_in_vain) {
  auto [client, server] = memory_streams();
  co_await assertRaises<TimeoutError>(asyncio::wait_for(server.reader.read(), 1h));
  EXPECT_EQ(clock().elapsed(), 1h);
}

TEST(MemoryStreams, hide_no_deadlock) {
  VirtualClock clock;
  auto [client, server] = memory_streams();
  EXPECT_THROW(asyncio::run(server.reader.read()), asyncio::DeadlockError);
}

// --- split ---

KRAIT_ASYNC_TEST_F(Wires, split_what_is_read) {
  auto [client, server] = memory_streams({.to_server = {.split = 3}});
  client.writer.write("abcdefgh");
  client.writer.close();
  EXPECT_EQ(co_await read_all(server.reader), (Pieces{"abc", "def", "gh"}));
}

KRAIT_ASYNC_TEST_F(Wires, give_others_a_turn_between_two_pieces) {
  auto [client, server] = memory_streams({.to_server = {.split = 1}});
  client.writer.write("abcdefgh\n");
  int turns = 0;
  auto line = create_task(server.reader.readline());
  while (!line.done()) {
    ++turns;
    co_await sleep(0);
  }
  EXPECT_EQ(line.result(), "abcdefgh\n");
  EXPECT_GT(turns, 8);
}

KRAIT_ASYNC_TEST_F(Wires, split_at_random_in_the_same_way_for_the_same_seed) {
  std::set<Pieces> ways;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Pieces before;
    for (int again = 0; again < 2; ++again) {
      auto [client, server] = memory_streams({.to_server = {.split = 5, .seed = seed}});
      client.writer.write("the quick brown fox jumps over the lazy dog");
      client.writer.close();
      Pieces pieces = co_await read_all(server.reader);
      EXPECT_EQ(joined(pieces), "the quick brown fox jumps over the lazy dog");
      for (const std::string& each : pieces) EXPECT_LE(each.size(), 5U);
      if (again) EXPECT_EQ(pieces, before);
      before = pieces;
    }
    ways.insert(before);
  }
  EXPECT_EQ(ways.size(), 20U);
}

// --- delay ---

KRAIT_ASYNC_TEST_F(Wires, delay_each_write_by_itself) {
  auto [client, server] = memory_streams({.to_server = {.delay = 2s}});
  client.writer.write("a");
  co_await sleep(1s);
  client.writer.write("b");
  EXPECT_EQ(co_await server.reader.read(10), "a");
  EXPECT_EQ(clock().elapsed(), 2s);
  EXPECT_EQ(co_await server.reader.read(10), "b");
  EXPECT_EQ(clock().elapsed(), 3s);
  client.writer.close();
  EXPECT_EQ(co_await server.reader.read(10), "");
  EXPECT_EQ(clock().elapsed(), 5s);
}

KRAIT_ASYNC_TEST_F(Wires, delay_one_direction_and_not_the_other) {
  auto [client, server] = memory_streams({.to_client = {.delay = 1s}});
  client.writer.write("ping");
  EXPECT_EQ(co_await server.reader.readexactly(4), "ping");
  EXPECT_EQ(clock().elapsed(), 0s);
  server.writer.write("pong");
  EXPECT_EQ(co_await client.reader.readexactly(4), "pong");
  EXPECT_EQ(clock().elapsed(), 1s);
}

KRAIT_ASYNC_TEST_F(Wires, take_a_wait_back_that_times_out) {
  auto [client, server] = memory_streams({.to_server = {.delay = 5s}});
  client.writer.write("a");
  co_await assertRaises<TimeoutError>(asyncio::wait_for(server.reader.read(1), 1s));
  EXPECT_EQ(co_await server.reader.read(1), "a");
  EXPECT_EQ(clock().elapsed(), 5s);
}

// --- back-pressure ---

KRAIT_ASYNC_TEST_F(Wires, make_a_fast_writer_wait) {
  auto [client, server] = memory_streams({.to_server = {.buffer = 4}});
  client.writer.write("abcdefghij");
  auto drained = create_task(client.writer.drain());
  co_await sleep(1s);
  EXPECT_FALSE(drained.done());
  EXPECT_EQ(co_await server.reader.read(100), "abcd");
  co_await sleep(1s);
  EXPECT_FALSE(drained.done());
  EXPECT_EQ(co_await server.reader.read(100), "efgh");
  co_await drained;
  EXPECT_EQ(co_await server.reader.read(100), "ij");
}

KRAIT_ASYNC_TEST_F(Wires, carry_more_than_they_hold) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i) + "\n";
  auto [client, server] = memory_streams({.to_server = {.buffer = 7, .split = 3, .seed = 1, .delay = 1ms}});
  auto send = [&text](StreamWriter& writer) -> Coroutine<> {
    writer.write(text);
    co_await writer.drain();
    writer.close();
  };
  auto sent = create_task(send(client.writer));
  EXPECT_EQ(co_await server.reader.read(), text);
  co_await sent;
}

// --- reset and end ---

KRAIT_ASYNC_TEST_F(Wires, break_after_so_many_bytes) {
  auto [client, server] = memory_streams({.to_server = {.reset_after = 4}});
  client.writer.write("abcdefgh");
  EXPECT_EQ(co_await server.reader.read(100), "abcd");
  auto error = co_await assertRaises<ConnectionResetError>(server.reader.read(100));
  EXPECT_STREQ(error.what(), "[Errno 104] cannot receive from memory: Connection reset by peer");
  auto sent = co_await assertRaises<ConnectionResetError>(client.writer.drain());
  EXPECT_STREQ(sent.what(), "[Errno 104] cannot send to memory: Connection reset by peer");
}

KRAIT_ASYNC_TEST_F(Wires, break_both_ways) {
  auto [client, server] = memory_streams({.to_server = {.reset_after = 1}});
  server.writer.write("sent before");
  auto waits = create_task(client.reader.readexactly(100));
  co_await sleep(1s);
  client.writer.write("x");
  co_await assertRaises<ConnectionResetError>(waits);
  server.writer.write("y");  // as in Python, drain() is who tells
  co_await assertRaises<ConnectionResetError>(server.writer.drain());
}

KRAIT_ASYNC_TEST_F(Wires, may_be_broken_from_the_start) {
  auto [client, server] = memory_streams({.to_client = {.reset_after = 0}});
  co_await assertRaises<ConnectionResetError>(client.reader.read(1));
  client.writer.write("x");
  co_await assertRaises<ConnectionResetError>(client.writer.drain());
}

KRAIT_ASYNC_TEST_F(Wires, end_early_and_lose_the_rest) {
  auto [client, server] = memory_streams({.to_server = {.eof_after = 4}});
  client.writer.write("abcdefgh");
  co_await client.writer.drain();
  auto error = co_await assertRaises<asyncio::IncompleteReadError>(server.reader.readexactly(8));
  EXPECT_EQ(error.partial, "abcd");
  server.writer.write("answer");  // the other direction goes on
  EXPECT_EQ(co_await client.reader.readexactly(6), "answer");
}

KRAIT_ASYNC_TEST_F(Wires, end_when_an_end_is_dropped) {
  MemoryStreams streams = memory_streams();
  std::optional<asyncio::StreamPair> client(std::move(streams.client));
  client->writer.write("last");
  client.reset();
  EXPECT_EQ(co_await streams.server.reader.read(), "last");
  streams.server.writer.write("x");
  co_await assertRaises<BrokenPipeError>(streams.server.writer.drain());
}

KRAIT_ASYNC_TEST_F(Wires, break_when_an_end_closes_on_bytes_it_did_not_read) {
  auto [client, server] = memory_streams();
  server.writer.write("unread");
  client.writer.close();
  co_await assertRaises<ConnectionResetError>(server.reader.read(1));
}

KRAIT_ASYNC_TEST_F(Wires, let_a_writer_go_whose_reader_has_gone) {
  auto [client, server] = memory_streams({.to_server = {.buffer = 4}});
  client.writer.write("abcd");
  EXPECT_EQ(co_await server.reader.read(100), "abcd");
  client.writer.write("efghij");
  auto drained = create_task(client.writer.drain());
  co_await sleep(1s);
  server.writer.close();
  co_await assertRaises<ConnectionError>(drained);
}

KRAIT_ASYNC_TEST_F(Wires, end_a_read_whose_own_end_is_closed) {
  auto [client, server] = memory_streams();
  auto read = create_task(client.reader.read());
  co_await sleep(1s);
  client.writer.close();
  EXPECT_EQ(co_await read, "");
}

TEST(MemoryStreams, refuse_what_makes_no_sense) {
  EXPECT_THROW(memory_streams({.to_server = {.buffer = 0}}), ValueError);
  EXPECT_THROW(memory_streams({.to_server = {.split = 0}}), ValueError);
  EXPECT_THROW(memory_streams({.to_client = {.delay = -1s}}), ValueError);
}

// --- together with a cancel at every await ---

TEST(MemoryStreams, lose_nothing_when_a_reader_is_cancelled) {
  CancelSweep sweep = cancel_everywhere([](CancelPoint& here) -> Coroutine<> {
    auto [client, server] = memory_streams({.to_server = {.buffer = 3, .split = 2, .delay = 1s}});
    Pieces got;
    auto read = [](StreamReader& reader, Pieces& into) -> Coroutine<> {
      for (;;) {
        std::string piece = co_await reader.read(100);
        if (piece.empty()) co_return;
        into.push_back(std::move(piece));
      }
    };
    auto send = [](StreamWriter& writer) -> Coroutine<> {
      writer.write("abcdefghij");
      co_await writer.drain();
      writer.close();
    };
    auto sent = create_task(send(client.writer));
    auto victim = here.victim(create_task(read(server.reader, got)));
    co_await here.ended(victim);
    co_await read(server.reader, got);
    co_await sent;
    EXPECT_EQ(joined(got), "abcdefghij");
  });
  EXPECT_GT(sweep.await_points, 5U);
}

TEST(MemoryStreams, lose_nothing_when_a_writer_is_cancelled) {
  cancel_everywhere([](CancelPoint& here) -> Coroutine<> {
    auto [client, server] = memory_streams({.to_server = {.buffer = 3}});
    auto drain = [](StreamWriter& writer) -> Coroutine<> { co_await writer.drain(); };
    client.writer.write("abcdefghij");
    auto victim = here.victim(create_task(drain(client.writer)));
    auto read = create_task(server.reader.readexactly(10));
    co_await here.ended(victim);
    co_await client.writer.drain();
    EXPECT_EQ(co_await read, "abcdefghij");
  });
}

TEST(MemoryStreams, a_service_answers_whatever_the_order) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    VirtualClock clock({.seed = seed});
    asyncio::run([](std::uint64_t seed) -> Coroutine<> {
      MemoryWire wire{.buffer = 5, .split = 3, .seed = seed, .delay = std::chrono::milliseconds(seed % 3)};
      auto [client, server] = memory_streams({.to_server = wire, .to_client = wire});
      auto echo = [](StreamReader& reader, StreamWriter& writer) -> Coroutine<> {
        for (;;) {
          std::string line = co_await reader.readline();
          if (line.empty()) break;
          writer.write(line);
          co_await writer.drain();
        }
        writer.close();
      };
      auto service = create_task(echo(server.reader, server.writer));
      for (int i = 0; i < 20; ++i) {
        std::string line = "line " + std::to_string(i) + "\n";
        client.writer.write(line);
        co_await client.writer.drain();
        EXPECT_EQ(co_await client.reader.readline(), line) << "seed " << seed;
      }
      client.writer.write_eof();
      EXPECT_EQ(co_await client.reader.read(), "");
      co_await service;
    }(seed));
  }
}

}  // namespace
}  // namespace krait::unittest
