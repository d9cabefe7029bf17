#include "krait/cli/pstree.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace krait::cli {
namespace {

using namespace std::chrono_literals;

// A task at `address` that waits on the tasks at `others`, each called as its address.
Task waiting(std::uint64_t address, std::vector<std::uint64_t> others, std::string on = "gather") {
  Task task;
  task.address = address;
  task.name = std::to_string(address);
  task.state = Task::State::Waiting;
  task.waits_on = std::move(on);
  task.awaits.emplace();
  task.awaits->noun = task.waits_on;
  for (const std::uint64_t other : others)
    task.awaits->others.push_back({other, "Task '" + std::to_string(other) + "'", true, false, {}});
  return task;
}
Task sleeping(std::uint64_t address) {
  Task task = waiting(address, {}, "sleep");
  task.elapsed = 1500ms;
  task.awaits.reset();
  return task;
}

Family family_of(std::vector<Task> tasks) {
  Loop loop;
  loop.number = 1;
  loop.thread = 4712;
  loop.running = loop.asleep = true;
  loop.tasks = std::move(tasks);
  return {{Snapshot{4711, "shop", "0.1.0", {std::move(loop)}}}, {}};
}
std::string tree_of(std::vector<Task> tasks) {
  const std::string text = pstree_text(family_of(std::move(tasks)));
  const std::string head = "Loop 1 of shop (pid 4711, thread 4712): ";
  EXPECT_TRUE(text.starts_with(head)) << text;
  return text.substr(text.find('\n') + 1);
}

TEST(Pstree, puts_what_is_awaited_below_those_who_wait) {
  Task main = waiting(1, {2, 3});
  main.stack.push_back(std::make_shared<const Location>(Location{"/src/shop.cc", "Coroutine<> main()", 41}));
  EXPECT_EQ(tree_of({main, sleeping(2), sleeping(3), sleeping(4)}),
            "├── Task '1' waits on gather\n"
            "│   ├── File \"/src/shop.cc\", line 41, in Coroutine<> main()\n"
            "│   ├── Task '2' waits on sleep for 1.5s\n"
            "│   └── Task '3' waits on sleep for 1.5s\n"
            "└── Task '4' waits on sleep for 1.5s\n");
}

TEST(Pstree, says_how_many_of_a_gather_are_done) {
  Task main = waiting(1, {2, 3, 4});
  main.awaits->others[1].done = main.awaits->others[2].done = true;
  EXPECT_EQ(tree_of({main, sleeping(2)}),
            "└── Task '1' waits on gather\n"
            "    ├── Task '2' waits on sleep for 1.5s\n"
            "    └── … and 2 done\n");
}

TEST(Pstree, shows_a_task_once_however_many_wait_for_it) {
  EXPECT_EQ(tree_of({waiting(1, {3}, "Task '3'"), waiting(2, {3}, "Task '3'"), sleeping(3)}),
            "├── Task '1' waits on Task '3'\n"
            "│   └── Task '3' waits on sleep for 1.5s\n"
            "└── Task '2' waits on Task '3'\n"
            "    └── Task '3', shown above\n");
}

TEST(Pstree, names_a_cycle_and_shows_it_once_around) {
  EXPECT_EQ(tree_of({waiting(1, {2}, "Task '2'"), waiting(2, {1}, "Task '1'"), sleeping(3)}),
            "cycle: '1' → '2' → '1'\n"
            "├── Task '3' waits on sleep for 1.5s\n"
            "└── Task '1' waits on Task '2'\n"
            "    └── Task '2' waits on Task '1'\n"
            "        └── Task '1', shown above\n");
}

TEST(Pstree, shows_a_cycle_below_the_task_that_leads_into_it) {
  EXPECT_EQ(tree_of({waiting(1, {2}, "Task '2'"), waiting(2, {3}, "Task '3'"), waiting(3, {2}, "Task '2'")}),
            "cycle: '2' → '3' → '2'\n"
            "└── Task '1' waits on Task '2'\n"
            "    └── Task '2' waits on Task '3'\n"
            "        └── Task '3' waits on Task '2'\n"
            "            └── Task '2', shown above\n");
}

TEST(Pstree, ends_in_a_chain_that_is_too_long_to_show) {
  std::vector<Task> tasks;
  for (std::uint64_t i = 1; i <= 100'000; ++i) tasks.push_back(waiting(i, {i + 1}));
  const std::string text = tree_of(std::move(tasks));
  EXPECT_NE(text.find("… and deeper"), text.npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 102);
}

TEST(Pstree, writes_the_same_as_json) {
  const std::string text = pstree_json(family_of({waiting(1, {2}, "Task '2'"), sleeping(2)}));
  EXPECT_NE(text.find(R"("roots":[{"name":"1","state":"waiting","seconds":null,"waits_on":"Task '2'","cancelling":0,)"
                      R"("at":null,"stack":[],"awaits":[{"name":"2",)"),
            text.npos)
      << text;
  EXPECT_NE(text.find(R"("cycles":[])"), text.npos);
}

}  // namespace
}  // namespace krait::cli
