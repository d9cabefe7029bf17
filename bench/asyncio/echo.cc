// echo PORT: what comes is sent back, over asyncio's streams; the work of echo.py, go/echo.go and tokio/src/echo.rs.

#include <iostream>
#include <string>

#include "krait/asyncio.h"

namespace {

using krait::Coroutine;
namespace asyncio = krait::asyncio;

constexpr std::ptrdiff_t kReadSize = 64 * 1024;

Coroutine<> echo(asyncio::StreamReader reader, asyncio::StreamWriter writer) {
  for (;;) {
    const std::string data = co_await reader.read(kReadSize);
    if (data.empty()) break;
    writer.write(data);
    co_await writer.drain();
  }
  writer.close();
}

Coroutine<> serve(int port) {
  asyncio::Server server = co_await asyncio::start_server(echo, {.port = port});
  co_await server.serve_forever();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: echo PORT\n";
    return 2;
  }
  asyncio::run(serve(std::stoi(argv[1])));
}
