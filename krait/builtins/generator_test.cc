#include "krait/builtins/generator.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "krait/builtins/exceptions.h"

namespace krait {
namespace {

using Trace = std::vector<std::string>;

struct Logs {
  Trace& trace;
  std::string name;
  ~Logs() { trace.push_back(name); }
};

Generator<int> count(int n) {
  for (int i = 0; i < n; ++i) co_yield i;
}

template <class T>
std::vector<T> list(Generator<T> generator) {
  std::vector<T> all;
  for (T& each : generator) all.push_back(std::move(each));
  return all;
}

TEST(Generator, gives_its_values_in_order) {
  EXPECT_EQ(list(count(3)), (std::vector{0, 1, 2}));
  EXPECT_TRUE(list(count(0)).empty());
}

TEST(Generator, does_nothing_until_it_is_asked) {
  Trace trace;
  auto body = [&trace]() -> Generator<int> {
    trace.push_back("started");
    co_yield 1;
  };
  Generator<int> generator = body();
  EXPECT_TRUE(trace.empty());
  generator.next();
  EXPECT_EQ(trace, Trace{"started"});
}

TEST(Generator, next_gives_nothing_at_the_end_and_ever_after) {
  Generator<int> generator = count(1);
  EXPECT_EQ(generator.next(), 0);
  EXPECT_EQ(generator.next(), std::nullopt);
  EXPECT_EQ(generator.next(), std::nullopt);
}

TEST(Generator, runs_only_as_far_as_it_is_asked) {
  Trace trace;
  auto body = [&trace]() -> Generator<int> {
    for (int i = 0;; ++i) {
      trace.push_back("make " + std::to_string(i));
      co_yield i;
    }
  };
  for (int i : body()) {
    trace.push_back("take " + std::to_string(i));
    if (i == 1) break;
  }
  EXPECT_EQ(trace, (Trace{"make 0", "take 0", "make 1", "take 1"}));
}

TEST(Generator, leaving_the_loop_early_runs_the_destructors_of_its_locals) {
  Trace trace;
  auto body = [&trace]() -> Generator<int> {
    Logs outer{trace, "outer"};
    for (int i = 0;; ++i) {
      Logs inner{trace, "inner"};
      co_yield i;
    }
  };
  for (int i : body()) {
    if (i == 0) break;
  }
  EXPECT_EQ(trace, (Trace{"inner", "outer"}));
}

TEST(Generator, close_runs_the_destructors_and_ends_it) {
  Trace trace;
  auto body = [&trace]() -> Generator<int> {
    Logs local{trace, "closed"};
    co_yield 1;
    co_yield 2;
  };
  Generator<int> generator = body();
  generator.next();
  generator.close();
  EXPECT_EQ(trace, Trace{"closed"});
  EXPECT_EQ(generator.next(), std::nullopt);
  generator.close();
  EXPECT_EQ(trace, Trace{"closed"});
}

TEST(Generator, one_that_never_started_frees_its_arguments) {
  auto shared = std::make_shared<int>(1);
  {
    auto body = [](std::shared_ptr<int> held) -> Generator<int> { co_yield *held; };
    Generator<int> generator = body(shared);
    EXPECT_EQ(shared.use_count(), 2);
  }
  EXPECT_EQ(shared.use_count(), 1);
}

TEST(Generator, an_exception_comes_out_of_next_and_ends_it) {
  auto body = []() -> Generator<int> {
    co_yield 1;
    throw ValueError("boom");
  };
  Generator<int> generator = body();
  EXPECT_EQ(generator.next(), 1);
  EXPECT_THROW(generator.next(), ValueError);
  EXPECT_EQ(generator.next(), std::nullopt);
}

TEST(Generator, an_exception_comes_out_of_a_for_loop) {
  auto body = []() -> Generator<int> {
    co_yield 1;
    throw ValueError("boom");
  };
  std::vector<int> seen;
  EXPECT_THROW(for (int i : body()) seen.push_back(i), ValueError);
  EXPECT_EQ(seen, std::vector{1});
}

TEST(Generator, throw_raises_at_the_yield_and_gives_the_next_value) {
  auto body = []() -> Generator<std::string> {
    std::string caught = "nothing";
    try {
      co_yield "waiting";
    } catch (const ValueError& e) {
      caught = e.what();
    }
    co_yield "caught " + caught;
  };
  Generator<std::string> generator = body();
  EXPECT_EQ(generator.next(), "waiting");
  EXPECT_EQ(generator.throw_(std::make_exception_ptr(ValueError("it"))), "caught it");
  EXPECT_EQ(generator.next(), std::nullopt);
}

TEST(Generator, throw_comes_back_when_nobody_catches_it) {
  Trace trace;
  auto body = [&trace]() -> Generator<int> {
    Logs local{trace, "unwound"};
    co_yield 1;
  };
  Generator<int> generator = body();
  generator.next();
  EXPECT_THROW(generator.throw_(std::make_exception_ptr(KeyError("k"))), KeyError);
  EXPECT_EQ(trace, Trace{"unwound"});
  EXPECT_EQ(generator.next(), std::nullopt);
}

TEST(Generator, throw_into_one_that_has_not_started_ends_it) {
  Trace trace;
  auto body = [&trace]() -> Generator<int> {
    trace.push_back("never");
    co_yield 1;
  };
  Generator<int> generator = body();
  EXPECT_THROW(generator.throw_(std::make_exception_ptr(KeyError("k"))), KeyError);
  EXPECT_EQ(generator.next(), std::nullopt);
  EXPECT_TRUE(trace.empty());
}

TEST(Generator, throw_into_one_that_ended_comes_straight_back) {
  Generator<int> generator = count(0);
  generator.next();
  EXPECT_THROW(generator.throw_(std::make_exception_ptr(KeyError("k"))), KeyError);
}

TEST(Generator, a_swallowed_throw_at_the_last_yield_is_the_end) {
  auto body = []() -> Generator<int> {
    try {
      co_yield 1;
    } catch (const KeyError&) {
    }
  };
  Generator<int> generator = body();
  generator.next();
  EXPECT_EQ(generator.throw_(std::make_exception_ptr(KeyError("k"))), std::nullopt);
}

TEST(Generator, next_leaves_the_generator_s_own_variable_alone) {
  auto body = []() -> Generator<std::string> {
    std::string line = std::string(40, 'x');
    for (;;) {
      co_yield line;
      line += 'y';
    }
  };
  Generator<std::string> generator = body();
  EXPECT_EQ(generator.next(), std::string(40, 'x'));
  EXPECT_EQ(generator.next(), std::string(40, 'x') + "y");
}

TEST(Generator, a_loop_may_change_the_generator_s_variable_in_place) {
  auto body = []() -> Generator<int> {
    int n = 1;
    while (n < 100) co_yield n;
  };
  std::vector<int> seen;
  for (int& n : body()) {
    seen.push_back(n);
    n *= 10;
  }
  EXPECT_EQ(seen, (std::vector{1, 10}));
}

TEST(Generator, yields_constants_and_values_of_other_types) {
  auto body = []() -> Generator<std::string> {
    const std::string constant = "constant";
    co_yield constant;
    co_yield "literal";
    co_yield std::string("temporary");
  };
  EXPECT_EQ(list(body()), (Trace{"constant", "literal", "temporary"}));
}

TEST(Generator, yields_what_can_only_be_moved) {
  auto body = []() -> Generator<std::unique_ptr<int>> {
    auto local = std::make_unique<int>(1);
    co_yield std::move(local);
    co_yield std::make_unique<int>(2);
  };
  Generator<std::unique_ptr<int>> generator = body();
  EXPECT_EQ(**generator.next(), 1);
  EXPECT_EQ(**generator.next(), 2);
  EXPECT_EQ(generator.next(), std::nullopt);
}

TEST(Generator, a_second_loop_goes_on_where_the_first_stopped) {
  Generator<int> generator = count(4);
  for (int i : generator) {
    if (i == 1) break;
  }
  std::vector<int> rest;
  for (int i : generator) rest.push_back(i);
  EXPECT_EQ(rest, (std::vector{2, 3}));
}

TEST(Generator, may_be_moved_between_two_values) {
  Generator<int> first = count(3);
  first.next();
  Generator<int> second = std::move(first);
  EXPECT_EQ(second.next(), 1);
  second = count(9);
  EXPECT_EQ(second.next(), 0);
}

Generator<int> tree(int depth) {
  if (depth == 0) co_return;
  for (int i : tree(depth - 1)) co_yield i;
  co_yield depth;
  for (int i : tree(depth - 1)) co_yield i;
}
TEST(Generator, may_use_itself) { EXPECT_EQ(list(tree(3)), (std::vector{1, 2, 1, 3, 1, 2, 1})); }

Generator<int, int> running_total() {
  int total = 0;
  for (;;) total += (co_yield total).value_or(100);
}
TEST(Generator, gives_the_yield_what_was_sent) {
  Generator<int, int> generator = running_total();
  EXPECT_EQ(generator.next(), 0);
  EXPECT_EQ(generator.send(5), 5);
  EXPECT_EQ(generator.send(7), 12);
}
TEST(Generator, next_sends_nothing) {
  Generator<int, int> generator = running_total();
  generator.next();
  EXPECT_EQ(generator.next(), 100);
  EXPECT_EQ(generator.send(1), 101);
  EXPECT_EQ(generator.next(), 201);
}
TEST(Generator, cannot_be_sent_to_before_it_stands_at_a_yield) {
  Generator<int, int> generator = running_total();
  try {
    generator.send(1);
    FAIL() << "it took the value";
  } catch (const TypeError& error) {
    EXPECT_STREQ(error.what(), "can't send non-None value to a just-started generator");
  }
  EXPECT_EQ(generator.next(), 0);
}
TEST(Generator, sending_to_one_that_ended_gives_nothing) {
  auto body = []() -> Generator<int, std::string> { EXPECT_EQ(co_yield 1, "last"); };
  auto generator = body();
  generator.next();
  EXPECT_EQ(generator.send("last"), std::nullopt);
  EXPECT_EQ(generator.send("more"), std::nullopt);
}

TEST(Generator, stop_iteration_from_within_becomes_a_runtime_error) {
  auto body = []() -> Generator<int> {
    co_yield 1;
    throw StopIteration("inside");
  };
  Generator<int> generator = body();
  generator.next();
  try {
    generator.next();
    FAIL() << "it threw nothing";
  } catch (const RuntimeError& error) {
    EXPECT_STREQ(error.what(), "generator raised StopIteration");
    EXPECT_EQ(repr(error.cause()), "StopIteration('inside')");
  }
  EXPECT_EQ(generator.next(), std::nullopt);
}
TEST(Generator, cannot_step_itself) {
  Generator<int>* self = nullptr;
  auto body = [&self]() -> Generator<int> { co_yield *self->next(); };
  Generator<int> generator = body();
  self = &generator;
  try {
    generator.next();
    FAIL() << "it ran within itself";
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "generator already executing");
  }
  EXPECT_EQ(generator.next(), std::nullopt);
}

}  // namespace
}  // namespace krait
