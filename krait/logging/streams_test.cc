#include "krait/logging/streams.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "krait/builtins/exceptions.h"
#include "krait/logging/_folder_test.h"

namespace krait::logging {
namespace {

LogRecord record_of(std::string msg) { return LogRecord("x", 20, "x.cc", 1, std::move(msg)); }

void log(Handler& handler, std::string msg) {
  LogRecord record = record_of(std::move(msg));
  handler.handle(record);
}

TEST(StreamHandler, writes_lines_to_a_stream) {
  std::ostringstream stream, other;
  StreamHandler handler(stream);
  log(handler, "a");
  handler.terminator = "|";
  log(handler, "b");
  handler.setStream(other);
  log(handler, "c");
  EXPECT_EQ(stream.str(), "a\nb|");
  EXPECT_EQ(other.str(), "c|");
}

TEST(StreamHandler, goes_to_stderr_by_default) {
  ::testing::internal::CaptureStderr();
  StreamHandler handler;
  log(handler, "a");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "a\n");
}

TEST(FileHandler, appends_unless_it_is_told_to_begin_anew) {
  const Folder folder;
  const std::string path = folder / "x.log";
  log(*std::make_unique<FileHandler>(path), "a");
  log(*std::make_unique<FileHandler>(path), "b");
  EXPECT_EQ(read(path), "a\nb\n");
  log(*std::make_unique<FileHandler>(path, FileOptions{.mode = "w"}), "c");
  EXPECT_EQ(read(path), "c\n");
  EXPECT_THROW(FileHandler(path, {.mode = "x"}), FileExistsError);
}

TEST(FileHandler, opens_late_when_it_is_told_to) {
  const Folder folder;
  const std::string path = folder / "x.log";
  FileHandler handler(path, {.delay = true});
  EXPECT_FALSE(std::filesystem::exists(path));
  log(handler, "a");
  EXPECT_EQ(read(path), "a\n");
}

TEST(FileHandler, a_closed_one_opens_again_only_to_append) {
  const Folder folder;
  FileHandler appending(folder / "a.log"), writing(folder / "w.log", {.mode = "w"});
  for (FileHandler* each : {&appending, &writing}) {
    log(*each, "a");
    each->close();
    log(*each, "b");
  }
  EXPECT_EQ(read(folder / "a.log"), "a\nb\n");
  EXPECT_EQ(read(folder / "w.log"), "a\n");
}

TEST(FileHandler, names_the_file_that_it_cannot_open) {
  try {
    FileHandler handler("/no/such/folder/x.log");
    FAIL();
  } catch (const FileNotFoundError& error) {
    EXPECT_STREQ(error.what(), "[Errno 2] No such file or directory: '/no/such/folder/x.log'");
  }
  EXPECT_THROW(FileHandler("x", {.mode = "r"}), ValueError);
  EXPECT_THROW(FileHandler("x", {.encoding = "latin-1"}), LookupError);
  EXPECT_THROW(FileHandler(std::string_view("a\0b", 3)), ValueError);
}

TEST(FileHandler, keeps_to_its_file_when_the_current_directory_changes) {
  const Folder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path);
  FileHandler handler("x.log", {.delay = true});
  std::filesystem::current_path(before);
  log(handler, "a");
  EXPECT_EQ(read(folder / "x.log"), "a\n");
  EXPECT_EQ(handler.repr(), "<FileHandler " + handler.baseFilename + " (NOTSET)>");
}

}  // namespace
}  // namespace krait::logging
