#include "krait/cli/ps.h"

#include <gtest/gtest.h>

#include "krait/json/decoder.h"
#include "krait/json/encoder.h"

namespace krait::cli {
namespace {

using namespace std::chrono_literals;

Family family_of(std::vector<Task> tasks) {
  Loop loop;
  loop.number = 1;
  loop.thread = 4711;
  loop.running = loop.asleep = true;
  loop.tasks = std::move(tasks);
  return {{Snapshot{4711, "shop", "0.1.0", {std::move(loop)}}}, {}};
}

Task waiting(std::string name, std::string on, nanoseconds elapsed, std::vector<Location> stack = {}) {
  Task task;
  task.name = std::move(name);
  task.state = Task::State::Waiting;
  task.waits_on = std::move(on);
  task.elapsed = elapsed;
  for (Location& each : stack) task.stack.push_back(std::make_shared<const Location>(std::move(each)));
  return task;
}

TEST(Ps, gives_each_task_a_row_and_aligns_the_columns_by_characters) {
  const Family family = family_of({waiting("main", "Task 'Köchin'", 12345ms, {{"/src/shop.cc", "main()", 41}}),
                                   waiting("Köchin", "sleep", 7ms, {{"/src/shop.cc", "cook()", 17}})});
  EXPECT_EQ(ps_text(family, false),
            "LOOP  TASK    STATE    FOR    WAITS ON       AT\n"
            "1     main    waiting  12.3s  Task 'Köchin'  shop.cc:41\n"
            "1     Köchin  waiting  7ms    sleep          shop.cc:17\n");
}

TEST(Ps, gives_the_awaits_of_each_task_when_asked) {
  const Family family = family_of({waiting("main", "sleep", 1s, {{"a.cc", "outer()", 1}, {"b.cc", "inner()", 2}})});
  EXPECT_EQ(ps_text(family, true),
            "LOOP  TASK  STATE    FOR   WAITS ON  AT\n"
            "1     main  waiting  1.0s  sleep     b.cc:2\n"
            "    File \"a.cc\", line 1, in outer()\n"
            "    File \"b.cc\", line 2, in inner()\n");
}

TEST(Ps, has_a_column_of_process_ids_when_there_are_several) {
  Family family = family_of({waiting("main", "sleep", 1s)});
  family.members.push_back(family.members.front());
  family.members.back().pid = 12;
  EXPECT_EQ(ps_text(family, false),
            "PID   LOOP  TASK  STATE    FOR   WAITS ON  AT\n"
            "4711  1     main  waiting  1.0s  sleep     -\n"
            "12    1     main  waiting  1.0s  sleep     -\n");
}

TEST(Ps, says_that_a_task_is_being_cancelled_or_ran_meanwhile) {
  Task cancelled = waiting("a", "Lock.acquire", 1s), ran;
  cancelled.cancelling = 1;
  ran.name = "b";
  ran.changing = true;
  EXPECT_EQ(ps_text(family_of({cancelled, ran}), false),
            "LOOP  TASK  STATE                FOR   WAITS ON      AT\n"
            "1     a     waiting, cancelling  1.0s  Lock.acquire  -\n"
            "1     b     changing             -     -             -\n");
}

TEST(Ps, says_which_task_keeps_a_loop_from_its_work) {
  Task busy;
  busy.name = "busy";
  busy.state = Task::State::Running;
  busy.elapsed = 3min + 12s;
  Family family = family_of({busy});
  family.members[0].loops[0].asleep = false;
  family.members[0].loops[0].last_look = 3min + 12s;
  EXPECT_EQ(ps_text(family, false),
            "LOOP  TASK  STATE    FOR    WAITS ON  AT\n"
            "1     busy  running  3m12s  -         -\n"
            "\n"
            "shop (pid 4711): loop 1 has not looked at I/O or timers for 3m12s; it runs Task 'busy'\n");
}

TEST(Ps, names_the_innermost_await_of_the_users_own_code) {
  Task task = waiting("main", "Queue.get", 1s,
                      {{"/home/me/krait/examples/shop.cc", "main()", 41},
                       {"/usr/include/krait/web/server.h", "serve()", 9},
                       {"/usr/include/krait/asyncio/queues.h", "get()", 7}});
  EXPECT_EQ(task.place()->line, 41u);
  task.stack.erase(task.stack.begin());
  EXPECT_EQ(task.place()->line, 9u) << "for want of it, the innermost above asyncio";
}

TEST(Ps, writes_the_same_as_json) {
  const json::Value all =
      json::loads(ps_json(family_of({waiting("main", "Task 'cook'", 1500ms, {{"/src/shop.cc", "main()", 41}})})));
  const json::Object& process = all.as_array().at(0).as_object();
  EXPECT_EQ(process.at("pid").as_int(), 4711);
  const json::Object& loop = process.at("loops").as_array().at(0).as_object();
  EXPECT_TRUE(loop.at("asleep").as_bool());
  const json::Object& task = loop.at("tasks").as_array().at(0).as_object();
  const std::string expected =
      R"x({"name":"main","state":"waiting","seconds":1.5,"waits_on":"Task 'cook'","cancelling":0,)x"
      R"x("at":"/src/shop.cc:41","stack":[{"file":"/src/shop.cc","line":41,"function":"main()"}]})x";
  EXPECT_EQ(json::dumps(task), expected);
}

TEST(Duration, is_as_precise_as_it_is_short) {
  EXPECT_EQ(duration_text(0ns), "0ms");
  EXPECT_EQ(duration_text(999ms), "999ms");
  EXPECT_EQ(duration_text(999900us), "1.0s");
  EXPECT_EQ(duration_text(59900ms), "59.9s");
  EXPECT_EQ(duration_text(60s), "1m00s");
  EXPECT_EQ(duration_text(2h + 5min), "2h05m");
  EXPECT_EQ(duration_text(76h), "3d04h");
}

}  // namespace
}  // namespace krait::cli
