#pragma once
// A process and those of its children that are krait programs, as `krait ps` shows them; and the words for it.

#include <string>
#include <vector>

#include "krait/cli/_snapshot.h"
#include "krait/json/value.h"

namespace krait::cli {

struct Family {
  std::vector<Snapshot> members;   // the process asked for, then its children
  std::vector<std::string> notes;  // what could not be read, for stderr
};

// Throws as look_at does, and RuntimeError when the process itself is not a krait program.
Family look_at_family(pid_t pid);

// "12.3s", "450ms", "3m12s"
std::string duration_text(nanoseconds duration);
// "shop.cc:41"
std::string place_text(const Location& location);
// File "/src/shop.cc", line 41, in Coroutine<> main()
std::string frame_text(const Location& location);
// "loop 1 has not looked at I/O or timers for 12.3s; it runs Task 'cook'"
std::string stuck_text(const Loop& loop);
std::string plural(std::size_t count, const std::string& noun);

// One who is in a table and in a tree: no "awaits".
json::Object task_json(const Task& task);
// Without its tasks.
json::Object loop_json(const Loop& loop);
json::Object snapshot_json(const Snapshot& snapshot, json::Array loops);

}  // namespace krait::cli
