#include "krait/multiprocessing/_threads.h"

#include <dirent.h>

#include <atomic>
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

_UserCode::_UserCode() noexcept {
  if (in_user_code++ == 0 && own) --quiet;
}

_UserCode::~_UserCode() {
  if (--in_user_code == 0 && own) ++quiet;
}

int _threads_in_the_way() {
  std::unique_ptr<DIR, decltype(&::closedir)> tasks(::opendir("/proc/self/task"), &::closedir);
  int threads = 0;
  while (tasks) {
    const dirent* entry = ::readdir(tasks.get());
    if (!entry) break;
    threads += entry->d_name[0] != '.';
  }
  int caller_is_quiet = own && in_user_code == 0;
  return threads - 1 - (quiet.load() - caller_is_quiet);
}

}  // namespace krait::multiprocessing
