#include "krait/wire/h1/writer.h"

#include <gtest/gtest.h>

#include <vector>

#include "krait/wire/h1/errors.h"

namespace krait::wire::h1 {
namespace {

using Exchange = ResponseWriter::Exchange;
using Headers = std::vector<http::Header>;
using namespace std::string_literals;

constexpr Exchange http11{.keep_alive = true};
constexpr Exchange http10{.minor_version = 0, .keep_alive = false};
constexpr Exchange http10_keep_alive{.minor_version = 0, .keep_alive = true};
constexpr Exchange head{.head = true, .keep_alive = true};

std::string whole(const ResponseHead& response, std::string_view body, const Exchange& exchange = http11) {
  ResponseWriter writer;
  std::string out;
  writer.begin(exchange);
  writer.send_response(out, response, body);
  return out;
}

std::string streamed(const ResponseHead& response, const std::vector<std::string_view>& pieces,
                     const Exchange& exchange = http11, const Headers& trailers = {}) {
  ResponseWriter writer;
  std::string out;
  writer.begin(exchange);
  writer.send_response(out, response);
  for (std::string_view piece : pieces) writer.send_data(out, piece);
  writer.end_response(out, trailers);
  return out;
}

TEST(Writer, a_plain_response_is_its_lines_in_order) {
  const Headers headers = {{"Content-Type", "text/plain"}, {"X-Id", ""}};
  EXPECT_EQ(whole({.headers = headers, .preformatted = "Server: krait\r\nDate: today\r\n"}, "Hello!"),
            "HTTP/1.1 200 OK\r\nServer: krait\r\nDate: today\r\nContent-Type: text/plain\r\nX-Id: \r\nContent-Length: "
            "6\r\n\r\nHello!");
}

TEST(Writer, appends_to_what_is_there) {
  ResponseWriter writer;
  std::string out = "before|";
  writer.begin(http11);
  writer.send_response(out, {}, {});
  EXPECT_EQ(out, "before|HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST(Writer, a_large_body_comes_out_whole) {
  const std::string body(100'000, 'x');
  EXPECT_EQ(whole({}, body), "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body);
}

TEST(Writer, a_status_may_be_unknown_and_a_reason_may_be_given) {
  EXPECT_EQ(whole({.status = 299}, {}), "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(whole({.status = 200, .reason = "Fine"}, {}), "HTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(whole({.status = 999}, {}), "HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n");
}

TEST(Writer, a_body_of_unknown_length_goes_out_in_chunks) {
  EXPECT_EQ(streamed({}, {"Hello", "", ", this is world"}),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\nf\r\n, this is world\r\n0\r\n\r\n");
}

TEST(Writer, trailers_follow_the_last_chunk) {
  EXPECT_EQ(streamed({}, {"x"}, http11, {{"X-Sum", "42"}}),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Sum: 42\r\n\r\n");
}

TEST(Writer, a_body_of_known_length_goes_out_as_it_is) {
  EXPECT_EQ(streamed({.content_length = 6}, {"Hel", "lo!"}), "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nHello!");
}

TEST(Writer, http_1_0_gets_a_body_until_close_instead_of_chunks) {
  EXPECT_EQ(streamed({}, {"a", "b"}, http10_keep_alive, {{"X-Sum", "42"}}),
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab");
}

TEST(Writer, the_connection_line_depends_on_version_and_wish) {
  EXPECT_EQ(whole({}, "x", http10), "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
  EXPECT_EQ(whole({}, "x", http10_keep_alive),
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx");
  EXPECT_EQ(whole({.close = true}, "x"), "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
  EXPECT_EQ(whole({}, "x", {.keep_alive = false}),
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
}

TEST(Writer, a_connection_header_of_the_caller_is_heeded) {
  const Headers close = {{"connection", "Close"}};
  const Headers keep_alive = {{"Connection", "keep-alive"}};
  const Headers upgrade = {{"Connection", "Upgrade"}, {"Upgrade", "h2c"}};
  EXPECT_EQ(whole({.headers = close}, "x"), "HTTP/1.1 200 OK\r\nconnection: Close\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_EQ(whole({.headers = keep_alive}, "x"), "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_EQ(whole({.headers = keep_alive}, "x", http10),
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
  EXPECT_EQ(whole({.status = 426, .headers = upgrade}, {}),
            "HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n");
}

TEST(Writer, HEAD_gets_the_head_that_GET_would_get) {
  EXPECT_EQ(whole({}, "Hello!", head), "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
  EXPECT_EQ(streamed({.content_length = 6}, {"Hello!"}, head), "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
  EXPECT_EQ(streamed({.content_length = 6}, {}, head), "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
  EXPECT_EQ(streamed({}, {"Hello!"}, head, {{"X-Sum", "1"}}), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST(Writer, a_status_without_body_has_no_framing) {
  EXPECT_EQ(whole({.status = 204}, {}), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(streamed({.status = 204}, {}), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(whole({.status = 304}, "Hello!"), "HTTP/1.1 304 Not Modified\r\n\r\n");
  EXPECT_EQ(streamed({.status = 304}, {"Hello!"}), "HTTP/1.1 304 Not Modified\r\n\r\n");
  EXPECT_EQ(whole({.status = 204}, "Hello!", head), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Writer, a_tunnel_or_another_protocol_has_no_framing) {
  const Headers headers = {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}};
  EXPECT_EQ(whole({.status = 101, .headers = headers}, {}),
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  EXPECT_EQ(whole({}, {}, {.connect = true, .keep_alive = true}), "HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(whole({.status = 405}, {}, {.connect = true, .keep_alive = true}),
            "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n");
}

TEST(Writer, informational_responses_come_before_the_final_one) {
  ResponseWriter writer;
  std::string out;
  writer.begin(http11);
  writer.send_informational(out, 100);
  const Headers headers = {{"Link", "</a.css>"}};
  writer.send_informational(out, 103, headers);
  writer.send_response(out, {}, {});
  EXPECT_EQ(out,
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 "
            "OK\r\nContent-Length: 0\r\n\r\n");
  out.clear();
  writer.begin(http10);
  writer.send_informational(out, 103, headers);
  EXPECT_EQ(out, "");
}

TEST(Writer, data_may_go_around_the_buffer) {
  ResponseWriter writer;
  std::string out;
  writer.begin(http11);
  writer.send_response(out, {});
  EXPECT_TRUE(writer.begin_data(out, 0x12345678));
  writer.end_data(out);
  EXPECT_FALSE(writer.begin_data(out, 0));
  writer.end_response(out);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12345678\r\n\r\n0\r\n\r\n");
}

// Each use throws, says why, and leaves the output as it was.
template <class Use>
void refuses(const Exchange& exchange, std::string_view why, Use use) {
  ResponseWriter writer;
  std::string out;
  writer.begin(exchange);
  std::string before;
  try {
    use(writer, out, before);
    ADD_FAILURE() << "passed: " << why;
  } catch (const LocalProtocolError& error) {
    EXPECT_EQ(error.what(), why);
  }
  EXPECT_EQ(out, before) << why;
}

void refuses_head(const ResponseHead& response, std::string_view why, std::string_view body = {}) {
  refuses(http11, why,
          [&](ResponseWriter& writer, std::string& out, std::string&) { writer.send_response(out, response, body); });
}

TEST(Writer, a_header_cannot_smuggle_another) {
  for (const std::string& value :
       {"a\r\nX: y"s, "a\nX: y"s, "a\r"s, "a\0"s, "\x7f"s, "long enough to be read by words\n"s}) {
    const Headers headers = {{"X-Id", value}};
    refuses_head({.headers = headers}, "cannot send the response: the value of X-Id holds a control character");
  }
  for (const std::string& name : {"a\r\nb"s, "a:"s, "a b"s, ""s, "a\0"s, "\xc3\xa9"s}) {
    const Headers headers = {{name, "v"}};
    refuses_head({.headers = headers}, "cannot send the response: a header's name is not a token");
  }
  refuses_head({.reason = "OK\r\nX: y"}, "cannot send the response: the reason holds a control character");
}

TEST(Writer, the_framing_is_not_the_caller_s) {
  const Headers length = {{"content-length", "5"}};
  const Headers coding = {{"Transfer-Encoding", "chunked"}};
  refuses_head({.headers = length}, "cannot send the response: content-length is written by the connection itself");
  refuses_head({.headers = coding}, "cannot send the response: Transfer-Encoding is written by the connection itself");
}

TEST(Writer, a_status_must_be_final_and_fit_its_body) {
  refuses_head({.status = 100}, "cannot send the response: 100 is not a final status");
  refuses_head({.status = 0}, "cannot send the response: 0 is not a final status");
  refuses_head({.status = 1000}, "cannot send the response: 1000 is not a final status");
  refuses_head({.status = 204}, "cannot send the response: a 204 response has no body", "x");
  refuses(http11, "cannot send data: a 204 response has no body", [](auto& writer, auto& out, auto& before) {
    writer.send_response(out, {.status = 204});
    before = out;
    writer.send_data(out, "x");
  });
  refuses(http11, "cannot send an informational response: 101 is not an informational status",
          [](auto& writer, auto& out, auto&) { writer.send_informational(out, 101); });
}

TEST(Writer, the_body_has_the_length_that_was_said) {
  refuses(http11, "cannot send data: 2 bytes, but 1 are left of Content-Length",
          [](auto& writer, auto& out, auto& before) {
            writer.send_response(out, {.content_length = 3});
            writer.send_data(out, "ab");
            before = out;
            writer.send_data(out, "cd");
          });
  refuses(http11, "cannot end the response: 1 bytes of Content-Length were not sent",
          [](auto& writer, auto& out, auto& before) {
            writer.send_response(out, {.content_length = 3});
            writer.send_data(out, "ab");
            before = out;
            writer.end_response(out);
          });
  refuses(http11, "cannot end the response: trailers need a body in chunks", [](auto& writer, auto& out, auto& before) {
    writer.send_response(out, {.content_length = 0});
    before = out;
    const Headers trailers = {{"X-Sum", "1"}};
    writer.end_response(out, trailers);
  });
  refuses(http11, "cannot end the response: Content-Length is written by the connection itself",
          [](auto& writer, auto& out, auto& before) {
            writer.send_response(out, {});
            before = out;
            const Headers trailers = {{"Content-Length", "1"}};
            writer.end_response(out, trailers);
          });
}

TEST(Writer, one_request_gets_one_response) {
  refuses(http11, "cannot send the response: the response is complete", [](auto& writer, auto& out, auto& before) {
    writer.send_response(out, {}, "x");
    before = out;
    writer.send_response(out, {}, "x");
  });
  refuses(http11, "cannot send the response: the response has started already",
          [](auto& writer, auto& out, auto& before) {
            writer.send_response(out, {});
            before = out;
            writer.send_response(out, {});
          });
  refuses(http11, "cannot send data: the response has not started",
          [](auto& writer, auto& out, auto&) { writer.send_data(out, "x"); });
  refuses(http11, "cannot end the response: the response has not started",
          [](auto& writer, auto& out, auto&) { writer.end_response(out); });
  refuses(http11, "cannot end data: none has begun", [](auto& writer, auto& out, auto&) { writer.end_data(out); });
  refuses(http11, "cannot send data: the data before it has not ended", [](auto& writer, auto& out, auto& before) {
    writer.send_response(out, {});
    writer.begin_data(out, 1);
    before = out;
    writer.begin_data(out, 1);
  });
  ResponseWriter unused;
  std::string out;
  EXPECT_THROW(unused.send_response(out, {}), LocalProtocolError);
}

}  // namespace
}  // namespace krait::wire::h1
