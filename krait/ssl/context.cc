#include "krait/ssl/context.h"

#include <fcntl.h>
#include <openssl/dh.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "krait/ssl/_engine.h"

namespace krait::ssl {

namespace {

// Python: _ssl._DEFAULT_CIPHERS
constexpr const char* kDefaultCiphers =
    "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM";
// A server that resumes sessions tells those of different programs apart by this. Python: SID_CTX
constexpr unsigned char kSessionContext[] = "krait";
constexpr std::size_t kLongestPassword = 1024;

_ConnectionState& connection_of(SSL* ssl) { return *static_cast<_ConnectionState*>(SSL_get_app_data(ssl)); }

int choose_alpn(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                unsigned offered_size, void* state) {
  const std::string& ours = static_cast<_ContextState*>(state)->alpn;
  unsigned char* chosen = nullptr;
  int result = SSL_select_next_proto(&chosen, size, reinterpret_cast<const unsigned char*>(ours.data()),
                                     static_cast<unsigned>(ours.size()), offered, offered_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

int server_named(SSL* ssl, int* alert, void* state) {
  auto& context = *static_cast<_ContextState*>(state);
  _ConnectionState& connection = connection_of(ssl);
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  std::optional<std::string> asked;
  if (name) asked = name;
  try {
    SSLObject object(connection.shared_from_this());
    SSLContext handle = connection.context;
    std::optional<AlertDescription> refusal = context.sni_callback(object, asked, handle);
    if (!refusal) return SSL_TLSEXT_ERR_OK;
    *alert = static_cast<int>(*refusal);
  } catch (...) {
    connection.callback_error = std::current_exception();
    *alert = SSL_AD_HANDSHAKE_FAILURE;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void write_keys(const SSL* ssl, const char* line) {
  const std::string& path = connection_of(const_cast<SSL*>(ssl)).context._state().keylog_filename;
  // One write a line: other processes may append to the same file.
  _base::UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  std::string text = std::string(line) + "\n";
  if (file && ::write(file.get(), text.data(), text.size()) < 0) return;
}

struct Asked {
  Password& password;
  std::exception_ptr error;
};

int give_password(char* into, int size, int, void* data) {
  auto& asked = *static_cast<Asked*>(data);
  try {
    if (!asked.password) return -1;
    std::string text = asked.password();
    std::size_t longest = std::min(kLongestPassword, static_cast<std::size_t>(size));
    if (text.size() > longest) throw ValueError("password cannot be longer than " + std::to_string(longest) + " bytes");
    text.copy(into, text.size());
    return static_cast<int>(text.size());
  } catch (...) {
    asked.error = std::current_exception();
    return -1;
  }
}

// OpenSSL says of a missing file only that something of it failed.
void check_readable(const std::string& path) {
  _base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char byte;
  if (!file || ::read(file.get(), &byte, 1) < 0) raise_os_error(errno, {}, path);
}

bool is_kind(const std::string& path, mode_t kind) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IFMT) == kind;
}

}  // namespace

SSLContext::SSLContext(Protocol protocol) : state_(std::make_shared<_ContextState>()) {
  const SSL_METHOD* method = nullptr;
  if (protocol == PROTOCOL_TLS) method = TLS_method();
  if (protocol == PROTOCOL_TLS_CLIENT) method = TLS_client_method();
  if (protocol == PROTOCOL_TLS_SERVER) method = TLS_server_method();
  if (!method)
    throw ValueError("invalid or unsupported protocol version " + std::to_string(static_cast<int>(protocol)));
  ERR_clear_error();
  SSL_CTX* ctx = state_->ctx = SSL_CTX_new(method);
  if (!ctx) _raise_library_error();
  state_->protocol = protocol;
  SSL_CTX_set_options(ctx, (SSL_OP_ALL & ~SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS) | SSL_OP_NO_SSLv3 |
                               SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
  // An idle connection gives its record buffers back.
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
  SSL_CTX_set_session_id_context(ctx, kSessionContext, sizeof kSessionContext);
  if (SSL_CTX_set_cipher_list(ctx, kDefaultCiphers) != 1) _raise_library_error();
  X509_VERIFY_PARAM* param = SSL_CTX_get0_param(ctx);
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_TRUSTED_FIRST);
  X509_VERIFY_PARAM_set_hostflags(param, state_->host_flags);
  if (protocol == PROTOCOL_TLS_CLIENT) {
    set_verify_mode(CERT_REQUIRED);
    set_check_hostname(true);
  }
}

Protocol SSLContext::protocol() const noexcept { return state_->protocol; }

VerifyMode SSLContext::verify_mode() const noexcept {
  int mode = SSL_CTX_get_verify_mode(state_->ctx);
  if ((mode & SSL_VERIFY_PEER) == 0) return CERT_NONE;
  return mode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT ? CERT_REQUIRED : CERT_OPTIONAL;
}

void SSLContext::set_verify_mode(VerifyMode mode) {
  if (mode > CERT_REQUIRED) throw ValueError("invalid value for verify_mode");
  if (mode == CERT_NONE && state_->check_hostname)
    throw ValueError("Cannot set verify_mode to CERT_NONE when check_hostname is enabled.");
  int flags = mode == CERT_NONE ? SSL_VERIFY_NONE : SSL_VERIFY_PEER;
  if (mode == CERT_REQUIRED) flags |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(state_->ctx, flags, nullptr);
}

bool SSLContext::check_hostname() const noexcept { return state_->check_hostname; }

void SSLContext::set_check_hostname(bool check) {
  if (check && verify_mode() == CERT_NONE) set_verify_mode(CERT_REQUIRED);
  state_->check_hostname = check;
}

bool SSLContext::hostname_checks_common_name() const noexcept {
  return (state_->host_flags & X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) == 0;
}

void SSLContext::set_hostname_checks_common_name(bool check) {
  if (check) {
    state_->host_flags &= ~unsigned{X509_CHECK_FLAG_NEVER_CHECK_SUBJECT};
  } else {
    state_->host_flags |= X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
  }
  X509_VERIFY_PARAM_set_hostflags(SSL_CTX_get0_param(state_->ctx), state_->host_flags);
}

VerifyFlags SSLContext::verify_flags() const noexcept {
  return VerifyFlags(X509_VERIFY_PARAM_get_flags(SSL_CTX_get0_param(state_->ctx)));
}

void SSLContext::set_verify_flags(VerifyFlags flags) {
  X509_VERIFY_PARAM* param = SSL_CTX_get0_param(state_->ctx);
  unsigned long wanted = static_cast<unsigned long>(flags);
  if (X509_VERIFY_PARAM_clear_flags(param, X509_VERIFY_PARAM_get_flags(param) & ~wanted) != 1 ||
      X509_VERIFY_PARAM_set_flags(param, wanted) != 1)
    _raise_library_error();
}

Options SSLContext::options() const noexcept { return Options(SSL_CTX_get_options(state_->ctx)); }

void SSLContext::set_options(Options options) {
  auto wanted = static_cast<std::uint64_t>(options);
  SSL_CTX_clear_options(state_->ctx, SSL_CTX_get_options(state_->ctx) & ~wanted);
  SSL_CTX_set_options(state_->ctx, wanted);
}

namespace {

// What OpenSSL takes for `version`; the two ends of the range by their name.
int version_number(TLSVersion version, bool minimum) {
  switch (version) {
    case TLSVersion::MINIMUM_SUPPORTED:
      return minimum ? 0 : TLS1_VERSION;
    case TLSVersion::MAXIMUM_SUPPORTED:
      return minimum ? TLS1_3_VERSION : 0;
    case TLSVersion::SSLv3:
    case TLSVersion::TLSv1:
    case TLSVersion::TLSv1_1:
    case TLSVersion::TLSv1_2:
    case TLSVersion::TLSv1_3:
      return static_cast<int>(version);
  }
  char text[64];
  std::snprintf(text, sizeof text, "Unsupported TLS/SSL version 0x%x", static_cast<unsigned>(version));
  throw ValueError(text);
}

}  // namespace

TLSVersion SSLContext::minimum_version() const noexcept {
  long version = SSL_CTX_get_min_proto_version(state_->ctx);
  return version == 0 ? TLSVersion::MINIMUM_SUPPORTED : TLSVersion(version);
}

void SSLContext::set_minimum_version(TLSVersion version) {
  int number = version_number(version, true);
  if (version == TLSVersion::SSLv3) set_options(options() & ~OP_NO_SSLv3);
  if (SSL_CTX_set_min_proto_version(state_->ctx, number) != 1) {
    char text[64];
    std::snprintf(text, sizeof text, "Unsupported TLS/SSL version 0x%x", static_cast<unsigned>(number));
    throw ValueError(text);
  }
}

TLSVersion SSLContext::maximum_version() const noexcept {
  long version = SSL_CTX_get_max_proto_version(state_->ctx);
  return version == 0 ? TLSVersion::MAXIMUM_SUPPORTED : TLSVersion(version);
}

void SSLContext::set_maximum_version(TLSVersion version) {
  int number = version_number(version, false);
  if (SSL_CTX_set_max_proto_version(state_->ctx, number) != 1) {
    char text[64];
    std::snprintf(text, sizeof text, "Unsupported TLS/SSL version 0x%x", static_cast<unsigned>(number));
    throw ValueError(text);
  }
}

int SSLContext::security_level() const noexcept { return SSL_CTX_get_security_level(state_->ctx); }

int SSLContext::num_tickets() const noexcept { return static_cast<int>(SSL_CTX_get_num_tickets(state_->ctx)); }

void SSLContext::set_num_tickets(int count) {
  if (count < 0) throw ValueError("value must be non-negative");
  if (protocol() != PROTOCOL_TLS_SERVER) throw ValueError("SSLContext is not a server context.");
  if (SSL_CTX_set_num_tickets(state_->ctx, static_cast<std::size_t>(count)) != 1)
    throw ValueError("failed to set num tickets.");
}

bool SSLContext::post_handshake_auth() const noexcept { return state_->post_handshake_auth; }

void SSLContext::set_post_handshake_auth(bool enable) { state_->post_handshake_auth = enable; }

void SSLContext::load_cert_chain(const std::string& certfile, const std::optional<std::string>& keyfile,
                                 Password password) {
  check_readable(certfile);
  if (keyfile) check_readable(*keyfile);
  ERR_clear_error();
  Asked asked{password, nullptr};
  SSL_CTX_set_default_passwd_cb(state_->ctx, give_password);
  SSL_CTX_set_default_passwd_cb_userdata(state_->ctx, &asked);
  bool loaded = SSL_CTX_use_certificate_chain_file(state_->ctx, certfile.c_str()) == 1 &&
                SSL_CTX_use_PrivateKey_file(state_->ctx, keyfile.value_or(certfile).c_str(), SSL_FILETYPE_PEM) == 1 &&
                SSL_CTX_check_private_key(state_->ctx) == 1;
  SSL_CTX_set_default_passwd_cb(state_->ctx, nullptr);
  SSL_CTX_set_default_passwd_cb_userdata(state_->ctx, nullptr);
  if (asked.error) {
    ERR_clear_error();
    std::rethrow_exception(asked.error);
  }
  if (!loaded) _raise_library_error();
}

namespace {

// False when there is no certificate in it. Python: _ssl.c _add_ca_certs
void add_authorities(SSL_CTX* ctx, const std::string& data) {
  if (data.empty()) throw ValueError("Empty certificate data");
  bool pem = data.find("-----BEGIN") != std::string::npos || data.front() != 0x30;
  _Bio bio(BIO_new_mem_buf(data.data(), static_cast<int>(data.size())));
  X509_STORE* store = SSL_CTX_get_cert_store(ctx);
  int loaded = 0;
  for (;;) {
    _X509 certificate(pem ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : d2i_X509_bio(bio.get(), nullptr));
    if (!certificate) break;
    if (X509_STORE_add_cert(store, certificate.get()) != 1) _raise_library_error();
    ++loaded;
  }
  unsigned long error = ERR_peek_last_error();
  bool at_end =
      pem ? ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE : BIO_eof(bio.get()) != 0;
  if (loaded > 0 && at_end) {
    ERR_clear_error();
    return;
  }
  if (loaded == 0) {
    ERR_clear_error();
    throw SSLError(0,
                   std::string(pem ? "no start line" : "not enough data") + ": cadata does not contain a certificate");
  }
  _raise_library_error();
}

}  // namespace

void SSLContext::load_verify_locations(const VerifyLocations& locations) {
  if (!locations.cafile && !locations.capath && !locations.cadata)
    throw TypeError("cafile, capath and cadata cannot be all omitted");
  if (locations.cafile) check_readable(*locations.cafile);
  ERR_clear_error();
  if (locations.cadata) add_authorities(state_->ctx, *locations.cadata);
  if (!locations.cafile && !locations.capath) return;
  if (SSL_CTX_load_verify_locations(state_->ctx, locations.cafile ? locations.cafile->c_str() : nullptr,
                                    locations.capath ? locations.capath->c_str() : nullptr) != 1)
    _raise_library_error();
}

void SSLContext::load_default_certs(Purpose) { set_default_verify_paths(); }

void SSLContext::set_default_verify_paths() {
  ERR_clear_error();
  if (SSL_CTX_set_default_verify_paths(state_->ctx) != 1) _raise_library_error();
}

namespace {

template <class F>
void each_authority(SSL_CTX* ctx, F look) {
  X509_STORE* store = SSL_CTX_get_cert_store(ctx);
  X509_STORE_lock(store);
  STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(store);
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) look(sk_X509_OBJECT_value(objects, i));
  X509_STORE_unlock(store);
}

}  // namespace

std::vector<std::string> SSLContext::get_ca_certs() const {
  std::vector<std::string> found;
  each_authority(state_->ctx, [&](X509_OBJECT* object) {
    X509* certificate = X509_OBJECT_get0_X509(object);
    if (!certificate || X509_check_ca(certificate) == 0) return;
    unsigned char* der = nullptr;
    int size = i2d_X509(certificate, &der);
    if (size < 0) return;
    found.emplace_back(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
  });
  return found;
}

std::map<std::string, int> SSLContext::cert_store_stats() const {
  std::map<std::string, int> stats{{"x509", 0}, {"crl", 0}, {"x509_ca", 0}};
  each_authority(state_->ctx, [&](X509_OBJECT* object) {
    if (X509_OBJECT_get_type(object) == X509_LU_CRL) ++stats["crl"];
    if (X509_OBJECT_get_type(object) != X509_LU_X509) return;
    ++stats["x509"];
    if (X509_check_ca(X509_OBJECT_get0_X509(object)) != 0) ++stats["x509_ca"];
  });
  return stats;
}

void SSLContext::set_ciphers(const std::string& ciphers) {
  bool set = SSL_CTX_set_cipher_list(state_->ctx, ciphers.c_str()) == 1;
  ERR_clear_error();
  if (!set) throw SSLError("No cipher can be selected.");
}

std::vector<CipherDescription> SSLContext::get_ciphers() const {
  std::unique_ptr<SSL, _Freer<SSL_free>> ssl(SSL_new(state_->ctx));
  if (!ssl) _raise_library_error();
  std::vector<CipherDescription> found;
  const STACK_OF(SSL_CIPHER)* ciphers = SSL_get_ciphers(ssl.get());
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
    const SSL_CIPHER* each = sk_SSL_CIPHER_value(ciphers, i);
    char text[256];
    SSL_CIPHER_description(each, text, sizeof text);
    std::string description(text);
    description.erase(description.find_last_not_of('\n') + 1);
    int alg_bits = 0, strength = SSL_CIPHER_get_bits(each, &alg_bits);
    found.push_back({static_cast<std::uint32_t>(SSL_CIPHER_get_id(each)), SSL_CIPHER_get_name(each),
                     SSL_CIPHER_get_version(each), description, strength, alg_bits});
  }
  return found;
}

void SSLContext::set_ecdh_curve(const std::string& name) {
  bool set = OBJ_sn2nid(name.c_str()) != NID_undef && SSL_CTX_set1_groups_list(state_->ctx, name.c_str()) == 1;
  ERR_clear_error();
  if (!set) throw ValueError("unknown elliptic curve name '" + name + "'");
}

void SSLContext::set_alpn_protocols(const std::vector<std::string>& protocols) {
  std::string list;
  for (const std::string& each : protocols) {
    if (each.empty() || each.size() > 255) throw SSLError("ALPN protocols must be 1 to 255 in length");
    list += static_cast<char>(each.size());
    list += each;
  }
  // Departs from the rest of OpenSSL: 0 is success.
  if (SSL_CTX_set_alpn_protos(state_->ctx, reinterpret_cast<const unsigned char*>(list.data()),
                              static_cast<unsigned>(list.size())) != 0)
    throw MemoryError();
  state_->alpn = std::move(list);
  SSL_CTX_set_alpn_select_cb(state_->ctx, state_->alpn.empty() ? nullptr : choose_alpn, state_.get());
}

void SSLContext::set_sni_callback(SniCallback callback) {
  if (protocol() == PROTOCOL_TLS_CLIENT) throw ValueError("sni_callback cannot be set on TLS_CLIENT context");
  state_->sni_callback = std::move(callback);
  int (*named)(SSL*, int*, void*) = state_->sni_callback ? server_named : nullptr;
  SSL_CTX_set_tlsext_servername_callback(state_->ctx, named);
  SSL_CTX_set_tlsext_servername_arg(state_->ctx, state_.get());
}

void SSLContext::set_keylog_filename(const std::string& path) {
  if (!path.empty()) {
    _base::UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!file) raise_os_error(errno, {}, path);
  }
  state_->keylog_filename = path;
  SSL_CTX_set_keylog_callback(state_->ctx, path.empty() ? nullptr : write_keys);
}

std::map<std::string, long> SSLContext::session_stats() const {
  SSL_CTX* ctx = state_->ctx;
  return {{"number", SSL_CTX_sess_number(ctx)},
          {"connect", SSL_CTX_sess_connect(ctx)},
          {"connect_good", SSL_CTX_sess_connect_good(ctx)},
          {"connect_renegotiate", SSL_CTX_sess_connect_renegotiate(ctx)},
          {"accept", SSL_CTX_sess_accept(ctx)},
          {"accept_good", SSL_CTX_sess_accept_good(ctx)},
          {"accept_renegotiate", SSL_CTX_sess_accept_renegotiate(ctx)},
          {"hits", SSL_CTX_sess_hits(ctx)},
          {"misses", SSL_CTX_sess_misses(ctx)},
          {"timeouts", SSL_CTX_sess_timeouts(ctx)},
          {"cache_full", SSL_CTX_sess_cache_full(ctx)}};
}

SSLObject SSLContext::wrap_bio(const MemoryBIO& incoming, const MemoryBIO& outgoing, const WrapOptions& options) const {
  return SSLObject(_new_connection(*this, _memory_bio(incoming._state()), _memory_bio(outgoing._state()), options));
}

SSLObject SSLContext::wrap_bio(const MemoryBIO& incoming, const MemoryBIO& outgoing) const {
  return wrap_bio(incoming, outgoing, {});
}

SSLContext create_default_context(const DefaultContextOptions& options) {
  bool client = options.purpose == Purpose::SERVER_AUTH;
  SSLContext context(client ? PROTOCOL_TLS_CLIENT : PROTOCOL_TLS_SERVER);
  context.set_verify_flags(context.verify_flags() | VERIFY_X509_PARTIAL_CHAIN | VERIFY_X509_STRICT);
  if (options.cafile || options.capath || options.cadata) {
    context.load_verify_locations({options.cafile, options.capath, options.cadata});
  } else if (context.verify_mode() != CERT_NONE) {
    context.load_default_certs(options.purpose);
  }
  if (const char* keylog = std::getenv("SSLKEYLOGFILE"); keylog && *keylog) context.set_keylog_filename(keylog);
  return context;
}

DefaultVerifyPaths get_default_verify_paths() {
  DefaultVerifyPaths paths;
  paths.openssl_cafile_env = X509_get_default_cert_file_env();
  paths.openssl_cafile = X509_get_default_cert_file();
  paths.openssl_capath_env = X509_get_default_cert_dir_env();
  paths.openssl_capath = X509_get_default_cert_dir();
  const char* file = std::getenv(paths.openssl_cafile_env.c_str());
  const char* folder = std::getenv(paths.openssl_capath_env.c_str());
  std::string cafile = file ? file : paths.openssl_cafile, capath = folder ? folder : paths.openssl_capath;
  if (is_kind(cafile, S_IFREG)) paths.cafile = cafile;
  if (is_kind(capath, S_IFDIR)) paths.capath = capath;
  return paths;
}

std::string openssl_version() { return OpenSSL_version(0); }

}  // namespace krait::ssl
