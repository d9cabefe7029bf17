#include "krait/time/clocks.h"

#include <cerrno>
#include <cmath>
#include <ctime>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/print.h"

namespace krait::time {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t read(clockid_t clock) {
  timespec now{};
  if (clock_gettime(clock, &now) != 0) raise_os_error(errno);
  return now.tv_sec * kSecond + now.tv_nsec;
}

// As CPython does it, by a division: 1e-9 has no exact double, 1e9 has.
double seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

}  // namespace

double time() { return seconds(time_ns()); }
std::int64_t time_ns() { return read(CLOCK_REALTIME); }
double monotonic() { return seconds(monotonic_ns()); }
std::int64_t monotonic_ns() { return read(CLOCK_MONOTONIC); }
double perf_counter() { return seconds(perf_counter_ns()); }
std::int64_t perf_counter_ns() { return read(CLOCK_MONOTONIC); }
double process_time() { return seconds(process_time_ns()); }
std::int64_t process_time_ns() { return read(CLOCK_PROCESS_CPUTIME_ID); }
double thread_time() { return seconds(thread_time_ns()); }
std::int64_t thread_time_ns() { return read(CLOCK_THREAD_CPUTIME_ID); }

void sleep(std::chrono::nanoseconds length) {
  if (length.count() < 0) throw ValueError("sleep length must be non-negative");
  std::int64_t deadline = 0;
  if (__builtin_add_overflow(monotonic_ns(), length.count(), &deadline)) {
    throw OverflowError("timestamp too large to convert to C PyTime_t");
  }
  const timespec until{.tv_sec = deadline / kSecond, .tv_nsec = deadline % kSecond};
  int error = 0;
  do {
    error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
  } while (error == EINTR);
  if (error != 0) raise_os_error(error);
}

void _sleep(double secs) {
  if (std::isnan(secs)) throw ValueError("Invalid value NaN (not a number)");
  if (secs < 0) throw ValueError("sleep length must be non-negative");
  const double nanoseconds = std::ceil(secs * 1e9);
  if (!(nanoseconds < 0x1p63)) throw OverflowError("timestamp too large to convert to C PyTime_t");
  sleep(std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds)));
}

clock_info get_clock_info(std::string_view name) {
  const auto info = [](const char* constant, clockid_t clock, bool monotonic) {
    timespec resolution{};
    if (clock_getres(clock, &resolution) != 0) raise_os_error(errno);
    return clock_info{.implementation = std::string("clock_gettime(") + constant + ")",
                      .monotonic = monotonic,
                      .adjustable = !monotonic,
                      .resolution = seconds(resolution.tv_sec * kSecond + resolution.tv_nsec)};
  };
  if (name == "time") return info("CLOCK_REALTIME", CLOCK_REALTIME, false);
  if (name == "monotonic" || name == "perf_counter") return info("CLOCK_MONOTONIC", CLOCK_MONOTONIC, true);
  if (name == "process_time") return info("CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID, true);
  if (name == "thread_time") return info("CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID, true);
  throw ValueError("unknown clock");
}

std::string repr(const clock_info& info) {
  return "namespace(implementation='" + info.implementation + "', monotonic=" + krait::str(info.monotonic) +
         ", adjustable=" + krait::str(info.adjustable) + ", resolution=" + krait::str(info.resolution) + ")";
}

std::string str(const clock_info& info) { return repr(info); }

}  // namespace krait::time
