#pragma once
// Python: time's clocks, and sleep.
//
//   const double start = time::perf_counter();
//   work();
//   print(time::perf_counter() - start);

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace krait::time {

// Seconds since 1970-01-01 UTC. Python: time.time()
double time();
std::int64_t time_ns();
// Of a clock that never goes back. Python: time.monotonic()
double monotonic();
std::int64_t monotonic_ns();
// Python: time.perf_counter()
double perf_counter();
std::int64_t perf_counter_ns();
// Processor time of this process. Python: time.process_time()
double process_time();
std::int64_t process_time_ns();
// Processor time of this thread. Python: time.thread_time()
double thread_time();
std::int64_t thread_time_ns();

// Blocks this thread; within a coroutine `co_await asyncio::sleep()` is what you want. A signal does not shorten it.
// Throws ValueError "sleep length must be non-negative", or for NaN; OverflowError beyond 292 years. Python: time.sleep(secs)
void sleep(std::chrono::nanoseconds length);
void _sleep(double secs);
template <class Number>
  requires std::integral<Number> || std::floating_point<Number>
void sleep(Number secs) {
  _sleep(static_cast<double>(secs));
}

// Python: the namespace that time.get_clock_info gives
struct clock_info {
  std::string implementation;  // "clock_gettime(CLOCK_MONOTONIC)"
  bool monotonic;
  bool adjustable;
  double resolution;  // seconds
};
// Of "time", "monotonic", "perf_counter", "process_time", "thread_time". Throws ValueError "unknown clock".
// Python: time.get_clock_info(name)
clock_info get_clock_info(std::string_view name);
// "namespace(implementation='clock_gettime(CLOCK_REALTIME)', monotonic=False, …)". Python: repr(info)
std::string repr(const clock_info& info);
std::string str(const clock_info& info);

}  // namespace krait::time
