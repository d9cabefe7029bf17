#pragma once
// One end of a pipe, under streams. Python: asyncio.unix_events._UnixReadPipeTransport, _UnixWritePipeTransport

#include "krait/_base/unique_fd.h"
#include "krait/asyncio/_transport.h"

namespace krait::asyncio {

class _Pipe final : public _Transport {
 public:
  // Makes the descriptor non-blocking.
  _Pipe(EventLoop& loop, _base::UniqueFd fd);

  ssize_t try_recv(char* into, std::size_t size) override;
  // Throws BrokenPipeError when nobody reads any more; never lets SIGPIPE come, which would end the program.
  ssize_t try_send(std::string_view data) override;
  _Watch& watch() noexcept override { return *watch_; }
  // A pipe has one direction: nothing more will come when it is closed.
  void shutdown_write() override { close(); }
  void close() noexcept override;
  bool is_open() const noexcept override { return static_cast<bool>(fd_); }
  std::string peer_name() const override { return "a pipe"; }
  // "pipe" as an int: the descriptor, which stays the transport's.
  std::any extra_info(std::string_view name) const override;

 private:
  _base::UniqueFd fd_;
  std::unique_ptr<_Watch> watch_;
};

}  // namespace krait::asyncio
