#include "krait/asyncio/graph.h"

#include <algorithm>
#include <cstdio>

#include "krait/builtins/traceback.h"

namespace krait::asyncio {

namespace {

constexpr std::size_t kMostTasks = 20;  // that a message lists

std::string noun(const _FutureCore& future) {
  switch (future.kind()) {
    case _FutureCore::Kind::Task:
      return "Task '" + future.name() + "'";
    case _FutureCore::Kind::Gather:
      return "gather";
    case _FutureCore::Kind::Group:
      return "a TaskGroup";
    case _FutureCore::Kind::Wait:
      return "wait";
    case _FutureCore::Kind::Shield:
      return "shield";
    case _FutureCore::Kind::Future:
      break;
  }
  return future.name().empty() ? "a Future" : "Future '" + future.name() + "'";
}

std::string waits_on(const _TaskCore& task) {
  const _Suspension* wait = task.waiting_on();
  if (!wait) return {};
  return wait->awaited() ? noun(*wait->awaited()) : wait->what();
}

void format(std::string& text, const FutureCallGraph& graph, std::size_t depth) {
  const std::string indent(depth * 2, ' ');
  text += indent + "* " + noun(graph.future.core());
  if (!graph.waits_on.empty()) text += " waits on " + graph.waits_on;
  text += "\n";
  for (const auto& each : graph.call_stack) text += indent + _format_location(each) + "\n";
  for (const auto& each : graph.awaits) format(text, each, depth + 1);
}

// The innermost await that stands in a user's file: those within asyncio tell what waits_on() tells already.
std::string place(const std::vector<std::source_location>& stack) {
  if (stack.empty()) return {};
  auto ours = [](const std::source_location& at) {
    const std::string_view file = at.file_name();
    const bool inside = file.find("krait/asyncio/") != file.npos || file.find("krait/builtins/") != file.npos;
    return inside && !file.ends_with("_test.cc");
  };
  auto found = std::find_if_not(stack.rbegin(), stack.rend(), ours);
  if (found == stack.rend()) found = stack.rbegin();
  return std::string(", at ") + found->file_name() + ":" + std::to_string(found->line());
}

}  // namespace

FutureCallGraph capture_call_graph(const FutureBase& future, int depth) {
  FutureCallGraph graph{future, {}, {}, {}};
  std::vector<_FutureCore*> awaited = future.core().children();
  if (future.core().kind() == _FutureCore::Kind::Task) {
    const auto& task = static_cast<const _TaskCore&>(future.core());
    graph.call_stack = task.stack();
    graph.waits_on = waits_on(task);
    if (const _Suspension* wait = task.waiting_on(); wait && wait->awaited()) awaited = {wait->awaited()};
  }
  if (depth > 0) {
    for (_FutureCore* each : awaited)
      graph.awaits.push_back(capture_call_graph(FutureBase(_base::Ref<_FutureCore>(each)), depth - 1));
  }
  return graph;
}

std::string format_call_graph(const FutureBase& future) {
  std::string text;
  format(text, capture_call_graph(future), 0);
  return text;
}

void print_call_graph(const FutureBase& future) {
  const std::string text = format_call_graph(future);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::string _describe_waiting(EventLoop& loop) {
  std::string text;
  std::size_t listed = 0;
  for (const AnyTask& handle : all_tasks(&loop)) {
    const auto& task = static_cast<const _TaskCore&>(handle.core());
    const _Suspension* wait = task.waiting_on();
    if (!wait) continue;
    if (++listed > kMostTasks) return text + "\n  and more";
    text += "\n  " + task.name() + " waits on " + waits_on(task);
    const _FutureCore* future = wait->awaited();
    if (future && future->kind() == _FutureCore::Kind::Future) text += ", which nobody can set";
    text += place(task.stack());
  }
  return text;
}

}  // namespace krait::asyncio
