// ./build/examples/tls_echo server.pem server.key        then: openssl s_client -connect localhost:8443
//
// Every line comes back, encrypted. A certificate to try it with:
//   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.pem -subj /CN=localhost

#include <cstdio>

#include "krait/asyncio.h"
#include "krait/ssl.h"

using namespace krait;

Coroutine<> echo(asyncio::StreamReader reader, asyncio::StreamWriter writer) {
  auto cipher = writer.get_extra_info<ssl::Cipher>("cipher");
  std::printf("%s speaks %s\n", writer.peername().c_str(), cipher->name.c_str());
  while (auto line = co_await reader.anext()) {
    writer.write(*line);
    co_await writer.drain();
  }
  writer.close();
  co_await writer.wait_closed();
}

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: tls_echo CERTIFICATE KEY (two PEM files)\n");
    return 2;
  }
  ssl::SSLContext context = ssl::create_default_context({.purpose = ssl::Purpose::CLIENT_AUTH});
  context.load_cert_chain(argv[1], argv[2]);
  auto serve = [](ssl::SSLContext tls) -> Coroutine<> {
    asyncio::Server server = co_await asyncio::start_server(echo, {.port = 8443, .ssl = tls});
    std::printf("listening on %s\n", server.sockets().front().getsockname().c_str());
    co_await server.serve_forever();
  };
  try {
    asyncio::run(serve(context));
  } catch (const KeyboardInterrupt&) {
    std::puts("bye");
  }
}
