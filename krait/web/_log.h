#pragma once
// The server's log and access log, in uvicorn's words.

#include <cstdint>
#include <string>
#include <string_view>

#include "krait/asyncio/events.h"

namespace krait::web {

enum class _Level : std::uint8_t { Debug, Info, Warning, Error, Critical };

// Throws ValueError that lists the names.
_Level _parse_level(std::string_view name);

// "INFO:     text", on standard error.
void _log(_Level level, std::string_view text);

// One line a request, on standard output. Lines are collected and written once a loop turn, in one call.
class _AccessLog {
 public:
  explicit _AccessLog(asyncio::EventLoop& loop) : loop_(loop) {}
  _AccessLog(const _AccessLog&) = delete;
  ~_AccessLog();

  // 127.0.0.1:4711 - "GET /items/1 HTTP/1.1" 200 OK
  void line(std::string_view client, std::string_view method, std::string_view target, std::string_view version,
            int status);

 private:
  void flush() noexcept;
  asyncio::EventLoop& loop_;
  std::string lines_;
  asyncio::Handle flushing_;
  bool queued_ = false;
};

}  // namespace krait::web
