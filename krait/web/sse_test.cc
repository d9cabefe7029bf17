#include "krait/web/sse.h"

#include <gtest/gtest.h>

#include "krait/asyncio/queues.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/wait.h"
#include "krait/unittest/virtual_clock.h"
#include "krait/web/_ask.h"

namespace krait::web {
namespace {

using namespace std::chrono_literals;
using asyncio::run;
using unittest::VirtualClock;

TEST(ServerSentEvent, is_encoded_line_by_line) {
  EXPECT_EQ(encode({.data = "hello"}), "data: hello\n\n");
  EXPECT_EQ(encode({.data = "a\nb\r\nc\rd", .event = "tick", .id = "7", .retry = 1500ms}),
            "id: 7\nevent: tick\ndata: a\ndata: b\ndata: c\ndata: d\nretry: 1500\n\n");
  EXPECT_EQ(encode({.data = "x\n"}), "data: x\ndata: \n\n");
  EXPECT_EQ(encode({}), "data: \n\n");
  EXPECT_EQ(encode({.event = "done"}), "event: done\ndata: \n\n");
  EXPECT_EQ(encode({.comment = "a\nb"}), ": a\n: b\n\n");
  EXPECT_EQ(encode({.retry = 5ms}), "retry: 5\n\n");
}

TEST(ServerSentEvent, cannot_smuggle_another_field) {
  EXPECT_THROW(encode({.event = "a\ndata: b"}), ValueError);
  EXPECT_THROW(encode({.id = "1\r"}), ValueError);
  EXPECT_THROW(encode({.id = std::string("1\0", 2)}), ValueError);
}

TEST(EventSourceResponse, sends_what_a_coroutine_sends) {
  VirtualClock clock;
  App app;
  app.get("/", [] {
    return EventSourceResponse(
        [](EventSender& events) -> Coroutine<> {
          for (int i = 0; i < 2; ++i) {
            co_await events.send({.data = std::to_string(i)});
            co_await asyncio::sleep(1s);
          }
        },
        {.headers = {{"cache-control", "no-cache"}}});
  });
  const _Answer answer = run(_ask_async(app, "GET /"));
  EXPECT_EQ(answer.pieces, (std::vector<std::string>{"data: 0\n\n", "data: 1\n\n"}));
  EXPECT_EQ(answer.header("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(answer.header("cache-control"), "no-cache");
  EXPECT_EQ(answer.header("x-accel-buffering"), "no");
}

TEST(EventSourceResponse, sends_what_a_source_gives) {
  VirtualClock clock;
  App app;
  app.get("/", [] {
    return EventSourceResponse([i = 0]() mutable -> Coroutine<std::optional<ServerSentEvent>> {
      if (i == 2) co_return std::nullopt;
      co_return ServerSentEvent{.data = std::to_string(i++)};
    });
  });
  EXPECT_EQ(run(_ask_async(app, "GET /")).body, "data: 0\n\ndata: 1\n\n");
}

TEST(EventSourceResponse, pings_only_while_nothing_else_is_sent) {
  VirtualClock clock;
  App app;
  app.get("/", [] {
    return EventSourceResponse(
        [](EventSender& events) -> Coroutine<> {
          co_await asyncio::sleep(25s);         // pings at 10 and 20
          co_await events.send({.data = "x"});  // so none at 30
          co_await asyncio::sleep(20s);         // one at 40
        },
        {.ping = 10s});
  });
  EXPECT_EQ(run(_ask_async(app, "GET /")).body, ": ping\n\n: ping\n\ndata: x\n\n: ping\n\n");
}

TEST(EventSourceResponse, that_is_cancelled_takes_its_pings_along) {
  VirtualClock clock;
  App app;
  bool cancelled = false;
  app.get("/", [&cancelled] {
    return EventSourceResponse([&cancelled](EventSender&) -> Coroutine<> {
      try {
        co_await asyncio::sleep(1h);
      } catch (const asyncio::CancelledError&) {
        cancelled = true;
        throw;
      }
    });
  });
  run([](App& served) -> Coroutine<> {
    asyncio::Task<_Answer> task = asyncio::create_task(_ask_async(served, "GET /"));
    co_await asyncio::sleep(20s);
    EXPECT_EQ(asyncio::all_tasks().size(), 3u);
    task.cancel();
    co_await asyncio::wait(std::vector{task});
    EXPECT_TRUE(task.cancelled());
    EXPECT_EQ(asyncio::all_tasks().size(), 1u);
  }(app));
  EXPECT_TRUE(cancelled);
}

TEST(EventSourceResponse, passes_an_error_on) {
  VirtualClock clock;
  App app;
  app.get("/", [] {
    return EventSourceResponse([](EventSender& events) -> Coroutine<> {
      co_await events.send({.data = "x"});
      throw ValueError("broken");
    });
  });
  EXPECT_THROW(run(_ask_async(app, "GET /")), ValueError);
}

// A client that takes one piece a second.
class SlowWriter final : public ResponseWriter {
 public:
  std::string text;
  int writing = 0;
  Coroutine<> write(std::string_view chunk) override {
    EXPECT_EQ(writing++, 0) << "two pieces at once";
    co_await asyncio::sleep(1s);
    text.append(chunk);
    --writing;
  }
};

TEST(EventSender, sends_one_event_at_a_time_whoever_sends) {
  VirtualClock clock;
  run([]() -> Coroutine<> {
    SlowWriter writer;
    EventSender events(writer);
    std::vector<asyncio::Task<>> tasks;
    for (int i = 0; i < 3; ++i) tasks.push_back(asyncio::create_task(events.send({.data = std::to_string(i)})));
    co_await asyncio::wait(tasks);
    EXPECT_EQ(writer.text, "data: 0\n\ndata: 1\n\ndata: 2\n\n");
  }());
}

}  // namespace
}  // namespace krait::web
