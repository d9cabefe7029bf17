#pragma once
// Queue<T>: hands items from producers to consumers, first in, first out.
//
//   asyncio::Queue<Order> orders(100);
//   co_await orders.put(std::move(order));      // waits while it is full
//   Order next = co_await orders.get();         // waits while it is empty
//
// A cancelled get() never loses an item, and its turn goes to the next in line. Python: asyncio.queues

#include <deque>

#include "krait/asyncio/locks.h"

namespace krait::asyncio {

// The waiting half of a queue, compiled once: it counts, the template stores.
class _QueueCore {
 public:
  explicit _QueueCore(std::ptrdiff_t maxsize) noexcept : maxsize_(maxsize) { finished_.set(); }

  // --- what a queue's public face repeats ---
  std::ptrdiff_t maxsize() const noexcept { return maxsize_; }
  bool full(std::size_t size) const noexcept { return maxsize_ > 0 && size >= static_cast<std::size_t>(maxsize_); }
  void task_done();
  Coroutine<> join();
  void shutdown() noexcept;
  void drop_unfinished(std::size_t count) noexcept;

  // Throws QueueShutDown / QueueFull, QueueShutDown / QueueEmpty.
  void require_put(std::size_t size) const;
  void require_get(std::size_t size) const;
  void was_put() noexcept;
  void was_got() noexcept { putters.wake_next(); }
  bool is_shutdown() const noexcept { return shutdown_; }

  _WaiterLine getters, putters;

 private:
  std::ptrdiff_t maxsize_;
  std::size_t unfinished_ = 0;
  bool shutdown_ = false;
  Event finished_;
};

// Python: asyncio.Queue(maxsize=0)
template <class T>
class Queue {
 public:
  // Zero or less: no limit.
  explicit Queue(std::ptrdiff_t maxsize = 0) : core_(maxsize) {}

  // Waits while the queue is full. Throws QueueShutDown. Python: await queue.put(item)
  Coroutine<> put(T item) {
    while (full() && !core_.is_shutdown()) co_await Turn(*this, core_.putters, &Queue::has_room);
    put_nowait(std::move(item));
  }
  // Waits while the queue is empty. Throws QueueShutDown once it is shut down and empty. Python: await queue.get()
  Coroutine<T> get() {
    while (empty() && !core_.is_shutdown()) co_await Turn(*this, core_.getters, &Queue::has_items);
    co_return get_nowait();
  }
  // Throws QueueFull. Python: queue.put_nowait(item)
  void put_nowait(T item) {
    core_.require_put(items_.size());
    items_.push_back(std::move(item));
    core_.was_put();
  }
  // Throws QueueEmpty. Python: queue.get_nowait()
  T get_nowait() {
    core_.require_get(items_.size());
    T item = std::move(items_.front());
    items_.pop_front();
    core_.was_got();
    return item;
  }

  std::size_t qsize() const noexcept { return items_.size(); }
  bool empty() const noexcept { return items_.empty(); }
  bool full() const noexcept { return core_.full(items_.size()); }
  std::ptrdiff_t maxsize() const noexcept { return core_.maxsize(); }
  // Says that an item got earlier is dealt with. Throws ValueError "task_done() called too many times".
  void task_done() { core_.task_done(); }
  // Waits until every item put was got and task_done. Python: await queue.join()
  Coroutine<> join() { return core_.join(); }
  // From now on put() throws QueueShutDown, and get() once the queue is empty; `immediate` empties it at once.
  // Python: queue.shutdown(immediate=False), 3.13
  void shutdown(bool immediate = false) {
    if (immediate) {
      core_.drop_unfinished(items_.size());
      items_.clear();
    }
    core_.shutdown();
  }

 private:
  bool has_room() const noexcept { return !full(); }
  bool has_items() const noexcept { return !empty(); }

  // A place in line. One that was woken but cannot take its turn (its task was cancelled since) wakes the next.
  class Turn {
   public:
    Turn(Queue& queue, _WaiterLine& line, bool (Queue::*worth)() const noexcept) noexcept
        : waiter_(line), queue_(queue), line_(line), worth_(worth) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) { waiter_.await_suspend(waiting); }
    void await_resume() {
      try {
        waiter_.await_resume();
      } catch (...) {
        // A wait that was cancelled may have outlived the queue, so it is asked first.
        if (!waiter_.cancelled() && (queue_.*worth_)()) line_.wake_next();
        throw;
      }
    }

   private:
    _WaiterLine::Waiter waiter_;
    Queue& queue_;
    _WaiterLine& line_;
    bool (Queue::*worth_)() const noexcept;
  };

  std::deque<T> items_;
  _QueueCore core_;
};

}  // namespace krait::asyncio
