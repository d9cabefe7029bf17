#include "krait/wire/h1/messages.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "krait/wire/h1/errors.h"

namespace krait::wire::h1 {
namespace {

using namespace std::string_literals;

struct Outcome {
  std::vector<RequestMessage> messages;
  int status = 0;  // of the error, 0: none
  std::string why;

  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t step) {
  try {
    return {.messages = read_requests(bytes, step), .status = 0, .why = {}};
  } catch (const RemoteProtocolError& error) {
    return {.messages = {}, .status = error.status(), .why = error.what()};
  }
}

// However the bytes are cut, the outcome is the same.
Outcome read_every_way(const std::string& bytes) {
  const Outcome whole = read(bytes, 0);
  for (std::size_t step : {1u, 2u, 3u, 7u, 16u, 31u}) {
    const Outcome stepwise = read(bytes, step);
    EXPECT_EQ(stepwise.status, whole.status) << bytes << "\nat step " << step;
    EXPECT_EQ(stepwise.why, whole.why) << bytes << "\nat step " << step;
    EXPECT_EQ(stepwise.messages, whole.messages) << bytes << "\nat step " << step;
  }
  return whole;
}

const std::string after = "GET /after HTTP/1.1\r\nHost: b\r\n\r\n";
const std::string get = "GET / HTTP/1.1\r\n";
const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";

struct Good {
  std::string bytes;
  std::string target = "/";
  std::string body = "";
  RequestMessage::Fields trailers = {};
  bool keep_alive = true;
};

const std::vector<Good> good = {
    {get + "Host: a\r\n\r\n"},
    {get + "Host:a\r\n\r\n"},
    {get + "Host: \t a \t \r\n\r\n"},
    {get + "Host:\r\n\r\n"},
    {get + "hOST: [::1]:8000\r\n\r\n"},
    {"\r\n" + get + "Host: a\r\n\r\n"},
    {"GET /a?b=c&d=%20/?:@ HTTP/1.1\r\nHost: a\r\n\r\n", "/a?b=c&d=%20/?:@"},
    {"GET /[x]{y}|z^`? HTTP/1.1\r\nHost: a\r\n\r\n", "/[x]{y}|z^`?"},
    {"GET http://a.example/p HTTP/1.1\r\nHost: b\r\n\r\n", "http://a.example/p"},
    {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "*"},
    {"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "a:443"},
    {"M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
    {get + "Host: a\r\nX: \r\nY:\t\r\nZ: a b\tc \xc3\xa9\r\n\r\n"},
    {get + "Host: a\r\nx_y.z!#$%&'*+-^`|~1: v\r\n\r\n"},
    {get + "Host: a\r\nConnection: close\r\n\r\n", "/", "", {}, false},
    {get + "Host: a\r\nConnection: foo, Close\r\n\r\n", "/", "", {}, false},
    {get + "Host: a\r\nConnection: foo\r\nConnection: close\r\n\r\n", "/", "", {}, false},
    {"GET / HTTP/1.0\r\n\r\n", "/", "", {}, false},
    {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"},
    {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", "/", "", {}, false},
    {"GET / HTTP/1.0\r\nExpect: magic\r\nConnection: keep-alive\r\n\r\n"},
    {post + "Content-Length: 5\r\n\r\nhello", "/", "hello"},
    {post + "Content-Length: 0\r\n\r\n"},
    {post + "Content-Length: 005\r\n\r\nhello", "/", "hello"},
    {post + "Content-Length: 5\r\ncontent-length: 5\r\n\r\nhello", "/", "hello"},
    {post + "Content-Length: 5\r\nExpect: 100-Continue\r\n\r\nhello", "/", "hello"},
    {"POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", "/", "hello", {}, false},
    {post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "/", "hello"},
    {post + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n02\r\nlo\r\n000\r\n\r\n", "/", "hello"},
    {post + "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "/",
     "01234567890123456789"},
    {post + "Transfer-Encoding: chunked\r\n\r\n000000000000000A\r\n0123456789\r\n0\r\n\r\n", "/", "0123456789"},
    {post + "Transfer-Encoding: chunked\r\n\r\n1;a\r\nx\r\n1;a=b;c=\"d;\\\"\xe9 \";e \t;\tf = g\r\ny\r\n0;z\r\n\r\n",
     "/", "xy"},
    {post + "Transfer-Encoding: chunked\r\n\r\n2\r\n\r\n\r\n0\r\n\r\n", "/", "\r\n"},
    {post + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Sum: 42\r\nEmpty:\r\n\r\n",
     "/",
     "x",
     {{"X-Sum", "42"}, {"Empty", ""}}},
};

struct Bad {
  std::string bytes;
  int status = 400;
};

const std::vector<Bad> bad = {
    // The request line.
    {"\n" + get + "Host: a\r\n\r\n"},
    {"\r\n\r\n" + get + "Host: a\r\n\r\n"},
    {"\r" + get + "Host: a\r\n\r\n"},
    {" " + get + "Host: a\r\n\r\n"},
    {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET /  HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
    {"GET / HTTP/1.1\nHost: a\r\n\r\n"},
    {"GET / HTTP/1.1\rHost: a\r\n\r\n"},
    {"GET /\r\nHost: a\r\n\r\n"},
    {"GET /\n"},
    {"GET\r\n\r\n"},
    {"GET \r\n\r\n"},
    {"G@T / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"G\0T / HTTP/1.1\r\nHost: a\r\n\r\n"s},
    {" / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"\x16\x03\x01\x02"s},
    {"GET / http/1.1\r\nHost: a\r\n\r\n"},
    {"GET / HTTP/1\r\nHost: a\r\n\r\n"},
    {"GET / HTTP/11\r\nHost: a\r\n\r\n"},
    {"GET / HTTP/1.10\r\nHost: a\r\n\r\n"},
    {"GET / HTTP/1,1\r\nHost: a\r\n\r\n"},
    {"GET / HTTP/+1.1\r\nHost: a\r\n\r\n"},
    {"GET / FTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
    {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {std::string(33, 'M') + " / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    // The target.
    {"GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET a HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET /a\"b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET /a<b> HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET /?#a HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s},
    {"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n"},
    // Host.
    {get + "\r\n"},
    {get + "Accept: */*\r\n\r\n"},
    {get + "Host: a\r\nHost: a\r\n\r\n"},
    {get + "Host: a\r\nHost: b\r\n\r\n"},
    {get + "Host: a b\r\n\r\n"},
    {get + "Host: a/b\r\n\r\n"},
    {get + "Host: u@a\r\n\r\n"},
    {get + "Host: a:b\r\n\r\n"},
    {get + "Host: a, b\r\n\r\n"},
    {get + "Host: [::1\r\n\r\n"},
    {"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"},
    {"GET http://a/ HTTP/1.1\r\n\r\n"},
    // Header lines.
    {get + "Host: a\n\r\n"},
    {get + "Host: a\r\n\n"},
    {get + "Host: a\r\n\r\r\n"},
    {get + "Host: a\r\nX: a\rb\r\n\r\n"},
    {get + "Host: a\r\nX: a\nb\r\n\r\n"},
    {get + "Host: a\r\nX: a\r\n b\r\n\r\n"},
    {get + "Host: a\r\nX: a\r\n\tb\r\n\r\n"},
    {get + " Host: a\r\n\r\n"},
    {get + "Host : a\r\n\r\n"},
    {get + "Host\t: a\r\n\r\n"},
    {get + "Host: a\r\n: v\r\n\r\n"},
    {get + "Host: a\r\nnocolon\r\n\r\n"},
    {get + "Host: a\r\nno colon: v\r\n\r\n"},
    {get + "Host: a\r\nX(: v\r\n\r\n"},
    {get + "Host: a\r\nX\xe9: v\r\n\r\n"},
    {get + "Host: a\r\nX\0: v\r\n\r\n"s},
    {get + "Host: a\r\nX: a\0b\r\n\r\n"s},
    {get + "Host: a\r\nX: a\x01\r\n\r\n"},
    {get + "Host: a\r\nX: a\x0b\r\n\r\n"},
    {get + "Host: a\r\nX: a\x7f\r\n\r\n"},
    {get + "Host: a\r\nContent-Length : 5\r\n\r\nhello"},
    // Framing.
    {post + "Content-Length: \r\n\r\n"},
    {post + "Content-Length: -5\r\n\r\nhello"},
    {post + "Content-Length: +5\r\n\r\nhello"},
    {post + "Content-Length: 5 5\r\n\r\nhello"},
    {post + "Content-Length: 0x5\r\n\r\nhello"},
    {post + "Content-Length: 5.0\r\n\r\nhello"},
    {post + "Content-Length: 5, 5\r\n\r\nhello"},
    {post + "Content-Length: 5,\r\n\r\nhello"},
    {post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"},
    {post + "Content-Length: 6\r\nContent-Length: 5\r\n\r\nhello!"},
    {post + "Content-Length: 18446744073709551621\r\n\r\nhello"},
    {post + "Content-Length: 99999999999999999999999\r\n\r\nhello"},
    {post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: identity\r\n\r\n"},
    {post + "Transfer-Encoding: gzip\r\n\r\n"},
    {post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding:\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
    {post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
    {post + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
    {post + "Transfer-Encoding: gzip, chunked, chunked\r\n\r\n0\r\n\r\n"},
    {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {post + "Expect: magic\r\n\r\n", 417},
    // A body that ends early.
    {post + "Content-Length: 5\r\n\r\nhell"},
    {post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"},
    {post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
    {post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"},
    // A head that ends early.
    {"G"},
    {"\r"},
    {get},
    {get + "Host: a\r\n"},
    {get + "Host: a\r\n\r"},
};

const std::vector<std::string> bad_chunks = {
    "\r\n0\r\n\r\n",
    "x\r\n0\r\n\r\n",
    "0x5\r\nhello\r\n0\r\n\r\n",
    "-5\r\nhello\r\n0\r\n\r\n",
    "+5\r\nhello\r\n0\r\n\r\n",
    " 5\r\nhello\r\n0\r\n\r\n",
    "5 \r\nhello\r\n0\r\n\r\n",
    "5\nhello\r\n0\r\n\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "5\rhello\r\n0\r\n\r\n",
    "5\r\nhello0\r\n\r\n",
    "5\r\nhello!\r\n0\r\n\r\n",
    "5\r\nhello\r0\r\n\r\n",
    "5\r\nhello\rX0\r\n\r\n",
    "4\r\nhello\r\n0\r\n\r\n",
    "5\r\nhello\r\n0\r\n\n",
    "5\r\nhello\r\n0\n\r\n",
    "00000000000000005\r\nhello\r\n0\r\n\r\n",
    "10000000000000000\r\nhello\r\n0\r\n\r\n",
    "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
    "5;\r\nhello\r\n0\r\n\r\n",
    "5;=b\r\nhello\r\n0\r\n\r\n",
    "5;a=\r\nhello\r\n0\r\n\r\n",
    "5;a=b \r\nhello\r\n0\r\n\r\n",
    "5;a b\r\nhello\r\n0\r\n\r\n",
    "5;a=\"b\r\nhello\r\n0\r\n\r\n",
    "5;a=\"b\"c\r\nhello\r\n0\r\n\r\n",
    "5;a=\"\\\r\nhello\r\n0\r\n\r\n",
    "5;a\nhello\r\n0\r\n\r\n",
    "5;a=b\nX\r\nhello\r\n0\r\n\r\n",
    "5;a\x01\r\nhello\r\n0\r\n\r\n",
    "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n",
    "5\r\nhello\r\n0\r\ntransfer-encoding: chunked\r\n\r\n",
    "5\r\nhello\r\n0\r\nHOST: b\r\n\r\n",
    "5\r\nhello\r\n0\r\nAuthorization: b\r\n\r\n",
    "5\r\nhello\r\n0\r\nX : b\r\n\r\n",
    "5\r\nhello\r\n0\r\n X: b\r\n\r\n",
    "5\r\nhello\r\n0\r\nX: b\n\r\n",
    "5\r\nhello\r\n0\r\n: b\r\n\r\n",
    "5\r\nhello\r\n0\r\nGET / HTTP/1.1\r\n\r\n",
};

TEST(ReadRequests, a_good_request_is_read_alike_whole_and_in_pieces) {
  for (const Good& each : good) {
    const Outcome outcome = read_every_way(each.bytes);
    ASSERT_EQ(outcome.messages.size(), 1u) << each.bytes << outcome.why;
    const RequestMessage& message = outcome.messages[0];
    EXPECT_EQ(message.target, each.target) << each.bytes;
    EXPECT_EQ(message.body, each.body) << each.bytes;
    EXPECT_EQ(message.trailers, each.trailers) << each.bytes;
    EXPECT_EQ(message.keep_alive, each.keep_alive) << each.bytes;
  }
}

TEST(ReadRequests, a_good_request_leaves_the_next_one_whole) {
  for (const Good& each : good) {
    const Outcome outcome = read_every_way(each.bytes + after);
    ASSERT_EQ(outcome.messages.size(), each.keep_alive ? 2u : 1u) << each.bytes << outcome.why;
    EXPECT_EQ(outcome.messages.back().target, each.keep_alive ? "/after" : each.target) << each.bytes;
  }
}

TEST(ReadRequests, a_bad_request_is_refused_alike_whole_and_in_pieces) {
  for (const Bad& each : bad) {
    EXPECT_EQ(read_every_way(each.bytes).status, each.status) << each.bytes;
  }
  for (const std::string& chunks : bad_chunks) {
    EXPECT_EQ(read_every_way(post + "Transfer-Encoding: chunked\r\n\r\n" + chunks).status, 400) << chunks;
  }
}

TEST(ReadRequests, a_bad_request_is_refused_after_a_good_one_too) {
  for (const Bad& each : bad) {
    EXPECT_EQ(read_every_way(after + each.bytes).status, each.status) << each.bytes;
  }
}

TEST(ReadRequests, all_good_requests_in_one_stream_come_out_in_order) {
  std::string stream;
  std::vector<std::string> targets;
  for (const Good& each : good) {
    if (!each.keep_alive) continue;
    stream += each.bytes;
    targets.push_back(each.target);
  }
  const Outcome outcome = read_every_way(stream);
  ASSERT_EQ(outcome.messages.size(), targets.size()) << outcome.why;
  for (std::size_t i = 0; i < targets.size(); ++i) EXPECT_EQ(outcome.messages[i].target, targets[i]);
}

TEST(ReadRequests, the_headers_keep_their_order_and_spelling) {
  const auto messages = read_requests("GET / HTTP/1.0\r\nb: 1\r\nA:  2 \r\nB: 3\r\n\r\n");
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].version, "1.0");
  EXPECT_EQ(messages[0].headers, (RequestMessage::Fields{{"b", "1"}, {"A", "2"}, {"B", "3"}}));
}

TEST(ReadRequests, nothing_sent_is_no_request) {
  EXPECT_TRUE(read_requests("").empty());
  EXPECT_TRUE(read_requests("\r\n", 1).empty());
  EXPECT_EQ(read_requests(after + "\r\n", 1).size(), 1u);
}

TEST(ReadRequests, an_error_says_what_is_wrong) {
  EXPECT_EQ(read(get + "Host : a\r\n\r\n", 0).why, "cannot read the headers: whitespace before the colon");
  EXPECT_EQ(read(get + "Host: a\r\n b\r\n\r\n", 0).why,
            "cannot read the headers: a line starts with whitespace (folding is obsolete)");
  EXPECT_EQ(read(get + "Host: a\nX: y\r\n\r\n", 0).why, "cannot read the headers: a bare LF");
  EXPECT_EQ(read("GET /\x7f HTTP/1.1\r\n", 0).why,
            "cannot read the request: invalid character byte 0x7f in the request target");
  EXPECT_EQ(read("GET / HTTP/3.0\r\n", 0).why, "cannot read the request: HTTP/3.0 is not spoken here");
  EXPECT_EQ(read(post + "Content-Length: 10\r\n\r\nabc", 0).why,
            "cannot read the request: the peer closed the connection, and 7 bytes of the body are missing");
}

// Limits: exactly at the limit is fine, one byte more is not, and the cut does not matter.
struct LimitCase {
  Limits limits;
  std::string fits;
  std::string exceeds;
  int status;
};

TEST(ReadRequests, a_limit_lets_pass_exactly_what_it_says) {
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  const std::vector<LimitCase> cases = {
      {{.method = 4}, "ABCD / HTTP/1.0\r\n\r\n", "ABCDE / HTTP/1.0\r\n\r\n", 501},
      {{.request_line = 20}, "GET /123456 HTTP/1.0\r\n\r\n", "GET /1234567 HTTP/1.0\r\n\r\n", 414},
      {{.header_line = 10}, "GET / HTTP/1.0\r\nname: 7890\r\n\r\n", "GET / HTTP/1.0\r\nname: 78901\r\n\r\n", 431},
      {{.header_line = 10}, "GET / HTTP/1.0\r\nname:     \r\n\r\n", "GET / HTTP/1.0\r\nname:      \r\n\r\n", 431},
      {{.header_count = 2},
       "GET / HTTP/1.0\r\na: 1\r\nb: 2\r\n\r\n",
       "GET / HTTP/1.0\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n",
       431},
      {{.head = 24}, "GET / HTTP/1.0\r\na: 2\r\n\r\n", "GET / HTTP/1.0\r\na: 23\r\n\r\n", 431},
      {{.head = 24}, "GET / HTTP/1.0\r\na: 2\r\n\r\n", "GET /345678901234 HTTP/1.0\r\n\r\n", 431},
      {{.chunk_extensions = 6},
       chunked + "1;a\r\nx\r\n1;b=c\r\nx\r\n0\r\n\r\n",
       chunked + "1;a\r\nx\r\n1;b=c\r\nx\r\n0;d\r\n\r\n",
       400},
      {{.trailers = 14}, chunked + "0\r\na: 1\r\nb: 2\r\n\r\n", chunked + "0\r\na: 1\r\nb: 23\r\n\r\n", 431},
      {{.header_count = 2}, chunked + "0\r\na: 1\r\nb: 2\r\n\r\n", chunked + "0\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n", 431},
      {{.body = 5}, post + "Content-Length: 5\r\n\r\nhello", post + "Content-Length: 6\r\n\r\nhello!", 413},
      {{.body = 5}, chunked + "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", chunked + "3\r\nhel\r\n3\r\nlo!\r\n0\r\n\r\n", 413},
      {{.body = 5}, chunked + "5\r\nhello\r\n0\r\n\r\n", chunked + "FFFFFFFFFFFFFFFF\r\n", 413},
      {{.body = 0}, post + "Content-Length: 0\r\n\r\n", post + "Content-Length: 1\r\n\r\nx", 413},
  };
  for (const LimitCase& each : cases) {
    for (std::size_t step : {0u, 1u, 5u}) {
      EXPECT_EQ(read_requests(each.fits, step, each.limits).size(), 1u) << each.fits;
      try {
        read_requests(each.exceeds, step, each.limits);
        ADD_FAILURE() << "passed: " << each.exceeds;
      } catch (const RemoteProtocolError& error) {
        EXPECT_EQ(error.status(), each.status) << each.exceeds << error.what();
      }
    }
  }
}

TEST(ReadRequests, a_line_without_end_is_refused_as_soon_as_it_is_too_long) {
  EXPECT_EQ(read_every_way("GET /" + std::string(9000, 'a')).status, 414);
  EXPECT_EQ(read_every_way(get + "Host: a\r\nX: " + std::string(9000, 'a')).status, 431);
  EXPECT_EQ(read_every_way(get + "Host: a\r\n" + std::string(9000, 'a')).status, 431);
}

TEST(ReadRequests, an_invalid_byte_before_the_limit_counts_more_than_the_length_after_it) {
  EXPECT_EQ(read_every_way("GET /" + std::string(8000, 'a') + "\x01" + std::string(1000, 'a')).status, 400);
  EXPECT_EQ(read_every_way("GET /" + std::string(8500, 'a') + "\x01" + std::string(1000, 'a')).status, 414);
}

TEST(ReadRequests, limits_without_bound_are_legal) {
  constexpr std::size_t all = static_cast<std::size_t>(-1);
  const Limits none{.method = all,
                    .request_line = all,
                    .header_line = all,
                    .header_count = all,
                    .head = all,
                    .chunk_extensions = all,
                    .trailers = all};
  const std::string long_target = "/" + std::string(100'000, 'a');
  EXPECT_EQ(read_requests("GET " + long_target + " HTTP/1.0\r\n\r\n", 1000, none).at(0).target, long_target);
}

}  // namespace
}  // namespace krait::wire::h1
