#include "krait/web/app.h"

#include <gtest/gtest.h>

#include "krait/asyncio/exceptions.h"
#include "krait/web/_ask.h"

namespace krait::web {
namespace {

KRAIT_EXCEPTION(TeapotError, ValueError);
KRAIT_EXCEPTION(SmallTeapotError, TeapotError);

// An app whose errors do not go to the terminal.
struct Quiet : App {
  std::vector<std::string> errors;
  explicit Quiet(AppOptions options = {}) : App(std::move(options)) {
    _set_error_log([this](const Request& request, const std::exception_ptr& error) {
      errors.push_back(std::string(request.target()) + " " + repr(error));
    });
  }
};

std::string ask(App& app, const std::string& line, _Question question = {}) {
  const _Answer answer = _ask(app, line, std::move(question));
  return std::to_string(answer.status) + " " + answer.body;
}

struct Couple {
  int a;
  std::optional<std::string> b;
};
KRAIT_DESCRIBE(Couple, a, b);

TEST(App, answers_what_a_handler_gives_as_json) {
  App app;
  app.get("/text", [] { return "text"; });
  app.get("/string", [] { return std::string("string"); });
  app.get("/number", [] { return 1.5; });
  app.get("/struct", [] { return Couple{1, "x"}; });
  app.get("/list", [] { return std::vector<Couple>{{1, std::nullopt}}; });
  app.get("/dict", [] { return json::Object{{"a", json::Array{1, true}}}; });
  app.get("/optional", [] { return std::optional<int>(); });
  app.get("/none", [] {});
  app.get("/created", [] { return 1; }, {.status_code = 201});
  app.get("/empty", [] { return 1; }, {.status_code = 204});
  app.get("/coroutine", []() -> Coroutine<Couple> { co_return Couple{2, std::nullopt}; });
  app.get("/nothing", []() -> Coroutine<> { co_return; });
  EXPECT_EQ(ask(app, "GET /text"), "200 \"text\"");
  EXPECT_EQ(ask(app, "GET /string"), "200 \"string\"");
  EXPECT_EQ(ask(app, "GET /number"), "200 1.5");
  EXPECT_EQ(ask(app, "GET /struct"), "200 {\"a\":1,\"b\":\"x\"}");
  EXPECT_EQ(ask(app, "GET /list"), "200 [{\"a\":1,\"b\":null}]");
  EXPECT_EQ(ask(app, "GET /dict"), "200 {\"a\":[1,true]}");
  EXPECT_EQ(ask(app, "GET /optional"), "200 null");
  EXPECT_EQ(ask(app, "GET /none"), "200 null");
  EXPECT_EQ(ask(app, "GET /created"), "201 1");
  EXPECT_EQ(ask(app, "GET /empty"), "204 ");
  EXPECT_EQ(ask(app, "GET /coroutine"), "200 {\"a\":2,\"b\":null}");
  EXPECT_EQ(ask(app, "GET /nothing"), "200 null");
  EXPECT_EQ(_ask(app, "GET /struct").header("content-type"), "application/json");
}

TEST(App, needs_no_coroutine_for_a_plain_function) {
  App app;
  app.get("/now", [] { return 1; });
  app.get("/later", []() -> Coroutine<int> { co_return 1; });
  app.post("/body", [](json::Value value) { return value; });
  EXPECT_TRUE(_ask(app, "GET /now").at_once);
  EXPECT_TRUE(_ask(app, "GET /missing").at_once);
  EXPECT_FALSE(_ask(app, "GET /later").at_once);
  EXPECT_TRUE(_ask(app, "POST /body", {.body = "1"}).at_once);
  EXPECT_FALSE(_ask(app, "POST /body", {.body = "1", .piece = 1}).at_once);
}

int double_it(int n) { return 2 * n; }
struct Counter {
  int count = 0;
  int operator()() { return ++count; }
};

TEST(App, takes_functions_and_objects_as_handlers) {
  App app;
  app.get("/double/{n}", double_it);
  app.get("/count", Counter());
  EXPECT_EQ(ask(app, "GET /double/4"), "200 8");
  EXPECT_EQ(ask(app, "GET /count"), "200 1");
  EXPECT_EQ(ask(app, "GET /count"), "200 2");
}

TEST(Errors, an_http_exception_is_the_answer) {
  Quiet app;
  app.get("/teapot", []() -> int { throw HTTPException(418, json::Object{{"a", 1}}, {{"X-Reason", "asked"}}); });
  app.get("/later", []() -> Coroutine<int> {
    throw HTTPException(404);
    co_return 1;
  });
  app.get("/empty", []() -> int { throw HTTPException(204); });
  EXPECT_EQ(ask(app, "GET /teapot"), "418 {\"detail\":{\"a\":1}}");
  EXPECT_EQ(_ask(app, "GET /teapot").header("x-reason"), "asked");
  EXPECT_EQ(ask(app, "GET /later"), "404 {\"detail\":\"Not Found\"}");
  EXPECT_EQ(ask(app, "GET /empty"), "204 ");
  EXPECT_TRUE(app.errors.empty());
}

TEST(Errors, that_nobody_expected_are_a_500_and_logged) {
  Quiet app;
  app.get("/now", []() -> int { throw ValueError("boom"); });
  app.get("/later", []() -> Coroutine<int> {
    throw std::runtime_error("later");
    co_return 1;
  });
  app.get("/odd", []() -> int { throw 7; });
  app.get("/nan", [] { return 0.0 / 0.0; });
  for (const char* path : {"/now", "/later", "/odd", "/nan"}) {
    const _Answer answer = _ask(app, std::string("GET ") + path);
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body, "Internal Server Error");
    EXPECT_EQ(answer.header("content-type"), "text/plain; charset=utf-8");
  }
  ASSERT_EQ(app.errors.size(), 4u);
  EXPECT_EQ(app.errors[0], "/now ValueError('boom')");
  EXPECT_EQ(app.errors[1], "/later runtime_error('later')");
  EXPECT_EQ(app.errors[3], "/nan ValueError('Out of range float values are not JSON compliant')");
}

TEST(Errors, a_cancellation_passes_through) {
  Quiet app;
  app.get("/", []() -> Coroutine<int> {
    throw asyncio::CancelledError();
    co_return 1;
  });
  app.middleware([](Request& request, Next next) -> Coroutine<Response> { co_return co_await next(request); });
  EXPECT_THROW(_ask(app, "GET /"), asyncio::CancelledError);
  EXPECT_TRUE(app.errors.empty());
}

TEST(Errors, go_to_the_handler_of_the_most_derived_class) {
  Quiet app;
  const auto named = [](const char* name) {
    return [name](Request&, const auto& error) {
      return PlainTextResponse(std::string(name) + ": " + error.what(), {.status_code = 418});
    };
  };
  app.exception_handler<TeapotError>(named("teapot"));
  app.exception_handler<ValueError>(named("value"));
  app.exception_handler<SmallTeapotError>(named("small"));
  app.get("/teapot", []() -> int { throw TeapotError("a"); });
  app.get("/small", []() -> Coroutine<int> {
    throw SmallTeapotError("b");
    co_return 1;
  });
  app.get("/value", []() -> int { throw ValueError("c"); });
  app.get("/other", []() -> int { throw KeyError("d"); });
  EXPECT_EQ(ask(app, "GET /teapot"), "418 teapot: a");
  EXPECT_EQ(ask(app, "GET /small"), "418 small: b");
  EXPECT_EQ(ask(app, "GET /value"), "418 value: c");
  EXPECT_EQ(ask(app, "GET /other"), "500 Internal Server Error");
  EXPECT_EQ(app.errors.size(), 1u);
}

TEST(Errors, may_be_handled_by_a_coroutine) {
  Quiet app;
  app.exception_handler<TeapotError>([](Request& request, const TeapotError& error) -> Coroutine<Response> {
    const std::string body(co_await request.body());
    co_return PlainTextResponse(std::string(error.what()) + " " + body, {.status_code = 418});
  });
  app.post("/now", []() -> int { throw TeapotError("a"); });
  app.post("/later", []() -> Coroutine<int> {
    throw TeapotError("b");
    co_return 1;
  });
  EXPECT_EQ(ask(app, "POST /now", {.body = "body"}), "418 a body");
  EXPECT_EQ(ask(app, "POST /later", {.body = "body", .piece = 1}), "418 b body");
}

TEST(Errors, of_validation_and_unknown_paths_can_be_handled) {
  Quiet app;
  app.exception_handler<RequestValidationError>([](Request&, const RequestValidationError& error) {
    return PlainTextResponse(error.errors()[0].msg, {.status_code = 400});
  });
  app.exception_handler(404, [](Request& request, const HTTPException& error) {
    return PlainTextResponse("no " + std::string(request.path()), {.status_code = error.status_code});
  });
  app.get("/{n}", [](int n) {
    if (n == 0) throw HTTPException(404, "zero");
    return n;
  });
  EXPECT_EQ(ask(app, "GET /x"), "400 Input should be a valid integer, unable to parse string as an integer");
  EXPECT_EQ(ask(app, "GET /0"), "404 no /0");
  EXPECT_EQ(ask(app, "GET /a/b"), "404 no /a/b");
  EXPECT_EQ(ask(app, "POST /1"), "405 {\"detail\":\"Method Not Allowed\"}");
}

TEST(Errors, a_handler_for_everything_leaves_http_exceptions_alone) {
  Quiet app;
  app.exception_handler<std::exception>(
      [](Request&, const std::exception& error) { return PlainTextResponse(error.what(), {.status_code = 503}); });
  app.get("/boom", []() -> int { throw ValueError("boom"); });
  app.get("/http", []() -> int { throw HTTPException(409, "conflict"); });
  EXPECT_EQ(ask(app, "GET /boom"), "503 boom");
  EXPECT_EQ(ask(app, "GET /http"), "409 {\"detail\":\"conflict\"}");
  EXPECT_EQ(app.errors.size(), 1u);
}

TEST(Errors, of_an_error_handler_are_a_500) {
  Quiet app;
  app.exception_handler<TeapotError>([](Request&, const TeapotError&) -> Response { throw KeyError("now"); });
  app.exception_handler<SmallTeapotError>([](Request&, const SmallTeapotError&) -> Coroutine<Response> {
    throw KeyError("later");
    co_return Response();
  });
  app.exception_handler(418, [](Request&, const HTTPException&) -> Response { throw KeyError("status"); });
  app.get("/now", []() -> int { throw TeapotError(); });
  app.get("/later", []() -> int { throw SmallTeapotError(); });
  app.get("/status", []() -> int { throw HTTPException(418); });
  for (const char* path : {"/now", "/later", "/status"}) {
    EXPECT_EQ(ask(app, std::string("GET ") + path), "500 Internal Server Error");
    EXPECT_EQ(app.errors.back(), std::string(path) + " KeyError('" + (path + 1) + "')");
  }
}

TEST(Middleware, wraps_the_routes_the_last_one_outermost) {
  Quiet app;
  std::string trace;
  const auto noting = [&trace](const char* name) {
    return [&trace, name](Request& request, Next next) -> Coroutine<Response> {
      trace.append(name).append("> ");
      Response response = co_await next(request);
      trace.append("<").append(name).append(" ");
      response.headers.append("x-by", name);
      co_return response;
    };
  };
  app.middleware(noting("a"));
  app.middleware(noting("b"));
  app.get("/", [&trace] {
    trace += "handler ";
    return 1;
  });
  EXPECT_EQ(_ask(app, "GET /").header("x-by"), "a, b");
  EXPECT_EQ(trace, "b> a> handler <a <b ");
  EXPECT_EQ(_ask(app, "GET /missing").header("x-by"), "a, b");
}

TEST(Middleware, may_answer_itself_and_sees_what_nobody_expected) {
  Quiet app;
  std::string seen;
  app.middleware([&seen](Request& request, Next next) -> Coroutine<Response> {
    if (request.headers().contains("x-stop")) co_return PlainTextResponse("stopped", {.status_code = 403});
    std::exception_ptr error;
    try {
      co_return co_await next(request);
    } catch (const std::exception&) {
      error = std::current_exception();
    }
    seen = repr(error);
    std::rethrow_exception(error);
  });
  app.get("/boom", []() -> int { throw ValueError("boom"); });
  app.get("/http", []() -> int { throw HTTPException(409, "conflict"); });
  EXPECT_EQ(ask(app, "GET /http", {.headers = {{"X-Stop", "1"}}}), "403 stopped");
  EXPECT_EQ(ask(app, "GET /http"), "409 {\"detail\":\"conflict\"}");
  EXPECT_EQ(seen, "");
  EXPECT_EQ(ask(app, "GET /boom"), "500 Internal Server Error");
  EXPECT_EQ(seen, "ValueError('boom')");
  EXPECT_EQ(app.errors.size(), 1u);
}

TEST(Middleware, may_throw_an_http_exception) {
  Quiet app;
  app.middleware([](Request&, Next) -> Coroutine<Response> {
    throw HTTPException(401, "no");
    co_return Response();
  });
  EXPECT_EQ(ask(app, "GET /"), "401 {\"detail\":\"no\"}");
}

TEST(Mount, lets_another_application_answer_below_a_path) {
  Quiet app;
  auto inner = std::make_shared<Quiet>();
  inner->get("/", [](Request& request) { return std::string(request.root_path()); });
  inner->get("/item/{n}", [](int n) { return n; });
  inner->get("/slash/", []() -> Coroutine<std::string> { co_return "slash"; });
  inner->get("/boom", []() -> int { throw ValueError("inner"); });
  inner->get("/teapot", []() -> Coroutine<int> {
    throw TeapotError("inner");
    co_return 1;
  });
  inner->exception_handler<TeapotError>([](Request&, const TeapotError& error) -> Coroutine<Response> {
    co_return PlainTextResponse(error.what(), {.status_code = 418});
  });
  app.mount("/sub", inner);
  app.get("/sub/own", [] { return "outer"; });
  EXPECT_EQ(ask(app, "GET /sub/"), "200 \"/sub\"");
  EXPECT_EQ(ask(app, "GET /sub/item/5"), "200 5");
  EXPECT_EQ(ask(app, "GET /sub/slash/"), "200 \"slash\"");
  EXPECT_EQ(ask(app, "GET /sub/own"), "200 \"outer\"");
  EXPECT_EQ(ask(app, "GET /sub/none"), "404 {\"detail\":\"Not Found\"}");
  EXPECT_EQ(ask(app, "POST /sub/item/5"), "405 {\"detail\":\"Method Not Allowed\"}");
  EXPECT_EQ(_ask(app, "GET /sub").header("location"), "http://testserver/sub/");
  EXPECT_EQ(_ask(app, "GET /sub/slash").header("location"), "http://testserver/sub/slash/");
  EXPECT_EQ(ask(app, "GET /subway"), "404 {\"detail\":\"Not Found\"}");
  EXPECT_EQ(ask(app, "GET /sub/boom"), "500 Internal Server Error");
  EXPECT_EQ(inner->errors.size(), 1u);
  EXPECT_EQ(ask(app, "GET /sub/teapot"), "418 inner");
  EXPECT_THROW(app.mount("/sub/", inner), ValueError);
  EXPECT_THROW(app.mount("sub", inner), ValueError);
}

TEST(App, runs_its_startup_and_shutdown_functions_in_order) {
  App app;
  std::string trace;
  for (const char* name : {"a", "b"}) {
    app.on_startup([&trace, name]() -> Coroutine<> {
      trace.append("+").append(name);
      co_return;
    });
    app.on_shutdown([&trace, name]() -> Coroutine<> {
      trace.append("-").append(name);
      co_return;
    });
  }
  app.get("/", [&app]() -> Coroutine<> {
    co_await app.startup();
    co_await app.shutdown();
  });
  EXPECT_EQ(ask(app, "GET /"), "200 null");
  EXPECT_EQ(trace, "+a+b-a-b");
}

}  // namespace
}  // namespace krait::web
