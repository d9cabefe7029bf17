#include "krait/ssl/context.h"

#include <gtest/gtest.h>

#include "krait/ssl/_authority.h"
#include "krait/ssl/objects.h"

namespace krait::ssl {
namespace {

template <class E, class F>
std::string error_of(F function) {
  try {
    function();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another error: ") + error.what();
  }
  return "nothing was thrown";
}

// Values and texts of this file are what CPython 3.13 over OpenSSL 3.0 gives.
TEST(SSLContext, a_client_verifies_and_a_server_does_not_unless_told) {
  SSLContext client(PROTOCOL_TLS_CLIENT), server(PROTOCOL_TLS_SERVER);
  EXPECT_EQ(client.verify_mode(), CERT_REQUIRED);
  EXPECT_TRUE(client.check_hostname());
  EXPECT_EQ(server.verify_mode(), CERT_NONE);
  EXPECT_FALSE(server.check_hostname());
  for (const SSLContext& each : {client, server}) {
    EXPECT_EQ(each.minimum_version(), TLSVersion::TLSv1_2);
    EXPECT_EQ(each.maximum_version(), TLSVersion::MAXIMUM_SUPPORTED);
    EXPECT_EQ(static_cast<std::uint64_t>(each.options()), 0x82520050);
    EXPECT_EQ(each.verify_flags(), VERIFY_X509_TRUSTED_FIRST);
    EXPECT_EQ(each.num_tickets(), 2);
    EXPECT_EQ(each.security_level(), 2);
    EXPECT_TRUE(each.hostname_checks_common_name());
    EXPECT_FALSE(each.post_handshake_auth());
  }
  EXPECT_EQ(error_of<ValueError>([] { SSLContext context(Protocol(99)); }),
            "invalid or unsupported protocol version 99");
}

TEST(CreateDefaultContext, sets_what_python_sets) {
  _Authority authority;
  SSLContext client = create_default_context({.cadata = authority.certificate()});
  EXPECT_EQ(client.protocol(), PROTOCOL_TLS_CLIENT);
  EXPECT_EQ(client.verify_mode(), CERT_REQUIRED);
  EXPECT_TRUE(client.check_hostname());
  EXPECT_EQ(client.verify_flags(), VERIFY_X509_TRUSTED_FIRST | VERIFY_X509_PARTIAL_CHAIN | VERIFY_X509_STRICT);
  EXPECT_EQ(client.cert_store_stats(), (std::map<std::string, int>{{"x509", 1}, {"crl", 0}, {"x509_ca", 1}}));
  SSLContext server = create_default_context({.purpose = Purpose::CLIENT_AUTH});
  EXPECT_EQ(server.protocol(), PROTOCOL_TLS_SERVER);
  EXPECT_EQ(server.verify_mode(), CERT_NONE);
}

TEST(SSLContext, check_hostname_and_verify_mode_are_set_in_an_order) {
  SSLContext context(PROTOCOL_TLS_CLIENT);
  EXPECT_EQ(error_of<ValueError>([&] { context.set_verify_mode(CERT_NONE); }),
            "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.");
  context.set_check_hostname(false);
  context.set_verify_mode(CERT_NONE);
  EXPECT_EQ(context.verify_mode(), CERT_NONE);
  context.set_check_hostname(true);
  EXPECT_EQ(context.verify_mode(), CERT_REQUIRED);
  context.set_verify_mode(CERT_OPTIONAL);
  EXPECT_EQ(context.verify_mode(), CERT_OPTIONAL);
  EXPECT_EQ(error_of<ValueError>([&] { context.set_verify_mode(VerifyMode(7)); }), "invalid value for verify_mode");
}

TEST(SSLContext, copies_are_one_context) {
  SSLContext context(PROTOCOL_TLS_CLIENT);
  SSLContext other = context;
  other.set_check_hostname(false);
  EXPECT_FALSE(context.check_hostname());
  EXPECT_EQ(context, other);
}

TEST(SSLContext, versions_are_kept_and_what_is_none_is_refused) {
  SSLContext context(PROTOCOL_TLS_CLIENT);
  context.set_minimum_version(TLSVersion::TLSv1_3);
  EXPECT_EQ(context.minimum_version(), TLSVersion::TLSv1_3);
  context.set_minimum_version(TLSVersion::MINIMUM_SUPPORTED);
  EXPECT_EQ(context.minimum_version(), TLSVersion::MINIMUM_SUPPORTED);
  context.set_maximum_version(TLSVersion::TLSv1_2);
  EXPECT_EQ(context.maximum_version(), TLSVersion::TLSv1_2);
  EXPECT_EQ(error_of<ValueError>([&] { context.set_minimum_version(TLSVersion(99)); }),
            "Unsupported TLS/SSL version 0x63");
}

TEST(SSLContext, options_and_flags_are_set_and_cleared) {
  SSLContext context(PROTOCOL_TLS_SERVER);
  context.set_options(context.options() | OP_NO_TICKET);
  EXPECT_EQ(context.options() & OP_NO_TICKET, OP_NO_TICKET);
  context.set_options(context.options() & ~OP_NO_TICKET);
  EXPECT_NE(context.options() & OP_NO_TICKET, OP_NO_TICKET);
  context.set_verify_flags(VERIFY_CRL_CHECK_LEAF);
  EXPECT_EQ(context.verify_flags(), VERIFY_CRL_CHECK_LEAF);
  context.set_hostname_checks_common_name(false);
  EXPECT_FALSE(context.hostname_checks_common_name());
  context.set_num_tickets(0);
  EXPECT_EQ(context.num_tickets(), 0);
  EXPECT_EQ(error_of<ValueError>([] { SSLContext(PROTOCOL_TLS_CLIENT).set_num_tickets(1); }),
            "SSLContext is not a server context.");
}

TEST(LoadCertChain, names_a_file_that_is_missing) {
  _Folder folder;
  _Issued issued = _Authority::self_signed();
  std::string certificate = folder.write("c.pem", issued.certificate);
  SSLContext context(PROTOCOL_TLS_SERVER);
  EXPECT_EQ(error_of<FileNotFoundError>([&] { context.load_cert_chain(folder.path() + "/none.pem"); }),
            "[Errno 2] No such file or directory: '" + folder.path() + "/none.pem'");
  EXPECT_EQ(error_of<FileNotFoundError>([&] { context.load_cert_chain(certificate, folder.path() + "/none.key"); }),
            "[Errno 2] No such file or directory: '" + folder.path() + "/none.key'");
  EXPECT_EQ(error_of<IsADirectoryError>([&] { context.load_cert_chain(folder.path()); }),
            "[Errno 21] Is a directory: '" + folder.path() + "'");
}

TEST(LoadCertChain, refuses_a_file_that_holds_no_certificate_or_no_key) {
  _Folder folder;
  SSLContext context(PROTOCOL_TLS_SERVER);
  std::string nothing = folder.write("x.pem", "root:x:0:0\n");
  EXPECT_EQ(error_of<SSLError>([&] { context.load_cert_chain(nothing); }), "[SSL] PEM lib");
  std::string keyless = folder.write("c.pem", _Authority::self_signed().certificate);
  EXPECT_EQ(error_of<SSLError>([&] { context.load_cert_chain(keyless); }), "[SSL] PEM lib");
}

TEST(LoadCertChain, refuses_the_key_of_another_certificate) {
  _Folder folder;
  std::string certificate = folder.write("a.pem", _Authority::self_signed().certificate);
  std::string key = folder.write("b.key", _Authority::self_signed().key);
  SSLContext context(PROTOCOL_TLS_SERVER);
  try {
    context.load_cert_chain(certificate, key);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const SSLError& error) {
    EXPECT_STREQ(error.what(), "[X509: KEY_VALUES_MISMATCH] key values mismatch");
    EXPECT_EQ(error.library, "X509");
    EXPECT_EQ(error.reason, "KEY_VALUES_MISMATCH");
  }
}

TEST(LoadCertChain, opens_an_encrypted_key_by_a_text_or_a_function) {
  _Folder folder;
  _Issued issued = _Authority::self_signed({.password = "sesame"});
  std::string file = folder.write("both.pem", issued.certificate + issued.key);
  SSLContext context(PROTOCOL_TLS_SERVER);
  context.load_cert_chain(file, std::nullopt, "sesame");
  int asked = 0;
  context.load_cert_chain(file, std::nullopt, [&] {
    ++asked;
    return std::string("sesame");
  });
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(error_of<SSLError>([&] { context.load_cert_chain(file, std::nullopt, "wrong"); }), "[SSL] PEM lib");
  // Python would ask the terminal, and a service would hang there.
  EXPECT_EQ(error_of<SSLError>([&] { context.load_cert_chain(file); }), "[SSL] PEM lib");
  EXPECT_EQ(error_of<ValueError>([&] { context.load_cert_chain(file, std::nullopt, std::string(2000, 'x')); }),
            "password cannot be longer than 1024 bytes");
  EXPECT_EQ(error_of<RuntimeError>([&] {
              context.load_cert_chain(file, std::nullopt,
                                      []() -> std::string { throw RuntimeError("no vault today"); });
            }),
            "no vault today");
}

TEST(LoadCertChain, does_not_ask_for_a_password_that_is_not_needed) {
  _Folder folder;
  _Issued issued = _Authority::self_signed();
  std::string file = folder.write("both.pem", issued.certificate + issued.key);
  SSLContext(PROTOCOL_TLS_SERVER).load_cert_chain(file, std::nullopt, []() -> std::string {
    throw RuntimeError("asked");
  });
}

TEST(LoadVerifyLocations, wants_one_and_says_what_is_wrong_with_it) {
  _Folder folder;
  SSLContext context(PROTOCOL_TLS_CLIENT);
  EXPECT_EQ(error_of<TypeError>([&] { context.load_verify_locations({}); }),
            "cafile, capath and cadata cannot be all omitted");
  EXPECT_THROW(context.load_verify_locations({.cafile = folder.path() + "/none"}), FileNotFoundError);
  std::string nothing = folder.write("x", "root:x\n");
  EXPECT_EQ(error_of<SSLError>([&] { context.load_verify_locations({.cafile = nothing}); }),
            "[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found");
  EXPECT_EQ(error_of<ValueError>([&] { context.load_verify_locations({.cadata = ""}); }), "Empty certificate data");
  EXPECT_EQ(error_of<SSLError>([&] { context.load_verify_locations({.cadata = "garbage"}); }),
            "no start line: cadata does not contain a certificate");
  EXPECT_EQ(error_of<SSLError>([&] { context.load_verify_locations({.cadata = "\x30garbage"}); }),
            "not enough data: cadata does not contain a certificate");
  context.load_verify_locations({.capath = folder.path()});
}

TEST(LoadVerifyLocations, takes_several_certificates_as_text_or_bytes) {
  _Authority one("one"), two("two");
  SSLContext context(PROTOCOL_TLS_CLIENT);
  context.load_verify_locations({.cadata = one.certificate() + "some words\n" + two.certificate()});
  EXPECT_EQ(context.cert_store_stats().at("x509"), 2);
  std::string der = PEM_cert_to_DER_cert(one.certificate());
  context.load_verify_locations({.cadata = der + PEM_cert_to_DER_cert(_Authority("three").certificate())});
  EXPECT_EQ(context.cert_store_stats().at("x509_ca"), 3);
  EXPECT_EQ(context.get_ca_certs().size(), 3);
  EXPECT_EQ(context.get_ca_certs().front(), der);
}

TEST(SetCiphers, keeps_those_that_exist) {
  SSLContext context(PROTOCOL_TLS_CLIENT);
  EXPECT_EQ(error_of<SSLError>([&] { context.set_ciphers("nonsense"); }), "No cipher can be selected.");
  context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256");
  std::vector<CipherDescription> ciphers = context.get_ciphers();
  ASSERT_EQ(ciphers.size(), 4);  // the three of TLS 1.3 are set apart
  EXPECT_EQ(ciphers.front().name, "TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(ciphers.front().id, 50336514);
  EXPECT_EQ(ciphers.front().protocol, "TLSv1.3");
  EXPECT_EQ(ciphers.front().strength_bits, 256);
  EXPECT_EQ(ciphers.back().name, "ECDHE-ECDSA-AES128-GCM-SHA256");
  EXPECT_EQ(error_of<ValueError>([&] { context.set_ecdh_curve("nonsense"); }),
            "unknown elliptic curve name 'nonsense'");
  context.set_ecdh_curve("prime256v1");
}

TEST(SetAlpnProtocols, refuses_an_empty_or_endless_name) {
  SSLContext context(PROTOCOL_TLS_CLIENT);
  EXPECT_EQ(error_of<SSLError>([&] { context.set_alpn_protocols({"h2", ""}); }),
            "ALPN protocols must be 1 to 255 in length");
  EXPECT_EQ(error_of<SSLError>([&] { context.set_alpn_protocols({std::string(256, 'x')}); }),
            "ALPN protocols must be 1 to 255 in length");
  context.set_alpn_protocols({"h2", "http/1.1"});
  context.set_alpn_protocols({});
}

TEST(WrapBio, refuses_what_does_not_fit_the_context) {
  SSLContext client(PROTOCOL_TLS_CLIENT), server(PROTOCOL_TLS_SERVER);
  MemoryBIO in, out;
  EXPECT_EQ(error_of<SSLError>([&] { client.wrap_bio(in, out, {.server_side = true}); }),
            "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context");
  EXPECT_EQ(error_of<SSLError>([&] { server.wrap_bio(in, out); }),
            "Cannot create a client socket with a PROTOCOL_TLS_SERVER context");
  EXPECT_EQ(error_of<ValueError>([&] { server.wrap_bio(in, out, {.server_side = true, .server_hostname = "x"}); }),
            "server_hostname can only be specified in client mode");
  EXPECT_EQ(error_of<ValueError>([&] { client.wrap_bio(in, out); }), "check_hostname requires server_hostname");
  for (const char* host : {"", ".x"}) {
    EXPECT_EQ(error_of<ValueError>([&] { client.wrap_bio(in, out, {.server_hostname = host}); }),
              "server_hostname cannot be an empty string or start with a leading dot.");
  }
  EXPECT_EQ(error_of<TypeError>([&] { client.wrap_bio(in, out, {.server_hostname = std::string("a\0b", 3)}); }),
            "argument must be encoded string without null bytes");
  EXPECT_THROW(client.wrap_bio(in, out,
                               {.server_hostname = "b\xc3\xbc"
                                                   "cher.example"}),
               UnicodeEncodeError);
  EXPECT_EQ(error_of<ValueError>([&] { client.set_sni_callback([](auto&&...) { return std::nullopt; }); }),
            "sni_callback cannot be set on TLS_CLIENT context");
}

TEST(DefaultVerifyPaths, names_the_variables_that_change_them) {
  EXPECT_EQ(get_default_verify_paths().openssl_cafile_env, "SSL_CERT_FILE");
  EXPECT_EQ(get_default_verify_paths().openssl_capath_env, "SSL_CERT_DIR");
  EXPECT_TRUE(openssl_version().starts_with("OpenSSL 3."));
}

}  // namespace
}  // namespace krait::ssl
