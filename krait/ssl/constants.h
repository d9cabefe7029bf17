#pragma once
// The constants of module ssl: ssl::CERT_REQUIRED, ssl::TLSVersion::TLSv1_3, ssl::OP_NO_TICKET … with Python's values.
// Python: ssl.VerifyMode, ssl.TLSVersion, ssl.Options, …

#include <cstdint>

namespace krait::ssl {

// Python: ssl._SSLMethod
enum class Protocol : std::uint8_t {
  PROTOCOL_TLS = 2,          // both sides; deprecated in Python as well
  PROTOCOL_TLS_CLIENT = 16,  // verifies certificates and host names
  PROTOCOL_TLS_SERVER = 17,
};
using enum Protocol;

// Python: ssl.VerifyMode
enum class VerifyMode : std::uint8_t { CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED };
using enum VerifyMode;

// Python: ssl.Purpose
enum class Purpose : std::uint8_t {
  SERVER_AUTH,  // for a client, which authenticates servers
  CLIENT_AUTH,  // for a server
};

// Python: ssl.TLSVersion
enum class TLSVersion : std::int16_t {
  MINIMUM_SUPPORTED = -2,
  MAXIMUM_SUPPORTED = -1,
  SSLv3 = 0x300,
  TLSv1 = 0x301,
  TLSv1_1 = 0x302,
  TLSv1_2 = 0x303,
  TLSv1_3 = 0x304,
};

// Python: ssl.Options
enum class Options : std::uint64_t {
  OP_ALL = 0x80000050,
  OP_LEGACY_SERVER_CONNECT = 0x4,
  OP_ENABLE_KTLS = 0x8,
  OP_IGNORE_UNEXPECTED_EOF = 0x80,
  OP_NO_TICKET = 0x4000,
  OP_NO_COMPRESSION = 0x20000,
  OP_ENABLE_MIDDLEBOX_COMPAT = 0x100000,
  OP_CIPHER_SERVER_PREFERENCE = 0x400000,
  OP_NO_SSLv3 = 0x2000000,
  OP_NO_TLSv1 = 0x4000000,
  OP_NO_TLSv1_1 = 0x10000000,
  OP_NO_TLSv1_2 = 0x8000000,
  OP_NO_TLSv1_3 = 0x20000000,
  OP_NO_RENEGOTIATION = 0x40000000,
  OP_NO_SSLv2 = 0,
  OP_SINGLE_DH_USE = 0,
  OP_SINGLE_ECDH_USE = 0,
};
using enum Options;

// Python: ssl.VerifyFlags
enum class VerifyFlags : std::uint32_t {
  VERIFY_DEFAULT = 0,
  VERIFY_CRL_CHECK_LEAF = 0x4,
  VERIFY_CRL_CHECK_CHAIN = 0xc,
  VERIFY_X509_STRICT = 0x20,
  VERIFY_ALLOW_PROXY_CERTS = 0x40,
  VERIFY_X509_TRUSTED_FIRST = 0x8000,
  VERIFY_X509_PARTIAL_CHAIN = 0x80000,
};
using enum VerifyFlags;

constexpr Options operator|(Options a, Options b) { return Options(std::uint64_t(a) | std::uint64_t(b)); }
constexpr Options operator&(Options a, Options b) { return Options(std::uint64_t(a) & std::uint64_t(b)); }
constexpr Options operator~(Options a) { return Options(~std::uint64_t(a)); }
constexpr VerifyFlags operator|(VerifyFlags a, VerifyFlags b) {
  return VerifyFlags(std::uint32_t(a) | std::uint32_t(b));
}
constexpr VerifyFlags operator&(VerifyFlags a, VerifyFlags b) {
  return VerifyFlags(std::uint32_t(a) & std::uint32_t(b));
}
constexpr VerifyFlags operator~(VerifyFlags a) { return VerifyFlags(~std::uint32_t(a)); }

// What an SNI callback may refuse with. Python: ssl.AlertDescription
enum class AlertDescription : std::uint8_t {
  ALERT_DESCRIPTION_CLOSE_NOTIFY = 0,
  ALERT_DESCRIPTION_UNEXPECTED_MESSAGE = 10,
  ALERT_DESCRIPTION_BAD_RECORD_MAC = 20,
  ALERT_DESCRIPTION_RECORD_OVERFLOW = 22,
  ALERT_DESCRIPTION_DECOMPRESSION_FAILURE = 30,
  ALERT_DESCRIPTION_HANDSHAKE_FAILURE = 40,
  ALERT_DESCRIPTION_BAD_CERTIFICATE = 42,
  ALERT_DESCRIPTION_UNSUPPORTED_CERTIFICATE = 43,
  ALERT_DESCRIPTION_CERTIFICATE_REVOKED = 44,
  ALERT_DESCRIPTION_CERTIFICATE_EXPIRED = 45,
  ALERT_DESCRIPTION_CERTIFICATE_UNKNOWN = 46,
  ALERT_DESCRIPTION_ILLEGAL_PARAMETER = 47,
  ALERT_DESCRIPTION_UNKNOWN_CA = 48,
  ALERT_DESCRIPTION_ACCESS_DENIED = 49,
  ALERT_DESCRIPTION_DECODE_ERROR = 50,
  ALERT_DESCRIPTION_DECRYPT_ERROR = 51,
  ALERT_DESCRIPTION_PROTOCOL_VERSION = 70,
  ALERT_DESCRIPTION_INSUFFICIENT_SECURITY = 71,
  ALERT_DESCRIPTION_INTERNAL_ERROR = 80,
  ALERT_DESCRIPTION_USER_CANCELLED = 90,
  ALERT_DESCRIPTION_NO_RENEGOTIATION = 100,
  ALERT_DESCRIPTION_UNSUPPORTED_EXTENSION = 110,
  ALERT_DESCRIPTION_CERTIFICATE_UNOBTAINABLE = 111,
  ALERT_DESCRIPTION_UNRECOGNIZED_NAME = 112,
  ALERT_DESCRIPTION_BAD_CERTIFICATE_STATUS_RESPONSE = 113,
  ALERT_DESCRIPTION_BAD_CERTIFICATE_HASH_VALUE = 114,
  ALERT_DESCRIPTION_UNKNOWN_PSK_IDENTITY = 115,
};
using enum AlertDescription;

// What SSLError::errno_ holds. Without Python's "SSL_": OpenSSL's headers take those names as macros.
// Python: ssl.SSLErrorNumber
enum class SSLErrorNumber : std::uint8_t {
  ERROR_SSL = 1,
  ERROR_WANT_READ = 2,
  ERROR_WANT_WRITE = 3,
  ERROR_WANT_X509_LOOKUP = 4,
  ERROR_SYSCALL = 5,
  ERROR_ZERO_RETURN = 6,
  ERROR_WANT_CONNECT = 7,
  ERROR_EOF = 8,
  ERROR_INVALID_ERROR_CODE = 10,
};

}  // namespace krait::ssl
