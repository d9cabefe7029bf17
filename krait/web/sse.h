#pragma once
// Server-Sent Events: a response that goes on, one event at a time.
//
//   app.get("/ticks", [] {
//     return web::EventSourceResponse([](web::EventSender& events) -> Coroutine<> {
//       for (int i = 0; i < 10; ++i) {
//         co_await events.send({.data = std::to_string(i), .event = "tick"});
//         co_await asyncio::sleep(1s);
//       }
//     });
//   });
//
// When the client leaves, the coroutine is cancelled where it waits. Python: sse_starlette.sse

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "krait/asyncio/locks.h"
#include "krait/web/responses.h"

namespace krait::web {

// Python: sse_starlette.ServerSentEvent
struct ServerSentEvent {
  std::string data = {};                                // any number of lines
  std::string event = {};                               // its type; "": "message"
  std::string id = {};                                  // what the browser sends back as Last-Event-ID; "": none
  std::optional<std::chrono::milliseconds> retry = {};  // how long the browser waits before it connects again
  std::string comment = {};                             // lines that browsers ignore
};

// The event as it goes over the wire. Throws ValueError for a line break in `event` or `id`. Python: event.encode()
//   event := (":" comment LF)* ["id: " id LF] ["event: " name LF] ("data: " line LF)* ["retry: " ms LF] LF
std::string encode(const ServerSentEvent& event);

// Where the events go.
class EventSender {
 public:
  explicit EventSender(ResponseWriter& out) : out_(out) {}
  EventSender(const EventSender&) = delete;
  EventSender& operator=(const EventSender&) = delete;

  // Sends one event, and comes back when the client takes more. Any number of tasks may send.
  // Throws ValueError as encode does, ClientDisconnect.
  Coroutine<> send(ServerSentEvent event);

  bool _sent_since_last_look() noexcept { return std::exchange(sent_, false); }

 private:
  ResponseWriter& out_;
  bool busy_ = false;
  bool sent_ = false;
  asyncio::Event free_;
};

struct EventSourceOptions {
  // A comment is sent when nothing else was for so long, so that proxies keep the connection and a client that
  // vanished is noticed; zero: never.
  std::chrono::nanoseconds ping = std::chrono::seconds(15);
  int status_code = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// Sets Cache-Control: no-store and X-Accel-Buffering: no, unless given. Python: EventSourceResponse
class EventSourceResponse : public Response {
 public:
  // A coroutine function that sends events until it ends.
  explicit EventSourceResponse(_base::Function<Coroutine<>(EventSender&)> produce, EventSourceOptions options = {});
  // A coroutine function that gives the next event, nullopt at the end. Python: EventSourceResponse(async_generator())
  explicit EventSourceResponse(_base::Function<Coroutine<std::optional<ServerSentEvent>>()> next,
                               EventSourceOptions options = {});

 private:
  void prepare_headers(EventSourceOptions& options);
};

}  // namespace krait::web
