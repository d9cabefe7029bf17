#pragma once
// The state that a StreamReader and a StreamWriter share: the transport, what has come and was not taken, what was written
// and is not with the kernel.

#include "krait/asyncio/_transport.h"
#include "krait/asyncio/locks.h"

namespace krait::asyncio {

class _Stream : public std::enable_shared_from_this<_Stream> {
 public:
  // The one of this transport. Null: a reader that is fed by hand.
  static std::shared_ptr<_Stream> of(std::shared_ptr<_Transport> transport);
  explicit _Stream(std::shared_ptr<_Transport> transport) : transport_(std::move(transport)) {}
  ~_Stream();

  _Transport* transport() const noexcept { return transport_.get(); }

  // --- reading ---
  std::string_view held() const noexcept { return std::string_view(buffer_).substr(start_); }
  std::string take(std::size_t n);
  // Reads once; false at the end of the stream. `who` is the caller's name for its error.
  Coroutine<bool> fill(std::string_view who);
  void feed(std::string_view bytes);
  void feed_eof();
  bool ended() const noexcept { return eof_; }
  void set_exception(std::exception_ptr error);
  const std::exception_ptr& exception() const noexcept { return read_error_; }

  // --- writing ---
  void write(std::string_view data);
  Coroutine<> drain();
  void write_eof();
  std::size_t unsent() const noexcept { return pending_.size() - sent_; }

  // --- ending ---
  bool is_closing() const noexcept { return closing_; }
  void close() noexcept;
  void abort() noexcept;
  Coroutine<> wait_closed();

  // Puts TLS, or whatever `wrap` makes of the transport, between this stream and its transport. What the peer has sent
  // ahead goes to `wrap`.
  using Wrap = _base::Function<Coroutine<std::shared_ptr<_Transport>>(std::shared_ptr<_Transport>, std::string ahead)>;
  Coroutine<> replace_transport(Wrap wrap);

  bool accepted = false;              // by a server of ours
  _base::Function<void()> on_closed;  // called once, by close() or when the last reader and writer are gone

 private:
  struct Flushing;
  void flush_soon();
  static Coroutine<> flush(std::unique_ptr<Flushing> flushing);
  void close_now() noexcept;
  void fail_writing(std::exception_ptr error) noexcept;

  std::shared_ptr<_Transport> transport_;

  std::string buffer_;
  std::size_t start_ = 0;  // what lies before is taken
  bool eof_ = false, waiting_ = false;
  bool ask_ =
      true;  // a wait has begun since the transport was asked last: whatever became of it, there may be something
  std::exception_ptr read_error_;
  _IoWait* reading_ = nullptr;  // the wait of fill(), while it lasts
  _WaiterLine fed_;

  // What the kernel did not take at once. A task sends it while the writer goes on.
  std::string pending_;
  std::size_t sent_ = 0;
  bool flushing_ = false, eof_written_ = false;
  Task<> flush_task_;
  std::exception_ptr write_error_;
  _WaiterLine drained_;

  bool closing_ = false, closed_ = false;
  _WaiterLine closed_line_;
};

}  // namespace krait::asyncio
