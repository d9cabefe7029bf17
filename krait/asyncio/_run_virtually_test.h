#pragma once
// What asyncio's tests begin with: a main that runs on the virtual clock, and the text of what a call or an await throws.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "krait/asyncio/runners.h"
#include "krait/builtins.h"
#include "krait/unittest/virtual_clock.h"

namespace krait::asyncio {

using namespace std::chrono_literals;
using Trace = std::vector<std::string>;
using unittest::VirtualClock;

// repr() of what the await throws, "nothing" when it throws nothing.
template <class A>
Coroutine<std::string> awaited_failure(A awaitable) {
  try {
    (void)co_await std::move(awaitable);
  } catch (...) {
    co_return repr(std::current_exception());
  }
  co_return "nothing";
}

// repr() of what `function` throws, "nothing" when it throws nothing.
template <class F>
std::string failure(F function) {
  try {
    function();
  } catch (...) {
    return repr(std::current_exception());
  }
  return "nothing";
}

template <class F>
void run_virtually(F main) {
  VirtualClock clock;
  run(main());
}

}  // namespace krait::asyncio
