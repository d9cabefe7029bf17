#pragma once
// The kitchen: customers put orders into a queue, cooks take them out; whoever listens hears what happens.
//
//   Kitchen kitchen(load_menu("menu.json"), {.cooks = 3});
//   auto work = asyncio::create_task(kitchen.work());
//   Placed placed = kitchen.place({.name = "Mei", .lines = {{"pork-cabbage", 2}}});
//   Listener listener(kitchen, placed.number);
//   News news = co_await listener.next();           // the board, then every change to it, at last "called"
//
// It is the restaurant that hands out numbers: nobody stands in line, nobody asks again and again; the number is
// called. All of it lives in one event loop, so nothing here is locked.

#include <krait/asyncio.h>
#include <krait/json.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "menu.h"

namespace dumplings {

using krait::Coroutine;
using std::chrono::nanoseconds;

inline constexpr int kMostPortions = 20;           // of one dish in an order
inline constexpr int kPortionsPerSteamer = 4;      // more take a second steamer
inline constexpr std::size_t kCounterLength = 12;  // numbers called that the board still shows

struct Line {
  std::string dish;  // its id
  int qty;           // portions
};
KRAIT_DESCRIBE(Line, dish, (qty, .ge = 1, .le = kMostPortions));

// What a customer asks for.
struct NewOrder {
  std::string name;
  std::vector<Line> lines;
};
KRAIT_DESCRIBE(NewOrder, (name, .min_length = 1, .max_length = 40), (lines, .min_length = 1, .max_length = 50));

enum class Status { waiting, cooking, ready };
KRAIT_DESCRIBE_ENUM(Status, waiting, cooking, ready);

// An order as the customer sees it.
struct OrderView {
  int number;
  std::string name;
  std::vector<Line> lines;
  double total;  // yuan
  Status status;
  int ahead;                // orders that still wait before this one
  std::optional<int> cook;  // who makes or made it
  double seconds;           // of cooking
  std::string shift;        // see Board
};
KRAIT_DESCRIBE(OrderView, number, name, lines, total, status, ahead, cook, seconds, shift);

struct Steaming {
  int number, cook;
  double seconds;  // of cooking in all
  double left;     // and still to come
};
KRAIT_DESCRIBE(Steaming, number, cook, seconds, left);

struct Board {
  std::string shift;  // one run of the kitchen: a number means something only together with it
  int cooks;
  std::vector<int> waiting;  // who is next comes first
  std::vector<Steaming> cooking;
  std::vector<int> ready;  // called last comes first
};
KRAIT_DESCRIBE(Board, shift, cooks, waiting, cooking, ready);

struct CookView {
  int id;
  bool busy;
  std::optional<int> number;
};
KRAIT_DESCRIBE(CookView, id, busy, number);

struct Stats {
  int orders, waiting, cooking, served;
  std::vector<CookView> cooks;
  int listeners;
  double uptime_seconds;
  double longest_wait_seconds;  // from taking a number to being called
};
KRAIT_DESCRIBE(Stats, orders, waiting, cooking, served, cooks, listeners, uptime_seconds, longest_wait_seconds);

// Something happened. Shared by all who hear it, so a thousand customers cost one text.
struct News {
  std::string event;  // "board", "order", "called", "stats"
  std::string data;   // JSON
  std::uint64_t id;   // grows by one with every change
};

// `lines[line]` of an order asks for a dish that is not on the menu.
class UnknownDish : public krait::LookupError {
 public:
  UnknownDish(std::size_t line, const std::string& dish);
  std::size_t line;
};
// As many orders wait as the kitchen takes. Not the customer's fault: try later.
KRAIT_EXCEPTION(KitchenFull, krait::RuntimeError);

struct KitchenOptions {
  int cooks = 3;
  double pace = 1;                     // 20: twenty times as fast as the menu says
  std::size_t longest_queue = 10'000;  // orders that may wait
  std::size_t remembered = 10'000;     // orders that can be asked for after they were called
  std::string shift = {};              // "": made from the time of day
};

class Listener;

class Kitchen {
 public:
  // Throws ValueError for fewer than one cook, or a pace that is not above zero.
  explicit Kitchen(Menu menu, KitchenOptions options = {});
  Kitchen(const Kitchen&) = delete;
  Kitchen& operator=(const Kitchen&) = delete;

  // Opens the kitchen: the cooks cook until this is cancelled. Once.
  Coroutine<> work();

  // Hands out a number. Throws UnknownDish, KitchenFull. `order` was checked against its description before.
  OrderView place(NewOrder order);
  // nullopt for a number that was never given, or was called so long ago that it is forgotten.
  std::optional<OrderView> find(int number) const;

  const Menu& menu() const noexcept { return menu_; }
  const std::string& shift() const noexcept { return options_.shift; }
  Board board() const;
  Stats stats() const;

 private:
  friend class Listener;
  struct Order {
    int number;
    NewOrder asked;
    double total;
    nanoseconds cooking;  // how long it takes
    nanoseconds placed;   // loop time
    nanoseconds started{};
    Status status = Status::waiting;
    int cook = 0;
  };
  struct Cook {
    int id;
    std::shared_ptr<Order> order;  // null: free
  };

  Coroutine<> cook(std::size_t place);
  Coroutine<> report();
  void start(Cook& self, std::shared_ptr<Order> order);
  void finish(Cook& self);
  void forget_old_orders();
  OrderView view(const Order& order) const;
  double price(const NewOrder& order) const;
  nanoseconds cooking_time(const NewOrder& order) const;
  // Tells everybody.
  void tell(std::string event, krait::json::Ref data);

  Menu menu_;
  KitchenOptions options_;
  krait::asyncio::Queue<std::shared_ptr<Order>> queue_;
  std::vector<Cook> cooks_;
  std::unordered_map<int, std::shared_ptr<Order>> orders_;
  // Numbers are given in order and cooked in order: those that wait are exactly [first_waiting_, next_number_).
  int first_waiting_ = 1, next_number_ = 1;
  int served_ = 0;
  std::deque<int> called_;  // the newest first, as many as are remembered
  std::vector<Listener*> listeners_;
  std::uint64_t last_news_ = 0;
  nanoseconds opened_{};
  nanoseconds longest_wait_{};
};

// Somebody who looks at the board, from the moment of making. The kitchen must live longer.
class Listener {
 public:
  // With a `number`, also hears it "called": at once, if that has happened already.
  explicit Listener(Kitchen& kitchen, std::optional<int> number = {});
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  // Waits for the next news. The first is a whole "board", then "stats". Who falls too far behind gets a new "board"
  // instead of what was missed, so a slow reader costs a bounded amount of memory.
  Coroutine<std::shared_ptr<const News>> next();
  // True when next() would give something at once.
  bool has_next() const noexcept { return something_.is_set(); }

 private:
  friend class Kitchen;
  void hear(std::shared_ptr<const News> news);
  void hear_called(int number);
  void start_over();

  Kitchen& kitchen_;
  std::optional<int> number_;
  std::deque<std::shared_ptr<const News>> pending_;
  bool behind_ = true;  // `pending_` is not what is needed next: the board is
  krait::asyncio::Event something_;
};

}  // namespace dumplings
