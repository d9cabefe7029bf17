#include "krait/zoneinfo/tzpath.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace krait::zoneinfo {
namespace {

namespace fs = std::filesystem;

std::string fault(auto call) {
  try {
    call();
  } catch (const ValueError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

// A folder of zones that goes when the test ends, as does the path to it.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("krait_tzpath_" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() {
    fs::remove_all(path_);
    unsetenv("PYTHONTZPATH");
    reset_tzpath();
  }
  void put(const std::string& name, std::string_view text) {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

TEST(Tzpath, is_the_systems_unless_it_is_set) {
  unsetenv("PYTHONTZPATH");
  reset_tzpath();
  EXPECT_EQ(TZPATH().front(), "/usr/share/zoneinfo");
  EXPECT_EQ(TZPATH().size(), 4U);
}

TEST(Tzpath, is_read_from_the_environment_without_what_is_relative) {
  Folder folder;
  setenv("PYTHONTZPATH", ("relative:" + folder.path()).c_str(), 1);
  testing::internal::CaptureStderr();
  reset_tzpath();
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "InvalidTZPathWarning: Invalid paths specified in PYTHONTZPATH environment variable. Paths should be "
            "absolute but found the following relative paths:\n    relative\n");
  EXPECT_EQ(TZPATH(), std::vector<std::string>{folder.path()});
  setenv("PYTHONTZPATH", "", 1);
  reset_tzpath();
  EXPECT_TRUE(TZPATH().empty());
}

TEST(Tzpath, is_set_to_absolute_paths_only) {
  const auto before = TZPATH();
  EXPECT_EQ(fault([] { reset_tzpath({"x", "/y", "z"}); }),
            "Paths should be absolute but found the following relative paths:\n    x\n    z");
  EXPECT_EQ(TZPATH(), before);
}

TEST(Tzpath, has_the_zones_that_lie_there) {
  Folder folder;
  folder.put("A/B", "TZif2");
  folder.put("UTC", "TZif");
  folder.put("posixrules", "TZif");
  folder.put("right/UTC", "TZif");
  folder.put("posix/UTC", "TZif");
  folder.put("A/right/C", "TZif");
  folder.put("zone.tab", "# text");
  folder.put("empty", "");
  reset_tzpath({folder.path(), "/not/there"});
  EXPECT_EQ(available_timezones(), (std::set<std::string>{"A/B", "A/right/C", "UTC"}));
}

TEST(Tzpath, finds_the_first_file_of_a_key) {
  Folder folder;
  folder.put("A/B", "TZif2");
  reset_tzpath({"/not/there", folder.path()});
  EXPECT_EQ(_find_tzfile("A/B"), folder.path() + "/A/B");
  EXPECT_EQ(_find_tzfile("A"), "");
  EXPECT_EQ(_find_tzfile("A/C"), "");
  EXPECT_EQ(_find_tzfile(std::string_view("A/B\0", 4)), "");
}

TEST(Tzpath, is_not_left_by_a_key) {
  EXPECT_EQ(fault([] { _find_tzfile("/etc/x"); }), "ZoneInfo keys may not be absolute paths, got: /etc/x");
  for (const std::string key : {"", "a/", "./a", "a//b", "a/./b", "a/../b", "a/../../b"}) {
    EXPECT_EQ(fault([&] { _find_tzfile(key); }), "ZoneInfo keys must be normalized relative paths, got: " + key);
  }
  for (const std::string key : {".", "..", "../x", "../../x"}) {
    EXPECT_EQ(fault([&] { _find_tzfile(key); }), "ZoneInfo keys must refer to subdirectories of TZPATH, got: " + key);
  }
}

}  // namespace
}  // namespace krait::zoneinfo
