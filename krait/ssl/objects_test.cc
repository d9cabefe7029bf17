#include "krait/ssl/objects.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "krait/ssl/_authority.h"

namespace krait::ssl {
namespace {

template <class E = SSLError, class F>
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

// One side of a connection, with the two buffers it works on.
struct Side {
  MemoryBIO in, out;
  SSLObject tls;
  Side(const SSLContext& context, const WrapOptions& options) : tls(context.wrap_bio(in, out, options)) {}
};

struct Pair {
  Side client, server;
  Pair(const SSLContext& c, const SSLContext& s, WrapOptions options = {.server_hostname = "localhost"})
      : client(c, options), server(s, {.server_side = true}) {}

  void carry() {
    server.in.write(client.out.read());
    client.in.write(server.out.read());
  }
  // True once `side` is through; what it still wants is carried first.
  static bool step(Side& side) {
    try {
      side.tls.do_handshake();
      return true;
    } catch (const SSLWantReadError&) {
      return false;
    }
  }
  void handshake() {
    for (int i = 0; i < 10; ++i) {
      bool client_done = step(client);
      carry();
      bool server_done = step(server);
      carry();
      if (client_done && server_done) return;
    }
    throw RuntimeError("the handshake does not end");
  }
  // What the client's half of a handshake that must fail throws.
  std::string client_error() {
    return error_of([&] { handshake(); });
  }
};

TEST(MemoryBIO, gives_bytes_in_their_order_and_its_end_last) {
  MemoryBIO bio;
  EXPECT_EQ(bio.write("hello "), 6);
  bio.write("world");
  EXPECT_EQ(bio.pending(), 11);
  EXPECT_EQ(bio.read(3), "hel");
  EXPECT_FALSE(bio.eof());
  bio.write_eof();
  EXPECT_FALSE(bio.eof());
  EXPECT_EQ(bio.read(), "lo world");
  EXPECT_TRUE(bio.eof());
  EXPECT_EQ(bio.read(), "");
  EXPECT_EQ(error_of([&] { bio.write("x"); }), "cannot write() after write_eof()");
}

TEST(SSLObject, speaks_both_ways_over_tls_1_3_and_1_2) {
  for (TLSVersion version : {TLSVersion::TLSv1_2, TLSVersion::TLSv1_3}) {
    SSLContext server = _site().server();
    server.set_maximum_version(version);
    Pair pair(_site().client(), server);
    EXPECT_EQ(pair.client.tls.version(), std::nullopt);
    EXPECT_EQ(pair.client.tls.cipher(), std::nullopt);
    pair.handshake();
    EXPECT_EQ(pair.client.tls.version(), version == TLSVersion::TLSv1_3 ? "TLSv1.3" : "TLSv1.2");
    EXPECT_EQ(pair.client.tls.cipher(), pair.server.tls.cipher());
    EXPECT_EQ(pair.client.tls.cipher()->bits, 256);
    EXPECT_FALSE(pair.server.tls.shared_ciphers()->empty());
    EXPECT_EQ(pair.client.tls.shared_ciphers(), std::nullopt);
    EXPECT_EQ(pair.client.tls.server_hostname(), "localhost");
    EXPECT_EQ(pair.server.tls.server_hostname(), std::nullopt);
    EXPECT_FALSE(pair.client.tls.session_reused());
    EXPECT_EQ(pair.client.tls.get_channel_binding(), pair.server.tls.get_channel_binding());

    EXPECT_EQ(pair.client.tls.write("question"), 8);
    pair.carry();
    EXPECT_EQ(pair.server.tls.read(5), "quest");
    EXPECT_EQ(pair.server.tls.pending(), 3);
    EXPECT_EQ(pair.server.tls.read(), "ion");
    pair.server.tls.write("answer");
    pair.carry();
    EXPECT_EQ(pair.client.tls.read(), "answer");
  }
}

TEST(SSLObject, asks_for_more_where_nothing_can_be_done) {
  Pair pair(_site().client(), _site().server());
  EXPECT_EQ(error_of<SSLWantReadError>([&] { pair.client.tls.do_handshake(); }),
            "The operation did not complete (read)");
  EXPECT_EQ(error_of<SSLWantReadError>([&] { pair.client.tls.read(); }), "The operation did not complete (read)");
  EXPECT_EQ(error_of<SSLWantReadError>([&] { pair.client.tls.write("x"); }), "The operation did not complete (read)");
  EXPECT_EQ(error_of<ValueError>([&] { pair.client.tls.getpeercert(); }), "handshake not done yet");
  EXPECT_EQ(error_of([&] { pair.client.tls.unwrap(); }), "[SSL: SHUTDOWN_WHILE_IN_INIT] shutdown while in init");
  EXPECT_EQ(error_of<ValueError>([&] { pair.client.tls.get_channel_binding("x"); }),
            "'x' channel binding type not implemented");
  EXPECT_EQ(pair.client.tls.selected_alpn_protocol(), std::nullopt);
  EXPECT_EQ(pair.client.tls.pending(), 0);
}

TEST(SSLObject, a_large_write_arrives_whole) {
  Pair pair(_site().client(), _site().server());
  pair.handshake();
  std::string sent(1 << 20, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 31);
  EXPECT_EQ(pair.client.tls.write(sent), sent.size());
  pair.carry();
  std::string got;
  while (got.size() < sent.size()) got += pair.server.tls.read(100000);
  EXPECT_EQ(got, sent);
}

TEST(SSLObject, says_goodbye_in_both_directions) {
  Pair pair(_site().client(), _site().server());
  pair.handshake();
  pair.client.tls.write("last");
  EXPECT_EQ(error_of<SSLWantReadError>([&] { pair.client.tls.unwrap(); }), "The operation did not complete (read)");
  pair.carry();
  EXPECT_EQ(pair.server.tls.read(), "last");
  EXPECT_EQ(pair.server.tls.read(), "");
  EXPECT_EQ(pair.server.tls.read(), "");
  pair.server.tls.unwrap();
  pair.carry();
  pair.client.tls.unwrap();
  EXPECT_NE(error_of([&] { pair.client.tls.write("x"); }), "nothing was thrown");
}

TEST(SSLObject, an_end_without_goodbye_is_an_error) {
  Pair pair(_site().client(), _site().server());
  pair.handshake();
  pair.server.in.write_eof();
  EXPECT_EQ(error_of<SSLEOFError>([&] { pair.server.tls.read(); }),
            "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol");

  Pair early(_site().client(), _site().server());
  Pair::step(early.client);
  early.client.in.write_eof();
  EXPECT_EQ(error_of<SSLEOFError>([&] { early.client.tls.do_handshake(); }),
            "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol");
}

// B10.2: each certificate that must not be trusted, with CPython's words for it.
struct Untrusted {
  const char* what;
  std::function<_Issued(const _Authority&)> make;
  const char* host;
  int code;
  const char* message;
};
class Verification : public testing::TestWithParam<Untrusted> {};

TEST_P(Verification, refuses) {
  const Untrusted& test = GetParam();
  SSLContext server = _site().server(_site().write(test.what, test.make(_site().authority)));
  Pair pair(_site().client(), server, {.server_hostname = test.host});
  try {
    pair.handshake();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const SSLCertVerificationError& error) {
    EXPECT_EQ(error.what(), std::string("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ") + test.message);
    EXPECT_EQ(error.verify_code, test.code);
    EXPECT_EQ(error.verify_message, test.message);
    EXPECT_EQ(error.library, "SSL");
    EXPECT_EQ(error.reason, "CERTIFICATE_VERIFY_FAILED");
    EXPECT_EQ(error.errno_, 1);
  }
  // The server learns why, by an alert.
  pair.carry();
  EXPECT_NE(error_of([&] { pair.server.tls.do_handshake(); }).find("alert"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    B10, Verification,
    testing::Values(Untrusted{"expired",
                              [](const _Authority& a) { return a.issue({.valid_from = -9, .valid_until = -1}); },
                              "localhost", 10, "certificate has expired"},
                    Untrusted{"not_yet", [](const _Authority& a) { return a.issue({.valid_from = 5}); }, "localhost", 9,
                              "certificate is not yet valid"},
                    Untrusted{"self_signed", [](const _Authority&) { return _Authority::self_signed(); }, "localhost",
                              18, "self-signed certificate"},
                    Untrusted{"stranger", [](const _Authority&) { return _Authority("a stranger").issue(); },
                              "localhost", 20, "unable to get local issuer certificate"},
                    Untrusted{"wrong_host", [](const _Authority& a) { return a.issue({.names = {"other.example"}}); },
                              "localhost", 62, "Hostname mismatch, certificate is not valid for 'localhost'."},
                    Untrusted{"wrong_address", [](const _Authority& a) { return a.issue({.names = {"127.0.0.1"}}); },
                              "127.0.0.2", 64, "IP address mismatch, certificate is not valid for '127.0.0.2'."}),
    [](const auto& test) { return std::string(test.param.what); });

TEST(Verification, takes_the_names_that_the_certificate_has) {
  SSLContext server =
      _site().server(_site().write("names", _site().authority.issue({.names = {"*.example.org", "::1"}})));
  for (const char* host : {"a.example.org", "A.EXAMPLE.ORG", "::1"})
    Pair(_site().client(), server, {.server_hostname = host}).handshake();
  for (const char* host : {"example.org", "a.b.example.org", "::2"})
    EXPECT_THROW(Pair(_site().client(), server, {.server_hostname = host}).handshake(), SSLCertVerificationError)
        << host;
}

TEST(Verification, can_be_turned_off_but_the_certificate_is_shown) {
  SSLContext client(PROTOCOL_TLS_CLIENT);
  client.set_check_hostname(false);
  client.set_verify_mode(CERT_NONE);
  Pair pair(client, _site().server(), {});
  pair.handshake();
  EXPECT_EQ(pair.client.tls.getpeercert(), Certificate{});
  EXPECT_EQ(decode_certificate(*pair.client.tls.getpeercert_der()).subject_part("commonName"), "krait test");
  EXPECT_EQ(pair.server.tls.getpeercert(), std::nullopt);
}

TEST(GetPeerCert, gives_what_was_verified_and_its_chain) {
  Pair pair(_site().client(), _site().server());
  pair.handshake();
  std::optional<Certificate> certificate = pair.client.tls.getpeercert();
  ASSERT_TRUE(certificate);
  EXPECT_EQ(certificate->subjectAltName,
            (std::vector<Certificate::Field>{{"DNS", "localhost"}, {"IP Address", "127.0.0.1"}}));
  std::vector<std::string> verified = pair.client.tls.get_verified_chain();
  ASSERT_EQ(verified.size(), 2);
  EXPECT_EQ(verified.back(), PEM_cert_to_DER_cert(_site().authority.certificate()));
  EXPECT_EQ(pair.client.tls.get_unverified_chain(), std::vector<std::string>{verified.front()});
}

TEST(ClientCertificate, is_required_where_the_server_says_so) {
  for (TLSVersion version : {TLSVersion::TLSv1_2, TLSVersion::TLSv1_3}) {
    SSLContext server = _site().server();
    server.set_verify_mode(CERT_REQUIRED);
    server.set_maximum_version(version);
    server.load_verify_locations({.cadata = _site().authority.certificate()});
    Pair without(_site().client(), server);
    EXPECT_EQ(without.client_error(), "[SSL: PEER_DID_NOT_RETURN_A_CERTIFICATE] peer did not return a certificate");

    SSLContext client = _site().client();
    client.load_cert_chain(_site().write("client", _site().authority.issue({.common_name = "a client"})));
    Pair with(client, server);
    with.handshake();
    EXPECT_EQ(with.server.tls.getpeercert()->subject_part("commonName"), "a client");
    // It sends its authority along, which it knows.
    EXPECT_EQ(with.server.tls.get_unverified_chain(), with.server.tls.get_verified_chain());
  }
}

TEST(ClientCertificate, can_be_asked_for_after_the_handshake) {
  SSLContext server = _site().server();
  server.set_verify_mode(CERT_REQUIRED);
  server.set_post_handshake_auth(true);
  server.load_verify_locations({.cadata = _site().authority.certificate()});
  SSLContext client = _site().client();
  client.set_post_handshake_auth(true);
  client.load_cert_chain(_site().write("later", _site().authority.issue({.common_name = "later"})));
  Pair pair(client, server);
  pair.handshake();
  EXPECT_EQ(pair.server.tls.getpeercert(), std::nullopt);
  pair.server.tls.verify_client_post_handshake();
  pair.server.tls.write("who are you?");
  pair.carry();
  EXPECT_EQ(pair.client.tls.read(), "who are you?");
  pair.client.tls.write("me");
  pair.carry();
  EXPECT_EQ(pair.server.tls.read(), "me");
  EXPECT_EQ(pair.server.tls.getpeercert()->subject_part("commonName"), "later");
}

TEST(SniCallback, chooses_the_certificate_by_name) {
  std::map<std::string, SSLContext> contexts;
  for (const char* name : {"one.example", "two.example"}) {
    SSLContext own =
        _site().server(_site().write(name, _site().authority.issue({.names = {name}, .common_name = name})));
    contexts.emplace(name, own);
  }
  std::vector<std::string> asked;
  SSLContext server = _site().server();
  server.set_sni_callback([&](SSLObject& connection, const std::optional<std::string>& name, SSLContext& context) {
    asked.push_back(name.value_or("none"));
    EXPECT_EQ(context, server);
    if (auto found = contexts.find(name.value_or("")); found != contexts.end()) connection.set_context(found->second);
    return std::optional<AlertDescription>();
  });
  for (const char* name : {"one.example", "two.example", "localhost"}) {
    Pair pair(_site().client(), server, {.server_hostname = name});
    pair.handshake();
    EXPECT_EQ(pair.client.tls.getpeercert()->subjectAltName.front().second, name);
  }
  Pair by_address(_site().client(), server, {.server_hostname = "127.0.0.1"});
  by_address.handshake();
  EXPECT_EQ(asked, (std::vector<std::string>{"one.example", "two.example", "localhost", "none"}));
}

TEST(SniCallback, may_refuse_by_an_alert_or_an_exception) {
  SSLContext server = _site().server();
  server.set_sni_callback([](auto&&...) -> std::optional<AlertDescription> { return ALERT_DESCRIPTION_ACCESS_DENIED; });
  Pair refused(_site().client(), server);
  EXPECT_EQ(refused.client_error(), "[SSL: CALLBACK_FAILED] callback failed");
  refused.carry();
  EXPECT_EQ(error_of([&] { refused.client.tls.do_handshake(); }),
            "[SSL: TLSV1_ALERT_ACCESS_DENIED] tlsv1 alert access denied");

  server.set_sni_callback([](auto&&...) -> std::optional<AlertDescription> { throw KeyError("no such host"); });
  Pair failed(_site().client(), server);
  EXPECT_EQ(error_of<KeyError>([&] { failed.handshake(); }), "'no such host'");
  failed.carry();
  EXPECT_EQ(error_of([&] { failed.client.tls.do_handshake(); }),
            "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure");
}

TEST(Alpn, the_server_prefers_and_no_overlap_is_no_protocol) {
  SSLContext client = _site().client(), server = _site().server();
  client.set_alpn_protocols({"http/1.1", "h2"});
  server.set_alpn_protocols({"h2", "http/1.1"});
  Pair both(client, server);
  both.handshake();
  EXPECT_EQ(both.client.tls.selected_alpn_protocol(), "h2");
  EXPECT_EQ(both.server.tls.selected_alpn_protocol(), "h2");
  server.set_alpn_protocols({"smtp"});
  Pair none(client, server);
  none.handshake();
  EXPECT_EQ(none.client.tls.selected_alpn_protocol(), std::nullopt);
}

TEST(Versions, that_do_not_overlap_fail_on_both_sides) {
  SSLContext client = _site().client(), server = _site().server();
  client.set_maximum_version(TLSVersion::TLSv1_2);
  server.set_minimum_version(TLSVersion::TLSv1_3);
  Pair pair(client, server);
  EXPECT_EQ(pair.client_error(), "[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol");
  pair.carry();
  EXPECT_EQ(error_of([&] { pair.client.tls.do_handshake(); }),
            "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version");
}

TEST(Session, is_taken_up_again) {
  for (TLSVersion version : {TLSVersion::TLSv1_2, TLSVersion::TLSv1_3}) {
    SSLContext client = _site().client(), server = _site().server();
    server.set_maximum_version(version);
    Pair first(client, server);
    first.handshake();
    first.server.tls.write("x");
    first.carry();
    EXPECT_EQ(first.client.tls.read(), "x");  // with it come the tickets
    std::optional<SSLSession> session = first.client.tls.session();
    ASSERT_TRUE(session);
    EXPECT_TRUE(session->has_ticket());
    EXPECT_GT(session->timeout(), 0);
    EXPECT_GT(session->time(), 0);
    // Only one that ended well is resumed.
    error_of<SSLWantReadError>([&] { first.client.tls.unwrap(); });

    Pair second(client, server, {.server_hostname = "localhost", .session = session});
    second.handshake();
    EXPECT_TRUE(second.client.tls.session_reused());
    EXPECT_TRUE(second.server.tls.session_reused());
    EXPECT_EQ(server.session_stats().at("hits"), 1);
    EXPECT_EQ(server.session_stats().at("accept_good"), 2);
  }
}

TEST(Session, belongs_to_a_client) {
  Pair first(_site().client(), _site().server());
  first.handshake();
  MemoryBIO in, out;
  EXPECT_EQ(error_of<ValueError>([&] {
              _site().server().wrap_bio(in, out, {.server_side = true, .session = first.client.tls.session()});
            }),
            "session can only be specified in client mode");
}

TEST(Keylog, holds_the_secrets_of_each_connection) {
  std::string path = _site().folder.path() + "/keys.log";
  SSLContext client = _site().client();
  client.set_keylog_filename(path);
  Pair(client, _site().server()).handshake();
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(text.find("CLIENT_HANDSHAKE_TRAFFIC_SECRET "), std::string::npos);
}

// --- hostile bytes ---

TEST(Hostile, plain_http_is_named) {
  Pair pair(_site().client(), _site().server());
  pair.server.in.write("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(error_of([&] { pair.server.tls.do_handshake(); }), "[SSL: HTTP_REQUEST] http request");
}

TEST(Hostile, garbage_ends_the_handshake_of_either_side) {
  for (int seed = 0; seed < 64; ++seed) {
    Pair pair(_site().client(), _site().server());
    Pair::step(pair.client);
    std::string garbage;
    for (int i = 0; i < 600; ++i) garbage += static_cast<char>((i * i + 1) * (seed * 2654435761U + 17) >> 7);
    pair.server.in.write(garbage);
    pair.client.in.write(garbage);
    EXPECT_THROW(pair.server.tls.do_handshake(), SSLError);
    EXPECT_THROW(pair.client.tls.do_handshake(), SSLError);
    // A second call does not come back to life.
    EXPECT_THROW(pair.server.tls.read(), SSLError);
  }
}

TEST(Hostile, a_handshake_byte_by_byte_is_a_handshake) {
  Pair pair(_site().client(), _site().server());
  auto dribble = [](Side& from, Side& to) {
    std::string bytes = from.out.read();
    bool done = false;
    for (char byte : bytes) {
      to.in.write(std::string_view(&byte, 1));
      done = Pair::step(to);
    }
    return done;
  };
  Pair::step(pair.client);
  dribble(pair.client, pair.server);
  EXPECT_TRUE(dribble(pair.server, pair.client));
  EXPECT_TRUE(dribble(pair.client, pair.server));
}

TEST(Hostile, a_handshake_cut_anywhere_is_an_end) {
  Pair pair(_site().client(), _site().server());
  Pair::step(pair.client);
  std::string hello = pair.client.out.read();
  for (std::size_t size = 0; size < hello.size(); ++size) {
    Side server(_site().server(), {.server_side = true});
    server.in.write(std::string_view(hello).substr(0, size));
    EXPECT_THROW(server.tls.do_handshake(), SSLWantReadError);
    server.in.write_eof();
    EXPECT_THROW(server.tls.do_handshake(), SSLEOFError) << size;
  }
}

TEST(Hostile, a_flipped_bit_in_the_data_is_found) {
  Pair pair(_site().client(), _site().server());
  pair.handshake();
  pair.client.tls.write("money: 100");
  std::string bytes = pair.client.out.read();
  bytes[bytes.size() / 2] ^= 1;
  pair.server.in.write(bytes);
  EXPECT_EQ(error_of([&] { pair.server.tls.read(); }),
            "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac");
}

TEST(SSLObject, keeps_its_context_alive) {
  std::optional<SSLContext> context = _site().server();
  Side server(*context, {.server_side = true});
  context->set_alpn_protocols({"h2"});
  SSLContext client = _site().client();
  client.set_alpn_protocols({"h2"});
  Side other(client, {.server_hostname = "localhost"});
  context->set_sni_callback([](SSLObject& connection, auto&, auto&) -> std::optional<AlertDescription> {
    connection.set_context(_site().server());
    return std::nullopt;
  });
  context.reset();
  for (int i = 0; i < 3; ++i) {
    Pair::step(other);
    server.in.write(other.out.read());
    Pair::step(server);
    other.in.write(server.out.read());
  }
  EXPECT_EQ(other.tls.version(), "TLSv1.3");
}

}  // namespace
}  // namespace krait::ssl
