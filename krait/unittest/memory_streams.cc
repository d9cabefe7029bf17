#include "krait/unittest/memory_streams.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <random>

#include "krait/asyncio/_transport.h"

namespace krait::unittest {

namespace {

using asyncio::_IoWaiter;

constexpr std::string_view kName = "memory";

// Bytes on their way in one direction.
class Wire {
 public:
  enum class End { None, Eof, Reset };

  explicit Wire(const MemoryWire& how) : how_(how), random_(how.seed.value_or(0)) {
    if (how.buffer == 0) throw ValueError("cannot make a memory stream: its buffer holds nothing");
    if (how.split == 0) throw ValueError("cannot make a memory stream: its pieces are empty");
    if (how.delay.count() < 0) throw ValueError("cannot make a memory stream: its delay is negative");
  }
  ~Wire() { timer_.cancel(); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // What is to happen to the connection after what has been sent; None: nothing.
  End fate() const {
    if (how_.reset_after && sent_ >= *how_.reset_after) return End::Reset;
    return how_.eof_after && sent_ >= *how_.eof_after ? End::Eof : End::None;
  }
  ssize_t send(std::string_view data) {
    if (end_ == End::Reset) raise_os_error(ECONNRESET, "send to", kName);
    if (end_ == End::Eof && how_.eof_after) return static_cast<ssize_t>(data.size());
    if (end_ == End::Eof || gone_) raise_os_error(EPIPE, "send to", kName);
    std::size_t room = std::min(how_.buffer - held(), to_fate());
    if (room == 0 && !data.empty()) return -1;
    std::size_t n = std::min(room, data.size());
    bytes_.append(data.substr(0, n));
    sent_ += n;
    if (n > 0) arrivals_.push_back({when(), n});
    tell_reader();
    return static_cast<ssize_t>(n);
  }
  void end(End how) {
    if (end_ == End::Reset || (end_ == End::Eof && how == End::Eof)) return;
    end_ = how;
    ends_at_ = when();
    tell_reader();
    tell_writer();
  }

  ssize_t receive(char* into, std::size_t size) {
    if (std::exchange(paused_, false)) return -1;
    std::size_t arrived = arrived_bytes();
    if (arrived == 0) {
      if (held() > 0 || end_ == End::None || !is_past(ends_at_)) return -1;
      if (end_ == End::Reset) raise_os_error(ECONNRESET, "receive from", kName);
      return 0;
    }
    std::size_t n = std::min({size, arrived, how_.split});
    if (how_.seed) n = 1 + static_cast<std::size_t>(random_() % n);
    std::memcpy(into, bytes_.data() + start_, n);
    take(n);
    paused_ = n < arrived && n < size;
    tell_writer();
    return static_cast<ssize_t>(n);
  }
  // The reader is gone; one of it that still waits finds its end closed.
  void leave() {
    gone_ = true;
    if (reader_) std::exchange(reader_, nullptr)->_io_ready();
    tell_writer();
  }
  std::size_t held() const { return bytes_.size() - start_; }

  void wait_readable(_IoWaiter* waiter) {
    reader_ = waiter;
    tell_reader();
  }
  void wait_writable(_IoWaiter* waiter) {
    writer_ = waiter;
    tell_writer();
  }

 private:
  using Time = std::chrono::nanoseconds;
  struct Arrival {
    Time when;
    std::size_t bytes;
  };

  // Bytes that may still be sent before the wire's fate.
  std::size_t to_fate() const {
    std::size_t fate =
        std::min(how_.reset_after.value_or(std::string::npos), how_.eof_after.value_or(std::string::npos));
    return fate - sent_;
  }
  // When what is sent now arrives. Without a delay no clock is asked, so that a test may write before its loop runs.
  Time when() const { return how_.delay.count() > 0 ? asyncio::get_running_loop().time() + how_.delay : Time(0); }
  static bool is_past(Time when) { return when.count() == 0 || when <= asyncio::get_running_loop().time(); }
  std::size_t arrived_bytes() const {
    std::size_t n = 0;
    for (const Arrival& each : arrivals_) {
      if (!is_past(each.when)) break;
      n += each.bytes;
    }
    return n;
  }
  void take(std::size_t n) {
    start_ += n;
    if (start_ > bytes_.size() / 2) {
      bytes_.erase(0, start_);
      start_ = 0;
    }
    while (n > 0) {
      std::size_t part = std::min(n, arrivals_.front().bytes);
      n -= part;
      if ((arrivals_.front().bytes -= part) == 0) arrivals_.pop_front();
    }
  }

  void tell_reader() {
    if (!reader_ || (arrivals_.empty() && end_ == End::None)) return;
    Time next = arrivals_.empty() ? ends_at_ : arrivals_.front().when;
    if (is_past(next)) {
      std::exchange(reader_, nullptr)->_io_ready();
    } else {
      timer_.cancel();
      timer_ = asyncio::get_running_loop().call_at(next, [this] { tell_reader(); });
    }
  }
  void tell_writer() {
    if (writer_ && (held() < how_.buffer || end_ != End::None || gone_)) std::exchange(writer_, nullptr)->_io_ready();
  }

  MemoryWire how_;
  std::mt19937_64 random_;
  std::string bytes_;
  std::size_t start_ = 0;         // what lies before has been read
  std::deque<Arrival> arrivals_;  // of the bytes from start_ on, in order
  std::size_t sent_ = 0;
  End end_ = End::None;
  Time ends_at_{0};
  bool paused_ = false;  // between two pieces of what has arrived
  bool gone_ = false;
  _IoWaiter* reader_ = nullptr;
  _IoWaiter* writer_ = nullptr;
  asyncio::TimerHandle timer_;
};

struct Link {
  explicit Link(const MemoryStreamsOptions& options) : to_server(options.to_server), to_client(options.to_client) {
    meet_fate(to_server);
    meet_fate(to_client);
  }
  void meet_fate(Wire& wire) {
    if (wire.fate() == Wire::End::Reset) return reset();
    if (wire.fate() == Wire::End::Eof) wire.end(Wire::End::Eof);
  }
  void reset() {
    to_server.end(Wire::End::Reset);
    to_client.end(Wire::End::Reset);
  }
  Wire to_server, to_client;
};

class MemoryTransport final : public asyncio::_Transport, private asyncio::_Watch {
 public:
  MemoryTransport(std::shared_ptr<Link> link, Wire& in, Wire& out) : link_(std::move(link)), in_(in), out_(out) {}
  MemoryTransport(const MemoryTransport&) = delete;
  MemoryTransport& operator=(const MemoryTransport&) = delete;
  ~MemoryTransport() override { MemoryTransport::close(); }

  ssize_t try_recv(char* into, std::size_t size) override { return open_ ? in_.receive(into, size) : 0; }
  ssize_t try_send(std::string_view data) override {
    if (!open_) throw ConnectionResetError("Connection lost");
    ssize_t n = out_.send(data);
    link_->meet_fate(out_);
    return n;
  }
  asyncio::_Watch& watch() override { return *this; }
  void shutdown_write() override { out_.end(Wire::End::Eof); }
  void close() noexcept override {
    if (!std::exchange(open_, false)) return;
    in_.leave();
    if (in_.held() > 0) {
      link_->reset();
    } else {
      out_.end(Wire::End::Eof);
    }
  }
  bool is_open() const noexcept override { return open_; }
  std::string peer_name() const override { return std::string(kName); }

 private:
  void wait_readable(_IoWaiter* waiter) override { in_.wait_readable(waiter); }
  void wait_writable(_IoWaiter* waiter) override { out_.wait_writable(waiter); }
  void still_readable() noexcept override {}

  std::shared_ptr<Link> link_;
  Wire& in_;
  Wire& out_;
  bool open_ = true;
};

asyncio::StreamPair pair_of(std::shared_ptr<MemoryTransport> end, std::size_t limit) {
  return {asyncio::StreamReader(end, limit), asyncio::StreamWriter(end)};
}

}  // namespace

MemoryStreams memory_streams(MemoryStreamsOptions options) {
  auto link = std::make_shared<Link>(options);
  auto client = std::make_shared<MemoryTransport>(link, link->to_client, link->to_server);
  auto server = std::make_shared<MemoryTransport>(link, link->to_server, link->to_client);
  return {pair_of(std::move(client), options.limit), pair_of(std::move(server), options.limit)};
}

}  // namespace krait::unittest
