#include "krait/ssl/certificates.h"

#include <openssl/pem.h>

#include <array>
#include <ctime>

#include "krait/builtins/repr.h"
#include "krait/ssl/_engine.h"

namespace krait::ssl {

namespace {

constexpr std::string_view kHeader = "-----BEGIN CERTIFICATE-----", kFooter = "-----END CERTIFICATE-----";

std::string text_of(BIO* bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

template <class F>
std::string printed(F print) {
  _Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || print(bio.get()) < 0) _raise_library_error();
  return text_of(bio.get());
}

std::string text_of(const ASN1_STRING* string) {
  unsigned char* utf8 = nullptr;
  int size = ASN1_STRING_to_UTF8(&utf8, string);
  if (size < 0) _raise_library_error();
  std::string text(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return text;
}

std::string raw_text_of(const ASN1_STRING* string) {
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
                     static_cast<std::size_t>(ASN1_STRING_length(string)));
}

std::string name_of(const ASN1_OBJECT* object) {
  char text[256];
  int size = OBJ_obj2txt(text, sizeof text, object, 0);
  return std::string(text, static_cast<std::size_t>(std::min<int>(std::max(size, 0), sizeof text - 1)));
}

Certificate::Name parts_of(const X509_NAME* name) {
  Certificate::Name parts;
  int set = -1;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    if (parts.empty() || X509_NAME_ENTRY_set(entry) != set) parts.emplace_back();
    set = X509_NAME_ENTRY_set(entry);
    parts.back().emplace_back(name_of(X509_NAME_ENTRY_get_object(entry)), text_of(X509_NAME_ENTRY_get_data(entry)));
  }
  return parts;
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  const unsigned char* p = ASN1_STRING_get0_data(address);
  char text[64];
  if (ASN1_STRING_length(address) == 4) {
    std::snprintf(text, sizeof text, "%d.%d.%d.%d", p[0], p[1], p[2], p[3]);
  } else if (ASN1_STRING_length(address) == 16) {
    std::array<int, 8> w{};
    for (std::size_t i = 0; i < 8; ++i) w[i] = p[2 * i] << 8 | p[2 * i + 1];
    std::snprintf(text, sizeof text, "%X:%X:%X:%X:%X:%X:%X:%X", w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
  } else {
    return "<invalid>";
  }
  return text;
}

// Python: _ssl.c _get_peer_alt_names
std::vector<Certificate::Field> alt_names_of(const X509* certificate) {
  std::vector<Certificate::Field> fields;
  std::unique_ptr<GENERAL_NAMES, _Freer<GENERAL_NAMES_free>> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    switch (name->type) {
      case GEN_DIRNAME:
        fields.emplace_back(
            "DirName", printed([&](BIO* bio) { return X509_NAME_print_ex(bio, name->d.dirn, 0, XN_FLAG_ONELINE); }));
        break;
      case GEN_EMAIL:
        fields.emplace_back("email", raw_text_of(name->d.rfc822Name));
        break;
      case GEN_DNS:
        fields.emplace_back("DNS", raw_text_of(name->d.dNSName));
        break;
      case GEN_URI:
        fields.emplace_back("URI", raw_text_of(name->d.uniformResourceIdentifier));
        break;
      case GEN_RID:
        fields.emplace_back("Registered ID", name_of(name->d.registeredID));
        break;
      case GEN_IPADD:
        fields.emplace_back("IP Address", address_text(name->d.iPAddress));
        break;
      default: {
        std::string text = printed([&](BIO* bio) { return GENERAL_NAME_print(bio, name); });
        std::size_t colon = text.find(':');
        if (colon != std::string::npos) fields.emplace_back(text.substr(0, colon), text.substr(colon + 1));
      }
    }
  }
  return fields;
}

std::vector<std::string> access_of(const X509* certificate, int method) {
  std::vector<std::string> uris;
  std::unique_ptr<AUTHORITY_INFO_ACCESS, _Freer<AUTHORITY_INFO_ACCESS_free>> info(
      static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)));
  for (int i = 0; info && i < sk_ACCESS_DESCRIPTION_num(info.get()); ++i) {
    const ACCESS_DESCRIPTION* access = sk_ACCESS_DESCRIPTION_value(info.get(), i);
    if (OBJ_obj2nid(access->method) == method && access->location->type == GEN_URI)
      uris.push_back(raw_text_of(access->location->d.uniformResourceIdentifier));
  }
  return uris;
}

std::vector<std::string> revocation_lists_of(const X509* certificate) {
  std::vector<std::string> uris;
  std::unique_ptr<CRL_DIST_POINTS, _Freer<CRL_DIST_POINTS_free>> points(
      static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr)));
  for (int i = 0; points && i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT* point = sk_DIST_POINT_value(points.get(), i);
    if (!point->distpoint || point->distpoint->type != 0) continue;
    const GENERAL_NAMES* names = point->distpoint->name.fullname;
    for (int j = 0; j < sk_GENERAL_NAME_num(names); ++j) {
      const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, j);
      if (name->type == GEN_URI) uris.push_back(raw_text_of(name->d.uniformResourceIdentifier));
    }
  }
  return uris;
}

}  // namespace

// Python: _ssl.c _decode_certificate
Certificate decode_certificate(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  _X509 x509(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  if (!x509) _raise_library_error();
  Certificate certificate;
  certificate.subject = parts_of(X509_get_subject_name(x509.get()));
  certificate.issuer = parts_of(X509_get_issuer_name(x509.get()));
  certificate.version = static_cast<int>(X509_get_version(x509.get())) + 1;
  certificate.serialNumber =
      printed([&](BIO* bio) { return i2a_ASN1_INTEGER(bio, X509_get0_serialNumber(x509.get())); });
  certificate.notBefore = printed([&](BIO* bio) { return ASN1_TIME_print(bio, X509_get0_notBefore(x509.get())); });
  certificate.notAfter = printed([&](BIO* bio) { return ASN1_TIME_print(bio, X509_get0_notAfter(x509.get())); });
  certificate.subjectAltName = alt_names_of(x509.get());
  certificate.OCSP = access_of(x509.get(), NID_ad_OCSP);
  certificate.caIssuers = access_of(x509.get(), NID_ad_ca_issuers);
  certificate.crlDistributionPoints = revocation_lists_of(x509.get());
  return certificate;
}

std::string Certificate::subject_part(std::string_view part) const {
  for (const auto& set : subject) {
    for (const auto& [name, value] : set) {
      if (name == part) return value;
    }
  }
  return "";
}

namespace {

// A tuple of what `print` makes of each: with a comma after a single one.
template <class T, class F>
std::string tuple_of(const std::vector<T>& items, F print) {
  std::string text = "(";
  for (const T& each : items) text += (text.size() > 1 ? ", " : "") + print(each);
  return text + (items.size() == 1 ? ",)" : ")");
}

}  // namespace

std::string repr(const Certificate& certificate) {
  if (certificate.empty()) return "{}";
  auto field = [](const Certificate::Field& f) {
    return "(" + krait::repr(f.first) + ", " + krait::repr(f.second) + ")";
  };
  const auto quoted = [](std::string_view text) { return krait::repr(text); };
  auto name = [&](const Certificate::Name& n) {
    return tuple_of(n, [&](const std::vector<Certificate::Field>& set) { return tuple_of(set, field); });
  };
  std::string text = "{'subject': " + name(certificate.subject) + ", 'issuer': " + name(certificate.issuer) +
                     ", 'version': " + std::to_string(certificate.version) +
                     ", 'serialNumber': " + krait::repr(certificate.serialNumber) +
                     ", 'notBefore': " + krait::repr(certificate.notBefore) +
                     ", 'notAfter': " + krait::repr(certificate.notAfter);
  if (!certificate.subjectAltName.empty()) text += ", 'subjectAltName': " + tuple_of(certificate.subjectAltName, field);
  if (!certificate.OCSP.empty()) text += ", 'OCSP': " + tuple_of(certificate.OCSP, quoted);
  if (!certificate.caIssuers.empty()) text += ", 'caIssuers': " + tuple_of(certificate.caIssuers, quoted);
  if (!certificate.crlDistributionPoints.empty())
    text += ", 'crlDistributionPoints': " + tuple_of(certificate.crlDistributionPoints, quoted);
  return text + "}";
}

std::string DER_cert_to_PEM_cert(std::string_view der) {
  std::string encoded(4 * ((der.size() + 2) / 3) + 1, '\0');
  int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                             reinterpret_cast<const unsigned char*>(der.data()), static_cast<int>(der.size()));
  encoded.resize(static_cast<std::size_t>(size));
  std::string pem(kHeader);
  for (std::size_t i = 0; i < encoded.size(); i += 64) pem.append("\n").append(encoded, i, 64);
  return pem.append("\n").append(kFooter).append("\n");
}

std::string PEM_cert_to_DER_cert(std::string_view pem) {
  if (!pem.starts_with(kHeader)) throw ValueError("Invalid PEM encoding; must start with " + std::string(kHeader));
  pem = pem.substr(0, pem.find_last_not_of(" \t\r\n\f\v") + 1);
  if (!pem.ends_with(kFooter) || pem.size() < kHeader.size() + kFooter.size())
    throw ValueError("Invalid PEM encoding; must end with " + std::string(kFooter));
  pem = pem.substr(kHeader.size(), pem.size() - kHeader.size() - kFooter.size());
  std::unique_ptr<EVP_ENCODE_CTX, _Freer<EVP_ENCODE_CTX_free>> decoder(EVP_ENCODE_CTX_new());
  EVP_DecodeInit(decoder.get());
  std::string der(pem.size() + 3, '\0');
  int size = 0, rest = 0;
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  if (EVP_DecodeUpdate(decoder.get(), out, &size, reinterpret_cast<const unsigned char*>(pem.data()),
                       static_cast<int>(pem.size())) < 0 ||
      EVP_DecodeFinal(decoder.get(), out + size, &rest) < 0)
    throw ValueError("Invalid PEM encoding; what is between header and footer is no base64");
  der.resize(static_cast<std::size_t>(size) + static_cast<std::size_t>(rest));
  return der;
}

std::int64_t cert_time_to_seconds(const std::string& cert_time) {
  std::tm parts{};
  const char* end = ::strptime(cert_time.c_str(), "%b %d %H:%M:%S %Y GMT", &parts);
  if (!end || *end != '\0')
    throw ValueError("time data " + krait::repr(cert_time) + " does not match format \"%b %d %H:%M:%S %Y GMT\"");
  return ::timegm(&parts);
}

}  // namespace krait::ssl
