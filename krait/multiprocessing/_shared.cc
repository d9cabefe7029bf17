#include "krait/multiprocessing/_shared.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "krait/builtins/exceptions.h"

namespace krait::multiprocessing {

namespace {

constexpr nanoseconds kLookAgain = std::chrono::milliseconds(50);

// The fields of /proc/PID/stat from the state on; empty when there is none.
std::string stat_of(std::int32_t pid) {
  char path[32], text[1024];
  std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  ssize_t size = ::read(fd, text, sizeof text - 1);
  ::close(fd);
  if (size <= 0) return {};
  text[size] = 0;
  // The name stands in parentheses and may hold any character.
  const char* name_end = std::strrchr(text, ')');
  return name_end && name_end[1] ? name_end + 2 : "";
}

// The 22nd field: when it was started, in ticks since the system was.
std::uint64_t started_at(const std::string& stat) {
  const char* at = stat.c_str();
  for (int field = 3; field < 22 && at; ++field) {
    at = std::strchr(at, ' ');
    if (at) ++at;
  }
  return at ? std::strtoull(at, nullptr, 10) : 0;
}

}  // namespace

void* _map_shared(std::size_t size) {
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) raise_os_error(errno, "map shared memory");
  return memory;
}

bool _Word::wait(std::uint32_t seen, const _Deadline& deadline) noexcept {
  nanoseconds length = kLookAgain;
  if (deadline) length = std::min<nanoseconds>(length, *deadline - std::chrono::steady_clock::now());
  if (length <= nanoseconds(0)) return false;
  timespec time{0, static_cast<long>(length.count())};
  waiters_.fetch_add(1, std::memory_order_acq_rel);
  ::syscall(SYS_futex, &value_, FUTEX_WAIT, seen, &time, nullptr, 0);
  waiters_.fetch_sub(1, std::memory_order_acq_rel);
  return true;
}

void _Word::wake() noexcept {
  if (waiters_.load(std::memory_order_acquire) > 0)
    ::syscall(SYS_futex, &value_, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

_ProcessId _ProcessId::self() noexcept {
  static thread_local _ProcessId cached;
  if (cached.pid != ::getpid()) cached = {::getpid(), started_at(stat_of(::getpid()))};
  return cached;
}

bool _ProcessId::alive() const noexcept {
  std::string stat = stat_of(pid);
  if (stat.empty() || stat[0] == 'Z' || stat[0] == 'X') return false;
  return started == 0 || started_at(stat) == started;
}

_Deadline _deadline_after(const std::optional<nanoseconds>& timeout) {
  constexpr nanoseconds kLongest = std::chrono::hours(24 * 365 * 100);
  if (!timeout || *timeout > kLongest) return std::nullopt;
  return std::chrono::steady_clock::now() + *timeout;
}

int _milliseconds_until(const _Deadline& deadline) {
  if (!deadline) return -1;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

}  // namespace krait::multiprocessing
