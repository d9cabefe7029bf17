#include "krait/ssl/_authority.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "krait/ssl/_engine.h"

namespace krait::ssl {

namespace {

using Key = std::unique_ptr<EVP_PKEY, _Freer<EVP_PKEY_free>>;

std::string text_of(const _Bio& bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string pem_of(X509* certificate) {
  _Bio bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(bio.get(), certificate) != 1) _raise_library_error();
  return text_of(bio);
}

std::string pem_of(EVP_PKEY* key, std::string password) {
  _Bio bio(BIO_new(BIO_s_mem()));
  const EVP_CIPHER* cipher = password.empty() ? nullptr : EVP_aes_256_cbc();
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key, cipher, password.data(), static_cast<int>(password.size()), nullptr,
                                    nullptr) != 1)
    _raise_library_error();
  return text_of(bio);
}

void add_extension(X509* certificate, X509* issuer, const std::string& name, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, _Freer<X509_EXTENSION_free>> extension(
      X509V3_EXT_nconf(nullptr, &context, name.c_str(), value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) _raise_library_error();
}

std::string alt_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& each : names) {
    unsigned char address[16];
    bool number = ::inet_pton(AF_INET, each.c_str(), address) == 1 || ::inet_pton(AF_INET6, each.c_str(), address) == 1;
    text += (text.empty() ? "" : ",") + std::string(number ? "IP:" : "DNS:") + each;
  }
  return text;
}

// Signed by `issuer`, or by itself.
_Issued make(const _IssueOptions& options, const _Issued* issuer, bool authority) {
  Key key(EVP_EC_gen("P-256"));
  _X509 certificate(X509_new());
  if (!key || !certificate) _raise_library_error();
  _X509 issuer_certificate;
  Key issuer_key;
  if (issuer) {
    _Bio text(BIO_new_mem_buf(issuer->certificate.data(), -1)), key_text(BIO_new_mem_buf(issuer->key.data(), -1));
    issuer_certificate.reset(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    issuer_key.reset(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  }
  X509* x509 = certificate.get();
  X509* by = issuer ? issuer_certificate.get() : x509;

  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1 | 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), options.valid_from * 86400L);
  X509_gmtime_adj(X509_getm_notAfter(x509), options.valid_until * 86400L);
  X509_set_pubkey(x509, key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "O", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>("krait"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(options.common_name.c_str()), -1, -1, 0);
  X509_set_issuer_name(x509, X509_get_subject_name(by));

  add_extension(x509, by, "subjectKeyIdentifier", "hash");
  add_extension(x509, by, "basicConstraints", authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension(x509, by, "keyUsage", authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  if (!authority) add_extension(x509, by, "subjectAltName", alt_names(options.names));
  if (issuer) add_extension(x509, by, "authorityKeyIdentifier", "keyid");
  for (const std::string& each : options.extensions) {
    std::size_t at = each.find('=');
    add_extension(x509, by, each.substr(0, at), each.substr(at + 1));
  }
  if (X509_sign(x509, issuer ? issuer_key.get() : key.get(), EVP_sha256()) == 0) _raise_library_error();
  return {pem_of(x509), pem_of(key.get(), options.password)};
}

}  // namespace

_Authority::_Authority(std::string name) : own_(make({.common_name = std::move(name)}, nullptr, true)) {}

_Issued _Authority::issue(const _IssueOptions& options) const { return make(options, &own_, false); }

_Issued _Authority::self_signed(const _IssueOptions& options) { return make(options, nullptr, false); }

_Folder::_Folder() {
  path_ = (std::filesystem::temp_directory_path() / "krait-XXXXXX").string();
  if (!::mkdtemp(path_.data())) raise_os_error(errno, "make a folder", path_);
}

_Folder::~_Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string _Folder::write(const std::string& name, const std::string& text) const {
  std::string file = path_ + "/" + name;
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

_Site::_Site()
    : authority_file(folder.write("authority.pem", authority.certificate())),
      good_file(write("good", authority.issue())) {}

std::string _Site::write(const std::string& name, const _Issued& issued) const {
  return folder.write(name + ".pem", issued.certificate + issued.key);
}

SSLContext _Site::server(const std::string& file) const {
  SSLContext context(PROTOCOL_TLS_SERVER);
  context.load_cert_chain(file);
  return context;
}

SSLContext _Site::client() const { return create_default_context({.cafile = authority_file}); }

const _Site& _site() {
  static const _Site site;
  return site;
}

}  // namespace krait::ssl
