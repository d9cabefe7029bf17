#include "krait/web/server.h"

#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include <cstdlib>
#include <new>

#include "krait/asyncio/_socket.h"
#include "krait/asyncio/locks.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/streams.h"
#include "krait/asyncio/wait.h"
#include "krait/unittest/virtual_clock.h"
#include "krait/web.h"

namespace {
std::size_t allocations = 0;
}

// Counts what the whole program allocates.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace krait::web {
namespace {

using namespace std::chrono_literals;
using asyncio::StreamPair;

ServerOptions quiet(ServerOptions options = {}) {
  options.port = 0;
  options.log_level = "critical";
  return options;
}

// Serves `app` while `body` talks to it, then shuts the server down in an orderly way.
void serve(App& app, std::function<Coroutine<>(Server&)> body, ServerOptions options = {}) {
  asyncio::run([](App& a, std::function<Coroutine<>(Server&)> talk, ServerOptions o) -> Coroutine<> {
    Server server(a, quiet(o));
    co_await server.startup();
    auto serving = asyncio::create_task(server.main_loop());
    std::exception_ptr failure;
    try {
      co_await talk(server);
    } catch (...) {
      failure = std::current_exception();
    }
    server.should_exit();
    if (failure) server.should_exit();
    co_await serving;
    if (failure) std::rethrow_exception(failure);
  }(app, std::move(body), std::move(options)));
}

Coroutine<StreamPair> connect(Server& server) { return asyncio::open_connection({.port = server.port()}); }

// A response's head, names and values in lower case.
Coroutine<std::string> read_head(StreamPair& pair) {
  std::string head = co_await pair.reader.readuntil("\r\n\r\n");
  std::size_t fields = head.find("\r\n");
  for (std::size_t i = fields; i < head.size(); ++i) head[i] = static_cast<char>(std::tolower(head[i]));
  co_return head;
}

// One response, as text without the Date field; its body must have a length.
Coroutine<std::string> read_response(StreamPair& pair) {
  std::string head = co_await read_head(pair);
  std::size_t date = head.find("date: ");
  if (date != std::string::npos) head.erase(date, head.find("\r\n", date) + 2 - date);
  std::size_t length = head.find("content-length: ");
  if (length == std::string::npos) co_return head;
  co_return head + co_await pair.reader.readexactly(std::strtoul(head.c_str() + length + 16, nullptr, 10));
}

Coroutine<std::string> ask(Server& server, std::string request) {
  StreamPair pair = co_await connect(server);
  pair.writer.write(request);
  co_await pair.writer.drain();
  co_return co_await read_response(pair);
}

bool has_line(std::string_view response, std::string_view line) {
  return response.find(std::string(line) + "\r\n") != std::string_view::npos;
}

std::string status_line(std::string_view response) { return std::string(response.substr(0, response.find("\r\n"))); }
std::string body_of(std::string_view response) { return std::string(response.substr(response.find("\r\n\r\n") + 4)); }

constexpr const char* kGet = "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n";

App& hello_app() {
  static App app;
  static bool made = [] {
    app.get("/hello", [] { return PlainTextResponse("Hello!"); });
    app.get("/slow", []() -> Coroutine<PlainTextResponse> {
      co_await asyncio::sleep(1h);
      co_return PlainTextResponse("done");
    });
    app.post("/size", [](Request& request) -> Coroutine<PlainTextResponse> {
      std::string_view body = co_await request.body();
      co_return PlainTextResponse(std::to_string(body.size()));
    });
    app.post("/ignore", [] { return PlainTextResponse("ignored"); });
    app.get("/large", [] { return PlainTextResponse(std::string(8 * 1024 * 1024, 'x')); });
    app.get("/broken", [] {
      PlainTextResponse response("x");
      response.status_code = 42;
      return response;
    });
    return true;
  }();
  EXPECT_TRUE(made);
  return app;
}

TEST(Server, answers_and_keeps_the_connection) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    for (int i = 0; i < 3; ++i) {
      pair.writer.write(kGet);
      std::string response = co_await read_response(pair);
      EXPECT_EQ(status_line(response), "HTTP/1.1 200 OK");
      EXPECT_EQ(body_of(response), "Hello!");
      EXPECT_TRUE(has_line(response, "server: krait")) << response;
    }
    EXPECT_EQ(server.total_requests(), 3u);
    EXPECT_EQ(server.open_connections(), 1u);
  });
}

TEST(Server, answers_a_pipeline_in_order) {
  App app;
  app.get("/now", [] { return PlainTextResponse("now"); });
  app.get("/later", []() -> Coroutine<PlainTextResponse> {
    co_await asyncio::sleep(0);
    co_return PlainTextResponse("later");
  });
  serve(app, [](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    std::string later = "GET /later HTTP/1.1\r\nHost: test\r\n\r\n", now = "GET /now HTTP/1.1\r\nHost: test\r\n\r\n";
    pair.writer.write(later + now + later + now + now);
    std::string bodies;
    for (int i = 0; i < 5; ++i) bodies += body_of(co_await read_response(pair)) + " ";
    EXPECT_EQ(bodies, "later now later now now ");
  });
}

TEST(Server, reads_a_request_byte_by_byte) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    std::string request =
        "POST /size HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    for (char c : request) {
      pair.writer.write(std::string(1, c));
      co_await asyncio::sleep(0);
    }
    EXPECT_EQ(body_of(co_await read_response(pair)), "5");
  });
}

TEST(Server, refuses_what_is_no_http_and_goes_on_serving) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    std::string refused = co_await ask(server, "GET /hello HTTP/1.1\r\nHost : test\r\n\r\n");
    EXPECT_EQ(status_line(refused), "HTTP/1.1 400 Bad Request");
    EXPECT_TRUE(has_line(refused, "connection: close")) << refused;
    std::string served = co_await ask(server, kGet);
    EXPECT_EQ(status_line(served), "HTTP/1.1 200 OK");
  });
}

TEST(Server, closes_after_connection_close_and_after_http_1_0) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    for (const char* request :
         {"GET /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", "GET /hello HTTP/1.0\r\n\r\n"}) {
      StreamPair pair = co_await connect(server);
      pair.writer.write(request);
      std::string response = co_await read_response(pair);
      EXPECT_EQ(body_of(response), "Hello!");
      std::string rest = co_await pair.reader.read();
      EXPECT_EQ(rest, "");
    }
  });
}

TEST(Server, a_head_that_does_not_end_is_answered_408) {
  unittest::VirtualClock clock;
  serve(hello_app(), [&](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    pair.writer.write("GET /hello HTT");
    std::string response = co_await read_response(pair);
    EXPECT_EQ(status_line(response), "HTTP/1.1 408 Request Timeout");
    EXPECT_GE(clock.elapsed(), 15s);
  });
}

TEST(Server, closes_a_connection_that_stays_idle) {
  unittest::VirtualClock clock;
  serve(hello_app(), [&](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    std::string rest = co_await pair.reader.read();
    EXPECT_EQ(rest, "");
    EXPECT_GE(clock.elapsed(), 75s);
  });
}

TEST(Server, a_body_that_stops_coming_ends_the_connection) {
  unittest::VirtualClock clock;
  serve(hello_app(), [&](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    pair.writer.write("POST /size HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nabc");
    std::string rest = co_await pair.reader.read();
    EXPECT_EQ(rest, "");
    EXPECT_GE(clock.elapsed(), 30s);
  });
}

TEST(Server, cancels_the_handler_of_a_client_that_leaves) {
  asyncio::Event started, cancelled;
  App app;
  app.get("/wait", [&]() -> Coroutine<PlainTextResponse> {
    started.set();
    try {
      co_await asyncio::sleep(1h);
    } catch (const asyncio::CancelledError&) {
      cancelled.set();
      throw;
    }
    co_return PlainTextResponse("never");
  });
  serve(app, [&](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    pair.writer.write("GET /wait HTTP/1.1\r\nHost: test\r\n\r\n");
    co_await started.wait();
    pair.writer.close();
    co_await cancelled.wait();
    std::string other = co_await ask(server, "GET /nothing HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_EQ(status_line(other), "HTTP/1.1 404 Not Found");
  });
}

TEST(Server, sends_100_continue_when_the_handler_wants_the_body) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    pair.writer.write("POST /size HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    std::string interim = co_await pair.reader.readuntil("\r\n\r\n");
    EXPECT_EQ(interim, "HTTP/1.1 100 Continue\r\n\r\n");
    pair.writer.write("abc");
    std::string response = co_await read_response(pair);
    EXPECT_EQ(body_of(response), "3");
  });
}

TEST(Server, throws_away_a_small_body_nobody_read_and_keeps_the_connection) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    pair.writer.write("POST /ignore HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc" + std::string(kGet));
    std::string first = co_await read_response(pair), second = co_await read_response(pair);
    EXPECT_EQ(body_of(first), "ignored");
    EXPECT_EQ(body_of(second), "Hello!");
  });
}

TEST(Server, answers_413_and_closes_when_the_body_is_too_large) {
  App app({.max_body_size = 4});
  app.post("/size", [](Request& request) -> Coroutine<PlainTextResponse> {
    std::string_view body = co_await request.body();
    co_return PlainTextResponse(std::to_string(body.size()));
  });
  serve(app, [](Server& server) -> Coroutine<> {
    std::string announced = co_await ask(server, "POST /size HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nabcde");
    EXPECT_EQ(status_line(announced), "HTTP/1.1 413 Content Too Large");
    std::string chunked = co_await ask(
        server, "POST /size HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n");
    EXPECT_EQ(status_line(chunked), "HTTP/1.1 413 Content Too Large");
  });
}

TEST(Server, answers_a_broken_chunk_with_400) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    std::string response =
        co_await ask(server, "POST /size HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
    EXPECT_EQ(status_line(response), "HTTP/1.1 400 Bad Request");
  });
}

TEST(Server, sends_a_large_body_whole) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    std::string response = co_await ask(server, "GET /large HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_EQ(body_of(response).size(), 8u * 1024 * 1024);
  });
}

TEST(Server, a_response_that_cannot_be_sent_is_a_500) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    std::string response = co_await ask(server, "GET /broken HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_EQ(status_line(response), "HTTP/1.1 500 Internal Server Error");
  });
}

TEST(Server, streams_pieces_as_they_are_made) {
  asyncio::Event go_on;
  App app;
  app.get("/stream", [&] {
    return StreamingResponse([&](ResponseWriter& out) -> Coroutine<> {
      co_await out.write("first");
      co_await go_on.wait();
      co_await out.write("second");
    });
  });
  serve(app, [&](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    pair.writer.write("GET /stream HTTP/1.1\r\nHost: test\r\n\r\n");
    std::string head = co_await read_head(pair);
    EXPECT_TRUE(has_line(head, "transfer-encoding: chunked")) << head;
    std::string first = co_await pair.reader.readexactly(10);
    EXPECT_EQ(first, "5\r\nfirst\r\n");
    go_on.set();
    std::string rest = co_await pair.reader.readuntil("0\r\n\r\n");
    EXPECT_EQ(rest, "6\r\nsecond\r\n0\r\n\r\n");
  });
}

TEST(Server, a_stream_that_fails_cuts_the_connection) {
  App app;
  app.get("/stream", [] {
    return StreamingResponse([](ResponseWriter& out) -> Coroutine<> {
      co_await out.write("first");
      throw ValueError("broken");
    });
  });
  serve(app, [&](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    pair.writer.write("GET /stream HTTP/1.1\r\nHost: test\r\n\r\n");
    std::string all = co_await pair.reader.read();
    EXPECT_EQ(all.find("0\r\n\r\n"), std::string::npos) << all;
  });
}

TEST(Server, a_stream_waits_for_a_slow_reader_and_stops_when_it_leaves) {
  asyncio::Event stopped;
  std::size_t written = 0;
  App app;
  app.get("/endless", [&] {
    return StreamingResponse([&](ResponseWriter& out) -> Coroutine<> {
      struct Stop {
        asyncio::Event& event;
        ~Stop() { event.set(); }
      } stop{stopped};
      std::string piece(32 * 1024, 'x');
      for (;;) {
        co_await out.write(piece);
        written += piece.size();
      }
    });
  });
  serve(app, [&](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    pair.writer.write("GET /endless HTTP/1.1\r\nHost: test\r\n\r\n");
    co_await pair.reader.readexactly(1000);
    EXPECT_LT(written, 64u * 1024 * 1024);
    pair.writer.close();
    co_await stopped.wait();
  });
}

TEST(Server, runs_background_tasks_after_the_response) {
  asyncio::Event response_read, ran;
  App app;
  app.get("/", [&] {
    PlainTextResponse response("sent");
    response.set_background([&]() -> Coroutine<> {
      co_await response_read.wait();
      ran.set();
    });
    return response;
  });
  serve(app, [&](Server& server) -> Coroutine<> {
    std::string response = co_await ask(server, "GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_EQ(body_of(response), "sent");
    response_read.set();
    co_await ran.wait();
  });
}

// Sends `requests` over a bare socket and takes `count` answers of "Hello!", without an allocation of its own.
Coroutine<> exchange(asyncio::_Socket& socket, std::string_view requests, std::size_t count) {
  socket.try_send(requests);
  static char text[16 * 1024];  // in the frame it would be an allocation
  for (std::size_t got = 0; got < count;) {
    co_await socket.readable();
    ssize_t n = socket.try_recv(text, sizeof text);
    std::string_view piece(text, static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    for (std::size_t at = 0; (at = piece.find("Hello!", at)) != std::string_view::npos; ++at) ++got;
  }
}

#ifndef KRAIT_PLAIN_FRAMES  // sanitized builds take each coroutine frame from the heap, so that a use after its end is seen
TEST(Server, a_warm_plain_request_allocates_nothing) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    asyncio::_Socket socket = co_await asyncio::_connect("127.0.0.1", server.port());
    std::string pipeline;
    for (int i = 0; i < 16; ++i) pipeline += kGet;
    for (int i = 0; i < 3; ++i) {
      co_await exchange(socket, kGet, 1);
      co_await exchange(socket, pipeline, 16);
    }
    std::size_t before = allocations;
    for (int i = 0; i < 100; ++i) co_await exchange(socket, kGet, 1);
    co_await exchange(socket, pipeline, 16);
    EXPECT_EQ(allocations - before, 0u) << "in 116 requests";
    EXPECT_EQ(server.total_requests(), 3u * 17 + 116);
  });
}

#endif

// How many segments with data have come: the server sends each write in one of its own (TCP_NODELAY).
unsigned segments_received(const asyncio::_Socket& socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  EXPECT_EQ(::getsockopt(socket.fd(), IPPROTO_TCP, TCP_INFO, &info, &size), 0);
  return info.tcpi_data_segs_in;
}

TEST(Server, answers_a_pipeline_in_one_write) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    asyncio::_Socket socket = co_await asyncio::_connect("127.0.0.1", server.port());
    std::string pipeline;
    for (int i = 0; i < 16; ++i) pipeline += kGet;
    co_await exchange(socket, pipeline, 16);
    EXPECT_EQ(segments_received(socket), 1u);
  });
}

TEST(Server, sends_what_a_stream_wrote_in_one_turn_in_one_write) {
  App app;
  app.get("/", [] {
    return StreamingResponse([](ResponseWriter& out) -> Coroutine<> {
      for (int i = 0; i < 100; ++i) co_await out.write("piece ");
      co_await out.write("Hello!");
    });
  });
  serve(app, [](Server& server) -> Coroutine<> {
    asyncio::_Socket socket = co_await asyncio::_connect("127.0.0.1", server.port());
    co_await exchange(socket, "GET / HTTP/1.1\r\nHost: test\r\n\r\n", 1);
    EXPECT_EQ(segments_received(socket), 1u);
  });
}

TEST(Server, drains_what_it_accepted) {
  asyncio::Event started, finish;
  App app;
  app.get("/work", [&]() -> Coroutine<PlainTextResponse> {
    started.set();
    co_await finish.wait();
    co_return PlainTextResponse("finished");
  });
  serve(app, [&](Server& server) -> Coroutine<> {
    StreamPair busy = co_await connect(server), idle = co_await connect(server);
    busy.writer.write("GET /work HTTP/1.1\r\nHost: test\r\n\r\n");
    co_await started.wait();
    server.should_exit();
    // The idle connection is closed, the busy one is not.
    std::string nothing = co_await idle.reader.read();
    EXPECT_EQ(nothing, "");
    finish.set();
    std::string response = co_await read_response(busy);
    EXPECT_EQ(body_of(response), "finished");
    EXPECT_TRUE(has_line(response, "connection: close")) << response;
    std::string refused;
    try {
      co_await connect(server);
    } catch (const ConnectionRefusedError& error) {
      refused = error.what();
    }
    EXPECT_NE(refused, "");
  });
}

TEST(Server, cancels_what_still_runs_at_the_end_of_the_shutdown) {
  unittest::VirtualClock clock;
  serve(hello_app(), [&](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    pair.writer.write("GET /slow HTTP/1.1\r\nHost: test\r\n\r\n");
    while (server.total_requests() == 0) co_await asyncio::sleep(0);
    server.should_exit();
    std::string rest = co_await pair.reader.read();
    EXPECT_EQ(rest, "");
    EXPECT_GE(clock.elapsed(), 30s);
    EXPECT_LT(clock.elapsed(), 1h);
  });
}

TEST(Server, does_not_wait_for_a_stream_that_never_ends) {
  unittest::VirtualClock clock;
  App app;
  app.get("/events", [] {
    StreamingResponse response([](ResponseWriter& out) -> Coroutine<> {
      for (;;) {
        co_await out.write("tick ");
        co_await asyncio::sleep(1h);
      }
    });
    response.end_at_shutdown();
    return response;
  });
  serve(app, [&](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    pair.writer.write("GET /events HTTP/1.1\r\nHost: test\r\n\r\n");
    co_await pair.reader.readuntil("tick ");
    server.should_exit();
    co_await pair.reader.read();
    EXPECT_LT(clock.elapsed(), 30s);
  });
}

TEST(Server, a_second_request_to_exit_ends_at_once) {
  unittest::VirtualClock clock;
  serve(hello_app(), [&](Server& server) -> Coroutine<> {
    StreamPair pair = co_await connect(server);
    pair.writer.write("GET /slow HTTP/1.1\r\nHost: test\r\n\r\n");
    while (server.total_requests() == 0) co_await asyncio::sleep(0);
    server.should_exit();
    co_await asyncio::sleep(0);
    server.should_exit();
    std::string rest = co_await pair.reader.read();
    EXPECT_EQ(rest, "");
    EXPECT_LT(clock.elapsed(), 30s);
  });
}

TEST(Server, names_a_port_that_is_taken) {
  serve(hello_app(), [](Server& server) -> Coroutine<> {
    ServerOptions options{.log_level = "critical"};
    options.port = server.port();
    Server second(hello_app(), options);
    std::string error;
    try {
      co_await second.startup();
    } catch (const OSError& e) {
      error = e.what();
    }
    EXPECT_EQ(error,
              "[Errno 98] cannot listen on 127.0.0.1:" + std::to_string(server.port()) + ": Address already in use");
  });
}

TEST(Server, refuses_options_that_make_no_sense) {
  App app;
  EXPECT_THROW(Server(app, {.port = 70000}), ValueError);
  EXPECT_THROW(Server(app, {.log_level = "loud"}), ValueError);
  EXPECT_THROW(Server(app, {.workers = 0}), ValueError);
  EXPECT_THROW(Server(app, {.timeout_head = 0s}), ValueError);
}

}  // namespace
}  // namespace krait::web
