#include "krait/logging/handlers/base_rotating.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "krait/logging/_folder_test.h"

namespace krait::logging::handlers {
namespace {

// A file a record.
class EachByItself : public BaseRotatingHandler {
 public:
  explicit EachByItself(const std::string& path) : BaseRotatingHandler(path) {}
  bool shouldRollover(LogRecord&) override { return true; }
  void doRollover() override {
    close_file();
    rotate(baseFilename, rotation_filename(baseFilename + "." + std::to_string(++number_)));
    open();
  }
  void log(std::string msg) {
    LogRecord record("x", INFO, "x.cc", 1, std::move(msg));
    handle(record);
  }

 private:
  int number_ = 0;
};

TEST(BaseRotatingHandler, rolls_over_before_the_record_that_asks_for_it) {
  const Folder folder;
  EachByItself handler(folder / "x.log");
  handler.log("a");
  handler.log("b");
  EXPECT_EQ(read(folder / "x.log.1"), "");
  EXPECT_EQ(read(folder / "x.log.2"), "a\n");
  EXPECT_EQ(read(folder / "x.log"), "b\n");
}

TEST(BaseRotatingHandler, asks_a_namer_and_a_rotator) {
  const Folder folder;
  EachByItself handler(folder / "x.log");
  handler.namer = [](std::string name) { return name + ".old"; };
  handler.rotator = [](const std::string& source, const std::string& dest) {
    std::ofstream(dest) << "kept: " << read(source);
    std::filesystem::remove(source);
  };
  handler.log("a");
  handler.log("b");
  EXPECT_EQ(read(folder / "x.log.2.old"), "kept: a\n");
  EXPECT_EQ(read(folder / "x.log"), "b\n");
}

}  // namespace
}  // namespace krait::logging::handlers
