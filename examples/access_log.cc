// Reads a web server's log, and prints it without addresses and secrets, then who asked for what. Run:
// build/examples/access_log <access.log   (with a pattern as its argument: what findall finds of it)
#include <krait/re.h>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <map>
#include <string>

using namespace krait;

// 203.0.113.7 - ann [17/May/2024:12:00:00 +0000] "GET /items/1?token=abc HTTP/1.1" 200 512
static const re::Pattern kLine = re::compile(
    R"((?mx)^(?P<host>\S+)\ -\ (?P<user>\S+)\ \[(?P<when>[^]\n]+)\]
        \ "(?P<verb>[A-Z]+)\ (?P<path>[^?"\s]+)[^"\n]*"\ (?P<status>\d{3})\ (?P<size>\d+|-)$)");
static const re::Pattern kSecret = re::compile(R"((?i)\b(token|password)=([^&\s"]+))");
static const re::Pattern kAddress = re::compile(R"(^(\d+\.\d+)\.\d+\.\d+)", re::MULTILINE);

// A secret's first letter, so that two can be told apart.
std::string masked(const re::Match& match) {
  return std::string(match[1]) + "=" + std::string(match[2].value().substr(0, 1)) + "***";
}

void report(const std::string& log) {
  struct Path {
    int asked = 0, failed = 0;
    long long bytes = 0;
  };
  std::map<std::string, Path, std::less<>> paths;
  for (const re::Match& line : kLine.finditer(log)) {
    Path& path = paths[std::string(line["path"])];
    ++path.asked;
    if (line["status"].value().starts_with('5')) ++path.failed;
    if (line["size"] != "-") path.bytes += std::stoll(std::string(line["size"]));
  }
  for (const auto& [name, path] : paths)
    std::printf("%-12s %d asked, %d failed, %lld bytes\n", name.c_str(), path.asked, path.failed, path.bytes);
}

int main(int argc, char** argv) {
  const std::string log(std::istreambuf_iterator<char>(std::cin), {});
  if (argc == 1) {
    std::fputs(kAddress.sub(R"(\1.x.x)", kSecret.sub(masked, log)).c_str(), stdout);
    report(log);
    return 0;
  }
  try {
    const re::Pattern pattern = re::compile(argv[1]);
    if (const std::string surprise = pattern.explain(); !surprise.empty()) std::printf("note: %s\n", surprise.c_str());
    for (const re::Found& found : pattern.findall(log)) std::printf("%s\n", std::string(found[0]).c_str());
  } catch (const re::PatternError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
