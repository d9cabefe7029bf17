#include "krait/web/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <map>

#include "krait/asyncio/runners.h"
#include "krait/asyncio/wait.h"
#include "krait/web/_connection.h"

namespace krait::web {

namespace {

// Out of descriptors: accepting again at once would spin.
constexpr auto kAcceptRetryDelay = std::chrono::milliseconds(200);
// Cancelled connections get this long for their finally blocks.
constexpr auto kCancelGrace = std::chrono::seconds(5);
// A worker that dies younger than this is replaced no sooner than after it.
constexpr int kRestartDelaySeconds = 1;
constexpr int kStartupFailed = 3;  // uvicorn's exit code

std::string address_of(const ServerOptions& options, int port) {
  bool v6 = options.host.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + options.host + "]" : options.host) + ":" + std::to_string(port);
}

void check(const ServerOptions& options) {
  _parse_level(options.log_level);
  if (options.workers < 1)
    throw ValueError("cannot run " + std::to_string(options.workers) + " workers: give 1 or more");
  if (options.port < 0 || options.port > 65535)
    throw ValueError("cannot listen on port " + std::to_string(options.port) + ": ports are 0 to 65535");
  for (auto [name, limit] :
       {std::pair{"timeout_keep_alive", options.timeout_keep_alive}, std::pair{"timeout_head", options.timeout_head},
        std::pair{"timeout_body", options.timeout_body}, std::pair{"timeout_write", options.timeout_write},
        std::pair{"timeout_graceful_shutdown", options.timeout_graceful_shutdown}}) {
    if (limit.count() <= 0) throw ValueError(std::string("cannot use ") + name + ": give a time above zero");
  }
}

// A connection's task. It outlives nothing: the state waits for its connections.
Coroutine<> serve_connection(_ServerState& state, asyncio::_Socket socket) {
  _Connection connection(state, std::move(socket));
  co_await connection.run();
}

// Accepts what is there; false when the system has nothing left to accept with.
bool accept_all(_ServerState& state) {
  for (;;) {
    int fd = ::accept4(state.listener->fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      int one = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      asyncio::create_task(serve_connection(state, asyncio::_Socket(*state.loop, _base::UniqueFd(fd))));
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN) return true;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return false;
    raise_os_error(errno, "accept a connection");
  }
}

Coroutine<> accept_loop(_ServerState& state) {
  for (;;) {
    if (accept_all(state)) {
      co_await state.listener->readable();
    } else {
      _log(_Level::Error, "cannot accept a connection: out of file descriptors; raise the limit (ulimit -n)");
      co_await asyncio::sleep(kAcceptRetryDelay);
    }
  }
}

Coroutine<> wait_until_closed(_ServerState& state) {
  if (state.open > 0) co_await state.all_closed.wait();
}

}  // namespace

Server::Server(App& app, ServerOptions options) {
  check(options);
  state_ = std::make_unique<_ServerState>(app, std::move(options));
}

Server::~Server() = default;

int Server::port() const noexcept { return state_->port; }
std::uint64_t Server::total_requests() const noexcept { return state_->requests; }
std::size_t Server::open_connections() const noexcept { return state_->open; }

void Server::_use_listener(int fd) {
  state_->listener = std::make_unique<asyncio::_Socket>(asyncio::get_running_loop(), _base::UniqueFd(fd));
}

void Server::should_exit() noexcept {
  ++state_->exits;
  state_->exit.set();
}

Coroutine<> Server::startup() {
  _ServerState& state = *state_;
  state.loop = &asyncio::get_running_loop();
  // Listen first: a port that is taken should be known before anything is set up.
  if (!state.listener) {
    state.listener = std::make_unique<asyncio::_Socket>(
        *state.loop,
        asyncio::_listen({.host = state.options.host, .port = state.options.port, .backlog = state.options.backlog}));
  }
  state.port = asyncio::_bound_port(state.listener->fd());
  if (state.options.access_log && state.logs(_Level::Info))
    state.access_log = std::make_unique<_AccessLog>(*state.loop);
  if (state.logs(_Level::Info)) _log(_Level::Info, "Started server process [" + std::to_string(::getpid()) + "]");
  co_await state.app.startup();
}

Coroutine<> Server::main_loop() {
  _ServerState& state = *state_;
  asyncio::Task<> accepting = asyncio::create_task(accept_loop(state), "accept");
  std::exception_ptr failure;
  try {
    // Either somebody asks for the end, or accepting fails for good.
    auto exit = asyncio::create_task(state.exit.wait(), "should_exit");
    std::vector<asyncio::FutureBase> either{accepting, exit};
    co_await asyncio::wait(either, {.return_when = asyncio::FIRST_COMPLETED});
    exit.cancel();
    if (accepting.done()) accepting.result();
  } catch (...) {
    failure = std::current_exception();
  }

  // What the kernel has accepted for us is ours to answer; then the door closes.
  state.draining = true;
  accepting.cancel();
  if (!failure) accept_all(state);
  state.listener.reset();
  for (_Connection& connection : state.connections) connection.begin_drain();
  if (state.open > 0 && state.logs(_Level::Info)) {
    _log(_Level::Info, "Shutting down: waiting for " + std::to_string(state.open) + " connections");
  }
  state.exit.clear();
  if (state.exits < 2 && !failure) {
    auto closed = asyncio::create_task(wait_until_closed(state), "drain");
    auto forced = asyncio::create_task(state.exit.wait(), "should_exit");
    std::vector<asyncio::FutureBase> either{closed, forced};
    co_await asyncio::wait(
        either, {.timeout = state.options.timeout_graceful_shutdown, .return_when = asyncio::FIRST_COMPLETED});
    closed.cancel();
    forced.cancel();
  }
  for (_Connection& connection : state.connections) {
    if (connection.handling())
      _log(_Level::Error, "Cancelled " + connection.describe() + ": still running at the end of the shutdown");
    connection.task.cancel();
  }
  if (state.open > 0) {
    try {
      co_await asyncio::wait_for(wait_until_closed(state), kCancelGrace);
    } catch (const TimeoutError&) {
      _log(_Level::Error, std::to_string(state.open) + " connections did not end when they were cancelled");
    }
  }
  state.access_log.reset();
  co_await state.app.shutdown();
  if (failure) std::rethrow_exception(failure);
}

Coroutine<> Server::serve() {
  asyncio::EventLoop& loop = asyncio::get_running_loop();
  // Taken before the startup functions run, so that a signal during them is not lost.
  loop.add_signal_handler(SIGINT, [this] { should_exit(); });
  loop.add_signal_handler(SIGTERM, [this] { should_exit(); });
  struct Restore {
    asyncio::EventLoop& loop;
    ~Restore() {
      loop.remove_signal_handler(SIGINT);
      loop.remove_signal_handler(SIGTERM);
    }
  } restore{loop};
  co_await startup();
  if (state_->logs(_Level::Info)) {
    _log(_Level::Info, "krait running on " + address_of(state_->options, state_->port) + " (Press CTRL+C to quit)");
  }
  co_await main_loop();
  if (state_->logs(_Level::Info)) _log(_Level::Info, "Finished server process [" + std::to_string(::getpid()) + "]");
}

namespace {

Coroutine<> serve_here(App& app, ServerOptions options, int listener) {
  Server server(app, std::move(options));
  if (listener >= 0) server._use_listener(listener);
  co_await server.serve();
}

// The processes of run({.workers = n}). The parent only waits for signals and children.
class Supervisor {
 public:
  Supervisor(App& app, ServerOptions options) : app_(app), options_(std::move(options)) {}

  void run() {
    listen();
    sigset_t before;
    sigemptyset(&signals_);
    for (int each : {SIGINT, SIGTERM, SIGCHLD}) sigaddset(&signals_, each);
    ::sigprocmask(SIG_BLOCK, &signals_, &before);
    unblocked_ = before;
    std::fflush(nullptr);
    for (std::size_t i = 0; i < listeners_.size(); ++i) start(i);
    _log(_Level::Info, "krait running on " + address_of(options_, port_) + " with " + std::to_string(options_.workers) +
                           " workers (Press CTRL+C to quit)");
    while (!workers_.empty()) wait();
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    if (startup_failed_) throw RuntimeError("cannot serve: a worker failed to start; its reason stands above");
  }

 private:
  struct Worker {
    std::size_t listener;
    std::time_t started;
  };

  // One socket a worker, all on one port. The first bind, without SO_REUSEPORT, finds out whether the port is free.
  void listen() {
    asyncio::_ListenOptions listen{.host = options_.host, .port = options_.port, .backlog = options_.backlog};
    {
      _base::UniqueFd probe = asyncio::_listen(listen);
      port_ = listen.port = asyncio::_bound_port(probe.get());
    }
    listen.reuse_port = true;
    for (int i = 0; i < options_.workers; ++i) listeners_.push_back(asyncio::_listen(listen));
  }

  void start(std::size_t listener) {
    pid_t parent = ::getpid(), pid = ::fork();
    if (pid < 0) raise_os_error(errno, "start a worker process");
    if (pid > 0) {
      workers_[pid] = {listener, std::time(nullptr)};
      return;
    }
    ::sigprocmask(SIG_SETMASK, &unblocked_, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(0);
    int code = 0;
    try {
      int own = listeners_[listener].release();
      listeners_.clear();
      asyncio::run(serve_here(app_, options_, own));
    } catch (const BaseException& error) {
      _log(_Level::Error, std::string("a worker failed: ") + error.what());
      code = kStartupFailed;
    } catch (const std::exception& error) {
      _log(_Level::Error, std::string("a worker failed: ") + error.what());
      code = kStartupFailed;
    }
    std::fflush(nullptr);
    ::_exit(code);
  }

  void wait() {
    int signal = 0;
    ::sigwait(&signals_, &signal);
    if (signal != SIGCHLD) {
      stop();
      return;
    }
    int status = 0;
    while (pid_t pid = ::waitpid(-1, &status, WNOHANG)) {
      if (pid < 0) break;
      auto found = workers_.find(pid);
      if (found != workers_.end()) ended(found, status);
    }
  }

  void stop() {
    stopping_ = true;
    // Our copies go first: a socket that we kept open would go on taking connections that nobody accepts.
    listeners_.clear();
    for (auto& [pid, worker] : workers_) ::kill(pid, SIGTERM);
  }

  void ended(std::map<pid_t, Worker>::iterator found, int status) {
    auto [pid, worker] = *found;
    workers_.erase(found);
    if (stopping_) return;
    if (WIFEXITED(status) && WEXITSTATUS(status) == kStartupFailed) {
      startup_failed_ = true;
      stop();
      return;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    _log(_Level::Error, "Worker [" + std::to_string(pid) + "] died (" +
                            (WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                 : "exit code " + std::to_string(WEXITSTATUS(status))) +
                            "); starting another");
    if (std::time(nullptr) - worker.started < kRestartDelaySeconds) ::sleep(kRestartDelaySeconds);
    start(worker.listener);
  }

  App& app_;
  ServerOptions options_;
  int port_ = 0;
  std::vector<_base::UniqueFd> listeners_;
  std::map<pid_t, Worker> workers_;
  sigset_t signals_{}, unblocked_{};
  bool stopping_ = false, startup_failed_ = false;
};

}  // namespace

void run(App& app, ServerOptions options) {
  check(options);
  if (options.workers > 1) {
    Supervisor(app, std::move(options)).run();
  } else {
    asyncio::run(serve_here(app, std::move(options), -1));
  }
}

}  // namespace krait::web
