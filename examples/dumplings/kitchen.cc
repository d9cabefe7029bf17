#include "kitchen.h"

#include <algorithm>
#include <cmath>

namespace dumplings {

using namespace krait;
using namespace std::chrono_literals;

namespace {

// News that a listener may leave unread before it is given the board anew.
constexpr std::size_t kMostPending = 256;
// How often statistics are told: while there is something new, and when there is not, which tells a page that its
// connection lives.
constexpr auto kStatsEvery = 1s;
constexpr int kQuietRounds = 10;

// To the millisecond: more would only be noise to a reader.
double seconds(nanoseconds time) {
  return static_cast<double>(std::chrono::round<std::chrono::milliseconds>(time).count()) / 1000;
}

// A time of day in milliseconds: no two runs of a kitchen have the same.
std::string new_shift() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

// What changes on the board when an order moves.
struct Move {
  int number;
  Status status;
  std::optional<int> cook;
  std::optional<double> seconds;  // of cooking
};
KRAIT_DESCRIBE(Move, number, status, cook, seconds);

std::shared_ptr<const News> make_news(std::string event, json::Ref data, std::uint64_t id) {
  return std::make_shared<const News>(News{std::move(event), json::dumps(data), id});
}

}  // namespace

UnknownDish::UnknownDish(std::size_t line, const std::string& dish)
    : BaseException("there is no dish '" + dish + "' on the menu"), line(line) {}

Kitchen::Kitchen(Menu menu, KitchenOptions options) : menu_(std::move(menu)), options_(std::move(options)) {
  if (options_.cooks < 1) throw ValueError("cannot open the kitchen: it needs at least one cook");
  if (!(options_.pace > 0) || std::isinf(options_.pace))
    throw ValueError("cannot open the kitchen: its pace must be above zero");
  if (options_.shift.empty()) options_.shift = new_shift();
  for (int id = 1; id <= options_.cooks; ++id) cooks_.push_back({id, nullptr});
}

Coroutine<> Kitchen::work() {
  opened_ = asyncio::get_running_loop().time();
  std::vector<Coroutine<>> everybody;
  everybody.reserve(cooks_.size() + 1);
  for (std::size_t place = 0; place < cooks_.size(); ++place) everybody.push_back(cook(place));
  everybody.push_back(report());
  co_await asyncio::gather(std::move(everybody));
}

Coroutine<> Kitchen::cook(std::size_t place) {
  Cook& self = cooks_[place];
  while (true) {
    start(self, co_await queue_.get());
    co_await asyncio::sleep(self.order->cooking);
    finish(self);
  }
}

Coroutine<> Kitchen::report() {
  std::uint64_t told = 0;
  for (int quiet = 0;; ++quiet) {
    co_await asyncio::sleep(kStatsEvery);
    if (listeners_.empty() || (told == last_news_ && quiet < kQuietRounds)) continue;
    tell("stats", stats());
    told = last_news_;
    quiet = 0;
  }
}

// ---- an order's way ----

OrderView Kitchen::place(NewOrder asked) {
  if (queue_.qsize() >= options_.longest_queue)
    throw KitchenFull("the kitchen is full: " + std::to_string(queue_.qsize()) + " orders are waiting");
  auto order = std::make_shared<Order>();
  order->total = price(asked);
  order->cooking = cooking_time(asked);
  order->placed = asyncio::get_running_loop().time();
  order->asked = std::move(asked);
  order->number = next_number_++;
  orders_.emplace(order->number, order);
  queue_.put_nowait(order);
  tell("order", Move{order->number, Status::waiting, {}, {}});
  return view(*order);
}

void Kitchen::start(Cook& self, std::shared_ptr<Order> order) {
  order->status = Status::cooking;
  order->cook = self.id;
  order->started = asyncio::get_running_loop().time();
  first_waiting_ = order->number + 1;
  self.order = std::move(order);
  tell("order", Move{self.order->number, Status::cooking, self.id, seconds(self.order->cooking)});
}

void Kitchen::finish(Cook& self) {
  std::shared_ptr<Order> order = std::exchange(self.order, nullptr);
  order->status = Status::ready;
  longest_wait_ = std::max(longest_wait_, asyncio::get_running_loop().time() - order->placed);
  ++served_;
  called_.push_front(order->number);
  forget_old_orders();
  tell("order", Move{order->number, Status::ready, self.id, {}});
  for (Listener* listener : listeners_) listener->hear_called(order->number);
}

void Kitchen::forget_old_orders() {
  while (called_.size() > std::max(options_.remembered, kCounterLength)) {
    orders_.erase(called_.back());
    called_.pop_back();
  }
}

double Kitchen::price(const NewOrder& order) const {
  double sum = 0;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    const Dish* dish = menu_.find(order.lines[i].dish);
    if (!dish) throw UnknownDish(i, order.lines[i].dish);
    sum += dish->price * order.lines[i].qty;
  }
  return std::round(sum * 100) / 100;
}

nanoseconds Kitchen::cooking_time(const NewOrder& order) const {
  double sum = 0;
  for (const Line& line : order.lines) {
    const int steamers = (line.qty + kPortionsPerSteamer - 1) / kPortionsPerSteamer;
    sum += menu_.find(line.dish)->cook_seconds * steamers;
  }
  return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(sum / options_.pace));
}

// ---- what can be seen ----

std::optional<OrderView> Kitchen::find(int number) const {
  auto found = orders_.find(number);
  if (found == orders_.end()) return std::nullopt;
  return view(*found->second);
}

OrderView Kitchen::view(const Order& order) const {
  return {.number = order.number,
          .name = order.asked.name,
          .lines = order.asked.lines,
          .total = order.total,
          .status = order.status,
          .ahead = order.status == Status::waiting ? order.number - first_waiting_ : 0,
          .cook = order.cook ? std::optional(order.cook) : std::nullopt,
          .seconds = seconds(order.cooking),
          .shift = options_.shift};
}

Board Kitchen::board() const {
  Board board{.shift = options_.shift, .cooks = options_.cooks, .waiting = {}, .cooking = {}, .ready = {}};
  for (int number = first_waiting_; number < next_number_; ++number) board.waiting.push_back(number);
  const nanoseconds now = asyncio::get_running_loop().time();
  for (const Cook& cook : cooks_) {
    if (!cook.order) continue;
    const Order& order = *cook.order;
    const nanoseconds left = std::max(order.started + order.cooking - now, nanoseconds(0));
    board.cooking.push_back({order.number, cook.id, seconds(order.cooking), seconds(left)});
  }
  board.ready.assign(called_.begin(),
                     called_.begin() + static_cast<std::ptrdiff_t>(std::min(called_.size(), kCounterLength)));
  return board;
}

Stats Kitchen::stats() const {
  Stats stats{.orders = next_number_ - 1,
              .waiting = next_number_ - first_waiting_,
              .cooking = 0,
              .served = served_,
              .cooks = {},
              .listeners = static_cast<int>(listeners_.size()),
              .uptime_seconds = seconds(asyncio::get_running_loop().time() - opened_),
              .longest_wait_seconds = seconds(longest_wait_)};
  for (const Cook& cook : cooks_) {
    stats.cooking += cook.order ? 1 : 0;
    stats.cooks.push_back(
        {cook.id, cook.order != nullptr, cook.order ? std::optional(cook.order->number) : std::nullopt});
  }
  return stats;
}

// ---- who listens ----

void Kitchen::tell(std::string event, json::Ref data) {
  ++last_news_;
  if (listeners_.empty()) return;
  auto news = make_news(std::move(event), data, last_news_);
  for (Listener* listener : listeners_) listener->hear(news);
}

Listener::Listener(Kitchen& kitchen, std::optional<int> number) : kitchen_(kitchen), number_(number) {
  kitchen_.listeners_.push_back(this);
  something_.set();
}

Listener::~Listener() { std::erase(kitchen_.listeners_, this); }

Coroutine<std::shared_ptr<const News>> Listener::next() {
  co_await something_.wait();
  if (behind_) start_over();
  auto news = std::move(pending_.front());
  pending_.pop_front();
  if (pending_.empty()) something_.clear();
  co_return news;
}

void Listener::hear(std::shared_ptr<const News> news) {
  if (behind_) return;
  if (pending_.size() >= kMostPending) {
    pending_.clear();
    behind_ = true;
  } else {
    pending_.push_back(std::move(news));
  }
  something_.set();
}

void Listener::hear_called(int number) {
  if (number == number_) hear(make_news("called", json::Object{{"number", number}}, kitchen_.last_news_));
}

// The board tells all that was missed, except that the number was called.
void Listener::start_over() {
  behind_ = false;
  pending_.push_back(make_news("board", kitchen_.board(), kitchen_.last_news_));
  pending_.push_back(make_news("stats", kitchen_.stats(), kitchen_.last_news_));
  if (!number_) return;
  const auto order = kitchen_.find(*number_);
  if (order && order->status == Status::ready) hear_called(*number_);
}

}  // namespace dumplings
