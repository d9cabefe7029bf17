#include "krait/asyncio/streams.h"

#include <cerrno>

#include "krait/asyncio/locks.h"
#include "krait/asyncio/wait.h"

namespace krait::asyncio {

namespace {

constexpr std::size_t kReadSize = 16 * 1024;
// Out of descriptors: accepting again at once would spin. Python: ACCEPT_RETRY_DELAY
constexpr auto kAcceptRetryDelay = std::chrono::seconds(1);

}  // namespace

StreamReader::StreamReader(std::shared_ptr<_Transport> transport, std::size_t limit)
    : transport_(std::move(transport)), limit_(limit) {
  if (limit == 0) throw ValueError("Limit cannot be <= 0");
}

std::string StreamReader::take(std::size_t n) {
  std::string taken(held().substr(0, n));
  start_ += taken.size();
  if (start_ == buffer_.size()) {
    buffer_.clear();
    start_ = 0;
  }
  return taken;
}

// Reads once from the socket; false at the end of the stream.
Coroutine<bool> StreamReader::fill(std::string_view who) {
  if (waiting_)
    throw RuntimeError(std::string(who) + "() called while another coroutine is already waiting for incoming data");
  if (eof_) co_return false;
  if (start_ > 0) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  struct Waiting {
    bool& flag;
    explicit Waiting(bool& f) : flag(f) { flag = true; }
    ~Waiting() { flag = false; }
  } waiting(waiting_);
  std::size_t before = buffer_.size();
  for (;;) {
    buffer_.resize(before + kReadSize);
    ssize_t n = -1;
    try {
      n = transport_->try_recv(buffer_.data() + before, kReadSize);
    } catch (...) {
      buffer_.resize(before);
      throw;
    }
    buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n > 0) co_return true;
    if (n == 0) {
      eof_ = true;
      co_return false;
    }
    co_await transport_->readable();
  }
}

Coroutine<std::string> StreamReader::read(std::ptrdiff_t n) {
  if (n == 0) co_return "";
  if (n < 0) {
    while (co_await fill("read")) {
    }
    co_return take(held().size());
  }
  if (held().empty()) co_await fill("read");
  co_return take(static_cast<std::size_t>(n));
}

Coroutine<std::string> StreamReader::readuntil(std::string separator) {
  if (separator.empty()) throw ValueError("Separator should be at least one-byte string");
  std::size_t looked = 0;  // no separator starts before this
  for (;;) {
    std::size_t at = held().find(separator, looked);
    if (at != std::string_view::npos) {
      if (at > limit_) throw LimitOverrunError("Separator is found, but chunk is longer than limit", at);
      co_return take(at + separator.size());
    }
    if (held().size() >= separator.size()) looked = held().size() - separator.size() + 1;
    if (looked > limit_) throw LimitOverrunError("Separator is not found, and chunk exceed the limit", looked);
    if (!co_await fill("readuntil")) throw IncompleteReadError(take(held().size()), -1);
  }
}

Coroutine<std::string> StreamReader::readline() {
  std::string problem;
  std::size_t consumed = 0;
  try {
    co_return co_await readuntil("\n");
  } catch (IncompleteReadError& end) {
    co_return std::move(end.partial);
  } catch (const LimitOverrunError& over) {
    problem = over.what();
    consumed = over.consumed;
  }
  bool whole_line = held().size() > consumed && held()[consumed] == '\n';
  take(whole_line ? consumed + 1 : held().size());
  throw ValueError(problem);
}

Coroutine<std::string> StreamReader::readexactly(std::size_t n) {
  while (held().size() < n) {
    if (!co_await fill("readexactly")) throw IncompleteReadError(take(held().size()), static_cast<long>(n));
  }
  co_return take(n);
}

void StreamWriter::write(std::string_view data) {
  if (closing_) throw RuntimeError("cannot write: the stream is closed");
  if (eof_) throw RuntimeError("Cannot call write() after write_eof()");
  if (pending_.empty()) {
    ssize_t n = transport_->try_send(data);
    if (n > 0) data.remove_prefix(static_cast<std::size_t>(n));
  }
  pending_.append(data);
}

Coroutine<> StreamWriter::drain() {
  while (!pending_.empty()) {
    ssize_t n = transport_->try_send(pending_);
    if (n < 0) {
      co_await transport_->writable();
    } else {
      pending_.erase(0, static_cast<std::size_t>(n));
    }
  }
  while (!transport_->try_flush()) co_await transport_->writable();
}

Coroutine<> StreamWriter::write_eof() {
  co_await drain();
  eof_ = true;
  transport_->shutdown_write();
}

void StreamWriter::close() noexcept {
  if (std::exchange(closing_, true)) return;
  try {
    if (!pending_.empty()) transport_->try_send(pending_);
  } catch (...) {
    // The peer is gone; there is nobody to tell.
  }
  transport_->close();
}

Coroutine<> StreamWriter::wait_closed() { co_return; }

namespace {

StreamPair make_pair_of(_Socket socket, std::size_t limit) {
  auto shared = std::make_shared<_Socket>(std::move(socket));
  return {StreamReader(shared, limit), StreamWriter(shared)};
}

}  // namespace

Coroutine<StreamPair> open_connection(ConnectionOptions options) {
  _Socket socket = co_await wait_for(_connect(options.host, options.port), options.timeout);
  co_return make_pair_of(std::move(socket), options.limit);
}

struct Server::State {
  State(EventLoop& loop, _base::UniqueFd fd, Callback c, std::size_t l)
      : listener(loop, std::move(fd)), callback(std::move(c)), limit(l) {}
  _Socket listener;
  Callback callback;
  std::size_t limit;
  std::size_t connections = 0;
  Event idle;  // no connection is open
};

namespace {

// One connection: an exception of the callback is reported, and concerns nobody else.
template <class State>
Coroutine<> serve(std::shared_ptr<State> state, StreamPair pair) {
  struct Count {
    State& state;
    explicit Count(State& s) : state(s) {
      ++state.connections;
      state.idle.clear();
    }
    ~Count() {
      if (--state.connections == 0) state.idle.set();
    }
  } count(*state);
  try {
    co_await state->callback(std::move(pair.reader), std::move(pair.writer));
  } catch (const std::exception&) {
    get_running_loop().call_exception_handler(
        {"Unhandled exception in client_connected_cb", std::current_exception(), {}});
  }
}

}  // namespace

Coroutine<> Server::accept(std::shared_ptr<State> state) {
  for (;;) {
    int fd = ::accept4(state->listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      create_task(serve(state, make_pair_of(_Socket(get_running_loop(), _base::UniqueFd(fd)), state->limit)));
      continue;
    }
    if (errno == EAGAIN) {
      co_await state->listener.readable();
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      get_running_loop().call_exception_handler({"socket.accept() out of system resource", nullptr, {}});
      co_await sleep(kAcceptRetryDelay);
    } else if (errno != EINTR && errno != ECONNABORTED) {
      raise_os_error(errno, "accept a connection");
    }
  }
}

Server::Server(_base::UniqueFd fd, Callback callback, std::size_t limit) : port_(_bound_port(fd.get())) {
  state_ = std::make_shared<State>(get_running_loop(), std::move(fd), std::move(callback), limit);
  state_->idle.set();
  accepting_ = create_task(accept(state_));
}

Server::~Server() {
  if (state_) close();
}

void Server::close() {
  if (accepting_) accepting_.cancel();
  state_->listener.close();
}

Coroutine<> Server::wait_closed() {
  co_await wait(std::vector<Future<>>{accepting_});
  co_await state_->idle.wait();
}

Coroutine<> Server::serve_forever() {
  struct Close {
    Server& server;
    ~Close() { server.close(); }
  } close{*this};
  co_await Future<>(accepting_);
}

Coroutine<Server> start_server(Server::Callback callback, ServerOptions options) {
  _base::UniqueFd fd = _listen({.host = options.host, .port = options.port, .backlog = options.backlog});
  co_return Server(std::move(fd), std::move(callback), options.limit);
}

}  // namespace krait::asyncio
