// Run: build/examples/echo 8000, then: curl -d 'some bytes' 'http://127.0.0.1:8000/any/path?q=1'
//
// Answers any request, whatever its method and path, with what arrived: {"method", "target", "headers": [[name, value], …],
// "body": base64}. /status/204 and /status/304 answer with these, and nothing.
#include <krait/web.h>

#include <cstdio>
#include <cstdlib>

using namespace krait;

namespace {

std::string base64(std::string_view bytes) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    unsigned bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = bits << 8 | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j) out += j <= group.size() ? digits[bits >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

// Header bytes need not be UTF-8; JSON must be. Python reads them as Latin-1, and so does this.
std::string latin1(std::string_view bytes) {
  std::string text;
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return text;
}

Coroutine<web::Response> echo(web::Request& request) {
  const std::string_view body = co_await request.body();
  web::Response response;
  if (request.path() == "/status/204" || request.path() == "/status/304") {
    response.status_code = request.path() == "/status/204" ? 204 : 304;
    co_return response;
  }
  json::Array headers;
  for (const auto& [name, value] : request.headers()) headers.push_back(json::Array{latin1(name), latin1(value)});
  response = web::JSONResponse(
      {{"method", request.method()}, {"target", request.target()}, {"headers", headers}, {"body", base64(body)}});
  co_return response;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: echo PORT\n", stderr);
    return 2;
  }
  web::App app;
  // A middleware that does not go on to the routes sees every request, those without a path ("OPTIONS *"), too.
  app.middleware([](web::Request& request, web::Next) { return echo(request); });
  web::run(app, {.port = std::atoi(argv[1]), .access_log = false});
}
