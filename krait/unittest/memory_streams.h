#pragma once
// Streams without a network: two connected pairs of StreamReader and StreamWriter, and a wire between them that a test
// makes as bad as it likes.
//
//   auto [client, server] = unittest::memory_streams({.to_server = {.split = 1}, .to_client = {.delay = 200ms}});
//   client.writer.write("GET / HTTP/1.1\r\n\r\n");           // arrives byte by byte, with an await in between
//   std::string line = co_await server.reader.readline();
//
// On a VirtualClock a delay takes no time, and who waits for bytes that nobody will write is a deadlock, not I/O.
// Python has none; trio's memory_stream_pair is the idea.

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

#include "krait/asyncio/streams.h"

namespace krait::unittest {

// One direction.
struct MemoryWire {
  // How many bytes may be on the way; a writer that is ahead waits in drain(). Throws ValueError for zero.
  std::size_t buffer = 64 * 1024;
  // No read gets more at a time, and between two pieces the reader waits. Throws ValueError for zero.
  std::size_t split = std::numeric_limits<std::size_t>::max();
  // The size of each piece is random, the same way for the same seed.
  std::optional<std::uint64_t> seed = std::nullopt;
  // From the write until it can be read.
  std::chrono::nanoseconds delay{0};
  // After so many bytes the connection breaks, both ways: the reader gets these, then ConnectionResetError.
  std::optional<std::size_t> reset_after = std::nullopt;
  // After so many bytes the reader sees the end of the stream; what is written beyond is lost.
  std::optional<std::size_t> eof_after = std::nullopt;
};

struct MemoryStreamsOptions {
  std::size_t limit = asyncio::kStreamLimit;  // of both readers
  MemoryWire to_server = {};
  MemoryWire to_client = {};
};

struct MemoryStreams {
  asyncio::StreamPair client, server;
};

// An end that is closed, or of which both halves are gone, ends the other's stream; with bytes in it that nobody has read
// it breaks the connection, as the kernel does. drain() to an end that is gone throws BrokenPipeError.
MemoryStreams memory_streams(MemoryStreamsOptions options = {});

}  // namespace krait::unittest
