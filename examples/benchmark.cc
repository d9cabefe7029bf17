// Run: build/examples/benchmark 8000, then: wrk -t1 -c64 -d5 http://127.0.0.1:8000/plaintext
//
// The four routes that web frameworks are compared by, on one worker and without an access log.
#include <krait/web.h>

#include <cstdio>
#include <cstdlib>

using namespace krait;

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

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: benchmark PORT\n", stderr);
    return 2;
  }
  web::App app;
  app.get("/plaintext", [] { return web::PlainTextResponse("Hello, World!"); });
  app.get("/json", [] { return Message{"Hello, World!"}; });
  app.get("/items/{item_id}",
          [](int item_id, web::Query<"q", std::optional<std::string>> q) { return Found{item_id, std::move(*q)}; });
  app.post("/items", [](Item item) { return item; });
  web::run(app, {.port = std::atoi(argv[1]), .log_level = "warning", .access_log = false});
}
