#include "krait/logging/handlers.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "krait/logging/_folder_test.h"

namespace krait::logging::handlers {
namespace {

void log(Handler& handler, std::string msg, int level = INFO) {
  LogRecord record("x", level, "x.cc", 1, std::move(msg));
  handler.handle(record);
}

TEST(RotatingFileHandler, keeps_as_many_files_as_it_is_told_to) {
  const Folder folder;
  const std::string path = folder / "x.log";
  RotatingFileHandler handler(path, {.maxBytes = 10, .backupCount = 2});
  for (const char* text : {"aaaa", "bbbb", "cccc", "dddddddddddd", "e"}) log(handler, text);
  EXPECT_EQ(read(path), "e\n");
  EXPECT_EQ(read(path + ".1"), "dddddddddddd\n");
  EXPECT_EQ(read(path + ".2"), "cccc\n");
  EXPECT_EQ(read(path + ".3"), "none");
}

TEST(RotatingFileHandler, without_backups_only_grows) {
  const Folder folder;
  const std::string path = folder / "x.log";
  RotatingFileHandler handler(path, {.maxBytes = 4});
  log(handler, "aaaa");
  log(handler, "bbbb");
  EXPECT_EQ(read(path), "aaaa\nbbbb\n");
}

TEST(WatchedFileHandler, follows_its_name) {
  const Folder folder;
  const std::string path = folder / "x.log";
  WatchedFileHandler handler(path);
  log(handler, "a");
  std::filesystem::rename(path, path + ".moved");
  log(handler, "b");
  EXPECT_EQ(read(path), "b\n");
  EXPECT_EQ(read(path + ".moved"), "a\n");
}

// A line for each batch.
class Batches : public BufferingHandler {
 public:
  explicit Batches(std::size_t capacity) : BufferingHandler(capacity) {}
  ~Batches() override { close(); }
  void flush() override {
    std::string line;
    for (LogRecord& record : buffer) line += format(record);
    if (!line.empty()) lines.push_back(line);
    BufferingHandler::flush();
  }
  std::vector<std::string> lines;
};

TEST(BufferingHandler, flushes_when_it_is_full_and_when_it_is_closed) {
  Batches handler(2);
  for (const char* text : {"a", "b", "c"}) log(handler, text);
  EXPECT_EQ(handler.lines, std::vector<std::string>{"ab"});
  handler.close();
  EXPECT_EQ(handler.lines, (std::vector<std::string>{"ab", "c"}));
}

TEST(MemoryHandler, hands_on_what_it_kept_when_it_is_full_or_it_matters) {
  const Folder folder;
  const auto target = std::make_shared<FileHandler>(folder / "x.log");
  MemoryHandler handler(3, {.target = target});
  log(handler, "a");
  log(handler, "b");
  EXPECT_EQ(read(folder / "x.log"), "");
  log(handler, "c");
  EXPECT_EQ(read(folder / "x.log"), "a\nb\nc\n");
  log(handler, "d", ERROR);
  log(handler, "e");
  handler.close();
  EXPECT_EQ(read(folder / "x.log"), "a\nb\nc\nd\ne\n");
}

}  // namespace
}  // namespace krait::logging::handlers
