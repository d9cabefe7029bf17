#include "krait/cli/pstree.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "krait/json/encoder.h"

namespace krait::cli {

namespace {

constexpr int kDeepest = 100;            // tasks below tasks: more does not fit on a screen, nor endlessly on the stack
constexpr std::size_t kMostFrames = 50;  // shown of one task

// A line of the tree, and what stands below it.
struct Line {
  std::string text;
  std::vector<Line> below;
};

void draw(const std::vector<Line>& lines, const std::string& prefix, std::string& text) {
  for (const Line& line : lines) {
    const bool last = &line == &lines.back();
    text += prefix + (last ? "└── " : "├── ") + line.text + "\n";
    draw(line.below, prefix + (last ? "    " : "│   "), text);
  }
}

// The tasks of one loop by who waits for whom.
class Graph {
 public:
  explicit Graph(const Loop& loop) : loop_(loop) {
    for (const Task& task : loop.tasks) tasks_.emplace(task.address, &task);
    for (const Task& task : loop.tasks) {
      for (const std::uint64_t other : awaited_by(task)) awaited_.insert(other);
    }
    find_cycles();
  }

  // Those that nobody waits for, then one of each circle.
  std::vector<const Task*> roots() const {
    std::vector<const Task*> roots;
    for (const Task& task : loop_.tasks) {
      if (!awaited_.contains(task.address)) roots.push_back(&task);
    }
    for (const auto& cycle : cycles_) {
      const bool below_a_root = reachable_.contains(cycle.front()->address);
      if (!below_a_root) roots.push_back(cycle.front());
    }
    return roots;
  }
  // Each begins and ends with the same task.
  const std::vector<std::vector<const Task*>>& cycles() const noexcept { return cycles_; }
  const Task* find(std::uint64_t address) const {
    const auto found = tasks_.find(address);
    return found == tasks_.end() ? nullptr : found->second;
  }

 private:
  static void collect(const Awaited& awaited, std::vector<std::uint64_t>& into) {
    if (awaited.is_task && !awaited.done) into.push_back(awaited.address);
    for (const Awaited& other : awaited.others) collect(other, into);
  }
  static std::vector<std::uint64_t> awaited_by(const Task& task) {
    std::vector<std::uint64_t> all;
    if (task.awaits) collect(*task.awaits, all);
    return all;
  }

  // Depth first, without recursion: a chain may be as long as there are tasks. From the roots first, so that what is
  // entered later belongs to circles.
  void find_cycles() {
    for (const Task& task : loop_.tasks) {
      if (!awaited_.contains(task.address)) walk(task);
    }
    reachable_ = seen_;
    for (const Task& task : loop_.tasks) walk(task);
  }
  void walk(const Task& start) {
    struct Step {
      const Task* task;
      std::vector<std::uint64_t> others;
      std::size_t next = 0;
    };
    if (!seen_.insert(start.address).second) return;
    std::vector<Step> path{{&start, awaited_by(start)}};
    std::unordered_map<std::uint64_t, std::size_t> place{{start.address, 0}};  // of each task in `path`
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next == step.others.size()) {
        place.erase(step.task->address);
        path.pop_back();
        continue;
      }
      const Task* other = find(step.others[step.next++]);
      if (!other) continue;
      if (const auto found = place.find(other->address); found != place.end()) {
        auto& cycle = cycles_.emplace_back();
        for (std::size_t i = found->second; i < path.size(); ++i) cycle.push_back(path[i].task);
        cycle.push_back(other);
      } else if (seen_.insert(other->address).second) {
        place.emplace(other->address, path.size());
        path.push_back({other, awaited_by(*other)});
      }
    }
  }

  const Loop& loop_;
  std::unordered_map<std::uint64_t, const Task*> tasks_;
  std::unordered_set<std::uint64_t> awaited_, seen_, reachable_;
  std::vector<std::vector<const Task*>> cycles_;
};

std::string task_text(const Task& task) {
  std::string text = "Task '" + task.name + "'";
  const std::string elapsed = task.elapsed ? " for " + duration_text(*task.elapsed) : "";
  if (task.changing) {
    text += " ran while it was read";
  } else if (task.state == Task::State::Waiting) {
    text += " waits on " + task.waits_on + elapsed;
  } else if (task.state == Task::State::Running) {
    text += " runs" + elapsed;
  } else {
    text += " is ready";
  }
  if (task.cancelling) text += ", cancelling";
  return text;
}

class Tree {
 public:
  explicit Tree(const Graph& graph) : graph_(graph) {}

  Line task(const Task& task, int depth = 0) {
    if (!shown_.insert(task.address).second) return {"Task '" + task.name + "', shown above", {}};
    Line line{task_text(task), {}};
    const std::size_t hidden = task.stack.size() > kMostFrames ? task.stack.size() - kMostFrames : 0;
    if (hidden) line.below.push_back({"… " + plural(hidden, "await") + " further out", {}});
    for (std::size_t i = hidden; i < task.stack.size(); ++i) line.below.push_back({frame_text(*task.stack[i]), {}});
    if (task.awaits) add(*task.awaits, line, depth + 1);
    return line;
  }

 private:
  // What is awaited, below `line`: a task as a tree of its own, a gather's or a group's as they are. A plain future has
  // been named already.
  void add(const Awaited& awaited, Line& line, int depth) {
    if (depth > kDeepest) {
      line.below.push_back({"… and deeper", {}});
      return;
    }
    if (awaited.is_task) {
      const Task* found = graph_.find(awaited.address);
      line.below.push_back(found ? task(*found, depth) : Line{awaited.noun, {}});
      return;
    }
    std::size_t done = 0;
    for (const Awaited& other : awaited.others) {
      if (other.done) {
        ++done;
      } else if (other.is_task) {
        add(other, line, depth);
      } else {
        line.below.push_back({other.noun, {}});
        add(other, line.below.back(), depth + 1);
      }
    }
    if (done) line.below.push_back({"… and " + std::to_string(done) + " done", {}});
  }

  const Graph& graph_;
  std::unordered_set<std::uint64_t> shown_;
};

std::string loop_text(const Snapshot& process, const Loop& loop) {
  std::string text =
      "Loop " + std::to_string(loop.number) + " of " + process.program + " (pid " + std::to_string(process.pid);
  if (loop.running) text += ", thread " + std::to_string(loop.thread);
  text += "): " + plural(loop.tasks.size(), "task");
  if (!loop.running) text += ", not running";
  if (loop.asleep) text += ", asleep";
  if (loop.is_virtual) text += ", on virtual time";
  return text;
}

std::string cycle_text(const std::vector<const Task*>& cycle) {
  std::string text = "cycle:";
  for (const Task* task : cycle) text += (task == cycle.front() && text == "cycle:" ? " '" : " → '") + task->name + "'";
  return text;
}

json::Object tree_json(const Graph& graph, const Task& task, std::unordered_set<std::uint64_t>& shown, int depth);

void add_json(const Graph& graph, const Awaited& awaited, std::unordered_set<std::uint64_t>& shown, int depth,
              json::Array& into) {
  if (awaited.is_task && !awaited.done) {
    if (const Task* task = graph.find(awaited.address)) into.push_back(tree_json(graph, *task, shown, depth));
  }
  for (const Awaited& other : awaited.others) add_json(graph, other, shown, depth, into);
}

json::Object tree_json(const Graph& graph, const Task& task, std::unordered_set<std::uint64_t>& shown, int depth) {
  if (!shown.insert(task.address).second || depth > kDeepest) return {{"name", task.name}, {"shown_above", true}};
  json::Object object = task_json(task);
  json::Array awaits;
  if (task.awaits) add_json(graph, *task.awaits, shown, depth + 1, awaits);
  object["awaits"] = std::move(awaits);
  return object;
}

}  // namespace

std::string pstree_text(const Family& family) {
  std::string text;
  for (const Snapshot& process : family.members) {
    for (const Loop& loop : process.loops) {
      text += loop_text(process, loop) + "\n";
      if (loop.is_stuck()) text += stuck_text(loop) + "\n";
      const Graph graph(loop);
      for (const auto& cycle : graph.cycles()) text += cycle_text(cycle) + "\n";
      Tree tree(graph);
      std::vector<Line> lines;
      for (const Task* root : graph.roots()) lines.push_back(tree.task(*root));
      draw(lines, "", text);
    }
  }
  return text;
}

std::string pstree_json(const Family& family) {
  json::Array processes;
  for (const Snapshot& process : family.members) {
    json::Array loops;
    for (const Loop& loop : process.loops) {
      const Graph graph(loop);
      std::unordered_set<std::uint64_t> shown;
      json::Array roots, cycles;
      for (const Task* root : graph.roots()) roots.push_back(tree_json(graph, *root, shown, 0));
      for (const auto& cycle : graph.cycles()) {
        json::Array names;
        for (const Task* task : cycle) names.push_back(task->name);
        cycles.push_back(std::move(names));
      }
      json::Object object = loop_json(loop);
      object["roots"] = std::move(roots);
      object["cycles"] = std::move(cycles);
      loops.push_back(std::move(object));
    }
    processes.push_back(snapshot_json(process, std::move(loops)));
  }
  return json::dumps(processes) + "\n";
}

}  // namespace krait::cli
