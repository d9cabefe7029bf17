#include "krait/contextvars.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/builtins/with.h"

namespace krait::contextvars {
namespace {

ContextVar<int> number("number");
ContextVar<std::string> text("text", "-");

// What `call` throws, the addresses in it masked; "nothing".
std::string thrown_by(auto call) {
  try {
    call();
    return "nothing";
  } catch (...) {
    std::string all = repr(std::current_exception()), masked;
    for (std::size_t i = 0; i < all.size();) {
      if (all.compare(i, 2, "0x") == 0) {
        i = all.find_first_not_of("0123456789abcdef", i + 2);
        masked += "0x…";
      } else {
        masked += all[i++];
      }
    }
    return masked;
  }
}
std::vector<std::string> names(const Context& context) {
  std::vector<std::string> all;
  for (AnyContextVar var : context) all.push_back(var.name());
  return all;
}
// Runs each test in a context of its own.
class InContext : public testing::Test {
 protected:
  InContext() { slot_.exchange(); }
  ~InContext() override { slot_.exchange(); }

 private:
  _Slot slot_;
};
using ContextVars = InContext;
using Contexts = InContext;
using Tokens = InContext;
using Slots = InContext;

TEST_F(ContextVars, without_a_value_or_a_default_raise) {
  EXPECT_EQ(thrown_by([] { number.get(); }), "LookupError(\"<ContextVar name='number' at 0x…>\")");
}
TEST_F(ContextVars, give_their_default) {
  EXPECT_EQ(text.get(), "-");
  EXPECT_EQ(text.get("instead"), "instead");
  EXPECT_EQ(number.get(7), 7);
}
TEST_F(ContextVars, give_what_was_set) {
  number.set(5);
  text.set("five");
  EXPECT_EQ(number.get(), 5);
  EXPECT_EQ(number.get(7), 5);
  EXPECT_EQ(text.get(), "five");
  number.set(6);
  EXPECT_EQ(number.get(), 6);
}
TEST_F(ContextVars, say_their_name_and_their_default) {
  EXPECT_EQ(number.name(), "number");
  EXPECT_EQ(text.repr().substr(0, 41), "<ContextVar name='text' default='-' at 0x");
  EXPECT_EQ(ContextVar<bool>("flag", true).repr().substr(0, 41), "<ContextVar name='flag' default=True at 0");
}
TEST_F(ContextVars, of_one_name_are_not_one) {
  ContextVar<int> other("number");
  other.set(1);
  number.set(2);
  EXPECT_EQ(other.get(), 1);
}
TEST_F(ContextVars, that_are_gone_leave_nothing_to_those_that_come) {
  for (int i = 0; i < 3; ++i) {
    ContextVar<int> local("local");
    EXPECT_EQ(local.get(-1), -1);
    local.set(i);
  }
  ContextVar<std::string> other("local", "clean");
  EXPECT_EQ(other.get(), "clean");
}
TEST_F(ContextVars, free_a_value_that_is_replaced) {
  ContextVar<std::shared_ptr<int>> var("pointer");
  auto held = std::make_shared<int>(1);
  var.set(held);
  EXPECT_EQ(held.use_count(), 2);
  var.set(nullptr);
  EXPECT_EQ(held.use_count(), 1);
}
TEST_F(ContextVars, by_the_hundred_are_all_found) {
  std::vector<std::unique_ptr<ContextVar<int>>> vars;
  for (int i = 0; i < 300; ++i) vars.push_back(std::make_unique<ContextVar<int>>("var" + std::to_string(i)));
  for (int i = 0; i < 300; ++i) vars[i * 7 % 300]->set(i * 7 % 300);
  Context copy = copy_context();
  for (int i = 0; i < 300; i += 3) vars[i]->set(-i);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(vars[i]->get(), i % 3 == 0 ? -i : i);
    EXPECT_EQ(copy.at(*vars[i]), i);
  }
  EXPECT_EQ(copy.size(), 300u);
}

TEST_F(Tokens, put_back_what_was) {
  number.set(1);
  auto token = number.set(2);
  EXPECT_EQ(token.old_value(), 1);
  number.reset(token);
  EXPECT_EQ(number.get(), 1);
  EXPECT_EQ(token.old_value(), 1);
  EXPECT_EQ(&token.var(), &number);
}
TEST_F(Tokens, put_back_that_nothing_was) {
  auto token = number.set(2);
  EXPECT_EQ(token.old_value(), Token<int>::MISSING);
  number.reset(token);
  EXPECT_THROW(number.get(), LookupError);
  EXPECT_EQ(copy_context().size(), 0u);
}
TEST_F(Tokens, serve_once) {
  auto token = number.set(1);
  number.reset(token);
  EXPECT_EQ(thrown_by([&] { number.reset(token); }),
            "RuntimeError(\"<Token used var=<ContextVar name='number' at 0x…> at 0x…> has already been used once\")");
}
TEST_F(Tokens, serve_their_own_variable) {
  ContextVar<int> other("other");
  auto token = other.set(1);
  EXPECT_EQ(
      thrown_by([&] { number.reset(token); }),
      "ValueError(\"<Token var=<ContextVar name='other' at 0x…> at 0x…> was created by a different ContextVar\")");
  EXPECT_EQ(other.get(), 1);
}
TEST_F(Tokens, serve_in_their_own_context) {
  auto token = number.set(1);
  Context copy = copy_context();
  EXPECT_EQ(thrown_by([&] { copy.run([&] { number.reset(token); }); }),
            "ValueError(\"<Token var=<ContextVar name='number' at 0x…> at 0x…> was created in a different Context\")");
  number.reset(token);
  EXPECT_EQ(thrown_by([] { number.get(); }), "LookupError(\"<ContextVar name='number' at 0x…>\")");
}
TEST_F(Tokens, are_managers_that_reset) {
  number.set(1);
  with(number.set(2), [] { EXPECT_EQ(number.get(), 2); });
  EXPECT_EQ(number.get(), 1);
}

TEST_F(Contexts, start_empty) {
  Context context;
  EXPECT_EQ(context.size(), 0u);
  EXPECT_TRUE(names(context).empty());
  EXPECT_EQ(context.run([] { return text.get(); }), "-");
}
TEST_F(Contexts, keep_what_is_set_while_they_run) {
  number.set(1);
  Context context;
  EXPECT_EQ(context.run([](int n) { return number.set(n), number.get(); }, 2), 2);
  EXPECT_EQ(number.get(), 1);
  EXPECT_EQ(context.at(number), 2);
  context.run([] { EXPECT_EQ(number.get(), 2); });
}
TEST_F(Contexts, leave_the_outer_one_as_it_was_after_an_exception) {
  number.set(1);
  Context context;
  auto fails = [] {
    number.set(2);
    throw ValueError("v");
  };
  EXPECT_EQ(thrown_by([&] { context.run(fails); }), "ValueError('v')");
  EXPECT_EQ(number.get(), 1);
  EXPECT_EQ(context.at(number), 2);
  context.run([] {});
}
TEST_F(Contexts, are_not_entered_twice) {
  Context context;
  auto again = [&] { context.run([&] { Context().run([&] { context.run([] {}); }); }); };
  EXPECT_EQ(thrown_by(again), "RuntimeError('cannot enter context: <Context object at 0x…> is already entered')");
  EXPECT_EQ(thrown_by(again), "RuntimeError('cannot enter context: <Context object at 0x…> is already entered')");
}
TEST_F(Contexts, may_be_entered_by_their_copies) {
  Context context = copy_context();
  context.run([&] {
    number.set(1);
    Context copy = copy_context();
    copy.run([] { number.set(2); });
    EXPECT_EQ(copy.at(number), 2);
    EXPECT_EQ(number.get(), 1);
  });
}
TEST_F(Contexts, are_one_context_however_many_handles) {
  Context context;
  Context same = context;
  context.run([] { number.set(3); });
  EXPECT_EQ(same.at(number), 3);
}
TEST_F(Contexts, part_from_their_copies) {
  Context first;
  first.run([] { number.set(1), text.set("one"); });
  Context second = first.copy();
  second.run([] { number.set(2); });
  first.run([] { text.set("uno"); });
  EXPECT_EQ(first.at(number), 1);
  EXPECT_EQ(first.at(text), "uno");
  EXPECT_EQ(second.at(number), 2);
  EXPECT_EQ(second.at(text), "one");
}
TEST_F(Contexts, part_from_their_copies_by_a_reset_too) {
  auto token = number.set(1);
  text.set("kept");
  Context copy = copy_context();
  number.reset(token);
  EXPECT_EQ(copy.at(number), 1);
  EXPECT_EQ(names(copy), (std::vector<std::string>{"number", "text"}));
  EXPECT_EQ(names(copy_context()), std::vector<std::string>{"text"});
}
TEST_F(Contexts, are_mappings) {
  Context context;
  context.run([] { text.set("t"); });
  EXPECT_TRUE(context.contains(text));
  EXPECT_FALSE(context.contains(number));
  EXPECT_EQ(context[text], "t");
  EXPECT_EQ(context.get(text), "t");
  EXPECT_EQ(context.get(number), std::nullopt);
  EXPECT_EQ(context.get(number, 9), 9);
  EXPECT_EQ(context.size(), 1u);
  for (AnyContextVar var : context) EXPECT_EQ(var, AnyContextVar(text));
  EXPECT_EQ(thrown_by([&] { context.at(number); }), "KeyError(<ContextVar name='number' at 0x…>)");
}
TEST_F(Contexts, know_no_defaults) {
  EXPECT_FALSE(Context().contains(text));
  EXPECT_THROW(Context().at(text), KeyError);
}
TEST_F(Contexts, may_be_set_while_they_are_iterated) {
  number.set(1);
  ContextVar<int> late("late");
  copy_context().run([&] {
    Context here = copy_context();
    here.run([&] {
      std::vector<std::string> seen;
      for (AnyContextVar var : here) {
        seen.push_back(var.name());
        late.set(1);
      }
      EXPECT_EQ(seen, std::vector<std::string>{"number"});
    });
  });
}

// A context with many readers: each thread copies it, sets what is its own, and sees no other's.
TEST_F(Contexts, may_be_copied_into_threads) {
  number.set(-1);
  text.set("shared");
  Context shared = copy_context();
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (int id = 0; id < 4; ++id) {
    threads.emplace_back([id, &wrong, mine = shared.copy()] {
      for (int i = 0; i < 1000; ++i) {
        mine.copy().run([&] {
          wrong[id] += number.get() != -1 || text.get() != "shared";
          number.set(id);
          wrong[id] += number.get() != id;
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
  EXPECT_EQ(number.get(), -1);
}
TEST_F(Contexts, of_a_thread_start_empty_and_go_with_it) {
  auto held = std::make_shared<int>(1);
  ContextVar<std::shared_ptr<int>> var("pointer");
  var.set(nullptr);
  std::thread([&] {
    EXPECT_EQ(copy_context().size(), 0u);
    var.set(held);
    EXPECT_EQ(held.use_count(), 2);
  }).join();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(Slots, cost_nothing_where_nothing_is_set) {
  _Slot slot = _Slot::copy_current();
  EXPECT_FALSE(slot);
  {
    _Within within(slot);
    EXPECT_EQ(text.get(), "-");
  }
  EXPECT_FALSE(slot);
}
TEST_F(Slots, keep_what_was_set_first_within_them) {
  _Slot slot;
  {
    _Within within(slot);
    number.set(1);
  }
  EXPECT_TRUE(slot);
  EXPECT_THROW(number.get(), LookupError);
  _Within within(slot);
  EXPECT_EQ(number.get(), 1);
}
TEST_F(Slots, copy_what_is_current) {
  number.set(1);
  _Slot slot = _Slot::copy_current();
  number.set(2);
  _Within within(slot);
  EXPECT_EQ(number.get(), 1);
}
TEST_F(Slots, share_a_context_that_is_given) {
  Context context;
  _Slot slot(context);
  {
    _Within within(slot);
    number.set(1);
    EXPECT_THROW(context.run([] {}), RuntimeError);
  }
  EXPECT_EQ(context.at(number), 1);
}
TEST_F(Slots, move) {
  _Slot slot;
  {
    _Within within(slot);
    number.set(1);
  }
  _Slot other = std::move(slot);
  EXPECT_FALSE(slot);  // NOLINT(bugprone-use-after-move)
  slot = std::move(other);
  EXPECT_TRUE(slot);
}

}  // namespace
}  // namespace krait::contextvars
