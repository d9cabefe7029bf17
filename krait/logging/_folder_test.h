#pragma once
// For tests that write log files: a folder that goes with the test, and what a file in it holds.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace krait::logging {

struct Folder {
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "krait-log-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
  std::string operator/(const std::string& name) const { return path + "/" + name; }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& each : std::filesystem::directory_iterator(path)) names.push_back(each.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  std::string path;
};

// "none" for a file that there is not.
inline std::string read(const std::string& path) {
  std::ifstream file(path);
  return file ? std::string(std::istreambuf_iterator<char>(file), {}) : "none";
}

}  // namespace krait::logging
