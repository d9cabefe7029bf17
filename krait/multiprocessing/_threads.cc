#include "krait/multiprocessing/_threads.h"

#include <dirent.h>

#include <atomic>
#include <ctime>
#include <memory>

namespace krait::multiprocessing {

namespace {

// krait's own threads that run no user's code just now.
std::atomic<int> quiet = 0;
constinit thread_local bool own = false;
constinit thread_local int in_user_code = 0;

}  // namespace

_OwnThread::_OwnThread() noexcept {
  own = true;
  ++quiet;
}

_OwnThread::~_OwnThread() {
  own = false;
  --quiet;
}

void _forget_threads() noexcept {
  own = false;
  quiet = 0;
}

_UserCode::_UserCode() noexcept {
  if (in_user_code++ == 0 && own) --quiet;
}

_UserCode::~_UserCode() {
  if (--in_user_code == 0 && own) ++quiet;
}

namespace {

int threads_but_ours() {
  std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir("/proc/self/task"), &::closedir);
  int threads = 0;
  while (tasks) {
    const dirent* entry = ::readdir(tasks.get());
    if (!entry) break;
    threads += entry->d_name[0] != '.';
  }
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
  --threads;  // the sanitizer's own
#endif
#endif
  int caller_is_quiet = own && in_user_code == 0;
  return threads - 1 - (quiet.load() - caller_is_quiet);
}

}  // namespace

int _threads_in_the_way() {
  // A thread of ours that has just begun, or ended, or returned from a user's code, is one of ours in a moment.
  for (int looks = 0;; ++looks) {
    int threads = threads_but_ours();
    if (threads <= 0) return 0;
    if (looks == 50) return threads;
    timespec moment{0, 1'000'000};
    ::nanosleep(&moment, nullptr);
  }
}

}  // namespace krait::multiprocessing
