#pragma once
// The locks of logging, which a fork leaves usable in the child.

#include <pthread.h>

namespace krait::logging {

// Python: threading.RLock. std::recursive_mutex, but that a child can make it anew.
class _RLock {
 public:
  _RLock() noexcept;
  ~_RLock() { pthread_mutex_destroy(&mutex_); }
  _RLock(const _RLock&) = delete;
  _RLock& operator=(const _RLock&) = delete;

  void lock() noexcept { pthread_mutex_lock(&mutex_); }
  void unlock() noexcept { pthread_mutex_unlock(&mutex_); }
  // In a child: no thread holds it, whoever held it in the parent. Python: lock._at_fork_reinit()
  void _at_fork_reinit() noexcept;

 private:
  pthread_mutex_t mutex_;
};

// Serialises what the loggers share: their tree, their handlers and filters, the list of all handlers. No code of a user runs
// under it. Held across a fork, so that a child finds that whole. Python: logging._lock
_RLock& _module_lock();

}  // namespace krait::logging
