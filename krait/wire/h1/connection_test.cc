#include "krait/wire/h1/connection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace krait::wire::h1 {
namespace {

using Headers = std::vector<http::Header>;

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

class Connection : public testing::Test {
 protected:
  // Runs until another event than these comes, and returns it.
  Event after(std::initializer_list<Event> expected) {
    for (Event each : expected) EXPECT_EQ(http.next_event(), each);
    return http.next_event();
  }

  int status_of_next_event() {
    try {
      http.next_event();
      return 0;
    } catch (const RemoteProtocolError& error) {
      return error.status();
    }
  }

  template <class Use>
  std::string refusal(Use use) {
    const std::string before = out;
    try {
      use();
    } catch (const LocalProtocolError& error) {
      EXPECT_EQ(out, before);
      return error.what();
    }
    return "passed";
  }

  ServerConnection http;
  std::string out;
};

TEST_F(Connection, answers_a_request_and_waits_for_the_next) {
  EXPECT_EQ(http.next_event(), Event::NeedData);
  EXPECT_TRUE(http.idle());
  http.receive_data(get);
  EXPECT_EQ(http.next_event(), Event::Request);
  EXPECT_FALSE(http.idle());
  EXPECT_TRUE(http.request_complete());
  http.send_response(out, {}, "ok");
  EXPECT_EQ(out, ok);
  EXPECT_EQ(after({Event::EndOfMessage}), Event::NeedData);
  EXPECT_TRUE(http.idle());
  EXPECT_TRUE(http.keep_alive());
}

TEST_F(Connection, the_next_request_waits_for_the_response) {
  http.receive_data(get + get);
  EXPECT_EQ(after({Event::Request, Event::EndOfMessage, Event::Paused}), Event::Paused);
  http.send_response(out, {});
  EXPECT_EQ(http.next_event(), Event::Paused);
  http.end_response(out);
  EXPECT_EQ(http.next_event(), Event::Request);
}

TEST_F(Connection, pipelined_requests_are_answered_in_order_from_one_buffer) {
  std::string requests;
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    expected += "/" + std::to_string(i) + " ";
  }
  http.receive_data(requests);
  const char* buffer = http.unread().data();
  std::string targets;
  while (http.next_event() == Event::Request) {
    EXPECT_EQ(http.request().method.data(), buffer);
    targets += std::string(http.request().target) + " ";
    http.send_response(out, {}, "ok");
    EXPECT_EQ(http.next_event(), Event::EndOfMessage);
    buffer = http.unread().data();
  }
  EXPECT_EQ(targets, expected);
}

TEST_F(Connection, views_of_a_request_stay_while_more_is_received) {
  http.receive_data("POST /views HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n");
  ASSERT_EQ(http.next_event(), Event::Request);
  const RequestHead& request = http.request();
  std::size_t received = 0;
  while (received < 300'000) {
    http.receive_data(std::string(3000, 'b'));
    while (http.next_event() == Event::Data) received += http.data().size();
    ASSERT_EQ(request.target, "/views");
    ASSERT_EQ(request.header("content-length"), "300000");
  }
  EXPECT_EQ(http.body_received(), 300'000u);
  for (int i = 0; i < 100; ++i) http.receive_data(get);
  EXPECT_EQ(request.target, "/views");
  http.send_response(out, {}, "ok");
  EXPECT_EQ(http.next_event(), Event::Request);
  EXPECT_EQ(http.request().target, "/");
}

TEST_F(Connection, a_body_that_came_at_once_stays_as_long_as_its_request) {
  http.receive_data(chunked + "3\r\nabc\r\n4\r\ndefg\r\n0\r\nX: y\r\n\r\n");
  ASSERT_EQ(after({Event::Request}), Event::Data);
  const std::string_view first = http.data();
  ASSERT_EQ(http.next_event(), Event::Data);
  const std::string_view second = http.data();
  ASSERT_EQ(http.next_event(), Event::EndOfMessage);
  for (int i = 0; i < 1000; ++i) http.receive_data(get);
  EXPECT_EQ(first, "abc");
  EXPECT_EQ(second, "defg");
  EXPECT_EQ(http.trailers()[0], (http::Header{"X", "y"}));
}

TEST_F(Connection, receives_in_place) {
  const std::span<char> room = http.prepare(get.size());
  ASSERT_GE(room.size(), get.size());
  std::copy(get.begin(), get.end(), room.begin());
  http.commit(get.size());
  ASSERT_EQ(http.next_event(), Event::Request);
  EXPECT_EQ(http.request().method.data(), room.data());
}

TEST_F(Connection, closes_after_a_request_that_asks_for_it) {
  http.receive_data("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get);
  ASSERT_EQ(http.next_event(), Event::Request);
  http.send_response(out, {}, "ok");
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  EXPECT_EQ(after({Event::EndOfMessage, Event::ConnectionClosed}), Event::ConnectionClosed);
  EXPECT_FALSE(http.keep_alive());
}

TEST_F(Connection, a_peer_that_leaves_between_requests_has_closed_the_connection) {
  http.receive_data(get);
  http.receive_eof();
  ASSERT_EQ(http.next_event(), Event::Request);
  http.send_response(out, {}, "ok");
  EXPECT_EQ(after({Event::EndOfMessage}), Event::ConnectionClosed);
}

TEST_F(Connection, a_peer_that_leaves_within_a_request_broke_the_protocol) {
  http.receive_data(chunked + "5\r\nab");
  EXPECT_EQ(after({Event::Request, Event::Data}), Event::NeedData);
  http.receive_eof();
  EXPECT_EQ(status_of_next_event(), 400);
}

TEST_F(Connection, nothing_comes_after_the_end) {
  http.receive_eof();
  EXPECT_THROW(http.receive_data("x"), LocalProtocolError);
  EXPECT_THROW(http.commit(1), LocalProtocolError);
  http.commit(0);
}

TEST_F(Connection, commit_takes_no_more_than_prepare_gave) {
  const std::size_t room = http.prepare(10).size();
  EXPECT_THROW(http.commit(room + 1), LocalProtocolError);
  http.commit(room);
}

TEST_F(Connection, a_broken_request_is_answered_once_and_then_closed) {
  http.receive_data("GET / HTTP/1.1\r\n\r\n" + get);
  EXPECT_EQ(status_of_next_event(), 400);
  EXPECT_EQ(status_of_next_event(), 400);
  EXPECT_FALSE(http.keep_alive());
  http.send_response(out, {.status = 400}, "no");
  EXPECT_EQ(out, "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
  EXPECT_EQ(refusal([&] { http.send_response(out, {.status = 400}, "no"); }),
            "cannot send the response: the response is complete");
}

TEST_F(Connection, a_broken_HEAD_is_answered_without_a_body) {
  http.receive_data("HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(status_of_next_event(), 400);
  http.send_response(out, {.status = 400}, "no");
  EXPECT_EQ(out, "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
}

TEST_F(Connection, a_broken_body_is_answered_when_no_response_has_started) {
  http.receive_data(chunked + "zz");
  EXPECT_EQ(http.next_event(), Event::Request);
  EXPECT_EQ(status_of_next_event(), 400);
  http.send_response(out, {.status = 400}, "no");
  EXPECT_EQ(out, "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
}

TEST_F(Connection, a_broken_body_is_not_answered_twice) {
  http.receive_data(chunked);
  EXPECT_EQ(http.next_event(), Event::Request);
  http.send_response(out, {}, "ok");
  http.receive_data("zz");
  EXPECT_EQ(status_of_next_event(), 400);
  EXPECT_EQ(refusal([&] { http.send_response(out, {.status = 400}, "no"); }),
            "cannot send the response: the response is complete");
  EXPECT_FALSE(http.keep_alive());
}

TEST_F(Connection, a_body_limit_may_be_set_when_the_request_is_known) {
  http.receive_data("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
  ASSERT_EQ(http.next_event(), Event::Request);
  http.limit_body(11);
  EXPECT_THROW(http.limit_body(10), RemoteProtocolError);
  EXPECT_EQ(status_of_next_event(), 413);
  http.send_response(out, {.status = 413}, {});
  EXPECT_EQ(out, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST_F(Connection, a_request_that_takes_too_long_may_be_given_up_and_answered) {
  http.receive_data("GET / HTTP/1.1\r\nHo");
  ASSERT_EQ(http.next_event(), Event::NeedData);
  http.give_up({"cannot read the request: too slow", 408});
  EXPECT_EQ(status_of_next_event(), 408);
  http.send_response(out, {.status = 408}, {});
  EXPECT_EQ(out, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST_F(Connection, a_complete_request_is_not_given_up) {
  http.receive_data(get);
  ASSERT_EQ(after({Event::Request}), Event::EndOfMessage);
  http.give_up({"cannot read the request: too slow", 408});
  http.send_response(out, {}, "ok");
  EXPECT_EQ(out, ok);
  EXPECT_EQ(http.next_event(), Event::NeedData);
}

TEST_F(Connection, tells_the_peer_to_continue_once) {
  http.receive_data("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_EQ(after({Event::Request}), Event::NeedData);
  EXPECT_TRUE(http.waiting_for_continue());
  EXPECT_TRUE(http.send_continue(out));
  EXPECT_FALSE(http.send_continue(out));
  EXPECT_EQ(out, "HTTP/1.1 100 Continue\r\n\r\n");
  http.receive_data("hi");
  EXPECT_EQ(after({Event::Data}), Event::EndOfMessage);
  out.clear();
  http.send_response(out, {}, "ok");
  EXPECT_EQ(out, ok);
}

TEST_F(Connection, closes_when_a_peer_was_never_told_to_continue) {
  http.receive_data("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_EQ(http.next_event(), Event::Request);
  http.send_response(out, {.status = 403}, {});
  EXPECT_EQ(out, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST_F(Connection, a_peer_that_did_not_wait_needs_no_continue) {
  http.receive_data("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nh");
  ASSERT_EQ(http.next_event(), Event::Request);
  EXPECT_FALSE(http.send_continue(out));
  EXPECT_EQ(out, "");
}

TEST_F(Connection, switches_to_another_protocol_with_the_bytes_that_came_early) {
  http.receive_data("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello");
  ASSERT_EQ(http.next_event(), Event::Request);
  EXPECT_EQ(http.request().upgrade, "websocket");
  const Headers headers = {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}};
  http.send_response(out, {.status = 101, .headers = headers});
  EXPECT_EQ(out, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  EXPECT_EQ(http.next_event(), Event::Paused);
  EXPECT_EQ(http.unread(), "\x81\x05hello");
}

TEST_F(Connection, CONNECT_opens_a_tunnel) {
  http.receive_data("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\ntunnelled");
  ASSERT_EQ(http.next_event(), Event::Request);
  http.send_response(out, {}, {});
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(http.next_event(), Event::Paused);
  EXPECT_EQ(http.unread(), "tunnelled");
}

TEST_F(Connection, switches_only_when_the_peer_asked_and_has_said_everything) {
  http.receive_data(get);
  ASSERT_EQ(http.next_event(), Event::Request);
  EXPECT_EQ(refusal([&] { http.send_response(out, {.status = 101}); }),
            "cannot switch protocols: the request did not ask for it");
  http.send_response(out, {}, "ok");
  http.receive_data("POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\nContent-Length: 1\r\n\r\n");
  ASSERT_EQ(after({Event::EndOfMessage}), Event::Request);
  EXPECT_EQ(refusal([&] { http.send_response(out, {.status = 101}); }),
            "cannot switch protocols: the body of the request was not read");
}

TEST_F(Connection, there_is_nothing_to_answer_before_a_request) {
  EXPECT_EQ(refusal([&] { http.send_response(out, {}, "ok"); }),
            "cannot send the response: there is no request to answer");
  EXPECT_FALSE(http.send_continue(out));
}

TEST_F(Connection, an_early_response_lets_the_rest_of_the_body_be_read) {
  http.receive_data(chunked + "2\r\nab\r\n");
  ASSERT_EQ(http.next_event(), Event::Request);
  http.send_response(out, {.status = 401}, {});
  EXPECT_TRUE(http.response_complete());
  EXPECT_FALSE(http.request_complete());
  EXPECT_EQ(after({Event::Data}), Event::NeedData);
  http.receive_data("0\r\n\r\n" + get);
  EXPECT_EQ(after({Event::EndOfMessage}), Event::Request);
}

TEST_F(Connection, an_idle_connection_can_give_its_buffer_back) {
  http.receive_data(get);
  ASSERT_EQ(http.next_event(), Event::Request);
  http.trim();
  EXPECT_EQ(http.request().target, "/");
  http.send_response(out, {}, "ok");
  ASSERT_EQ(after({Event::EndOfMessage}), Event::NeedData);
  http.trim();
  http.receive_data(get);
  EXPECT_EQ(http.next_event(), Event::Request);
}

}  // namespace
}  // namespace krait::wire::h1
