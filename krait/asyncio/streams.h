#pragma once
// Streams over TCP: open_connection, start_server, StreamReader, StreamWriter.
//
//   auto [reader, writer] = co_await asyncio::open_connection({.host = "db", .port = 5432});
//   writer.write("PING\r\n");
//   co_await writer.drain();
//   std::string line = co_await reader.readline();
//
// The reader takes from the socket only when it is asked for more than it holds: a slow reader slows its peer down,
// with no buffer that grows in between. Both ends share the socket; the last one to die closes it.
// Python: asyncio.streams

#include <memory>

#include "krait/asyncio/_socket.h"

namespace krait::asyncio {

inline constexpr std::size_t kStreamLimit = 64 * 1024;  // Python: asyncio.streams._DEFAULT_LIMIT

// Python: asyncio.StreamReader. One task reads at a time; a second one gets RuntimeError.
class StreamReader {
 public:
  StreamReader(std::shared_ptr<_Transport> transport, std::size_t limit);

  // Up to `n` bytes, at least one; "" at the end of the stream. Negative: everything until the end.
  // Python: await reader.read(n=-1)
  Coroutine<std::string> read(std::ptrdiff_t n = -1);
  // A line with its "\n"; what is left without one at the end of the stream. Throws ValueError when a line is longer
  // than the limit, after having dropped it. Python: await reader.readline()
  Coroutine<std::string> readline();
  // Up to and with `separator`. Throws IncompleteReadError, LimitOverrunError, and ValueError for an empty separator.
  // Python: await reader.readuntil(separator=b'\n')
  Coroutine<std::string> readuntil(std::string separator = "\n");
  // Exactly `n` bytes. Throws IncompleteReadError(partial, n). Python: await reader.readexactly(n)
  Coroutine<std::string> readexactly(std::size_t n);
  // Python: reader.at_eof()
  bool at_eof() const noexcept { return eof_ && held().empty(); }

 private:
  std::string_view held() const noexcept { return std::string_view(buffer_).substr(start_); }
  std::string take(std::size_t n);
  Coroutine<bool> fill(std::string_view who);

  std::shared_ptr<_Transport> transport_;
  std::string buffer_;
  std::size_t start_ = 0;  // what lies before is taken
  std::size_t limit_;
  bool eof_ = false, waiting_ = false;
};

// Python: asyncio.StreamWriter
class StreamWriter {
 public:
  explicit StreamWriter(std::shared_ptr<_Transport> transport) : transport_(std::move(transport)) {}
  StreamWriter(StreamWriter&&) = default;
  StreamWriter& operator=(StreamWriter&&) = default;

  // Sends what the socket takes now and keeps the rest for drain(). Throws RuntimeError after close() or write_eof().
  // Python: writer.write(data)
  void write(std::string_view data);
  // Waits until all that was written is with the kernel. Departs from Python, whose drain() returns at a low-water mark:
  // nothing here writes in the background. Throws ConnectionResetError and its kin. Python: await writer.drain()
  Coroutine<> drain();
  // Sends what is left, then says that nothing more will come. Python: writer.write_eof()
  Coroutine<> write_eof();
  bool is_closing() const noexcept { return closing_; }
  // Closes the socket; what was not drained is sent as far as the kernel takes it at once. Python: writer.close()
  void close() noexcept;
  // Python: await writer.wait_closed()
  Coroutine<> wait_closed();
  // Python: writer.get_extra_info("peername"): "127.0.0.1:4711"
  std::string peername() const { return transport_->peer_name(); }

 private:
  std::shared_ptr<_Transport> transport_;
  std::string pending_;
  bool closing_ = false, eof_ = false;
};

struct StreamPair {
  StreamReader reader;
  StreamWriter writer;
};

struct ConnectionOptions {
  std::string host = "127.0.0.1";
  int port = 0;
  std::size_t limit = kStreamLimit;
  std::optional<nanoseconds> timeout = std::chrono::seconds(30);  // for the look-up and the connect together
};
// Throws OSError naming the address, TimeoutError. Python: await asyncio.open_connection(host, port)
Coroutine<StreamPair> open_connection(ConnectionOptions options);

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any free one; ask port()
  std::size_t limit = kStreamLimit;
  int backlog = 100;
};

// A listening server. Python: asyncio.Server
class Server {
 public:
  using Callback = _base::Function<Coroutine<>(StreamReader, StreamWriter)>;
  Server(_base::UniqueFd fd, Callback callback, std::size_t limit);
  Server(Server&&) = default;
  Server& operator=(Server&&) = default;
  ~Server();

  int port() const noexcept { return port_; }
  bool is_serving() const noexcept { return accepting_ && !accepting_.done(); }
  // Accepts no more; connections that are open go on. Python: server.close()
  void close();
  // Waits until the connections are done, too. Python: await server.wait_closed()
  Coroutine<> wait_closed();
  // Serves until cancelled, then closes. Python: await server.serve_forever()
  Coroutine<> serve_forever();

 private:
  struct State;
  static Coroutine<> accept(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
  Task<> accepting_;
  int port_;
};

// Calls `callback(reader, writer)` as a task for every connection. Throws OSError when it cannot listen.
// Python: await asyncio.start_server(callback, host, port)
Coroutine<Server> start_server(Server::Callback callback, ServerOptions options = {});

}  // namespace krait::asyncio
