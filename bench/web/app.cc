// Run: ./dev bench web
//
// What one request costs within the application: route, bind, handler, response, without reading or writing a socket. The
// head is parsed once; each round begins the request anew, as a connection does.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <new>

#include "krait/web.h"
#include "krait/wire/h1/connection.h"

using namespace krait;

namespace {
std::size_t allocations = 0;
}

// Counted, to show that a warmed-up request makes none.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* block = std::malloc(size)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }

struct Message {
  std::string_view message;
};
KRAIT_DESCRIBE(Message, message);

struct Found {
  int item_id;
  std::optional<std::string> q;
};
KRAIT_DESCRIBE(Found, item_id, q);

struct Item {
  std::string name;
  double price;
  std::optional<std::string> description;
  std::optional<double> tax;
};
KRAIT_DESCRIBE(Item, name, price, description, tax);

namespace {

class Body final : public web::_BodySource {
 public:
  explicit Body(std::string_view text) : text_(text) {}
  Coroutine<std::string_view> next_chunk() override { co_return ""; }
  std::optional<std::string_view> take_whole() override { return text_; }

 private:
  std::string_view text_;
};

void add_routes(web::App& app) {
  app.get("/plaintext", [] { return web::PlainTextResponse("Hello, World!"); });
  app.get("/json", [] { return Message{"Hello, World!"}; });
  app.get("/json/response", [] { return web::JSONResponse({{"message", "Hello, World!"}}); });
  app.get("/items/{item_id}",
          [](int item_id, web::Query<"q", std::optional<std::string>> q) { return Found{item_id, std::move(*q)}; });
  app.get("/dict/{item_id}", [](int item_id, web::Query<"q", std::optional<std::string>> q) {
    return json::Object{{"item_id", item_id}, {"q", *q}};
  });
  app.post("/items", [](Item item) { return item; });
  app.get("/coroutine", []() -> Coroutine<Message> { co_return Message{"Hello, World!"}; });
}

void measure(benchmark::State& state, const std::string& line, const std::string& body = "") {
  web::App app;
  add_routes(app);
  wire::h1::ServerConnection connection;
  std::string head = line + " HTTP/1.1\r\nHost: localhost:8000\r\nUser-Agent: wrk\r\nAccept: */*\r\n";
  if (!body.empty())
    head += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  connection.receive_data(head + "\r\n");
  if (connection.next_event() != wire::h1::Event::Request) std::abort();
  Body source(body);
  const web::Address client{"127.0.0.1", 50000};
  web::Request request;
  web::Response response;
  const auto ask = [&] {
    response._reset();
    request._begin(connection.request(), source, client);
    if (app.try_handle(request, response)) return;
    auto root = app.handle(request, response)._release();
    root.resume();
    if (!root.done()) std::abort();
    root.destroy();
  };
  for (int i = 0; i < 100; ++i) ask();
  if (response.status_code != 200) std::abort();
  const std::size_t before = allocations;
  for (auto _ : state) {
    ask();
    benchmark::DoNotOptimize(response.body.data());
  }
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(allocations - before), benchmark::Counter::kAvgIterations);
}

}  // namespace

BENCHMARK_CAPTURE(measure, plaintext, std::string("GET /plaintext"));
BENCHMARK_CAPTURE(measure, json, std::string("GET /json"));
BENCHMARK_CAPTURE(measure, json_response, std::string("GET /json/response"));
BENCHMARK_CAPTURE(measure, item, std::string("GET /items/42?q=somequery"));
BENCHMARK_CAPTURE(measure, item_of_dict, std::string("GET /dict/42?q=somequery"));
BENCHMARK_CAPTURE(measure, post_item, std::string("POST /items"),
                  std::string(R"({"name":"tea","price":3.5,"tax":0.2})"));
BENCHMARK_CAPTURE(measure, coroutine, std::string("GET /coroutine"));

BENCHMARK_MAIN();
