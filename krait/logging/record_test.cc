#include "krait/logging/record.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <thread>

#include "krait/builtins/exceptions.h"
#include "krait/logging/_percent.h"

namespace krait::logging {
namespace {

LogRecord record_of(std::string msg, std::vector<Value> args = {}) {
  return LogRecord("shop.kitchen", 20, "/src/shop.v1.cc", 41, std::move(msg), std::move(args), {}, "cook");
}

std::string message_of(std::string msg, std::vector<Value> args) {
  try {
    return record_of(std::move(msg), std::move(args)).getMessage();
  } catch (const Exception& error) {
    return error.what();
  }
}

TEST(LogRecord, has_the_attributes_of_python) {
  const LogRecord record = record_of("x %d", {1});
  EXPECT_EQ(record.filename, "shop.v1.cc");
  EXPECT_EQ(record.module, "shop.v1");
  EXPECT_EQ(record.levelname, "INFO");
  EXPECT_EQ(record.threadName, "MainThread");
  EXPECT_EQ(record.processName, "MainProcess");
  EXPECT_EQ(record.process, getpid());
  EXPECT_EQ(record.get("lineno"), Value(41));
  EXPECT_EQ(record.get("args")->str(), "(1,)");
  EXPECT_EQ(record.get("taskName"), Value(nullptr));
  EXPECT_EQ(record.get("user"), std::nullopt);
  EXPECT_EQ(record.repr(), "<LogRecord: shop.kitchen, 20, /src/shop.v1.cc, 41, \"x %d\">");
  EXPECT_GE(record.msecs, 0);
  EXPECT_LT(record.msecs, 1000);
}

TEST(LogRecord, names_its_thread) {
  std::vector<std::string> names;
  std::thread([&] {
    names.push_back(record_of("x").threadName);
    pthread_setname_np(pthread_self(), "worker_3");
    names.push_back(record_of("x").threadName);
  }).join();
  EXPECT_TRUE(names[0].starts_with("Dummy-")) << names[0];
  EXPECT_EQ(names[1], "worker_3");
}

TEST(LogRecord, is_made_of_attributes_that_came_from_elsewhere) {
  const LogRecord record = makeLogRecord({{"name", "far"}, {"levelno", 30}, {"msg", "hi %s"}, {"user", "ada"}});
  EXPECT_EQ(record.name, "far");
  EXPECT_EQ(record.levelno, 30);
  EXPECT_EQ(record.get("user"), Value("ada"));
}

TEST(LogRecord, merges_its_arguments_or_raises_what_python_raises) {
  EXPECT_EQ(message_of("%5d|%-5s|%05.1f|%+d|%#x|%c|%r|%%", {42, "ab", 3.14159, 7, 255, 65, "q"}),
            "   42|ab   |003.1|+7|0xff|A|'q'|%");
  EXPECT_EQ(message_of("%*d|%.*f", {5, 1, 2, 3.14159}), "    1|3.14");
  EXPECT_EQ(message_of("%d", {"x"}), "%d format: a real number is required, not str");
  EXPECT_EQ(message_of("%x", {1.5}), "%x format: an integer is required, not float");
  EXPECT_EQ(message_of("%f", {nullptr}), "must be real number, not NoneType");
  EXPECT_EQ(message_of("%c", {"xy"}), "%c requires int or char");
  EXPECT_EQ(message_of("%s %s", {1}), "not enough arguments for format string");
  EXPECT_EQ(message_of("%s", {1, 2}), "not all arguments converted during string formatting");
  EXPECT_EQ(message_of("a\u00e9%y", {1}), "unsupported format character 'y' (0x79) at index 3");
  EXPECT_EQ(message_of("%", {1}), "incomplete format");
  EXPECT_EQ(message_of("%(a)s", {1}), "format requires a mapping");
  EXPECT_EQ(message_of("%(a", {Dict{{"a", 1}}}), "incomplete format key");
  EXPECT_EQ(message_of("%(b)s", {Dict{{"a", 1}}}), "'b'");
  EXPECT_EQ(message_of("%*d", {"x", 1}), "* wants int");
  EXPECT_EQ(message_of("%99999999999d", {1}), "width too big");
  EXPECT_EQ(message_of("%d %d", {1e20, -0.5}), "100000000000000000000 0");
}

TEST(LogRecord, the_function_is_named_without_what_surrounds_it) {
  EXPECT_EQ(_function_name("Coroutine<> shop::Counter::serve(Order)"), "serve");
  EXPECT_EQ(_function_name("int main(int, char **)"), "main");
  EXPECT_EQ(_function_name("void (anonymous namespace)::f(std::vector<int (*)(int)>)"), "f");
  EXPECT_EQ(_function_name("auto run()::(anonymous class)::operator()() const"), "<lambda>");
  EXPECT_EQ(_function_name("std::map<int, int> *shop::find<std::pair<int, int>>(int)"), "find");
  EXPECT_EQ(_function_name("shop::Order::Order(int)"), "Order");
  EXPECT_EQ(_function_name("shop::Order::~Order()"), "~Order");
  EXPECT_EQ(_function_name("bool shop::Order::operator()(int) const"), "operator()");
  EXPECT_EQ(_function_name("bool shop::operator<(const Order &, const Order &)"), "operator<");
  EXPECT_EQ(_function_name("virtual void shop::T_x_Test::TestBody()"), "TestBody");
  EXPECT_EQ(_function_name(""), "");
}

TEST(LogRecord, what_the_factory_adds_is_there) {
  setLogRecordFactory(
      std::make_shared<_base::Function<void(LogRecord&)>>([](LogRecord& record) { record.extra.set("host", "here"); }));
  EXPECT_NE(getLogRecordFactory(), nullptr);
  LogRecord record = record_of("x");
  (*getLogRecordFactory())(record);
  EXPECT_EQ(record.get("host"), Value("here"));
  setLogRecordFactory(nullptr);
  EXPECT_EQ(getLogRecordFactory(), nullptr);
}

}  // namespace
}  // namespace krait::logging
