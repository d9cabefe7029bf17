#include "krait/multiprocessing/_channel.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "krait/builtins/exceptions.h"

namespace krait::multiprocessing {

namespace {

// Well below what a socket holds, so that several fit in.
constexpr std::size_t kInline = 32 * 1024;

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) raise_os_error(errno, "write a message");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string read_file(int fd, std::uint64_t size) {
  struct stat status;
  if (::fstat(fd, &status) != 0 || status.st_size < 0 || static_cast<std::uint64_t>(status.st_size) != size)
    throw OSError("cannot read a message: its file is of another size");
  std::string bytes(size, 0);
  for (std::size_t done = 0; done < size;) {
    ssize_t got = ::pread(fd, bytes.data() + done, size - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) raise_os_error(got < 0 ? errno : EIO, "read a message");
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace

_Ends _make_channel() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) raise_os_error(errno, "make a channel");
  return {_base::UniqueFd(ends[0]), _base::UniqueFd(ends[1])};
}

_Message::_Message(std::string bytes) {
  if (bytes.size() <= kInline) {
    head_ = std::move(bytes);
    head_.insert(head_.begin(), 0);
    return;
  }
  file_ = _base::UniqueFd(::memfd_create("krait", MFD_CLOEXEC));
  if (!file_) raise_os_error(errno, "make a file for a message");
  write_all(file_.get(), bytes);
  std::uint64_t size = bytes.size();
  head_.push_back(1);
  head_.append(reinterpret_cast<const char*>(&size), sizeof size);
}

bool _Message::send(int writer) const {
  iovec part{const_cast<char*>(head_.data()), head_.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (file_) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    int fd = file_.get();
    std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
  }
  for (;;) {
    if (::sendmsg(writer, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return true;
    if (errno == EINTR) continue;
    // Too many descriptors on their way are like too many bytes.
    if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM || errno == ETOOMANYREFS) return false;
    raise_os_error(errno, "send a message");
  }
}

_Received _receive(int reader, std::string& bytes) {
  std::array<char, kInline + 1> buffer;
  iovec part{buffer.data(), buffer.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t size;
  while ((size = ::recvmsg(reader, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  if (size < 0 && errno == EAGAIN) return _Received::NothingNow;
  if (size < 0 && errno == ECONNRESET) return _Received::End;
  if (size < 0) raise_os_error(errno, "receive a message");
  if (size == 0) return _Received::End;
  _base::UniqueFd file;
  if (cmsghdr* head = CMSG_FIRSTHDR(&message); head && head->cmsg_type == SCM_RIGHTS) {
    int fd;
    std::memcpy(&fd, CMSG_DATA(head), sizeof fd);
    file = _base::UniqueFd(fd);
  }
  if (buffer[0] == 0) {
    bytes.assign(buffer.data() + 1, static_cast<std::size_t>(size) - 1);
    return _Received::Message;
  }
  std::uint64_t length = 0;
  if (!file || size != 1 + sizeof length) throw OSError("cannot receive a message: its file is missing");
  std::memcpy(&length, buffer.data() + 1, sizeof length);
  bytes = read_file(file.get(), length);
  return _Received::Message;
}

int _waiting_bytes(int reader) {
  int bytes = 0;
  ::ioctl(reader, SIOCINQ, &bytes);
  return bytes;
}

bool _wait_for(int fd, bool readable, int milliseconds) {
  pollfd ready{fd, static_cast<short>(readable ? POLLIN : POLLOUT), 0};
  return ::poll(&ready, 1, milliseconds) != 0;  // a signal: let the caller look again
}

}  // namespace krait::multiprocessing
