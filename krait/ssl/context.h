#pragma once
// What TLS connections have in common: certificates, whom to trust, which versions and ciphers.
//
//   ssl::SSLContext context = ssl::create_default_context();          // a client that verifies
//   ssl::SSLContext server(ssl::PROTOCOL_TLS_SERVER);
//   server.load_cert_chain("server.pem", "server.key");
//
// A handle, as in Python: copies share one context. Python's properties are a getter of that name and a setter set_NAME.
// One thread at a time changes a context; any number may make connections of it. Python: ssl.SSLContext

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "krait/_base/function.h"
#include "krait/_base/unique_fd.h"
#include "krait/ssl/constants.h"
#include "krait/ssl/exceptions.h"

namespace krait::ssl {

class MemoryBIO;
class SSLContext;
class SSLObject;
class SSLSession;
class SSLSocket;
struct Certificate;
struct _ConnectionState;
struct _ContextState;

// What opens a private key: a text, or a function that is asked only when the key is encrypted.
class Password {
 public:
  Password() = default;
  Password(std::string text) : ask_([text = std::move(text)] { return text; }) {}
  Password(const char* text) : Password(std::string(text)) {}
  template <class F>
    requires std::is_invocable_r_v<std::string, F&>
  Password(F ask) : ask_(std::move(ask)) {}
  explicit operator bool() const noexcept { return static_cast<bool>(ask_); }
  std::string operator()() { return ask_(); }

 private:
  _base::Function<std::string()> ask_;
};

// At least one of them.
struct VerifyLocations {
  std::optional<std::string> cafile = std::nullopt;  // a PEM file of certificates
  std::optional<std::string> capath = std::nullopt;  // a folder, made by `openssl rehash`
  std::optional<std::string> cadata = std::nullopt;  // certificates: PEM texts, or else DER one after the other
};

// Called when a client has named the host that it wants (nullopt: it named none). It may give the connection another
// context, by connection.set_context(). An AlertDescription refuses; an exception refuses too, and comes out of
// do_handshake(). Python: the function that SSLContext.sni_callback holds
using SniCallback = _base::Function<std::optional<AlertDescription>(
    SSLObject& connection, const std::optional<std::string>& server_name, SSLContext& context)>;

struct WrapOptions;
struct WrapSocketOptions;

// Python: an element of SSLContext.get_ciphers()
struct CipherDescription {
  std::uint32_t id;
  std::string name, protocol, description;
  int strength_bits, alg_bits;
};

class SSLContext {
 public:
  // Python: ssl.SSLContext(protocol)
  explicit SSLContext(Protocol protocol);

  Protocol protocol() const noexcept;

  VerifyMode verify_mode() const noexcept;
  // Throws ValueError "Cannot set verify_mode to CERT_NONE when check_hostname is enabled."
  void set_verify_mode(VerifyMode mode);
  // Whether the certificate must be for server_hostname.
  bool check_hostname() const noexcept;
  // Turning it on turns CERT_NONE into CERT_REQUIRED.
  void set_check_hostname(bool check);
  // Whether a certificate without subjectAltName is compared by its common name.
  bool hostname_checks_common_name() const noexcept;
  void set_hostname_checks_common_name(bool check);
  VerifyFlags verify_flags() const noexcept;
  void set_verify_flags(VerifyFlags flags);
  Options options() const noexcept;
  void set_options(Options options);
  TLSVersion minimum_version() const noexcept;
  // Throws ValueError "Unsupported TLS/SSL version 0x63".
  void set_minimum_version(TLSVersion version);
  TLSVersion maximum_version() const noexcept;
  void set_maximum_version(TLSVersion version);
  // OpenSSL's level from 0 to 5: which keys are too short.
  int security_level() const noexcept;
  // How many tickets a TLS 1.3 server sends. Throws ValueError "cannot set num_tickets: …" for a client's context.
  int num_tickets() const noexcept;
  void set_num_tickets(int count);
  // Whether a TLS 1.3 client can be asked for its certificate after the handshake.
  bool post_handshake_auth() const noexcept;
  void set_post_handshake_auth(bool enable);

  // Sets the certificate, with those that lead to its authority, and its key (by default in the same file).
  // Throws FileNotFoundError, SSLError (KEY_VALUES_MISMATCH and the like), and what `password` throws. Departs from
  // Python, which asks the terminal when a password is needed and none is given: that is an SSLError.
  // Python: context.load_cert_chain(certfile, keyfile=None, password=None)
  void load_cert_chain(const std::string& certfile, const std::optional<std::string>& keyfile = std::nullopt,
                       Password password = {});
  // Throws TypeError "cafile, capath and cadata cannot be all omitted", FileNotFoundError, SSLError.
  // Python: context.load_verify_locations(cafile=None, capath=None, cadata=None)
  void load_verify_locations(const VerifyLocations& locations);
  // The system's authorities. Python: context.load_default_certs(purpose)
  void load_default_certs(Purpose purpose = Purpose::SERVER_AUTH);
  // Python: context.set_default_verify_paths()
  void set_default_verify_paths();
  // The authorities loaded so far, in DER. Python: context.get_ca_certs(binary_form=True)
  std::vector<std::string> get_ca_certs() const;
  // Python: context.cert_store_stats(): {"x509": 144, "crl": 0, "x509_ca": 144}
  std::map<std::string, int> cert_store_stats() const;

  // Throws SSLError "No cipher can be selected." Python: context.set_ciphers(ciphers)
  void set_ciphers(const std::string& ciphers);
  std::vector<CipherDescription> get_ciphers() const;
  // Throws ValueError "unknown elliptic curve name 'x'". Python: context.set_ecdh_curve(name)
  void set_ecdh_curve(const std::string& name);
  // In order of preference. Throws SSLError "ALPN protocols must be 1 to 255 in length".
  // Python: context.set_alpn_protocols(protocols)
  void set_alpn_protocols(const std::vector<std::string>& protocols);
  // An empty function takes the callback away. Python: context.sni_callback = callback
  void set_sni_callback(SniCallback callback);
  // Appends each connection's secrets, for Wireshark; "" stops. Python: context.keylog_filename = path
  void set_keylog_filename(const std::string& path);
  // Python: context.session_stats(): {"accept": 2, "hits": 1, …}
  std::map<std::string, long> session_stats() const;

  // A connection over two buffers. Throws ValueError when check_hostname is on and there is no server_hostname (which
  // Python lets pass, unchecked, here). Python: context.wrap_bio(incoming, outgoing, …); defined in objects.h
  SSLObject wrap_bio(const MemoryBIO& incoming, const MemoryBIO& outgoing, const WrapOptions& options) const;
  SSLObject wrap_bio(const MemoryBIO& incoming, const MemoryBIO& outgoing) const;
  // A connection over a connected stream socket, which it owns from now on. Handshakes at once unless told not to.
  // Python: context.wrap_socket(sock, …); defined in sockets.h
  SSLSocket wrap_socket(_base::UniqueFd socket, const WrapSocketOptions& options) const;
  SSLSocket wrap_socket(_base::UniqueFd socket) const;

  bool operator==(const SSLContext& other) const noexcept { return state_ == other.state_; }
  _ContextState& _state() const noexcept { return *state_; }

 private:
  std::shared_ptr<_ContextState> state_;
};

struct DefaultContextOptions {
  Purpose purpose = Purpose::SERVER_AUTH;
  std::optional<std::string> cafile = std::nullopt;
  std::optional<std::string> capath = std::nullopt;
  std::optional<std::string> cadata = std::nullopt;
};
// For a client (SERVER_AUTH): verifies certificates and host names, against the system's authorities unless others are
// named. For a server (CLIENT_AUTH): without a certificate yet. Honours SSLKEYLOGFILE, as Python does.
// Python: ssl.create_default_context(purpose, cafile=, capath=, cadata=)
SSLContext create_default_context(const DefaultContextOptions& options = {});

// Python: ssl.get_default_verify_paths(); cafile and capath only when they exist
struct DefaultVerifyPaths {
  std::optional<std::string> cafile, capath;
  std::string openssl_cafile_env, openssl_cafile, openssl_capath_env, openssl_capath;
};
DefaultVerifyPaths get_default_verify_paths();

// "OpenSSL 3.0.22 25 Aug 2026". Python: ssl.OPENSSL_VERSION, a name that OpenSSL's headers take as a macro
std::string openssl_version();

}  // namespace krait::ssl
