// runtime CASE... or runtime sleepers COUNT: krait's side of the work that runtime.py and go/main.go do.
//
// One JSON line a case. A case doubles its count until it takes long enough to be told from noise; "ns" is CPU time,
// user and system, of one operation, and "wall_ns" what the clock says.

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "krait/asyncio.h"
#include "krait/concurrent/futures/process.h"

namespace {

using krait::AsyncGenerator;
using krait::Coroutine;
using namespace std::chrono_literals;
namespace asyncio = krait::asyncio;
namespace concurrent = krait::concurrent;

constexpr auto kLongEnough = 200ms;
constexpr long kTasks = 100;
constexpr long kGathered = 1000;
constexpr long kTimersATurn = 1000;

Coroutine<> nothing() { co_return; }

Coroutine<> give_way(long turns) {
  for (long turn = 0; turn < turns; ++turn) co_await asyncio::sleep(0s);
}

// kTasks tasks give way to each other in `turns` turns each.
Coroutine<long> switches(long turns) {
  std::vector<Coroutine<>> tasks;
  for (long i = 0; i < kTasks; ++i) tasks.push_back(give_way(turns));
  co_await asyncio::gather(std::move(tasks));
  co_return turns* kTasks;
}

Coroutine<long> spawn(long count) {
  for (long i = 0; i < count; ++i) co_await asyncio::create_task(nothing());
  co_return count;
}

Coroutine<> produce(asyncio::Queue<long>& queue, long count) {
  for (long number = 0; number < count; ++number) co_await queue.put(number);
}

Coroutine<long> hand_over(long count, std::size_t capacity) {
  asyncio::Queue<long> queue(capacity);
  auto producer = asyncio::create_task(produce(queue, count));
  for (long number = 0; number < count; ++number) {
    const long got = co_await queue.get();
    if (got != number) std::abort();
  }
  co_await producer;
  co_return count;
}

// Timers that never ring, as a deadline on a quick answer; one turn in kTimersATurn lets the loop tidy up.
Coroutine<long> timer(long count) {
  asyncio::EventLoop& loop = asyncio::get_running_loop();
  for (long number = 0; number < count; ++number) {
    loop.call_later(1h, [] {}).cancel();
    if (number % kTimersATurn == 0) co_await asyncio::sleep(0s);
  }
  co_return count;
}

Coroutine<long> gather(long count) {
  for (long i = 0; i < count; ++i) {
    std::vector<Coroutine<>> tasks;
    tasks.reserve(kGathered);
    for (long task = 0; task < kGathered; ++task) tasks.push_back(nothing());
    co_await asyncio::gather(std::move(tasks));
  }
  co_return count;
}

Coroutine<> fill(asyncio::TaskGroup& group) {
  for (long task = 0; task < kGathered; ++task) group.create_task(nothing());
  co_return;
}

Coroutine<long> group(long count) {
  for (long i = 0; i < count; ++i) co_await async_with(asyncio::TaskGroup(), fill);
  co_return count;
}

struct HandedOver {
  asyncio::Lock lock;
  long last = -1, times = 0;
};

Coroutine<> contend(HandedOver& it, long me, long turns) {
  for (long turn = 0; turn < turns; ++turn) {
    co_await it.lock.acquire();
    it.times += std::exchange(it.last, me) != me;
    co_await asyncio::sleep(0s);
    it.lock.release();
  }
}

// Each holds the lock for a turn of the others, who so get in line: it goes from hand to hand.
Coroutine<long> lock_hand_over(long turns, long tasks) {
  HandedOver it;
  std::vector<Coroutine<>> contenders;
  for (long me = 0; me < tasks; ++me) contenders.push_back(contend(it, me, turns));
  co_await asyncio::gather(std::move(contenders));
  if (it.times < turns * tasks * 9 / 10) std::abort();
  co_return it.times;
}

int call() { return 42; }

Coroutine<long> executor(long count) {
  asyncio::EventLoop& loop = asyncio::get_running_loop();
  for (long i = 0; i < count; ++i) {
    if (co_await loop.run_in_executor(nullptr, call) != 42) std::abort();
  }
  co_return count;
}

// One worker; what it took is added when it has ended.
Coroutine<long> process_pool(long count) {
  concurrent::futures::ProcessPoolExecutor pool(1);
  asyncio::EventLoop& loop = asyncio::get_running_loop();
  for (long i = 0; i < count; ++i) {
    if (co_await loop.run_in_executor(pool, call) != 42) std::abort();
  }
  co_return count;
}

AsyncGenerator<long> numbers(long count) {
  for (long number = 0; number < count; ++number) co_yield number;
}

Coroutine<long> generator(long count) {
  long expected = 0;
  auto steps = numbers(count);
  while (auto number = co_await steps.anext()) {
    if (*number != expected++) std::abort();
  }
  co_return expected;
}

long resident() {
  std::ifstream statm("/proc/self/statm");
  long whole = 0, pages = 0;
  statm >> whole >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

Coroutine<> nap() { co_await asyncio::sleep(1h); }

// Bytes of resident memory that one sleeping task adds; the loop alone keeps the tasks.
Coroutine<double> sleepers(long count) {
  const long before = resident();
  for (long i = 0; i < count; ++i) asyncio::create_task(nap());
  co_await asyncio::sleep(0s);
  co_await asyncio::sleep(0s);
  co_return static_cast<double>(resident() - before) / static_cast<double>(count);
}

// Of this process and of its children that ended.
std::chrono::nanoseconds cpu_time() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  rusage children{};
  getrusage(RUSAGE_CHILDREN, &children);
  return std::chrono::seconds(now.tv_sec + children.ru_utime.tv_sec + children.ru_stime.tv_sec) +
         std::chrono::nanoseconds(now.tv_nsec) +
         std::chrono::microseconds(children.ru_utime.tv_usec + children.ru_stime.tv_usec);
}

using Case = std::function<Coroutine<long>(long)>;

void measure(const std::string& name, const Case& work) {
  for (long count = 2;; count *= 2) {
    const auto before = cpu_time();
    const auto started = std::chrono::steady_clock::now();
    const auto operations = static_cast<double>(asyncio::run(work(count)));
    const std::chrono::duration<double, std::nano> wall = std::chrono::steady_clock::now() - started;
    const std::chrono::duration<double, std::nano> took = cpu_time() - before;
    if (took < kLongEnough) continue;
    std::printf("{\"case\": \"%s\", \"ns\": %.3f, \"wall_ns\": %.3f}\n", name.c_str(), took.count() / operations,
                wall.count() / operations);
    std::fflush(stdout);
    return;
  }
}

const std::map<std::string, Case> kCases = {
    {"switch", switches},
    {"spawn", spawn},
    {"queue1", [](long count) { return hand_over(count, 1); }},
    {"queue64", [](long count) { return hand_over(count, 64); }},
    {"lock2", [](long turns) { return lock_hand_over(turns, 2); }},
    {"lock100", [](long turns) { return lock_hand_over(turns, 100); }},
    {"timer", timer},
    {"gather", gather},
    {"group", group},
    {"executor", executor},
    {"process_pool", process_pool},
    {"generator", generator},
};

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 2 && words[0] == "sleepers") {
    const long count = std::stol(words[1]);
    std::printf("{\"case\": \"sleepers%ld\", \"bytes\": %.1f}\n", count, asyncio::run(sleepers(count)));
    std::fflush(stdout);
    std::_Exit(0);
  }
  for (const std::string& name : words) {
    const auto found = kCases.find(name);
    if (found == kCases.end()) {
      std::cerr << "runtime: cannot measure " << name << ": no such case\n";
      return 2;
    }
    measure(name, found->second);
  }
}
