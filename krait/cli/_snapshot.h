#pragma once
// What a process's event loops and tasks were at one moment, read from its memory by the table in
// krait/asyncio/_tools.h. The words are those of krait/asyncio/graph.h, which says the same from inside.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "krait/cli/_process.h"

namespace krait::cli {

using std::chrono::nanoseconds;

struct Location {
  std::string file, function;
  std::uint32_t line = 0;
};

// A future that is waited for.
struct Awaited {
  std::uint64_t address = 0;
  std::string noun;  // "Task 'cook'", "Future 'x'", "gather"
  bool is_task = false, done = false;
  std::vector<Awaited> others;  // of a gather, a TaskGroup, a wait or a shield
};

struct Task {
  enum class State : std::uint8_t { Running, Ready, Waiting };
  std::uint64_t address = 0;
  std::string name;
  State state = State::Ready;
  std::uint32_t cancelling = 0;
  bool changing = false;               // it ran while it was read: where it stands is not known
  std::optional<nanoseconds> elapsed;  // since it waits, or since its step began
  std::string waits_on;                // "sleep", "Queue.get", "Task 'cook'"
  std::optional<Awaited> awaits;       // when that is a future
  // The awaits, outermost first. Of one that runs: those it has passed last.
  std::vector<std::shared_ptr<const Location>> stack;

  // The innermost await in a user's file; for want of one the innermost above asyncio, or of all. Null: none is known.
  const Location* place() const;
  const char* state_name() const;
};

struct Loop {
  int number = 0;  // from 1
  int thread = 0;
  bool running = false, asleep = false;
  bool is_virtual = false;  // a test's clock
  nanoseconds last_look{};  // since it looked for I/O and timers
  std::vector<Task> tasks;  // in the order they were made
  bool complete = true;     // no task is missing or changing

  // It runs callbacks, and has for longer than what debug mode calls slow. Python: loop.slow_callback_duration
  bool is_stuck() const;
};

struct Snapshot {
  pid_t pid = 0;
  std::string program, version;  // of krait
  std::vector<Loop> loops;
};

// Nullopt for a process without krait. Throws ProcessLookupError, PermissionError, and RuntimeError for a krait
// that this one cannot read.
std::optional<Snapshot> look_at(pid_t pid);

}  // namespace krait::cli
