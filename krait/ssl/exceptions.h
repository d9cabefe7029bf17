#pragma once
// Python: the exceptions of ssl

#include "krait/builtins/exceptions.h"

namespace krait::ssl {

// Something that TLS or OpenSSL refused. `library` and `reason` are its names for it ("SSL", "WRONG_VERSION_NUMBER"), ""
// where Python has None. The text is Python's without the place in its C source:
// "[SSL: WRONG_VERSION_NUMBER] wrong version number". errno_ is an SSLErrorNumber or OpenSSL's code, never a system's
// number. Python: ssl.SSLError
class SSLError : public OSError {
 public:
  explicit SSLError(std::string message) : BaseException(std::move(message)) {}
  SSLError(int number, std::string message, std::string library = {}, std::string reason = {})
      : BaseException(std::move(message)), library(std::move(library)), reason(std::move(reason)) {
    errno_ = number;
  }
  std::string library, reason;
};

#define KRAIT_SSL_EXCEPTION(Name)                                                                           \
  class Name : public SSLError {                                                                            \
   public:                                                                                                  \
    Name(int number, std::string message, std::string library = {}, std::string why = {})                   \
        : ::krait::BaseException(message), SSLError(number, message, std::move(library), std::move(why)) {} \
  }

// The peer has said that it sends nothing more. Python: ssl.SSLZeroReturnError
KRAIT_SSL_EXCEPTION(SSLZeroReturnError);
// More bytes from the peer are needed first; then call again. Python: ssl.SSLWantReadError
KRAIT_SSL_EXCEPTION(SSLWantReadError);
// Bytes must go out first; then call again. Python: ssl.SSLWantWriteError
KRAIT_SSL_EXCEPTION(SSLWantWriteError);
// Python: ssl.SSLSyscallError
KRAIT_SSL_EXCEPTION(SSLSyscallError);
// The connection ended without the peer's goodbye: what came may be cut short. Python: ssl.SSLEOFError
KRAIT_SSL_EXCEPTION(SSLEOFError);

// The peer's certificate is not to be trusted. Departs from Python, where it is a ValueError as well: with two ways to
// std::exception, `catch (std::exception&)` would miss it. Python: ssl.SSLCertVerificationError, ssl.CertificateError
class SSLCertVerificationError : public SSLError {
 public:
  SSLCertVerificationError(int number, std::string message, std::string library, std::string why, int code,
                           std::string verify)
      : BaseException(message),
        SSLError(number, message, std::move(library), std::move(why)),
        verify_code(code),
        verify_message(std::move(verify)) {}
  int verify_code;             // X509_V_ERR_…: 10 expired, 18 self-signed, 20 no issuer, 62 another host
  std::string verify_message;  // "certificate has expired"
};
using CertificateError = SSLCertVerificationError;

}  // namespace krait::ssl
