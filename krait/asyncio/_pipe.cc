#include "krait/asyncio/_pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>

namespace krait::asyncio {

namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

// Keeps the SIGPIPE of one write() to this thread, and takes it back. Python ignores the signal for the whole process at
// its start; a library leaves that to the program.
class NoSigpipe {
 public:
  NoSigpipe() noexcept {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;
  ~NoSigpipe() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  void take_back() const noexcept {
    timespec at_once{};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
  }

 private:
  sigset_t pipe_, before_;
  bool was_pending_;
};

}  // namespace

_Pipe::_Pipe(EventLoop& loop, _base::UniqueFd fd) : fd_(std::move(fd)) {
  int flags = ::fcntl(fd_.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd_.get(), F_SETFL, flags | O_NONBLOCK) < 0) raise_os_error(errno, "watch a pipe");
  watch_ = loop._reactor().watch(fd_.get());
}

ssize_t _Pipe::try_recv(char* into, std::size_t size) {
  for (;;) {
    ssize_t n = ::read(fd_.get(), into, size);
    if (n >= 0) {
      if (static_cast<std::size_t>(n) == size) watch_->still_readable();
      return n;
    }
    if (would_block(errno)) return -1;
    if (errno != EINTR) raise_os_error(errno, "read from", peer_name());
  }
}

ssize_t _Pipe::try_send(std::string_view data) {
  if (data.empty()) return 0;
  NoSigpipe guard;
  for (;;) {
    ssize_t n = ::write(fd_.get(), data.data(), data.size());
    if (n >= 0) return n;
    int error = errno;
    if (would_block(error)) return -1;
    if (error == EPIPE) guard.take_back();
    if (error != EINTR) raise_os_error(error, "write to", peer_name());
  }
}

void _Pipe::close() noexcept {
  watch_.reset();
  fd_.reset();
}

std::any _Pipe::extra_info(std::string_view name) const {
  if (name == "pipe") return fd_.get();
  return {};
}

}  // namespace krait::asyncio
