#pragma once
// Certificates as values, and the two ways to write one down. Python: ssl

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace krait::ssl {

// A certificate, under the keys of Python's dict; what it does not have is empty. An empty one stands for a certificate
// that was not verified. Python: the dict that SSLObject.getpeercert() gives
struct Certificate {
  using Field = std::pair<std::string, std::string>;
  // Parts that stand in one set are one element: ((("countryName", "XY"),), (("commonName", "localhost"),))
  using Name = std::vector<std::vector<Field>>;

  Name subject, issuer;
  int version = 0;
  std::string serialNumber;           // hexadecimal
  std::string notBefore, notAfter;    // "Jan  5 09:34:43 2018 GMT": cert_time_to_seconds() reads it
  std::vector<Field> subjectAltName;  // ("DNS", "example.org"), ("IP Address", "127.0.0.1")
  std::vector<std::string> OCSP, caIssuers, crlDistributionPoints;

  bool empty() const noexcept { return version == 0; }
  // The first value of `part` ("commonName") in the subject; "" when there is none.
  std::string subject_part(std::string_view part) const;
  bool operator==(const Certificate&) const = default;
};
// Python: repr() of the dict
std::string repr(const Certificate& certificate);

// Throws SSLError when the bytes are no certificate. Python: ssl._ssl._test_decode_cert, for bytes
Certificate decode_certificate(const std::string& der);

// Python: ssl.DER_cert_to_PEM_cert(der_cert_bytes)
std::string DER_cert_to_PEM_cert(std::string_view der);
// Throws ValueError "Invalid PEM encoding; must start with -----BEGIN CERTIFICATE-----".
// Python: ssl.PEM_cert_to_DER_cert(pem_cert_string)
std::string PEM_cert_to_DER_cert(std::string_view pem);

// Seconds since 1970 for "Jan  5 09:34:43 2018 GMT". Throws ValueError. Python: ssl.cert_time_to_seconds(cert_time)
std::int64_t cert_time_to_seconds(const std::string& cert_time);

}  // namespace krait::ssl
