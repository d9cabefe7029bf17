#include "krait/cli/_family.h"

#include <algorithm>
#include <cstdio>
#include <deque>

#include "krait/builtins/exceptions.h"

namespace krait::cli {

namespace {

// Nullopt for one that is no krait program, or ended meanwhile, as a child may.
std::optional<Snapshot> look_at_child(pid_t pid, std::vector<std::string>& notes) {
  try {
    return look_at(pid);
  } catch (const ProcessLookupError&) {
    return std::nullopt;
  } catch (const Exception& error) {
    notes.push_back(error.what());
    return std::nullopt;
  }
}

[[noreturn]] void raise_no_krait(pid_t pid) {
  std::vector<std::string> ignored;
  std::string text = "process " + std::to_string(pid) + " (" + Process(pid).name() + ") is not a krait program";
  for (const pid_t child : Process::children(pid)) {
    const auto found = look_at_child(child, ignored);
    if (!found) continue;
    text += "; its child " + std::to_string(child) + " (" + found->program + ") is";
    break;
  }
  throw RuntimeError(text);
}

void note_what_is_missing(const Snapshot& snapshot, std::vector<std::string>& notes) {
  const std::string whose = snapshot.program + " (pid " + std::to_string(snapshot.pid) + ")";
  if (snapshot.loops.empty()) notes.push_back(whose + " has no event loop");
  for (const Loop& loop : snapshot.loops) {
    if (loop.complete) continue;
    const auto changing = std::count_if(loop.tasks.begin(), loop.tasks.end(), [](const Task& t) { return t.changing; });
    notes.push_back(whose + " kept changing while loop " + std::to_string(loop.number) + " was read: " +
                    (changing ? plural(changing, "task") + " ran meanwhile" : "some of its tasks may be missing"));
  }
}

}  // namespace

Family look_at_family(pid_t pid) {
  Family family;
  std::optional<Snapshot> first = look_at(pid);
  if (!first) raise_no_krait(pid);
  family.members.push_back(std::move(*first));
  std::deque<pid_t> parents{pid};
  while (!parents.empty()) {
    for (const pid_t child : Process::children(parents.front())) {
      std::optional<Snapshot> found = look_at_child(child, family.notes);
      if (!found) continue;
      family.members.push_back(std::move(*found));
      parents.push_back(child);
    }
    parents.pop_front();
  }
  for (const Snapshot& member : family.members) {
    // A parent of workers waits for them, without a loop.
    if (!member.loops.empty() || family.members.size() == 1) note_what_is_missing(member, family.notes);
  }
  return family;
}

std::string duration_text(nanoseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  const long whole = static_cast<long>(seconds);
  char text[40];
  if (seconds < 0.9995) {
    std::snprintf(text, sizeof text, "%.0fms", seconds * 1000);
  } else if (seconds < 59.95) {
    std::snprintf(text, sizeof text, "%.1fs", seconds);
  } else if (whole < 3600) {
    std::snprintf(text, sizeof text, "%ldm%02lds", whole / 60, whole % 60);
  } else if (whole < 86400) {
    std::snprintf(text, sizeof text, "%ldh%02ldm", whole / 3600, whole / 60 % 60);
  } else {
    std::snprintf(text, sizeof text, "%ldd%02ldh", whole / 86400, whole / 3600 % 24);
  }
  return text;
}

std::string place_text(const Location& location) {
  return location.file.substr(location.file.rfind('/') + 1) + ":" + std::to_string(location.line);
}

std::string frame_text(const Location& location) {
  return "File \"" + location.file + "\", line " + std::to_string(location.line) + ", in " + location.function;
}

std::string stuck_text(const Loop& loop) {
  const auto running = std::find_if(loop.tasks.begin(), loop.tasks.end(),
                                    [](const Task& task) { return task.state == Task::State::Running; });
  return "loop " + std::to_string(loop.number) + " has not looked at I/O or timers for " +
         duration_text(loop.last_look) + "; it runs " +
         (running == loop.tasks.end() ? "a callback" : "Task '" + running->name + "'");
}

std::string plural(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

json::Object task_json(const Task& task) {
  json::Object object{{"name", task.name}, {"state", task.changing ? "changing" : task.state_name()}};
  object["seconds"] = task.elapsed ? json::Value(std::chrono::duration<double>(*task.elapsed).count()) : nullptr;
  object["waits_on"] = task.waits_on.empty() ? json::Value() : json::Value(task.waits_on);
  object["cancelling"] = task.cancelling;
  const Location* place = task.place();
  object["at"] = place ? json::Value(place->file + ":" + std::to_string(place->line)) : nullptr;
  json::Array stack;
  for (const auto& frame : task.stack)
    stack.push_back(json::Object{{"file", frame->file}, {"line", frame->line}, {"function", frame->function}});
  object["stack"] = std::move(stack);
  return object;
}

json::Object loop_json(const Loop& loop) {
  return {{"loop", loop.number},
          {"thread", loop.thread},
          {"running", loop.running},
          {"asleep", loop.asleep},
          {"virtual_time", loop.is_virtual},
          {"seconds_since_last_look", std::chrono::duration<double>(loop.last_look).count()},
          {"complete", loop.complete}};
}

json::Object snapshot_json(const Snapshot& snapshot, json::Array loops) {
  return {
      {"pid", snapshot.pid}, {"program", snapshot.program}, {"krait", snapshot.version}, {"loops", std::move(loops)}};
}

}  // namespace krait::cli
