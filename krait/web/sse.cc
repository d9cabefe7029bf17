#include "krait/web/sse.h"

#include "krait/asyncio/tasks.h"
#include "krait/asyncio/wait.h"

namespace krait::web {

namespace {

// "name: line\n" for every line of `text`; CR LF, CR and LF end one.
void append_lines(std::string_view name, std::string_view text, std::string& out) {
  while (true) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    out.append(name).append(text.substr(0, end)).append("\n");
    if (end == text.size()) return;
    const bool crlf = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
    text.remove_prefix(end + (crlf ? 2 : 1));
  }
}

void append_field(std::string_view name, const std::string& value, std::string& out) {
  if (value.empty()) return;
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    throw ValueError("cannot send an event: its " + std::string(name) + " has a line break");
  }
  out.append(name).append(": ").append(value).append("\n");
}

// Ends by being cancelled.
Coroutine<> ping(EventSender& events, std::chrono::nanoseconds interval) {
  while (true) {
    co_await asyncio::sleep(interval);
    if (events._sent_since_last_look()) continue;
    co_await events.send({.comment = "ping"});
    events._sent_since_last_look();  // its own does not count
  }
}

Coroutine<> run(_base::Function<Coroutine<>(EventSender&)>& produce, std::chrono::nanoseconds interval,
                ResponseWriter& out) {
  EventSender events(out);
  if (interval.count() <= 0) {
    co_await produce(events);
    co_return;
  }
  asyncio::Task<> pinging = asyncio::create_task(ping(events, interval), "ping");
  std::exception_ptr error;
  try {
    co_await produce(events);
  } catch (...) {
    error = std::current_exception();
  }
  // `events` must outlive the task that pings, even if this one is cancelled meanwhile.
  pinging.cancel();
  while (!pinging.done()) {
    try {
      co_await asyncio::wait(std::vector{pinging});
    } catch (const asyncio::CancelledError&) {
      error = std::current_exception();
    }
  }
  if (!pinging.cancelled() && !error) error = pinging.exception();
  if (error) std::rethrow_exception(error);
}

Coroutine<> send_all(_base::Function<Coroutine<std::optional<ServerSentEvent>>()>& next, EventSender& events) {
  while (true) {
    std::optional<ServerSentEvent> event = co_await next();
    if (!event) break;
    co_await events.send(std::move(*event));
  }
}

}  // namespace

std::string encode(const ServerSentEvent& event) {
  std::string out;
  if (!event.comment.empty()) append_lines(": ", event.comment, out);
  append_field("id", event.id, out);
  append_field("event", event.event, out);
  const bool only_comment = event.data.empty() && event.event.empty() && event.id.empty();
  if (!only_comment || (event.comment.empty() && !event.retry)) append_lines("data: ", event.data, out);
  if (event.retry) out.append("retry: ").append(std::to_string(event.retry->count())).append("\n");
  return out + "\n";
}

Coroutine<> EventSender::send(ServerSentEvent event) {
  const std::string text = encode(event);
  while (busy_) {
    free_.clear();
    co_await free_.wait();
  }
  busy_ = true;
  sent_ = true;
  std::exception_ptr error;
  try {
    co_await out_.write(text);
  } catch (...) {
    error = std::current_exception();
  }
  busy_ = false;
  free_.set();
  if (error) std::rethrow_exception(error);
}

void EventSourceResponse::prepare_headers(EventSourceOptions& options) {
  apply({options.status_code, std::move(options.headers), {}}, "content-type: text/event-stream; charset=utf-8\r\n");
  headers.setdefault("cache-control", "no-store");
  headers.setdefault("x-accel-buffering", "no");
}

EventSourceResponse::EventSourceResponse(_base::Function<Coroutine<>(EventSender&)> produce,
                                         EventSourceOptions options) {
  prepare_headers(options);
  end_at_shutdown();
  _set_writer([produce = std::move(produce), interval = options.ping](ResponseWriter& out) mutable {
    return run(produce, interval, out);
  });
}

EventSourceResponse::EventSourceResponse(_base::Function<Coroutine<std::optional<ServerSentEvent>>()> next,
                                         EventSourceOptions options) {
  prepare_headers(options);
  end_at_shutdown();
  _base::Function<Coroutine<>(EventSender&)> produce = [next = std::move(next)](EventSender& events) mutable {
    return send_all(next, events);
  };
  _set_writer([produce = std::move(produce), interval = options.ping](ResponseWriter& out) mutable {
    return run(produce, interval, out);
  });
}

}  // namespace krait::web
