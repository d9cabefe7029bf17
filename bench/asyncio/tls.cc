// tls PORT CERTIFICATE KEY: answers one request a connection over TLS, as `openssl s_time` asks it: "GET /N HTTP/1.0", or
// a connection that only shakes hands. The answer is a head and N zero bytes; the work of tls.py and go/tls.go.

#include <iostream>
#include <string>

#include "krait/asyncio.h"
#include "krait/ssl.h"

namespace {

using krait::Coroutine;
namespace asyncio = krait::asyncio;
namespace ssl = krait::ssl;

constexpr std::size_t kChunk = 64 * 1024;

Coroutine<> answer(asyncio::StreamReader reader, asyncio::StreamWriter writer) {
  std::string request;
  try {
    request = co_await reader.readline();
  } catch (const krait::OSError&) {
    // s_time hangs up without a goodbye.
  }
  if (request.starts_with("GET /")) {
    std::size_t left = std::stoul(request.substr(5));
    const std::string chunk(kChunk, '\0');
    writer.write("HTTP/1.0 200 OK\r\n\r\n");
    for (; left > 0; left -= std::min(left, kChunk)) {
      writer.write(std::string_view(chunk).substr(0, left));
      co_await writer.drain();
    }
  }
  writer.close();
  co_await writer.wait_closed();
}

Coroutine<> serve(int port, std::string certificate, std::string key) {
  ssl::SSLContext context(ssl::PROTOCOL_TLS_SERVER);
  context.load_cert_chain(certificate, key);
  asyncio::Server server = co_await asyncio::start_server(answer, {.port = port, .ssl = context});
  co_await server.serve_forever();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: tls PORT CERTIFICATE KEY\n";
    return 2;
  }
  asyncio::run(serve(std::stoi(argv[1]), argv[2], argv[3]));
}
