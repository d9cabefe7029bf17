#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "krait/asyncio/_stream.h"
#include "krait/asyncio/_tls.h"
#include "krait/asyncio/locks.h"
#include "krait/asyncio/streams.h"
#include "krait/asyncio/wait.h"

namespace krait::asyncio {

namespace {

// Out of descriptors: accepting again at once would spin. Python: ACCEPT_RETRY_DELAY
constexpr auto kAcceptRetryDelay = std::chrono::seconds(1);

// The file that a path was when the server made it; zero: none.
ino_t inode_of(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

}  // namespace

struct Server::State {
  State(EventLoop& loop, _base::UniqueFd fd, Callback c) : listener(loop, std::move(fd)), callback(std::move(c)) {
    idle.set();
  }

  _Socket listener;
  Callback callback;
  std::size_t limit = kStreamLimit;
  int backlog = 100;
  std::optional<ssl::SSLContext> ssl;
  _TlsOptions tls;
  std::string path;  // to be removed at the end, while it is still `inode`
  ino_t inode = 0;
  bool serving_forever = false;
  Event closed;

  std::vector<std::weak_ptr<_Stream>> streams;
  std::size_t connections = 0;  // callbacks that run and streams that are open
  Event idle;                   // there is none

  void enter() {
    ++connections;
    idle.clear();
  }
  void leave() {
    if (--connections == 0) idle.set();
  }
  void close() {
    if (closed.is_set()) return;
    closed.set();
    listener.close();
    if (inode != 0 && inode_of(path) == inode) ::unlink(path.c_str());
  }
};

namespace {

// One connection: an exception of the callback is reported, and concerns nobody else.
template <class State>
Coroutine<> serve(std::shared_ptr<State> state, std::shared_ptr<_Transport> transport) {
  struct Count {
    std::shared_ptr<State> state;
    explicit Count(std::shared_ptr<State> s) : state(std::move(s)) { state->enter(); }
    ~Count() { state->leave(); }
  } count(state);
  if (state->ssl) {
    try {
      transport = co_await _start_tls(std::move(transport), *state->ssl, state->tls);
    } catch (const std::exception&) {
      co_return;  // the peer has been told; whoever speaks no TLS is nobody's concern
    }
  }
  std::shared_ptr<_Stream> stream = _Stream::of(transport);
  stream->accepted = true;
  state->enter();
  // Weak: a callback may keep its streams where the server, through the callback, keeps them alive.
  stream->on_closed = [server = std::weak_ptr<State>(state)] {
    if (std::shared_ptr<State> alive = server.lock()) alive->leave();
  };
  std::erase_if(state->streams, [](const std::weak_ptr<_Stream>& each) { return each.expired(); });
  std::weak_ptr<_Stream> weak = stream;
  state->streams.push_back(weak);

  StreamReader reader(transport, state->limit);
  StreamWriter writer(transport);
  stream.reset();
  transport.reset();
  std::exception_ptr error;
  try {
    co_await state->callback(std::move(reader), std::move(writer));
  } catch (...) {
    error = std::current_exception();
  }
  if (!error) co_return;
  if (std::shared_ptr<_Stream> alive = weak.lock()) alive->close();
  if (!isinstance<std::exception>(error)) std::rethrow_exception(error);
  get_running_loop().call_exception_handler({"Unhandled exception in client_connected_cb", error, {}});
}

}  // namespace

Coroutine<> Server::accept(std::shared_ptr<State> state) {
  for (;;) {
    int fd = ::accept4(state->listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      create_task(serve(state, std::make_shared<_Socket>(get_running_loop(), _base::UniqueFd(fd))));
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

Server::Server(std::shared_ptr<State> state) : state_(std::move(state)), port_(_bound_port(state_->listener.fd())) {}

Server::~Server() {
  if (state_) close();
}

std::string Server::repr() const {
  std::string text = "<Server sockets=(";
  for (const TransportSocket& each : sockets()) text += "'" + each.getsockname() + "',";
  return text + ")>";
}

std::vector<TransportSocket> Server::sockets() const {
  std::vector<TransportSocket> open;
  if (!state_->closed.is_set()) open.push_back({state_->listener.fd()});
  return open;
}

bool Server::is_serving() const noexcept { return accepting_ && !accepting_.done() && !state_->closed.is_set(); }

void Server::listen() {
  if (state_->closed.is_set()) throw RuntimeError("server " + repr() + " is closed");
  if (accepting_) return;
  if (::listen(state_->listener.fd(), state_->backlog) != 0)
    raise_os_error(errno, "listen on", _bound_name(state_->listener.fd()));
  accepting_ = create_task(accept(state_));
}

Coroutine<> Server::start_serving() {
  listen();
  co_await sleep(0);
}

void Server::close() {
  if (accepting_) accepting_.cancel();
  state_->close();
}

void Server::close_clients() {
  auto streams = state_->streams;
  for (const auto& each : streams) {
    if (auto stream = each.lock()) stream->close();
  }
}

void Server::abort_clients() {
  auto streams = state_->streams;
  for (const auto& each : streams) {
    if (auto stream = each.lock()) stream->abort();
  }
}

Coroutine<> Server::wait_closed() {
  std::shared_ptr<State> state = state_;
  co_await state->closed.wait();
  co_await state->idle.wait();
}

Coroutine<> Server::serve_forever() {
  if (state_->serving_forever) throw RuntimeError("server " + repr() + " is already being awaited on serve_forever()");
  listen();
  struct Serving {
    std::shared_ptr<State> state;
    explicit Serving(std::shared_ptr<State> s) : state(std::move(s)) { state->serving_forever = true; }
    ~Serving() { state->serving_forever = false; }
  } serving(state_);
  std::exception_ptr error;
  try {
    co_await Future<>(accepting_);
  } catch (...) {
    error = std::current_exception();
  }
  close();
  co_await wait_closed();
  std::rethrow_exception(error);
}

namespace {

template <class Options>
void check_server(const Options& options) {
  if (options.ssl) return;
  if (options.ssl_handshake_timeout) throw ValueError("ssl_handshake_timeout is only meaningful with ssl");
  if (options.ssl_shutdown_timeout) throw ValueError("ssl_shutdown_timeout is only meaningful with ssl");
}

template <class Options>
std::shared_ptr<Server::State> make_state(_base::UniqueFd fd, Server::Callback callback, const Options& options) {
  auto state = std::make_shared<Server::State>(get_running_loop(), std::move(fd), std::move(callback));
  if (options.limit == 0) throw ValueError("Limit cannot be <= 0");
  state->limit = options.limit;
  state->backlog = options.backlog;
  state->ssl = options.ssl;
  state->tls.wrap.server_side = true;
  if (options.ssl_handshake_timeout) state->tls.handshake_timeout = *options.ssl_handshake_timeout;
  if (options.ssl_shutdown_timeout) state->tls.shutdown_timeout = *options.ssl_shutdown_timeout;
  return state;
}

}  // namespace

Coroutine<Server> start_server(Server::Callback callback, ServerOptions options) {
  check_server(options);
  _base::UniqueFd fd = _listen({.host = options.host,
                                .port = options.port,
                                .backlog = options.backlog,
                                .listen = options.start_serving,
                                .reuse_port = options.reuse_port});
  Server server(make_state(std::move(fd), std::move(callback), options));
  if (options.start_serving) co_await server.start_serving();
  co_return std::move(server);
}

Coroutine<Server> start_unix_server(Server::Callback callback, std::string path, UnixServerOptions options) {
  check_server(options);
  _base::UniqueFd fd = _listen_unix(path, options.start_serving ? options.backlog : -1);
  auto state = make_state(std::move(fd), std::move(callback), options);
  if (options.cleanup_socket && !path.empty() && path.front() != '\0') {
    state->path = path;
    state->inode = inode_of(path);
  }
  Server server(std::move(state));
  if (options.start_serving) co_await server.start_serving();
  co_return std::move(server);
}

}  // namespace krait::asyncio
