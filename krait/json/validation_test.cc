#include "krait/json/validation.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <tuple>
#include <unordered_map>
#include <variant>

#include "krait/json/encoder.h"

namespace krait::json {
namespace {

enum class Kind { noodle, dumpling, tea };
KRAIT_DESCRIBE_ENUM(Kind, noodle, dumpling, tea);
enum class Only { a };
KRAIT_DESCRIBE_ENUM(Only, a);

struct Address {
  std::string street;
  std::string zip = "x";
};
KRAIT_DESCRIBE(Address, (street, .min_length = 1), zip);

struct Order {
  std::string name;
  int qty = 1;
  std::optional<Address> address;
  std::vector<Address> others;
  Kind kind = Kind::tea;
};
KRAIT_DESCRIBE(Order, name, (qty, .ge = 1, .le = 99), address, (others, .required = false, .max_length = 2), kind);

struct Bounded {
  std::optional<int> age;
  std::optional<double> price;
  std::optional<std::string> word;
  std::optional<std::vector<int>> list;
  std::optional<std::map<std::string, int>> map;
};
KRAIT_DESCRIBE(Bounded, (age, .gt = 0, .le = 10), (price, .ge = 0.5, .lt = 10),
               (word, .min_length = 1, .max_length = 3), (list, .min_length = 1, .max_length = 2),
               (map, .min_length = 1, .max_length = 1));

struct Defaults {
  int a;
  int b = 0;
  bool c;
  bool d = false;
  double e;
  double f = 0;
  std::string g;
  std::string h = "x";
  std::vector<int> i;
  std::vector<int> j = {1};
  std::optional<int> k;
  Kind l;
  Kind m = Kind::noodle;
  Address n;
  std::string o = "";
  std::map<std::string, int> p;
  Value q;
  std::optional<int> r;
};
KRAIT_DESCRIBE(Defaults, a, b, c, d, e, f, g, h, i, j, k, l, m, n, (o, .required = false), p, q, (r, .required = true));

struct Tree {
  int value;
  std::vector<Tree> children;
};
KRAIT_DESCRIBE(Tree, value, (children, .required = false));

struct Alias {
  int class_;
};
KRAIT_DESCRIBE(Alias, (class_, .alias = "class"));

// The result as JSON, or the errors as FastAPI tells them.
template <class T>
std::string read(std::string_view document) {
  try {
    return dumps(loads<T>(document));
  } catch (const ValidationError& error) {
    Array all;
    for (const ErrorDetail& detail : error.errors()) all.emplace_back(detail.to_object());
    const Value value = all;
    std::string out;
    _dump(_type<Value>, &value, out, _Invalid::Escape);
    return out;
  }
}

// The type of the only error, or the result.
template <class T>
std::string kind_of(std::string_view document) {
  try {
    return dumps(loads<T>(document));
  } catch (const ValidationError& error) {
    return error.errors().at(0).type;
  }
}

std::string in_quotes(std::string_view text) { return dumps(text); }

// What pydantic 2 makes of a text where an int is wanted; "" for int_parsing.
TEST(LaxMode, reads_an_int_from_text_as_pydantic_does) {
  const std::pair<std::string_view, const char*> cases[] = {{"42", "42"},
                                                            {" 42 ", "42"},
                                                            {"+42", "42"},
                                                            {"-42", "-42"},
                                                            {"042", "42"},
                                                            {"-042", "-42"},
                                                            {"4_2", "42"},
                                                            {"42.0", "42"},
                                                            {"42.00", "42"},
                                                            {"1_000.0", "1000"},
                                                            {"0_0", "0"},
                                                            {"-0", "0"},
                                                            {"00", "0"},
                                                            {"\t4\n", "4"},
                                                            {"-1.0", "-1"},
                                                            {"42.0 ", "42"},
                                                            {"\xc2\xa0"
                                                             "42",
                                                             "42"},
                                                            {"_42", ""},
                                                            {"42_", ""},
                                                            {"4__2", ""},
                                                            {"42.", ""},
                                                            {"42.5", ""},
                                                            {".0", ""},
                                                            {"0x10", ""},
                                                            {"1e3", ""},
                                                            {"", ""},
                                                            {"  ", ""},
                                                            {"\xd9\xa4", ""},
                                                            {"+-1", ""},
                                                            {"--1", ""},
                                                            {"1 2", ""},
                                                            {"-", ""},
                                                            {"+", ""},
                                                            {"_", ""},
                                                            {"1.0_0", ""}};
  for (const auto& [text, result] : cases) {
    const std::string expected = *result ? result : "int_parsing";
    EXPECT_EQ(kind_of<int>(in_quotes(text)), expected) << text;
  }
  EXPECT_EQ(kind_of<int>(in_quotes(std::string(4301, '1'))), "int_parsing_size");
}

TEST(LaxMode, reads_an_int_from_other_types_as_pydantic_does) {
  EXPECT_EQ(kind_of<int>("1.0"), "1");
  EXPECT_EQ(kind_of<int>("true"), "1");
  EXPECT_EQ(kind_of<int>("1.5"), "int_from_float");
  EXPECT_EQ(kind_of<int>("NaN"), "finite_number");
  EXPECT_EQ(kind_of<int>("Infinity"), "finite_number");
  EXPECT_EQ(kind_of<int>("1e20"), "int_parsing_size");
  EXPECT_EQ(kind_of<int>("null"), "int_type");
  EXPECT_EQ(kind_of<int>("[]"), "int_type");
  EXPECT_EQ(kind_of<int>("{}"), "int_type");
}

TEST(LaxMode, tells_the_bound_of_the_c_type_that_an_int_does_not_fit) {
  EXPECT_EQ(
      read<std::int8_t>("128"),
      R"([{"type":"less_than_equal","loc":[],"msg":"Input should be less than or equal to 127","input":128,"ctx":{"le":127}}])");
  EXPECT_EQ(
      read<std::int8_t>("\"-129\""),
      R"([{"type":"greater_than_equal","loc":[],"msg":"Input should be greater than or equal to -128","input":"-129","ctx":{"ge":-128}}])");
  EXPECT_EQ(
      read<unsigned>("-1"),
      R"([{"type":"greater_than_equal","loc":[],"msg":"Input should be greater than or equal to 0","input":-1,"ctx":{"ge":0}}])");
  EXPECT_EQ(kind_of<std::int64_t>("9223372036854775808"), "less_than_equal");
  EXPECT_EQ(kind_of<std::int64_t>("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(kind_of<std::uint64_t>("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(kind_of<std::uint64_t>("18446744073709551616"), "less_than_equal");
}

TEST(LaxMode, an_int_that_no_c_type_holds_breaks_the_field_s_bound_if_there_is_one) {
  EXPECT_EQ(read<Order>(R"({"name":"n","qty":123456789012345678901234567890})"),
            R"([{"type":"less_than_equal","loc":["qty"],"msg":"Input should be less than or equal to 99",)"
            R"("input":123456789012345678901234567890,"ctx":{"le":99}}])");
  EXPECT_EQ(read<Order>(R"({"name":"n","qty":"-99999999999"})"),
            R"([{"type":"greater_than_equal","loc":["qty"],"msg":"Input should be greater than or equal to 1",)"
            R"("input":"-99999999999","ctx":{"ge":1}}])");
}

TEST(LaxMode, reads_a_float_as_pydantic_does) {
  const std::pair<std::string_view, const char*> cases[] = {{"1.5", "1.5"},
                                                            {" 1.5 ", "1.5"},
                                                            {"1e5", "100000.0"},
                                                            {".5", "0.5"},
                                                            {"5.", "5.0"},
                                                            {"+1.5", "1.5"},
                                                            {"1_000.5", "1000.5"},
                                                            {"1_e5", "100000.0"},
                                                            {"1e_5", "100000.0"},
                                                            {"1._5", "1.5"},
                                                            {"1_.5", "1.5"},
                                                            {"_1", ""},
                                                            {"1__0", ""},
                                                            {"", ""},
                                                            {"abc", ""},
                                                            {"0x1p3", ""},
                                                            {"1,5", ""},
                                                            {"infinit", ""},
                                                            {"1.5_", ""},
                                                            {"1d", ""},
                                                            {"1f", ""},
                                                            {"+ 1", ""},
                                                            {".", ""},
                                                            {"-", ""},
                                                            {"+-1", ""},
                                                            {"nan(1)", ""},
                                                            {"..5", ""},
                                                            {"e5", ""}};
  for (const auto& [text, result] : cases) {
    const std::string expected = *result ? result : "float_parsing";
    EXPECT_EQ(kind_of<double>(in_quotes(text)), expected) << text;
  }
  EXPECT_EQ(loads<double>("\"-Infinity\""), -INFINITY);
  EXPECT_EQ(loads<double>("\"iNf\""), INFINITY);
  EXPECT_TRUE(std::isnan(loads<double>("\"NaN\"")));
  EXPECT_EQ(loads<double>("\"1e999\""), INFINITY);
  EXPECT_EQ(kind_of<double>("true"), "1.0");
  EXPECT_EQ(kind_of<double>("1180591620717411303424"), "1.1805916207174113e+21");
  EXPECT_EQ(kind_of<double>("1" + std::string(400, '0')), "float_type");
  EXPECT_EQ(kind_of<double>("null"), "float_type");
}

TEST(LaxMode, reads_a_bool_as_pydantic_does) {
  for (const char* yes : {"true", "True", "TRUE", "tRue", "on", "On", "yes", "y", "Y", "t", "1"}) {
    EXPECT_EQ(kind_of<bool>(in_quotes(yes)), "true") << yes;
  }
  for (const char* no : {"false", "off", "no", "n", "f", "0"}) EXPECT_EQ(kind_of<bool>(in_quotes(no)), "false") << no;
  for (const char* neither : {"01", " true ", "2", "", "1.0"}) {
    EXPECT_EQ(kind_of<bool>(in_quotes(neither)), "bool_parsing") << neither;
  }
  EXPECT_EQ(kind_of<bool>("1"), "true");
  EXPECT_EQ(kind_of<bool>("0.0"), "false");
  EXPECT_EQ(kind_of<bool>("2"), "bool_parsing");
  EXPECT_EQ(kind_of<bool>("0.5"), "bool_type");
  EXPECT_EQ(kind_of<bool>("1180591620717411303424"), "bool_type");
  EXPECT_EQ(kind_of<bool>("null"), "bool_type");
}

TEST(LaxMode, never_reads_a_str_from_a_number) {
  EXPECT_EQ(kind_of<std::string>("\"a\""), "\"a\"");
  for (const char* other : {"1", "1.5", "true", "null", "[]", "{}"}) {
    EXPECT_EQ(kind_of<std::string>(other), "string_type") << other;
  }
  EXPECT_EQ(
      read<std::string>("\"\\ud800\""),
      R"([{"type":"string_unicode","loc":[],"msg":"Input should be a valid string, unable to parse raw data as a unicode string","input":"\ud800"}])");
}

TEST(LaxMode, an_enum_names_all_that_it_expects) {
  EXPECT_EQ(kind_of<Kind>("\"noodle\""), "\"noodle\"");
  EXPECT_EQ(
      read<Kind>("1"),
      R"([{"type":"enum","loc":[],"msg":"Input should be 'noodle', 'dumpling' or 'tea'","input":1,"ctx":{"expected":"'noodle', 'dumpling' or 'tea'"}}])");
  EXPECT_EQ(read<Only>("\"b\""),
            R"([{"type":"enum","loc":[],"msg":"Input should be 'a'","input":"b","ctx":{"expected":"'a'"}}])");
}

TEST(Validation, tells_every_fault_with_its_place) {
  EXPECT_EQ(
      read<Order>(R"({"qty":"200","address":{},"others":[{"street":"s"},{"street":"","zip":1}],"kind":"z"})"),
      R"([{"type":"missing","loc":["name"],"msg":"Field required","input":{"qty":"200","address":{},"others":[{"street":"s"},{"street":"","zip":1}],"kind":"z"}},)"
      R"({"type":"less_than_equal","loc":["qty"],"msg":"Input should be less than or equal to 99","input":"200","ctx":{"le":99}},)"
      R"({"type":"missing","loc":["address","street"],"msg":"Field required","input":{}},)"
      R"({"type":"string_too_short","loc":["others",1,"street"],"msg":"String should have at least 1 character","input":"","ctx":{"min_length":1}},)"
      R"({"type":"string_type","loc":["others",1,"zip"],"msg":"Input should be a valid string","input":1},)"
      R"({"type":"enum","loc":["kind"],"msg":"Input should be 'noodle', 'dumpling' or 'tea'","input":"z","ctx":{"expected":"'noodle', 'dumpling' or 'tea'"}}])");
  EXPECT_EQ(
      read<Order>("[1]"),
      R"([{"type":"model_attributes_type","loc":[],"msg":"Input should be a valid dictionary or object to extract fields from","input":[1]}])");
  EXPECT_EQ(
      (read<std::map<std::string, int>>(R"({"a":"x"})")),
      R"([{"type":"int_parsing","loc":["a"],"msg":"Input should be a valid integer, unable to parse string as an integer","input":"x"}])");
  EXPECT_EQ(kind_of<std::vector<int>>("{}"), "list_type");
  EXPECT_EQ((kind_of<std::map<std::string, int>>("[]")), "dict_type");
  EXPECT_EQ(kind_of<Object>("[]"), "dict_type");
}

TEST(Validation, reads_what_is_right) {
  EXPECT_EQ(
      read<Order>(
          R"({"name":"n","extra":[1,{"a":"\n"}],"qty":7,"address":null,"others":[{"street":"s"}],"kind":"noodle"})"),
      R"({"name":"n","qty":7,"address":null,"others":[{"street":"s","zip":"x"}],"kind":"noodle"})");
  EXPECT_EQ(read<Order>(R"({"name":"n"})"), R"({"name":"n","qty":1,"address":null,"others":[],"kind":"tea"})");
  EXPECT_EQ(read<Tree>(R"({"value":1,"children":[{"value":2,"children":[{"value":"3"}]}]})"),
            R"({"value":1,"children":[{"value":2,"children":[{"value":3,"children":[]}]}]})");
  EXPECT_EQ(read<Alias>(R"({"class":1})"), R"({"class":1})");
  EXPECT_EQ(kind_of<Alias>(R"({"class_":1})"), "missing");
}

TEST(Validation, checks_bounds_in_pydantic_s_words) {
  const auto error = [](const char* document) { return read<Bounded>(document); };
  EXPECT_EQ(
      error(R"({"age":0})"),
      R"([{"type":"greater_than","loc":["age"],"msg":"Input should be greater than 0","input":0,"ctx":{"gt":0}}])");
  EXPECT_EQ(
      error(R"({"price":0})"),
      R"([{"type":"greater_than_equal","loc":["price"],"msg":"Input should be greater than or equal to 0.5","input":0,"ctx":{"ge":0.5}}])");
  EXPECT_EQ(
      error(R"({"price":10})"),
      R"([{"type":"less_than","loc":["price"],"msg":"Input should be less than 10","input":10,"ctx":{"lt":10.0}}])");
  EXPECT_EQ(
      error(R"({"price":NaN})"),
      R"([{"type":"less_than","loc":["price"],"msg":"Input should be less than 10","input":null,"ctx":{"lt":10.0}}])");
  EXPECT_EQ(error("{\"word\":\"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\"}"),
            "[{\"type\":\"string_too_long\",\"loc\":[\"word\"],\"msg\":\"String should have at most 3 characters\","
            "\"input\":\"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\",\"ctx\":{\"max_length\":3}}]");
  EXPECT_EQ(
      error(R"({"list":["a","b","c"]})"),
      R"([{"type":"too_long","loc":["list"],"msg":"List should have at most 2 items after validation, not 3","input":["a","b","c"],"ctx":{"field_type":"List","max_length":2,"actual_length":3}}])");
  EXPECT_EQ(
      error(R"({"list":[]})"),
      R"([{"type":"too_short","loc":["list"],"msg":"List should have at least 1 item after validation, not 0","input":[],"ctx":{"field_type":"List","min_length":1,"actual_length":0}}])");
  EXPECT_EQ(
      error(R"({"map":{"a":1,"b":2}})"),
      R"([{"type":"too_long","loc":["map"],"msg":"Dictionary should have at most 1 item after validation, not more","input":{"a":1,"b":2},"ctx":{"field_type":"Dictionary","max_length":1,"actual_length":null}}])");
  EXPECT_EQ(error(R"({"age":10,"price":9.5,"word":"äöü","list":[1,"2"],"map":{"a":1}})"),
            R"({"age":10,"price":9.5,"word":"äöü","list":[1,2],"map":{"a":1}})");
}

TEST(Validation, a_member_without_an_initialiser_is_required) {
  std::string missing;
  try {
    loads<Defaults>("{}");
  } catch (const ValidationError& error) {
    for (const ErrorDetail& detail : error.errors()) {
      EXPECT_EQ(detail.type, "missing");
      missing += std::get<std::string>(detail.loc.at(0));
    }
  }
  EXPECT_EQ(missing, "acegilnpqr");
}

TEST(Validation, what_says_all_errors_in_lines) {
  try {
    loads<Order>(R"({"qty":0})");
    FAIL();
  } catch (const ValidationError& error) {
    EXPECT_STREQ(error.what(),
                 "2 validation errors for Order\nname\n  Field required [type=missing, input_value={'qty': 0}, "
                 "input_type=dict]\nqty\n  Input should be greater than or equal to 1 [type=greater_than_equal, "
                 "input_value=0, input_type=int]");
  }
}

TEST(Validation, the_last_of_equal_keys_counts_and_nothing_of_the_others_shows) {
  EXPECT_EQ(read<Order>(R"({"name":1,"name":"n","address":{"street":"s","zip":"z"},"address":{"street":"t"}})"),
            R"({"name":"n","qty":1,"address":{"street":"t","zip":"x"},"others":[],"kind":"tea"})");
  EXPECT_EQ((read<std::map<std::string, Address>>(R"({"k":{"street":"s","zip":"z"},"k":{"street":"t"}})")),
            R"({"k":{"street":"t","zip":"x"}})");
}

// The quick reader may give up, but what it reads must be what the slow way reads.
TEST(ReadFast, agrees_with_validation) {
  const char* documents[] = {R"({"name":"n"})", R"( { "name" : "n\u00e4\n" , "qty" : 5 } )",
                             R"({"name":"n","unknown":{"a":[1,2,{"b":null}],"c":"\"}"},"kind":"dumpling"})",
                             R"({"kind":"tea","qty":99,"name":"n","others":[],"address":{"zip":"z","street":"s"}})",
                             R"({"name":"n","others":[{"street":"s"},{"street":"t","zip":""}]})"};
  for (const char* document : documents) {
    Order quick, slow;
    ASSERT_TRUE(_read_fast(document, _type<Order>, &quick)) << document;
    _convert(loads(document), _type<Order>, &slow);
    EXPECT_EQ(dumps(quick), dumps(slow)) << document;
  }
}

TEST(ReadFast, gives_up_on_whatever_is_not_plainly_right) {
  const char* documents[] = {"",
                             "{}",
                             "[]",
                             "{\"name\":\"n\"",
                             "{\"name\":\"n\"}x",
                             "{\"name\":\"n\",}",
                             "{\"name\":\"\\ud800\"}",
                             "{\"name\":\"n\",\"name\":\"m\"}",
                             "{\"name\":\"n\",\"qty\":\"5\"}",
                             "{\"name\":\"n\",\"qty\":5.0}",
                             "{\"name\":\"n\",\"qty\":0}",
                             "{\"name\":\"n\",\"qty\":99999999999}",
                             "{\"name\":\"n\",\"kind\":\"rice\"}",
                             "{\"name\":\"\xff\"}",
                             "{\"name\":\"n\",\"x\":nul}",
                             "{\"name\":\"n\",\"x\":01}",
                             "{\"name\":\"n\",\"x\":[1 2]}",
                             "{\"name\":\"n\",\"others\":[{\"street\":\"s\"},{\"street\":\"s\"},{\"street\":\"s\"}]}"};
  for (const char* document : documents) {
    Order order;
    EXPECT_FALSE(_read_fast(document, _type<Order>, &order)) << document;
  }
  int number;
  EXPECT_FALSE(_read_fast(std::string_view("1\0 ", 3), _type<int>, &number));  // perhaps UTF-16
  const std::string deep = "{\"name\":\"n\",\"x\":" + std::string(max_depth, '[') + std::string(max_depth, ']') + "}";
  Order order;
  EXPECT_FALSE(_read_fast(deep, _type<Order>, &order));
}

TEST(ReadText, reads_the_plain_and_leaves_the_rest) {
  int number = 0;
  EXPECT_TRUE(_read_text("42", _type<int>, &number, {}));
  EXPECT_EQ(number, 42);
  EXPECT_FALSE(_read_text("42.0", _type<int>, &number, {}));
  EXPECT_FALSE(_read_text("42", _type<int>, &number, {.gt = 42}));
  EXPECT_FALSE(_read_text("99999999999", _type<int>, &number, {}));
  EXPECT_FALSE(_read_text("", _type<int>, &number, {}));
  std::optional<std::string> text;
  EXPECT_TRUE(_read_text("x", _type<std::optional<std::string>>, &text, {}));
  EXPECT_EQ(text, "x");
}

// As a module of dates has it.
struct Day {
  int number = 0;
  std::string isoformat() const { return "day-" + std::to_string(number); }
  static Day fromisoformat(std::string_view text) {
    if (!text.starts_with("day-")) throw ValueError("Invalid isoformat string: '" + std::string(text) + "'");
    return {std::atoi(std::string(text.substr(4)).c_str())};
  }
};

struct Leaf {
  std::string name;
  std::unique_ptr<Leaf> next;
};
KRAIT_DESCRIBE(Leaf, name, next);

struct Mixed {
  std::pair<int, std::string> pair;
  std::tuple<double, bool, Leaf> tuple;
  std::array<int, 3> array;
  std::variant<int, std::string, Leaf> one_of;
  std::map<int, double> by_number;
  Day day;
};
KRAIT_DESCRIBE(Mixed, pair, tuple, array, one_of, by_number, day);

constexpr std::string_view kMixed =
    R"({"pair":[1,"a"],"tuple":[2.5,true,{"name":"x","next":{"name":"y","next":null}}],"array":[1,2,3],)"
    R"("one_of":"text","by_number":{"-3":0.5,"12":1.0},"day":"day-4"})";

TEST(Compound, values_are_read_and_written_as_they_were) {
  const auto mixed = loads<Mixed>(kMixed);
  EXPECT_EQ(std::get<2>(mixed.tuple).next->name, "y");
  EXPECT_EQ(std::get<std::string>(mixed.one_of), "text");
  EXPECT_EQ(mixed.by_number.at(-3), 0.5);
  EXPECT_EQ(mixed.day.number, 4);
  EXPECT_EQ(dumps(mixed), kMixed);
  EXPECT_EQ(dumps(Value(mixed)), kMixed);
  EXPECT_EQ(dumps(to<Mixed>(loads(kMixed))), kMixed);
}

std::string faults(auto read) {
  try {
    read();
  } catch (const ValidationError& error) {
    return error.what();
  }
  return "none";
}

TEST(Validation, shows_what_was_given_as_python_shows_it_and_not_all_of_it) {
  const auto shown = [](const std::string& document) {
    const std::string text = faults([&] { loads<int>(document); });
    const std::size_t begin = text.find("input_value=") + 12;
    return text.substr(begin, text.find(", input_type") - begin);
  };
  EXPECT_EQ(shown(R"({"a'b": [null, true, 1.0, "\n\u0001"]})"), R"({"a'b": [None, True, 1.0, '\n\x01']})");
  EXPECT_EQ(shown("\"" + std::string(30, 'x') + std::string(30, 'y') + "\""),
            "'" + std::string(24, 'x') + "..." + std::string(23, 'y') + "'");
  EXPECT_EQ(shown("[" + std::string(100'000, ' ') + "\"" + std::string(20'000, 'z') + "\"]"),
            "['" + std::string(23, 'z') + "...");
}

TEST(Validation, refuses_what_is_nested_too_deep) {
  Value deep = Object{{"name", "x"}};
  for (int i = 0; i < 100'000; ++i) {
    Object around{{"name", "x"}};
    around.set("next", std::move(deep));
    deep = std::move(around);
  }
  EXPECT_THROW(to<Leaf>(deep), RecursionError);
}

TEST(Compound, tuples_say_what_pydantic_says) {
  using Pair = std::pair<int, std::string>;
  EXPECT_EQ(faults([] { loads<Pair>("{}"); }),
            "1 validation error for tuple[int,str]\n  Input should be a valid tuple [type=tuple_type, input_value={}, "
            "input_type=dict]");
  EXPECT_EQ(
      faults([] { loads<Pair>("[1]"); }),
      "1 validation error for tuple[int,str]\n1\n  Field required [type=missing, input_value=[1], input_type=list]");
  EXPECT_EQ(faults([] { loads<Pair>("[1,\"a\",3]"); }),
            "1 validation error for tuple[int,str]\n  Tuple should have at most 2 items after validation, not 3 "
            "[type=too_long, input_value=[1, 'a', 3], input_type=list]");
  EXPECT_EQ(
      faults([] { loads<Pair>("[\"x\",2]"); }),
      "2 validation errors for tuple[int,str]\n0\n  Input should be a valid integer, unable to parse string as an "
      "integer [type=int_parsing, input_value='x', input_type=str]\n1\n  Input should be a valid string "
      "[type=string_type, input_value=2, input_type=int]");
}

TEST(Compound, a_union_takes_what_fits_exactly_before_what_can_be_converted) {
  using Union = std::variant<int, double, std::string, bool>;
  EXPECT_EQ(loads<Union>("1").index(), 0u);
  EXPECT_EQ(loads<Union>("1.0").index(), 1u);
  EXPECT_EQ(loads<Union>("\"1\"").index(), 2u);
  EXPECT_EQ(loads<Union>("true").index(), 3u);
  EXPECT_EQ((loads<std::variant<bool, int>>("\"7\"")), (std::variant<bool, int>(7)));
  EXPECT_EQ((loads<std::variant<std::monostate, int>>("null").index()), 0u);
  EXPECT_EQ(
      faults([] { loads<std::variant<int, Leaf>>("\"x\""); }),
      "2 validation errors for union[int,Leaf]\nint\n  Input should be a valid integer, unable to parse string as an "
      "integer [type=int_parsing, input_value='x', input_type=str]\nLeaf\n  Input should be a valid dictionary or "
      "object to extract fields from [type=model_attributes_type, input_value='x', input_type=str]");
}

TEST(Compound, a_key_that_is_no_number_is_told_with_its_place) {
  using Map = std::map<int, bool>;
  EXPECT_EQ(
      faults([] { loads<Map>(R"({"a":true})"); }),
      "1 validation error for dict[int,bool]\na.[key]\n  Input should be a valid integer, unable to parse string as an "
      "integer [type=int_parsing, input_value='a', input_type=str]");
  EXPECT_EQ(dumps(std::map<bool, int>{{false, 1}, {true, 2}}), R"({"false":1,"true":2})");
  EXPECT_EQ(dumps(std::map<double, int>{{0.5, 1}, {1e16, 2}}), R"({"0.5":1,"1e+16":2})");
  EXPECT_EQ(dumps(std::unordered_map<int, int>{{10, 1}, {9, 2}, {-1, 3}}, {.sort_keys = true}),
            R"({"-1": 3, "9": 2, "10": 1})");
}

TEST(Compound, a_date_that_is_none_says_why) {
  EXPECT_EQ(
      faults([] { loads<Day>("\"x\""); }),
      "1 validation error for Day\n  Input should be a valid Day, Invalid isoformat string: 'x' [type=Day_parsing, "
      "input_value='x', input_type=str]");
  EXPECT_EQ(faults([] { loads<Day>("1"); }),
            "1 validation error for Day\n  Input should be a valid Day [type=Day_type, input_value=1, input_type=int]");
}

}  // namespace
}  // namespace krait::json
