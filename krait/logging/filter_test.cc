#include "krait/logging/filter.h"

#include <gtest/gtest.h>

#include "krait/logging/handler.h"

namespace krait::logging {
namespace {

LogRecord record_of(std::string name) { return LogRecord(std::move(name), 20, "x.cc", 1, "hello"); }

class Last : public Handler {
 public:
  void emit(LogRecord& record) override { seen.push_back(record.msg); }
  std::vector<std::string> seen;
};

TEST(Filter, lets_pass_a_logger_and_its_children) {
  Filter filter("A.B");
  for (const auto& [name, passes] :
       {std::pair{"A.B", true}, {"A.B.C", true}, {"A.BB", false}, {"B.A.B", false}, {"A", false}}) {
    LogRecord record = record_of(name);
    EXPECT_EQ(static_cast<bool>(filter.filter(record)), passes) << name;
  }
  LogRecord record = record_of("any");
  EXPECT_TRUE(static_cast<bool>(Filter().filter(record)));
}

TEST(Filter, may_be_a_callable_that_changes_or_replaces_the_record) {
  Last last;
  last.addFilter([](LogRecord& record) {
    record.msg += " changed";
    return true;
  });
  const auto replacing = last.addFilter([](LogRecord& record) {
    LogRecord other = record;
    other.msg = "other";
    return other;
  });
  LogRecord record = record_of("x");
  last.handle(record);
  last.removeFilter(replacing);
  last.handle(record);
  last.addFilter([](LogRecord&) { return false; });
  EXPECT_FALSE(last.handle(record));
  EXPECT_EQ(last.seen, (std::vector<std::string>{"other", "hello changed changed"}));
  EXPECT_EQ(last.filters().size(), 2u);
}

TEST(Filter, is_added_once) {
  Last last;
  const auto filter = std::make_shared<Filter>("a");
  last.addFilter(filter);
  last.addFilter(filter);
  EXPECT_EQ(last.filters().size(), 1u);
}

}  // namespace
}  // namespace krait::logging
