#include "krait/ssl/_engine.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

namespace krait::ssl {

namespace {

// Python's names of OpenSSL's libraries. Python: _ssl.lib_codes_to_names
std::string library_name(int library) {
  static const std::map<int, std::string> names{
      {ERR_LIB_ASN1, "ASN1"},     {ERR_LIB_BIO, "BIO"},   {ERR_LIB_BN, "BN"},     {ERR_LIB_CONF, "CONF"},
      {ERR_LIB_CRYPTO, "CRYPTO"}, {ERR_LIB_DH, "DH"},     {ERR_LIB_DSA, "DSA"},   {ERR_LIB_EC, "EC"},
      {ERR_LIB_EVP, "EVP"},       {ERR_LIB_OCSP, "OCSP"}, {ERR_LIB_PEM, "PEM"},   {ERR_LIB_PKCS12, "PKCS12"},
      {ERR_LIB_PKCS7, "PKCS7"},   {ERR_LIB_PROV, "PROV"}, {ERR_LIB_RAND, "RAND"}, {ERR_LIB_RSA, "RSA"},
      {ERR_LIB_SSL, "SSL"},       {ERR_LIB_SYS, "SYS"},   {ERR_LIB_X509, "X509"}, {ERR_LIB_X509V3, "X509V3"},
  };
  auto found = names.find(library);
  return found == names.end() ? "" : found->second;
}

// OpenSSL's constant without its prefix: "certificate verify failed" stands for SSL_R_CERTIFICATE_VERIFY_FAILED.
std::string reason_name(unsigned long error) {
  const char* text = ERR_reason_error_string(error);
  if (!text || (ERR_GET_RFLAGS(error) & ERR_RFLAG_COMMON) != 0) return "";
  std::string name(text);
  for (char& c : name) {
    c = std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                                                    : '_';
  }
  return name;
}

std::string message_of(const std::string& library, const std::string& reason, const std::string& text,
                       const std::string& verify) {
  if (library.empty()) return text;
  std::string head = "[" + library + (reason.empty() ? "" : ": " + reason) + "] " + text;
  return verify.empty() ? head : head + ": " + verify;
}

// Python: _ssl.c fill_and_set_sslerror, for a certificate
[[noreturn]] void raise_unverified(const _ConnectionState& connection, unsigned long error) {
  long code = SSL_get_verify_result(connection.ssl);
  std::string why = X509_verify_cert_error_string(code);
  std::string host = connection.server_hostname.value_or("");
  if (code == X509_V_ERR_HOSTNAME_MISMATCH) why = "Hostname mismatch, certificate is not valid for '" + host + "'.";
  if (code == X509_V_ERR_IP_ADDRESS_MISMATCH) why = "IP address mismatch, certificate is not valid for '" + host + "'.";
  std::string library = library_name(ERR_GET_LIB(error)), reason = reason_name(error);
  throw SSLCertVerificationError(SSL_ERROR_SSL, message_of(library, reason, ERR_reason_error_string(error), why),
                                 library, reason, static_cast<int>(code), why);
}

// Why the descriptor's last call failed; OpenSSL hands on only that it did.
thread_local int last_system_error = 0;

constexpr int kErrorEof = static_cast<int>(SSLErrorNumber::ERROR_EOF);

}  // namespace

void _raise_library_error() {
  unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  const char* text = ERR_reason_error_string(error);
  std::string library = library_name(ERR_GET_LIB(error)), reason = reason_name(error);
  throw SSLError(static_cast<int>(error & 0x7fffffff), message_of(library, reason, text ? text : "unknown error", ""),
                 library, reason);
}

// Python: _ssl.c PySSL_SetError
_Step _ConnectionState::after(int result) {
  int kind = SSL_get_error(ssl, result);
  if (callback_error) {
    ERR_clear_error();
    std::rethrow_exception(std::exchange(callback_error, nullptr));
  }
  int system_error = std::exchange(last_system_error, 0);
  unsigned long error = ERR_peek_last_error();
  switch (kind) {
    case SSL_ERROR_WANT_READ:
      return _Step::WantRead;
    case SSL_ERROR_WANT_WRITE:
      return _Step::WantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return _Step::Closed;
    case SSL_ERROR_SYSCALL:
      if (error == 0 && system_error != 0) raise_os_error(system_error);
      if (error == 0) throw SSLEOFError(kErrorEof, "EOF occurred in violation of protocol");
      break;
    case SSL_ERROR_SSL:
      break;
    default:
      throw SSLError(static_cast<int>(SSLErrorNumber::ERROR_INVALID_ERROR_CODE), "Invalid error code");
  }
  ERR_clear_error();
  if (error == 0) throw SSLError(SSL_ERROR_SSL, "A failure in the SSL library occurred");
  std::string library = library_name(ERR_GET_LIB(error)), reason = reason_name(error);
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED)
    raise_unverified(*this, error);
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    throw SSLEOFError(kErrorEof, message_of(library, reason, "EOF occurred in violation of protocol", ""), library,
                      reason);
  const char* text = ERR_reason_error_string(error);
  std::string message = message_of(library, reason, text ? text : "unknown error", "");
  if (kind == SSL_ERROR_SYSCALL) throw SSLSyscallError(SSL_ERROR_SYSCALL, message, library, reason);
  throw SSLError(SSL_ERROR_SSL, message, library, reason);
}

namespace {

using SharedBuffer = std::shared_ptr<_BioState>;

_BioState& buffer_of(BIO* bio) { return **static_cast<SharedBuffer*>(BIO_get_data(bio)); }

int memory_write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  buffer_of(bio).bytes.append(bytes, static_cast<std::size_t>(size));
  return size;
}

int memory_read(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  _BioState& buffer = buffer_of(bio);
  std::size_t n = std::min(buffer.held(), static_cast<std::size_t>(std::max(size, 0)));
  if (n == 0 && size > 0) {
    if (buffer.eof) return 0;
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(into, buffer.bytes.data() + buffer.start, n);
  buffer.start += n;
  if (buffer.held() == 0) {
    buffer.bytes.clear();
    buffer.start = 0;
  }
  return static_cast<int>(n);
}

long memory_control(BIO* bio, int command, long, void*) {
  _BioState& buffer = buffer_of(bio);
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_PENDING:
      return static_cast<long>(buffer.held());
    case BIO_CTRL_EOF:
      return buffer.eof && buffer.held() == 0;
    default:
      return 0;
  }
}

int memory_destroy(BIO* bio) {
  delete static_cast<SharedBuffer*>(BIO_get_data(bio));
  return 1;
}

int descriptor_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

int descriptor_done(BIO* bio, ssize_t n, void (*retry)(BIO*)) {
  BIO_clear_retry_flags(bio);
  last_system_error = 0;
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    retry(bio);
  } else if (n < 0) {
    last_system_error = errno;
  }
  return static_cast<int>(n);
}

int descriptor_write(BIO* bio, const char* bytes, int size) {
  ssize_t n;
  do {
    n = ::send(descriptor_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  return descriptor_done(bio, n, [](BIO* b) { BIO_set_retry_write(b); });
}

int descriptor_read(BIO* bio, char* into, int size) {
  ssize_t n;
  do {
    n = ::recv(descriptor_of(bio), into, static_cast<std::size_t>(size), 0);
  } while (n < 0 && errno == EINTR);
  if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return descriptor_done(bio, n, [](BIO* b) { BIO_set_retry_read(b); });
}

long descriptor_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
  return 0;
}

BIO_METHOD* make_method(const char* name, int (*write)(BIO*, const char*, int), int (*read)(BIO*, char*, int),
                        long (*control)(BIO*, int, long, void*), int (*destroy)(BIO*)) {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, name);
  BIO_meth_set_write(method, write);
  BIO_meth_set_read(method, read);
  BIO_meth_set_ctrl(method, control);
  if (destroy) BIO_meth_set_destroy(method, destroy);
  return method;
}

}  // namespace

_Bio _memory_bio(std::shared_ptr<_BioState> state) {
  static BIO_METHOD* method = make_method("krait buffer", memory_write, memory_read, memory_control, memory_destroy);
  _Bio bio(BIO_new(method));
  if (!bio) _raise_library_error();
  BIO_set_data(bio.get(), new SharedBuffer(std::move(state)));
  BIO_set_init(bio.get(), 1);
  return bio;
}

_Bio _descriptor_bio(int fd) {
  static BIO_METHOD* method =
      make_method("krait descriptor", descriptor_write, descriptor_read, descriptor_control, nullptr);
  _Bio bio(BIO_new(method));
  if (!bio) _raise_library_error();
  // NOLINTNEXTLINE(performance-no-int-to-ptr): OpenSSL's slot for data is a pointer
  BIO_set_data(bio.get(), reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  BIO_set_init(bio.get(), 1);
  return bio;
}

namespace {

bool is_address(const std::string& host) {
  std::unique_ptr<ASN1_OCTET_STRING, _Freer<ASN1_OCTET_STRING_free>> address(a2i_IPADDRESS(host.c_str()));
  ERR_clear_error();
  return address != nullptr;
}

// Python: _ssl.c _ssl_configure_hostname
void set_hostname(_ConnectionState& connection, const std::string& host) {
  if (host.empty() || host.front() == '.')
    throw ValueError("server_hostname cannot be an empty string or start with a leading dot.");
  if (host.find('\0') != std::string::npos) throw TypeError("argument must be encoded string without null bytes");
  if (!std::all_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    throw UnicodeEncodeError("cannot use server_hostname '" + host + "': give an international name as xn--…");
  connection.server_hostname = host;
  bool address = is_address(host);
  if (!address && SSL_set_tlsext_host_name(connection.ssl, host.c_str()) != 1) _raise_library_error();
  if (!connection.context.check_hostname()) return;
  X509_VERIFY_PARAM* param = SSL_get0_param(connection.ssl);
  int done = address ? X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str())
                     : X509_VERIFY_PARAM_set1_host(param, host.data(), host.size());
  if (done != 1) _raise_library_error();
}

}  // namespace

std::shared_ptr<_ConnectionState> _new_connection(const SSLContext& context, _Bio incoming, _Bio outgoing,
                                                  const WrapOptions& options) {
  Protocol protocol = context.protocol();
  if (options.server_side) {
    if (options.server_hostname) throw ValueError("server_hostname can only be specified in client mode");
    if (options.session) throw ValueError("session can only be specified in client mode");
  }
  if (options.server_side && protocol == PROTOCOL_TLS_CLIENT)
    throw SSLError(0, "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context");
  if (!options.server_side && protocol == PROTOCOL_TLS_SERVER)
    throw SSLError(0, "Cannot create a client socket with a PROTOCOL_TLS_SERVER context");
  if (!options.server_side && context.check_hostname() && !options.server_hostname)
    throw ValueError("check_hostname requires server_hostname");

  ERR_clear_error();
  auto connection = std::make_shared<_ConnectionState>(context);
  connection->ssl = SSL_new(context._state().ctx);
  if (!connection->ssl) _raise_library_error();
  connection->server_side = options.server_side;
  SSL_set_app_data(connection->ssl, connection.get());
  SSL_set_bio(connection->ssl, incoming.release(), outgoing.release());
  SSL_set_mode(connection->ssl,
               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY | SSL_MODE_ENABLE_PARTIAL_WRITE);
  if (context._state().post_handshake_auth) {
    if (!options.server_side) {
      SSL_set_post_handshake_auth(connection->ssl, 1);
    } else if (int mode = SSL_get_verify_mode(connection->ssl); mode & SSL_VERIFY_PEER) {
      SSL_set_verify(connection->ssl, mode | SSL_VERIFY_POST_HANDSHAKE, nullptr);
    }
  }
  if (options.server_hostname) set_hostname(*connection, *options.server_hostname);
  if (options.session) {
    auto* session = static_cast<SSL_SESSION*>(options.session->_session());
    if (SSL_set_session(connection->ssl, session) != 1) _raise_library_error();
  }
  options.server_side ? SSL_set_accept_state(connection->ssl) : SSL_set_connect_state(connection->ssl);
  return connection;
}

}  // namespace krait::ssl
