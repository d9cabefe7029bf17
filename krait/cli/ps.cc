#include "krait/cli/ps.h"

#include <algorithm>
#include <array>

#include "krait/json/encoder.h"

namespace krait::cli {

namespace {

constexpr std::size_t kColumns = 7;
using Row = std::array<std::string, kColumns>;

// In code points: names are UTF-8.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Row row_of(const Snapshot& process, const Loop& loop, const Task& task) {
  std::string state = task.changing ? "changing" : task.state_name();
  if (task.cancelling) state += ", cancelling";
  const Location* place = task.place();
  return {std::to_string(process.pid),
          std::to_string(loop.number),
          task.name,
          state,
          task.elapsed ? duration_text(*task.elapsed) : "-",
          task.waits_on.empty() ? "-" : task.waits_on,
          place ? place_text(*place) : "-"};
}

}  // namespace

std::string ps_text(const Family& family, bool verbose) {
  std::vector<Row> rows{{"PID", "LOOP", "TASK", "STATE", "FOR", "WAITS ON", "AT"}};
  std::vector<const Task*> tasks{nullptr};
  std::string stuck;
  for (const Snapshot& process : family.members) {
    for (const Loop& loop : process.loops) {
      for (const Task& task : loop.tasks) {
        rows.push_back(row_of(process, loop, task));
        tasks.push_back(&task);
      }
      if (loop.is_stuck())
        stuck += process.program + " (pid " + std::to_string(process.pid) + "): " + stuck_text(loop) + "\n";
    }
  }
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  const std::size_t first = family.members.size() > 1 ? 0 : 1;
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = first; i < kColumns; ++i) {
      text += rows[r][i];
      if (i + 1 < kColumns) text.append(widths[i] - width(rows[r][i]) + 2, ' ');
    }
    text += "\n";
    if (!verbose || !tasks[r]) continue;
    for (const auto& frame : tasks[r]->stack) text += "    " + frame_text(*frame) + "\n";
  }
  if (!stuck.empty()) text += "\n" + stuck;
  return text;
}

std::string ps_json(const Family& family) {
  json::Array processes;
  for (const Snapshot& process : family.members) {
    json::Array loops;
    for (const Loop& loop : process.loops) {
      json::Array tasks;
      for (const Task& task : loop.tasks) tasks.push_back(task_json(task));
      json::Object object = loop_json(loop);
      object["tasks"] = std::move(tasks);
      loops.push_back(std::move(object));
    }
    processes.push_back(snapshot_json(process, std::move(loops)));
  }
  return json::dumps(processes) + "\n";
}

}  // namespace krait::cli
