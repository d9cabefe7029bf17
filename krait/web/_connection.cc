#include "krait/web/_connection.h"

#include <sys/socket.h>

#include <cerrno>
#include <ctime>

#include "krait/asyncio/wait.h"
#include "krait/http/dates.h"

namespace krait::web {

using asyncio::CancelledError;
using wire::h1::Event;

namespace {

constexpr std::size_t kReceiveSize = 16 * 1024;
// More than this is sent before more is made.
constexpr std::size_t kFlushSize = 64 * 1024;
// A body that nobody read is thrown away up to this size, to keep the connection; beyond it the connection ends.
constexpr std::uint64_t kDrainLimit = 256 * 1024;
// How long a closing connection reads on, so that the peer sees our answer before a reset.
constexpr auto kLingerTime = std::chrono::seconds(1);
// A draining server gives an idle connection this long: its next request may be on the way.
constexpr auto kIdleGrace = std::chrono::milliseconds(250);

}  // namespace

std::string_view _ServerState::standard_lines() {
  std::int64_t second = loop->_recent() / 1'000'000'000;
  if (second == lines_second_) [[likely]]
    return lines_;
  lines_second_ = second;
  lines_ = "date: " + http::http_date(std::chrono::sys_seconds(std::chrono::seconds(std::time(nullptr)))) + "\r\n";
  if (!options.server_header.empty()) lines_ += "server: " + options.server_header + "\r\n";
  return lines_;
}

_Connection::_Connection(_ServerState& server, asyncio::_Socket socket)
    : task(asyncio::current_task()), server_(server), socket_(std::move(socket)), client_name_(socket_.peer_name()) {
  std::size_t colon = client_name_.rfind(':');
  client_.host = client_name_.substr(0, colon);
  if (client_.host.starts_with('[')) client_.host = client_.host.substr(1, client_.host.size() - 2);
  if (colon != std::string::npos)
    client_.port = static_cast<std::uint16_t>(std::atoi(client_name_.c_str() + colon + 1));
  server_.connections.push_back(this);
  ++server_.open;
}

_Connection::~_Connection() {
  timer_.cancel();
  flushing_.cancel();
  unwatch_peer();
  unlink();
  if (--server_.open == 0 && server_.draining) server_.all_closed.set();
}

std::string _Connection::describe() const {
  return std::string(request_.method()) + " " + std::string(request_.target()) + " of " + client_name_;
}

Coroutine<> _Connection::run() {
  try {
    Refusal refusal = co_await serve_requests();
    if (refusal.status != 0) refuse(refusal);
    if (!disconnected_) {
      co_await flush();
      co_await linger();
    }
  } catch (const OSError&) {
    // The peer is gone: a reset, a broken pipe.
  } catch (const ClientDisconnect&) {
  }
}

// Serves until the connection should end; gives what to answer before that, if anything.
Coroutine<_Connection::Refusal> _Connection::serve_requests() {
  while (open_) {
    Event event;
    try {
      event = http_.next_event();
    } catch (const wire::h1::RemoteProtocolError& error) {
      co_return Refusal{error.status(), error.what()};
    }
    switch (event) {
      case Event::NeedData:
        if (!out_.empty() && !flush_now()) co_await flush();
        if (!co_await receive()) {
          if (http_.idle()) co_return Refusal{};
          http_.give_up({"the request did not arrive in time", 408});
          co_return Refusal{408, "the request did not arrive in time"};
        }
        break;
      case Event::Request: {
        begin_request();
        bool answered;
        try {
          answered = server_.app.try_handle(request_, response_);
        } catch (const wire::h1::RemoteProtocolError& error) {
          co_return Refusal{error.status(), error.what()};
        }
        if (answered && !response_._is_stream() && !response_._has_background() && response_.body.size() < kFlushSize)
            [[likely]] {
          respond();
          if (out_.size() >= kFlushSize) co_await flush();
        } else {
          co_await handle_waiting(answered);
        }
        open_ = open_ && http_.keep_alive() && !disconnected_;
        drained_ = 0;
        break;
      }
      case Event::Data:
        // The handler did not want it.
        drained_ += http_.data().size();
        if (drained_ > kDrainLimit) open_ = false;
        break;
      case Event::EndOfMessage:
        break;
      case Event::Paused:
      case Event::ConnectionClosed:
        co_return Refusal{};
    }
  }
  co_return Refusal{};
}

// Takes what the peer sends next. False: it sent nothing in time.
Coroutine<bool> _Connection::receive() {
  state_ = State::Waiting;
  set_deadline(http_.idle() ? (server_.draining ? kIdleGrace : server_.options.timeout_keep_alive)
                            : server_.options.timeout_head);
  for (;;) {
    try {
      co_await socket_.readable();
    } catch (const CancelledError&) {
      if (!timed_out_) throw;
      timed_out_ = false;
      task.uncancel();
      co_return false;
    }
    std::span<char> room = http_.prepare(kReceiveSize);
    ssize_t n = socket_.try_recv(room.data(), room.size());
    if (n < 0) continue;
    if (n == 0) {
      http_.receive_eof();
    } else {
      http_.commit(static_cast<std::size_t>(n));
    }
    co_return true;
  }
}

void _Connection::begin_request() {
  ++server_.requests;
  pending_count_ = 0;
  body_done_ = false;
  response_._reset();
  request_._begin(http_.request(), *this, client_);
}

wire::h1::ResponseHead _Connection::response_head(std::optional<std::uint64_t> length) {
  wire::h1::ResponseHead head;
  head.status = response_.status_code;
  head.content_length = length;
  head.close = server_.draining;
  MutableHeaders& headers = response_.headers;
  constexpr auto kFraming =
      static_cast<MutableHeaders::Known>(MutableHeaders::ContentLength | MutableHeaders::TransferEncoding);
  if (headers._has(kFraming)) {
    headers.erase("content-length");
    headers.erase("transfer-encoding");
  }
  if (headers._has(MutableHeaders::Connection)) {
    if (http::equals_ignoring_case(*headers.get("connection"), "close")) head.close = true;
    headers.erase("connection");
  }
  head.preformatted = response_.headers._lines();
  head.standard_lines = standard_lines();
  return head;
}

// The fields that every response has, but for what the handler set itself.
std::string_view _Connection::standard_lines() {
  std::string_view standard = server_.standard_lines();
  constexpr auto kOwn = static_cast<MutableHeaders::Known>(MutableHeaders::Date | MutableHeaders::Server);
  if (response_.headers._has(kOwn)) [[unlikely]] {
    std::size_t date_end = standard.find('\n') + 1;
    if (response_.headers._has(MutableHeaders::Server)) standard = standard.substr(0, date_end);
    if (response_.headers._has(MutableHeaders::Date)) standard = standard.substr(std::min(date_end, standard.size()));
  }
  return standard;
}

// The whole response, when it is all there.
void _Connection::respond() {
  try {
    http_.send_response(out_, response_head(response_.body.size()), response_.body);
  } catch (const wire::h1::LocalProtocolError& error) {
    respond_broken(error);
  }
  log_access(response_.status_code);
}

// The handler's response cannot be sent: the fault is ours, and the peer is told no more than that.
void _Connection::respond_broken(const std::exception& error) {
  _log(_Level::Error, "cannot send the response to " + describe() + ": " + error.what());
  response_ = PlainTextResponse("Internal Server Error", {.status_code = 500});
  http_.send_response(out_, response_head(response_.body.size()), response_.body);
}

void _Connection::refuse(const Refusal& refusal) {
  if (http_.response_started()) return;
  response_ = PlainTextResponse(refusal.message + "\n", {.status_code = refusal.status});
  wire::h1::ResponseHead head = response_head(response_.body.size());
  head.close = true;
  try {
    http_.send_response(out_, head, response_.body);
  } catch (const wire::h1::LocalProtocolError&) {
    return;  // an answer has begun: all that can be done is to cut it short
  }
  if (server_.logs(_Level::Warning))
    _log(_Level::Warning,
         "refused a request of " + client_name_ + " with " + std::to_string(refusal.status) + ": " + refusal.message);
}

void _Connection::log_access(int status) {
  if (server_.access_log) [[unlikely]]
    server_.access_log->line(client_name_, request_.method(), request_.target(), http_.request().version(), status);
}

// A request whose answer needs to wait: for the handler, or for the peer to take it.
Coroutine<> _Connection::handle_waiting(bool answered) {
  state_ = State::Handling;
  clear_deadline();
  // What earlier requests of the pipeline are owed must not wait for this one.
  if (!out_.empty() && !flush_now()) co_await flush();
  std::exception_ptr failure;
  try {
    if (!answered) {
      if (http_.request_complete()) watch_peer();
      co_await server_.app.handle(request_, response_);
    }
    co_await send_body();
  } catch (const CancelledError&) {
    failure = std::current_exception();
  } catch (const ClientDisconnect&) {
    disconnected_ = true;
  } catch (const OSError&) {
    disconnected_ = true;
  }
  unwatch_peer();
  if (failure) {
    // Ours, because the peer left or took too long; or somebody else's, who wants this task to end.
    if (!disconnected_ && !timed_out_) std::rethrow_exception(failure);
    task.uncancel();
    timed_out_ = false;
    disconnected_ = true;
  }
  if (disconnected_ && !http_.response_started()) log_access(499);
}

Coroutine<> _Connection::send_body() {
  bool stream = response_._is_stream();
  if (!stream && response_.body.size() < kFlushSize) {
    respond();
  } else {
    try {
      http_.send_response(out_, response_head(stream ? response_._stream_length() : response_.body.size()));
    } catch (const wire::h1::LocalProtocolError& error) {
      respond_broken(error);
      co_return;
    }
    log_access(response_.status_code);
    std::exception_ptr failure;
    try {
      if (!stream) {
        co_await write(response_.body);
      } else if (http_.request().known_method != http::HTTPMethod::HEAD) {
        if (http_.request_complete()) watch_peer();
        co_await response_._write_body(*this);
      }
      http_.end_response(out_);
    } catch (const CancelledError&) {
      throw;
    } catch (const ClientDisconnect&) {
      throw;
    } catch (const OSError&) {
      if (disconnected_) throw;
      failure = std::current_exception();
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) {
      // The head is gone: all that can be said now is that the body is not complete, by cutting the connection.
      _log(_Level::Error, "the body of " + describe() + " ended early: " + krait::repr(failure));
      disconnected_ = true;
      co_return;
    }
  }
  if (!response_._has_background()) co_return;
  co_await flush();
  unwatch_peer();
  try {
    co_await response_._run_background();
  } catch (const std::exception&) {
    _log(_Level::Error, "a background task of " + describe() + " failed: " + krait::repr(std::current_exception()));
  }
}

Coroutine<> _Connection::write(std::string_view chunk) {
  if (disconnected_) throw ClientDisconnect("cannot send the response: the client left");
  if (chunk.size() >= kFlushSize) {
    // Large enough to be sent from where it lies.
    if (!http_.begin_data(out_, chunk.size())) co_return;
    co_await flush();
    set_deadline(server_.options.timeout_write);
    while (!chunk.empty()) {
      ssize_t n = socket_.try_send(chunk);
      if (n < 0) {
        co_await socket_.writable();
      } else {
        chunk.remove_prefix(static_cast<std::size_t>(n));
        set_deadline(server_.options.timeout_write);
      }
    }
    clear_deadline();
    http_.end_data(out_);
    co_return;
  }
  http_.send_data(out_, chunk);
  if (out_.size() >= kFlushSize) {
    co_await flush();
  } else {
    flush_soon();
  }
}

// Once a turn, however many pieces were written in it.
void _Connection::flush_soon() {
  if (std::exchange(flush_queued_, true)) return;
  flushing_ = server_.loop->call_soon([this] {
    flush_queued_ = false;
    try {
      flush_now();
    } catch (const OSError&) {
      disconnected_ = true;
      if (state_ == State::Handling) task.cancel();
    }
  });
}

// Sends what the socket takes; true when that was all.
bool _Connection::flush_now() {
  while (sent_ < out_.size()) {
    ssize_t n = socket_.try_send(std::string_view(out_).substr(sent_));
    if (n < 0) return false;
    sent_ += static_cast<std::size_t>(n);
  }
  out_.clear();
  sent_ = 0;
  if (out_.capacity() > 4 * kFlushSize) out_.shrink_to_fit();
  return true;
}

Coroutine<> _Connection::flush() {
  if (flush_now()) co_return;
  set_deadline(server_.options.timeout_write);
  std::size_t before = sent_;
  do {
    co_await socket_.writable();
    if (sent_ != before) set_deadline(server_.options.timeout_write);
    before = sent_;
  } while (!flush_now());
  clear_deadline();
}

// Says that nothing more will come and reads on for a moment: closing with unread input would reset the connection,
// and a reset can overtake our last answer.
Coroutine<> _Connection::linger() {
  state_ = State::Closing;
  socket_.shutdown_write();
  std::int64_t end = server_.loop->_now() + std::chrono::nanoseconds(kLingerTime).count();
  set_deadline(kLingerTime);
  char scrap[4096];
  while (server_.loop->_now() < end) {
    ssize_t n = socket_.try_recv(scrap, sizeof scrap);
    if (n == 0) co_return;
    if (n > 0) continue;
    try {
      co_await socket_.readable();
    } catch (const CancelledError&) {
      if (!timed_out_) throw;
      task.uncancel();
      co_return;
    }
  }
}

std::optional<std::string_view> _Connection::take_whole() {
  if (pending_count_ > 0) return std::nullopt;
  if (body_done_) return "";
  for (;;) {
    switch (http_.next_event()) {
      case Event::EndOfMessage:
        body_done_ = true;
        if (pending_count_ == 0) return "";
        if (pending_count_ == 1) return pending_[--pending_count_];
        return std::nullopt;
      case Event::Data:
        pending_[pending_count_++] = http_.data();
        if (pending_count_ == 2) return std::nullopt;
        break;
      default:
        return std::nullopt;
    }
  }
}

Coroutine<std::string_view> _Connection::next_chunk() {
  if (pending_count_ > 0) {
    std::string_view first = std::exchange(pending_[0], pending_[1]);
    --pending_count_;
    co_return first;
  }
  while (!body_done_) {
    switch (http_.next_event()) {
      case Event::Data:
        co_return http_.data();
      case Event::EndOfMessage:
        body_done_ = true;
        if (state_ == State::Handling) watch_peer();
        break;
      case Event::NeedData: {
        http_.send_continue(out_);
        co_await flush();
        set_deadline(server_.options.timeout_body);
        co_await socket_.readable();
        clear_deadline();
        std::span<char> room = http_.prepare(kReceiveSize);
        ssize_t n = socket_.try_recv(room.data(), room.size());
        if (n > 0) http_.commit(static_cast<std::size_t>(n));
        if (n == 0) {
          disconnected_ = true;
          throw ClientDisconnect("the client left before its request was complete");
        }
        break;
      }
      default:
        co_return "";
    }
  }
  co_return "";
}

void _Connection::watch_peer() {
  if (std::exchange(watching_, true)) return;
  socket_.watch().wait_readable(this);
}

void _Connection::unwatch_peer() noexcept {
  if (!std::exchange(watching_, false)) return;
  socket_.watch().wait_readable(nullptr);
}

void _Connection::_io_ready() noexcept {
  watching_ = false;
  char byte;
  ssize_t n = ::recv(socket_.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR))) {
    socket_.watch().still_readable();  // the next request of the pipeline
    return;
  }
  disconnected_ = true;
  task.cancel();
}

void _Connection::set_deadline(std::chrono::nanoseconds from_now) {
  deadline_ = server_.loop->_recent() + from_now.count();
  if (timer_at_ <= deadline_) return;
  timer_.cancel();
  timer_at_ = deadline_;
  timer_ = server_.loop->call_at(std::chrono::nanoseconds(deadline_), [this] { on_timer(); });
}

void _Connection::on_timer() {
  timer_at_ = asyncio::_TimerHeap::kNever;
  if (deadline_ == asyncio::_TimerHeap::kNever) return;
  std::int64_t left = deadline_ - server_.loop->_now();
  if (left > 0) {
    set_deadline(std::chrono::nanoseconds(left));
    return;
  }
  timed_out_ = true;
  task.cancel();
}

void _Connection::begin_drain() {
  if (idle()) {
    set_deadline(kIdleGrace);
  } else if (handling() && response_._ends_at_shutdown()) {
    disconnected_ = true;  // by us
    task.cancel();
  }
}

}  // namespace krait::web
