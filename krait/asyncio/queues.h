#pragma once
// Queue<T>: hands items from producers to consumers, first in, first out.
//
//   asyncio::Queue<Order> orders(100);
//   co_await orders.put(std::move(order));      // waits while it is full
//   Order next = co_await orders.get();         // waits while it is empty
//
// A cancelled get() never loses an item, and its turn goes to the next in line. LifoQueue gives the newest item first,
// PriorityQueue the smallest. Python: asyncio.queues

#include <coroutine>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

#include "krait/asyncio/locks.h"

namespace krait::asyncio {

// The waiting half of a queue, compiled once: it counts, the template stores.
class _QueueCore {
 public:
  explicit _QueueCore(std::ptrdiff_t maxsize) : maxsize_(maxsize) { finished_.set(); }

  // --- what a queue's public face repeats ---
  std::ptrdiff_t maxsize() const noexcept { return maxsize_; }
  bool full(std::size_t size) const noexcept { return maxsize_ > 0 && size >= static_cast<std::size_t>(maxsize_); }
  void task_done();
  Coroutine<> join();
  void shutdown();
  void drop_unfinished(std::size_t count);

  // Throw QueueShutDown / QueueFull, QueueShutDown / QueueEmpty; RuntimeError in a thread that may not wake who waits.
  void require_put(std::size_t size);
  void require_get(std::size_t size);
  void require_thread();
  void was_put();
  void was_got() { putters.wake_next(); }
  bool is_shutdown() const noexcept { return shutdown_; }

  _WaiterLine getters, putters;

 private:
  std::ptrdiff_t maxsize_;
  std::size_t unfinished_ = 0;
  bool shutdown_ = false;
  Event finished_;
};

// Where a queue keeps its items; empty when next() is asked for is not.
template <class T>
class _Fifo {
 public:
  void add(T item) { items_.push_back(std::move(item)); }
  T next() {
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  std::size_t size() const noexcept { return items_.size(); }
  void clear() noexcept { items_.clear(); }

 private:
  std::deque<T> items_;
};

template <class T>
class _Lifo {
 public:
  void add(T item) { items_.push_back(std::move(item)); }
  T next() {
    T item = std::move(items_.back());
    items_.pop_back();
    return item;
  }
  std::size_t size() const noexcept { return items_.size(); }
  void clear() noexcept { items_.clear(); }

 private:
  std::vector<T> items_;
};

// CPython's heapq, step by step: items that compare equal come out in the same order as there.
template <class T, class Less>
class _Heap {
 public:
  void add(T item) {
    items_.push_back(std::move(item));
    sift_down(0, items_.size() - 1);
  }
  T next() {
    T last = std::move(items_.back());
    items_.pop_back();
    if (items_.empty()) return last;
    std::swap(last, items_.front());
    sift_up(0);
    return last;
  }
  std::size_t size() const noexcept { return items_.size(); }
  void clear() noexcept { items_.clear(); }

 private:
  // Moves the item at `place` towards the root, up to `start` (heapq calls that down).
  void sift_down(std::size_t start, std::size_t place) {
    T item = std::move(items_[place]);
    while (place > start) {
      const std::size_t parent = (place - 1) / 2;
      if (!less_(item, items_[parent])) break;
      items_[place] = std::move(items_[parent]);
      place = parent;
    }
    items_[place] = std::move(item);
  }
  // Moves the item at `place` to a leaf, always behind the smaller child, and from there back up.
  void sift_up(std::size_t place) {
    const std::size_t start = place, end = items_.size();
    T item = std::move(items_[place]);
    for (std::size_t child = 2 * place + 1; child < end; child = 2 * place + 1) {
      if (child + 1 < end && !less_(items_[child], items_[child + 1])) ++child;
      items_[place] = std::move(items_[child]);
      place = child;
    }
    items_[place] = std::move(item);
    sift_down(start, place);
  }
  std::vector<T> items_;
  [[no_unique_address]] Less less_;
};

// What put() and get() give: a call that is made at once when it need not wait, and only else needs a coroutine's frame.
// `Call` has ready(), now() and wait(). It counts as the coroutine that Python's are: awaited once, and for create_task,
// gather or wait_for as good as any.
template <class Call, class T>
class [[nodiscard("put() and get() do nothing until they are awaited")]] _QueueCall {
 public:
  bool await_ready() {
    if (std::exchange(awaited_, true)) [[unlikely]]
      _raise_reused_coroutine();
    // Out of budget it is the coroutine that lets the loop go on first.
    return call().ready() && --_preemption.budget > 0;
  }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
    return waiting_.emplace(call().wait()).awaiter.await_suspend(caller);
  }
  T await_resume() {
    if (waiting_) [[unlikely]]
      return waiting_->awaiter.await_resume();
    return call().now();
  }
  // Python: the coroutine object
  operator Coroutine<T>() && {
    if (std::exchange(awaited_, true)) _raise_reused_coroutine();
    return call().wait();
  }

 private:
  friend Call;
  _QueueCall() = default;

  struct Waiting {
    explicit Waiting(Coroutine<T> c) : coroutine(std::move(c)), awaiter(coroutine.operator co_await()) {}
    Coroutine<T> coroutine;
    decltype(std::declval<Coroutine<T>&>().operator co_await()) awaiter;
  };
  Call& call() noexcept { return static_cast<Call&>(*this); }

  bool awaited_ = false;
  std::optional<Waiting> waiting_;
};

// What the three queues share.
template <class T, class Items>
class _BasicQueue {
 public:
  class Put final : public _QueueCall<Put, void> {
   public:
    Put(_BasicQueue& queue, T item) : queue_(queue), item_(std::move(item)) {}
    bool ready() const noexcept { return !queue_.full() || queue_.core_.is_shutdown(); }
    void now() { queue_.put_nowait(std::move(item_)); }
    Coroutine<> wait() { return queue_.put_waiting(std::move(item_)); }

   private:
    _BasicQueue& queue_;
    T item_;
  };
  class Get final : public _QueueCall<Get, T> {
   public:
    explicit Get(_BasicQueue& queue) noexcept : queue_(queue) {}
    bool ready() const noexcept { return !queue_.empty() || queue_.core_.is_shutdown(); }
    T now() { return queue_.get_nowait(); }
    Coroutine<T> wait() { return queue_.get_waiting(); }

   private:
    _BasicQueue& queue_;
  };

  // Zero or less: no limit.
  explicit _BasicQueue(std::ptrdiff_t maxsize = 0) : core_(maxsize) {}
  _BasicQueue(const _BasicQueue&) = delete;
  _BasicQueue& operator=(const _BasicQueue&) = delete;

  // Waits while the queue is full. Throws QueueShutDown. Python: await queue.put(item)
  Put put(T item) { return Put(*this, std::move(item)); }
  // Waits while the queue is empty. Throws QueueShutDown once it is shut down and empty. Python: await queue.get()
  Get get() { return Get(*this); }
  // Throws QueueFull. Python: queue.put_nowait(item)
  void put_nowait(T item) {
    core_.require_put(items_.size());
    items_.add(std::move(item));
    core_.was_put();
  }
  // Throws QueueEmpty. Python: queue.get_nowait()
  T get_nowait() {
    core_.require_get(items_.size());
    T item = items_.next();
    core_.was_got();
    return item;
  }

  std::size_t qsize() const noexcept { return items_.size(); }
  bool empty() const noexcept { return items_.size() == 0; }
  bool full() const noexcept { return core_.full(items_.size()); }
  std::ptrdiff_t maxsize() const noexcept { return core_.maxsize(); }
  // Says that an item got earlier is dealt with. Throws ValueError "task_done() called too many times".
  void task_done() { core_.task_done(); }
  // Waits until every item put was got and task_done. Python: await queue.join()
  Coroutine<> join() { return core_.join(); }
  // From now on put() throws QueueShutDown, and get() once the queue is empty; `immediate` empties it at once.
  // Python: queue.shutdown(immediate=False), 3.13
  void shutdown(bool immediate = false) {
    core_.require_thread();
    if (immediate) {
      core_.drop_unfinished(items_.size());
      items_.clear();
    }
    core_.shutdown();
  }

 private:
  Coroutine<> put_waiting(T item) {
    while (full() && !core_.is_shutdown()) co_await Turn(*this, core_.putters, "Queue.put", &_BasicQueue::has_room);
    put_nowait(std::move(item));
  }
  Coroutine<T> get_waiting() {
    while (empty() && !core_.is_shutdown()) co_await Turn(*this, core_.getters, "Queue.get", &_BasicQueue::has_items);
    co_return get_nowait();
  }
  bool has_room() const noexcept { return !full(); }
  bool has_items() const noexcept { return !empty(); }

  // A place in line. One that was woken but cannot take its turn (its task was cancelled since) wakes the next.
  class Turn {
   public:
    Turn(_BasicQueue& queue, _WaiterLine& line, const char* what, bool (_BasicQueue::*worth)() const noexcept) noexcept
        : waiter_(line, what), queue_(queue), line_(line), worth_(worth) {}
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
    _BasicQueue& queue_;
    _WaiterLine& line_;
    bool (_BasicQueue::*worth_)() const noexcept;
  };

  Items items_;
  _QueueCore core_;
};

// Python: asyncio.Queue(maxsize=0)
template <class T>
class Queue : public _BasicQueue<T, _Fifo<T>> {
 public:
  using _BasicQueue<T, _Fifo<T>>::_BasicQueue;
};

// Python: asyncio.LifoQueue(maxsize=0)
template <class T>
class LifoQueue : public _BasicQueue<T, _Lifo<T>> {
 public:
  using _BasicQueue<T, _Lifo<T>>::_BasicQueue;
};

// The smallest item comes first, as `<` has it, or `Less`. Python: asyncio.PriorityQueue(maxsize=0)
template <class T, class Less = std::less<>>
class PriorityQueue : public _BasicQueue<T, _Heap<T, Less>> {
 public:
  using _BasicQueue<T, _Heap<T, Less>>::_BasicQueue;
};

}  // namespace krait::asyncio
