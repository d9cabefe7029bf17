// Run: build/examples/hello, then open http://127.0.0.1:5000/items/42?q=tea
#include <krait/web.h>
using namespace krait;

struct Item {
  std::string name;
  double price;
  std::optional<bool> is_offer;
};
KRAIT_DESCRIBE(Item, name, price, is_offer);

int main() {
  web::App app;
  app.get("/items/{item_id}", [](int item_id, web::Query<"q", std::optional<std::string>> q) {
    return json::Object{{"item_id", item_id}, {"q", *q}};
  });
  app.post("/items", [](Item item) { return item; });
  web::run(app, {.host = "127.0.0.1", .port = 5000});
}
