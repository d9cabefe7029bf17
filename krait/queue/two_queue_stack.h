#pragma once
// A stack made of two queues: push is O(1); pop sends all items but the newest through the second queue, O(n).
//
//   queue::TwoQueueStack<int> stack;
//   stack.push(1);
//   stack.push(2);
//   stack.pop();        // 2; std::nullopt when it is empty, which is not the same as an item that is None
//
// What throws loses nothing: an item goes from queue to queue without being copied or moved, and one whose copy throws in pop() stays on
// top. SharedTwoQueueStack may be used by several threads: two queues that lock make no stack that does, since a pop is many calls.

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <utility>

namespace krait::queue {

struct _NoMutex {
  void lock() noexcept {}
  void unlock() noexcept {}
};

template <class T, class Mutex = _NoMutex>
class TwoQueueStack {
 public:
  void push(T item) {
    std::list<T> one;
    one.push_back(std::move(item));
    const std::lock_guard lock(mutex_);
    master_.splice(master_.end(), one);
  }

  // The newest item; nullopt: there is none.
  std::optional<T> pop() {
    std::list<T> gone;  // destroyed without the lock
    const std::lock_guard lock(mutex_);
    if (master_.empty()) return std::nullopt;
    while (master_.size() > 1) minor_.splice(minor_.end(), master_, master_.begin());
    std::optional<T> item;
    try {
      item.emplace(std::move_if_noexcept(master_.front()));
      gone.splice(gone.end(), master_);
    } catch (...) {
      minor_.splice(minor_.end(), master_);
      master_.swap(minor_);
      throw;
    }
    master_.swap(minor_);
    return item;
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return master_.size();
  }
  bool empty() const { return size() == 0; }

 private:
  // Each is used as a queue only: items enter at its end and leave at its beginning. minor_ is empty but during a pop.
  std::list<T> master_, minor_;
  [[no_unique_address]] mutable Mutex mutex_;
};

template <class T>
using SharedTwoQueueStack = TwoQueueStack<T, std::mutex>;

}  // namespace krait::queue
