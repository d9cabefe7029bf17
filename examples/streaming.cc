// Run: build/examples/streaming, then: curl -N http://127.0.0.1:5000/lines?count=5
//
// Bodies that are made while they are sent, and one that is read while it arrives: neither is ever in memory as a whole.
#include <krait/web.h>

#include <chrono>

using namespace krait;
using namespace std::chrono_literals;

namespace {

// A generator needs no waiting: the next line is made when the client has taken the last one.
Generator<std::string> lines(int count) {
  for (int i = 1; i <= count; ++i) co_yield "line " + std::to_string(i) + "\n";
}

}  // namespace

int main() {
  web::App app;
  app.get("/lines", [](web::Query<"count", int, 10> count) {
    return web::StreamingResponse(lines(count), {.media_type = "text/plain"});
  });
  // A coroutine may wait between the pieces.
  app.get("/clock", [] {
    return web::StreamingResponse(
        [](web::ResponseWriter& out) -> Coroutine<> {
          for (int second = 1; second <= 5; ++second) {
            const std::string piece = std::to_string(second) + " s\n";
            co_await out.write(piece);
            co_await asyncio::sleep(1s);
          }
        },
        {.media_type = "text/plain"});
  });
  // curl -T some-large-file http://127.0.0.1:5000/size
  app.put("/size",
          [](web::Request& request) -> Coroutine<json::Object> {
            std::size_t size = 0;
            auto stream = request.stream();
            while (auto chunk = co_await stream.next()) size += chunk->size();
            co_return json::Object{{"size", size}};
          },
          {.max_body_size = std::uint64_t{1} << 40});
  web::run(app);
}
