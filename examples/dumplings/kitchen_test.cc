#include "kitchen.h"

#include <gtest/gtest.h>

#include <krait/unittest.h>

using namespace krait;
using namespace dumplings;
using namespace std::chrono_literals;

namespace {

// Jiaozi take three seconds a steamer, baozi two.
Menu menu() {
  return {
      .shop = {"饺子馆", "Dumplings"},
      .dishes = {{"jiaozi", "饺子", "Dumplings", "", "", 12.5, 3, ""}, {"baozi", "包子", "Buns", "", "", 8, 2, ""}}};
}

NewOrder order(std::string dish = "jiaozi", int qty = 1) { return {.name = "Mei", .lines = {{std::move(dish), qty}}}; }

// Runs `story(kitchen)` in virtual time while the kitchen works.
template <class Story>
void with_kitchen(KitchenOptions options, Story story, unittest::VirtualClockOptions time = {}) {
  unittest::VirtualClock clock(time);
  auto main = [&]() -> Coroutine<> {
    Kitchen kitchen(menu(), std::move(options));
    auto work = asyncio::create_task(kitchen.work());
    std::exception_ptr error;
    try {
      co_await story(kitchen);
    } catch (...) {
      error = std::current_exception();
    }
    work.cancel();
    co_await asyncio::wait(std::vector{work});
    if (error) std::rethrow_exception(error);
  };
  asyncio::run(main());
}

nanoseconds now() { return asyncio::get_running_loop().time(); }

// Listens until `number` is ready; gives the time of it.
Coroutine<nanoseconds> when_ready(Kitchen& kitchen, int number) {
  Listener listener(kitchen, number);
  while ((co_await listener.next())->event != "called") {
  }
  co_return now();
}

// The next news of this kind.
Coroutine<json::Value> next_of(Listener& listener, std::string event) {
  while (true) {
    auto news = co_await listener.next();
    if (news->event == event) co_return json::loads(news->data);
  }
}

TEST(Kitchen, hands_out_numbers_in_order_and_says_how_many_are_ahead) {
  with_kitchen({.cooks = 1}, [](Kitchen& kitchen) -> Coroutine<> {
    for (int n = 1; n <= 3; ++n) {
      OrderView placed = kitchen.place(order());
      EXPECT_EQ(placed.number, n);
      EXPECT_EQ(placed.ahead, n - 1);
      EXPECT_EQ(placed.status, Status::waiting);
    }
    co_return;
  });
}

TEST(Kitchen, cooks_side_by_side_and_first_come_first_served) {
  with_kitchen({.cooks = 2}, [](Kitchen& kitchen) -> Coroutine<> {
    const nanoseconds opened = now();
    kitchen.place(order("jiaozi"));  // cook 1, until 3 s
    kitchen.place(order("baozi"));   // cook 2, until 2 s
    kitchen.place(order("jiaozi"));  // cook 2, until 5 s
    kitchen.place(order("baozi"));   // cook 1, until 5 s
    auto [a, b, c, d] = co_await asyncio::gather(when_ready(kitchen, 1), when_ready(kitchen, 2), when_ready(kitchen, 3),
                                                 when_ready(kitchen, 4));
    EXPECT_EQ(a - opened, 3s);
    EXPECT_EQ(b - opened, 2s);
    EXPECT_EQ(c - opened, 5s);
    EXPECT_EQ(d - opened, 5s);
    EXPECT_EQ(kitchen.find(3)->cook, 2);
    EXPECT_EQ(kitchen.find(4)->cook, 1);
  });
}

TEST(Kitchen, fills_a_steamer_with_four_portions_and_takes_another_for_the_fifth) {
  with_kitchen({.cooks = 2}, [](Kitchen& kitchen) -> Coroutine<> {
    EXPECT_EQ(kitchen.place(order("jiaozi", 4)).seconds, 3);
    EXPECT_EQ(kitchen.place(order("jiaozi", 5)).seconds, 6);
    co_return;
  });
}

TEST(Kitchen, adds_up_the_price_to_the_last_fen) {
  with_kitchen({}, [](Kitchen& kitchen) -> Coroutine<> {
    EXPECT_EQ(kitchen.place({.name = "Li", .lines = {{"jiaozi", 3}, {"baozi", 1}}}).total, 45.5);
    co_return;
  });
}

TEST(Kitchen, works_at_the_pace_it_is_told) {
  with_kitchen({.cooks = 1, .pace = 20}, [](Kitchen& kitchen) -> Coroutine<> {
    const nanoseconds opened = now();
    kitchen.place(order("jiaozi"));
    EXPECT_EQ(co_await when_ready(kitchen, 1) - opened, 150ms);
  });
}

TEST(Kitchen, refuses_a_dish_that_is_not_on_the_menu_and_names_the_line) {
  with_kitchen({}, [](Kitchen& kitchen) -> Coroutine<> {
    try {
      kitchen.place({.name = "Li", .lines = {{"jiaozi", 1}, {"pizza", 1}}});
      ADD_FAILURE() << "it cooked a pizza";
    } catch (const UnknownDish& e) {
      EXPECT_EQ(e.line, 1u);
      EXPECT_STREQ(e.what(), "there is no dish 'pizza' on the menu");
    }
    EXPECT_EQ(kitchen.place(order()).number, 1);  // no number was lost
    co_return;
  });
}

TEST(Kitchen, says_that_it_is_full_and_takes_orders_again_when_a_cook_has_taken_one) {
  with_kitchen({.cooks = 1, .longest_queue = 2}, [](Kitchen& kitchen) -> Coroutine<> {
    kitchen.place(order());
    kitchen.place(order());
    EXPECT_THROW(kitchen.place(order()), KitchenFull);
    co_await asyncio::sleep(1s);  // the cook has the first
    EXPECT_EQ(kitchen.place(order()).number, 3);
  });
}

TEST(Kitchen, tells_an_order_in_each_of_its_states) {
  with_kitchen({.cooks = 1}, [](Kitchen& kitchen) -> Coroutine<> {
    kitchen.place(order());
    kitchen.place(order());
    co_await asyncio::sleep(1s);
    EXPECT_EQ(kitchen.find(1)->status, Status::cooking);
    EXPECT_EQ(kitchen.find(1)->cook, 1);
    EXPECT_EQ(kitchen.find(2)->status, Status::waiting);
    EXPECT_EQ(kitchen.find(2)->ahead, 0);
    co_await when_ready(kitchen, 1);
    EXPECT_EQ(kitchen.find(1)->status, Status::ready);
    EXPECT_FALSE(kitchen.find(3));
    EXPECT_FALSE(kitchen.find(0));
    EXPECT_FALSE(kitchen.find(-1));
  });
}

TEST(Kitchen, forgets_the_oldest_of_those_it_has_called) {
  with_kitchen({.cooks = 1, .remembered = kCounterLength}, [](Kitchen& kitchen) -> Coroutine<> {
    const int last = static_cast<int>(kCounterLength) + 1;
    for (int n = 1; n <= last; ++n) kitchen.place(order());
    co_await when_ready(kitchen, last);
    EXPECT_FALSE(kitchen.find(1));
    EXPECT_TRUE(kitchen.find(2));
  });
}

TEST(Kitchen, shows_on_the_board_who_waits_who_cooks_and_who_was_called) {
  with_kitchen({.cooks = 2, .shift = "today"}, [](Kitchen& kitchen) -> Coroutine<> {
    for (const char* dish : {"baozi", "jiaozi", "jiaozi", "jiaozi", "jiaozi"}) kitchen.place(order(dish));
    co_await asyncio::sleep(2500ms);
    const Board board = kitchen.board();
    EXPECT_EQ(board.shift, "today");
    EXPECT_EQ(board.waiting, (std::vector{4, 5}));
    EXPECT_EQ(board.ready, (std::vector{1}));
    EXPECT_EQ(board.cooking.size(), 2u);
    EXPECT_EQ(board.cooking.at(0).number, 3);  // the first cook's
    EXPECT_EQ(board.cooking.at(0).left, 2.5);
    EXPECT_EQ(board.cooking.at(1).number, 2);
    EXPECT_EQ(board.cooking.at(1).left, 0.5);
  });
}

TEST(Kitchen, counts_what_it_did) {
  with_kitchen({.cooks = 1}, [](Kitchen& kitchen) -> Coroutine<> {
    kitchen.place(order());
    kitchen.place(order());
    kitchen.place(order());
    co_await when_ready(kitchen, 2);
    const Stats stats = kitchen.stats();
    EXPECT_EQ(stats.orders, 3);
    EXPECT_EQ(stats.served, 2);
    EXPECT_EQ(stats.waiting + stats.cooking, 1);
    EXPECT_EQ(stats.longest_wait_seconds, 6);
    EXPECT_EQ(stats.uptime_seconds, 6);
  });
}

TEST(Kitchen, cannot_open_without_a_cook_or_without_a_pace) {
  EXPECT_THROW(Kitchen(menu(), {.cooks = 0}), ValueError);
  EXPECT_THROW(Kitchen(menu(), {.pace = 0}), ValueError);
  EXPECT_THROW(Kitchen(menu(), {.pace = std::nan("")}), ValueError);
}

TEST(Listener, hears_the_board_first_and_then_each_step_of_an_order) {
  with_kitchen({.cooks = 1}, [](Kitchen& kitchen) -> Coroutine<> {
    Listener listener(kitchen, 1);
    EXPECT_EQ((co_await listener.next())->event, "board");
    EXPECT_EQ((co_await listener.next())->event, "stats");
    kitchen.place(order());
    EXPECT_EQ((co_await next_of(listener, "order"))["status"].as_string(), "waiting");
    json::Value cooking = co_await next_of(listener, "order");
    EXPECT_EQ(cooking["status"].as_string(), "cooking");
    EXPECT_EQ(cooking["cook"].as_int(), 1);
    EXPECT_EQ(cooking["seconds"].as_float(), 3);
    EXPECT_EQ((co_await next_of(listener, "order"))["status"].as_string(), "ready");
    EXPECT_EQ((co_await listener.next())->event, "called");
  });
}

TEST(Listener, knows_whether_the_next_news_is_here_already) {
  with_kitchen({.cooks = 1}, [](Kitchen& kitchen) -> Coroutine<> {
    Listener listener(kitchen);
    EXPECT_TRUE(listener.has_next());
    co_await next_of(listener, "stats");
    EXPECT_FALSE(listener.has_next());
    kitchen.place(order());
    EXPECT_TRUE(listener.has_next());
    co_return;
  });
}

TEST(Listener, hears_only_its_own_number_called) {
  with_kitchen({.cooks = 1}, [](Kitchen& kitchen) -> Coroutine<> {
    Listener listener(kitchen, 2);
    kitchen.place(order());
    kitchen.place(order());
    EXPECT_EQ((co_await next_of(listener, "called"))["number"].as_int(), 2);
  });
}

TEST(Listener, that_comes_late_is_called_all_the_same) {
  with_kitchen({.cooks = 1}, [](Kitchen& kitchen) -> Coroutine<> {
    kitchen.place(order());
    co_await asyncio::sleep(1h);
    Listener late(kitchen, 1);
    EXPECT_EQ((co_await next_of(late, "board"))["ready"][0].as_int(), 1);
    EXPECT_EQ((co_await next_of(late, "called"))["number"].as_int(), 1);
  });
}

TEST(Listener, that_falls_behind_gets_the_board_anew_and_is_still_called) {
  with_kitchen({.cooks = 1, .pace = 1000}, [](Kitchen& kitchen) -> Coroutine<> {
    Listener slow(kitchen, 200);
    co_await next_of(slow, "stats");
    for (int n = 1; n <= 200; ++n) kitchen.place(order());
    co_await asyncio::sleep(10s);  // 600 moves that nobody reads
    json::Value board = co_await next_of(slow, "board");
    EXPECT_EQ(board["waiting"].size(), 0u);
    EXPECT_EQ(board["ready"][0].as_int(), 200);
    EXPECT_EQ((co_await next_of(slow, "called"))["number"].as_int(), 200);
  });
}

TEST(Listener, hears_now_and_then_even_when_nothing_happens) {
  with_kitchen({}, [](Kitchen& kitchen) -> Coroutine<> {
    Listener listener(kitchen);
    co_await next_of(listener, "stats");
    const nanoseconds start = now();
    co_await next_of(listener, "stats");
    co_await next_of(listener, "stats");
    EXPECT_LE(now() - start, 21s);
    EXPECT_GE(now() - start, 5s);
  });
}

TEST(Listener, that_leaves_is_no_longer_counted) {
  with_kitchen({}, [](Kitchen& kitchen) -> Coroutine<> {
    {
      Listener one(kitchen), other(kitchen);
      EXPECT_EQ(kitchen.stats().listeners, 2);
    }
    EXPECT_EQ(kitchen.stats().listeners, 0);
    kitchen.place(order());
    co_return;
  });
}

TEST(Listener, whose_wait_is_cancelled_loses_nothing) {
  with_kitchen({.cooks = 1}, [](Kitchen& kitchen) -> Coroutine<> {
    Listener listener(kitchen, 1);
    co_await next_of(listener, "stats");
    auto waiting = asyncio::create_task(listener.next());
    co_await asyncio::sleep(1ms);
    kitchen.place(order());
    waiting.cancel();
    co_await asyncio::wait(std::vector{waiting});
    EXPECT_TRUE(waiting.cancelled());
    EXPECT_EQ((co_await next_of(listener, "order"))["status"].as_string(), "waiting");
  });
}

// Every customer is a coroutine that does nothing until it is called; whatever the order of wake-ups.
TEST(Kitchen, calls_a_thousand_waiting_customers_each_exactly_once) {
  for (std::uint64_t seed : {1, 2, 3}) {
    with_kitchen({.cooks = 7},
                 [](Kitchen& kitchen) -> Coroutine<> {
                   std::vector<Coroutine<nanoseconds>> customers;
                   for (int n = 1; n <= 1000; ++n)
                     customers.push_back(when_ready(kitchen, kitchen.place(order()).number));
                   EXPECT_EQ(kitchen.stats().waiting, 1000);
                   co_await asyncio::gather(std::move(customers));
                   EXPECT_EQ(kitchen.stats().served, 1000);
                   EXPECT_EQ(kitchen.stats().waiting, 0);
                   EXPECT_EQ(kitchen.stats().listeners, 0);
                 },
                 {.seed = seed});
  }
}

}  // namespace
