#include "krait/logging/adapter.h"

#include <gtest/gtest.h>

namespace krait::logging {
namespace {

class Seen : public Handler {
 public:
  void emit(LogRecord& record) override { records.push_back(record); }
  std::vector<LogRecord> records;
};

struct Stage {
  Stage() {
    log.propagate = false;
    log.setLevel(DEBUG);
    log.addHandler(seen);
  }
  ~Stage() { log.removeHandler(seen); }
  Logger& log = getLogger("adapter");
  std::shared_ptr<Seen> seen = std::make_shared<Seen>();
};

class Prefixing : public LoggerAdapter {
 public:
  using LoggerAdapter::LoggerAdapter;
  void process(std::string& msg, Kwargs& kwargs) const override {
    msg = "[" + extra.at("user").str() + "] " + msg;
    LoggerAdapter::process(msg, kwargs);
  }
};

TEST(LoggerAdapter, adds_its_extra_and_drops_the_call_s_unless_told_to_merge) {
  Stage stage;
  LoggerAdapter log(stage.log, {{"user", "ada"}});
  log.info("x", Kwargs{.extra = {{"order", 7}}});
  log.merge_extra = true;
  log.info("%d", 1, Kwargs{.extra = {{"order", 7}, {"user", "bob"}}});
  EXPECT_EQ(stage.seen->records[0].extra, (Dict{{"user", "ada"}}));
  EXPECT_EQ(stage.seen->records[1].extra, (Dict{{"user", "bob"}, {"order", 7}}));
  EXPECT_EQ(stage.seen->records[1].filename, "adapter_test.cc");
}

TEST(LoggerAdapter, may_change_the_message_and_adapt_another) {
  Stage stage;
  Prefixing inner(stage.log, {{"user", "ada"}}, true);
  LoggerAdapter outer(inner, {{"shop", 3}});
  outer.warning("hello %s", "you");
  EXPECT_EQ(stage.seen->records[0].getMessage(), "[ada] hello you");
  EXPECT_EQ(stage.seen->records[0].extra, (Dict{{"user", "ada"}, {"shop", 3}}));
  EXPECT_EQ(outer.repr(), "<LoggerAdapter adapter (DEBUG)>");
  EXPECT_EQ(inner.repr(), "<Prefixing adapter (DEBUG)>");
}

}  // namespace
}  // namespace krait::logging
