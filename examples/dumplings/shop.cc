#include "shop.h"

#include <cerrno>
#include <filesystem>

namespace dumplings {

using namespace krait;
using namespace std::chrono_literals;

namespace {

// Far more than an order of every dish takes.
constexpr std::uint64_t kLargestOrder = 32'768;  // bytes
// How long a browser waits before it connects again.
constexpr auto kRetry = 1500ms;

// Without the spaces around it, the ideographic one of Chinese keyboards included.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces[] = {" ", "\t", "\r", "\n", "\u3000"};
  for (bool changed = true; changed;) {
    changed = false;
    for (std::string_view space : kSpaces) {
      if (text.starts_with(space)) text.remove_prefix(space.size()), changed = true;
      if (text.ends_with(space)) text.remove_suffix(space.size()), changed = true;
    }
  }
  return text;
}

[[noreturn]] void refuse_name(const std::string& given) {
  throw web::RequestValidationError({{.type = "string_too_short",
                                      .loc = {"body", "name"},
                                      .msg = "String should have at least 1 character",
                                      .input = given,
                                      .ctx = {{"min_length", 1}}}});
}

[[noreturn]] void refuse_dish(const UnknownDish& error, const std::string& given) {
  throw web::RequestValidationError({{.type = "value_error",
                                      .loc = {"body", "lines", static_cast<std::int64_t>(error.line), "dish"},
                                      .msg = std::string("Value error, ") + error.what(),
                                      .input = given,
                                      .ctx = {{"error", json::Object{}}}}});
}

OrderView take_order(Kitchen& kitchen, NewOrder order) {
  const std::string given = order.name;
  order.name = trimmed(given);
  if (order.name.empty()) refuse_name(given);
  try {
    return kitchen.place(order);
  } catch (const UnknownDish& e) {
    refuse_dish(e, order.lines[e.line].dish);
  } catch (const KitchenFull& e) {
    throw web::HTTPException(503, e.what(), {{"retry-after", "10"}});
  }
}

// The menu as the page wants it; it never changes.
std::string menu_json(const Menu& menu) {
  json::Value page = menu;
  page.as_object().set("max_quantity", kMostPortions);
  return json::dumps(page);
}

// What `listener` hears, until the client leaves. News that came together goes out together: when a thousand customers hear
// of a hundred orders at once, that is a thousand writes and not a hundred thousand.
Coroutine<> tell_all(std::unique_ptr<Listener> listener, std::string shift, web::ResponseWriter* out) {
  std::optional retry = kRetry;
  std::string text;
  while (true) {
    do {
      const auto news = co_await listener->next();
      text += web::encode({.data = news->data,
                           .event = news->event,
                           .id = shift + "-" + std::to_string(news->id),
                           .retry = std::exchange(retry, std::nullopt)});
    } while (listener->has_next());
    co_await out->write(text);
    text.clear();
  }
}

// Server-Sent Events. The kitchen's "stats" keep the connection alive, so no pings are needed.
web::Response event_stream(Kitchen& kitchen, std::optional<int> number) {
  auto listener = std::make_unique<Listener>(kitchen, number);
  web::StreamingResponse response(
      [listener = std::move(listener), shift = kitchen.shift()](web::ResponseWriter& out) mutable {
        return tell_all(std::move(listener), std::move(shift), &out);
      },
      {.headers = {{"cache-control", "no-store"}, {"x-accel-buffering", "no"}}, .media_type = "text/event-stream"});
  response.end_at_shutdown();
  return response;
}

}  // namespace

void add_routes(web::App& app, Kitchen& kitchen, const std::string& page) {
  const std::string index = page + "/index.html";
  if (!std::filesystem::is_regular_file(index)) raise_os_error(ENOENT, "open the page", index);
  app.get("/", [index] { return web::FileResponse(index, {.headers = {{"cache-control", "no-cache"}}}); });
  app.mount("/static", web::StaticFiles(page));

  app.get("/api/menu",
          [menu = menu_json(kitchen.menu())] { return web::Response(menu, {.media_type = "application/json"}); });
  app.get("/api/stats", [&kitchen] { return kitchen.stats(); });
  app.post("/orders", [&kitchen](NewOrder order) { return take_order(kitchen, std::move(order)); },
           {.status_code = 201, .max_body_size = kLargestOrder});
  app.get("/orders/{number}", [&kitchen](web::Path<"number", int> number) {
    if (auto order = kitchen.find(number)) return *order;
    throw web::HTTPException(404, "there is no order " + std::to_string(*number));
  });
  app.get("/events",
          [&kitchen](web::Query<"number", std::optional<int>> number) { return event_stream(kitchen, *number); });
}

}  // namespace dumplings
