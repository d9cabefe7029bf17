// What reading a request and writing its response cost, without a socket.
// One number a line: nanoseconds per request ("pipelined" lines: of the sixteen in the buffer, each).

#include "krait/wire/h1.h"

#include <benchmark/benchmark.h>

#include <cstring>
#include <string>

namespace {

using namespace krait::wire::h1;
namespace http = krait::http;

constexpr std::string_view plaintext =
    "GET /plaintext HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nAccept: text/plain\r\nConnection: keep-alive\r\n\r\n";

constexpr std::string_view browser =
    "GET /items/42?q=dumplings&page=2 HTTP/1.1\r\n"
    "Host: localhost:8000\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 "
    "Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.9,zh-CN;q=0.8\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Referer: http://localhost:8000/menu\r\n"
    "Cookie: session=5f2b8c1d9e7a4f60b3c2d1e0f9a8b7c6; csrftoken=Zm9vYmFyYmF6cXV4\r\n"
    "Cache-Control: max-age=0\r\n"
    "Connection: keep-alive\r\n\r\n";

constexpr std::string_view post =
    "POST /items HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n"
    "{\"name\":\"dumpling\",\"n\": 12}";

constexpr std::string_view chunked =
    "POST /items HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nTransfer-Encoding: chunked\r\n\r\n"
    "10\r\n{\"name\":\"dumplin\r\nb\r\ng\",\"n\": 12}\r\n0\r\n\r\n";

constexpr http::Header plain_text[] = {{"Content-Type", "text/plain; charset=utf-8"}};
constexpr std::string_view common_lines = "Server: krait\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

void receive(ServerConnection& connection, std::string_view bytes) {
  std::memcpy(connection.prepare(bytes.size()).data(), bytes.data(), bytes.size());
  connection.commit(bytes.size());
}

// Runs a connection as a server does, and answers what is there.
void serve(ServerConnection& connection, std::string& out) {
  while (true) {
    switch (connection.next_event()) {
      case Event::Request:
        break;
      case Event::Data:
        benchmark::DoNotOptimize(connection.data().data());
        break;
      case Event::EndOfMessage:
        connection.send_response(out, {.headers = plain_text, .preformatted = common_lines}, "Hello, World!");
        break;
      default:
        return;
    }
  }
}

// The head alone: no connection, no response.
void parse_head(benchmark::State& state, std::string_view request) {
  const std::string bytes = std::string(request) + std::string(64, '\0');
  HeadParser parser{Limits{}};
  for (auto _ : state) {
    parser.reset();
    benchmark::DoNotOptimize(parser.parse(bytes.data(), bytes.data() + request.size()));
  }
}

void cycle(benchmark::State& state, std::string_view request) {
  ServerConnection connection;
  std::string out;
  for (auto _ : state) {
    receive(connection, request);
    out.clear();
    serve(connection, out);
    benchmark::DoNotOptimize(out.data());
  }
}

void pipelined(benchmark::State& state, std::string_view request) {
  std::string requests;
  for (int i = 0; i < 16; ++i) requests += request;
  ServerConnection connection;
  std::string out;
  // Counted by hand: the framework's rate is per iteration.
  for (auto _ : state) {
    receive(connection, requests);
    out.clear();
    serve(connection, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["each"] =
      benchmark::Counter(16, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void write_response(benchmark::State& state) {
  ResponseWriter writer;
  std::string out;
  for (auto _ : state) {
    out.clear();
    writer.begin({.keep_alive = true});
    writer.send_response(out, {.headers = plain_text, .preformatted = common_lines}, "Hello, World!");
    benchmark::DoNotOptimize(out.data());
  }
}

void body_of_a_megabyte(benchmark::State& state) {
  const std::string piece(65536, 'x');
  ServerConnection connection;
  std::string out;
  for (auto _ : state) {
    receive(connection, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n");
    out.clear();
    for (int i = 0; i < 16; ++i) {
      receive(connection, piece);
      serve(connection, out);
    }
  }
  state.SetBytesProcessed(state.iterations() * 1048576);
}

}  // namespace

BENCHMARK_CAPTURE(parse_head, plaintext, plaintext);
BENCHMARK_CAPTURE(parse_head, browser, browser);
BENCHMARK(write_response);
BENCHMARK_CAPTURE(cycle, plaintext, plaintext);
BENCHMARK_CAPTURE(cycle, browser, browser);
BENCHMARK_CAPTURE(cycle, post, post);
BENCHMARK_CAPTURE(cycle, chunked, chunked);
BENCHMARK_CAPTURE(pipelined, plaintext, plaintext);
BENCHMARK(body_of_a_megabyte);
BENCHMARK_MAIN();
