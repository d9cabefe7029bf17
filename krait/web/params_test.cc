#include "krait/web/params.h"

#include <gtest/gtest.h>

#include <map>

#include "krait/web/_ask.h"

// The bodies are those of FastAPI 0.115 with pydantic 2 for the same routes and requests.
namespace krait::web {
namespace {

enum class Kind { noodle, dumpling, tea };
KRAIT_DESCRIBE_ENUM(Kind, noodle, dumpling, tea);

struct Item {
  std::string name;
  double price;
  std::optional<std::string> description;
  std::optional<double> tax;
};
KRAIT_DESCRIBE(Item, name, price, description, tax);

struct Asked {
  App app;

  Asked() {
    app.get("/items/{item_id}",
            [](int item_id, Query<"q", std::optional<std::string>> q, Query<"short", bool, false> s) {
              return json::Object{{"item_id", item_id}, {"q", *q}, {"short", *s}};
            });
    app.post("/items", [](Item item) { return item; });
    app.get("/list",
            [](Cookie<"session", int> session, Query<"tag", std::vector<int>> tag,
               Header<"x-token", std::string, Field{.min_length = 4}> token,
               Header<"x-tag", std::optional<std::vector<std::string>>> tags, Query<"ratio", double, 0.5> ratio) {
              return json::Object{{"tag", *tag}, {"t", *token}, {"s", *session}, {"xt", *tags}, {"r", *ratio}};
            });
    app.get("/path/{a}/{b}", [](Cookie<"c", int>, Query<"q", int>, Header<"h", int>, int, double) { return 1; });
    app.get("/q", [](Query<"a", int> a, Query<"b"> b, Query<"c", int, 5, Field{.gt = 0}> c) {
      return json::Array{*a, *b, *c};
    });
    app.get("/kind/{kind}", [](Kind kind, Query<"other", Kind, Kind::tea> other) {
      return json::Object{{"kind", kind}, {"other", *other}};
    });
    app.get("/swap/{a}/{b}", [](Path<"b", int> b, Path<"a", int, Field{.le = 3}> a) { return json::Array{*a, *b}; });
    app.get("/wrapped",
            [](Query<"n", int> n, Query<"s", std::optional<std::string>> s, Query<"l", std::vector<int>> l) {
              const int number = n;
              return json::Array{n, s, l, number + 1, JSONResponse({{"n", n}, {"s", s}}).body};
            });
    app.put("/any", [](json::Object object) { return object; });
    app.put("/list", [](std::vector<int> list) { return list; });
    app.put("/map", [](Body<std::map<std::string, int>> map) { return *map; });
    app.post("/optional", [](std::optional<Item> item) { return item; });
    app.post("/both/{a}", [](Item, Query<"q", int>, int) { return 1; });
    app.get("/text",
            [](Query<"t", std::string, "none"> t, Query<"o", std::optional<int>, 7> o) { return json::Array{*t, *o}; });
    app.get("/header", [](Header<"accept-language", std::string, "none"> h, Cookie<"c", std::string, "none"> c) {
      return json::Array{*h, *c};
    });
  }

  std::string operator()(const std::string& line, _Question question = {}) {
    const _Answer answer = _ask(app, line, std::move(question));
    if (answer.status == 200) return answer.body;
    return std::to_string(answer.status) + " " + answer.body;
  }
};

std::string detail(const std::string& errors) { return "422 {\"detail\":[" + errors + "]}"; }

constexpr const char* kNoInt = R"("msg":"Input should be a valid integer, unable to parse string as an integer")";

TEST(Params, come_from_the_path_and_the_query) {
  Asked ask;
  EXPECT_EQ(ask("GET /items/5"), R"({"item_id":5,"q":null,"short":false})");
  EXPECT_EQ(ask("GET /items/5?q=a&q=b&short=on"), R"({"item_id":5,"q":"b","short":true})");
  EXPECT_EQ(ask("GET /items/5.0?q=%C3%A4+b"), "{\"item_id\":5,\"q\":\"\xc3\xa4 b\",\"short\":false}");
  EXPECT_EQ(
      ask("GET /items/x?q=1&short=maybe"),
      detail(R"({"type":"int_parsing","loc":["path","item_id"],)" + std::string(kNoInt) +
             R"(,"input":"x"},{"type":"bool_parsing","loc":["query","short"],"msg":"Input should be a valid boolean, )"
             R"(unable to interpret input","input":"maybe"})"));
}

TEST(Params, by_name_take_the_path_s_parameter_of_that_name) {
  Asked ask;
  EXPECT_EQ(ask("GET /swap/1/2"), "[1,2]");
  EXPECT_EQ(ask("GET /swap/4/2"),
            detail(R"({"type":"less_than_equal","loc":["path","a"],"msg":"Input should be less than or equal to 3",)"
                   R"("input":"4","ctx":{"le":3}})"));
}

TEST(Params, may_be_enums) {
  Asked ask;
  EXPECT_EQ(ask("GET /kind/noodle"), R"({"kind":"noodle","other":"tea"})");
  EXPECT_EQ(ask("GET /kind/tea?other=rice"),
            detail(R"({"type":"enum","loc":["query","other"],"msg":"Input should be 'noodle', 'dumpling' or 'tea'",)"
                   R"("input":"rice","ctx":{"expected":"'noodle', 'dumpling' or 'tea'"}})"));
}

TEST(Params, are_written_as_what_they_hold) {
  Asked ask;
  EXPECT_EQ(ask("GET /wrapped?n=1&s=x&l=2"), R"([1,"x",[2],2,"{\"n\":1,\"s\":\"x\"}"])");
}

TEST(Params, have_defaults) {
  Asked ask;
  EXPECT_EQ(ask("GET /text"), R"(["none",7])");
  EXPECT_EQ(ask("GET /text?t=&o=8"), R"(["",8])");
}

TEST(Params, that_are_wrong_are_all_told_by_source) {
  Asked ask;
  const std::string no_int = kNoInt;
  EXPECT_EQ(
      ask("GET /path/x/y", {.headers = {{"h", "z"}, {"cookie", "c=w"}}}),
      detail(R"({"type":"int_parsing","loc":["path","a"],)" + no_int + R"(,"input":"x"},)" +
             R"({"type":"float_parsing","loc":["path","b"],"msg":"Input should be a valid number, unable to parse )"
             R"(string as a number","input":"y"},)"
             R"({"type":"missing","loc":["query","q"],"msg":"Field required","input":null},)"
             R"({"type":"int_parsing","loc":["header","h"],)" +
             no_int + R"(,"input":"z"},{"type":"int_parsing","loc":["cookie","c"],)" + no_int + R"(,"input":"w"})"));
  EXPECT_EQ(ask("GET /list"),
            detail(R"({"type":"missing","loc":["query","tag"],"msg":"Field required","input":null},)"
                   R"({"type":"missing","loc":["header","x-token"],"msg":"Field required","input":null},)"
                   R"({"type":"missing","loc":["cookie","session"],"msg":"Field required","input":null})"));
}

TEST(Params, take_every_value_of_a_list) {
  Asked ask;
  EXPECT_EQ(ask("GET /list?tag=1&tag=2&ratio=.25", {.headers = {{"x-token", "abcd"},
                                                                {"X-Token", "zz"},
                                                                {"cookie", "session=0; session=1"},
                                                                {"x-tag", "1"},
                                                                {"x-tag", "2"}}}),
            R"({"tag":[1,2],"t":"abcd","s":1,"xt":["1","2"],"r":0.25})");
  EXPECT_EQ(
      ask("GET /list?tag=1&tag=x", {.headers = {{"x-token", "abc"}, {"cookie", "session=q; session=9"}}}),
      detail(R"({"type":"int_parsing","loc":["query","tag",1],)" + std::string(kNoInt) +
             R"(,"input":"x"},{"type":"string_too_short","loc":["header","x-token"],"msg":"String should have at )"
             R"(least 4 characters","input":"abc","ctx":{"min_length":4}})"));
}

TEST(Params, of_a_query_are_read_as_python_reads_them) {
  Asked ask;
  EXPECT_EQ(ask("GET /q?a=%20+5&b=%zz%e4&c=+7"), "[5,\"%zz\xef\xbf\xbd\",7]");
  EXPECT_EQ(
      ask("GET /q?a=&b=&c=0"),
      detail(
          R"({"type":"int_parsing","loc":["query","a"],)" + std::string(kNoInt) +
          R"(,"input":""},{"type":"greater_than","loc":["query","c"],"msg":"Input should be greater than 0","input":"0","ctx":{"gt":0}})"));
  EXPECT_EQ(ask("GET /q?a=1;b=2"),
            detail(R"({"type":"int_parsing","loc":["query","a"],)" + std::string(kNoInt) +
                   R"(,"input":"1;b=2"},{"type":"missing","loc":["query","b"],"msg":"Field required","input":null})"));
}

TEST(Params, of_headers_and_cookies_are_latin1) {
  Asked ask;
  EXPECT_EQ(ask("GET /header"), R"(["none","none"])");
  EXPECT_EQ(ask("GET /header", {.headers = {{"Accept-Language", "\xe4"}, {"Cookie", "c=\"\\344\""}}}),
            "[\"\xc3\xa4\",\"\xc3\xa4\"]");
}

TEST(Body, is_validated_against_its_struct) {
  Asked ask;
  EXPECT_EQ(ask("POST /items", {.body = R"({"name":"a","price":"1.5"})"}),
            R"({"name":"a","price":1.5,"description":null,"tax":null})");
  EXPECT_EQ(ask("POST /items", {.body = R"({"name":"a"})"}),
            detail(R"({"type":"missing","loc":["body","price"],"msg":"Field required","input":{"name":"a"}})"));
  EXPECT_EQ(ask("POST /items", {.body = R"({"name":1,"price":"x","tax":[]})"}),
            detail(R"({"type":"string_type","loc":["body","name"],"msg":"Input should be a valid string","input":1},)"
                   R"({"type":"float_parsing","loc":["body","price"],"msg":"Input should be a valid number, unable to )"
                   R"(parse string as a number","input":"x"},)"
                   R"({"type":"float_type","loc":["body","tax"],"msg":"Input should be a valid number","input":[]})"));
  EXPECT_EQ(
      ask("POST /items", {.body = "[]"}),
      detail(R"({"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object )"
             R"(to extract fields from","input":[]})"));
}

TEST(Body, that_is_no_json_is_told_alone_with_its_place) {
  Asked ask;
  EXPECT_EQ(ask("POST /both/x", {.body = "{bad"}),
            detail(R"({"type":"json_invalid","loc":["body",1],"msg":"JSON decode error","input":{},)"
                   R"("ctx":{"error":"Expecting property name enclosed in double quotes"}})"));
  EXPECT_EQ(ask("POST /items", {.body = R"(["x",})"}),
            detail(R"({"type":"json_invalid","loc":["body",5],"msg":"JSON decode error","input":{},)"
                   R"("ctx":{"error":"Expecting value"}})"));
  EXPECT_EQ(ask("POST /items", {.body = "\xff\""}), R"(400 {"detail":"There was an error parsing the body"})");
  EXPECT_EQ(ask("POST /items", {.body = std::string(5000, '[')}),
            R"(400 {"detail":"There was an error parsing the body"})");
}

TEST(Body, counts_after_the_parameters) {
  Asked ask;
  EXPECT_EQ(ask("POST /both/x", {.body = "{}"}),
            detail(R"({"type":"int_parsing","loc":["path","a"],)" + std::string(kNoInt) +
                   R"(,"input":"x"},{"type":"missing","loc":["query","q"],"msg":"Field required","input":null},)"
                   R"({"type":"missing","loc":["body","name"],"msg":"Field required","input":{}},)"
                   R"({"type":"missing","loc":["body","price"],"msg":"Field required","input":{}})"));
}

TEST(Body, is_missing_when_it_is_empty_or_null) {
  Asked ask;
  const std::string missing = detail(R"({"type":"missing","loc":["body"],"msg":"Field required","input":null})");
  EXPECT_EQ(ask("POST /items"), missing);
  EXPECT_EQ(ask("POST /items", {.body = " null "}), missing);
  EXPECT_EQ(ask("POST /optional"), "null");
  EXPECT_EQ(ask("POST /optional", {.body = "null"}), "null");
  EXPECT_EQ(ask("POST /optional", {.body = R"({"name":"a","price":1})"}),
            R"({"name":"a","price":1.0,"description":null,"tax":null})");
}

TEST(Body, is_json_only_when_it_says_so_or_says_nothing) {
  Asked ask;
  const std::string body = R"({"name":"a","price":1})",
                    item = R"({"name":"a","price":1.0,"description":null,"tax":null})";
  for (const char* type : {"application/json", "Application/JSON; charset=utf-8", "application/vnd.api+json"}) {
    EXPECT_EQ(ask("POST /items", {.headers = {{"content-type", type}}, .body = body}), item) << type;
  }
  for (const char* type :
       {"text/plain", "weird", "application/x-www-form-urlencoded", "text/json", "application/+jso"}) {
    EXPECT_EQ(ask("POST /items", {.headers = {{"content-type", type}}, .body = body}),
              detail(R"({"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or )"
                     R"(object to extract fields from","input":"{\"name\":\"a\",\"price\":1}"})"))
        << type;
  }
}

TEST(Body, may_be_any_type_that_json_can_hold) {
  Asked ask;
  EXPECT_EQ(ask("PUT /any", {.body = R"({"a":[1]})"}), R"({"a":[1]})");
  EXPECT_EQ(ask("PUT /any", {.body = "[1]"}),
            detail(R"({"type":"dict_type","loc":["body"],"msg":"Input should be a valid dictionary","input":[1]})"));
  EXPECT_EQ(ask("PUT /list", {.body = R"([1,"2"])"}), "[1,2]");
  EXPECT_EQ(ask("PUT /list", {.body = R"([1,"x"])"}),
            detail(R"({"type":"int_parsing","loc":["body",1],)" + std::string(kNoInt) + R"(,"input":"x"})"));
  EXPECT_EQ(ask("PUT /map", {.body = R"({"a":1})"}), R"({"a":1})");
}

TEST(Body, echoes_what_no_json_can_say_in_its_errors) {
  Asked ask;
  EXPECT_EQ(ask("PUT /list", {.body = R"([NaN,"\ud800"])"}),
            detail(R"({"type":"finite_number","loc":["body",0],"msg":"Input should be a finite number","input":null},)"
                   R"({"type":"int_parsing","loc":["body",1],)" +
                   std::string(kNoInt) + R"(,"input":"\ud800"})"));
}

TEST(Body, may_come_in_pieces) {
  Asked ask;
  for (std::size_t piece : {1u, 3u, 100u}) {
    EXPECT_EQ(ask("POST /items", {.body = R"({"name":"a","price":1})", .piece = piece, .chunked = piece == 3}),
              R"({"name":"a","price":1.0,"description":null,"tax":null})");
  }
}

}  // namespace
}  // namespace krait::web
