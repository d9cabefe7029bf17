#include "krait/web/_log.h"

#include <unistd.h>

#include <cerrno>

#include "krait/builtins/exceptions.h"
#include "krait/http/status.h"

namespace krait::web {

namespace {

// What does not go out goes nowhere: a log must not stop a server.
void write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

// A request line is the peer's: no byte of it may forge a line or steer a terminal.
void append_visible(std::string& to, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      to += c;
    } else {
      to.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
}

}  // namespace

_Level _parse_level(std::string_view name) {
  constexpr std::string_view kNames[] = {"debug", "info", "warning", "error", "critical"};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (name == kNames[i]) return static_cast<_Level>(i);
  }
  throw ValueError("cannot use log_level '" + std::string(name) + "': choose debug, info, warning, error or critical");
}

void _log(_Level level, std::string_view text) {
  constexpr std::string_view kPrefixes[] = {"DEBUG:    ", "INFO:     ", "WARNING:  ", "ERROR:    ", "CRITICAL: "};
  std::string line(kPrefixes[static_cast<std::size_t>(level)]);
  line.append(text).append("\n");
  write_all(STDERR_FILENO, line);
}

_AccessLog::~_AccessLog() {
  flushing_.cancel();
  flush();
}

void _AccessLog::flush() noexcept {
  write_all(STDOUT_FILENO, lines_);
  lines_.clear();
}

void _AccessLog::line(std::string_view client, std::string_view method, std::string_view target,
                      std::string_view version, int status) {
  lines_.append("INFO:     ").append(client).append(" - \"");
  append_visible(lines_, method);
  lines_ += ' ';
  append_visible(lines_, target);
  lines_.append(" HTTP/").append(version).append("\" ").append(std::to_string(status));
  std::string_view phrase = http::phrase(status);
  if (!phrase.empty()) lines_.append(" ").append(phrase);
  lines_ += '\n';
  if (std::exchange(queued_, true)) return;
  flushing_ = loop_.call_soon([this] {
    queued_ = false;
    flush();
  });
}

}  // namespace krait::web
