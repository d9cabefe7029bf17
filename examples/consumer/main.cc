// A service in a project of its own: ./service [PORT]; port 0 takes any free one.
#include <krait/web.h>

#include <cstdlib>

using namespace krait;

int main(int argc, char** argv) {
  web::App app;
  app.get("/items/{item_id}", [](int item_id, web::Query<"q", std::optional<std::string>> q) {
    return json::Object{{"item_id", item_id}, {"q", *q}};
  });
  web::run(app, {.port = argc > 1 ? std::atoi(argv[1]) : 5000});
}
