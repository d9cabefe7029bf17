#pragma once
// OpenSSL, for this room's sources only.

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <deque>
#include <memory>

#include "krait/ssl/context.h"
#include "krait/ssl/objects.h"

namespace krait::ssl {

template <auto Free>
struct _Freer {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
using _X509 = std::unique_ptr<X509, _Freer<X509_free>>;
using _Bio = std::unique_ptr<BIO, _Freer<BIO_free_all>>;

// Throws what the error queue of this thread holds, as Python words it; empties the queue.
[[noreturn]] void _raise_library_error();

struct _ContextState {
  SSL_CTX* ctx = nullptr;
  Protocol protocol = PROTOCOL_TLS;
  bool check_hostname = false;
  bool post_handshake_auth = false;
  unsigned host_flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  std::string alpn;  // length-prefixed names
  SniCallback sni_callback;
  std::string keylog_filename;
  ~_ContextState() { SSL_CTX_free(ctx); }
};

struct _ConnectionState : std::enable_shared_from_this<_ConnectionState> {
  explicit _ConnectionState(const SSLContext& c) : context(c), first_context(c) {}
  ~_ConnectionState() { SSL_free(ssl); }
  SSL* ssl = nullptr;
  SSLContext context;
  SSLContext first_context;  // OpenSSL still calls its callbacks when an SNI callback has set another
  std::optional<std::string> server_hostname;
  bool server_side = false;
  // What a callback threw: OpenSSL cannot carry it, so it comes out of the call that OpenSSL was in.
  std::exception_ptr callback_error;

  // Throws for what SSL_get_error(ssl, result) says; gives WantRead or WantWrite, or Closed.
  _Step after(int result);
};

struct _BioState {
  std::string bytes;
  std::size_t start = 0;  // what lies before is read
  bool eof = false;
  std::size_t held() const noexcept { return bytes.size() - start; }
};

// A connection that reads and writes through `incoming` and `outgoing`, which it takes.
std::shared_ptr<_ConnectionState> _new_connection(const SSLContext& context, _Bio incoming, _Bio outgoing,
                                                  const WrapOptions& options);
// A BIO over a buffer that outlives neither.
_Bio _memory_bio(std::shared_ptr<_BioState> state);
// A BIO that calls recv and send; EAGAIN is "try again".
_Bio _descriptor_bio(int fd);

}  // namespace krait::ssl
