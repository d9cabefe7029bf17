#include "krait/web/routing.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"
#include "krait/web/_ask.h"

namespace krait::web {
namespace {

// Routes whose answers tell which one it was and what its parameters were.
void add(App& app, const char* method, const std::string& path) {
  app.add_api_route(path,
                    [path](Request& request) {
                      std::string all = path;
                      for (const Pair& p : request.path_params())
                        all.append(" ").append(p.name).append("=").append(p.value);
                      return PlainTextResponse(all);
                    },
                    {method});
}

std::string ask(App& app, const std::string& line) {
  const _Answer answer = _ask(app, line);
  return answer.status == 200 ? answer.body : std::to_string(answer.status);
}

template <class F>
std::string error_of(F function) {
  try {
    function();
  } catch (const ValueError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Router, prefers_text_to_a_typed_parameter_and_that_to_a_plain_one) {
  App app;
  for (const char* path : {"/x/{any}", "/x/{rest:path}", "/x/{number:int}", "/x/me", "/x/{f:float}", "/x/{u:uuid}"}) {
    add(app, "GET", path);
  }
  EXPECT_EQ(ask(app, "GET /x/me"), "/x/me");
  EXPECT_EQ(ask(app, "GET /x/5"), "/x/{number:int} number=5");
  EXPECT_EQ(ask(app, "GET /x/5.5"), "/x/{f:float} f=5.5");
  EXPECT_EQ(ask(app, "GET /x/123e4567-e89b-12d3-a456-426614174000"),
            "/x/{u:uuid} u=123e4567-e89b-12d3-a456-426614174000");
  EXPECT_EQ(ask(app, "GET /x/you"), "/x/{any} any=you");
  EXPECT_EQ(ask(app, "GET /x/a/b"), "/x/{rest:path} rest=a/b");
  EXPECT_EQ(ask(app, "GET /x/"), "/x/{rest:path} rest=");
}

TEST(Router, goes_back_when_a_preferred_branch_leads_nowhere) {
  App app;
  add(app, "GET", "/a/b/c");
  add(app, "GET", "/a/{x}/d");
  add(app, "GET", "/{y}/b/{z}");
  add(app, "DELETE", "/a/{x}");
  add(app, "GET", "/a/b");
  EXPECT_EQ(ask(app, "GET /a/b/d"), "/a/{x}/d x=b");
  EXPECT_EQ(ask(app, "GET /a/b/e"), "/{y}/b/{z} y=a z=e");
  EXPECT_EQ(ask(app, "DELETE /a/b"), "/a/{x} x=b");
}

TEST(Router, matches_within_a_segment) {
  App app;
  add(app, "GET", "/file/{name}.{suffix}");
  add(app, "GET", "/{path:path}/edit");
  add(app, "GET", "/v{n:int}");
  EXPECT_EQ(ask(app, "GET /file/a.b.c"), "/file/{name}.{suffix} name=a.b suffix=c");
  EXPECT_EQ(ask(app, "GET /x/y/edit"), "/{path:path}/edit path=x/y");
  EXPECT_EQ(ask(app, "GET /v12"), "/v{n:int} n=12");
  EXPECT_EQ(ask(app, "GET /vx"), "404");
}

TEST(Router, names_every_method_of_a_path_in_allow) {
  App app;
  add(app, "GET", "/x/{a}");
  add(app, "PUT", "/x/{b}");
  add(app, "DELETE", "/x/y");
  const _Answer answer = _ask(app, "PATCH /x/y");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.header("allow"), "DELETE, GET, PUT");
  EXPECT_EQ(answer.body, R"({"detail":"Method Not Allowed"})");
  EXPECT_EQ(ask(app, "HEAD /x/y"), "405");
  EXPECT_EQ(ask(app, "PUT /x/1"), "/x/{b} b=1");
}

TEST(Router, serves_any_method_where_a_star_stands) {
  App app;
  add(app, "*", "/any");
  add(app, "GET", "/any");
  EXPECT_EQ(ask(app, "BREW /any"), "/any");
}

TEST(Router, redirects_to_the_path_with_or_without_its_last_slash) {
  App app;
  add(app, "GET", "/things/");
  add(app, "GET", "/items/{id}");
  const _Answer with = _ask(app, "GET /things?x=1&y=%20");
  EXPECT_EQ(with.status, 307);
  EXPECT_EQ(with.header("location"), "http://testserver/things/?x=1&y=%20");
  EXPECT_EQ(_ask(app, "POST /items/5/").header("location"), "http://testserver/items/5");
  EXPECT_EQ(_ask(app, "GET /items/%C3%A4%3F/").header("location"), "http://testserver/items/%C3%A4%3F");
  EXPECT_EQ(ask(app, "GET /things//"), "404");
  EXPECT_EQ(ask(app, "GET //things"), "404");
  EXPECT_EQ(ask(app, "GET /items/"), "404");
  EXPECT_EQ(ask(app, "GET /"), "404");
}

TEST(Router, sees_the_decoded_path) {
  App app;
  add(app, "GET", "/s/{name}");
  add(app, "GET", "/caf\xc3\xa9");
  EXPECT_EQ(ask(app, "GET /s/a%2Fb"), "404");
  EXPECT_EQ(ask(app, "GET /s/%ff"), "/s/{name} name=\xef\xbf\xbd");
  EXPECT_EQ(ask(app, "GET /caf%C3%A9"), "/caf\xc3\xa9");
  EXPECT_EQ(ask(app, "GET /%73/x"), "/s/{name} name=x");
}

TEST(Routes, refuse_a_handler_that_does_not_fit_its_path) {
  App app;
  EXPECT_EQ(error_of([&] { app.get("/x", [](int) { return 1; }); }),
            "cannot add the route GET /x: the handler's parameter 1 would be a path parameter, but the path has 0; "
            "for a query parameter write web::Query<\"name\", T>");
  EXPECT_EQ(error_of([&] { app.get("/x/{a}", [] { return 1; }); }),
            "cannot add the route GET /x/{a}: no parameter of the handler takes {a}");
  EXPECT_EQ(error_of([&] { app.put("/x/{a}", [](Path<"b", int>) { return 1; }); }),
            "cannot add the route PUT /x/{a}: the path has no parameter {b}");
  EXPECT_EQ(error_of([&] { app.post("/x", [](Body<json::Value>, json::Object) { return 1; }); }),
            "cannot add the route POST /x: the handler takes the JSON body 2 times");
}

TEST(Routes, refuse_what_is_there_already) {
  App app;
  add(app, "GET", "/x/{a}");
  EXPECT_EQ(error_of([&] { add(app, "GET", "/x/{b}"); }), "cannot add the route GET /x/{b}: there is one already");
  EXPECT_EQ(error_of([&] { add(app, "G T", "/y"); }), "cannot add the route G T /y: 'G T' is no method");
  EXPECT_EQ(ask(app, "GET /x/1"), "/x/{a} a=1");
}

TEST(APIRouter, puts_its_prefix_before_its_paths) {
  APIRouter inner({.prefix = "/inner"});
  inner.get("/{n}", [](int n) { return n; });
  APIRouter outer;
  outer.include_router(inner, {.prefix = "/outer"});
  outer.get("", [] { return "root"; });
  App app;
  app.include_router(outer, {.prefix = "/api"});
  EXPECT_EQ(ask(app, "GET /api/outer/inner/7"), "7");
  EXPECT_EQ(ask(app, "GET /api"), "\"root\"");
  EXPECT_EQ(error_of([] { APIRouter({.prefix = "x"}); }), "cannot make a router: the prefix 'x' must start with '/'");
  EXPECT_EQ(error_of([] { APIRouter({.prefix = "/x/"}); }),
            "cannot make a router: the prefix '/x/' must not end with '/'");
}

}  // namespace
}  // namespace krait::web
