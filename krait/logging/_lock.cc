#include "krait/logging/_lock.h"

#include "krait/logging/_manager.h"

namespace krait::logging {

_RLock::_RLock() noexcept { _at_fork_reinit(); }

void _RLock::_at_fork_reinit() noexcept {
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&mutex_, &recursive);
  pthread_mutexattr_destroy(&recursive);
}

_RLock& _module_lock() {
  static _RLock& lock = []() -> _RLock& {
    auto& made = *new _RLock;  // never destroyed: what runs at the end of the program may still log
    pthread_atfork([] { _module_lock().lock(); }, [] { _module_lock().unlock(); },
                   [] {
                     _reinit_handler_locks();
                     _module_lock()._at_fork_reinit();
                   });
    return made;
  }();
  return lock;
}

}  // namespace krait::logging
