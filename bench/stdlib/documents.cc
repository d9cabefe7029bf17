// bench_documents FILE PEER WORK [SECONDS]: reads (WORK is loads; structs: into a vector of Measure) or writes (dumps, dumps_ascii) the document in FILE again and
// again with krait or nlohmann, and prints a JSON line: the CPU time of one, {"ns": …}.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "krait/json.h"

namespace measured {

struct Measure {
  std::int64_t id, at;
  double price, rate;
  std::vector<int> counts;
  bool ok;
};
KRAIT_DESCRIBE(Measure, id, at, price, rate, counts, ok);
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Measure, id, at, price, rate, counts, ok)

}  // namespace measured

namespace {

using namespace krait;
using measured::Measure;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// What the optimiser may not think away.
volatile std::size_t sink;

template <class F>
void measure(double seconds, F work) {
  for (int i = 0; i < 3; ++i) sink = work();
  const double begin = cpu_seconds();
  double end = begin;
  long times = 0;
  do {
    sink = work();
    ++times;
    end = cpu_seconds();
  } while (end - begin < seconds);
  std::printf("{\"ns\": %.1f}\n", (end - begin) / static_cast<double>(times) * 1e9);
}

int fail(const char* why) {
  std::fprintf(stderr, "bench_documents: %s\n", why);
  return 2;
}

int measure_krait(const std::string& text, const std::string& work, double seconds) {
  if (work == "loads") {
    measure(seconds, [&] { return static_cast<std::size_t>(json::loads(text).type()); });
    return 0;
  }
  if (work == "structs") {
    measure(seconds, [&] { return json::loads<std::vector<Measure>>(text).size(); });
    return 0;
  }
  const json::Value value = json::loads(text);
  if (work == "dumps") {
    measure(seconds, [&] { return json::dumps(value).size(); });
  } else if (work == "dumps_ascii") {
    measure(seconds, [&] { return json::dumps(value, {}).size(); });
  } else {
    return fail("WORK is loads, structs, dumps or dumps_ascii");
  }
  return 0;
}

int measure_nlohmann(const std::string& text, const std::string& work, double seconds) {
  using Document = nlohmann::ordered_json;
  if (work == "loads") {
    measure(seconds, [&] { return static_cast<std::size_t>(Document::parse(text).type()); });
    return 0;
  }
  if (work == "structs") {
    measure(seconds, [&] { return nlohmann::json::parse(text).get<std::vector<Measure>>().size(); });
    return 0;
  }
  const Document value = Document::parse(text);
  const bool ascii = work == "dumps_ascii";
  measure(seconds, [&] { return value.dump(-1, ' ', ascii).size(); });
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return fail("FILE, PEER and WORK are missing");
  std::ifstream file(argv[1], std::ios::binary);
  if (!file) return fail("cannot open FILE");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string peer = argv[2], work = argv[3];
  const double seconds = argc > 4 ? std::atof(argv[4]) : 0.5;
  if (peer == "krait") return measure_krait(text, work, seconds);
  if (peer == "nlohmann") return measure_nlohmann(text, work, seconds);
  return fail("PEER is krait or nlohmann");
}
