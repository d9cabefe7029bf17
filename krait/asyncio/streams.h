#pragma once
// Streams over TCP, TLS and Unix sockets: open_connection, start_server, StreamReader, StreamWriter.
//
//   auto [reader, writer] = co_await asyncio::open_connection({.host = "db", .port = 5432, .ssl = true});
//   writer.write("PING\r\n");
//   co_await writer.drain();
//   std::string line = co_await reader.readline();
//
// The reader takes from the socket only when it is asked for more than it holds: a slow reader slows its peer down,
// with no buffer that grows in between. Both ends share the socket; the last one to die closes it.
// Python: asyncio.streams

#include <memory>

#include "krait/asyncio/_socket.h"
#include "krait/ssl/context.h"

namespace krait::asyncio {

inline constexpr std::size_t kStreamLimit = 64 * 1024;  // Python: asyncio.streams._DEFAULT_LIMIT

// Python: asyncio.StreamReader. One task reads at a time; a second one gets RuntimeError.
class StreamReader {
 public:
  // Throws ValueError "Limit cannot be <= 0".
  StreamReader(std::shared_ptr<_Transport> transport, std::size_t limit);
  // One that is fed by hand. Python: asyncio.StreamReader(limit=2**16)
  explicit StreamReader(std::size_t limit = kStreamLimit) : StreamReader(nullptr, limit) {}

  // Up to `n` bytes, at least one; "" at the end of the stream. Negative: everything until the end.
  // Python: await reader.read(n=-1)
  Coroutine<std::string> read(std::ptrdiff_t n = -1);
  // A line with its "\n"; what is left without one at the end of the stream. Throws ValueError when a line is longer
  // than the limit, after having dropped it. Python: await reader.readline()
  Coroutine<std::string> readline();
  // Up to and with `separator`. Throws IncompleteReadError, LimitOverrunError (what was read stays), and ValueError for
  // an empty separator. Python: await reader.readuntil(separator=b'\n')
  Coroutine<std::string> readuntil(std::string separator = "\n");
  // Up to and with whichever of them gives the shortest text. Python: await reader.readuntil((b'\r\n', b'\n'))
  Coroutine<std::string> readuntil(std::vector<std::string> separators);
  // Exactly `n` bytes. Throws IncompleteReadError(partial, n). Python: await reader.readexactly(n)
  Coroutine<std::string> readexactly(std::size_t n);
  // The next line, or nullopt at the end:
  //   while (auto line = co_await reader.anext()) …
  // Python: async for line in reader
  Coroutine<std::optional<std::string>> anext();
  // Python: reader.at_eof()
  bool at_eof() const noexcept;

  // For a reader that is fed by hand. Python: reader.feed_data(data), feed_eof(), set_exception(exc), exception()
  void feed_data(std::string_view data);
  void feed_eof();
  // Every read throws it from now on.
  void set_exception(std::exception_ptr error);
  std::exception_ptr exception() const noexcept;

 private:
  friend class StreamWriter;
  Coroutine<std::string> until(std::vector<std::string> separators);

  std::shared_ptr<_Stream> stream_;
  std::size_t limit_;
};

struct StartTlsOptions {
  // Required of a client whose context checks host names.
  std::optional<std::string> server_hostname = std::nullopt;
  std::optional<nanoseconds> ssl_handshake_timeout = std::nullopt;  // a minute
  std::optional<nanoseconds> ssl_shutdown_timeout = std::nullopt;   // half a minute
};

// Python: asyncio.StreamWriter
class StreamWriter {
 public:
  explicit StreamWriter(std::shared_ptr<_Transport> transport);

  // Sends what the socket takes now; a task sends the rest. What goes wrong is drain()'s to throw. Throws RuntimeError
  // after close() or write_eof(). Python: writer.write(data)
  void write(std::string_view data);
  // Python: writer.writelines(data)
  void writelines(const std::vector<std::string>& lines);
  // Waits until all that was written is with the kernel; the way to slow down for a slow peer. Departs from Python,
  // whose drain() returns once no more than 16 KiB are left. Throws ConnectionResetError and its kin.
  // Python: await writer.drain()
  Coroutine<> drain();
  // Says, after what was written, that nothing more will come. Throws NotImplementedError where can_write_eof() is
  // false. Python: writer.write_eof()
  void write_eof();
  // False for TLS. Python: writer.can_write_eof()
  bool can_write_eof() const noexcept;
  bool is_closing() const noexcept;
  // Sends what was written, then closes; the reader is at its end at once. Over TLS it says goodbye and waits for the
  // peer's, up to ssl_shutdown_timeout. wait_closed() waits for that. Python: writer.close()
  void close() noexcept;
  // Closes now; what the kernel has not taken is lost. Python: writer.transport.abort()
  void abort() noexcept;
  // Waits until it is closed. Throws what sending the last of it ran into. Python: await writer.wait_closed()
  Coroutine<> wait_closed();

  // Goes on over TLS. On a connection that start_server accepted, as the server. Whatever it throws, the connection is
  // closed then: see open_connection. Throws RuntimeError when a reader waits for data.
  // Python: await writer.start_tls(sslcontext, server_hostname=…)
  Coroutine<> start_tls(ssl::SSLContext context, StartTlsOptions options = {});

  // The peer's address: "127.0.0.1:4711". Python: writer.get_extra_info("peername")
  std::string peername() const;
  // What is known under `name`; nullopt: nothing. Throws TypeError when it is no T.
  //   std::string: "peername", "sockname"      int: "socket", the descriptor
  //   ssl::Certificate: "peercert"     ssl::Cipher: "cipher"     ssl::SSLObject: "ssl_object"     ssl::SSLContext: "sslcontext"
  // Python: writer.get_extra_info(name)
  template <class T = std::string>
  std::optional<T> get_extra_info(std::string_view name) const {
    std::any found = extra_info(name);
    if (!found.has_value()) return std::nullopt;
    if (T* value = std::any_cast<T>(&found)) return std::move(*value);
    raise_other_type(name);
  }

 private:
  std::any extra_info(std::string_view name) const;
  [[noreturn]] static void raise_other_type(std::string_view name);

  std::shared_ptr<_Stream> stream_;
};

struct StreamPair {
  StreamReader reader;
  StreamWriter writer;
};

// Whether a connection is TLS: not at all, with a default context that verifies the server (true), or with a context.
class _UseTls {
 public:
  _UseTls() = default;
  _UseTls(bool use) : default_(use) {}
  _UseTls(const ssl::SSLContext& context) : context_(context) {}
  _UseTls(const ssl::SSLContext* context) {
    if (context) context_ = *context;
  }
  explicit operator bool() const noexcept { return default_ || context_; }
  bool is_default() const noexcept { return default_; }
  // Makes the default one where true was said.
  ssl::SSLContext context() const;

 private:
  bool default_ = false;
  std::optional<ssl::SSLContext> context_;
};

struct ConnectionOptions {
  std::string host = "127.0.0.1";
  int port = 0;
  std::size_t limit = kStreamLimit;
  std::optional<nanoseconds> timeout = std::chrono::seconds(30);  // for the look-up and the connect together
  _UseTls ssl = {};                                               // .ssl = true, .ssl = context, .ssl = &context
  // Whose certificate it must be; by default `host`'s.
  std::optional<std::string> server_hostname = std::nullopt;
  std::optional<nanoseconds> ssl_handshake_timeout = std::nullopt;  // a minute
  std::optional<nanoseconds> ssl_shutdown_timeout = std::nullopt;   // half a minute, for the goodbyes
};
// Throws OSError naming the address, TimeoutError; with ssl, also ssl::SSLError, ssl::SSLCertVerificationError,
// ConnectionResetError, and ConnectionAbortedError when the handshake takes too long; ValueError for options that do not
// fit. Cancelling it closes the socket. Python: await asyncio.open_connection(host, port)
Coroutine<StreamPair> open_connection(ConnectionOptions options);

struct UnixConnectionOptions {
  std::size_t limit = kStreamLimit;
  _UseTls ssl = {};
  std::optional<std::string> server_hostname = std::nullopt;  // required with ssl
  std::optional<nanoseconds> ssl_handshake_timeout = std::nullopt;
  std::optional<nanoseconds> ssl_shutdown_timeout = std::nullopt;
};
// A path that begins with a zero byte is an abstract name. Python: await asyncio.open_unix_connection(path)
Coroutine<StreamPair> open_unix_connection(std::string path, UnixConnectionOptions options = {});

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any free one; ask port()
  std::size_t limit = kStreamLimit;
  int backlog = 100;
  bool start_serving = true;  // false: only start_serving() and serve_forever() accept
  bool reuse_port = false;
  // Each connection is handed over once its handshake is done; one that fails or takes too long is closed silently.
  std::optional<ssl::SSLContext> ssl = std::nullopt;
  std::optional<nanoseconds> ssl_handshake_timeout = std::nullopt;
  std::optional<nanoseconds> ssl_shutdown_timeout = std::nullopt;
};

// Python: an element of server.sockets
struct TransportSocket {
  int fd;
  int fileno() const noexcept { return fd; }
  std::string getsockname() const { return _bound_name(fd); }
};

// A listening server. Python: asyncio.Server
class Server {
 public:
  using Callback = _base::Function<Coroutine<>(StreamReader, StreamWriter)>;
  struct State;
  explicit Server(std::shared_ptr<State> state);
  Server(Server&&) = default;
  Server& operator=(Server&&) = default;
  ~Server();

  int port() const noexcept { return port_; }
  // Empty once it is closed. Python: server.sockets
  std::vector<TransportSocket> sockets() const;
  bool is_serving() const noexcept;
  // Python: await server.start_serving()
  Coroutine<> start_serving();
  // Accepts no more; connections that are open go on. Python: server.close()
  void close();
  // Closes the connections that are open, or aborts them. Python: server.close_clients(), abort_clients()
  void close_clients();
  void abort_clients();
  // Waits until it is closed and the connections are done, too. Python: await server.wait_closed()
  Coroutine<> wait_closed();
  // Serves until cancelled, then closes and waits for the connections. Throws RuntimeError "server … is closed".
  // Python: await server.serve_forever()
  Coroutine<> serve_forever();

 private:
  static Coroutine<> accept(std::shared_ptr<State> state);
  std::string repr() const;
  void listen();
  std::shared_ptr<State> state_;
  Task<> accepting_;
  int port_;
};

// Calls `callback(reader, writer)` as a task for every connection. Throws OSError when it cannot listen.
// Python: await asyncio.start_server(callback, host, port)
Coroutine<Server> start_server(Server::Callback callback, ServerOptions options = {});

struct UnixServerOptions {
  std::size_t limit = kStreamLimit;
  int backlog = 100;
  bool start_serving = true;
  bool cleanup_socket = true;  // removes the path when the server closes, unless another server has taken it
  std::optional<ssl::SSLContext> ssl = std::nullopt;
  std::optional<nanoseconds> ssl_handshake_timeout = std::nullopt;
  std::optional<nanoseconds> ssl_shutdown_timeout = std::nullopt;
};
// A socket that is there already is replaced: a former server left it. A path that begins with a zero byte is an
// abstract name. Throws OSError "Address '/x' is already in use". Python: await asyncio.start_unix_server(callback, path)
Coroutine<Server> start_unix_server(Server::Callback callback, std::string path, UnixServerOptions options = {});

}  // namespace krait::asyncio
