// Events and queues. A coroutine that waits holds on to the one it waits for: its handle may be made again meanwhile.

#include "python_text.h"
#include "scenario.h"

namespace krait::conformance {

using json::Value;

namespace {

// Numbers by their value, as a heap of Python's compares them.
struct ByNumber {
  bool operator()(const Value& a, const Value& b) const {
    if (a.is_int() && b.is_int()) return a.as_int() < b.as_int();
    return number(a) < number(b);
  }
  static double number(const Value& value) {
    if (value.is_bool()) return value.as_bool() ? 1 : 0;
    if (value.is_int()) return static_cast<double>(value.as_int());
    if (value.is_float()) return value.as_float();
    throw TypeError("'<' is supported between numbers only");
  }
};

template <class Q>
class QueueOf final : public AnyQueue {
 public:
  explicit QueueOf(std::ptrdiff_t maxsize) : queue_(maxsize) {}
  Coroutine<> put(Value item) override { return queue_.put(std::move(item)); }
  Coroutine<Value> get() override { return queue_.get(); }
  void put_nowait(Value item) override { queue_.put_nowait(std::move(item)); }
  Value get_nowait() override { return queue_.get_nowait(); }
  void task_done() override { queue_.task_done(); }
  Coroutine<> join() override { return queue_.join(); }
  std::size_t qsize() const override { return queue_.qsize(); }
  void shutdown(bool immediate) override { queue_.shutdown(immediate); }

 private:
  Q queue_;
};

std::shared_ptr<AnyQueue> queue_of(const std::string& kind, std::ptrdiff_t maxsize) {
  if (kind == "fifo") return std::make_shared<QueueOf<asyncio::Queue<Value>>>(maxsize);
  if (kind == "lifo") return std::make_shared<QueueOf<asyncio::LifoQueue<Value>>>(maxsize);
  if (kind == "priority") return std::make_shared<QueueOf<asyncio::PriorityQueue<Value, ByNumber>>>(maxsize);
  throw KeyError(kind);
}

}  // namespace

void Scenario::add_object_ops(Ops& ops) {
  ops["event"] = &Scenario::make_event;
  ops["set"] = &Scenario::set;
  ops["clear"] = &Scenario::clear;
  ops["wait_event"] = &Scenario::wait_event;
  ops["queue"] = &Scenario::make_queue;
  ops["put"] = &Scenario::put;
  ops["get"] = &Scenario::get;
  ops["put_nowait"] = &Scenario::put_nowait;
  ops["get_nowait"] = &Scenario::get_nowait;
  ops["task_done"] = &Scenario::task_done;
  ops["join"] = &Scenario::join;
  ops["qsize"] = &Scenario::qsize;
  ops["shutdown"] = &Scenario::shutdown;
}

void Scenario::make_event(Step step) { keep(step.text(0), std::make_shared<asyncio::Event>()); }

void Scenario::set(Step step) { thing<Event>(step.text(0), "set")->set(); }

void Scenario::clear(Step step) { thing<Event>(step.text(0), "clear")->clear(); }

Coroutine<> Scenario::wait_event(Step step) {
  const Event event = thing<Event>(step.text(0), "wait for");
  const bool set = co_await event->wait();
  log("event " + step.text(0) + " -> " + dump(set));
}

void Scenario::make_queue(Step step) {
  keep(step.text(0), queue_of(step.size() > 2 ? step.text(2) : "fifo", static_cast<std::ptrdiff_t>(step.number(1))));
}

Coroutine<> Scenario::put(Step step) {
  const Queue queue = thing<Queue>(step.text(0), "put into");
  co_await queue->put(step[1]);
  log("put " + step.text(0) + " " + dump(step[1]));
}

Coroutine<> Scenario::get(Step step) {
  const Queue queue = thing<Queue>(step.text(0), "get from");
  const Value item = co_await queue->get();
  log("get " + step.text(0) + " -> " + dump(item));
}

void Scenario::put_nowait(Step step) {
  thing<Queue>(step.text(0), "put into")->put_nowait(step[1]);
  log("put_nowait " + step.text(0) + " " + dump(step[1]));
}

void Scenario::get_nowait(Step step) {
  const Value item = thing<Queue>(step.text(0), "get from")->get_nowait();
  log("get_nowait " + step.text(0) + " -> " + dump(item));
}

void Scenario::task_done(Step step) { thing<Queue>(step.text(0), "have tasks")->task_done(); }

Coroutine<> Scenario::join(Step step) {
  const Queue queue = thing<Queue>(step.text(0), "join");
  co_await queue->join();
  log("joined " + step.text(0));
}

void Scenario::qsize(Step step) {
  const std::size_t size = thing<Queue>(step.text(0), "have a size")->qsize();
  log("qsize " + step.text(0) + " -> " + std::to_string(size));
}

void Scenario::shutdown(Step step) { thing<Queue>(step.text(0), "shut down")->shutdown(step.flag(1)); }

}  // namespace krait::conformance
