#pragma once
// Hands items from threads to threads.
//
//   queue::Queue<Order> orders(100);
//   orders.put(std::move(order));                          // waits while it is full
//   Order next = orders.get({.timeout = 5s});              // waits while it is empty, then throws Empty
//   orders.task_done();
//
// LifoQueue gives the newest item first, PriorityQueue the smallest, SimpleQueue has no limit and no task_done. What throws takes
// nothing away: an item whose copy or move throws in get() stays in the queue, and one that put() does not take, because the
// queue is full or shut down or its copy throws, stays the caller's. (An item that can only be moved, by a move that throws, is
// what that move leaves of it.) Python: queue

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "krait/builtins/exceptions.h"

namespace krait::queue {

// get() of an empty queue. Python: queue.Empty
KRAIT_EXCEPTION(Empty, Exception);
// put() into a full queue. Python: queue.Full
KRAIT_EXCEPTION(Full, Exception);
// Python: queue.ShutDown
KRAIT_EXCEPTION(ShutDown, Exception);

// Python: block=True, timeout=None
struct Wait {
  bool block = true;
  std::optional<std::chrono::nanoseconds> timeout = std::nullopt;  // for ever; without block it does not matter
};

// The waiting half of a queue, compiled once: it locks and counts, the template stores.
class _QueueCore {
 public:
  using Lock = std::unique_lock<std::mutex>;

  explicit _QueueCore(std::ptrdiff_t maxsize) noexcept : maxsize_(maxsize) {}
  _QueueCore(const _QueueCore&) = delete;
  _QueueCore& operator=(const _QueueCore&) = delete;

  // The lock, held while there is room or an item. Throw Full or Empty, ShutDown, ValueError.
  Lock wait_for_room(const Wait& wait);
  Lock wait_for_item(const Wait& wait);
  // With the lock held: what the template has done.
  void was_put();
  void was_got();
  Lock shut_down(bool immediate);

  void task_done();
  void join();
  std::size_t size() const;
  bool full() const;
  std::ptrdiff_t maxsize() const noexcept { return maxsize_; }

 private:
  bool is_full() const noexcept { return maxsize_ > 0 && size_ >= static_cast<std::size_t>(maxsize_); }

  const std::ptrdiff_t maxsize_;
  mutable std::mutex mutex_;
  std::condition_variable not_empty_, not_full_, all_done_;
  std::size_t size_ = 0, unfinished_ = 0;
  bool shut_down_ = false;
};

// Where a queue keeps its items. take() gives the next one and removes it, unless giving it throws.
template <class T>
class _Fifo {
 public:
  template <class U>
  void add(U&& item) {
    items_.push_back(std::forward<U>(item));
  }
  T take() {
    T item = std::move_if_noexcept(items_.front());
    items_.pop_front();
    return item;
  }

 private:
  std::deque<T> items_;
};

template <class T>
class _Lifo {
 public:
  template <class U>
  void add(U&& item) {
    items_.push_back(std::forward<U>(item));
  }
  T take() {
    T item = std::move_if_noexcept(items_.back());
    items_.pop_back();
    return item;
  }

 private:
  std::deque<T> items_;
};

// CPython's heapq, so that items that compare equal come in the same order. Where an item goes is found by comparing, which may
// throw, before anything moves; and what moves are pointers.
template <class T, class Less>
class _Heap {
 public:
  template <class U>
  void add(U&& item) {
    auto added = std::make_unique<T>(std::forward<U>(item));
    std::size_t place = items_.size();
    while (place > 0 && less_(*added, *items_[(place - 1) / 2])) place = (place - 1) / 2;
    items_.push_back(nullptr);
    for (std::size_t at = items_.size() - 1; at > place; at = (at - 1) / 2)
      items_[at] = std::move(items_[(at - 1) / 2]);
    items_[place] = std::move(added);
  }
  T take() {
    const std::vector<std::size_t> path = path_of_last();
    T item = std::move_if_noexcept(*items_.front());
    auto last = std::move(items_.back());
    items_.pop_back();
    if (items_.empty()) return item;
    std::size_t hole = 0;
    for (std::size_t place : path) {
      items_[hole] = std::move(items_[place]);
      hole = place;
    }
    items_[hole] = std::move(last);
    return item;
  }

 private:
  // The places whose items move up when the first one goes; the last item gets the end of it. As heapq has it, the path leads
  // along the smaller children to a leaf, and from there back up as far as the last item is smaller.
  std::vector<std::size_t> path_of_last() const {
    const std::size_t end = items_.size() - 1;
    std::vector<std::size_t> path;
    for (std::size_t child = 1; child < end; child = 2 * child + 1) {
      if (child + 1 < end && !less_(*items_[child], *items_[child + 1])) ++child;
      path.push_back(child);
    }
    while (!path.empty() && less_(*items_[end], *items_[path.back()])) path.pop_back();
    return path;
  }

  std::vector<std::unique_ptr<T>> items_;
  [[no_unique_address]] Less less_;
};

// What all of them have.
template <class T, class Items>
class _AnyQueue {
 public:
  _AnyQueue(const _AnyQueue&) = delete;
  _AnyQueue& operator=(const _AnyQueue&) = delete;

  // Waits while the queue is full. Throws Full once `timeout` is over, or at once without `block`; ShutDown; ValueError
  // "'timeout' must be a non-negative number". Python: queue.put(item, block=True, timeout=None)
  void put(const T& item, Wait wait = {}) { put_it(item, wait); }
  void put(T&& item, Wait wait = {}) { put_it(std::move_if_noexcept(item), wait); }
  // Waits while the queue is empty. Throws Empty once `timeout` is over, or at once without `block`; ShutDown of a queue that is
  // shut down and empty; ValueError. Python: queue.get(block=True, timeout=None)
  T get(Wait wait = {}) {
    const _QueueCore::Lock lock = core_.wait_for_item(wait);
    const WasGot counted{core_};
    return items_.take();
  }
  // Python: queue.put_nowait(item)
  void put_nowait(const T& item) { put(item, {.block = false}); }
  void put_nowait(T&& item) { put(std::move(item), {.block = false}); }
  // Python: queue.get_nowait()
  T get_nowait() { return get({.block = false}); }

  // What these tell may be over when the caller reads it.
  std::size_t qsize() const { return core_.size(); }
  bool empty() const { return core_.size() == 0; }

 protected:
  explicit _AnyQueue(std::ptrdiff_t maxsize) : core_(maxsize) {}
  ~_AnyQueue() = default;
  _QueueCore core_;
  Items items_;

 private:
  // Counts the item as gone unless giving it threw.
  struct WasGot {
    _QueueCore& core;
    int thrown = std::uncaught_exceptions();
    ~WasGot() {
      if (std::uncaught_exceptions() == thrown) core.was_got();
    }
  };
  template <class U>
  void put_it(U&& item, const Wait& wait) {
    const _QueueCore::Lock lock = core_.wait_for_room(wait);
    items_.add(std::forward<U>(item));
    core_.was_put();
  }
};

// What those have that know of work.
template <class T, class Items>
class _WorkQueue : public _AnyQueue<T, Items> {
 public:
  // Zero or less: no limit.
  explicit _WorkQueue(std::ptrdiff_t maxsize = 0) : _AnyQueue<T, Items>(maxsize) {}

  bool full() const { return this->core_.full(); }
  std::ptrdiff_t maxsize() const noexcept { return this->core_.maxsize(); }
  // Says that an item got earlier is dealt with. Throws ValueError "task_done() called too many times".
  void task_done() { this->core_.task_done(); }
  // Waits until every item that was put was got and task_done.
  void join() { this->core_.join(); }
  // From now on put() throws ShutDown, and get() once the queue is empty; `immediate` empties it at once. Whoever waits is woken.
  // Python: queue.shutdown(immediate=False), 3.13
  void shutdown(bool immediate = false) {
    Items dropped;  // destroyed without the lock
    const _QueueCore::Lock lock = this->core_.shut_down(immediate);
    if (immediate) std::swap(dropped, this->items_);
  }
};

// First in, first out. Python: queue.Queue(maxsize=0)
template <class T>
class Queue : public _WorkQueue<T, _Fifo<T>> {
 public:
  using _WorkQueue<T, _Fifo<T>>::_WorkQueue;
};

// Last in, first out. Python: queue.LifoQueue(maxsize=0)
template <class T>
class LifoQueue : public _WorkQueue<T, _Lifo<T>> {
 public:
  using _WorkQueue<T, _Lifo<T>>::_WorkQueue;
};

// The smallest item comes first, as `<` has it, or `Less`. Python: queue.PriorityQueue(maxsize=0)
template <class T, class Less = std::less<>>
class PriorityQueue : public _WorkQueue<T, _Heap<T, Less>> {
 public:
  using _WorkQueue<T, _Heap<T, Less>>::_WorkQueue;
};

// First in, first out, without limit. Python: queue.SimpleQueue()
template <class T>
class SimpleQueue : public _AnyQueue<T, _Fifo<T>> {
 public:
  SimpleQueue() : _AnyQueue<T, _Fifo<T>>(0) {}
};

}  // namespace krait::queue
