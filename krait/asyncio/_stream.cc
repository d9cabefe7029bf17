#include "krait/asyncio/_stream.h"

#include <array>

namespace krait::asyncio {

namespace {

constexpr std::size_t kReadSize = 64 * 1024;

// Remembers a wait for as long as it lasts.
struct Remembered {
  _IoWait*& place;
  Remembered(_IoWait*& p, _IoWait& wait) : place(p) { place = &wait; }
  ~Remembered() { place = nullptr; }
};

struct Flag {
  bool& flag;
  explicit Flag(bool& f) : flag(f) { flag = true; }
  ~Flag() { flag = false; }
};

}  // namespace

Coroutine<> _Transport::finish() { co_return; }

std::shared_ptr<_Stream> _Stream::of(std::shared_ptr<_Transport> transport) {
  if (!transport) return std::make_shared<_Stream>(nullptr);
  std::shared_ptr<_Stream> stream = transport->stream_.lock();
  if (!stream) {
    stream = std::make_shared<_Stream>(transport);
    transport->stream_ = stream;
  }
  return stream;
}

_Stream::~_Stream() {
  // Python: ResourceWarning "unclosed transport"
  EventLoop* loop = _get_running_loop();
  if (transport_ && transport_->is_open() && !closing_ && !eof_ && loop && loop->get_debug()) [[unlikely]]
    loop->call_exception_handler({"unclosed stream to " + transport_->peer_name(), nullptr, {}});
  if (transport_) transport_->close();
  if (on_closed && !closed_) on_closed();
}

std::string _Stream::take(std::size_t n) {
  if (start_ == 0 && n >= buffer_.size()) return std::exchange(buffer_, {});
  std::string taken(held().substr(0, n));
  start_ += taken.size();
  if (start_ == buffer_.size()) {
    buffer_.clear();
    start_ = 0;
  }
  return taken;
}

Coroutine<bool> _Stream::fill(std::string_view who) {
  if (waiting_)
    throw RuntimeError(std::string(who) + "() called while another coroutine is already waiting for incoming data");
  if (read_error_) std::rethrow_exception(read_error_);
  if (eof_) co_return false;
  Flag waiting(waiting_);
  if (start_ > 0) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  std::size_t before = buffer_.size();
  for (;;) {
    if (closed_ && transport_) feed_eof();
    if (read_error_) std::rethrow_exception(read_error_);
    if (buffer_.size() > before) co_return true;
    if (eof_) co_return false;
    if (!transport_) {
      co_await fed_.wait("feed_data");
      continue;
    }
    ssize_t n = -1;
    if (ask_ || !transport_->known_empty()) {
      // Read here and appended: to grow the string first would mean to fill it with zeros first.
      static thread_local std::array<char, kReadSize> room;
      try {
        n = transport_->try_recv(room.data(), room.size());
      } catch (...) {
        read_error_ = std::current_exception();
      }
      ask_ = false;
      if (n > 0) buffer_.append(room.data(), static_cast<std::size_t>(n));
      if (n == 0) feed_eof();
      if (n >= 0 || read_error_) continue;
    }
    _IoWait wait = transport_->readable();
    Remembered remembered(reading_, wait);
    ask_ = true;
    co_await wait;
  }
}

void _Stream::feed(std::string_view bytes) {
  if (eof_) throw AssertionError("feed_data after feed_eof");
  buffer_.append(bytes);
  fed_.wake_all();
}

void _Stream::feed_eof() {
  eof_ = true;
  fed_.wake_all();
}

void _Stream::set_exception(std::exception_ptr error) {
  read_error_ = std::move(error);
  fed_.wake_all();
  if (reading_) reading_->give_up();
}

void _Stream::write(std::string_view data) {
  if (closing_) throw RuntimeError("cannot write: the stream is closed");
  if (eof_written_) throw RuntimeError("Cannot call write() after write_eof()");
  if (data.empty() || write_error_) return;
  if (!flushing_) {
    try {
      ssize_t n = transport_->try_send(data);
      if (n > 0) data.remove_prefix(static_cast<std::size_t>(n));
      if (data.empty() && transport_->try_flush()) return;
    } catch (...) {
      fail_writing(std::current_exception());
      return;
    }
  }
  pending_.append(data);
  flush_soon();
}

// Lives in the frame of the task that sends, so that its end is noticed even when the task is cancelled before its
// first step.
struct _Stream::Flushing {
  std::shared_ptr<_Stream> stream;
  explicit Flushing(std::shared_ptr<_Stream> s) : stream(std::move(s)) { stream->flushing_ = true; }
  Flushing(const Flushing&) = delete;
  Flushing& operator=(const Flushing&) = delete;
  ~Flushing() {
    stream->flushing_ = false;
    stream->drained_.wake_all();
    if (stream->closing_) stream->close_now();
  }
};

void _Stream::flush_soon() {
  if (flushing_) return;
  flush_task_ = create_task(flush(std::make_unique<Flushing>(shared_from_this())));
}

Coroutine<> _Stream::flush(std::unique_ptr<Flushing> flushing) {
  _Stream& stream = *flushing->stream;
  bool finished = false;
  try {
    for (;;) {
      bool now = true;
      if (stream.unsent() > 0) {
        ssize_t n = stream.transport_->try_send(std::string_view(stream.pending_).substr(stream.sent_));
        now = n >= 0;
        if (now) stream.sent_ += static_cast<std::size_t>(n);
      } else if ((now = stream.transport_->try_flush())) {
        stream.pending_.clear();
        stream.sent_ = 0;
        if (stream.eof_written_ && stream.transport_->can_write_eof()) stream.transport_->shutdown_write();
        if (!stream.closing_ || finished || !stream.transport_->must_finish()) break;
        finished = true;
        co_await stream.transport_->finish();
      }
      if (!now) co_await stream.transport_->writable();
    }
  } catch (const std::exception&) {
    stream.fail_writing(std::current_exception());
  }
}

void _Stream::fail_writing(std::exception_ptr error) noexcept {
  if (!write_error_) write_error_ = std::move(error);
  pending_.clear();
  sent_ = 0;
}

Coroutine<> _Stream::drain() {
  if (read_error_) std::rethrow_exception(read_error_);
  if (closing_) co_await sleep(0);
  for (;;) {
    if (write_error_) std::rethrow_exception(write_error_);
    if (closed_) throw ConnectionResetError("Connection lost");
    if (!flushing_ && unsent() == 0) co_return;
    flush_soon();
    co_await drained_.wait("drain");
  }
}

void _Stream::write_eof() {
  if (closing_ || eof_written_) return;
  if (!transport_->can_write_eof())
    throw NotImplementedError("cannot write_eof: the transport has no half-closed state");
  eof_written_ = true;
  if (!flushing_) transport_->shutdown_write();
}

void _Stream::close() noexcept {
  if (std::exchange(closing_, true) || closed_ || !transport_) return;
  bool now = !flushing_ && (write_error_ || !transport_->must_finish());
  // Without a loop nobody can wait for the peer.
  if (now || !_get_running_loop()) {
    close_now();
    return;
  }
  if (reading_) reading_->give_up();
  feed_eof();
  flush_soon();
}

void _Stream::abort() noexcept {
  closing_ = true;
  if (flushing_) {
    flush_task_.cancel();
  } else if (!closed_ && transport_) {
    close_now();
  }
}

void _Stream::close_now() noexcept {
  if (std::exchange(closed_, true)) return;
  if (reading_) reading_->give_up();
  feed_eof();
  transport_->close();
  drained_.wake_all();
  closed_line_.wake_all();
  if (on_closed) on_closed();
}

Coroutine<> _Stream::wait_closed() {
  while (!closed_ && transport_) co_await closed_line_.wait("wait_closed");
  if (write_error_) std::rethrow_exception(write_error_);
}

Coroutine<> _Stream::replace_transport(Wrap wrap) {
  std::shared_ptr<_Stream> self = shared_from_this();
  co_await drain();
  if (waiting_) throw RuntimeError("cannot start TLS: a coroutine is waiting for incoming data");
  Flag waiting(waiting_);
  std::string ahead = take(held().size());
  std::shared_ptr<_Transport> plain = transport_;
  std::exception_ptr error;
  try {
    transport_ = co_await wrap(plain, std::move(ahead));
  } catch (...) {
    error = std::current_exception();
  }
  if (error) {
    closing_ = true;
    close_now();
    std::rethrow_exception(error);
  }
  transport_->stream_ = self;
}

}  // namespace krait::asyncio
