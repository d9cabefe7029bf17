// Regular expressions by krait, std::regex and RE2: bench_regex CASES, where CASES is a file of JSON lines
// {"case", "op": "findall" | "sub" | "match", "pattern", "file", "repl"}. A line for each case and each library that knows the
// pattern: {"case", "who", "s": CPU seconds for the file once, "matches"}. `match` takes each line of the file by itself.

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#if __has_include(<re2/re2.h>)
#include <re2/re2.h>
#define KRAIT_BENCH_RE2 1
#endif

#include "krait/json.h"
#include "krait/re.h"

namespace {

using namespace krait;

struct Case {
  std::string name, op, pattern, repl, text;
  std::vector<std::string> lines;
};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::size_t by_krait(const Case& c, const re::Pattern& pattern) {
  if (c.op == "findall") return pattern.findall(c.text).size();
  if (c.op == "sub") return pattern.subn(c.repl, c.text).second;
  return static_cast<std::size_t>(
      std::ranges::count_if(c.lines, [&](const std::string& line) { return pattern.match(line).has_value(); }));
}

std::size_t by_std(const Case& c, const std::regex& pattern) {
  if (c.op == "findall") {
    std::vector<std::string_view> found;
    for (std::sregex_iterator it(c.text.begin(), c.text.end(), pattern), end; it != end; ++it) {
      const auto& group = (*it)[it->size() > 1 ? 1 : 0];
      found.emplace_back(&*group.first, static_cast<std::size_t>(group.length()));
    }
    return found.size();
  }
  if (c.op == "sub") return std::regex_replace(c.text, pattern, "$3.$2.$1").size() > 0;
  return static_cast<std::size_t>(std::ranges::count_if(c.lines, [&](const std::string& line) {
    std::smatch match;
    return std::regex_search(line, match, pattern, std::regex_constants::match_continuous);
  }));
}

#ifdef KRAIT_BENCH_RE2
std::size_t by_re2(const Case& c, const RE2& pattern) {
  const int groups = 1 + pattern.NumberOfCapturingGroups();
  std::vector<re2::StringPiece> match(static_cast<std::size_t>(groups));
  if (c.op == "findall") {
    std::vector<std::string_view> found;
    const re2::StringPiece text(c.text);
    for (std::size_t at = 0;
         at <= text.size() && pattern.Match(text, at, text.size(), RE2::UNANCHORED, match.data(), groups);) {
      for (int i = groups > 1 ? 1 : 0; i < groups; ++i)
        found.emplace_back(match[static_cast<std::size_t>(i)].data(), match[static_cast<std::size_t>(i)].size());
      at = static_cast<std::size_t>(match[0].data() - text.data()) + std::max<std::size_t>(match[0].size(), 1);
    }
    return found.size() / static_cast<std::size_t>(std::max(groups - 1, 1));
  }
  if (c.op == "sub") {
    std::string text = c.text;
    return static_cast<std::size_t>(RE2::GlobalReplace(&text, pattern, c.repl));
  }
  return static_cast<std::size_t>(std::ranges::count_if(c.lines, [&](const std::string& line) {
    return pattern.Match(line, 0, line.size(), RE2::ANCHOR_START, match.data(), groups);
  }));
}
#endif

// Repeats `work` for a tenth of a second at least.
template <class Work>
void measure(const Case& c, const char* who, Work work) {
  std::size_t matches = work();
  std::size_t times = 0;
  const double began = cpu_seconds();
  double took = 0;
  do {
    matches = work();
    ++times;
    took = cpu_seconds() - began;
  } while (took < 0.1);
  std::printf("{\"case\": \"%s\", \"who\": \"%s\", \"s\": %.9f, \"matches\": %zu}\n", c.name.c_str(), who,
              took / static_cast<double>(times), matches);
}

void run(const Case& c, const std::vector<std::string>& peers) {
  const auto wanted = [&](std::string_view peer) { return std::ranges::find(peers, peer) != peers.end(); };
  const re::Pattern pattern = re::compile(c.pattern);
  measure(c, "krait", [&] { return by_krait(c, pattern); });
  if (wanted("std::regex")) {
    // ECMAScript has no (?i); its flag is given instead.
    const bool caseless = c.pattern.starts_with("(?i)");
    const std::regex standard(c.pattern.substr(caseless ? 4 : 0),
                              (caseless ? std::regex::icase : std::regex::ECMAScript) | std::regex::optimize);
    measure(c, "std::regex", [&] { return by_std(c, standard); });
  }
#ifdef KRAIT_BENCH_RE2
  if (wanted("RE2")) {
    const RE2 quick(c.pattern);
    measure(c, "RE2", [&] { return by_re2(c, quick); });
  }
#endif
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Case parse(const json::Value& line) {
  Case c{line["case"].as_string(), line["op"].as_string(),         line["pattern"].as_string(),
         line["repl"].as_string(), read(line["file"].as_string()), {}};
  if (c.op == "match") c.lines = re::split("\n", c.text).strings();
  return c;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: bench_regex CASES\n"), 2;
  std::ifstream cases(argv[1]);
  for (std::string line; std::getline(cases, line);) {
    const json::Value value = json::loads(line);
    std::vector<std::string> peers;
    for (const json::Value& peer : value["peers"].as_array()) peers.push_back(peer.as_string());
    run(parse(value), peers);
  }
}
