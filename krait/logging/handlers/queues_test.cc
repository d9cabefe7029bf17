#include "krait/logging/handlers/queues.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"
#include "krait/logging/logger.h"

namespace krait::logging::handlers {
namespace {

class Lines : public Handler {
 public:
  explicit Lines(Level level = NOTSET) : Handler(level) {}
  void emit(LogRecord& record) override { lines.push_back(format(record)); }
  std::vector<std::string> lines;
};

std::optional<LogRecord> made(std::string msg, int level = INFO) {
  return LogRecord("x", level, "x.cc", 1, std::move(msg));
}

struct Stage {
  std::shared_ptr<RecordQueue> queue = std::make_shared<RecordQueue>();
  std::shared_ptr<Lines> lines = std::make_shared<Lines>();
};

TEST(QueueHandler, puts_a_copy_with_its_arguments_merged_in) {
  const Stage stage;
  QueueHandler handler(stage.queue);
  LogRecord record("x", INFO, "x.cc", 1, "%d dumplings", {12}, std::make_exception_ptr(ValueError("cold")));
  handler.handle(record);
  EXPECT_EQ(record.msg, "%d dumplings");
  EXPECT_EQ(record.args.size(), 1U);
  const std::optional<LogRecord> queued = stage.queue->get_nowait();
  EXPECT_TRUE(queued->msg.starts_with("12 dumplings\n")) << queued->msg;
  EXPECT_TRUE(queued->msg.ends_with("ValueError: cold")) << queued->msg;
  EXPECT_EQ(queued->message, queued->msg);
  EXPECT_TRUE(queued->args.empty());
  EXPECT_FALSE(queued->exc_info);
  EXPECT_EQ(queued->exc_text, "");
}

TEST(QueueHandler, reports_a_full_queue_and_does_not_wait) {
  QueueHandler handler(std::make_shared<RecordQueue>(1));
  LogRecord record = *made("a");
  handler.handle(record);
  testing::internal::CaptureStderr();
  handler.handle(record);
  const std::string reported = testing::internal::GetCapturedStderr();
  EXPECT_NE(reported.find("--- Logging error ---"), reported.npos);
  EXPECT_NE(reported.find("Full"), reported.npos) << reported;
}

TEST(QueueListener, handles_all_that_is_queued_before_it_stops) {
  const Stage stage;
  Logger& log = getLogger("t.queue_listener");
  log.propagate = false;
  log.setLevel(INFO);
  log.addHandler(std::make_shared<QueueHandler>(stage.queue));
  QueueListener listener(stage.queue, {stage.lines});
  log.info("before %s", "it started");
  listener.start();
  log.info("while it ran");
  listener.stop();
  EXPECT_EQ(stage.lines->lines, (std::vector<std::string>{"before it started", "while it ran"}));
  stage.queue->join();  // every record was task_done
  listener.stop();      // nothing
  log.info("later");
  listener.start();
  listener.stop();
  EXPECT_EQ(stage.lines->lines.back(), "later");
  log.setHandlers({});
}

TEST(QueueListener, asks_for_the_level_of_a_handler_only_where_it_is_told_to) {
  for (const bool respect : {false, true}) {
    const Stage stage;
    const auto errors = std::make_shared<Lines>(ERROR);
    QueueListener listener(stage.queue, {stage.lines, errors}, {.respect_handler_level = respect});
    stage.queue->put(made("low"));
    stage.queue->put(made("high", ERROR));
    listener.start();
    listener.stop();
    EXPECT_EQ(stage.lines->lines.size(), 2U);
    EXPECT_EQ(errors->lines.size(), respect ? 1U : 2U);
  }
}

TEST(QueueListener, ends_with_its_queue_and_loses_nothing_that_is_in_it) {
  for (const bool stopped : {false, true}) {
    const Stage stage;
    {
      QueueListener listener(stage.queue, {stage.lines});
      stage.queue->put(made("last"));
      stage.queue->shutdown();
      listener.start();
      if (stopped) listener.stop();
    }
    EXPECT_EQ(stage.lines->lines, std::vector<std::string>{"last"});
  }
}

TEST(QueueListener, is_started_once) {
  const Stage stage;
  QueueListener listener(stage.queue, {stage.lines});
  listener.start();
  EXPECT_THROW(listener.start(), RuntimeError);
}

TEST(QueueListener, goes_on_after_a_filter_that_threw) {
  const Stage stage;
  stage.lines->addFilter([](LogRecord& record) -> bool {
    if (record.msg == "bad") throw ValueError("no such filter");
    return true;
  });
  QueueListener listener(stage.queue, {stage.lines});
  stage.queue->put(made("bad"));
  stage.queue->put(made("good"));
  testing::internal::CaptureStderr();
  listener.start();
  listener.stop();
  EXPECT_NE(testing::internal::GetCapturedStderr().find("ValueError: no such filter"), std::string::npos);
  EXPECT_EQ(stage.lines->lines, std::vector<std::string>{"good"});
}

}  // namespace
}  // namespace krait::logging::handlers
