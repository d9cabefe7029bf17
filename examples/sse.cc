// Run: build/examples/sse, then: curl -N http://127.0.0.1:5000/countdown?from=5 (or open http://127.0.0.1:5000)
//
// Server-Sent Events: a countdown that the browser shows as it comes. Leaving the page cancels it.
#include <krait/web.h>

#include <chrono>

using namespace krait;
using namespace std::chrono_literals;

constexpr const char* page = R"(<!doctype html>
<title>Countdown</title>
<h1 id="n">…</h1>
<script>
  const source = new EventSource("/countdown?from=10");
  source.addEventListener("tick", (event) => { document.querySelector("#n").textContent = event.data; });
  source.addEventListener("done", () => { source.close(); });
</script>
)";

int main() {
  web::App app;
  app.get("/", [] { return web::HTMLResponse(page); });
  app.get("/countdown", [](web::Query<"from", int, 10, web::Field{.ge = 1, .le = 3600}> from) {
    return web::EventSourceResponse([n = *from](web::EventSender& events) -> Coroutine<> {
      for (int i = n; i > 0; --i) {
        co_await events.send({.data = std::to_string(i), .event = "tick"});
        co_await asyncio::sleep(1s);
      }
      co_await events.send({.data = "lift-off", .event = "done"});
    });
  });
  web::run(app);
}
