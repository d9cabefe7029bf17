#include "krait/web/responses.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"
#include "krait/web/_ask.h"

namespace krait::web {
namespace {

TEST(Response, has_the_media_type_of_its_class) {
  EXPECT_EQ(Response("x").headers._lines(), "");
  EXPECT_EQ(PlainTextResponse("x").headers._lines(), "content-type: text/plain; charset=utf-8\r\n");
  EXPECT_EQ(HTMLResponse("x").headers._lines(), "content-type: text/html; charset=utf-8\r\n");
  EXPECT_EQ(JSONResponse(1).headers._lines(), "content-type: application/json\r\n");
}

TEST(Response, takes_status_headers_and_media_type) {
  const PlainTextResponse text("x", {.status_code = 201, .headers = {{"X-A", "1"}}, .media_type = "text/csv"});
  EXPECT_EQ(text.status_code, 201);
  EXPECT_EQ(text.headers._lines(), "x-a: 1\r\ncontent-type: text/csv; charset=utf-8\r\n");
  const Response bytes("x", {.media_type = "application/octet-stream"});
  EXPECT_EQ(bytes.headers._lines(), "content-type: application/octet-stream\r\n");
  const PlainTextResponse own("x", {.headers = {{"Content-Type", "a/b"}}});
  EXPECT_EQ(own.headers._lines(), "content-type: a/b\r\n");
  EXPECT_THROW(Response("x", {.headers = {{"x", "a\r\nb"}}}), ValueError);
}

TEST(Response, of_json_is_written_at_once) {
  EXPECT_EQ(JSONResponse({{"id", 7}, {"name", std::string("tea")}}).body, R"({"id":7,"name":"tea"})");
  EXPECT_EQ(JSONResponse(json::Array{1, nullptr}).body, "[1,null]");
  EXPECT_THROW(JSONResponse(1.0 / 0.0), ValueError);
}

TEST(Response, keeps_its_content_when_it_is_moved) {
  Response from("a body that is longer than a short string", {.headers = {{"x", "1"}}});
  from.status_code = 404;
  Response to;
  to = std::move(from);
  EXPECT_EQ(to.status_code, 404);
  EXPECT_EQ(to.headers.get("x"), "1");
  EXPECT_EQ(to.body, "a body that is longer than a short string");
  to._reset();
  EXPECT_EQ(to.status_code, 200);
  EXPECT_TRUE(to.headers.empty());
  EXPECT_EQ(to.body, "");
}

// Starlette quotes URLs, but nothing that has a meaning in one.
TEST(RedirectResponse, quotes_its_location) {
  const RedirectResponse redirect("http://x/a b?\xc3\xbc=%20&\xe6\xbc\xa2#f\r\nx:y");
  EXPECT_EQ(redirect.status_code, 307);
  EXPECT_EQ(redirect.headers.get("location"), "http://x/a%20b?%C3%BC=%20&%E6%BC%A2#f%0D%0Ax:y");
  EXPECT_EQ(RedirectResponse("/x", {.status_code = 301}).status_code, 301);
}

// The lines of Starlette's set_cookie.
TEST(Cookies, are_set_as_starlette_does) {
  Response response;
  response.set_cookie("user", "a b;c", {.max_age = 3600, .httponly = true});
  response.set_cookie("u2", "v", {.expires = "Sun, 06 Nov 1994 08:49:37 GMT", .domain = "d.com", .secure = true});
  response.set_cookie("n", "x", {.max_age = 0, .path = "", .samesite = ""});
  response.set_cookie("p", "", {.secure = true, .samesite = "none", .partitioned = true});
  EXPECT_EQ(response.headers._lines(),
            "set-cookie: user=\"a b\\073c\"; HttpOnly; Max-Age=3600; Path=/; SameSite=lax\r\n"
            "set-cookie: u2=v; Domain=d.com; expires=Sun, 06 Nov 1994 08:49:37 GMT; Path=/; SameSite=lax; Secure\r\n"
            "set-cookie: n=x; Max-Age=0\r\n"
            "set-cookie: p=\"\"; Partitioned; Path=/; SameSite=none; Secure\r\n");
}

TEST(Cookies, are_deleted_by_a_date_that_has_come) {
  Response response;
  response.delete_cookie("gone", {.path = "/x"});
  const std::string line(*response.headers.get("set-cookie"));
  EXPECT_TRUE(line.starts_with("gone=\"\"; expires=")) << line;
  EXPECT_TRUE(line.ends_with(" GMT; Max-Age=0; Path=/x; SameSite=lax")) << line;
}

TEST(Cookies, refuse_what_would_break_the_line) {
  Response response;
  EXPECT_THROW(response.set_cookie("a b", "x"), ValueError);
  EXPECT_THROW(response.set_cookie("", "x"), ValueError);
  EXPECT_THROW(response.set_cookie("a", "x", {.samesite = "foo"}), ValueError);
  EXPECT_THROW(response.set_cookie("a", "x", {.path = "/; Secure"}), ValueError);
  EXPECT_THROW(response.set_cookie("a", "x", {.domain = "d\r\nx: y"}), ValueError);
  EXPECT_TRUE(response.headers.empty());
}

struct Streams {
  App app;
  Streams() {
    app.get("/generator", [] {
      return StreamingResponse(
          [](int n) -> Generator<std::string> {
            for (int i = 0; i < n; ++i) co_yield std::to_string(i);
          }(3),
          {.media_type = "text/plain"});
    });
    app.get("/source", [] {
      return StreamingResponse([i = 0]() mutable -> Coroutine<std::optional<std::string>> {
        if (i == 2) co_return std::nullopt;
        co_return "piece " + std::to_string(i++);
      });
    });
    app.get("/writer", [] {
      std::string owned = "what the writer owns lives as long as the response";
      return StreamingResponse([owned](ResponseWriter& out) -> Coroutine<> {
        co_await out.write(owned);
        co_await out.write("!");
      });
    });
  }
};

TEST(StreamingResponse, sends_the_pieces_of_each_kind_of_source) {
  Streams streams;
  EXPECT_EQ(_ask(streams.app, "GET /generator").pieces, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(_ask(streams.app, "GET /generator").header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(_ask(streams.app, "GET /source").pieces, (std::vector<std::string>{"piece 0", "piece 1"}));
  EXPECT_EQ(_ask(streams.app, "GET /writer").body, "what the writer owns lives as long as the response!");
  EXPECT_EQ(_ask(streams.app, "GET /writer").length, std::nullopt);
}

TEST(Response, runs_its_background_task_after_it_was_sent) {
  App app;
  std::string trace;
  app.get("/", [&trace] {
    PlainTextResponse response("x");
    response.set_background([&trace]() -> Coroutine<> {
      trace += "background";
      co_return;
    });
    return response;
  });
  EXPECT_EQ(_ask(app, "GET /").body, "x");
  EXPECT_EQ(trace, "background");
}

}  // namespace
}  // namespace krait::web
