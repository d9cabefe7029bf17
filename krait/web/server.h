#pragma once
// Serves an App over HTTP/1.1.
//
//   web::run(app, {.host = "127.0.0.1", .port = 5000});
//
// SIGINT (Ctrl-C) and SIGTERM drain: what was accepted is answered, what still runs after `timeout_graceful_shutdown`
// is cancelled, and named in the log. A second signal leaves at once. Python: uvicorn.run

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "krait/asyncio/tasks.h"
#include "krait/web/app.h"

namespace krait::web {

// Python: uvicorn.Config. Times are limits for one step of a peer; each has a default, none is for ever.
struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 5000;                 // 0: any free one
  std::string log_level = "info";  // "critical", "error", "warning", "info", "debug"
  int workers = 1;                 // processes, each with its own loop and its own accept queue
  bool access_log = true;          // one line a request, at level info, on standard output
  int backlog = 2048;
  std::chrono::nanoseconds timeout_keep_alive = std::chrono::seconds(75);  // between requests. uvicorn: 5 s
  std::chrono::nanoseconds timeout_head = std::chrono::seconds(15);        // from a head's first byte to its last
  std::chrono::nanoseconds timeout_body = std::chrono::seconds(30);        // without a byte of a body that is asked for
  std::chrono::nanoseconds timeout_write = std::chrono::seconds(30);       // without the peer taking a byte
  std::chrono::nanoseconds timeout_graceful_shutdown = std::chrono::seconds(30);
  std::string server_header = "krait";  // "": none
};

struct _ServerState;

// One worker's server, for those who run their own loop and for tests. Python: uvicorn.Server
//
//   web::Server server(app, {.port = 0});
//   co_await server.startup();                 // server.port() is known now
//   auto serving = asyncio::create_task(server.main_loop());
class Server {
 public:
  // The app must outlive the server. Throws ValueError for options that make no sense.
  Server(App& app, ServerOptions options);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Runs the app's startup functions and listens. Throws OSError naming the address when it cannot.
  Coroutine<> startup();
  // The port that is listened on.
  int port() const noexcept;
  // Serves until should_exit(), then drains and runs the app's shutdown functions.
  Coroutine<> main_loop();
  // Ends main_loop: gracefully the first time, at once (connections are cut) the second.
  void should_exit() noexcept;
  // startup() and main_loop() with SIGINT and SIGTERM taken. Python: await server.serve()
  Coroutine<> serve();
  // Requests accepted and connections open so far, for statistics.
  std::uint64_t total_requests() const noexcept;
  std::size_t open_connections() const noexcept;

  // Serves, and owns, a socket that listens already (workers share a port).
  void _use_listener(int fd);

 private:
  std::unique_ptr<_ServerState> state_;
};

// Serves until a signal ends it. With `workers` > 1 each worker is a process of its own (as in uvicorn): they share the
// port by SO_REUSEPORT, but no memory; one that dies is replaced. Throws OSError when it cannot listen ("cannot listen on
// 127.0.0.1:5000: Address already in use"), ValueError for options that make no sense, and what a startup function throws.
// Python: uvicorn.run(app, host=…, port=…)
void run(App& app, ServerOptions options = {});

}  // namespace krait::web
