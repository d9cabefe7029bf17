#include "krait/web/requests.h"

#include <gtest/gtest.h>

#include "krait/web/_ask.h"

namespace krait::web {
namespace {

TEST(Request, tells_what_was_asked) {
  App app;
  app.get("/a b/{name}", [](Request& request) {
    EXPECT_EQ(request.method(), "GET");
    EXPECT_EQ(request.path(), "/a b/\xc3\xa4");
    EXPECT_EQ(request.target(), "/a%20b/%C3%A4?q=1&q=2");
    EXPECT_EQ(request.query_string(), "q=1&q=2");
    EXPECT_EQ(request.query_params()["q"], "2");
    EXPECT_EQ(request.query_params().getlist("q").size(), 2u);
    EXPECT_EQ(request.path_params()["name"], "\xc3\xa4");
    EXPECT_EQ(request.headers()["x-a"], "1");
    EXPECT_EQ(request.cookies()["c"], "3");
    EXPECT_EQ(request.cookies()["d"], "4");
    EXPECT_EQ(request.client().host, "testclient");
    EXPECT_EQ(request.host(), "testserver");
    EXPECT_EQ(request.scheme(), "http");
    EXPECT_EQ(request.root_path(), "");
    EXPECT_EQ(&request.app(), &request.app());
    EXPECT_FALSE(request.is_disconnected());
    return "seen";
  });
  const _Answer answer =
      _ask(app, "GET /a%20b/%C3%A4?q=1&q=2", {.headers = {{"X-A", "1"}, {"Cookie", "c=2; c=3"}, {"Cookie", "d=4"}}});
  EXPECT_EQ(answer.body, "\"seen\"");
}

TEST(Request, gives_its_body_as_often_as_asked) {
  App app;
  app.post("/", [](Request& request) -> Coroutine<json::Array> {
    const std::string first(co_await request.body());
    const std::string second(co_await request.body());
    const json::Value parsed = co_await request.json();
    std::string streamed;
    auto stream = request.stream();
    while (auto chunk = co_await stream.next()) streamed.append(*chunk);
    co_return json::Array{first, second, parsed, streamed};
  });
  for (std::size_t piece : {0u, 2u}) {
    EXPECT_EQ(_ask(app, "POST /", {.body = "[1,2]", .piece = piece}).body, R"(["[1,2]","[1,2]",[1,2],"[1,2]"])");
  }
}

TEST(Request, streams_its_body_once) {
  App app;
  app.post("/", [](Request& request) -> Coroutine<json::Array> {
    json::Array pieces;
    auto stream = request.stream();
    while (auto chunk = co_await stream.next()) pieces.emplace_back(*chunk);
    std::string error;
    try {
      co_await request.body();
    } catch (const RuntimeError& e) {
      error = e.what();
    }
    pieces.emplace_back(error);
    co_return pieces;
  });
  EXPECT_EQ(_ask(app, "POST /", {.body = "abcde", .piece = 2}).body, R"(["ab","cd","e","Stream consumed"])");
}

TEST(Request, refuses_a_body_beyond_the_limit_however_it_comes) {
  App app({.max_body_size = 10});
  app.post("/value", [](json::Value value) { return value; });
  app.post("/await",
           [](Request& request) -> Coroutine<std::string> { co_return std::string(co_await request.body()); });
  app.post("/stream", [](Request& request) -> Coroutine<int> {
    int pieces = 0;
    auto stream = request.stream();
    while (auto chunk = co_await stream.next()) ++pieces;
    co_return pieces;
  });
  app.post("/large", [](json::Value value) { return value; }, {.max_body_size = 12});
  const std::string eleven = "\"123456789\"";
  for (const char* path : {"/value", "/await", "/stream"}) {
    for (const _Question& question : {_Question{.body = eleven}, _Question{.body = eleven, .piece = 3},
                                      _Question{.body = eleven, .piece = 3, .chunked = true}}) {
      const _Answer answer = _ask(app, std::string("POST ") + path, question);
      EXPECT_EQ(answer.status, 413) << path;
      EXPECT_EQ(answer.body, R"({"detail":"Content Too Large"})");
    }
    EXPECT_EQ(_ask(app, std::string("POST ") + path, {.body = "\"12345678\""}).status, 200) << path;
  }
  EXPECT_EQ(_ask(app, "POST /large", {.body = eleven}).body, eleven);
}

TEST(Request, is_forgotten_when_the_next_one_begins) {
  App app;
  app.get("/{n}",
          [](int n, Query<"q"> q, Cookie<"c", std::optional<std::string>> c) { return json::Array{n, *q, *c}; });
  EXPECT_EQ(_ask(app, "GET /1?q=%41", {.headers = {{"cookie", "c=\"\\041\""}}}).body, R"([1,"A","!"])");
  EXPECT_EQ(_ask(app, "GET /2?q=%42").body, R"([2,"B",null])");
}

}  // namespace
}  // namespace krait::web
