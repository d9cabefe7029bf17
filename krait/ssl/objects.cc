#include "krait/ssl/objects.h"

#include <algorithm>

#include "krait/ssl/_engine.h"

namespace krait::ssl {

MemoryBIO::MemoryBIO() : state_(std::make_shared<_BioState>()) {}

std::string MemoryBIO::read(std::ptrdiff_t n) {
  std::string taken(n < 0 ? _held() : _held().substr(0, static_cast<std::size_t>(n)));
  _consume(taken.size());
  return taken;
}

std::size_t MemoryBIO::write(std::string_view bytes) {
  if (state_->eof) throw SSLError("cannot write() after write_eof()");
  state_->bytes.append(bytes);
  return bytes.size();
}

void MemoryBIO::write_eof() { state_->eof = true; }

std::size_t MemoryBIO::pending() const noexcept { return state_->held(); }

bool MemoryBIO::eof() const noexcept { return state_->eof && state_->held() == 0; }

std::string_view MemoryBIO::_held() const noexcept { return std::string_view(state_->bytes).substr(state_->start); }

void MemoryBIO::_consume(std::size_t n) noexcept {
  state_->start += n;
  if (state_->held() > 0) return;
  state_->bytes.clear();
  state_->start = 0;
}

namespace {

SSL_SESSION* native(const std::shared_ptr<void>& session) { return static_cast<SSL_SESSION*>(session.get()); }

}  // namespace

SSLSession::SSLSession(void* session) noexcept
    : session_(session, [](void* p) { SSL_SESSION_free(static_cast<SSL_SESSION*>(p)); }) {}

std::string SSLSession::id() const {
  unsigned size = 0;
  const unsigned char* bytes = SSL_SESSION_get_id(native(session_), &size);
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

std::int64_t SSLSession::time() const noexcept { return SSL_SESSION_get_time(native(session_)); }
std::int64_t SSLSession::timeout() const noexcept { return SSL_SESSION_get_timeout(native(session_)); }
bool SSLSession::has_ticket() const noexcept { return SSL_SESSION_has_ticket(native(session_)) != 0; }
std::int64_t SSLSession::ticket_lifetime_hint() const noexcept {
  return static_cast<std::int64_t>(SSL_SESSION_get_ticket_lifetime_hint(native(session_)));
}

SSLContext _Connection::context() const { return state_->context; }

void _Connection::set_context(const SSLContext& context) {
  state_->context = context;
  SSL_set_SSL_CTX(state_->ssl, context._state().ctx);
}

bool _Connection::server_side() const noexcept { return state_->server_side; }

const std::optional<std::string>& _Connection::server_hostname() const noexcept { return state_->server_hostname; }

std::optional<std::string> _Connection::version() const {
  if (!SSL_is_init_finished(state_->ssl)) return std::nullopt;
  return SSL_get_version(state_->ssl);
}

namespace {

Cipher described(const SSL_CIPHER* cipher) {
  return {SSL_CIPHER_get_name(cipher), SSL_CIPHER_get_version(cipher), SSL_CIPHER_get_bits(cipher, nullptr)};
}

std::string der_of(X509* certificate) {
  unsigned char* bytes = nullptr;
  int size = i2d_X509(certificate, &bytes);
  if (size < 0) _raise_library_error();
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

std::vector<std::string> der_of_all(const STACK_OF(X509) * chain) {
  std::vector<std::string> all;
  for (int i = 0; chain && i < sk_X509_num(chain); ++i) all.push_back(der_of(sk_X509_value(chain, i)));
  return all;
}

}  // namespace

std::optional<Cipher> _Connection::cipher() const {
  const SSL_CIPHER* current = SSL_get_current_cipher(state_->ssl);
  if (!current) return std::nullopt;
  return described(current);
}

std::optional<std::vector<Cipher>> _Connection::shared_ciphers() const {
  const STACK_OF(SSL_CIPHER)* theirs = SSL_get_client_ciphers(state_->ssl);
  const STACK_OF(SSL_CIPHER)* ours = SSL_get_ciphers(state_->ssl);
  if (!theirs || !state_->server_side) return std::nullopt;
  std::vector<Cipher> both;
  for (int i = 0; i < sk_SSL_CIPHER_num(theirs); ++i) {
    const SSL_CIPHER* each = sk_SSL_CIPHER_value(theirs, i);
    for (int j = 0; j < sk_SSL_CIPHER_num(ours); ++j) {
      if (SSL_CIPHER_get_id(sk_SSL_CIPHER_value(ours, j)) != SSL_CIPHER_get_id(each)) continue;
      both.push_back(described(each));
      break;
    }
  }
  return both;
}

std::optional<std::string> _Connection::selected_alpn_protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(state_->ssl, &name, &size);
  if (!name) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(name), size);
}

std::optional<Certificate> _Connection::getpeercert() const {
  std::optional<std::string> der = getpeercert_der();
  if (!der) return std::nullopt;
  if ((SSL_get_verify_mode(state_->ssl) & SSL_VERIFY_PEER) == 0) return Certificate{};
  return decode_certificate(*der);
}

std::optional<std::string> _Connection::getpeercert_der() const {
  if (!SSL_is_init_finished(state_->ssl)) throw ValueError("handshake not done yet");
  _X509 certificate(SSL_get1_peer_certificate(state_->ssl));
  if (!certificate) return std::nullopt;
  return der_of(certificate.get());
}

std::vector<std::string> _Connection::get_verified_chain() const {
  return der_of_all(SSL_get0_verified_chain(state_->ssl));
}

std::vector<std::string> _Connection::get_unverified_chain() const {
  std::vector<std::string> chain = der_of_all(SSL_get_peer_cert_chain(state_->ssl));
  // On a server OpenSSL's list lacks the client's own.
  if (state_->server_side) {
    _X509 own(SSL_get1_peer_certificate(state_->ssl));
    if (own) chain.insert(chain.begin(), der_of(own.get()));
  }
  return chain;
}

std::optional<std::string> _Connection::get_channel_binding(const std::string& type) const {
  if (type != "tls-unique") throw ValueError("'" + type + "' channel binding type not implemented");
  char bytes[EVP_MAX_MD_SIZE];
  // Of the side that finished first: the client, unless a session was resumed.
  bool own = (SSL_session_reused(state_->ssl) != 0) != !state_->server_side;
  std::size_t size = own ? SSL_get_finished(state_->ssl, bytes, sizeof bytes)
                         : SSL_get_peer_finished(state_->ssl, bytes, sizeof bytes);
  if (size == 0) return std::nullopt;
  return std::string(bytes, size);
}

std::optional<SSLSession> _Connection::session() const {
  SSL_SESSION* session = SSL_get1_session(state_->ssl);
  if (!session) return std::nullopt;
  return SSLSession(session);
}

bool _Connection::session_reused() const noexcept { return SSL_session_reused(state_->ssl) != 0; }

std::size_t _Connection::pending() const noexcept { return static_cast<std::size_t>(SSL_pending(state_->ssl)); }

void _Connection::verify_client_post_handshake() {
  ERR_clear_error();
  if (SSL_verify_client_post_handshake(state_->ssl) != 1) _raise_library_error();
}

_Step SSLObject::_handshake() {
  ERR_clear_error();
  int result = SSL_do_handshake(state_->ssl);
  return result == 1 ? _Step::Done : state_->after(result);
}

_Step SSLObject::_read(char* into, std::size_t size, std::size_t& got) {
  ERR_clear_error();
  got = 0;
  int result = SSL_read_ex(state_->ssl, into, size, &got);
  return result == 1 ? _Step::Done : state_->after(result);
}

_Step SSLObject::_write(std::string_view data, std::size_t& taken) {
  ERR_clear_error();
  taken = 0;
  int result = SSL_write_ex(state_->ssl, data.data(), data.size(), &taken);
  return result == 1 ? _Step::Done : state_->after(result);
}

_Step SSLObject::_shutdown() {
  ERR_clear_error();
  int result = SSL_shutdown(state_->ssl);
  // 0: ours is out, and the peer's has not come; asking again reads for it.
  if (result == 0) result = SSL_shutdown(state_->ssl);
  if (result == 1) return _Step::Done;
  if (result == 0) return _Step::WantRead;
  return state_->after(result);
}

void SSLObject::_say_goodbye() {
  ERR_clear_error();
  int result = SSL_shutdown(state_->ssl);
  if (result < 0) state_->after(result);
}

namespace {

void require_done(_Step step) {
  switch (step) {
    case _Step::Done:
      return;
    case _Step::WantRead:
      throw SSLWantReadError(SSL_ERROR_WANT_READ, "The operation did not complete (read)");
    case _Step::WantWrite:
      throw SSLWantWriteError(SSL_ERROR_WANT_WRITE, "The operation did not complete (write)");
    case _Step::Closed:
      throw SSLZeroReturnError(SSL_ERROR_ZERO_RETURN, "TLS/SSL connection has been closed (EOF)");
  }
}

}  // namespace

void SSLObject::do_handshake() { require_done(_handshake()); }

std::string SSLObject::read(std::size_t n) {
  if (n == 0) return "";
  std::string bytes(n, '\0');
  std::size_t got = 0;
  _Step step = _read(bytes.data(), n, got);
  if (step != _Step::Closed) require_done(step);
  bytes.resize(got);
  return bytes;
}

std::size_t SSLObject::write(std::string_view data) {
  if (data.empty()) return 0;
  std::size_t all = 0;
  while (all < data.size()) {
    std::size_t taken = 0;
    _Step step = _write(data.substr(all), taken);
    if (step != _Step::Done && all > 0) return all;
    require_done(step);
    all += taken;
  }
  return all;
}

void SSLObject::unwrap() { require_done(_shutdown()); }

}  // namespace krait::ssl
