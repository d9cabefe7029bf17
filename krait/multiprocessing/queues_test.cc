#include "krait/multiprocessing/queues.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "krait/multiprocessing/process.h"
#include "krait/multiprocessing/synchronize.h"

namespace krait::multiprocessing {
namespace {

using namespace std::chrono_literals;

// What could hang fails after this.
constexpr QueueWait kSoon{.timeout = 60s};

template <class F>
std::string failure(F function) {
  try {
    function();
  } catch (...) {
    std::string text = krait::repr(std::current_exception());
    std::size_t at = text.find("0x");
    return at == std::string::npos ? text : text.replace(at, text.find('>', at) - at, "0x…");
  }
  return "nothing";
}

struct Dumpling {
  int number = 0;
  std::string filling;
  bool operator==(const Dumpling&) const = default;
};
KRAIT_DESCRIBE(Dumpling, number, filling);

// A49, ended by a None for each consumer.
TEST(Queue, hands_values_from_producers_to_a_consumer) {
  Queue<std::optional<Dumpling>> queue;
  Queue<int> eaten;
  Process consumer([=]() mutable {
    int sum = 0;
    while (auto dumpling = queue.get()) sum += dumpling->number;
    eaten.put(sum);
  });
  consumer.start();
  std::vector<Process> producers;
  for (int p = 0; p < 2; ++p) {
    producers.emplace_back([=]() mutable {
      for (int i = 1; i <= 10; ++i) queue.put(Dumpling{i, "pork"});
    });
    producers.back().start();
  }
  for (Process& each : producers) each.join(60s);
  queue.put(std::nullopt);
  EXPECT_EQ(eaten.get(kSoon), 110);
  consumer.join(60s);
  EXPECT_EQ(consumer.exitcode(), 0);
}

TEST(Queue, keeps_the_order_of_a_producer) {
  Queue<int> queue;
  Process producer([=]() mutable {
    for (int i = 0; i < 5000; ++i) queue.put(i);
  });
  producer.start();
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(queue.get(kSoon), i);
  producer.join(60s);
}

TEST(Queue, put_hands_more_than_a_pipe_holds_to_a_thread) {
  Queue<std::string> queue;
  for (int i = 0; i < 100; ++i) queue.put(std::string(10'000, static_cast<char>('a' + i % 26)));
  EXPECT_EQ(queue.qsize(), 100);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(queue.get(kSoon), std::string(10'000, static_cast<char>('a' + i % 26)));
  EXPECT_EQ(queue.qsize(), 0);
}

TEST(Queue, carries_large_values) {
  Queue<std::vector<double>> queue;
  std::vector<double> large(1'000'000, 0.5);
  Process producer([=]() mutable {
    for (int i = 0; i < 3; ++i) queue.put(large);
  });
  producer.start();
  for (int i = 0; i < 3; ++i) ASSERT_EQ(queue.get(kSoon), large);
  producer.join(60s);
}

TEST(Queue, a_child_is_started_while_the_thread_feeds) {
  Queue<std::string> queue, answer;
  for (int i = 0; i < 50; ++i) queue.put(std::string(20'000, 'x'));
  Process child([=]() mutable {
    for (int i = 0; i < 50; ++i) queue.get();
    answer.put("all");
  });
  child.start();
  EXPECT_EQ(answer.get(kSoon), "all");
  child.join(60s);
}

// B9.3
TEST(Queue, is_empty_and_full) {
  Queue<int> queue(2);
  EXPECT_TRUE(queue.empty());
  EXPECT_THROW(queue.get_nowait(), Empty);
  EXPECT_THROW(queue.get({.timeout = 1ms}), Empty);
  queue.put(1);
  queue.put(2);
  EXPECT_TRUE(queue.full());
  EXPECT_FALSE(queue.empty());
  EXPECT_THROW(queue.put_nowait(3), Full);
  EXPECT_THROW(queue.put(3, {.timeout = 1ms}), Full);
  EXPECT_EQ(queue.get(), 1);
  queue.put(3, kSoon);
  EXPECT_EQ(queue.get(), 2);
  EXPECT_EQ(queue.get(), 3);
}

TEST(Queue, a_put_waits_for_room) {
  Queue<int> queue(1);
  Process consumer([=]() mutable {
    for (int i = 0; i < 200; ++i) {
      if (queue.get() != i) throw SystemExit(2);
    }
  });
  consumer.start();
  for (int i = 0; i < 200; ++i) queue.put(i, kSoon);
  consumer.join(60s);
  EXPECT_EQ(consumer.exitcode(), 0);
}

// B9.4
TEST(Queue, one_that_is_closed_says_so) {
  Queue<int> queue;
  EXPECT_EQ(failure([&] { queue.join_thread(); }), "AssertionError('Queue not closed')");
  queue.close();
  constexpr auto kText = "ValueError('Queue <multiprocessing.queues.Queue object at 0x…> is closed')";
  EXPECT_EQ(failure([&] { queue.put(1); }), kText);
  EXPECT_EQ(failure([&] { queue.get(); }), kText);
  queue.join_thread();
}

TEST(Queue, a_process_ends_when_everything_it_put_was_taken) {
  Queue<std::string> queue;
  Process producer([=]() mutable {
    for (int i = 0; i < 60; ++i) queue.put(std::string(10'000, 'x'));
  });
  producer.start();
  producer.join(0s);
  EXPECT_TRUE(producer.is_alive());
  for (int i = 0; i < 60; ++i) queue.get(kSoon);
  producer.join(60s);
  EXPECT_EQ(producer.exitcode(), 0);
}

TEST(Queue, a_process_may_end_without_having_handed_over) {
  Queue<std::string> queue;
  Process producer([=]() mutable {
    for (int i = 0; i < 60; ++i) queue.put(std::string(10'000, 'x'));
    queue.cancel_join_thread();
  });
  producer.start();
  producer.join(60s);
  EXPECT_EQ(producer.exitcode(), 0);
}

// B9.5, python/cpython#87971
TEST(Queue, a_reader_killed_at_any_moment_hangs_nobody) {
  std::mt19937 random(1);
  Queue<std::string> queue(3);
  for (int round = 0; round < 40; ++round) {
    Semaphore got(0);
    Process reader([=]() mutable {
      for (;;) {
        queue.get();
        got.release();
      }
    });
    reader.start();
    int before = static_cast<int>(random() % 20);
    for (int i = 0; i < before; ++i) {
      queue.put(std::string(random() % 40'000, 'x'), kSoon);
      if (i == 0) {
        ASSERT_TRUE(got.acquire({.timeout = 60s}));
      }
    }
    reader.kill();
    reader.join(60s);
    // All that is left can be taken, and all its places are there.
    while (!queue.empty()) queue.get(kSoon);
    ASSERT_EQ(queue.qsize(), 0) << round;
    for (int i = 0; i < 3; ++i) queue.put("y", kSoon);
    EXPECT_THROW(queue.put_nowait("y"), Full);
    for (int i = 0; i < 3; ++i) ASSERT_EQ(queue.get(kSoon), "y");
  }
}

TEST(Queue, a_writer_killed_at_any_moment_hangs_nobody) {
  std::mt19937 random(2);
  Queue<std::string> queue(50);
  for (int round = 0; round < 40; ++round) {
    Process writer([=]() mutable {
      for (;;) queue.put(std::string(9'000, 'x'));
    });
    writer.start();
    int before = 1 + static_cast<int>(random() % 40);
    for (int i = 0; i < before; ++i) ASSERT_EQ(queue.get(kSoon).size(), 9'000U);
    writer.kill();
    writer.join(60s);
    while (!queue.empty()) ASSERT_EQ(queue.get(kSoon).size(), 9'000U);
    // What it had accepted and not handed over takes no place for long.
    for (int i = 0; i < 50; ++i) queue.put("y", kSoon);
    EXPECT_TRUE(queue.full());
    for (int i = 0; i < 50; ++i) ASSERT_EQ(queue.get(kSoon), "y");
  }
}

TEST(Queue, readers_and_writers_killed_beside_others_hang_nobody) {
  Queue<int> queue(5);
  std::mt19937 random(3);
  auto put_forever = [=]() mutable {
    for (int i = 0;; ++i) queue.put(i);
  };
  auto get_forever = [=]() mutable {
    for (;;) queue.get();
  };
  Semaphore alive(0);
  Process steady([=]() mutable {
    for (int i = 0; i < 3000; ++i) {
      queue.get();
      if (i % 50 == 0) alive.release();
    }
  });
  steady.start();
  for (int round = 0; round < 30; ++round) {
    Process a(put_forever), b(put_forever), c(get_forever);
    a.start();
    b.start();
    c.start();
    ASSERT_TRUE(alive.acquire({.timeout = 60s}));
    for (Process* each : {&a, &c, &b}) each->kill();
    for (Process* each : {&a, &b, &c}) each->join(60s);
  }
  steady.kill();
  steady.join(60s);
}

TEST(JoinableQueue, waits_until_everything_is_dealt_with) {
  JoinableQueue<int> queue;
  auto sum = _make_shared_memory<std::atomic<int>>();
  Process consumer({.daemon = true}, [=]() mutable {
    for (;;) {
      *sum += queue.get();
      queue.task_done();
    }
  });
  consumer.start();
  for (int i = 1; i <= 10; ++i) queue.put(i);
  queue.join();
  EXPECT_EQ(*sum, 55);
  consumer.terminate();
  consumer.join(60s);
}

// B9.6
TEST(JoinableQueue, task_done_too_often_is_an_error) {
  JoinableQueue<int> queue;
  queue.join();
  queue.put(1);
  queue.get();
  queue.task_done();
  EXPECT_EQ(failure([&] { queue.task_done(); }), "ValueError('task_done() called too many times')");
}

TEST(SimpleQueue, puts_and_gets) {
  SimpleQueue<std::string> queue;
  EXPECT_TRUE(queue.empty());
  queue.put("one");
  EXPECT_EQ(queue.get(), "one");
}

}  // namespace
}  // namespace krait::multiprocessing
