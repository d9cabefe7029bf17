#pragma once
// Queue: hands values from processes to processes, first in, first out for each producer. Copies are one queue, and a child
// forked later shares it.
//
//   multiprocessing::Queue<Order> orders(100);
//   multiprocessing::Process child(consume, orders);
//   child.start();
//   orders.put(order);                     // waits only while there are 100
//   Order next = orders.get();             // in the child
//
// put() hands the value to the system when that has room, and else to a thread that feeds it as others take: a process that put
// much into a queue that nobody empties does not end before somebody does, unless cancel_join_thread(). A process that is
// killed in the middle of anything harms nobody: what it had not handed over is lost, and its place is free again. CPython's
// queue then hangs for ever (python/cpython#87971). Python: multiprocessing.queues

#include <memory>
#include <optional>
#include <string>

#include "krait/multiprocessing/reduction.h"

namespace krait::multiprocessing {

using std::chrono::nanoseconds;

// Python: queue.Empty, queue.Full
KRAIT_EXCEPTION(Empty, Exception);
KRAIT_EXCEPTION(Full, Exception);

struct QueueWait {
  bool block = true;
  std::optional<nanoseconds> timeout = std::nullopt;  // for ever
};

// The part that knows bytes, compiled once.
class _QueueCore;
class _QueueHandle {
 public:
  _QueueHandle(long maxsize, const char* python_name);

  void put(std::string bytes, const QueueWait& wait) const;
  std::string get(const QueueWait& wait) const;
  long qsize() const;
  bool empty() const;
  bool full() const;
  void close() const;
  void join_thread() const;
  void cancel_join_thread() const;
  void task_done() const;
  void join() const;

 private:
  std::shared_ptr<_QueueCore> core_;
};

// Python: multiprocessing.Queue(maxsize=0)
template <class T>
class Queue {
 public:
  // Zero or less: no limit.
  explicit Queue(long maxsize = 0) : Queue(maxsize, "multiprocessing.queues.Queue") {}

  // Waits while the queue is full. Throws Full; ValueError "Queue <…> is closed". Departs from Python: the value is made bytes
  // here and not by the thread, so that what becomes of it afterwards does not matter.
  // Python: queue.put(obj, block=True, timeout=None)
  void put(const T& value, QueueWait wait = {}) { handle_.put(dumps(value), wait); }
  // Throws Full.
  void put_nowait(const T& value) { put(value, {.block = false}); }
  // Waits while the queue is empty. Throws Empty, ValueError. Python: queue.get(block=True, timeout=None)
  T get(QueueWait wait = {}) { return loads<T>(handle_.get(wait)); }
  // Throws Empty.
  T get_nowait() { return get({.block = false}); }
  // As of some moment: another process may be at it.
  long qsize() const { return handle_.qsize(); }
  bool empty() const { return handle_.empty(); }
  bool full() const { return handle_.full(); }
  // This process puts and gets no more; its thread ends once it has fed everything. Python: queue.close()
  void close() { handle_.close(); }
  // Waits for that thread, as the end of the process does. Throws AssertionError before close(). Python: queue.join_thread()
  void join_thread() { handle_.join_thread(); }
  // The process may end before everything was fed; that is lost. Python: queue.cancel_join_thread()
  void cancel_join_thread() { handle_.cancel_join_thread(); }

 protected:
  Queue(long maxsize, const char* python_name) : handle_(maxsize, python_name) {}
  _QueueHandle handle_;
};

// Python: multiprocessing.JoinableQueue(maxsize=0)
template <class T>
class JoinableQueue : public Queue<T> {
 public:
  explicit JoinableQueue(long maxsize = 0) : Queue<T>(maxsize, "multiprocessing.queues.JoinableQueue") {}
  // Says that an item got earlier is dealt with. Throws ValueError "task_done() called too many times".
  void task_done() { this->handle_.task_done(); }
  // Waits until every item put was got and task_done. Python: queue.join()
  void join() { this->handle_.join(); }
};

// Python: multiprocessing.SimpleQueue()
template <class T>
class SimpleQueue {
 public:
  void put(const T& value) { queue_.put(value); }
  T get() { return queue_.get(); }
  bool empty() const { return queue_.empty(); }
  void close() { queue_.close(); }

 private:
  Queue<T> queue_;
};

}  // namespace krait::multiprocessing
