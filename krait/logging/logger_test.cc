#include "krait/logging/logger.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <thread>

#include "krait/builtins.h"
#include "krait/logging.h"

namespace krait::logging {
namespace {

class Lines : public Handler {
 public:
  explicit Lines(Level level = NOTSET) : Handler(level) {}
  void emit(LogRecord& record) override { lines.push_back(format(record)); }
  std::vector<std::string> lines;
};

using Texts = std::vector<std::string>;

// A logger of its own, whose records end here.
struct Stage {
  explicit Stage(std::string_view name, std::string format = "%(levelname)s:%(name)s:%(message)s")
      : log(getLogger(name)), seen(std::make_shared<Lines>()) {
    seen->setFormatter(Formatter(std::move(format)));
    log.addHandler(seen);
    log.propagate = false;
    log.setLevel(DEBUG);
  }
  Stage(const Stage&) = delete;
  ~Stage() { log.removeHandler(seen); }
  Logger& log;
  std::shared_ptr<Lines> seen;
};

std::string captured(const auto& body) {
  ::testing::internal::CaptureStderr();
  body();
  return ::testing::internal::GetCapturedStderr();
}

TEST(Logger, formats_its_arguments_as_python_does) {
  Stage stage("t.arguments");
  stage.log.info("%d of %5.2f for %s, %r", 12, 1.5, "Ada", std::string("it's"));
  stage.log.debug("100%");
  stage.log.critical("%s %s %s", true, nullptr, 'c');
  stage.log.log(26, "%x", 255u);
  EXPECT_EQ(stage.seen->lines, (Texts{"INFO:t.arguments:12 of  1.50 for Ada, \"it's\"", "DEBUG:t.arguments:100%",
                                      "CRITICAL:t.arguments:True None c", "Level 26:t.arguments:ff"}));
}

TEST(Logger, takes_a_dict_for_named_fields) {
  Stage stage("t.named", "%(message)s");
  stage.log.info("%(user)s has %(n)03d", Dict{{"user", "ada"}, {"n", 7}});
  stage.log.info("%s", Dict{{"n", 7}});
  stage.log.info("%(a)s", std::map<std::string, int>{{"a", 1}});
  EXPECT_EQ(stage.seen->lines, (Texts{"ada has 007", "{'n': 7}", "1"}));
}

TEST(Logger, prints_a_fault_of_a_message_made_at_run_time_and_goes_on) {
  Stage stage("t.faults");
  const std::string format = "x=%d";
  const std::string text = captured([&] { stage.log.info(format, "abc"); });
  EXPECT_TRUE(text.starts_with("--- Logging error ---\nTraceback (most recent call last):\n")) << text;
  EXPECT_NE(text.find("TypeError: %d format: a real number is required, not str\nCall stack:\nLogged from file "
                      "logger_test.cc, line "),
            text.npos)
      << text;
  EXPECT_TRUE(text.ends_with("\nMessage: 'x=%d'\nArguments: ('abc',)\n")) << text;
  raiseExceptions = false;
  EXPECT_EQ(captured([&] { stage.log.info(format, "abc"); }), "");
  raiseExceptions = true;
}

TEST(Logger, knows_where_the_call_stands) {
  Stage stage("t.place", "%(filename)s:%(lineno)d:%(module)s:%(funcName)s");
  const auto from_a_lambda = [&] { stage.log.info("x"); };
  from_a_lambda();
  const int line = __LINE__ + 1;
  stage.log.info("x");
  EXPECT_EQ(stage.seen->lines[0], "logger_test.cc:" + std::to_string(line - 3) + ":logger_test:<lambda>");
  EXPECT_EQ(stage.seen->lines[1], "logger_test.cc:" + std::to_string(line) + ":logger_test:TestBody");
  const auto elsewhere = [&](std::source_location at = std::source_location::current()) {
    stage.log.info("x", Kwargs{.at = at});
  };
  elsewhere();
  EXPECT_EQ(stage.seen->lines[2], "logger_test.cc:" + std::to_string(line + 6) + ":logger_test:TestBody");
}

TEST(Logger, a_level_counts_for_those_below_that_have_none) {
  Logger& above = getLogger("t.levels");
  Logger& below = getLogger("t.levels.a.b");
  EXPECT_EQ(below.getEffectiveLevel(), WARNING);
  above.setLevel("INFO");
  EXPECT_TRUE(below.isEnabledFor(INFO));
  EXPECT_FALSE(below.isEnabledFor(DEBUG));
  below.setLevel(ERROR);
  EXPECT_FALSE(below.isEnabledFor(WARNING));
  EXPECT_TRUE(above.isEnabledFor(WARNING));
  below.setLevel(NOTSET);
  above.setLevel(NOTSET);
  EXPECT_EQ(below.getEffectiveLevel(), WARNING);
}

TEST(Logger, disable_overrides_every_logger) {
  Stage stage("t.disable");
  disable(WARNING);
  EXPECT_FALSE(stage.log.isEnabledFor(WARNING));
  EXPECT_TRUE(stage.log.isEnabledFor(ERROR));
  disable();
  EXPECT_FALSE(stage.log.isEnabledFor(CRITICAL));
  disable(NOTSET);
  EXPECT_TRUE(stage.log.isEnabledFor(DEBUG));
  EXPECT_FALSE(stage.log.isEnabledFor(NOTSET));
  stage.log.disabled = true;
  EXPECT_FALSE(stage.log.isEnabledFor(CRITICAL));
  stage.log.disabled = false;
}

TEST(Logger, a_logger_made_between_others_takes_its_place_in_the_tree) {
  Logger& below = getLogger("t.tree.a.b");
  EXPECT_EQ(below.parent(), &root());
  Logger& between = getLogger("t.tree.a");
  EXPECT_EQ(below.parent(), &between);
  EXPECT_EQ(between.parent(), &root());
  Logger& above = getLogger("t.tree");
  EXPECT_EQ(between.parent(), &above);
  EXPECT_EQ(below.parent(), &between);
  EXPECT_EQ(above.getChildren(), std::set<Logger*>{&between});
  EXPECT_EQ(&above.getChild("a.b"), &below);
  EXPECT_EQ(&getLogger(), &getLogger("root"));
  EXPECT_EQ(getLogger("t.treehouse").parent(), &root());
}

TEST(Logger, a_record_goes_to_the_handlers_of_every_ancestor_until_one_does_not_propagate) {
  Stage above("t.propagate");
  Stage below("t.propagate.below");
  below.log.info("one");
  EXPECT_EQ(above.seen->lines.size(), 0u);
  below.log.propagate = true;
  below.log.info("two");
  EXPECT_EQ(above.seen->lines, Texts{"INFO:t.propagate.below:two"});
  EXPECT_TRUE(getLogger("t.propagate.below.none").hasHandlers());
  above.log.setLevel(ERROR);  // which is asked of the logger only, and not on the way up
  below.log.info("three");
  EXPECT_EQ(above.seen->lines.size(), 2u);
}

TEST(Logger, fatal_is_critical_by_its_other_name) {
  Stage stage("t.fatal");
  stage.log.fatal("no more %s", "dough");
  EXPECT_EQ(stage.seen->lines, Texts{"CRITICAL:t.fatal:no more dough"});
}

TEST(Logger, an_exception_is_appended_with_its_traceback) {
  Stage stage("t.exception", "%(message)s");
  try {
    throw ValueError("no such dumpling");
  } catch (const ValueError& error) {
    stage.log.exception("cannot cook %s", "it");
    stage.log.error(error);
    stage.log.info("and", Kwargs{.exc_info = true});
  }
  EXPECT_TRUE(stage.seen->lines[0].starts_with("cannot cook it\nTraceback (most recent call last):\n  File "));
  EXPECT_TRUE(stage.seen->lines[0].ends_with("\nValueError: no such dumpling")) << stage.seen->lines[0];
  EXPECT_EQ(stage.seen->lines[1], "no such dumpling");
  EXPECT_TRUE(stage.seen->lines[2].starts_with("and\nTraceback"));
  stage.log.exception("outside");
  EXPECT_EQ(stage.seen->lines[3], "outside\nNoneType: None");
  stage.log.info("made", Kwargs{.exc_info = std::make_exception_ptr(KeyError("a"))});
  EXPECT_TRUE(stage.seen->lines[4].ends_with("KeyError: 'a'"));
}

TEST(Logger, extra_adds_attributes_and_may_not_replace_any) {
  Stage stage("t.extra", "%(user)s %(message)s");
  stage.log.info("hello %s", "you", Kwargs{.extra = {{"user", "ada"}}});
  EXPECT_EQ(stage.seen->lines, Texts{"ada hello you"});
  const std::string text = captured([&] { stage.log.info("nobody"); });
  EXPECT_NE(text.find("ValueError: Formatting field not found in record: 'user'"), text.npos) << text;
  EXPECT_THROW(stage.log.info("x", Kwargs{.extra = {{"message", 1}}}), KeyError);
  EXPECT_THROW(stage.log.info("x", Kwargs{.extra = {{"name", 1}}}), KeyError);
}

TEST(Logger, the_stack_is_added_where_it_is_asked_for) {
  Stage stage("t.stack", "%(message)s");
  stage.log.info("here", Kwargs{.stack_info = true});
  EXPECT_TRUE(stage.seen->lines[0].starts_with("here\nStack (most recent call last):\n  ")) << stage.seen->lines[0];
  EXPECT_EQ(stage.seen->lines[0].find("logger.cc"), std::string::npos) << stage.seen->lines[0];
}

TEST(Logger, without_any_handler_a_bare_message_goes_to_stderr_from_warning_on) {
  Logger& log = getLogger("t.lonely");
  log.propagate = false;
  log.setLevel(DEBUG);
  EXPECT_EQ(captured([&] {
              log.info("quiet");
              log.warning("loud %d", 1);
            }),
            "loud 1\n");
  const std::shared_ptr<Handler> last = lastResort();
  setLastResort(nullptr);
  EXPECT_EQ(captured([&] {
              log.warning("x");
              log.warning("y");
            }),
            "No handlers could be found for logger \"t.lonely\"\n");
  setLastResort(last);
}

TEST(Logger, its_handlers_can_be_swapped_for_a_while) {
  Stage stage("t.swap");
  const auto other = std::make_shared<Lines>();
  const auto before = stage.log.setHandlers({other});
  stage.log.info("x");
  stage.log.setHandlers(before);
  EXPECT_EQ(other->lines, Texts{"x"});
  EXPECT_EQ(stage.seen->lines.size(), 0u);
  EXPECT_EQ(stage.log.handlers(), before);
}

TEST(Logger, many_threads_may_log_and_configure_at_once) {
  Stage stage("t.threads", "%(message)s");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&stage, t] {
      for (int i = 0; i < 200; ++i) {
        stage.log.info("%d", i);
        getLogger("t.threads." + std::to_string(t) + "." + std::to_string(i % 10)).setLevel(i % 3 * 10);
        const auto extra = std::make_shared<NullHandler>();
        stage.log.addHandler(extra);
        stage.log.removeHandler(extra);
      }
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(stage.seen->lines.size(), 800u);
}

TEST(Logger, says_what_it_is) {
  EXPECT_EQ(getLogger("t.repr").repr(), "<Logger t.repr (WARNING)>");
  EXPECT_EQ(root().repr(), "<RootLogger root (WARNING)>");
}

TEST(BasicConfig, refuses_what_contradicts_itself) {
  const auto message = [](BasicConfig options) -> std::string {
    try {
      basicConfig(options);
    } catch (const ValueError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message({.filename = "/tmp/x", .stream = stdout}),
            "'stream' and 'filename' should not be specified together");
  EXPECT_EQ(message({.stream = stdout, .handlers = std::vector<std::shared_ptr<Handler>>{}}),
            "'stream' or 'filename' should not be specified together with 'handlers'");
  EXPECT_EQ(message({.style = 'x'}), "Style must be one of: %,{,$");
  EXPECT_EQ(message({.format = "no field"}), "Invalid format 'no field' for '%' style");
  EXPECT_TRUE(root().handlers().empty());
}

TEST(BasicConfig, gives_the_root_a_handler_once) {
  const std::string text = captured([] {
    logging::info("hidden");
    logging::warning("seen %d", 1);
    basicConfig({.format = "ignored %(message)s"});
    logging::error("too");
    basicConfig({.format = "{levelname}-{message}", .style = '{', .level = INFO, .force = true});
    logging::info("now");
  });
  root().setHandlers({});
  root().setLevel(WARNING);
  EXPECT_EQ(text, "WARNING:root:seen 1\nERROR:root:too\nINFO-now\n");
}

}  // namespace
}  // namespace krait::logging
