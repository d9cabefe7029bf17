#pragma once
// Which threads a fork may leave behind. A child has only the thread that forked; a lock that another one held stays locked
// in it for ever. krait's own threads hold no lock that a child needs, except while they run a user's code.

namespace krait::multiprocessing {

// Lives as long as the thread it is made in: one of krait's own.
class _OwnThread {
 public:
  _OwnThread() noexcept;
  _OwnThread(const _OwnThread&) = delete;
  _OwnThread& operator=(const _OwnThread&) = delete;
  ~_OwnThread();
};

// A user's code runs in this thread. Without effect in a thread that is not krait's own.
class _UserCode {
 public:
  _UserCode() noexcept;
  _UserCode(const _UserCode&) = delete;
  _UserCode& operator=(const _UserCode&) = delete;
  ~_UserCode();
};

// In a child: of all threads only the calling one is there, and it is none of ours.
void _forget_threads() noexcept;

// The threads of this process that may hold a lock which a child needs, besides the calling one.
int _threads_in_the_way();

}  // namespace krait::multiprocessing
