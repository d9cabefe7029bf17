#include "krait/asyncio/queues.h"

namespace krait::asyncio {

void _QueueCore::require_put(std::size_t size) {
  if (shutdown_) throw QueueShutDown();
  if (full(size)) throw QueueFull();
  getters.require_thread();
}

void _QueueCore::require_get(std::size_t size) {
  if (size == 0 && shutdown_) throw QueueShutDown();
  if (size == 0) throw QueueEmpty();
  putters.require_thread();
}

void _QueueCore::require_thread() {
  getters.require_thread();
  putters.require_thread();
}

void _QueueCore::was_put() {
  ++unfinished_;
  finished_.clear();
  getters.wake_next();
}

void _QueueCore::task_done() {
  if (unfinished_ == 0) throw ValueError("task_done() called too many times");
  if (--unfinished_ == 0) finished_.set();
}

Coroutine<> _QueueCore::join() {
  if (unfinished_ > 0) co_await finished_.wait();
}

void _QueueCore::drop_unfinished(std::size_t count) {
  unfinished_ -= std::min(unfinished_, count);
  if (unfinished_ == 0) finished_.set();
}

void _QueueCore::shutdown() {
  shutdown_ = true;
  getters.wake_all();
  putters.wake_all();
}

}  // namespace krait::asyncio
