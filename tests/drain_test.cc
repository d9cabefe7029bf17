// SIGTERM under load: every request that a server took gets its answer, and the process ends by itself.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "krait/asyncio.h"
#include "krait/asyncio/_socket.h"
#include "krait/web.h"

namespace krait {
namespace {

using namespace std::chrono_literals;

constexpr int kClients = 64;
constexpr int kAnswersBeforeTheSignal = 3000;

int free_port() {
  _base::UniqueFd probe = asyncio::_listen({});
  return asyncio::_bound_port(probe.get());
}

// The server, in a process of its own as in real life. Comes back when every worker listens.
pid_t start_server(int port, int workers) {
  int started[2];
  EXPECT_EQ(::pipe(started), 0);
  pid_t pid = ::fork();
  if (pid != 0) {
    char byte;
    for (int i = 0; i < workers; ++i) EXPECT_EQ(::read(started[0], &byte, 1), 1);
    ::close(started[0]);
    ::close(started[1]);
    return pid;
  }
  web::App app;
  app.on_startup([started]() -> Coroutine<> {
    EXPECT_EQ(::write(started[1], "x", 1), 1);
    co_return;
  });
  app.get("/now", [] { return web::PlainTextResponse("now"); });
  app.get("/later", []() -> Coroutine<web::PlainTextResponse> {
    co_await asyncio::sleep(2ms);
    co_return web::PlainTextResponse("later");
  });
  try {
    web::run(app, {.port = port, .log_level = "error", .workers = workers});
  } catch (...) {
    ::_exit(99);
  }
  ::_exit(0);
}

struct Tally {
  int answered = 0, lost = 0, refused = 0;
  asyncio::Event enough;
};

// Asks again and again, over a new connection when the server closes one, until nobody listens any more.
Coroutine<> ask_for_ever(int port, std::string path, Tally& tally) {
  std::string request = "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
  for (;;) {
    std::optional<asyncio::StreamPair> pair;
    try {
      pair = co_await asyncio::open_connection({.port = port});
    } catch (const OSError&) {
      ++tally.refused;
      co_return;
    }
    bool open = true;
    while (open) {
      bool sent = false;
      try {
        pair->writer.write(request);
        co_await pair->writer.drain();
        sent = true;
        std::string head = co_await pair->reader.readuntil("\r\n\r\n");
        co_await pair->reader.readexactly(path.size() - 1);
        open = head.find("onnection: close") == std::string::npos;
        if (++tally.answered == kAnswersBeforeTheSignal) tally.enough.set();
      } catch (const Exception&) {
        // An established connection that ends without an answer: what was asked over it is lost.
        ++tally.lost;
        if (!sent) ADD_FAILURE() << "the server closed a connection that was in use";
        open = false;
      }
    }
  }
}

Coroutine<> load(int port, pid_t server, Tally& tally) {
  std::vector<asyncio::Task<>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(asyncio::create_task(ask_for_ever(port, i % 2 ? "/now" : "/later", tally)));
  }
  co_await tally.enough.wait();
  ::kill(server, SIGTERM);
  co_await asyncio::gather(clients);
}

void check_drain(int workers) {
  int port = free_port();
  pid_t server = start_server(port, workers);
  Tally tally;
  asyncio::run(load(port, server, tally));
  int status = 0;
  ::waitpid(server, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "status " << status;
  EXPECT_EQ(tally.lost, 0);
  EXPECT_GE(tally.answered, kAnswersBeforeTheSignal);
  EXPECT_EQ(tally.refused, kClients);
}

TEST(Drain, one_process_loses_no_request) { check_drain(1); }

TEST(Drain, several_workers_lose_no_request) { check_drain(3); }

}  // namespace
}  // namespace krait
