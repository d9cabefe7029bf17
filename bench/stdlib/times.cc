// What krait's times cost: a line of JSON a case, {"case", "who", "ns"}. times.py asks CPython the same, and compares.

#include <chrono>
#include <cstdio>
#include <string>

#include "krait/datetime.h"
#include "krait/time.h"
#include "krait/zoneinfo.h"

namespace {

using namespace krait;
using Clock = std::chrono::steady_clock;
using Moment = datetime::datetime;

constexpr int kCalls = 200'000;

// So that nothing measured is left out for being of no use.
volatile std::size_t sink = 0;

template <class Call>
void measure(const char* name, Call call) {
  for (int i = 0; i < kCalls / 10; ++i) sink = sink + call(i);
  const auto start = Clock::now();
  for (int i = 0; i < kCalls; ++i) sink = sink + call(i);
  const std::chrono::duration<double, std::nano> taken = Clock::now() - start;
  std::printf("{\"case\": \"%s\", \"who\": \"krait\", \"ns\": %.1f}\n", name, taken.count() / kCalls);
}

}  // namespace

int main() {
  const datetime::tz new_york = zoneinfo::ZoneInfo("America/New_York");
  const datetime::tz shanghai = zoneinfo::ZoneInfo("Asia/Shanghai");
  const Moment when(2023, 9, 15, 14, 46, 37, 123456, new_york);
  const Moment later(2060, 9, 15, 14, 46, 37, 123456, new_york);
  const time::struct_time tuple = time::gmtime(1694760884);
  const std::string log = "2023-09-15 14:46:37";
  const std::string iso = "2023-09-15T14:46:37.123456+08:00";

  measure("time.strftime", [&](int) { return time::strftime("%Y-%m-%d %H:%M:%S", tuple).size(); });
  measure("datetime.strftime", [&](int) { return when.strftime("%a, %d %b %Y %H:%M:%S.%f %z").size(); });
  measure("datetime.isoformat", [&](int) { return when.isoformat().size(); });
  measure("time.strptime",
          [&](int) { return static_cast<std::size_t>(time::strptime(log, "%Y-%m-%d %H:%M:%S").tm_yday); });
  measure("datetime.strptime",
          [&](int) { return static_cast<std::size_t>(Moment::strptime(iso, "%Y-%m-%dT%H:%M:%S.%f%z").day()); });
  measure("datetime.fromisoformat", [&](int) { return static_cast<std::size_t>(Moment::fromisoformat(iso).day()); });
  measure("datetime.astimezone", [&](int) { return static_cast<std::size_t>(when.astimezone(shanghai).day()); });
  measure("datetime.astimezone, to UTC",
          [&](int) { return static_cast<std::size_t>(when.astimezone(datetime::timezone::utc).day()); });
  measure("datetime.astimezone, by the rule",
          [&](int) { return static_cast<std::size_t>(later.astimezone(shanghai).day()); });
  measure("datetime + timedelta",
          [&](int i) { return static_cast<std::size_t>((when + datetime::timedelta(0, i)).day()); });
}
