#include "krait/ssl/certificates.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"
#include "krait/ssl/_authority.h"

namespace krait::ssl {
namespace {

template <class F>
std::string value_error_of(F function) {
  try {
    function();
  } catch (const ValueError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

// The texts are those that CPython 3.13 gives for the same bytes.
TEST(DerCertToPemCert, breaks_lines_at_64) {
  std::string der;
  for (int i = 0; i < 20; ++i) der += "hello";
  EXPECT_EQ(DER_cert_to_PEM_cert(der),
            "-----BEGIN CERTIFICATE-----\n"
            "aGVsbG9oZWxsb2hlbGxvaGVsbG9oZWxsb2hlbGxvaGVsbG9oZWxsb2hlbGxvaGVs\n"
            "bG9oZWxsb2hlbGxvaGVsbG9oZWxsb2hlbGxvaGVsbG9oZWxsb2hlbGxvaGVsbG9o\n"
            "ZWxsbw==\n"
            "-----END CERTIFICATE-----\n");
}

TEST(PemCertToDerCert, undoes_what_the_other_did) {
  for (std::size_t size : {0, 1, 2, 3, 47, 48, 49, 300}) {
    std::string der;
    for (std::size_t i = 0; i < size; ++i) der += static_cast<char>(i * 7);
    EXPECT_EQ(PEM_cert_to_DER_cert(DER_cert_to_PEM_cert(der) + " \n"), der) << size;
  }
}

TEST(PemCertToDerCert, says_what_a_text_must_start_and_end_with) {
  EXPECT_EQ(value_error_of([] { PEM_cert_to_DER_cert("x"); }),
            "Invalid PEM encoding; must start with -----BEGIN CERTIFICATE-----");
  EXPECT_EQ(value_error_of([] { PEM_cert_to_DER_cert("-----BEGIN CERTIFICATE-----\nx"); }),
            "Invalid PEM encoding; must end with -----END CERTIFICATE-----");
  EXPECT_EQ(value_error_of([] { PEM_cert_to_DER_cert("-----BEGIN CERTIFICATE-----"); }),
            "Invalid PEM encoding; must end with -----END CERTIFICATE-----");
}

TEST(CertTimeToSeconds, reads_what_a_certificate_says) {
  EXPECT_EQ(cert_time_to_seconds("Jan  5 09:34:43 2018 GMT"), 1515144883);
  EXPECT_EQ(cert_time_to_seconds("Feb 29 00:00:00 2024 GMT"), 1709164800);
  EXPECT_EQ(value_error_of([] { cert_time_to_seconds("Jan  5 09:34:43 2018 CET"); }),
            "time data 'Jan  5 09:34:43 2018 CET' does not match format \"%b %d %H:%M:%S %Y GMT\"");
  EXPECT_NE(value_error_of([] { cert_time_to_seconds("yesterday"); }), "nothing was thrown");
}

TEST(DecodeCertificate, gives_the_keys_of_pythons_dict) {
  _Authority authority("an authority");
  _Issued issued = authority.issue(
      {.names = {"example.org", "*.example.org", "127.0.0.1", "::1"},
       .common_name = "it's me",
       .extensions = {"authorityInfoAccess=OCSP;URI:http://ocsp.test/,caIssuers;URI:http://ca.test/c.der",
                      "crlDistributionPoints=URI:http://ca.test/list.crl"}});
  Certificate certificate = decode_certificate(PEM_cert_to_DER_cert(issued.certificate));
  EXPECT_EQ(certificate.subject_part("commonName"), "it's me");
  EXPECT_EQ(certificate.subject_part("countryName"), "");
  EXPECT_EQ(certificate.issuer, (Certificate::Name{{{"organizationName", "krait"}}, {{"commonName", "an authority"}}}));
  EXPECT_EQ(certificate.version, 3);
  EXPECT_EQ(certificate.subjectAltName, (std::vector<Certificate::Field>{{"DNS", "example.org"},
                                                                         {"DNS", "*.example.org"},
                                                                         {"IP Address", "127.0.0.1"},
                                                                         {"IP Address", "0:0:0:0:0:0:0:1"}}));
  EXPECT_EQ(certificate.OCSP, std::vector<std::string>{"http://ocsp.test/"});
  EXPECT_EQ(certificate.caIssuers, std::vector<std::string>{"http://ca.test/c.der"});
  EXPECT_EQ(certificate.crlDistributionPoints, std::vector<std::string>{"http://ca.test/list.crl"});
  EXPECT_EQ(cert_time_to_seconds(certificate.notAfter) - cert_time_to_seconds(certificate.notBefore), 31 * 86400);
  EXPECT_EQ(repr(certificate),
            "{'subject': ((('organizationName', 'krait'),), (('commonName', \"it's me\"),)), 'issuer': "
            "((('organizationName', 'krait'),), (('commonName', 'an authority'),)), 'version': 3, 'serialNumber': '" +
                certificate.serialNumber + "', 'notBefore': '" + certificate.notBefore + "', 'notAfter': '" +
                certificate.notAfter +
                "', 'subjectAltName': (('DNS', 'example.org'), ('DNS', '*.example.org'), ('IP Address', '127.0.0.1'), "
                "('IP Address', '0:0:0:0:0:0:0:1')), 'OCSP': ('http://ocsp.test/',), 'caIssuers': "
                "('http://ca.test/c.der',), 'crlDistributionPoints': ('http://ca.test/list.crl',)}");
}

TEST(DecodeCertificate, refuses_every_shortened_certificate) {
  std::string der = PEM_cert_to_DER_cert(_Authority::self_signed().certificate);
  for (std::size_t size = 0; size < der.size(); ++size) EXPECT_THROW(decode_certificate(der.substr(0, size)), OSError);
  EXPECT_EQ(repr(Certificate{}), "{}");
}

}  // namespace
}  // namespace krait::ssl
