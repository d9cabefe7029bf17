#pragma once
// TLS over two buffers: bytes in, bytes out, no waiting.
//
//   ssl::MemoryBIO incoming, outgoing;
//   ssl::SSLObject tls = context.wrap_bio(incoming, outgoing, {.server_hostname = "example.org"});
//   try { tls.do_handshake(); } catch (const ssl::SSLWantReadError&) { send(outgoing.read()); incoming.write(receive()); }
//
// Python: ssl.MemoryBIO, ssl.SSLObject, ssl.SSLSession

#include <sys/types.h>

#include <string_view>

#include "krait/ssl/certificates.h"
#include "krait/ssl/context.h"

namespace krait::ssl {

struct _BioState;

// A buffer of bytes; a handle, copies share it. Python: ssl.MemoryBIO
class MemoryBIO {
 public:
  MemoryBIO();
  // Up to `n` bytes; all for a negative one; "" when there are none. Python: bio.read(size=-1)
  std::string read(std::ptrdiff_t n = -1);
  // Throws SSLError "cannot write() after write_eof()". Python: bio.write(buf)
  std::size_t write(std::string_view bytes);
  // Once all is read, the other side sees the end. Python: bio.write_eof()
  void write_eof();
  std::size_t pending() const noexcept;
  // True when all is read and write_eof() was called. Python: bio.eof
  bool eof() const noexcept;

  // What read() would give, without copying; valid until the buffer changes.
  std::string_view _held() const noexcept;
  void _consume(std::size_t n) noexcept;
  const std::shared_ptr<_BioState>& _state() const noexcept { return state_; }

 private:
  std::shared_ptr<_BioState> state_;
};

// What lets a client resume: later connections need no key exchange by certificate. Python: ssl.SSLSession
class SSLSession {
 public:
  // Takes a reference that OpenSSL counts.
  explicit SSLSession(void* session) noexcept;
  std::string id() const;
  std::int64_t time() const noexcept;     // when it began, in seconds since 1970
  std::int64_t timeout() const noexcept;  // seconds
  bool has_ticket() const noexcept;
  std::int64_t ticket_lifetime_hint() const noexcept;
  bool operator==(const SSLSession& other) const { return id() == other.id(); }
  void* _session() const noexcept { return session_.get(); }

 private:
  std::shared_ptr<void> session_;
};

struct WrapOptions {
  bool server_side = false;
  // Whom the client wants to speak with: asked for by SNI, and compared with the certificate. ASCII; an international
  // name in its A-labels ("xn--…"). A number is an IP address.
  std::optional<std::string> server_hostname = std::nullopt;
  std::optional<SSLSession> session = std::nullopt;  // of an earlier connection of the same context; for a client
};

// Python: the tuple that cipher() gives
struct Cipher {
  std::string name, version;  // of the protocol that it comes from
  int bits;
  bool operator==(const Cipher&) const = default;
};

enum class _Step : std::uint8_t { Done, WantRead, WantWrite, Closed };

// What a connection can say of itself: the part that SSLObject and SSLSocket share.
class _Connection {
 public:
  SSLContext context() const;
  // For an SNI callback: the certificate comes from `context` then. Python: sslobj.context = context
  void set_context(const SSLContext& context);
  bool server_side() const noexcept;
  const std::optional<std::string>& server_hostname() const noexcept;
  // "TLSv1.3"; nullopt before the handshake. Python: sslobj.version()
  std::optional<std::string> version() const;
  // nullopt before the handshake. Python: sslobj.cipher()
  std::optional<Cipher> cipher() const;
  // On a server: those that the client also has. Python: sslobj.shared_ciphers()
  std::optional<std::vector<Cipher>> shared_ciphers() const;
  // nullopt: TLS compression is not used. Python: sslobj.compression()
  std::optional<std::string> compression() const { return std::nullopt; }
  // Python: sslobj.selected_alpn_protocol()
  std::optional<std::string> selected_alpn_protocol() const;
  // nullopt: the peer showed none. An empty one: it was not verified. Throws ValueError "handshake not done yet".
  // Python: sslobj.getpeercert()
  std::optional<Certificate> getpeercert() const;
  // Verified or not. Python: sslobj.getpeercert(binary_form=True)
  std::optional<std::string> getpeercert_der() const;
  // From the peer's certificate to the authority's, in DER; the second one as the peer sent it.
  // Python: sslobj.get_verified_chain(), get_unverified_chain()
  std::vector<std::string> get_verified_chain() const;
  std::vector<std::string> get_unverified_chain() const;
  // nullopt before the handshake. Throws ValueError "'x' channel binding type not implemented".
  // Python: sslobj.get_channel_binding(cb_type)
  std::optional<std::string> get_channel_binding(const std::string& type = "tls-unique") const;
  // nullopt before the handshake. With TLS 1.3 tickets come after it: ask once something was read.
  // Python: sslobj.session
  std::optional<SSLSession> session() const;
  bool session_reused() const noexcept;
  // Bytes that read() gives without more from the peer. Python: sslobj.pending()
  std::size_t pending() const noexcept;
  // A TLS 1.3 server asks for the client's certificate; it comes with what is read next.
  // Throws SSLError. Python: sslobj.verify_client_post_handshake()
  void verify_client_post_handshake();

  const std::shared_ptr<_ConnectionState>& _state() const noexcept { return state_; }

 protected:
  explicit _Connection(std::shared_ptr<_ConnectionState> state) noexcept : state_(std::move(state)) {}
  std::shared_ptr<_ConnectionState> state_;
};

// A handle: copies share one connection. Python: ssl.SSLObject, made by SSLContext.wrap_bio()
class SSLObject : public _Connection {
 public:
  explicit SSLObject(std::shared_ptr<_ConnectionState> state) noexcept : _Connection(std::move(state)) {}

  // Throws SSLWantReadError until the peer's answers have been written to `incoming`, SSLCertVerificationError,
  // SSLError, SSLEOFError. Whatever it throws, first send what `outgoing` holds: an alert may be in it.
  // Python: sslobj.do_handshake()
  void do_handshake();
  // At least one byte; "" when the peer has said goodbye. Throws as do_handshake(). Python: sslobj.read(len=1024)
  std::string read(std::size_t n = 1024);
  // Gives how many bytes were taken. Throws as do_handshake(), SSLZeroReturnError. Python: sslobj.write(data)
  std::size_t write(std::string_view data);
  // Says goodbye, and waits for the peer's: SSLWantReadError until it has come. Python: sslobj.unwrap()
  void unwrap();

  // The same for those who ask often: what is expected is a value. `_read` gives 0 for the peer's goodbye.
  _Step _handshake();
  _Step _read(char* into, std::size_t size, std::size_t& got);
  _Step _write(std::string_view data, std::size_t& taken);
  _Step _shutdown();
  // Only the first half of unwrap(): what the peer still sends can be read.
  void _say_goodbye();
};

}  // namespace krait::ssl
