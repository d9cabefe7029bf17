// Streams over TLS: against each other, and against a peer made by hand.

#include <gtest/gtest.h>

#include "krait/asyncio/queues.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/streams.h"
#include "krait/asyncio/wait.h"
#include "krait/ssl.h"
#include "krait/ssl/_authority.h"

namespace krait::asyncio {
namespace {

using namespace std::chrono_literals;

// Every test gives up after a while: a protocol that waits for itself would wait for ever.
template <class F>
void run_test(F body) {
  run([](F run_body) -> Coroutine<> { co_await wait_for(run_body(), 60s); }(std::move(body)));
}

struct Ends {
  Ends(Server s, StreamPair c, StreamPair p) : server(std::move(s)), client(std::move(c)), peer(std::move(p)) {}
  Server server;
  StreamPair client, peer;
};

Coroutine<Ends> connect_ends(ssl::SSLContext client_context, ssl::SSLContext server_context,
                             ServerOptions options = {}) {
  auto accepted = std::make_shared<Queue<StreamPair>>();
  options.ssl = server_context;
  Server server = co_await start_server(
      [accepted](StreamReader reader, StreamWriter writer) -> Coroutine<> {
        co_await accepted->put({std::move(reader), std::move(writer)});
      },
      options);
  StreamPair client = co_await open_connection({.port = server.port(), .ssl = client_context});
  StreamPair peer = co_await accepted->get();
  co_return Ends(std::move(server), std::move(client), std::move(peer));
}

Coroutine<> echo(StreamReader reader, StreamWriter writer) {
  for (std::string piece; !(piece = co_await reader.read(1 << 16)).empty();) {
    writer.write(piece);
    co_await writer.drain();
  }
  writer.close();
}

template <class E, class A>
Coroutine<std::string> error_of(A awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (const E& error) {
    co_return error.what();
  } catch (const std::exception& error) {
    co_return std::string("another error: ") + error.what();
  }
  co_return "nothing was thrown";
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 2654435761U >> 13);
  return text;
}

TEST(Tls, carries_lines_both_ways_and_tells_of_the_session) {
  for (ssl::TLSVersion version : {ssl::TLSVersion::TLSv1_2, ssl::TLSVersion::TLSv1_3}) {
    run_test([version]() -> Coroutine<> {
      ssl::SSLContext server_context = ssl::_site().server();
      server_context.set_maximum_version(version);
      Ends ends = co_await connect_ends(ssl::_site().client(), server_context);
      ends.client.writer.writelines({"hello\n", "world\n"});
      EXPECT_EQ(co_await ends.peer.reader.readline(), "hello\n");
      EXPECT_EQ(co_await ends.peer.reader.readline(), "world\n");
      ends.peer.writer.write("answer\n");
      EXPECT_EQ(co_await ends.client.reader.anext(), "answer\n");

      const StreamWriter& writer = ends.client.writer;
      EXPECT_EQ(writer.get_extra_info<ssl::SSLObject>("ssl_object")->version(),
                version == ssl::TLSVersion::TLSv1_3 ? "TLSv1.3" : "TLSv1.2");
      EXPECT_EQ(writer.get_extra_info<ssl::Certificate>("peercert")->subject_part("commonName"), "krait test");
      EXPECT_EQ(writer.get_extra_info<ssl::Cipher>("cipher")->bits, 256);
      EXPECT_EQ(*ends.peer.writer.get_extra_info<ssl::SSLContext>("sslcontext"), server_context);
      EXPECT_EQ(ends.peer.writer.get_extra_info<ssl::Certificate>("peercert"), std::nullopt);
      EXPECT_EQ(*writer.get_extra_info("peername"), "127.0.0.1:" + std::to_string(ends.server.port()));
      EXPECT_FALSE(writer.can_write_eof());
      EXPECT_THROW(ends.client.writer.write_eof(), NotImplementedError);
    });
  }
}

TEST(Tls, the_goodbye_is_an_end_for_the_reader_and_for_wait_closed) {
  run_test([]() -> Coroutine<> {
    Ends ends = co_await connect_ends(ssl::_site().client(), ssl::_site().server());
    ends.client.writer.write("last words");
    ends.client.writer.close();
    EXPECT_TRUE(ends.client.writer.is_closing());
    EXPECT_EQ(co_await ends.client.reader.read(), "");
    EXPECT_EQ(co_await ends.peer.reader.read(), "last words");
    ends.peer.writer.close();
    co_await ends.peer.writer.wait_closed();
    co_await ends.client.writer.wait_closed();
  });
}

TEST(Tls, a_reader_that_waits_is_at_its_end_when_the_writer_closes) {
  run_test([]() -> Coroutine<> {
    Ends ends = co_await connect_ends(ssl::_site().client(), ssl::_site().server());
    auto reading = create_task([&]() -> Coroutine<std::string> { co_return co_await ends.client.reader.read(); });
    co_await sleep(0);
    ends.client.writer.close();
    EXPECT_EQ(co_await reading, "");
  });
}

// More than the kernel and both buffers hold, in both directions at once, by peers that write before they read.
TEST(Tls, large_transfers_cross_each_other) {
  run_test([]() -> Coroutine<> {
    Ends ends = co_await connect_ends(ssl::_site().client(), ssl::_site().server());
    const std::string sent = pattern(12 << 20);
    ends.client.writer.write(sent);
    ends.peer.writer.write(sent);
    auto first =
        create_task([&]() -> Coroutine<std::string> { co_return co_await ends.client.reader.readexactly(12 << 20); });
    std::string got = co_await ends.peer.reader.readexactly(sent.size());
    EXPECT_TRUE(got == sent);
    got = co_await first;
    EXPECT_TRUE(got == sent);
    co_await ends.client.writer.drain();
    co_await ends.peer.writer.drain();
  });
}

TEST(Tls, drain_waits_for_a_slow_reader) {
  run_test([]() -> Coroutine<> {
    Ends ends = co_await connect_ends(ssl::_site().client(), ssl::_site().server());
    constexpr std::size_t kSize = 32 << 20;
    ends.client.writer.write(std::string(kSize, 'x'));
    auto draining = create_task([&]() -> Coroutine<> { co_await ends.client.writer.drain(); });
    auto [done, pending] = co_await wait(std::vector{draining}, {.timeout = 10ms});
    EXPECT_TRUE(done.empty());
    EXPECT_EQ((co_await ends.peer.reader.readexactly(kSize)).size(), kSize);
    co_await draining;
  });
}

TEST(Tls, what_close_found_unsent_is_sent) {
  run_test([]() -> Coroutine<> {
    Ends ends = co_await connect_ends(ssl::_site().client(), ssl::_site().server());
    const std::string sent = pattern(16 << 20);
    ends.client.writer.write(sent);
    ends.client.writer.close();
    std::string got = co_await ends.peer.reader.read();
    EXPECT_TRUE(got == sent);
    ends.peer.writer.close();
    co_await ends.client.writer.wait_closed();
  });
}

TEST(Tls, a_cancelled_read_loses_nothing) {
  run_test([]() -> Coroutine<> {
    Ends ends = co_await connect_ends(ssl::_site().client(), ssl::_site().server());
    for (int i = 0; i < 50; ++i) {
      auto reading =
          create_task([&]() -> Coroutine<std::string> { co_return co_await ends.peer.reader.readexactly(4); });
      ends.client.writer.write("ab");
      for (int turn = 0; turn < i; ++turn) co_await sleep(0);
      reading.cancel();
      EXPECT_EQ(co_await error_of<CancelledError>(reading), "");
      ends.client.writer.write("cd");
      EXPECT_EQ(co_await ends.peer.reader.readexactly(4), "abcd");
    }
  });
}

// --- whom one does not want to speak with ---

TEST(Tls, an_untrusted_server_is_refused_and_the_server_goes_on) {
  run_test([]() -> Coroutine<> {
    Server server = co_await start_server(echo, {.ssl = ssl::_site().server()});
    std::string error = co_await error_of<ssl::SSLCertVerificationError>(
        open_connection({.port = server.port(), .ssl = ssl::SSLContext(ssl::PROTOCOL_TLS_CLIENT)}));
    EXPECT_EQ(error,
              "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate");
    error = co_await error_of<ssl::SSLCertVerificationError>(
        open_connection({.port = server.port(), .ssl = ssl::_site().client(), .server_hostname = "other.example"}));
    EXPECT_EQ(error,
              "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid "
              "for 'other.example'.");
    ssl::SSLContext trusting = ssl::_site().client();
    StreamPair pair = co_await open_connection({.port = server.port(), .ssl = &trusting});
    pair.writer.write("still here\n");
    EXPECT_EQ(co_await pair.reader.readline(), "still here\n");
  });
}

TEST(Tls, garbage_does_not_disturb_the_server) {
  run_test([]() -> Coroutine<> {
    Server server = co_await start_server(echo, {.ssl = ssl::_site().server()});
    StreamPair plain = co_await open_connection({.port = server.port()});
    plain.writer.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    std::string answer = co_await plain.reader.read();
    EXPECT_EQ(answer.find("HTTP"), answer.npos);
    StreamPair cut = co_await open_connection({.port = server.port()});
    cut.writer.write("\x16\x03\x01");
    cut.writer.close();
    StreamPair pair = co_await open_connection({.port = server.port(), .ssl = ssl::_site().client()});
    pair.writer.write("still here\n");
    EXPECT_EQ(co_await pair.reader.readline(), "still here\n");
  });
}

TEST(Tls, a_client_without_the_certificate_it_needs_learns_so_when_it_reads) {
  run_test([]() -> Coroutine<> {
    ssl::SSLContext server_context = ssl::_site().server();
    server_context.set_verify_mode(ssl::CERT_REQUIRED);
    server_context.load_verify_locations({.cafile = ssl::_site().authority_file});
    Server server = co_await start_server(echo, {.ssl = server_context});
    StreamPair pair = co_await open_connection({.port = server.port(), .ssl = ssl::_site().client()});
    std::string error = co_await error_of<ssl::SSLError>(pair.reader.read());
    EXPECT_EQ(error, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required");
    EXPECT_EQ(co_await error_of<ssl::SSLError>(pair.reader.readline()), error);

    ssl::SSLContext client = ssl::_site().client();
    client.load_cert_chain(ssl::_site().write("client", ssl::_site().authority.issue({.common_name = "a client"})));
    StreamPair with = co_await open_connection({.port = server.port(), .ssl = client});
    with.writer.write("x\n");
    EXPECT_EQ(co_await with.reader.readline(), "x\n");
  });
}

TEST(Tls, options_that_do_not_fit_are_named) {
  run_test([]() -> Coroutine<> {
    EXPECT_EQ(co_await error_of<ValueError>(open_connection({.server_hostname = "x"})),
              "server_hostname is only meaningful with ssl");
    EXPECT_EQ(co_await error_of<ValueError>(open_connection({.ssl_handshake_timeout = 1s})),
              "ssl_handshake_timeout is only meaningful with ssl");
    EXPECT_EQ(co_await error_of<ValueError>(open_connection({.ssl_shutdown_timeout = 1s})),
              "ssl_shutdown_timeout is only meaningful with ssl");
    EXPECT_EQ(co_await error_of<ValueError>(open_connection({.host = "", .ssl = ssl::_site().client()})),
              "You must set server_hostname when using ssl without a host");
    EXPECT_EQ(
        co_await error_of<ValueError>(open_connection({.ssl = ssl::_site().client(), .ssl_handshake_timeout = 0s})),
        "ssl_handshake_timeout should be a positive number, got 0.000000");
    EXPECT_EQ(co_await error_of<ValueError>(start_server(echo, {.ssl_handshake_timeout = 1s})),
              "ssl_handshake_timeout is only meaningful with ssl");
    EXPECT_EQ(co_await error_of<ValueError>(open_unix_connection("/x", {.ssl = ssl::_site().client()})),
              "you have to pass server_hostname when using ssl");
  });
}

// --- time and cancellation ---

TEST(Tls, a_handshake_that_nobody_answers_is_given_up) {
  run_test([]() -> Coroutine<> {
    Event gone;
    Server silent = co_await start_server([&](StreamReader reader, StreamWriter) -> Coroutine<> {
      co_await reader.read();  // up to the end: the client closes
      gone.set();
    });
    EXPECT_EQ(co_await error_of<ConnectionAbortedError>(open_connection(
                  {.port = silent.port(), .ssl = ssl::_site().client(), .ssl_handshake_timeout = 20ms})),
              "SSL handshake is taking longer than 0.02 seconds: aborting the connection");
    co_await gone.wait();
  });
}

TEST(Tls, a_client_that_never_speaks_is_given_up_by_the_server) {
  run_test([]() -> Coroutine<> {
    Server server = co_await start_server(echo, {.ssl = ssl::_site().server(), .ssl_handshake_timeout = 20ms});
    StreamPair mute = co_await open_connection({.port = server.port()});
    EXPECT_EQ(co_await mute.reader.read(), "");
    server.close();
    co_await server.wait_closed();
  });
}

TEST(Tls, a_peer_that_ends_the_handshake_is_named) {
  run_test([]() -> Coroutine<> {
    Server server = co_await start_server([](StreamReader reader, StreamWriter writer) -> Coroutine<> {
      co_await reader.read(1);
      co_await reader.read(1 << 16);
      writer.close();
    });
    EXPECT_EQ(
        co_await error_of<ConnectionResetError>(open_connection({.port = server.port(), .ssl = ssl::_site().client()})),
        "the connection to 127.0.0.1:" + std::to_string(server.port()) + " ended during the TLS handshake");
  });
}

// B10.6: wherever the handshake is, cancelling it closes the socket.
TEST(Tls, a_handshake_cancelled_at_any_point_closes_the_socket) {
  run_test([]() -> Coroutine<> {
    std::size_t reached = 0;
    bool whole = false;
    for (int turns = 0; !whole; ++turns) {
      auto ended = std::make_shared<Queue<int>>();
      Server server = co_await start_server(
          [ended](StreamReader reader, StreamWriter) -> Coroutine<> {
            co_await reader.read();
            co_await ended->put(1);
          },
          {.ssl = ssl::_site().server()});
      auto opening = create_task(open_connection({.port = server.port(), .ssl = ssl::_site().client()}));
      for (int i = 0; i < turns && !opening.done(); ++i) co_await sleep(0);
      whole = opening.done();
      if (!opening.cancel()) {
        StreamPair pair = co_await std::move(opening);
        pair.writer.close();
      } else {
        EXPECT_EQ(co_await error_of<CancelledError>(opening), "");
        ++reached;
      }
      // Whatever the server had accepted ends: its handshake fails, or its reader is at the end.
      server.close();
      co_await server.wait_closed();
    }
    EXPECT_GT(reached, 3u);
  });
}

TEST(Tls, a_goodbye_that_nobody_answers_is_given_up) {
  run_test([]() -> Coroutine<> {
    Ends ends = co_await connect_ends(ssl::_site().client(), ssl::_site().server(), {.ssl_shutdown_timeout = 20ms});
    ends.peer.writer.close();
    EXPECT_EQ(co_await error_of<TimeoutError>(ends.peer.writer.wait_closed()), "SSL shutdown timed out");
  });
}

TEST(Tls, abort_does_not_wait_for_a_goodbye) {
  run_test([]() -> Coroutine<> {
    Ends ends = co_await connect_ends(ssl::_site().client(), ssl::_site().server());
    ends.peer.writer.close();
    co_await sleep(0);
    co_await sleep(0);
    ends.peer.writer.abort();
    co_await ends.peer.writer.wait_closed();
    EXPECT_EQ(co_await ends.client.reader.read(), "");
  });
}

// --- a peer made by hand, that sees what comes over the wire ---

class HandMade {
 public:
  HandMade(StreamPair stream, const ssl::SSLContext& context)
      : plain(std::move(stream)), tls(context.wrap_bio(in_, out_, {.server_side = true})) {}

  // Calls `step` until it is through.
  template <class F>
  Coroutine<> through(F step) {
    for (;;) {
      bool wants_more = false;
      try {
        step(tls);
      } catch (const ssl::SSLWantReadError&) {
        wants_more = true;
      }
      plain.writer.write(out_.read());
      if (!wants_more) co_return;
      std::string bytes = co_await plain.reader.read(1 << 16);
      bytes.empty() ? in_.write_eof() : void(in_.write(bytes));
    }
  }
  StreamPair plain;

 private:
  ssl::MemoryBIO in_, out_;

 public:
  ssl::SSLObject tls;
};

Coroutine<> with_hand_made_server(std::function<Coroutine<>(HandMade&, StreamPair&)> body) {
  auto accepted = std::make_shared<Queue<StreamPair>>();
  Server server = co_await start_server([accepted](StreamReader reader, StreamWriter writer) -> Coroutine<> {
    co_await accepted->put({std::move(reader), std::move(writer)});
  });
  auto opening = create_task(open_connection({.port = server.port(), .ssl = ssl::_site().client()}));
  HandMade peer(co_await accepted->get(), ssl::_site().server());
  co_await peer.through([](ssl::SSLObject& tls) { tls.do_handshake(); });
  StreamPair client = co_await std::move(opening);
  co_await body(peer, client);
}

TEST(Tls, close_sends_a_close_notify) {
  run_test([]() -> Coroutine<> {
    co_await with_hand_made_server([](HandMade& peer, StreamPair& client) -> Coroutine<> {
      client.writer.write("bye");
      client.writer.close();
      std::vector<std::string> got;
      for (int i = 0; i < 2; ++i) co_await peer.through([&](ssl::SSLObject& tls) { got.push_back(tls.read()); });
      // The second is a goodbye: an end without one would be an SSLEOFError.
      EXPECT_EQ(got, (std::vector<std::string>{"bye", ""}));
    });
  });
}

TEST(Tls, an_end_without_goodbye_is_an_end) {
  run_test([]() -> Coroutine<> {
    co_await with_hand_made_server([](HandMade& peer, StreamPair& client) -> Coroutine<> {
      co_await peer.through([](ssl::SSLObject& tls) { tls.write("cut"); });
      peer.plain.writer.close();
      EXPECT_EQ(co_await client.reader.read(), "cut");
    });
  });
}

TEST(Tls, spoilt_bytes_are_an_error_for_the_reader) {
  run_test([]() -> Coroutine<> {
    co_await with_hand_made_server([](HandMade& peer, StreamPair& client) -> Coroutine<> {
      peer.plain.writer.write(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x'));
      EXPECT_EQ(co_await error_of<ssl::SSLError>(client.reader.read(1)),
                "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac");
    });
  });
}

TEST(Tls, what_comes_while_the_goodbye_is_awaited_is_dropped) {
  run_test([]() -> Coroutine<> {
    co_await with_hand_made_server([](HandMade& peer, StreamPair& client) -> Coroutine<> {
      client.writer.close();
      co_await peer.through([](ssl::SSLObject& tls) { tls.write(std::string(100000, 'x')); });
      co_await peer.through([](ssl::SSLObject& tls) { EXPECT_EQ(tls.read(), ""); });
      co_await peer.through([](ssl::SSLObject& tls) { tls._say_goodbye(); });
      co_await client.writer.wait_closed();
    });
  });
}

// --- start_tls ---

TEST(StartTls, turns_a_plain_conversation_into_a_secret_one) {
  run_test([]() -> Coroutine<> {
    Server server = co_await start_server([](StreamReader reader, StreamWriter writer) -> Coroutine<> {
      EXPECT_EQ(co_await reader.readline(), "STARTTLS\n");
      writer.write("go ahead\n");
      co_await writer.start_tls(ssl::_site().server());
      EXPECT_EQ(co_await reader.readline(), "secret\n");
      writer.write("answer\n");
      writer.close();
      co_await writer.wait_closed();
    });
    StreamPair pair = co_await open_connection({.port = server.port()});
    pair.writer.write("STARTTLS\n");
    EXPECT_EQ(co_await pair.reader.readline(), "go ahead\n");
    co_await pair.writer.start_tls(ssl::_site().client(), {.server_hostname = "localhost"});
    EXPECT_EQ(pair.writer.get_extra_info<ssl::SSLObject>("ssl_object")->version(), "TLSv1.3");
    pair.writer.write("secret\n");
    EXPECT_EQ(co_await pair.reader.read(), "answer\n");
  });
}

// A client need not wait: its hello may come in one piece with the line before it.
TEST(StartTls, what_was_read_ahead_belongs_to_the_handshake) {
  run_test([]() -> Coroutine<> {
    Event ready;
    Server server = co_await start_server([&](StreamReader reader, StreamWriter writer) -> Coroutine<> {
      co_await ready.wait();
      EXPECT_EQ(co_await reader.readline(), "STARTTLS\n");
      co_await writer.start_tls(ssl::_site().server());
      EXPECT_EQ(co_await reader.readline(), "secret\n");
      writer.close();
    });
    StreamPair pair = co_await open_connection({.port = server.port()});
    pair.writer.write("STARTTLS\n");
    auto starting = create_task([&]() -> Coroutine<> {
      co_await pair.writer.start_tls(ssl::_site().client(), {.server_hostname = "localhost"});
    });
    co_await sleep(0);
    co_await sleep(0);
    ready.set();
    co_await starting;
    pair.writer.write("secret\n");
    EXPECT_EQ(co_await pair.reader.read(), "");
  });
}

TEST(StartTls, plain_text_sent_ahead_is_no_part_of_the_secret_conversation) {
  run_test([]() -> Coroutine<> {
    auto outcome = std::make_shared<Queue<std::string>>();
    Server server = co_await start_server([outcome](StreamReader reader, StreamWriter writer) -> Coroutine<> {
      co_await reader.readline();
      co_await outcome->put(co_await error_of<ssl::SSLError>(writer.start_tls(ssl::_site().server())));
    });
    StreamPair pair = co_await open_connection({.port = server.port()});
    pair.writer.write("STARTTLS\nDELETE EVERYTHING\n");
    EXPECT_EQ(co_await outcome->get(), "[SSL: WRONG_VERSION_NUMBER] wrong version number");
    co_await pair.reader.read();  // the alert, and the end
  });
}

TEST(StartTls, refuses_while_a_reader_waits_and_closes_when_it_fails) {
  run_test([]() -> Coroutine<> {
    Server server = co_await start_server([](StreamReader reader, StreamWriter writer) -> Coroutine<> {
      co_await reader.read(1);
      writer.write("no TLS here\n");
      writer.close();
    });
    StreamPair pair = co_await open_connection({.port = server.port()});
    auto reading = create_task([&]() -> Coroutine<std::string> { co_return co_await pair.reader.read(1); });
    co_await sleep(0);
    EXPECT_EQ(
        co_await error_of<RuntimeError>(pair.writer.start_tls(ssl::_site().client(), {.server_hostname = "localhost"})),
        "cannot start TLS: a coroutine is waiting for incoming data");
    reading.cancel();
    co_await wait(std::vector{reading});
    EXPECT_NE(co_await error_of<ssl::SSLError>(
                  pair.writer.start_tls(ssl::_site().client(), {.server_hostname = "localhost"})),
              "nothing was thrown");
    EXPECT_TRUE(pair.writer.is_closing());
    EXPECT_EQ(co_await pair.reader.read(), "");
  });
}

TEST(Tls, goes_over_unix_sockets_too) {
  run_test([]() -> Coroutine<> {
    std::string path = ssl::_site().folder.path() + "/tls.sock";
    Server server = co_await start_unix_server(echo, path, {.ssl = ssl::_site().server()});
    StreamPair pair =
        co_await open_unix_connection(path, {.ssl = ssl::_site().client(), .server_hostname = "localhost"});
    pair.writer.write("hello\n");
    EXPECT_EQ(co_await pair.reader.readline(), "hello\n");
  });
}

}  // namespace
}  // namespace krait::asyncio
