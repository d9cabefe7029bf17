#include "krait/logging/handler.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "krait/builtins/exceptions.h"
#include "krait/logging.h"

namespace krait::logging {
namespace {

class Counting : public Handler {
 public:
  void emit(LogRecord&) override { ++emitted; }
  void flush() override { events += "flush "; }
  void close() override {
    events += "close ";
    Handler::close();
  }
  std::atomic<int> emitted = 0;
  std::string events;
};

TEST(Handler, is_found_by_its_name_while_it_lives) {
  auto handler = std::make_shared<Counting>();
  handler->set_name("counting");
  EXPECT_EQ(getHandlerByName("counting"), handler);
  EXPECT_TRUE(getHandlerNames().contains("counting"));
  handler->close();
  EXPECT_EQ(getHandlerByName("counting"), nullptr);
  handler->set_name("counting");
  handler.reset();
  EXPECT_EQ(getHandlerByName("counting"), nullptr);
}

TEST(Handler, says_what_it_is) {
  EXPECT_EQ(Counting().repr(), "<Counting (NOTSET)>");
  EXPECT_EQ(StreamHandler(stdout).repr(), "<StreamHandler <stdout> (NOTSET)>");
  EXPECT_EQ(lastResort()->repr(), "<_StderrHandler <stderr> (WARNING)>");
}

TEST(Handler, shutdown_flushes_and_closes_each) {
  const auto handler = std::make_shared<Counting>();
  shutdown();
  EXPECT_EQ(handler->events, "flush close ");
}

class Throwing : public Handler {
 public:
  void emit(LogRecord&) override { throw OSError(28, "write"); }
};

TEST(Handler, a_fault_of_its_own_never_leaves_the_log_call) {
  Logger& log = getLogger("h.fault");
  log.propagate = false;
  const auto handler = std::make_shared<Throwing>();
  log.addHandler(handler);
  ::testing::internal::CaptureStderr();
  log.warning("x");
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("OSError: [Errno 28] cannot write: No space left on device\n"), text.npos) << text;
  log.removeHandler(handler);
}

// A lock that another thread held at the fork is nobody's in the child: its alarm ends it if it hangs.
TEST(Handler, a_child_logs_though_the_fork_came_in_the_middle_of_a_record) {
  Logger& log = getLogger("h.fork");
  log.propagate = false;
  const auto handler = std::make_shared<Counting>();
  log.addHandler(handler);
  std::atomic<bool> held = false, done = false;
  std::thread holder([&] {
    const std::lock_guard lock(handler->lock());
    held = true;
    while (!done) std::this_thread::yield();
  });
  while (!held) std::this_thread::yield();
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    log.warning("in the child");
    addLevelName(33, "CHILD");
    _exit(handler->emitted == 1 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  done = true;
  holder.join();
  EXPECT_EQ(status, 0);
  log.removeHandler(handler);
}

}  // namespace
}  // namespace krait::logging
