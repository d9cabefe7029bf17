#include "krait/time/clocks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "krait/builtins/exceptions.h"

namespace krait::time {
namespace {

template <class E>
std::string message(auto call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Clocks, time_is_that_of_the_system_clock) {
  const auto before = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t now = time_ns();
  const auto after = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_LE(std::chrono::nanoseconds(before).count(), now);
  EXPECT_LE(now, std::chrono::nanoseconds(after).count());
  EXPECT_GT(time(), 1.7e9);
}

TEST(Clocks, none_of_the_others_goes_back) {
  for (const auto clock : {monotonic_ns, perf_counter_ns, process_time_ns, thread_time_ns}) {
    const std::int64_t first = clock();
    EXPECT_LE(first, clock());
  }
  EXPECT_LE(monotonic(), monotonic());
  EXPECT_LE(perf_counter(), perf_counter());
  EXPECT_LE(process_time(), process_time());
  EXPECT_LE(thread_time(), thread_time());
}

TEST(Sleep, of_nothing_returns) {
  sleep(0);
  sleep(0.0);
  sleep(std::chrono::nanoseconds(1));
}

TEST(Sleep, refuses_what_is_no_length) {
  EXPECT_EQ(message<ValueError>([] { _sleep(-1); }), "sleep length must be non-negative");
  EXPECT_EQ(message<ValueError>([] { _sleep(-1e-10); }), "sleep length must be non-negative");
  EXPECT_EQ(message<ValueError>([] { _sleep(std::numeric_limits<double>::quiet_NaN()); }),
            "Invalid value NaN (not a number)");
  EXPECT_EQ(message<OverflowError>([] { _sleep(1e20); }), "timestamp too large to convert to C PyTime_t");
  EXPECT_EQ(message<OverflowError>([] { sleep(std::chrono::nanoseconds::max()); }),
            "timestamp too large to convert to C PyTime_t");
}

TEST(ClockInfo, is_printed_as_a_namespace) {
  EXPECT_EQ(repr(get_clock_info("time")),
            "namespace(implementation='clock_gettime(CLOCK_REALTIME)', monotonic=False, adjustable=True, "
            "resolution=1e-09)");
  EXPECT_EQ(str(get_clock_info("perf_counter")),
            "namespace(implementation='clock_gettime(CLOCK_MONOTONIC)', monotonic=True, adjustable=False, "
            "resolution=1e-09)");
  EXPECT_EQ(get_clock_info("process_time").implementation, "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)");
  EXPECT_EQ(get_clock_info("thread_time").implementation, "clock_gettime(CLOCK_THREAD_CPUTIME_ID)");
}

TEST(ClockInfo, of_an_unknown_clock_is_an_error) {
  EXPECT_EQ(message<ValueError>([] { get_clock_info("x"); }), "unknown clock");
}

}  // namespace
}  // namespace krait::time
