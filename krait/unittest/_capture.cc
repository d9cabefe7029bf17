#include "krait/unittest/_capture.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>

#include "krait/builtins/exceptions.h"

namespace krait::unittest {

namespace {
void flush() {
  std::cout.flush();
  std::fflush(nullptr);
}
}  // namespace

_OutputCapture::_OutputCapture() {
  for (int i = 0; i < 2; ++i) {
    kept_[i] = ::memfd_create("krait.unittest", MFD_CLOEXEC);
    real_[i] = ::dup(i + 1);
    if (kept_[i] < 0 || real_[i] < 0) raise_os_error(errno, "keep back", "the output of tests");
  }
}

_OutputCapture::~_OutputCapture() {
  stop();
  for (int file : {kept_[0], kept_[1], real_[0], real_[1]}) ::close(file);
}

void _OutputCapture::start() {
  if (on_) return;
  flush();
  for (int i = 0; i < 2; ++i) ::dup2(kept_[i], i + 1);
  on_ = true;
}

void _OutputCapture::stop() {
  if (!on_) return;
  flush();
  for (int i = 0; i < 2; ++i) {
    ::dup2(real_[i], i + 1);
    if (::ftruncate(kept_[i], 0) == 0) ::lseek(kept_[i], 0, SEEK_SET);
  }
  on_ = false;
}

std::string _OutputCapture::text(int file) {
  flush();
  std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t n = ::pread(file, text.data() + got, text.size() - got, static_cast<off_t>(got));
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
  text.resize(got);
  return text;
}

void _OutputCapture::write(int descriptor, std::string_view text) const {
  const int to = on_ ? real_[descriptor - 1] : descriptor;
  if (!on_) flush();
  while (!text.empty()) {
    const ssize_t n = ::write(to, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace krait::unittest
