#include "krait/zoneinfo/tzpath.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>

namespace krait::zoneinfo {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSystemPath = "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo";

std::mutex mutex;
std::optional<std::vector<std::string>> current;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    if (end == text.size()) return parts;
    at = end + 1;
  }
}

bool absolute(std::string_view path) { return path.starts_with('/'); }

std::string about_invalid(const std::vector<std::string>& paths) {
  std::string text = "Paths should be absolute but found the following relative paths:";
  for (const std::string& path : paths) {
    if (!absolute(path)) text += "\n    " + path;
  }
  return text;
}

std::vector<std::string> path_of_environment() {
  const char* variable = std::getenv("PYTHONTZPATH");
  if (!variable) return split(kSystemPath, ':');
  if (*variable == 0) return {};
  const std::vector<std::string> raw = split(variable, ':');
  std::vector<std::string> valid;
  for (const std::string& path : raw) {
    if (absolute(path)) valid.push_back(path);
  }
  if (valid.size() != raw.size()) {
    std::fprintf(stderr, "InvalidTZPathWarning: Invalid paths specified in PYTHONTZPATH environment variable. %s\n",
                 about_invalid(raw).c_str());
  }
  return valid;
}

// Python: os.path.normpath(path)
std::string normalized(std::string_view path) {
  std::vector<std::string> kept;
  for (std::string& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != ".." || kept.empty() || kept.back() == "..") {
      kept.push_back(std::move(part));
    } else {
      kept.pop_back();
    }
  }
  std::string text;
  for (const std::string& part : kept) text += (text.empty() ? "" : "/") + part;
  return text.empty() ? "." : text;
}

void check_key(const std::string& key) {
  if (absolute(key)) throw ValueError("ZoneInfo keys may not be absolute paths, got: " + key);
  const std::string path = normalized(key);
  if (path.size() != key.size()) throw ValueError("ZoneInfo keys must be normalized relative paths, got: " + key);
  if (!normalized("_/" + path).starts_with("_/")) {
    throw ValueError("ZoneInfo keys must refer to subdirectories of TZPATH, got: " + key);
  }
}

bool is_tzif(const fs::path& file) {
  char magic[4] = {};
  std::ifstream in(file, std::ios::binary);
  return in.read(magic, sizeof(magic)) && std::string_view(magic, 4) == "TZif";
}

}  // namespace

std::vector<std::string> TZPATH() {
  const std::lock_guard lock(mutex);
  if (!current) current = path_of_environment();
  return *current;
}

void reset_tzpath() {
  std::vector<std::string> path = path_of_environment();
  const std::lock_guard lock(mutex);
  current = std::move(path);
}

void reset_tzpath(std::vector<std::string> to) {
  for (const std::string& path : to) {
    if (!absolute(path)) throw ValueError(about_invalid(to));
  }
  const std::lock_guard lock(mutex);
  current = std::move(to);
}

std::set<std::string> available_timezones() {
  std::set<std::string> zones;
  for (const std::string& root : TZPATH()) {
    std::error_code ignored;
    fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, ignored);
    for (; !ignored && at != fs::recursive_directory_iterator(); at.increment(ignored)) {
      const std::string key = at->path().lexically_relative(root).string();
      if (at->is_directory(ignored)) {
        if (key == "right" || key == "posix") at.disable_recursion_pending();
      } else if (!zones.contains(key) && is_tzif(at->path())) {
        zones.insert(key);
      }
    }
  }
  zones.erase("posixrules");
  return zones;
}

std::string _find_tzfile(std::string_view key) {
  const std::string name(key);
  check_key(name);
  if (name.find('\0') != name.npos) return "";
  for (const std::string& folder : TZPATH()) {
    std::error_code ignored;
    std::string file = folder + (folder.ends_with('/') ? "" : "/") + name;
    if (fs::is_regular_file(file, ignored)) return file;
  }
  return "";
}

}  // namespace krait::zoneinfo
