#include "krait/asyncio/_tls.h"

#include <array>

#include "krait/asyncio/wait.h"

namespace krait::asyncio {

namespace {

using ssl::_Step;

constexpr std::size_t kReadSize = 64 * 1024;
// Encrypted before it is handed to the kernel: a few records a system call.
constexpr std::size_t kSendSize = 64 * 1024;

// TLS may have to send in order to read (the answer to a KeyUpdate) and to read in order to send (a renegotiation): so
// a wait for one direction stands on both of the transport below.
class Both final : public _Watch {
 public:
  explicit Both(_Transport& raw) : raw_(raw), below_reads_(*this, true), below_writes_(*this, false) {}
  ~Both() override { stop(); }

  bool reading_needs_sending = false, sending_needs_reading = false;

  void wait_readable(_IoWaiter* waiter) override {
    reader_ = waiter;
    arm();
  }
  void wait_writable(_IoWaiter* waiter) override {
    writer_ = waiter;
    arm();
  }
  void still_readable() noexcept override { raw_.watch().still_readable(); }
  // The watch below is about to go.
  void stop() noexcept {
    reader_ = writer_ = nullptr;
    arm();
  }

 private:
  struct Below final : _IoWaiter {
    Both& both;
    bool reads, armed = false;
    Below(Both& b, bool r) : both(b), reads(r) {}
    void _io_ready() noexcept override {
      armed = false;
      both.ready(reads);
    }
    void want(bool wanted) {
      if (armed == wanted) return;
      armed = wanted;
      _IoWaiter* waiter = wanted ? this : nullptr;
      reads ? both.raw_.watch().wait_readable(waiter) : both.raw_.watch().wait_writable(waiter);
    }
  };

  void arm() noexcept {
    below_reads_.want(reader_ || (writer_ && sending_needs_reading));
    // The first may have told, within the call, whoever waited.
    below_writes_.want((writer_ && !sending_needs_reading) || (reader_ && reading_needs_sending));
  }
  void ready(bool reads) noexcept {
    _IoWaiter* reader = reads || reading_needs_sending ? std::exchange(reader_, nullptr) : nullptr;
    _IoWaiter* writer = reads == sending_needs_reading ? std::exchange(writer_, nullptr) : nullptr;
    if (reader) reader->_io_ready();
    if (writer) writer->_io_ready();
    arm();
  }

  _Transport& raw_;
  _IoWaiter *reader_ = nullptr, *writer_ = nullptr;
  Below below_reads_, below_writes_;
};

class TlsTransport final : public _Transport {
 public:
  TlsTransport(std::shared_ptr<_Transport> raw, const ssl::SSLContext& context, const _TlsOptions& options,
               std::string_view ahead)
      : raw_(std::move(raw)),
        context_(context),
        tls_(context.wrap_bio(in_, out_, options.wrap)),
        shutdown_timeout_(options.shutdown_timeout),
        watch_(*raw_) {
    in_.write(ahead);
  }
  ~TlsTransport() override { close(); }

  Coroutine<> handshake();

  ssize_t try_recv(char* into, std::size_t size) override;
  ssize_t try_send(std::string_view data) override;
  bool try_flush() override { return push(); }
  _Watch& watch() override { return watch_; }

  bool can_write_eof() const noexcept override { return false; }
  void shutdown_write() override { throw NotImplementedError("cannot half-close a TLS connection"); }
  bool must_finish() const noexcept override { return established_ && !failed_ && raw_->is_open(); }
  Coroutine<> finish() override;
  void close() noexcept override;
  bool is_open() const noexcept override { return raw_->is_open(); }
  std::string peer_name() const override { return raw_->peer_name(); }
  std::any extra_info(std::string_view name) const override;

 private:
  enum class Pulled : std::uint8_t { Some, NotNow, End };
  Pulled pull();
  bool push();
  Coroutine<> goodbye();
  _Step read(char* into, std::size_t size, std::size_t& got);

  std::shared_ptr<_Transport> raw_;
  ssl::SSLContext context_;
  ssl::MemoryBIO in_, out_;
  ssl::SSLObject tls_;
  nanoseconds shutdown_timeout_;
  Both watch_;
  bool established_ = false, failed_ = false;
};

TlsTransport::Pulled TlsTransport::pull() {
  static thread_local std::array<char, kReadSize> bytes;
  ssize_t n = raw_->try_recv(bytes.data(), bytes.size());
  if (n < 0) return Pulled::NotNow;
  if (n == 0) return Pulled::End;
  in_.write(std::string_view(bytes.data(), static_cast<std::size_t>(n)));
  return Pulled::Some;
}

// True when everything that TLS has to say is with the transport below.
bool TlsTransport::push() {
  for (std::string_view held; !(held = out_._held()).empty();) {
    ssize_t n = raw_->try_send(held);
    if (n < 0) break;
    out_._consume(static_cast<std::size_t>(n));
  }
  bool all = out_.pending() == 0 && raw_->try_flush();
  watch_.reading_needs_sending = !all;
  return all;
}

Coroutine<> TlsTransport::handshake() {
  for (;;) {
    _Step step = _Step::Done;
    std::exception_ptr error;
    try {
      step = tls_._handshake();
    } catch (...) {
      error = std::current_exception();
    }
    if (error) {
      failed_ = true;
      push();  // the alert, so that the peer knows why
      std::rethrow_exception(error);
    }
    while (!push()) co_await raw_->writable();
    if (step == _Step::Done) break;
    Pulled pulled;
    while ((pulled = pull()) == Pulled::NotNow) co_await raw_->readable();
    if (pulled == Pulled::End)
      throw ConnectionResetError("the connection to " + raw_->peer_name() + " ended during the TLS handshake");
  }
  established_ = true;
}

_Step TlsTransport::read(char* into, std::size_t size, std::size_t& got) {
  std::exception_ptr error;
  _Step step = _Step::Done;
  try {
    step = tls_._read(into, size, got);
  } catch (...) {
    error = std::current_exception();
    failed_ = true;
  }
  if (out_.pending() > 0) push();
  if (error) std::rethrow_exception(error);
  return step;
}

ssize_t TlsTransport::try_recv(char* into, std::size_t size) {
  if (!raw_->is_open()) return 0;
  for (;;) {
    std::size_t got = 0;
    _Step step = read(into, size, got);
    if (step == _Step::Done) return static_cast<ssize_t>(got);
    if (step == _Step::Closed) return 0;
    Pulled pulled = pull();
    if (pulled == Pulled::NotNow) return -1;
    // An end without a goodbye is an end like any other, as in asyncio: what a message's length is, the protocol above
    // must know.
    if (pulled == Pulled::End) return 0;
  }
}

ssize_t TlsTransport::try_send(std::string_view data) {
  watch_.sending_needs_reading = false;
  std::size_t all = 0;
  while (all < data.size() && push()) {
    std::size_t until = std::min(data.size(), all + kSendSize);
    while (all < until) {
      std::size_t taken = 0;
      _Step step = tls_._write(data.substr(all, until - all), taken);
      all += taken;
      if (step == _Step::Done) continue;
      if (step == _Step::Closed) throw BrokenPipeError("cannot send: the TLS connection is closed");
      push();
      Pulled pulled = pull();
      if (pulled == Pulled::End) throw ConnectionResetError("the connection ended while TLS had to read");
      if (pulled == Pulled::Some) continue;
      watch_.sending_needs_reading = true;
      return all > 0 ? static_cast<ssize_t>(all) : -1;
    }
  }
  if (all > 0) push();
  return all > 0 || data.empty() ? static_cast<ssize_t>(all) : -1;
}

Coroutine<> TlsTransport::finish() {
  bool late = false;
  try {
    co_await wait_for(goodbye(), shutdown_timeout_);
  } catch (const TimeoutError& error) {
    if (error.errno_ != 0) throw;  // the kernel's own
    late = true;
  }
  if (late) throw TimeoutError("SSL shutdown timed out");
}

Coroutine<> TlsTransport::goodbye() {
  tls_._say_goodbye();
  while (!push()) co_await raw_->writable();
  std::array<char, 4096> late;  // what the peer sent before it heard ours
  for (;;) {
    std::size_t got = 0;
    _Step step = read(late.data(), late.size(), got);
    if (step == _Step::Closed) co_return;
    if (step == _Step::Done) continue;
    Pulled pulled = pull();
    if (pulled == Pulled::End) co_return;
    if (pulled == Pulled::NotNow) co_await raw_->readable();
  }
}

void TlsTransport::close() noexcept {
  if (!raw_->is_open()) return;
  watch_.stop();
  try {
    if (must_finish()) tls_._say_goodbye();
    push();
  } catch (...) {
    // The peer is gone; there is nobody to tell.
  }
  raw_->close();
}

std::any TlsTransport::extra_info(std::string_view name) const {
  if (name == "sslcontext") return context_;
  if (name == "ssl_object") return tls_;
  if (name == "cipher" && tls_.cipher()) return *tls_.cipher();
  if (name == "peercert" && established_) {
    if (auto certificate = tls_.getpeercert()) return *certificate;
  }
  return raw_->extra_info(name);
}

std::string seconds_of(nanoseconds duration) {
  std::string text = std::to_string(std::chrono::duration<double>(duration).count());
  text.erase(text.find_last_not_of('0') + 1);
  return text.back() == '.' ? text + "0" : text;
}

}  // namespace

Coroutine<std::shared_ptr<_Transport>> _start_tls(std::shared_ptr<_Transport> raw, ssl::SSLContext context,
                                                  _TlsOptions options, std::string ahead) {
  struct Close {
    std::shared_ptr<_Transport> raw;
    ~Close() {
      if (raw) raw->close();
    }
  } unless_done{raw};
  auto transport = std::make_shared<TlsTransport>(raw, context, options, ahead);
  bool late = false;
  try {
    co_await wait_for(transport->handshake(), options.handshake_timeout);
  } catch (const TimeoutError& error) {
    if (error.errno_ != 0) throw;  // the kernel's own
    late = true;
  }
  if (late) {
    throw ConnectionAbortedError("SSL handshake is taking longer than " + seconds_of(options.handshake_timeout) +
                                 " seconds: aborting the connection");
  }
  unless_done.raw.reset();
  co_return transport;
}

}  // namespace krait::asyncio
