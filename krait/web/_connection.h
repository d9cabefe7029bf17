#pragma once
// One HTTP/1.1 connection of the server: a coroutine that reads, asks the app, and writes.

#include <string>

#include "krait/_base/intrusive_list.h"
#include "krait/asyncio/_socket.h"
#include "krait/asyncio/locks.h"
#include "krait/web/_log.h"
#include "krait/web/requests.h"
#include "krait/web/responses.h"
#include "krait/web/server.h"
#include "krait/wire/h1/connection.h"

namespace krait::web {

class _Connection;

// What the connections of one worker share.
struct _ServerState {
  _ServerState(App& a, ServerOptions o) : app(a), options(std::move(o)), level(_parse_level(options.log_level)) {}

  App& app;
  ServerOptions options;
  _Level level;
  asyncio::EventLoop* loop = nullptr;
  std::unique_ptr<asyncio::_Socket> listener;
  int port = 0;
  bool draining = false;  // no response invites another request
  std::uint64_t requests = 0;
  std::size_t open = 0;
  _base::IntrusiveList<_Connection> connections;
  asyncio::Event exit, all_closed;
  int exits = 0;
  std::unique_ptr<_AccessLog> access_log;

  bool logs(_Level at) const noexcept { return at >= level; }
  // "date: …\r\nserver: …\r\n", made once a second.
  std::string_view standard_lines();

 private:
  std::int64_t lines_second_ = -1;
  std::string lines_;
};

class _Connection final : public _BodySource, public ResponseWriter, public asyncio::_IoWaiter, public _base::ListLink {
 public:
  _Connection(_ServerState& server, asyncio::_Socket socket);
  ~_Connection() override;

  // The whole life of the connection.
  Coroutine<> run();
  // What it is busy with, for the log of a shutdown: "GET /slow of 127.0.0.1:4711".
  std::string describe() const;
  // True when it waits for a request of which nothing has come.
  bool idle() const noexcept { return state_ == State::Waiting && http_.idle(); }
  // True while a handler has the request.
  bool handling() const noexcept { return state_ == State::Handling; }
  // The server ends: an idle connection is closed, after a moment for a request that may be on its way; so is a body
  // that would never end by itself.
  void begin_drain();

  // --- the body, for the request ---
  Coroutine<std::string_view> next_chunk() override;
  std::optional<std::string_view> take_whole() override;
  bool disconnected() const noexcept override { return disconnected_; }

  // --- the body, from the response ---
  Coroutine<> write(std::string_view chunk) override;

  asyncio::AnyTask task;  // the one that runs run()

 private:
  enum class State : std::uint8_t { Waiting, Handling, Closing };

  // What to answer when the peer's bytes are no HTTP.
  struct Refusal {
    int status = 0;  // 0: none
    std::string message;
  };

  Coroutine<Refusal> serve_requests();
  Coroutine<bool> receive();
  Coroutine<> handle_waiting(bool answered);
  Coroutine<> send_body();
  Coroutine<> flush();
  Coroutine<> linger();
  bool flush_now();
  void begin_request();
  void respond();
  wire::h1::ResponseHead response_head(std::optional<std::uint64_t> length);
  void respond_broken(const std::exception& error);
  void refuse(const Refusal& refusal);
  std::string_view standard_lines();
  void log_access(int status);

  // Noticing a peer that leaves while its request is handled.
  void watch_peer();
  void unwatch_peer() noexcept;
  void _io_ready() noexcept override;

  // The deadline of the current wait. Moving it later costs nothing: the timer looks when it fires.
  void set_deadline(std::chrono::nanoseconds from_now);
  void clear_deadline() noexcept { deadline_ = asyncio::_TimerHeap::kNever; }
  void on_timer();

  void flush_soon();

  _ServerState& server_;
  asyncio::_Socket socket_;
  wire::h1::ServerConnection http_;
  Request request_;
  Response response_;
  std::string out_;  // what is to be sent; the first `sent_` bytes are
  std::size_t sent_ = 0;
  std::string client_name_;
  Address client_;
  // Pieces of the body that were looked at before the handler asked for them.
  std::string_view pending_[2];
  int pending_count_ = 0;
  bool body_done_ = false;
  bool disconnected_ = false, timed_out_ = false, watching_ = false;
  bool open_ = true;  // another request may be served
  State state_ = State::Waiting;
  std::uint64_t drained_ = 0;  // body bytes thrown away after the response
  std::int64_t deadline_ = asyncio::_TimerHeap::kNever;
  std::int64_t timer_at_ = asyncio::_TimerHeap::kNever;
  asyncio::TimerHandle timer_;
  asyncio::Handle flushing_;
  bool flush_queued_ = false;
};

}  // namespace krait::web
